//! A minimal HTTP client, independent of this crate's client.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::sandbox::Sandbox;

/// A minimal client with one connection.
pub(super) struct Client {
    pub(super) stream: TcpStream,
    pub(super) token: String,
}

#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: Vec<u8>,
    pub(super) whole: bool,
}

impl Client {
    pub(super) fn of(sandbox: &Sandbox) -> Client {
        let stream = TcpStream::connect(host(sandbox)).expect("the sandbox listens");
        let patience = Some(Duration::from_secs(10));
        stream.set_read_timeout(patience).expect("a timeout");
        let token = sandbox.master_token().to_owned();
        Client { stream, token }
    }

    pub(super) fn get(&mut self, target: &str) -> io::Result<Reply> {
        let request = format!(
            "GET /iq{target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\r\n",
            self.token
        );
        self.stream.write_all(request.as_bytes())?;
        self.reply()
    }

    pub(super) fn reply(&mut self) -> io::Result<Reply> {
        let mut bytes = Vec::new();
        let head_end = loop {
            if let Some(place) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                break place + 4;
            }
            if self.read(&mut bytes)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        };
        let mut body = bytes.split_off(head_end);
        let head = String::from_utf8(bytes).expect("ASCII").to_lowercase();
        let length = head.split_once("content-length: ").map_or(0, |(_, rest)| {
            let (digits, _) = rest.split_once('\r').expect("an end of line");
            digits.parse().expect("a number")
        });
        while body.len() < length && self.read(&mut body)? > 0 {}
        Ok(Reply {
            status: head[9..12].parse().expect("a status"),
            whole: body.len() == length,
            head,
            body,
        })
    }

    fn read(&mut self, into: &mut Vec<u8>) -> io::Result<usize> {
        let mut some = [0; 4_096];
        let count = self.stream.read(&mut some)?;
        into.extend_from_slice(&some[..count]);
        Ok(count)
    }

    pub(super) fn is_closed(&mut self) -> bool {
        matches!(self.stream.read(&mut [0; 1]), Ok(0))
    }
}

pub(super) fn host(sandbox: &Sandbox) -> &str {
    let url = sandbox.base_url();
    let host = url
        .strip_prefix("http://")
        .and_then(|rest| rest.strip_suffix("/iq"));
    host.expect("the documented form")
}

pub(super) fn small() -> Sandbox {
    let builder = Sandbox::builder().users(3).activities(60);
    builder.start().expect("a port is free")
}

/// Returns the statuses of the responses to these requests.
pub(super) fn statuses(sandbox: &Sandbox, targets: &[&str]) -> Vec<u16> {
    let mut client = Client::of(sandbox);
    let mut status = |target| client.get(target).expect("a response").status;
    targets.iter().map(|target| status(target)).collect()
}
