use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::defaults;
use crate::error::{Error, Kind};
use crate::limits::clock::Clock;

/// When and how often failed requests are retried.
///
/// Only requests that are safe to repeat are retried. A `GET` is retried if no connection could be
/// made, if the connection broke, or on 429, 500, 502, 503 and 504. Any other request, such as the
/// token exchange, is retried only if no connection could be made, because then nothing was sent.
/// With an [agent of your own](crate::ClientBuilder::agent) the client cannot tell whether
/// something was sent; there, other requests are retried only if connecting timed out.
///
/// # Defaults
///
/// | Setting | Default | What for |
/// |---|---|---|
/// | [`max_attempts`](Self::max_attempts) | 5 | a call outlasts a restart of 3 seconds |
/// | … where the host's name has no address, or connecting times out | 2 | a wrong base URL shows soon |
/// | [`max_page_attempts`](Self::max_page_attempts) | 12 | a list that has begun outlasts a deploy of half a minute |
/// | [`base_delay`](Self::base_delay) | 500 milliseconds | a short interruption costs little |
/// | [`max_delay`](Self::max_delay) | 10 seconds | a service that is back is noticed soon |
/// | [`max_retry_after`](Self::max_retry_after) | 60 seconds | throttling by the minute is waited for |
///
/// So a call that keeps failing at once waits 3.75 to 7.5 seconds in all before its error is
/// returned. A page of a list, once a page of that list has come, waits 37.75 to 75.5 seconds: the
/// service was there a moment ago, and starting a list again is dear. What a wait may take of a
/// call's time is up to [`timeout_call`](crate::ClientBuilder::timeout_call).
///
/// # How long a wait is
///
/// A wait is random between half of a bound and the whole bound. The bound begins with
/// [`base_delay`](Self::base_delay) and doubles with each attempt, up to
/// [`max_delay`](Self::max_delay). The random part keeps many clients from returning at once; the
/// fixed part makes sure that the attempts are spread over some time.
///
/// If the server asks for a longer wait with `Retry-After`, that wait is used. A shorter one, `0`, a
/// date that has passed and a value that is not understood do not shorten a wait. If the server
/// asks for more than [`max_retry_after`](Self::max_retry_after), the error is returned at once.
///
/// # A `Retry-After` is a pause for all
///
/// A `Retry-After` that is waited for holds for all requests of a client and its clones, on any
/// thread: none of them is sent before the pause is over.
/// [`with_token`](crate::Client::with_token) begins without a pause. Without retries, and for a
/// `Retry-After` over [`max_retry_after`](Self::max_retry_after), there is no pause: the caller
/// decides.
///
/// A page that was [fetched ahead](crate::list::Items::prefetch) and throttled is fetched again
/// when its turn comes, and fewer pages are fetched ahead for a while.
///
/// # Example: more patience, and a line for each retry
///
/// ```
/// use std::time::Duration;
///
/// use fitrankings::{Client, MasterToken, RetryPolicy};
///
/// let retry = RetryPolicy::default()
///     .max_attempts(8)
///     .max_delay(Duration::from_secs(30))
///     .on_retry(|retry| eprintln!("attempt {} failed, waiting {:?}", retry.attempt, retry.delay));
/// let client = Client::builder().retry(retry).build(MasterToken::new("a-master-token")?)?;
/// # Ok::<(), fitrankings::Error>(())
/// ```
#[derive(Clone)]
pub struct RetryPolicy {
    max_attempts: Option<u32>,
    max_page_attempts: Option<u32>,
    base_delay: Duration,
    max_delay: Duration,
    max_retry_after: Duration,
    on_retry: Option<OnRetry>,
}

type OnRetry = Arc<dyn Fn(&RetryEvent<'_>) + Send + Sync>;

/// An attempt that failed and is followed by another; see [`RetryPolicy::on_retry`].
#[derive(Debug)]
#[non_exhaustive]
pub struct RetryEvent<'e> {
    /// The number of the attempt, from 1.
    pub attempt: u32,
    /// The wait before the next attempt.
    pub delay: Duration,
    /// The error of the attempt.
    pub error: &'e Error,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: None,
            max_page_attempts: None,
            base_delay: defaults::BASE_DELAY,
            max_delay: defaults::MAX_DELAY,
            max_retry_after: defaults::MAX_RETRY_AFTER,
            on_retry: None,
        }
    }
}

impl RetryPolicy {
    /// Returns a policy without retries: each request is sent once.
    pub fn none() -> Self {
        Self::default().max_attempts(1)
    }

    /// Sets how often a request is sent at most, the first time included; 0 means 1. Default: 5,
    /// and 2 where the host's name has no address or connecting times out.
    ///
    /// A number that is set here holds for all of these cases, and for the pages of lists as well,
    /// unless [`max_page_attempts`](Self::max_page_attempts) is set.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = Some(attempts);
        self
    }

    /// Sets how often a page of a list is sent for at most, the first time included, once a page of
    /// that list has come; 0 means 1. Default: [`max_attempts`](Self::max_attempts) where that is
    /// set, otherwise 12.
    pub fn max_page_attempts(mut self, attempts: u32) -> Self {
        self.max_page_attempts = Some(attempts);
        self
    }

    /// Sets the longest wait after the first attempt. Default: 500 milliseconds.
    pub fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// Sets the longest wait after any attempt, unless the server asks for a longer one. Default:
    /// 10 seconds.
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// Sets the longest `Retry-After` that is waited for; for a longer one, the error is returned at
    /// once. Default: 60 seconds.
    pub fn max_retry_after(mut self, delay: Duration) -> Self {
        self.max_retry_after = delay;
        self
    }

    /// Calls a function before each retry and its wait, for a log or a counter.
    ///
    /// It is not called where a request waits for a pause that the server asked of another request.
    pub fn on_retry(mut self, callback: impl Fn(&RetryEvent<'_>) + Send + Sync + 'static) -> Self {
        self.on_retry = Some(Arc::new(callback));
        self
    }

    /// How often a request is sent at most, where the host is found.
    pub(crate) fn attempts(&self, has_begun: bool) -> u32 {
        let (own, default) = if has_begun {
            (self.max_page_attempts, defaults::MAX_PAGE_ATTEMPTS)
        } else {
            (None, defaults::MAX_ATTEMPTS)
        };
        own.or(self.max_attempts).unwrap_or(default)
    }

    /// The pause that an error asks of all requests.
    pub(crate) fn pause(&self, error: &Error) -> Option<Duration> {
        let asked = error.retry_after().filter(|_| error.is_retryable())?;
        let retries = self.attempts(false).max(self.attempts(true)) > 1;
        Some(asked).filter(|asked| retries && *asked <= self.max_retry_after)
    }

    /// The wait after an attempt, from 1, without what the server asks for; `None` where no
    /// attempt follows.
    pub(crate) fn delay(
        &self,
        attempt: u32,
        error: &Error,
        has_begun: bool,
        clock: &dyn Clock,
    ) -> Option<Duration> {
        let attempts = match error.kind() {
            Kind::HostNotFound | Kind::ConnectTimeout if !has_begun => {
                self.max_attempts.unwrap_or(defaults::MAX_ATTEMPTS_TO_FIND)
            }
            _ => self.attempts(has_begun),
        };
        let asked = error.retry_after();
        if attempt >= attempts || asked > Some(self.max_retry_after) {
            return None;
        }
        let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
        let bound = self.base_delay.saturating_mul(doubled).min(self.max_delay);
        let half = bound / 2;
        let seconds = half.as_secs_f64() * clock.random().clamp(0.0, 1.0);
        // A number that is none, or more than a duration holds, is the clock's fault.
        let chance = Duration::try_from_secs_f64(seconds).unwrap_or(half);
        Some(half.saturating_add(chance))
    }

    pub(crate) fn notify(&self, event: &RetryEvent<'_>) {
        if let Some(on_retry) = &self.on_retry {
            on_retry(event);
        }
    }
}

impl fmt::Debug for RetryPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryPolicy")
            .field("max_attempts", &self.attempts(false))
            .field("max_page_attempts", &self.attempts(true))
            .field("base_delay", &self.base_delay)
            .field("max_delay", &self.max_delay)
            .field("max_retry_after", &self.max_retry_after)
            .field("on_retry", &self.on_retry.is_some())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ServerMessage;

    struct Fixed(f64);

    impl Clock for Fixed {
        fn sleep(&self, _: Duration) {}

        fn random(&self) -> f64 {
            self.0
        }
    }

    fn error(retry_after: Option<Duration>) -> Error {
        let server = ServerMessage {
            retry_after,
            ..ServerMessage::default()
        };
        Error::new(Kind::Connect, "").with_server(server)
    }

    fn delay(policy: &RetryPolicy, attempt: u32, chance: f64) -> Option<Duration> {
        policy.delay(attempt, &error(None), false, &Fixed(chance))
    }

    /// All waits of a request that keeps failing.
    fn sum(policy: &RetryPolicy, kind: Kind, has_begun: bool, chance: f64) -> Duration {
        let error = Error::new(kind, "");
        let delays = (1..).map_while(|attempt| {
            let clock = Fixed(chance);
            policy.delay(attempt, &error, has_begun, &clock)
        });
        delays.sum()
    }

    #[test]
    fn the_bound_doubles_up_to_its_end_and_chance_has_half_of_it() {
        let policy = RetryPolicy::default()
            .max_attempts(9)
            .max_delay(Duration::from_secs(2));
        let delays = |chance| {
            [1, 2, 3, 4].map(|attempt| delay(&policy, attempt, chance).unwrap().as_millis())
        };
        assert_eq!(delays(1.0), [500, 1000, 2000, 2000]);
        assert_eq!(delays(0.5), [375, 750, 1500, 1500]);
        assert_eq!(delays(0.0), [250, 500, 1000, 1000]);
        assert_eq!(delay(&policy, 9, 1.0), None);
        assert_eq!(delay(&RetryPolicy::none(), 1, 1.0), None);
    }

    #[test]
    fn the_defaults_outlast_what_their_docs_say() {
        let policy = RetryPolicy::default();
        let milliseconds = |kind, has_begun| {
            [0.0, 1.0].map(|chance| sum(&policy, kind, has_begun, chance).as_millis())
        };
        assert_eq!(milliseconds(Kind::Connect, false), [3_750, 7_500]);
        assert_eq!(milliseconds(Kind::Status, true), [37_750, 75_500]);
        for kind in [Kind::HostNotFound, Kind::ConnectTimeout] {
            assert_eq!(milliseconds(kind, false), [250, 500]);
            assert_eq!(milliseconds(kind, true), [37_750, 75_500]);
        }
    }

    #[test]
    fn a_wait_that_is_too_long_is_not_waited_for() {
        let policy = RetryPolicy::default();
        let asked = |seconds| error(Some(Duration::from_secs(seconds)));
        let delay = |seconds| policy.delay(1, &asked(seconds), false, &Fixed(1.0));
        assert_eq!(delay(60), Some(Duration::from_millis(500)));
        assert_eq!(delay(61), None);
        assert_eq!(policy.pause(&asked(60)), Some(Duration::from_secs(60)));
        assert_eq!(policy.pause(&asked(61)), None);
        assert_eq!(policy.pause(&error(None)), None);
        assert_eq!(RetryPolicy::none().pause(&asked(60)), None);
        let pages_only = RetryPolicy::none().max_page_attempts(2);
        assert!(pages_only.pause(&asked(60)).is_some());
    }

    #[test]
    fn no_chance_and_no_duration_is_too_odd_for_a_wait() {
        let longest = RetryPolicy::default()
            .base_delay(Duration::MAX)
            .max_delay(Duration::MAX);
        for chance in [1.0, f64::NAN, f64::INFINITY] {
            let delay = delay(&longest, 1, chance);
            assert!(delay >= Some(Duration::from_secs(1)), "{chance}: {delay:?}");
        }
    }

    #[test]
    fn no_number_of_attempts_overflows() {
        let policy = RetryPolicy::default().max_attempts(u32::MAX);
        let delay = delay(&policy, u32::MAX - 1, 1.0);
        assert_eq!(delay, Some(Duration::from_secs(10)));
    }
}
