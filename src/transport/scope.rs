//! The state that a call shares with the layers of its connection.
//!
//! `ureq` has one timeout for all calls of an agent, and cannot interrupt a call. But its
//! transports run on the thread of the call. So this state is local to the thread: the layers check
//! the limits of the call there, and note its progress.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ureq::http::{HeaderValue, Uri};

use crate::limits::{Exceeded, Limits};
use crate::transport::endpoint::Endpoint;

/// The progress of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Nothing of the request was sent.
    Connecting,
    /// At least a part of the request was sent.
    Sent,
    /// The agent is the caller's, so the progress is not known.
    Unknown,
}

/// What the layers have noted about a call.
#[derive(Debug)]
pub(crate) struct Report {
    pub phase: Phase,
    /// The endpoint of the last lookup or connection.
    pub endpoint: Option<Endpoint>,
    /// Whether the request was sent on a connection of the pool, and no byte of a response came.
    pub may_be_stale: bool,
}

#[derive(Default)]
struct State {
    limits: Option<Limits>,
    /// The number of connections being made. It is two while connecting to a proxy.
    connecting: u32,
    /// The end of the time for connecting, proxy and TLS included, by the system's clock.
    connect_deadline: Option<Instant>,
    /// Whether the call has begun to make a connection.
    connected: bool,
    endpoint: Option<Endpoint>,
    /// Whether a part of the request was sent.
    sent: bool,
    /// A copy of `sent` for another thread.
    sent_for_others: Option<Arc<AtomicBool>>,
    /// Whether the whole head of the request was sent.
    head_sent: bool,
    /// Whether the connection ended within the head of a response.
    broke_off: bool,
    /// Whether the input buffer held more bytes than the headers of a response may have.
    large_input: bool,
    /// The value of the `Cookie` header that this crate sends.
    cookie: Option<HeaderValue>,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

/// Sets the state of this thread for one call, until it is dropped.
pub(crate) struct Scope {
    /// Keeps the scope on its thread.
    _thread: PhantomData<*const ()>,
}

impl Scope {
    /// Begins a call. `cookie` is the value of its `Cookie` header; no other cookies are sent.
    pub fn enter(limits: &Limits, cookie: Option<HeaderValue>) -> Self {
        STATE.set(State {
            limits: Some(limits.clone()),
            cookie,
            ..State::default()
        });
        Self {
            _thread: PhantomData,
        }
    }

    /// Sets `sent` to true when a part of the request is sent.
    pub fn signal_sent(&self, sent: Arc<AtomicBool>) {
        STATE.with_borrow_mut(|state| state.sent_for_others = Some(sent));
    }

    /// Returns true if the headers of the response can exceed their maximum size.
    pub fn has_large_input(&self) -> bool {
        STATE.with_borrow(|state| state.large_input)
    }

    /// Returns what the layers have noted.
    pub fn report(&self) -> Report {
        STATE.with_borrow(|state| Report {
            phase: if state.sent {
                Phase::Sent
            } else {
                Phase::Connecting
            },
            endpoint: state.endpoint.clone(),
            may_be_stale: state.sent && !state.connected && !state.broke_off,
        })
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        STATE.take();
    }
}

/// Checks the limits of this thread's call; see [`Limits::check`].
pub(crate) fn check_limits() -> Result<Option<Duration>, Exceeded> {
    STATE.with_borrow(|state| state.limits.as_ref().map_or(Ok(None), Limits::check))
}

/// Returns the error for the end of this thread's call by its deadline.
pub(crate) fn timeout() -> Exceeded {
    let limits = |state: &State| state.limits.as_ref().map(Limits::timeout);
    STATE.with_borrow(limits).unwrap_or(Exceeded::CallTimeout)
}

/// Returns true if the time for the connection that is being made is over.
pub(crate) fn connects_too_long() -> bool {
    STATE.with_borrow(|state| {
        let end = state.connect_deadline.filter(|_| state.connecting > 0);
        end.is_some_and(|end| end <= Instant::now())
    })
}

/// Notes the endpoint of a lookup or a connection.
pub(crate) fn note_endpoint(uri: &Uri) {
    STATE.with_borrow_mut(|state| state.endpoint = Endpoint::new(uri));
}

/// Notes that the connection ended within the head of a response.
pub(crate) fn note_broken_head() {
    STATE.with_borrow_mut(|state| state.broke_off = true);
}

/// Notes that the input buffer holds more bytes than the headers of a response may have.
pub(crate) fn note_large_input() {
    STATE.with_borrow_mut(|state| state.large_input = true);
}

/// Notes that a connection is about to be made, within `timeout`.
pub(crate) fn note_connecting(timeout: Duration) {
    STATE.with_borrow_mut(|state| {
        if state.connecting == 0 {
            state.connect_deadline = Instant::now().checked_add(timeout);
        }
        state.connecting += 1;
        state.connected = true;
    });
}

/// Notes that a connection was made, TLS included.
pub(crate) fn note_connected() {
    STATE.with_borrow_mut(|state| state.connecting = state.connecting.saturating_sub(1));
}

/// Notes that a part of the request is sent. For each part of its head this calls `head` with the
/// value of the `Cookie` header to send; `head` returns true if the part contains the end of the
/// head.
pub(crate) fn note_sending(head: impl FnOnce(Option<&HeaderValue>) -> bool) {
    STATE.with_borrow_mut(|state| {
        // While connecting, bytes are sent for the proxy or TLS.
        if state.connecting > 0 {
            return;
        }
        state.sent = true;
        if let Some(sent) = &state.sent_for_others {
            sent.store(true, Ordering::Release);
        }
        if !state.head_sent {
            state.head_sent = head(state.cookie.as_ref());
        }
    });
}
