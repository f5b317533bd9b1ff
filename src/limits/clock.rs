use std::thread;
use std::time::{Duration, Instant};

/// The clock of a client, and its source of random numbers.
///
/// A client uses it for the timeouts of calls and lists, the waits between attempts, the pauses
/// that a server asks for, and the durations in the log. `timeout_connect` and `timeout_response`
/// are the exception: they use the system's clock. A call that waits for the server checks this
/// clock every 50 milliseconds.
///
/// A test can provide a clock whose `sleep` takes no time: see
/// [`ClientBuilder::clock`](crate::ClientBuilder::clock).
pub trait Clock: Send + Sync + 'static {
    /// Returns the current time. Default: the system's.
    ///
    /// The time need not advance during [`sleep`](Self::sleep): a request does not check it again
    /// after it has slept until the end of a pause.
    fn now(&self) -> Instant {
        Instant::now()
    }

    /// Blocks the thread for a duration.
    fn sleep(&self, duration: Duration);

    /// Returns a random number from 0 to 1. Default: from the system.
    fn random(&self) -> f64 {
        let mut bytes = [0; 4];
        // If there are no random numbers, the longest wait is the safest.
        match getrandom::getrandom(&mut bytes) {
            Ok(()) => f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX),
            Err(_) => 1.0,
        }
    }
}

/// The system's clock.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn sleep(&self, duration: Duration) {
        thread::sleep(duration);
    }
}
