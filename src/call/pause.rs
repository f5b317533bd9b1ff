//! The pause between requests that a server asks for with `Retry-After`.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The pause of all requests with one token.
///
/// Without a pause, a check is the load of one atomic number.
pub(crate) struct Pause {
    origin: Instant,
    /// Nanoseconds after `origin`; 0 without a pause.
    end: AtomicU64,
}

impl Pause {
    /// Returns a state without a pause. `now` is the time of the client's clock.
    pub fn new(now: Instant) -> Self {
        Self {
            origin: now,
            end: AtomicU64::new(0),
        }
    }

    /// Starts or extends the pause: the later end counts, `None` means no end.
    pub fn extend(&self, end: Option<Instant>) {
        let end = end.map_or(u64::MAX, |end| self.nanoseconds(end));
        self.end.fetch_max(end, Ordering::Relaxed);
    }

    /// Returns the end of the pause, which can be in the past.
    pub fn end(&self) -> Option<Instant> {
        match self.end.load(Ordering::Relaxed) {
            0 => None,
            end => self.origin.checked_add(Duration::from_nanos(end)),
        }
    }

    /// Ends the pause after a wait until `end`, unless it was extended meanwhile.
    ///
    /// Without this, the pause would never end with a clock that does not advance during `sleep`.
    pub fn finish(&self, end: Instant) {
        let end = self.nanoseconds(end);
        let (order, load) = (Ordering::Relaxed, Ordering::Relaxed);
        // This fails if the pause was extended or has been ended by another request.
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
