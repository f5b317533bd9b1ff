//! The layer between HTTP and TLS, through which requests and responses pass unencrypted.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};
use ureq::{Agent, Error};

use crate::transport::sizes::{INPUT, MAX_HEADERS};
use crate::transport::{deadline, scope};

/// The first connector of the chain, which notes that a connection is being made.
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

/// The last connector of the chain, which adds an [`HttpLayer`].
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

/// The topmost transport of a connection.
#[derive(Debug)]
pub(crate) struct HttpLayer<T>(pub T);

impl<T: Transport> HttpLayer<T> {
    /// Returns true if TLS holds no unread bytes of a response.
    ///
    /// This reads from TLS without the socket. TLS returns bytes that it has decrypted, or decrypts
    /// those in the buffer below it. If it needs more bytes, there were none of a response. Records
    /// that are no part of a response, such as session tickets, are processed on the way.
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
        // The buffer is full only of headers: those are consumed when they are complete, while a
        // body is consumed as it arrives. With a full buffer, `ureq` would report a connection that
        // makes no progress.
        let size = self.0.buffers().input().len();
        if size >= INPUT {
            return Err(Error::LargeResponseHeader(size, INPUT));
        }
        let came = self.0.await_input(timeout);
        if size > 0 && !matches!(came, Ok(true)) {
            scope::note_broken_head();
        }
        let came = came.map_err(|error| match error {
            Error::Io(error) if is_abrupt(error.kind()) => Error::Other(Box::new(Abrupt(error))),
            error => error,
        })?;
        if self.0.buffers().input().len() > MAX_HEADERS {
            scope::note_large_input();
        }
        Ok(came)
    }

    /// Returns true if the connection can be used for another request: it is open and holds no
    /// unread bytes, which would be taken for the next response.
    fn is_open(&mut self) -> bool {
        self.0.buffers().input().is_empty()
            && (!self.0.is_tls() || self.is_drained())
            && self.0.is_open()
    }

    fn is_tls(&self) -> bool {
        self.0.is_tls()
    }
}

/// The error of a connection that was reset, or that ended without the closing message of TLS.
///
/// If a body has no announced length, `ureq` takes an [`io::Error`] of these kinds for its end,
/// although a part can be missing. It passes this error on.
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

/// Removes every `Cookie` header but `own` from a part of a request's head, which consists of whole
/// lines. Returns the remaining length, and whether the head ends there.
///
/// With its feature `cookies`, which any crate of an application can turn on, `ureq` adds the
/// cookies of earlier responses, also those to requests with another token.
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

/// Empties the agent's cookie jar, if `ureq` has one.
///
/// None of its cookies are sent. But the jar would grow, and `ureq` writes all of it into the head
/// of each request.
pub(crate) fn forget_cookies(agent: &Agent) {
    agent.cookie_jar_lock().clear();
}

/// A substitute for `Agent::cookie_jar_lock`, which exists only with the feature `cookies` of
/// `ureq`.
///
/// A crate cannot query the features of its dependencies. But an inherent method takes precedence
/// over a trait's, so this one is called only if the other does not exist.
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
