//! Runs work that cannot be interrupted, such as looking up a name or connecting, on another
//! thread.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::limits::{Exceeded, Limits, POLL_INTERVAL};

/// How long the worker may take to end by itself once a limit was exceeded, since its own error
/// says more.
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

/// Runs `work` on a new thread, and returns without its result once a limit is exceeded.
pub(crate) fn run<R: Send + 'static>(
    limits: &Limits,
    work: impl FnOnce() -> R + Send + 'static,
) -> Result<R, WorkerError> {
    let (done, result) = mpsc::sync_channel(1);
    let thread = thread::Builder::new().name("fitrankings".into());
    let work = move || {
        // This fails if a limit was exceeded and the caller has returned.
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
