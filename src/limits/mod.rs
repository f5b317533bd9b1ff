//! The limits of a call: deadlines and cancellation.

pub mod cancel;
pub mod clock;

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use self::cancel::CancelHandle;
use self::clock::Clock;

/// How often a waiting thread checks its limits.
pub(crate) const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// The limits of a call, by the client's clock.
#[derive(Clone)]
pub(crate) struct Limits {
    clock: Arc<dyn Clock>,
    /// The end of the call, not later than that of the list.
    deadline: Option<Instant>,
    /// The end of the list, if the call fetches a page of a list.
    pub list_deadline: Option<Instant>,
    /// The caller's handle.
    pub cancel: Option<CancelHandle>,
    /// The handle of the list, if the call fetches a page of a list.
    pub stop: Option<CancelHandle>,
}

/// The limit that a call has exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exceeded {
    Cancelled,
    CallTimeout,
    ListTimeout,
}

impl Limits {
    pub fn new(clock: Arc<dyn Clock>, cancel: Option<CancelHandle>) -> Self {
        Self {
            clock,
            deadline: None,
            list_deadline: None,
            cancel,
            stop: None,
        }
    }

    /// Sets the end of the call to `timeout` from now, or to the end of the list.
    pub fn start(&mut self, timeout: Option<Duration>) {
        let end = timeout.and_then(|timeout| self.clock.now().checked_add(timeout));
        self.deadline = end.into_iter().chain(self.list_deadline).min();
    }

    /// Returns true if another thread may cancel the call.
    pub fn can_be_cancelled(&self) -> bool {
        self.cancel.is_some() || self.stop.is_some()
    }

    fn is_cancelled(&self) -> bool {
        let mut handles = self.cancel.iter().chain(&self.stop);
        handles.any(CancelHandle::is_cancelled)
    }

    fn left(&self) -> Option<Duration> {
        let deadline = self.deadline?;
        Some(deadline.saturating_duration_since(self.clock.now()))
    }

    /// Returns true if there is time for a wait, of which `asked` does not count as the call's
    /// time.
    pub fn allow(&self, wait: Duration, asked: Duration) -> bool {
        let end = self.extended(asked);
        end.is_none_or(|end| end.saturating_duration_since(self.clock.now()) > wait)
    }

    /// Returns the deadline moved by a duration, but not beyond the end of the list.
    fn extended(&self, by: Duration) -> Option<Instant> {
        let end = self.deadline.and_then(|end| end.checked_add(by));
        end.into_iter().chain(self.list_deadline).min()
    }

    /// Sleeps for `delay`, or until the call is cancelled or its time is over. Up to `asked` of the
    /// time slept does not count as the call's time.
    pub fn sleep(&mut self, delay: Duration, asked: Duration) -> Result<(), Exceeded> {
        let before = self.deadline;
        self.deadline = self.extended(asked);
        let start = self.clock.now();
        let slept = self.sleep_in_steps(delay);
        let elapsed = self.clock.now().saturating_duration_since(start);
        self.deadline = before;
        self.deadline = self.extended(elapsed.min(asked));
        slept
    }

    fn sleep_in_steps(&self, delay: Duration) -> Result<(), Exceeded> {
        let step = if self.can_be_cancelled() {
            POLL_INTERVAL
        } else {
            delay
        };
        let mut left = delay;
        while !left.is_zero() {
            self.clock.sleep(step.min(left));
            left = left.saturating_sub(step);
            self.check()?;
        }
        Ok(())
    }

    /// Returns the time left, `None` without a deadline. Returns an error once the call was
    /// cancelled or its time is over.
    pub fn check(&self) -> Result<Option<Duration>, Exceeded> {
        if self.is_cancelled() {
            return Err(Exceeded::Cancelled);
        }
        match self.left() {
            Some(Duration::ZERO) => Err(self.timeout()),
            left => Ok(left),
        }
    }

    /// Returns the limit that the deadline comes from.
    pub fn timeout(&self) -> Exceeded {
        if self.deadline == self.list_deadline {
            Exceeded::ListTimeout
        } else {
            Exceeded::CallTimeout
        }
    }
}

impl fmt::Display for Exceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cancelled => "the call was cancelled",
            Self::CallTimeout => "the call took longer than its timeout",
            Self::ListTimeout => "the list took longer than its timeout",
        })
    }
}

impl StdError for Exceeded {}
