//! What the layers of a connection know of the call that uses it.
//!
//! `ureq` has one timeout for all calls of an agent, and no way to interrupt one of them. But its
//! transports run on the thread of the call. So the limits of a call are set for its thread, and the
//! layers look at them; and the layers note there how far the call has come.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ureq::http::{HeaderValue, Uri};

use crate::limits::{Exceeded, Limits};
use crate::transport::endpoint::Endpoint;

/// How far a call has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Nothing of the request was sent.
    Connecting,
    /// A part of the request was sent, if not all of it.
    Sent,
    /// The agent is the caller's, which does not tell.
    Unknown,
}

/// What the layers noted of a call.
#[derive(Debug)]
pub(crate) struct Report {
    pub phase: Phase,
    /// Where the last name was looked up, or the last connection made.
    pub endpoint: Option<Endpoint>,
    /// Whether the request went out on a connection of the pool.
    pub is_pooled: bool,
}

#[derive(Default)]
struct State {
    limits: Option<Limits>,
    /// How many connections are being made: two while one to a proxy is, for one through it.
    connecting: u32,
    /// When the connection has to be made, with all that belongs to it, in real time.
    connect_deadline: Option<Instant>,
    /// Whether a connection was made, or begun.
    connected: bool,
    endpoint: Option<Endpoint>,
    /// Whether a part of the request went out.
    sent: bool,
    /// The same, for another thread.
    sent_for_others: Option<Arc<AtomicBool>>,
    /// Whether the head of the request went out as a whole.
    head_sent: bool,
    /// Whether more was read at once than the headers of a response may have.
    large_input: bool,
    /// The value of the `Cookie` header that this crate sends.
    cookie: Option<HeaderValue>,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

/// Applies the limits of a call to the connections that this thread uses, until it is dropped.
pub(crate) struct Scope {
    /// It belongs to its thread.
    _thread: PhantomData<*const ()>,
}

impl Scope {
    /// `cookie` is the value of the `Cookie` header of the request; no other is sent.
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

    /// Tells another thread when a part of the request goes out.
    pub fn tell_when_sent(&self, sent: Arc<AtomicBool>) {
        STATE.with_borrow_mut(|state| state.sent_for_others = Some(sent));
    }

    /// Returns true if the headers of the response can be larger than they may be.
    pub fn has_large_input(&self) -> bool {
        STATE.with_borrow(|state| state.large_input)
    }

    pub fn report(&self) -> Report {
        STATE.with_borrow(|state| Report {
            phase: if state.sent {
                Phase::Sent
            } else {
                Phase::Connecting
            },
            endpoint: state.endpoint.clone(),
            is_pooled: state.sent && !state.connected,
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

/// Notes where the call is about to connect to.
pub(crate) fn note_endpoint(uri: &Uri) {
    STATE.with_borrow_mut(|state| state.endpoint = Endpoint::new(uri));
}

/// Notes that more was read at once than the headers of a response may have.
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

/// Notes that a part of the request goes out, and calls `head` as long as that is a part of its
/// head, with the value of the `Cookie` header that may go out. `head` returns true where the head
/// ends.
pub(crate) fn note_sending(head: impl FnOnce(Option<&HeaderValue>) -> bool) {
    STATE.with_borrow_mut(|state| {
        // What goes out before is for a proxy, or for TLS.
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
