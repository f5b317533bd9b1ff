use std::fmt;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crate::Error;

/// What is sent again by itself, how often, and how long the wait is in between.
///
/// Only what is safe to send twice: a `GET` on which no connection came about, whose connection
/// broke, or which was answered 429, 500, 502, 503 or 504; and anything else, the token exchange
/// for one, only where no connection came about and so nothing was sent. An
/// [agent of your own](crate::ClientBuilder::agent) does not tell whether that is so: with one,
/// only a connection that did not come about in time is tried again for them.
///
/// The wait is chosen at random between nothing and a bound that doubles with each attempt
/// ("full jitter"), so that many clients do not come back at once. A `Retry-After` of the server's
/// is waited for instead; where it asks for more than [`max_retry_after`](Self::max_retry_after),
/// the error is given to you at once.
///
/// # Example: more patience, and a word on each attempt
///
/// ```
/// use std::time::Duration;
///
/// use fitrankings::{Client, MasterToken, RetryPolicy};
///
/// let retry = RetryPolicy::default()
///     .max_attempts(5)
///     .max_delay(Duration::from_secs(30))
///     .watch(|retry| eprintln!("attempt {} failed, waiting {:?}", retry.attempt, retry.delay));
/// let client = Client::builder().retry(retry).build(MasterToken::new("a-master-token")?)?;
/// # Ok::<(), fitrankings::Error>(())
/// ```
#[derive(Clone)]
pub struct RetryPolicy {
    max_attempts: u32,
    base_delay: Duration,
    max_delay: Duration,
    max_retry_after: Duration,
    watcher: Option<Watcher>,
}

type Watcher = Arc<dyn Fn(&Retry<'_>) + Send + Sync>;

/// An attempt that failed, and is followed by another: see [`RetryPolicy::watch`].
#[derive(Debug)]
#[non_exhaustive]
pub struct Retry<'e> {
    /// Which attempt it was, from 1.
    pub attempt: u32,
    /// How long the next one is waited for.
    pub delay: Duration,
    /// Why it failed.
    pub error: &'e Error,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 3,
            base_delay: Duration::from_millis(250),
            max_delay: Duration::from_secs(10),
            max_retry_after: Duration::from_secs(60),
            watcher: None,
        }
    }
}

impl RetryPolicy {
    /// Nothing is sent a second time.
    pub fn none() -> Self {
        Self::default().max_attempts(1)
    }

    /// How often a request is sent at most, the first time included. Default: 3.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// The bound of the wait after the first attempt. Default: 250 milliseconds.
    pub fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// What the bound of the wait never passes. Default: 10 seconds.
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// The longest `Retry-After` that is waited for. Default: 60 seconds.
    pub fn max_retry_after(mut self, delay: Duration) -> Self {
        self.max_retry_after = delay;
        self
    }

    /// Calls a function before each wait, for a log or a counter.
    pub fn watch(mut self, watcher: impl Fn(&Retry<'_>) + Send + Sync + 'static) -> Self {
        self.watcher = Some(Arc::new(watcher));
        self
    }

    /// How long to wait after an attempt, from 1; `None` where it was the last.
    pub(crate) fn delay(&self, attempt: u32, error: &Error, clock: &dyn Clock) -> Option<Duration> {
        if attempt >= self.max_attempts {
            return None;
        }
        if let Some(asked) = error.retry_after() {
            return Some(asked).filter(|asked| *asked <= self.max_retry_after);
        }
        let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
        let bound = self.base_delay.saturating_mul(doubled).min(self.max_delay);
        let seconds = bound.as_secs_f64() * clock.random().clamp(0.0, 1.0);
        // A number that is none, or more than a duration holds, is the clock's fault.
        Some(Duration::try_from_secs_f64(seconds).unwrap_or(bound))
    }

    pub(crate) fn tell(&self, retry: &Retry<'_>) {
        if let Some(watcher) = &self.watcher {
            watcher(retry);
        }
    }
}

impl fmt::Debug for RetryPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryPolicy")
            .field("max_attempts", &self.max_attempts)
            .field("base_delay", &self.base_delay)
            .field("max_delay", &self.max_delay)
            .field("max_retry_after", &self.max_retry_after)
            .field("watched", &self.watcher.is_some())
            .finish()
    }
}

/// Time and chance, as the waits between attempts have them. Tests bring their own, and so take
/// no time: see [`ClientBuilder::clock`](crate::ClientBuilder::clock).
pub trait Clock: Send + Sync + 'static {
    /// What time it is.
    fn now(&self) -> Instant {
        Instant::now()
    }

    /// Returns after so long.
    fn sleep(&self, duration: Duration);

    /// A number from 0 to 1, by chance.
    fn random(&self) -> f64 {
        let mut bytes = [0; 4];
        // Without chance, the longest wait is the safest.
        match getrandom::getrandom(&mut bytes) {
            Ok(()) => f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX),
            Err(_) => 1.0,
        }
    }
}

/// The clock on the wall.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn sleep(&self, duration: Duration) {
        thread::sleep(duration);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Kind, Server};

    struct Fixed(f64);

    impl Clock for Fixed {
        fn sleep(&self, _: Duration) {}

        fn random(&self) -> f64 {
            self.0
        }
    }

    fn error(retry_after: Option<Duration>) -> Error {
        let server = Server {
            retry_after,
            ..Server::default()
        };
        Error::new(Kind::Connect, "").with_server(server)
    }

    #[test]
    fn the_bound_doubles_up_to_its_end_and_chance_takes_a_part_of_it() {
        let policy = RetryPolicy::default()
            .max_attempts(9)
            .max_delay(Duration::from_secs(1));
        let delays = |chance| {
            let delay = |attempt| policy.delay(attempt, &error(None), &Fixed(chance));
            [1, 2, 3, 4].map(|attempt| delay(attempt).unwrap().as_millis())
        };
        assert_eq!(delays(1.0), [250, 500, 1000, 1000]);
        assert_eq!(delays(0.5), [125, 250, 500, 500]);
        assert_eq!(delays(0.0), [0; 4]);
        assert_eq!(policy.delay(9, &error(None), &Fixed(1.0)), None);
        assert_eq!(
            RetryPolicy::none().delay(1, &error(None), &Fixed(1.0)),
            None
        );
    }

    #[test]
    fn what_the_server_asks_for_is_waited_for_up_to_a_point() {
        let policy = RetryPolicy::default();
        let asked = |seconds| error(Some(Duration::from_secs(seconds)));
        let clock = Fixed(1.0);
        assert_eq!(
            policy.delay(1, &asked(60), &clock),
            Some(Duration::from_secs(60))
        );
        assert_eq!(policy.delay(1, &asked(61), &clock), None);
    }

    #[test]
    fn no_chance_and_no_duration_is_too_odd_for_a_wait() {
        let longest = RetryPolicy::default()
            .base_delay(Duration::MAX)
            .max_delay(Duration::MAX);
        for chance in [1.0, f64::NAN, f64::INFINITY] {
            let delay = longest.delay(1, &error(None), &Fixed(chance));
            assert!(delay >= Some(Duration::from_secs(1)), "{chance}: {delay:?}");
        }
    }

    #[test]
    fn no_number_of_attempts_overflows() {
        let policy = RetryPolicy::default().max_attempts(u32::MAX);
        let delay = policy.delay(u32::MAX - 1, &error(None), &Fixed(1.0));
        assert_eq!(delay, Some(Duration::from_secs(10)));
    }
}
