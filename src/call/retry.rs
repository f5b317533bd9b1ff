use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ureq::http::Method;

use crate::defaults;
use crate::error::{Error, Kind};
use crate::limits::clock::Clock;

/// When and how often failed requests are retried.
///
/// Only requests that are safe to repeat are retried. A `GET` is retried if no connection could be
/// made, if the connection broke, or on 429, 500, 502, 503 and 504. Any other request, such as the
/// token exchange, is retried only if no connection could be made, because then nothing was sent.
/// With [your own agent](crate::ClientBuilder::agent) the client cannot tell whether something was
/// sent, and retries other requests only if connecting timed out.
///
/// # Defaults
///
/// | Setting | Default | Effect |
/// |---|---|---|
/// | [`max_attempts`](Self::max_attempts) | 5 | a call survives a restart of 3 seconds |
/// | … if the host's name has no address, or connecting times out | 2 | a wrong base URL is reported soon |
/// | [`max_page_attempts`](Self::max_page_attempts) | 12 | a list that has begun survives a deployment of 30 seconds |
/// | [`base_delay`](Self::base_delay) | 500 milliseconds | a short interruption causes a short delay |
/// | [`max_delay`](Self::max_delay) | 10 seconds | a call continues soon after an outage |
/// | [`max_retry_after`](Self::max_retry_after) | 60 seconds | a call waits for limits per minute |
///
/// With these defaults, the waits of a call whose attempts fail at once add up to 3.75 to 7.5
/// seconds. Those of a page add up to 37.75 to 75.5 seconds once a page of the same list has been
/// received, because the service is known to work, and starting a list again is expensive. Waits
/// count towards [`timeout_call`](crate::ClientBuilder::timeout_call), except those that the server
/// asks for.
///
/// # How long a wait is
///
/// A wait is random between half of a bound and the bound. The bound starts at
/// [`base_delay`](Self::base_delay) and doubles with each attempt, up to
/// [`max_delay`](Self::max_delay). The random part prevents many clients from retrying at the same
/// time. The fixed part ensures a minimum wait.
///
/// If the server asks for a longer wait with `Retry-After`, that wait is used. A shorter one, `0`,
/// a past date and an invalid value do not shorten a wait. If the server asks for more than
/// [`max_retry_after`](Self::max_retry_after), the error is returned at once.
///
/// # `Retry-After` pauses all requests
///
/// While the client waits for a `Retry-After`, no request of this client and its clones is sent, on
/// any thread. [`with_token`](crate::Client::with_token) returns a client without a pause. There is
/// no pause without retries, or if `Retry-After` exceeds
/// [`max_retry_after`](Self::max_retry_after).
///
/// A [prefetched](crate::list::Items::prefetch) page that was throttled is fetched again in its
/// turn, and fewer pages are prefetched for a while.
///
/// # Example: more attempts, and a line for each retry
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

/// A failed attempt that is followed by a retry; see [`RetryPolicy::on_retry`].
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
    /// Returns a policy without retries.
    pub fn none() -> Self {
        Self::default().max_attempts(1)
    }

    /// Sets the maximum number of attempts of a request, including the first; 0 means 1. Default:
    /// 5, and 2 if the host's name has no address or connecting times out.
    ///
    /// A number set here replaces both defaults, and that of
    /// [`max_page_attempts`](Self::max_page_attempts).
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = Some(attempts);
        self
    }

    /// Sets the maximum number of attempts for a page of a list, including the first, once a page
    /// of that list has been received; 0 means 1. Default: [`max_attempts`](Self::max_attempts) if
    /// it is set, otherwise 12.
    pub fn max_page_attempts(mut self, attempts: u32) -> Self {
        self.max_page_attempts = Some(attempts);
        self
    }

    /// Sets the maximum wait after the first attempt. Default: 500 milliseconds.
    pub fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// Sets the maximum wait after any attempt, unless the server asks for a longer one. Default:
    /// 10 seconds.
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// Sets the maximum `Retry-After` that the client waits for; for a longer one it returns the
    /// error at once. Default: 60 seconds.
    pub fn max_retry_after(mut self, delay: Duration) -> Self {
        self.max_retry_after = delay;
        self
    }

    /// Sets a function that is called before each retry and its wait, for example for a log.
    ///
    /// It is not called when a request waits for a pause that the server asked of another request.
    pub fn on_retry(mut self, callback: impl Fn(&RetryEvent<'_>) + Send + Sync + 'static) -> Self {
        self.on_retry = Some(Arc::new(callback));
        self
    }

    /// Returns the maximum number of attempts if the host is found.
    pub(crate) fn attempts(&self, has_begun: bool) -> u32 {
        let (own, default) = if has_begun {
            (self.max_page_attempts, defaults::MAX_PAGE_ATTEMPTS)
        } else {
            (None, defaults::MAX_ATTEMPTS)
        };
        own.or(self.max_attempts).unwrap_or(default)
    }

    /// Returns the pause of all requests that the server asks for with an error.
    pub(crate) fn pause(&self, error: &Error) -> Option<Duration> {
        let asked = error.retry_after().filter(|_| error.is_retryable())?;
        let retries = self.attempts(false).max(self.attempts(true)) > 1;
        Some(asked).filter(|asked| retries && *asked <= self.max_retry_after)
    }

    /// Returns the wait after an attempt, counted from 1, without what the server asks for. Returns
    /// `None` if no attempt follows.
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
        // The clock's random number can be NaN, and the product can exceed `Duration::MAX`.
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

/// Returns true if a request can be sent again after this error, because its method is safe or it
/// was not sent. With an agent of the caller's, it is not known whether a part of it was sent.
pub(super) fn may_repeat(method: &Method, owns_agent: bool, error: &Error) -> bool {
    match error.kind() {
        Kind::Connect | Kind::HostNotFound => method.is_safe() || owns_agent,
        Kind::ConnectTimeout => true,
        Kind::Transport | Kind::Status => method.is_safe() && error.is_retryable(),
        _ => false,
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
