//! A layer between the socket and TLS that keeps to deadlines and hears of cancellation.
//!
//! `ureq` has one timeout for all calls of an agent, and no way to interrupt one of them. Its
//! transports, though, run on the thread of the call: so what a call has to keep to is laid down
//! for the thread, and looked at here before each read.

use std::cell::RefCell;
use std::error::Error as StdError;
use std::fmt;
use std::time::{Duration, Instant};

use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, NextTimeout, Transport, time,
};
use ureq::{Error, Timeout};

use crate::cancel::CancelHandle;

/// How long a read waits before it looks whether it still should. The socket is told this one
/// number once, where the time that is left would have to be told it for each read.
const SLICE: Duration = Duration::from_millis(50);

/// What a call has to keep to.
#[derive(Clone, Default)]
pub(crate) struct Limits {
    /// The end of the call, which is not later than that of the list.
    pub deadline: Option<Instant>,
    /// The end of the list that it is a page of.
    pub list_deadline: Option<Instant>,
    /// The caller's.
    pub cancel: Option<CancelHandle>,
    /// The list's that it is a page of.
    pub stop: Option<CancelHandle>,
}

impl Limits {
    fn is_cancelled(&self) -> bool {
        let handles = self.cancel.iter().chain(&self.stop);
        handles.into_iter().any(CancelHandle::is_cancelled)
    }

    /// The time that is left; `None` for all of it.
    pub fn left(&self) -> Option<Duration> {
        let deadline = self.deadline?;
        Some(deadline.saturating_duration_since(Instant::now()))
    }

    /// Gives the call more time, as far as the list has it.
    pub fn extend(&mut self, by: Duration) {
        let end = self.deadline.and_then(|end| end.checked_add(by));
        self.deadline = end.into_iter().chain(self.list_deadline).min();
    }

    /// Whether there is time for a wait, of which the server asked for a part: that part takes
    /// nothing of the call's time.
    pub fn allow(&self, wait: Duration, asked: Duration) -> bool {
        let mut limits = self.clone();
        limits.extend(asked);
        limits.left().is_none_or(|left| left > wait)
    }

    pub fn check(&self) -> Result<(), Error> {
        if self.is_cancelled() {
            return Err(Error::Other(Box::new(Cancelled)));
        }
        match self.left() {
            Some(Duration::ZERO) => Err(Error::Timeout(Timeout::Global)),
            _ => Ok(()),
        }
    }
}

/// A call was cancelled while it waited.
#[derive(Debug)]
pub(crate) struct Cancelled;

impl fmt::Display for Cancelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cancelled")
    }
}

impl StdError for Cancelled {}

#[derive(Default)]
struct Call {
    limits: Limits,
    connected: bool,
    sent: bool,
}

thread_local! {
    static CALL: RefCell<Call> = RefCell::default();
}

/// Keeps to the limits while `work` runs; tells as well whether it went out on a connection that
/// was there before.
pub(crate) fn within<R>(limits: &Limits, work: impl FnOnce() -> R) -> (R, bool) {
    CALL.set(Call {
        limits: limits.clone(),
        ..Call::default()
    });
    let done = work();
    let call = CALL.take();
    (done, call.sent && !call.connected)
}

/// Whether the call on this thread has sent anything, if only to agree on TLS.
pub(crate) fn has_sent() -> bool {
    CALL.with_borrow(|call| call.sent)
}

/// What a write may take of the time that is left: a long time in whole seconds, so that it is the
/// same for the next call, and the socket need not be told again.
fn coarse(left: Duration) -> Duration {
    const LONG: Duration = Duration::from_secs(10);
    if left < LONG {
        return left;
    }
    Duration::from_secs(left.as_secs().saturating_add(1))
}

/// The part of the connector chain that watches: it stands between TCP and TLS.
#[derive(Debug)]
pub(crate) struct WatchConnector;

impl<In: Transport> Connector<In> for WatchConnector {
    type Out = Watched<In>;

    fn connect(
        &self,
        _: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        CALL.with_borrow_mut(|call| call.connected = true);
        Ok(chained.map(Watched))
    }
}

#[derive(Debug)]
pub(crate) struct Watched<T>(pub T);

impl<T: Transport> Transport for Watched<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let left = CALL.with_borrow_mut(|call| {
            call.sent = true;
            call.limits.check().map(|()| call.limits.left())
        })?;
        let timeout = match left.map(coarse).map(time::Duration::Exact) {
            Some(left) if left < timeout.after => NextTimeout {
                after: left,
                reason: Timeout::Global,
                ..timeout
            },
            _ => timeout,
        };
        self.0.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let end = match timeout.after {
            time::Duration::Exact(after) => Instant::now().checked_add(after),
            time::Duration::NotHappening => None,
        };
        loop {
            CALL.with_borrow(|call| call.limits.check())?;
            if end.is_some_and(|end| end <= Instant::now()) {
                return Err(Error::Timeout(timeout.reason));
            }
            let slice = NextTimeout {
                after: time::Duration::Exact(SLICE),
                ..timeout
            };
            match self.0.await_input(slice) {
                Err(Error::Timeout(reason)) if reason == timeout.reason => {}
                done => return done,
            }
        }
    }

    fn is_open(&mut self) -> bool {
        self.0.is_open()
    }

    fn is_tls(&self) -> bool {
        self.0.is_tls()
    }
}
