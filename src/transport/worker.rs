//! A thread for what nothing interrupts: looking a name up, and connecting.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::limits::{Exceeded, Limits, POLL_INTERVAL};

/// How long the worker may take to end by itself once a limit was exceeded: it knows more of what
/// happened.
const GRACE: Duration = Duration::from_millis(150);

/// Why a worker thread has no result.
pub(crate) enum WorkerError {
    /// A limit was exceeded. The thread may still run.
    Exceeded(Exceeded),
    /// The thread panicked.
    Panicked,
    /// The operating system did not start a thread.
    NotStarted,
}

/// Runs `work` on a thread of its own, and leaves it behind once a limit is exceeded.
pub(crate) fn run<R: Send + 'static>(
    limits: &Limits,
    work: impl FnOnce() -> R + Send + 'static,
) -> Result<R, WorkerError> {
    let (done, result) = mpsc::sync_channel(1);
    let thread = thread::Builder::new().name("fitrankings".into());
    let work = move || {
        // Nobody waits for it any more, if this fails.
        let _ = done.send(work());
    };
    if thread.spawn(work).is_err() {
        return Err(WorkerError::NotStarted);
    }
    loop {
        match result.recv_timeout(POLL_INTERVAL) {
            Ok(done) => return Ok(done),
            Err(RecvTimeoutError::Timeout) => {
                if let Err(limit) = limits.check() {
                    let late = result.recv_timeout(GRACE);
                    return late.map_err(|_| WorkerError::Exceeded(limit));
                }
            }
            Err(RecvTimeoutError::Disconnected) => return Err(WorkerError::Panicked),
        }
    }
}
