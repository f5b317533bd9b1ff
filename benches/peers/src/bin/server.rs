//! Answers on loopback with JSON that was made before: `/KIND/TOTAL/activities/…`, where KIND is how
//! the body goes out, and TOTAL how many records there are. Prints its port; with `tls`, speaks
//! TLS with a certificate for `localhost` and writes that to the file named after it.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

const ACTIVITY: &str = include_str!("../../../../tests/data/activity.json");
/// What the body goes out in, where it is chunked.
const CHUNK: usize = 8 * 1024;
const LATENCY: Duration = Duration::from_millis(20);

#[derive(Default)]
struct Server {
    answers: Mutex<HashMap<String, Arc<Vec<u8>>>>,
    /// How many connections asked for something slow.
    slow: AtomicUsize,
}

fn main() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    println!("{}", listener.local_addr().unwrap().port());
    let server = Arc::new(Server::default());
    #[cfg(feature = "tls")]
    let tls = std::env::args().nth(1).map(|path| tls(&path));
    for stream in listener.incoming() {
        let stream = stream.unwrap();
        stream.set_nodelay(true).unwrap();
        let server = Arc::clone(&server);
        #[cfg(feature = "tls")]
        if let Some(config) = tls.clone() {
            std::thread::spawn(move || {
                let connection = rustls::ServerConnection::new(config).unwrap();
                server.serve(rustls::StreamOwned::new(connection, stream));
            });
            continue;
        }
        std::thread::spawn(move || server.serve(Socket(stream)));
    }
}

struct Socket(TcpStream);

impl Read for Socket {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(bytes)
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

impl Server {
    fn serve(&self, stream: impl Read + Write) {
        let mut stream = BufReader::new(stream);
        let (mut target, mut line) = (String::new(), String::new());
        let mut kinds = HashSet::new();
        loop {
            line.clear();
            match stream.read_line(&mut line) {
                Ok(0) | Err(_) => return,
                Ok(_) if line == "\r\n" => {
                    let kind = target.split('/').nth(1).unwrap_or_default();
                    if kind == "slow" {
                        if kinds.insert(kind.to_owned()) {
                            self.slow.fetch_add(1, Ordering::Relaxed);
                        }
                        std::thread::sleep(LATENCY);
                    }
                    let answer = match kind {
                        "connections" => {
                            let count = self.slow.swap(0, Ordering::Relaxed);
                            Arc::new(whole("", count.to_string().as_bytes()))
                        }
                        _ => self.answer(&target),
                    };
                    let socket = stream.get_mut();
                    if socket
                        .write_all(&answer)
                        .and_then(|()| socket.flush())
                        .is_err()
                    {
                        return;
                    }
                    target.clear();
                }
                Ok(_) if target.is_empty() => {
                    target.push_str(line.split(' ').nth(1).unwrap_or_default());
                }
                Ok(_) => {}
            }
        }
    }

    fn answer(&self, target: &str) -> Arc<Vec<u8>> {
        let mut answers = self.answers.lock().unwrap();
        let answer = answers.entry(target.to_owned());
        Arc::clone(answer.or_insert_with(|| Arc::new(answer_to(target))))
    }
}

fn answer_to(target: &str) -> Vec<u8> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let [_, kind, total, ..] = *path.split('/').collect::<Vec<_>>() else {
        panic!("not /KIND/TOTAL/…: {target}");
    };
    let total: u64 = total.parse().unwrap();
    let body = if path.ends_with("/activities/") {
        let value = |name: &str| {
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            let mut values = pairs.filter(|(key, _)| *key == name);
            values
                .next()
                .map(|(_, value)| value.parse::<u64>().unwrap())
        };
        let (page, size) = (value("page").unwrap_or(1), value("page_size").unwrap_or(20));
        let ids = (1 + (page - 1) * size)..=(page * size).min(total);
        ids.map(activity).collect::<Value>().to_string()
    } else {
        activity(1).to_string()
    };
    match kind {
        "chunked" => chunked(body.as_bytes()),
        "gzip" => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(body.as_bytes()).unwrap();
            whole("Content-Encoding: gzip\r\n", &encoder.finish().unwrap())
        }
        _ => whole("", body.as_bytes()),
    }
}

/// The documented activity, with a little of its own in each.
fn activity(id: u64) -> Value {
    let mut activity: Value = serde_json::from_str(ACTIVITY).unwrap();
    activity["id"] = id.into();
    activity["distance"] = format!("{}.3440", 1000 + id * 7919 % 41_000).into();
    activity["duration"] = format!("{}.0000", 300 + id * 6997 % 9_000).into();
    activity["provider_activity_id"] = format!("15{:017}", id * 7_727_272_727).into();
    let (minute, second) = (id / 60 % 60, id % 60);
    activity["action_date"] = format!("2017-08-07T11:{minute:02}:{second:02}Z").into();
    activity
}

const HEAD: &str = "HTTP/1.1 200 OK\r\nDate: Tue, 08 Aug 2017 17:08:24 GMT\r\nServer: peers\r\n\
                    Content-Type: application/json\r\nVary: Accept\r\n";

fn whole(headers: &str, body: &[u8]) -> Vec<u8> {
    let mut answer = format!("{HEAD}{headers}Content-Length: {}\r\n\r\n", body.len()).into_bytes();
    answer.extend_from_slice(body);
    answer
}

fn chunked(body: &[u8]) -> Vec<u8> {
    let mut answer = format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n").into_bytes();
    for chunk in body.chunks(CHUNK) {
        answer.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        answer.extend_from_slice(chunk);
        answer.extend_from_slice(b"\r\n");
    }
    answer.extend_from_slice(b"0\r\n\r\n");
    answer
}

/// A certificate that is its own authority; its text goes to `path`.
#[cfg(feature = "tls")]
fn tls(path: &str) -> Arc<rustls::ServerConfig> {
    use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(path, made.cert.pem()).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    Arc::new(config)
}
