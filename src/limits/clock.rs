use std::thread;
use std::time::{Duration, Instant};

/// The clock of a client, and its source of randomness.
///
/// All that a client does by time goes by this clock: the timeouts of calls and lists, the waits
/// between attempts, the pauses that a server asks for, and the durations in the log. Sockets are
/// the exception: `timeout_connect` and `timeout_response` are kept in real time, and a call that
/// waits for a server looks at this clock every 50 milliseconds.
///
/// A test can bring a clock of its own and so take no time: see
/// [`ClientBuilder::clock`](crate::ClientBuilder::clock).
pub trait Clock: Send + Sync + 'static {
    /// Returns the time. Default: the system's.
    ///
    /// It may stand still during [`sleep`](Self::sleep): a request that has slept as long as a pause
    /// lasts does not look again.
    fn now(&self) -> Instant {
        Instant::now()
    }

    /// Returns after this time.
    fn sleep(&self, duration: Duration);

    /// Returns a random number from 0 to 1. Default: from the system.
    fn random(&self) -> f64 {
        let mut bytes = [0; 4];
        // Without chance, the longest wait is the safest.
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
