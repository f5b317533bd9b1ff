//! The layer between the socket and TLS, which enforces the limits of a call.

use std::cell::Cell;
use std::io;
use std::time::{Duration, Instant};

use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, NextTimeout, Transport, time,
};
use ureq::{Error, Timeout};

use crate::limits::Exceeded;
use crate::transport::scope;
use crate::transport::tls_records::Records;

/// How long a read waits before the limits are checked again. Since it is always the same, the
/// socket's timeout is set once; the time left would have to be set before each read.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

thread_local! {
    static OFFLINE: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`, during which each [`DeadlineTransport`] of this thread does not use its socket, but
/// only the bytes already in its buffers.
pub(crate) fn offline<R>(work: impl FnOnce() -> R) -> R {
    OFFLINE.set(true);
    let done = work();
    OFFLINE.set(false);
    done
}

/// Returns the timeout of a write. A long time is rounded up to whole seconds, so that it is often
/// the same for the next write, and the socket's timeout need not be set again.
fn coarse(left: Duration) -> Duration {
    const LONG: Duration = Duration::from_secs(10);
    if left < LONG {
        return left;
    }
    Duration::from_secs(left.as_secs().saturating_add(1))
}

/// Wraps a limit in an error that `ureq` passes on.
fn exceeded(limit: Exceeded) -> Error {
    Error::Other(Box::new(limit))
}

/// The connector that adds a [`DeadlineTransport`].
#[derive(Debug)]
pub(crate) struct DeadlineConnector;

impl<In: Transport> Connector<In> for DeadlineConnector {
    type Out = DeadlineTransport<In>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        scope::note_endpoint(details.uri);
        Ok(chained.map(|inner| DeadlineTransport::new(inner, details.needs_tls())))
    }
}

/// A transport that checks the limits of the call before each write and during each read.
#[derive(Debug)]
pub(crate) struct DeadlineTransport<T> {
    inner: T,
    /// The position of the received bytes in the stream of TLS records; `None` if it is not TLS.
    records: Option<Records>,
}

impl<T: Transport> DeadlineTransport<T> {
    pub fn new(mut inner: T, needs_tls: bool) -> Self {
        let mut records = (needs_tls && !inner.is_tls()).then(Records::default);
        if let Some(records) = &mut records {
            records.advance(inner.buffers().input());
        }
        Self { inner, records }
    }

    fn poll(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let before = self.inner.buffers().input().len();
        let came = self.inner.await_input(timeout)?;
        if let Some(records) = &mut self.records {
            let input = self.inner.buffers().input();
            records.advance(input.get(before..).unwrap_or_default());
        }
        Ok(came)
    }
}

impl<T: Transport> Transport for DeadlineTransport<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        if OFFLINE.get() {
            return Err(io::Error::from(io::ErrorKind::WouldBlock).into());
        }
        let left = scope::check_limits().map_err(exceeded)?.map(coarse);
        let Some(left) = left.filter(|left| *left < *timeout.after) else {
            return self.inner.transmit_output(amount, timeout);
        };
        let timeout = NextTimeout {
            after: time::Duration::Exact(left),
            reason: Timeout::Global,
            ..timeout
        };
        let sent = self.inner.transmit_output(amount, timeout);
        sent.map_err(|error| match error {
            Error::Timeout(Timeout::Global) => exceeded(scope::timeout()),
            error => error,
        })
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        if OFFLINE.get() {
            return match self.inner.buffers().input() {
                [] => Err(io::Error::from(io::ErrorKind::WouldBlock).into()),
                _ => Ok(true),
            };
        }
        let end = Instant::now().checked_add(*timeout.after);
        loop {
            scope::check_limits().map_err(exceeded)?;
            if scope::connects_too_long() {
                return Err(Error::Timeout(Timeout::Connect));
            }
            if end.is_some_and(|end| end <= Instant::now()) {
                return Err(Error::Timeout(timeout.reason));
            }
            let short = NextTimeout {
                after: time::Duration::Exact(POLL_INTERVAL),
                ..timeout
            };
            match self.poll(short) {
                Err(Error::Timeout(reason)) if reason == timeout.reason => {}
                done => return done,
            }
        }
    }

    /// Returns true if the connection can be used for another request: no bytes are waiting for
    /// TLS, and the last record is complete.
    fn is_open(&mut self) -> bool {
        let whole = self.records.as_ref().is_none_or(Records::are_whole);
        whole && self.inner.buffers().input().is_empty() && self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}
