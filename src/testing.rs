//! One request to a server on a raw socket, for the tests of what goes over the wire.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::thread;

use crate::auth::token::{NoToken, Token};
use crate::operation::{Method, Operation};
use crate::request::Request;
use crate::{Client, Error, RetryPolicy};

pub(crate) const EMPTY: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

/// What came, byte by byte.
#[derive(Debug)]
pub(crate) struct Received {
    pub line: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Received {
    /// The values of a header, however often it came.
    pub fn header(&self, name: &str) -> Option<String> {
        let named = |(own, _): &&(String, String)| own.eq_ignore_ascii_case(name);
        let values: Vec<_> = self.headers.iter().filter(named).collect();
        assert!(values.len() < 2, "{values:?}");
        values.first().map(|(_, value)| value.clone())
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

pub(crate) fn operation(method: Method, path: &'static str) -> Operation {
    Operation {
        name: "test",
        method,
        path,
        server: None,
        token: true,
        secrets: &[],
    }
}

/// An answer with a body and, where it is not empty, further headers.
pub(crate) fn reply(status: u16, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status} Said\r\nContent-Length: {length}\r\n{headers}\r\n{body}")
}

/// Sends a request as `send` makes it; also what the server got.
pub(crate) fn exchange<T: Token, R>(
    token: T,
    operation: Operation,
    reply: impl AsRef<[u8]> + Sync,
    send: impl FnOnce(Request) -> Result<R, Error>,
) -> (Received, Result<R, Error>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = Client::builder()
        .base_url(format!("http://{}", listener.local_addr().unwrap()))
        .retry(RetryPolicy::none())
        .build(token)
        .unwrap();
    let operation = Box::leak(Box::new(operation));
    thread::scope(|scope| {
        let server = scope.spawn(|| serve(&listener, reply.as_ref()));
        let result = send(Request::new(&client.session, operation));
        (server.join().unwrap(), result)
    })
}

/// What a request is that a server has nothing to say to.
pub(crate) fn sent(method: Method, fill: impl FnOnce(Request) -> Request) -> Received {
    let operation = operation(method, "/x");
    let (received, result) = exchange(NoToken, operation, EMPTY, |request| fill(request).empty());
    result.unwrap();
    received
}

/// Why a request is not sent at all.
pub(crate) fn refusal(path: &'static str, fill: impl FnOnce(Request) -> Request) -> String {
    let client = Client::builder().base_url("http://127.0.0.1:1");
    let client = client.build(NoToken).unwrap();
    let operation = Box::leak(Box::new(operation(Method::GET, path)));
    let error = fill(Request::new(&client.session, operation))
        .empty()
        .unwrap_err();
    assert!(error.is_invalid_input(), "{error}");
    error.to_string()
}

fn serve(listener: &TcpListener, reply: &[u8]) -> Received {
    let (mut stream, _) = listener.accept().unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut line = || {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    };
    let first = line();
    let mut headers = Vec::new();
    loop {
        let line = line();
        match line.split_once(": ") {
            Some((name, value)) => headers.push((name.to_owned(), value.to_owned())),
            None => break,
        }
    }
    let mut received = Received {
        line: first,
        headers,
        body: Vec::new(),
    };
    let length = received.header("Content-Length");
    received.body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    reader.read_exact(&mut received.body).unwrap();
    stream.write_all(reply).unwrap();
    received
}
