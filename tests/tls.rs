//! Certificates that are not trusted: nothing is sent, and the message says why. The socket is
//! real.
#![allow(clippy::panic, clippy::unwrap_used)]

#[path = "support/certificates.rs"]
mod certificates;
#[path = "support/server/mod.rs"]
mod server;

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use certificates::{Authority, Identity, valid_for};
use fitrankings::{Client, Clock, Credentials, Error, MasterToken};
use rcgen::{CertificateParams, date_time_ymd};
use rustls::{DEFAULT_VERSIONS, ServerConfig, ServerConnection, StreamOwned};
use server::Listener;

const TOKEN: &str = "a-master-token";
const USERS: &str = include_str!("data/users.json");

/// A caller's agent that trusts only this authority.
fn agent(authority: &Authority) -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
        .tls_config(authority.trusted());
    config.build().into()
}

fn expired() -> CertificateParams {
    let mut params = valid_for("localhost");
    params.not_before = date_time_ymd(2001, 1, 1);
    params.not_after = date_time_ymd(2002, 1, 1);
    params
}

/// A server that speaks TLS; its threads end when it is dropped.
struct Server {
    listener: Listener,
    shared: Arc<Shared>,
}

struct Shared {
    config: Arc<ServerConfig>,
    response: fn(usize) -> Option<String>,
    /// All bytes received, encrypted or not.
    wire: Mutex<Vec<u8>>,
    requests: Mutex<Vec<String>>,
}

impl Server {
    /// Starts a server that responds with a body, given the number of the request from 0, and
    /// closes the connection if there is none.
    fn start(identity: Identity, response: fn(usize) -> Option<String>) -> Self {
        let shared = Arc::new(Shared {
            config: identity.server(DEFAULT_VERSIONS),
            response,
            wire: Mutex::default(),
            requests: Mutex::default(),
        });
        let serving = Arc::clone(&shared);
        let listener = Listener::start(move |stream, _| {
            // An error is a client that does not trust this server.
            let _ = serving.converse(stream);
        });
        Self { listener, shared }
    }

    fn base_url(&self) -> String {
        format!("https://localhost:{}/iq", self.listener.address().port())
    }

    fn connections(&self) -> usize {
        self.listener.connections()
    }

    fn requests(&self) -> Vec<String> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// Whether a text was received unencrypted.
    fn overheard(&self, text: &str) -> bool {
        let wire = self.shared.wire.lock().unwrap();
        wire.windows(text.len()).any(|part| part == text.as_bytes())
    }
}

impl Shared {
    fn converse(&self, stream: &TcpStream) -> io::Result<()> {
        let session = ServerConnection::new(Arc::clone(&self.config)).unwrap();
        let tapped = Tapped(stream, &self.wire);
        let mut reader = BufReader::new(StreamOwned::new(session, tapped));
        loop {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                if reader.read_until(b'\n', &mut head)? == 0 {
                    return Ok(());
                }
            }
            let count = {
                let mut requests = self.requests.lock().unwrap();
                requests.push(String::from_utf8(head).unwrap());
                requests.len() - 1
            };
            let Some(body) = (self.response)(count) else {
                return reader.get_ref().sock.0.shutdown(Shutdown::Both);
            };
            let length = body.len();
            let response = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}");
            reader.get_mut().write_all(response.as_bytes())?;
        }
    }
}

/// A socket that keeps what it receives.
struct Tapped<'s>(&'s TcpStream, &'s Mutex<Vec<u8>>);

impl Read for Tapped<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.read(buffer)?;
        self.1.lock().unwrap().extend_from_slice(&buffer[..count]);
        Ok(count)
    }
}

impl Write for Tapped<'_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.0.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A clock whose sleeps take no time.
struct Fake;

impl Clock for Fake {
    fn sleep(&self, _: Duration) {}
}

/// A client with the default retries, whose waits take no time.
fn client(server: &Server, agent: Option<ureq::Agent>) -> Client<MasterToken> {
    let mut builder = Client::builder().base_url(server.base_url()).clock(Fake);
    if let Some(agent) = agent {
        builder = builder.agent(agent);
    }
    builder.build(MasterToken::new(TOKEN).unwrap()).unwrap()
}

/// Checks that a server is not trusted, that the message says why and what to do, and that no
/// request was sent.
#[track_caller]
fn check_refused(server: Server, agent: Option<ureq::Agent>, reason: &str) {
    let client = client(&server, agent);
    let credentials = Credentials::new("an-id", "a-secret");
    let errors: [Error; 2] = [
        client.list_users().call().unwrap_err(),
        client.request_master_token(credentials).unwrap_err(),
    ];
    for error in &errors {
        assert!(error.is_connect(), "{error}");
        assert!(!error.is_retryable() && !error.is_timeout(), "{error}");
        assert_eq!(error.status(), None);
        let message = error.to_string();
        let place = format!(
            "no connection to localhost:{}: ",
            server.listener.address().port()
        );
        let advice = "`system_certificates` of `Client::builder()` (feature `platform-verifier`)";
        for part in [&place, "TLS failed", reason, advice] {
            assert!(message.contains(part), "{message}");
        }
        for secret in [TOKEN, "an-id", "a-secret"] {
            assert!(!format!("{error} {error:?}").contains(secret), "{error:?}");
        }
    }
    assert_eq!(server.connections(), errors.len());
    assert_eq!(server.requests(), Vec::<String>::new());
    assert!(!server.overheard(TOKEN) && !server.overheard("a-secret"));
}

fn users(_: usize) -> Option<String> {
    Some(USERS.to_owned())
}

#[test]
fn a_certificate_that_the_server_signed_itself_is_refused() {
    check_refused(
        Server::start(Identity::self_signed(&valid_for("localhost")), users),
        None,
        "UnknownIssuer",
    );
}

#[test]
fn a_certificate_of_an_authority_that_nobody_knows_is_refused() {
    let identity = Authority::new().sign(&valid_for("localhost"));
    let other = Some(agent(&Authority::new()));
    check_refused(
        Server::start(identity, users),
        other,
        "invalid peer certificate",
    );
}

#[test]
fn a_certificate_that_has_expired_is_refused() {
    let authority = Authority::new();
    let server = Server::start(authority.sign(&expired()), users);
    check_refused(server, Some(agent(&authority)), "certificate expired");
}

#[test]
fn a_certificate_for_another_host_is_refused_and_the_message_names_both() {
    let authority = Authority::new();
    for reason in ["\"localhost\"", "elsewhere.example"] {
        let identity = authority.sign(&valid_for("elsewhere.example"));
        let server = Server::start(identity, users);
        check_refused(server, Some(agent(&authority)), reason);
    }
}

#[test]
fn an_agent_that_trusts_the_authority_has_its_responses_over_one_connection() {
    let authority = Authority::new();
    let server = Server::start(authority.sign(&valid_for("localhost")), users);
    let client = client(&server, Some(agent(&authority)));
    for _ in 0..2 {
        assert_eq!(client.list_users().call().unwrap().len(), 1);
    }
    let requests = server.requests();
    assert_eq!((requests.len(), server.connections()), (2, 1));
    assert!(requests.iter().all(|request| request.contains(TOKEN)));
    // The token was received, and was encrypted.
    assert!(!server.overheard(TOKEN));
}

#[test]
fn a_connection_over_tls_that_dies_in_the_pool_does_not_show() {
    let authority = Authority::new();
    let dies = |count| (count != 1).then(|| USERS.to_owned());
    let server = Server::start(authority.sign(&valid_for("localhost")), dies);
    let client = client(&server, Some(agent(&authority)));
    for _ in 0..2 {
        assert_eq!(client.list_users().call().unwrap().len(), 1);
    }
    assert_eq!((server.requests().len(), server.connections()), (3, 2));
}
