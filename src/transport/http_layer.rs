//! The layer between HTTP and TLS, which is the last that every byte of a request passes in clear,
//! and the first of an answer.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};
use ureq::{Agent, Error};

use crate::transport::sizes::{INPUT, MAX_HEADERS};
use crate::transport::{deadline, scope};

/// The beginning of the connector chain: notes that a connection is being made.
#[derive(Debug)]
pub(crate) struct StartConnector;

impl<In: Transport> Connector<In> for StartConnector {
    type Out = In;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        scope::note_connecting(*details.timeout.after);
        Ok(chained)
    }
}

/// The end of the connector chain.
#[derive(Debug)]
pub(crate) struct HttpConnector;

impl<In: Transport> Connector<In> for HttpConnector {
    type Out = HttpLayer<In>;

    fn connect(
        &self,
        _: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        scope::note_connected();
        Ok(chained.map(HttpLayer))
    }
}

/// A connection as `ureq` sees it.
#[derive(Debug)]
pub(crate) struct HttpLayer<T>(pub T);

impl<T: Transport> HttpLayer<T> {
    /// Whether TLS holds nothing of an answer that was not read.
    ///
    /// It is asked to read on without the socket: it gives out what it has decrypted, or makes
    /// something of the bytes that lie below it. Only if it wants more, nothing is there. What is
    /// no part of an answer, such as a session ticket, is dealt with on the way.
    fn is_drained(&mut self) -> bool {
        let read = deadline::offline(|| self.0.await_input(NextTimeout::default()));
        matches!(read, Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock)
    }
}

impl<T: Transport> Transport for HttpLayer<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let mut kept = amount;
        let output = self.0.buffers().output();
        scope::note_sending(|cookie| {
            let cookie = cookie.map(|cookie| cookie.as_bytes());
            let (length, ended) = match output.get_mut(..amount) {
                Some(head) => keep_one_cookie(head, cookie),
                None => (amount, false),
            };
            kept = length;
            ended
        });
        self.0.transmit_output(kept, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        // A body is consumed as it comes; headers are only once they are there as a whole.
        // With a full buffer, `ureq` would report a connection that makes no progress.
        let size = self.0.buffers().input().len();
        if size >= INPUT {
            return Err(Error::LargeResponseHeader(size, INPUT));
        }
        let came = self.0.await_input(timeout).map_err(|error| match error {
            Error::Io(error) if is_abrupt(error.kind()) => Error::Other(Box::new(Abrupt(error))),
            error => error,
        })?;
        if self.0.buffers().input().len() > MAX_HEADERS {
            scope::note_large_input();
        }
        Ok(came)
    }

    /// Whether the connection can take another request, and the next answer will be to it.
    fn is_open(&mut self) -> bool {
        self.0.buffers().input().is_empty()
            && (!self.0.is_tls() || self.is_drained())
            && self.0.is_open()
    }

    fn is_tls(&self) -> bool {
        self.0.is_tls()
    }
}

/// A connection that was reset, or that ended without TLS saying so.
///
/// `ureq` takes an [`io::Error`] of these kinds for the end of a body whose length is not
/// announced, though anything can be missing; so they come to it as this error.
#[derive(Debug)]
pub(crate) struct Abrupt(pub io::Error);

impl fmt::Display for Abrupt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for Abrupt {}

fn is_abrupt(kind: io::ErrorKind) -> bool {
    use io::ErrorKind as K;
    matches!(
        kind,
        K::UnexpectedEof | K::ConnectionReset | K::ConnectionAborted
    )
}

/// Takes every `Cookie` header but `own` out of a part of a request's head, which consists of
/// whole lines. Returns what is left of its length, and whether the head ends there.
///
/// With its feature `cookies`, which any crate of an application can turn on, `ureq` adds the
/// cookies that came before, whosever token they came to.
fn keep_one_cookie(head: &mut [u8], own: Option<&[u8]>) -> (usize, bool) {
    const NAME: &[u8] = b"cookie:";
    let (mut read, mut kept, mut ended) = (0, 0, false);
    while let Some(rest) = head.get(read..).filter(|rest| !rest.is_empty()) {
        let end = rest.iter().position(|byte| *byte == b'\n');
        let length = end.map_or(rest.len(), |end| end + 1);
        let line = rest.get(..length).unwrap_or(rest);
        let foreign = line
            .split_at_checked(NAME.len())
            .filter(|(name, _)| name.eq_ignore_ascii_case(NAME))
            .is_some_and(|(_, value)| Some(value.trim_ascii()) != own);
        ended = line == b"\r\n";
        if !foreign {
            head.copy_within(read..read + length, kept);
            kept += length;
        }
        read += length;
    }
    (kept, ended)
}

/// Empties the agent's jar of cookies, where `ureq` has one.
///
/// No cookie of it is sent; but it would grow, and so would the head of each request.
pub(crate) fn forget_cookies(agent: &Agent) {
    agent.cookie_jar_lock().clear();
}

/// Stands in for `Agent::cookie_jar_lock`, which `ureq` has with its feature `cookies` only. A
/// method of the type's own goes before one of a trait, so this is called where there is no other:
/// a crate cannot ask for the features of its dependencies.
#[allow(
    dead_code,
    reason = "not called where `ureq` has its feature `cookies`"
)]
trait Jarless {
    fn cookie_jar_lock(&self) -> NoJar {
        NoJar
    }
}

impl Jarless for Agent {}

#[allow(dead_code, reason = "see `Jarless`")]
struct NoJar;

#[allow(dead_code, reason = "see `Jarless`")]
impl NoJar {
    fn clear(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(head: &str, own: Option<&str>) -> (String, bool) {
        let mut bytes = head.as_bytes().to_vec();
        let (length, ended) = keep_one_cookie(&mut bytes, own.map(str::as_bytes));
        bytes.truncate(length);
        (String::from_utf8(bytes).unwrap(), ended)
    }

    #[test]
    fn only_the_cookie_of_this_crate_is_kept_in_a_head() {
        let without = "GET /?cookie:a=b HTTP/1.1\r\nhost: a\r\nx-cookie: c\r\n\r\n";
        assert_eq!(kept(without, None), (without.to_owned(), true));
        let own = "GET / HTTP/1.1\r\ncookie: key=mine\r\nhost: a\r\n\r\n";
        assert_eq!(kept(own, Some("key=mine")), (own.to_owned(), true));
        for other in ["cookie: session=yours", "Cookie:key=mine; session=yours"] {
            for head in [
                format!("GET / HTTP/1.1\r\n{other}\r\ncookie: key=mine\r\nhost: a\r\n\r\n"),
                format!("GET / HTTP/1.1\r\ncookie: key=mine\r\nhost: a\r\n{other}\r\n\r\n"),
            ] {
                assert_eq!(kept(&head, Some("key=mine")), (own.to_owned(), true));
                let (none, _) = kept(&head, None);
                assert_eq!(none, "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
            }
        }
    }

    #[test]
    fn a_head_that_goes_out_in_parts_ends_with_the_last() {
        assert_eq!(kept("host: a\r\ncookie: b\r\n", None).0, "host: a\r\n");
        assert!(!kept("GET / HTTP/1.1\r\n", None).1);
        assert!(kept("cookie: b\r\n\r\n", None).1);
        assert_eq!(kept("", None), (String::new(), false));
    }
}
