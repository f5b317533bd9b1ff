//! A bare socket: one write, and reads into one buffer until the body is there, decoded from
//! `&str` into the same structs. What no client can fall below; it does `Content-Length` only.

use std::hint::black_box;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;

use peers::types::Activity;
use serde::de::DeserializeOwned;

struct Socket {
    /// With the room that the head of an answer is read into.
    connection: Mutex<(TcpStream, Vec<u8>)>,
    host: String,
    prefix: String,
}

impl Socket {
    fn get<T: DeserializeOwned>(&self, path: &str) -> T {
        let mut connection = self.connection.lock().unwrap();
        let (stream, head) = &mut *connection;
        let request = format!(
            "GET {}{path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\
             Accept: application/json\r\n\r\n",
            self.prefix,
            self.host,
            peers::TOKEN,
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut read = 0;
        let start = loop {
            read += stream.read(&mut head[read..]).unwrap();
            if let Some(end) = head[..read]
                .windows(4)
                .position(|bytes| bytes == b"\r\n\r\n")
            {
                break end + 4;
            }
        };
        let lines = std::str::from_utf8(&head[..start]).unwrap().lines();
        let mut length = lines.filter_map(|line| line.strip_prefix("Content-Length: "));
        let length: usize = length.next().unwrap().parse().unwrap();
        let mut body = Vec::with_capacity(length);
        body.extend_from_slice(&head[start..read]);
        let missing = (length - body.len()) as u64;
        stream.take(missing).read_to_end(&mut body).unwrap();
        serde_json::from_str(&String::from_utf8(body).unwrap()).unwrap()
    }
}

impl peers::Peer for Socket {
    fn new(base_url: &str) -> Self {
        let (host, prefix) = base_url
            .strip_prefix("http://")
            .unwrap()
            .split_once('/')
            .unwrap();
        let stream = TcpStream::connect(host).unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            connection: Mutex::new((stream, vec![0; 16 * 1024])),
            host: host.to_owned(),
            prefix: format!("/{prefix}"),
        }
    }

    fn one(&self) {
        black_box(self.get::<Activity>("/activities/1/"));
    }

    fn page(&self, page: u64, size: u64) -> usize {
        let path = format!("/activities/?page={page}&page_size={size}");
        black_box(self.get::<Vec<Activity>>(&path)).len()
    }
}

fn main() {
    peers::main::<Socket>();
}
