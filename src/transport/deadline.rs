//! A layer between the socket and TLS that keeps to deadlines and hears of cancellation.
//!
//! `ureq` has one timeout for all calls of an agent, and no way to interrupt one of them. Its
//! transports, though, run on the thread of the call: so what a call has to keep to is laid down
//! for the thread, and looked at here before each read.

use std::cell::{Cell, RefCell};
use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::time::{Duration, Instant};

use ureq::http::uri::{Authority, Scheme};
use ureq::http::{HeaderValue, Uri};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, NextTimeout, Transport, time,
};
use ureq::{Error, Timeout};

use crate::limits::cancel::CancelHandle;
use crate::transport::tls_records::Records;

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

/// How far a call has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Nothing of the request was sent.
    Connecting,
    /// A part of the request was sent, if not all of it.
    Sent,
    /// The agent is the caller's, and does not tell.
    Unknown,
}

/// Where a connection leads. Shown as host and port, without a user name or a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    authority: Authority,
    default_port: u16,
}

impl Place {
    pub fn new(uri: &Uri) -> Option<Self> {
        let https = uri.scheme() == Some(&Scheme::HTTPS);
        Some(Self {
            authority: uri.authority()?.clone(),
            default_port: if https { 443 } else { 80 },
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let port = self.authority.port_u16().unwrap_or(self.default_port);
        write!(f, "{}:{port}", self.authority.host())
    }
}

#[derive(Default)]
struct Call {
    limits: Limits,
    /// How many connections are being made: two while one to a proxy is, for one through it.
    connecting: u32,
    /// Whether a connection was made, or begun.
    connected: bool,
    /// Where the last name was looked up or the last connection made.
    place: Option<Place>,
    /// Whether a part of the request went out.
    sent: bool,
    /// Whether the head of the request went out as a whole.
    head_sent: bool,
    /// The value of the `Cookie` header that this crate sends.
    cookie: Option<HeaderValue>,
}

thread_local! {
    static CALL: RefCell<Call> = RefCell::default();
    static OFFLINE: Cell<bool> = const { Cell::new(false) };
}

/// Keeps to the limits while `work` runs. Returns as well whether the request went out on a
/// connection that was there before.
///
/// `cookie` is the value of the `Cookie` header of the request; no other is sent.
pub(crate) fn within<R>(
    limits: &Limits,
    cookie: Option<HeaderValue>,
    work: impl FnOnce() -> R,
) -> (R, bool) {
    CALL.set(Call {
        limits: limits.clone(),
        cookie,
        ..Call::default()
    });
    let done = work();
    let call = CALL.take();
    (done, call.sent && !call.connected)
}

/// How far the call on this thread has come.
pub(crate) fn phase() -> Phase {
    match CALL.with_borrow(|call| call.sent) {
        true => Phase::Sent,
        false => Phase::Connecting,
    }
}

/// Where the call on this thread has tried to connect to last.
pub(crate) fn place() -> Option<Place> {
    CALL.with_borrow(|call| call.place.clone())
}

/// Notes where the call is about to connect to.
pub(crate) fn note_place(uri: &Uri) {
    CALL.with_borrow_mut(|call| call.place = Place::new(uri));
}

/// Notes that a connection is about to be made.
pub(crate) fn note_connecting() {
    CALL.with_borrow_mut(|call| {
        call.connecting += 1;
        call.connected = true;
    });
}

/// Notes that a connection was made, TLS included.
pub(crate) fn note_connected() {
    CALL.with_borrow_mut(|call| call.connecting = call.connecting.saturating_sub(1));
}

/// Notes that a part of the request goes out, and calls `head` as long as that is a part of its
/// head, with the value of the `Cookie` header that may go out. `head` returns whether the head
/// ends there.
pub(crate) fn note_sending(head: impl FnOnce(Option<&HeaderValue>) -> bool) {
    CALL.with_borrow_mut(|call| {
        // What goes out before is for a proxy.
        if call.connecting > 0 {
            return;
        }
        call.sent = true;
        if !call.head_sent {
            call.head_sent = head(call.cookie.as_ref());
        }
    });
}

/// Runs `work` with a [`Watched`] that has only the bytes that it holds already, and sends none.
pub(crate) fn offline<R>(work: impl FnOnce() -> R) -> R {
    OFFLINE.set(true);
    let done = work();
    OFFLINE.set(false);
    done
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
        details: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        note_place(details.uri);
        Ok(chained.map(|inner| Watched::new(inner, details.needs_tls())))
    }
}

#[derive(Debug)]
pub(crate) struct Watched<T> {
    inner: T,
    /// Where the bytes that came stand among the records of TLS, where they are some.
    records: Option<Records>,
}

impl<T: Transport> Watched<T> {
    pub fn new(mut inner: T, needs_tls: bool) -> Self {
        let mut records = (needs_tls && !inner.is_tls()).then(Records::default);
        if let Some(records) = &mut records {
            records.take(inner.buffers().input());
        }
        Self { inner, records }
    }

    fn await_slice(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let before = self.inner.buffers().input().len();
        let came = self.inner.await_input(timeout)?;
        if let Some(records) = &mut self.records {
            let input = self.inner.buffers().input();
            records.take(input.get(before..).unwrap_or_default());
        }
        Ok(came)
    }
}

impl<T: Transport> Transport for Watched<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        if OFFLINE.get() {
            return Err(io::Error::from(io::ErrorKind::WouldBlock).into());
        }
        let left = CALL.with_borrow(|call| call.limits.check().map(|()| call.limits.left()))?;
        let timeout = match left.map(coarse).map(time::Duration::Exact) {
            Some(left) if left < timeout.after => NextTimeout {
                after: left,
                reason: Timeout::Global,
                ..timeout
            },
            _ => timeout,
        };
        self.inner.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        if OFFLINE.get() {
            return match self.inner.buffers().input() {
                [] => Err(io::Error::from(io::ErrorKind::WouldBlock).into()),
                _ => Ok(true),
            };
        }
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
            match self.await_slice(slice) {
                Err(Error::Timeout(reason)) if reason == timeout.reason => {}
                done => return done,
            }
        }
    }

    /// Whether the connection can take another request: nothing came that TLS has not read, nor a
    /// part of a record.
    fn is_open(&mut self) -> bool {
        let whole = self.records.as_ref().is_none_or(Records::are_whole);
        whole && self.inner.buffers().input().is_empty() && self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}
