//! Calls over real TLS with the agent of this crate, to a server that violates the protocol.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;

use rustls::version::{TLS12, TLS13};
use rustls::{ServerConnection, SupportedProtocolVersion};
use ureq::tls::TlsConfig;

use crate::operation::{Method, Operation};
use crate::request::Request;
use crate::testing::certificates::{Authority, valid_for};
use crate::testing::server::Listener;
use crate::transport::sizes::INPUT;
use crate::{Client, Error, RetryPolicy, UserToken};

const VERSIONS: [&SupportedProtocolVersion; 2] = [&TLS12, &TLS13];

static TEXT: Operation = Operation {
    name: "get_text",
    method: Method::GET,
    path: "/text",
    server: None,
    token: true,
    secrets: &[],
};

static POST: Operation = Operation {
    method: Method::POST,
    ..TEXT
};

/// What is done with a connection, from the head of a request on.
type Serve = dyn Fn(&mut Connection, &str) -> io::Result<()> + Send + Sync;

struct Server {
    listener: Listener,
    trusted: TlsConfig,
}

/// A server's side of a connection, after the handshake.
struct Connection {
    stream: TcpStream,
    session: ServerConnection,
    /// The part of a record that was not sent yet.
    rest: Vec<u8>,
}

impl Connection {
    /// Encrypts bytes. The session's tickets are part of the first result.
    fn seal(&mut self, bytes: impl AsRef<[u8]>) -> Vec<u8> {
        self.session.writer().write_all(bytes.as_ref()).unwrap();
        self.records()
    }

    fn records(&mut self) -> Vec<u8> {
        let mut records = Vec::new();
        while self.session.wants_write() {
            self.session.write_tls(&mut records).unwrap();
        }
        records
    }

    /// Sends records at once, so that the client reads them together if it can.
    fn send(&mut self, records: &[u8]) -> io::Result<()> {
        self.stream.write_all(records)
    }

    /// Reads the head of the next request.
    fn request(&mut self) -> io::Result<Option<String>> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            match self.session.reader().read(&mut byte) {
                Ok(0) => return Ok(None),
                Ok(_) => head.push(byte[0]),
                Err(_) => {
                    if self.session.read_tls(&mut self.stream)? == 0 {
                        return Ok(None);
                    }
                    self.session
                        .process_new_packets()
                        .map_err(io::Error::other)?;
                }
            }
        }
        Ok(Some(String::from_utf8(head).unwrap()))
    }
}

impl Server {
    fn start(
        version: &'static SupportedProtocolVersion,
        serve: impl Fn(&mut Connection, &str) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let authority = Authority::new();
        let config = authority.sign(&valid_for("localhost")).server(&[version]);
        let trusted = authority.trusted();
        let listener = Listener::start(move |stream, _| {
            let session = ServerConnection::new(Arc::clone(&config)).unwrap();
            // An error means that the client closed the connection.
            let _ = converse(stream.try_clone().unwrap(), session, &serve);
        });
        Self { listener, trusted }
    }

    fn client(&self, token: &str) -> Client<UserToken> {
        let client = Client::builder()
            .base_url(format!(
                "https://localhost:{}",
                self.listener.address().port()
            ))
            .retry(RetryPolicy::none())
            .tls_config(self.trusted.clone());
        client.build(UserToken::new(token).unwrap()).unwrap()
    }

    fn connections(&self) -> usize {
        self.listener.connections()
    }
}

fn converse(mut stream: TcpStream, mut session: ServerConnection, serve: &Serve) -> io::Result<()> {
    // By hand, so that tickets for the session stay here until there is a response.
    while session.is_handshaking() {
        while session.wants_write() {
            session.write_tls(&mut stream)?;
        }
        session.read_tls(&mut stream)?;
        session.process_new_packets().map_err(io::Error::other)?;
    }
    // In TLS 1.2 the client waits for the end of the handshake.
    if session.protocol_version() == Some(rustls::ProtocolVersion::TLSv1_2) {
        while session.wants_write() {
            session.write_tls(&mut stream)?;
        }
    }
    let mut connection = Connection {
        stream,
        session,
        rest: Vec::new(),
    };
    while let Some(head) = connection.request()? {
        serve(&mut connection, &head)?;
    }
    Ok(())
}

fn response(body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}")
}

fn get(client: &Client<UserToken>) -> Result<String, Error> {
    Request::new(&client.session, &TEXT).text()
}

/// Sizes of a response's body around those in which ciphertext is read: 4 KiB at once, of records
/// of 16 KiB, into a buffer of 32 KiB.
const SIZES: [usize; 9] = [0, 100, 3_900, 4_050, 5_000, 15_000, 16_300, 20_000, 60_000];

/// Where the bytes are that a server sends after a response.
#[derive(Clone, Copy, Debug)]
enum Beyond {
    /// In the record with the end of the response.
    SameRecord,
    NextRecord,
    /// Many records, together more than all buffers.
    ManyRecords,
    /// In the next record, whose rest is sent after the next request.
    HalfRecord,
    /// The same, with only one byte sent before.
    OneByte,
}

/// Responds to the first request on a connection with a second response as well, which the client
/// could take for that to the next request. The bodies name the user of the token.
fn serve_beyond(
    size: usize,
    beyond: Beyond,
) -> impl Fn(&mut Connection, &str) -> io::Result<()> + Send + Sync {
    move |connection, head| {
        let alice = head.contains("Bearer alice");
        let body = if alice {
            "a".repeat(size)
        } else {
            "bob's".to_owned()
        };
        let stolen = response("alice's");
        if !alice {
            let mut records = std::mem::take(&mut connection.rest);
            records.extend(connection.seal(response(&body)));
            return connection.send(&records);
        }
        let records = match beyond {
            Beyond::SameRecord => connection.seal(response(&body) + &stolen),
            Beyond::NextRecord => {
                [connection.seal(response(&body)), connection.seal(&stolen)].concat()
            }
            Beyond::ManyRecords => {
                let mut records = connection.seal(response(&body));
                for _ in 0..100 {
                    records.extend(connection.seal(response(&"alice's".repeat(1000))));
                }
                records
            }
            Beyond::HalfRecord | Beyond::OneByte => {
                let mut records = connection.seal(response(&body));
                let mut next = connection.seal(&stolen);
                let part = if matches!(beyond, Beyond::OneByte) {
                    1
                } else {
                    next.len() / 2
                };
                connection.rest = next.split_off(part);
                records.extend(next);
                records
            }
        };
        connection.send(&records)
    }
}

#[test]
fn what_a_server_sends_beyond_a_response_is_no_response_to_the_next_user() {
    use Beyond as B;
    for version in VERSIONS {
        for size in SIZES {
            for beyond in [
                B::SameRecord,
                B::NextRecord,
                B::ManyRecords,
                B::HalfRecord,
                B::OneByte,
            ] {
                let server = Server::start(version, serve_beyond(size, beyond));
                let alice = server.client("alice");
                let bob = alice.with_token(UserToken::new("bob").unwrap());
                let place = format!("{:?}, {size}, {beyond:?}", version.version);
                assert_eq!(get(&alice).unwrap().len(), size, "{place}");
                assert_eq!(get(&bob).unwrap(), "bob's", "{place}");
                assert_eq!(server.connections(), 2, "{place}");
            }
        }
    }
}

/// Three records: most of a head, its end with a full record of the body, and the end of the body
/// with `beyond`. TLS decrypts the last two together, and the buffer above it has no room for
/// `beyond`: that stays in TLS, which `ureq` does not check.
fn serve_decrypted(connection: &mut Connection, head: usize, beyond: &str) -> io::Result<()> {
    const RECORD: usize = 16 * 1024;
    let last = INPUT - RECORD - head;
    let length = RECORD - 4 + last;
    let mut start = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nX: ");
    start += &"x".repeat(head - start.len());
    let middle = format!("\r\n\r\n{}", "a".repeat(RECORD - 4));
    let end = "a".repeat(last) + beyond;
    let records = [start, middle, end].map(|part| connection.seal(part));
    connection.send(&records.concat())
}

#[test]
fn what_tls_has_decrypted_beyond_a_response_is_no_response_to_the_next_user() {
    for version in VERSIONS {
        for head in [16_200, 16_300, 16_350, 16_379] {
            for beyond in ["", "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nalice's"] {
                let server = Server::start(version, move |connection, request| {
                    match request.contains("Bearer alice") {
                        true => serve_decrypted(connection, head, beyond),
                        false => {
                            let records = connection.seal(response("bob's"));
                            connection.send(&records)
                        }
                    }
                });
                let alice = server.client("alice");
                let bob = alice.with_token(UserToken::new("bob").unwrap());
                assert!(get(&alice).unwrap().len() > 16_000);
                assert_eq!(get(&bob).unwrap(), "bob's", "{:?}, {head}", version.version);
                let honest = beyond.is_empty();
                assert_eq!(server.connections(), if honest { 1 } else { 2 });
            }
        }
    }
}

#[test]
fn an_honest_connection_is_used_again_over_tls() {
    for version in VERSIONS {
        for size in SIZES {
            // In TLS 1.3, the session's tickets come together with the first response.
            let server = Server::start(version, move |connection, _| {
                let records = connection.seal(response(&"a".repeat(size)));
                connection.send(&records)
            });
            let client = server.client("alice");
            for _ in 0..3 {
                assert_eq!(get(&client).unwrap().len(), size);
            }
            assert_eq!(server.connections(), 1, "{:?}, {size}", version.version);
        }
    }
}

#[test]
fn what_tls_says_for_itself_after_a_response_does_not_end_a_connection() {
    for size in SIZES {
        let server = Server::start(&TLS13, move |connection, _| {
            let mut records = connection.seal(response(&"a".repeat(size)));
            // The client responds with an update of its own keys.
            connection.session.refresh_traffic_keys().unwrap();
            records.extend(connection.records());
            connection.send(&records)
        });
        let client = server.client("alice");
        for _ in 0..3 {
            assert_eq!(get(&client).unwrap().len(), size);
        }
        assert_eq!(server.connections(), 1, "{size}");
    }
}

/// How a connection ends.
#[derive(Clone, Copy, Debug)]
enum End {
    /// With the closing message of TLS.
    CloseNotify,
    /// At the end of the TCP stream only.
    Fin,
}

impl Connection {
    fn end(&mut self, how: End) -> io::Result<()> {
        match how {
            End::CloseNotify => {
                self.session.send_close_notify();
                let records = self.records();
                self.send(&records)?;
                self.stream.shutdown(Shutdown::Both)
            }
            End::Fin => self.stream.shutdown(Shutdown::Both),
        }
    }
}

/// The headers of a response whose body ends with the connection.
const UNTIL_CLOSE: &str = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";

#[test]
fn a_body_without_a_length_ends_when_tls_says_so_and_breaks_off_otherwise() {
    for version in VERSIONS {
        for end in [End::CloseNotify, End::Fin] {
            let server = Server::start(version, move |connection, _| {
                let records = connection.seal(format!("{UNTIL_CLOSE}123"));
                connection.send(&records)?;
                connection.end(end)
            });
            let got = Request::new(&server.client("alice").session, &TEXT).json::<u64>();
            match end {
                End::CloseNotify => assert_eq!(got.unwrap(), 123),
                End::Fin => {
                    let error = got.unwrap_err();
                    assert!(error.is_retryable() && !error.is_connect(), "{error}");
                    assert_eq!(error.status(), Some(200), "{error}");
                }
            }
        }
    }
}

/// Sends a TLS error instead of a response.
fn fail(connection: &mut Connection, alert: bool) -> io::Result<()> {
    let mut records = connection.seal("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n123");
    if alert {
        // Fatal, and in clear where the server has lost its keys: `internal_error`.
        connection.send(b"\x15\x03\x03\x00\x02\x02\x50")
    } else {
        if let Some(last) = records.last_mut() {
            *last ^= 1;
        }
        connection.send(&records)
    }
}

#[test]
fn a_failure_of_tls_after_the_request_was_sent_is_not_told_as_no_connection() {
    for version in VERSIONS {
        for alert in [true, false] {
            let server = Server::start(version, move |connection, _| fail(connection, alert));
            let client = server.client("alice");
            for operation in [&TEXT, &POST] {
                let before = server.connections();
                let error = Request::new(&client.session, operation)
                    .empty()
                    .unwrap_err();
                assert!(!error.is_connect(), "{error}");
                assert!(error.is_retryable() && !error.is_invalid_input(), "{error}");
                assert_eq!(error.status(), None);
                assert!(error.to_string().contains("TLS failed"), "{error}");
                assert_eq!(server.connections(), before + 1, "{error}");
            }
        }
    }
}

#[test]
fn the_exchange_is_not_repeated_after_a_failure_of_tls() {
    for version in VERSIONS {
        for alert in [true, false] {
            let server = Server::start(version, move |connection, _| fail(connection, alert));
            let client = Client::builder()
                .base_url(format!(
                    "https://localhost:{}",
                    server.listener.address().port()
                ))
                .tls_config(server.trusted.clone())
                .build(UserToken::new("alice").unwrap())
                .unwrap();
            assert!(Request::new(&client.session, &POST).empty().is_err());
            assert_eq!(server.connections(), 1);
        }
    }
}
