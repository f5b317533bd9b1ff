//! The pause that a server asked for, which all requests with one token keep.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The time before which no request with a token is sent, because the server asked for it.
///
/// Without a pause, a request loads one number: no lock, no system call.
pub(crate) struct Pause {
    origin: Instant,
    /// Nanoseconds after `origin`; 0 without a pause.
    end: AtomicU64,
}

impl Pause {
    /// No pause; `now` is the time of the clock that the pauses are kept by.
    pub fn new(now: Instant) -> Self {
        Self {
            origin: now,
            end: AtomicU64::new(0),
        }
    }

    /// Begins a pause, or prolongs the one that is on: the later end counts.
    pub fn extend(&self, end: Option<Instant>) {
        let end = end.map_or(u64::MAX, |end| self.nanoseconds(end));
        self.end.fetch_max(end, Ordering::Relaxed);
    }

    /// The end of the pause, which can have passed.
    pub fn end(&self) -> Option<Instant> {
        match self.end.load(Ordering::Relaxed) {
            0 => None,
            end => self.origin.checked_add(Duration::from_nanos(end)),
        }
    }

    /// Ends the pause after a wait until `end`, unless the pause was prolonged meanwhile.
    ///
    /// Without this, a pause would not end by the clock of a test whose `sleep` takes no time.
    pub fn finish(&self, end: Instant) {
        let end = self.nanoseconds(end);
        let (order, load) = (Ordering::Relaxed, Ordering::Relaxed);
        // If it fails, the pause was prolonged, or another request has ended it.
        let _ = self.end.compare_exchange(end, 0, order, load);
    }

    fn nanoseconds(&self, at: Instant) -> u64 {
        let since = at.saturating_duration_since(self.origin);
        u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_later_end_counts_and_only_that_can_be_finished() {
        let now = Instant::now();
        let pause = Pause::new(now);
        assert_eq!(pause.end(), None);
        pause.extend(Some(now + 5 * SECOND));
        pause.extend(Some(now + 3 * SECOND));
        assert_eq!(pause.end(), Some(now + 5 * SECOND));
        pause.finish(now + 3 * SECOND);
        assert_eq!(pause.end(), Some(now + 5 * SECOND));
        pause.finish(now + 5 * SECOND);
        assert_eq!(pause.end(), None);
    }
}
