//! One request to a server, for the tests of what goes over the wire.

#[path = "../tests/support/certificates.rs"]
pub(crate) mod certificates;
#[path = "../tests/support/server/mod.rs"]
pub(crate) mod server;

use self::server::{Reply, Server};
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

impl From<server::Received> for Received {
    fn from(request: server::Received) -> Self {
        let headers = request.headers();
        Self {
            line: format!("{} HTTP/1.1", request.line()),
            headers: headers
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            body: request.body_bytes().to_vec(),
        }
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
    reply: impl AsRef<[u8]>,
    send: impl FnOnce(Request) -> Result<R, Error>,
) -> (Received, Result<R, Error>) {
    let server = Server::script([Reply::raw(reply.as_ref()).then_close()]);
    let client = Client::builder()
        .base_url(format!("http://{}", server.address()))
        .retry(RetryPolicy::none())
        .build(token)
        .unwrap();
    let operation = Box::leak(Box::new(operation));
    let result = send(Request::new(&client.session, operation));
    (server.only_request().into(), result)
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
