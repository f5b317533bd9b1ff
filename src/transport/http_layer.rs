//! The layer between HTTP and TLS, through which requests and responses pass unencrypted.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use ureq::Error;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};

use super::cookies::keep_one_cookie;
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
