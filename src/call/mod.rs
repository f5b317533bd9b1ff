//! Sends a request, with retries and the waits between them.

pub mod pause;
pub mod retry;
pub mod session;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use log::Level;
use ureq::http::header::CONTENT_TYPE;
use ureq::http::{HeaderName, HeaderValue, Request, Uri};
use zeroize::Zeroizing;

use crate::auth::auth_secret::AuthSecret;
use crate::call::retry::RetryEvent;
use crate::call::session::Session;
use crate::error::{Error, Kind, ServerMessage};
use crate::limits::Limits;
use crate::operation::Operation;
use crate::redact::{Patterns, Redactor};
use crate::response::Response;
use crate::transport::{Failure, Message, errors};

/// A request that can be sent more than once.
pub(crate) struct Call {
    pub session: Session,
    pub operation: &'static Operation,
    pub uri: Uri,
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The body, with its media type.
    pub body: Option<(HeaderValue, Zeroizing<Vec<u8>>)>,
    /// The values of secret parameters and form fields, which are redacted.
    pub secrets: Vec<Zeroizing<String>>,
    /// The redactor's cache of search patterns.
    pub patterns: Patterns,
    /// The state of the list, if the call fetches a page of a list.
    pub page: Option<ListPage>,
}

/// The state of a list that affects the retries of its pages.
#[derive(Clone)]
pub(crate) struct ListPage {
    /// Whether a page of the list has been received.
    pub begun: Arc<AtomicBool>,
    /// Whether the page is prefetched.
    pub ahead: bool,
}

/// The progress of a call.
struct Progress {
    /// The number of the current or next attempt, from 1.
    attempt: u32,
    /// The number of waits for pauses that the server asked of other requests.
    pauses: u32,
    limits: Limits,
}

impl Call {
    pub fn redactor(&self) -> Redactor<'_> {
        let body = self.body.as_ref().map(|(_, bytes)| bytes.as_slice());
        let keys = self.operation.secrets;
        let auth = &self.session.auth;
        Redactor::new(auth, &self.secrets, body, keys, &self.patterns)
    }

    /// Sends the request until it succeeds or may not be sent again. `earlier` is the error of a
    /// first attempt that was made by another call.
    pub fn run<'r>(
        &self,
        limits: Limits,
        earlier: Option<Error>,
        redactor: &'r Redactor<'r>,
    ) -> Result<Response<'r>, Error> {
        let mut progress = Progress {
            attempt: 1,
            pauses: 0,
            limits,
        };
        let clock = &self.session.config.clock;
        if let Some(error) = earlier {
            self.wait_to_repeat(error, clock.now(), &mut progress)?;
        }
        loop {
            self.wait_for_pause(&mut progress)?;
            let error = match self.attempt(&progress, redactor) {
                Err(error) => error.with_operation(self.operation),
                response => return response,
            };
            // Retries of a throttled page that is prefetched would delay the pages before it.
            let gives_way = self.page.as_ref().is_some_and(|page| page.ahead);
            let now = clock.now();
            self.extend_pause(&error, now);
            let owns_agent = self.session.config.transport.owns_agent();
            let may_repeat = retry::may_repeat(&self.operation.method, owns_agent, &error);
            if !may_repeat || gives_way && error.is_throttled() {
                return Err(error);
            }
            self.wait_to_repeat(error, now, &mut progress)?;
        }
    }

    /// Makes one attempt, and logs it. Its time is measured only if the logger takes the record.
    fn attempt<'r>(
        &self,
        progress: &Progress,
        redactor: &'r Redactor<'r>,
    ) -> Result<Response<'r>, Error> {
        if !log::log_enabled!(target: "fitrankings", Level::Debug) {
            return self.send(&progress.limits, redactor);
        }
        let clock = &self.session.config.clock;
        let start = clock.now();
        let result = self.send(&progress.limits, redactor);
        let time = clock.now().saturating_duration_since(start);
        self.log(progress.attempt, &result, time);
        result
    }

    /// Sends the request. A stale pooled connection does not count as an attempt, since it says
    /// nothing about the service: the request is sent once more, on a new connection. The next one
    /// of the pool could be stale, too.
    fn send<'r>(&self, limits: &Limits, redactor: &'r Redactor<'r>) -> Result<Response<'r>, Error> {
        let transport = &self.session.config.transport;
        let limit = self.session.config.max_body_size;
        let send = |message| {
            transport.send(message, limits, |response| {
                let response = Response::read(response, limit, self.operation, redactor)?;
                response.error_for_status()
            })
        };
        let result = match send(self.message()) {
            Err(failure) if self.is_stale(&failure) => {
                send(transport.on_new_connection(self.message()))
            }
            result => result,
        };
        result.map_err(|failure| failure.error)
    }

    fn message(&self) -> Message<'_> {
        let mut request = Request::new(());
        *request.method_mut() = self.operation.method.clone();
        *request.uri_mut() = self.uri.clone();
        let headers = request.headers_mut();
        let auth = self.session.auth.iter();
        for (name, value) in auth.filter_map(AuthSecret::header) {
            headers.insert(name.clone(), value.clone());
        }
        if let Some((media_type, _)) = &self.body {
            headers.insert(CONTENT_TYPE, media_type.clone());
        }
        for (name, value) in &self.headers {
            headers.insert(name.clone(), value.clone());
        }
        Message {
            request,
            uri: &self.uri,
            body: self.body.as_ref().map(|(_, bytes)| bytes.as_slice()),
        }
    }

    fn is_stale(&self, failure: &Failure) -> bool {
        let error = &failure.error;
        let is_silent = error.kind() == Kind::Transport && error.status().is_none();
        failure.may_be_stale && is_silent && self.operation.method.is_safe()
    }

    /// Starts or extends the pause of all requests with this token, if the server asks for one.
    fn extend_pause(&self, error: &Error, now: Instant) {
        if let Some(asked) = self.session.config.retry.pause(error) {
            self.session.pause.extend(now.checked_add(asked));
        }
    }

    /// Waits until there is no pause.
    fn wait_for_pause(&self, progress: &mut Progress) -> Result<(), Error> {
        let Session { pause, config, .. } = &self.session;
        while let Some(end) = pause.end() {
            let left = end.saturating_duration_since(config.clock.now());
            if !left.is_zero() {
                progress.pauses += 1;
                // Other requests could extend the pause again and again.
                if progress.pauses > config.retry.attempts(self.has_begun()) {
                    return Err(paused(
                        "the server asked for too many pauses in a row",
                        left,
                    ));
                }
                if !progress.limits.allow(left, left) {
                    let problem =
                        "the server asked for a pause that ends after the timeout of the list";
                    let error = paused(problem, left);
                    return Err(error.with_time_limit(errors::TIMEOUT_LIST));
                }
                let Operation { method, path, .. } = self.operation;
                log::debug!(target: "fitrankings", "{method} {path}: waits {left:.1?} for the server");
                progress.limits.sleep(left, left)?;
            }
            pause.finish(end);
        }
        Ok(())
    }

    /// Waits before the next attempt. Returns `error` if there is no next attempt.
    fn wait_to_repeat(
        &self,
        error: Error,
        now: Instant,
        progress: &mut Progress,
    ) -> Result<(), Error> {
        let Session { pause, config, .. } = &self.session;
        let attempt = progress.attempt;
        let begun = self.has_begun();
        let Some(own) = config.retry.delay(attempt, &error, begun, &*config.clock) else {
            return Err(error);
        };
        let pause_end = pause.end();
        let asked = pause_end.map_or(Duration::ZERO, |end| end.saturating_duration_since(now));
        let delay = own.max(asked);
        if !progress.limits.allow(delay, asked) {
            return Err(error);
        }
        config.retry.notify(&RetryEvent {
            attempt,
            delay,
            error: &error,
        });
        progress.limits.sleep(delay, asked)?;
        if let Some(end) = pause_end {
            pause.finish(end);
        }
        progress.attempt += 1;
        Ok(())
    }

    /// Returns true if the call fetches a page of a list of which a page has been received.
    fn has_begun(&self) -> bool {
        let page = self.page.as_ref();
        page.is_some_and(|page| page.begun.load(Ordering::Relaxed))
    }

    /// Returns the limits for work after the response: the end of the list, and `timeout` from now.
    pub fn limits_after(
        &self,
        list_deadline: Option<Instant>,
        timeout: Option<Duration>,
    ) -> Limits {
        let mut limits = self.session.limits();
        limits.list_deadline = list_deadline;
        limits.start(timeout);
        limits
    }

    /// Returns an error if the call was cancelled or its time is over.
    pub fn check(&self, limits: &Limits) -> Result<(), Error> {
        match limits.check() {
            Ok(_) => Ok(()),
            Err(limit) => Err(Error::from(limit).with_operation(self.operation)),
        }
    }

    /// Logs an attempt in one line, without token, query and body.
    fn log(&self, attempt: u32, result: &Result<Response<'_>, Error>, time: Duration) {
        let Operation { method, path, .. } = self.operation;
        let status = match result {
            Ok(response) => Some(response.status()),
            Err(error) => error.status(),
        };
        let result = match (status, result) {
            (None, Err(error)) => format!("{:?} after", error.kind()),
            (status, _) => format!("{} in", status.unwrap_or_default()),
        };
        log::debug!(target: "fitrankings", "{method} {path}: {result} {time:.1?}, attempt {attempt}");
    }
}

/// Returns the error of a request that was not sent because of a pause.
fn paused(problem: &'static str, left: Duration) -> Error {
    Error::new(Kind::Timeout, problem).with_server(ServerMessage {
        retry_after: Some(left),
        ..ServerMessage::default()
    })
}
