//! A request is sent, and sent again where that is safe, until there is an answer.

use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use log::Level;
use ureq::http::header::CONTENT_TYPE;
use ureq::http::{HeaderName, HeaderValue, Method, Request, Uri};
use zeroize::Zeroizing;

use crate::answer::Answer;
use crate::body::Body;
use crate::client::Shared;
use crate::error::{Error, Kind};
use crate::redact::Redactor;
use crate::request::Operation;
use crate::retry::Retry;
use crate::token::Credential;
use crate::transport::{self, IDLE};
use crate::watch::{self, Limits};

/// How often somebody who waits looks whether to go on.
const LOOK: Duration = Duration::from_millis(10);
/// How long a call that is over may take to say so.
const GRACE: Duration = Duration::from_millis(150);

/// A request that is ready to be sent, any number of times.
pub(crate) struct Exchange {
    pub shared: Arc<Shared>,
    pub operation: &'static Operation,
    pub uri: Uri,
    pub credentials: Arc<[Credential]>,
    pub headers: Vec<(HeaderName, HeaderValue)>,
    pub body: Option<Body>,
    /// What else of the request no error may show.
    pub secrets: Vec<Zeroizing<String>>,
    pub limits: Limits,
}

impl Exchange {
    /// The answer, which is a success; everything else is an error.
    pub fn run(self: &Arc<Self>) -> Result<Answer, Error> {
        let Shared { retry, clock, .. } = &*self.shared;
        let mut attempt = 1;
        loop {
            let error = match self.logged(attempt) {
                Err(error) if self.may_repeat(&error) => error.with_operation(self.operation),
                outcome => return outcome,
            };
            let Some(delay) = retry.delay(attempt, &error, &**clock) else {
                return Err(error);
            };
            if self.limits.left().is_some_and(|left| left <= delay) {
                return Err(error);
            }
            retry.tell(&Retry {
                attempt,
                delay,
                error: &error,
            });
            self.sleep(delay)?;
            attempt += 1;
        }
    }

    pub fn redactor(&self) -> Redactor<'_> {
        let body = self.body.as_ref().map(|body| body.bytes.as_slice());
        let keys = self.operation.secrets;
        Redactor::new(&self.credentials, &self.secrets, body, keys)
    }

    /// What is safe to send twice, because it changes nothing, or because it never left.
    fn may_repeat(&self, error: &Error) -> bool {
        let safe = self.operation.method.is_safe();
        match error.kind() {
            // An agent of the caller's does not tell whether something was sent before.
            Kind::Connect => safe || self.shared.watched,
            Kind::ConnectTimeout => true,
            Kind::Transport | Kind::Status => safe && error.is_retryable(),
            _ => false,
        }
    }

    /// One attempt, timed for the log only where that takes its record.
    fn logged(self: &Arc<Self>, attempt: u32) -> Result<Answer, Error> {
        if !log::log_enabled!(target: "fitrankings", Level::Debug) {
            return self.attempt();
        }
        let clock = &self.shared.clock;
        let start = clock.now();
        let outcome = self.attempt();
        let time = clock.now().saturating_duration_since(start);
        self.log(attempt, &outcome, time);
        outcome
    }

    /// One attempt. A connection that the server closed while it lay in the pool is none: it
    /// says nothing of the service, and costs no wait.
    fn attempt(self: &Arc<Self>) -> Result<Answer, Error> {
        // An agent of the caller's does not tell, so any connection may be one of the pool.
        let watched = self.shared.watched;
        for _ in 0..if watched { IDLE } else { 1 } {
            let (outcome, pooled) = self.once();
            match outcome {
                Err(error) if (pooled || !watched) && self.is_stale(&error) => {}
                outcome => return outcome,
            }
        }
        self.once().0
    }

    fn is_stale(&self, error: &Error) -> bool {
        let silent = error.kind() == Kind::Transport && error.status().is_none();
        silent && self.operation.method.is_safe()
    }

    /// Sends the request once; tells as well whether it went out on a connection of the pool.
    fn once(self: &Arc<Self>) -> (Result<Answer, Error>, bool) {
        if !self.must_be_left() {
            return watch::within(&self.limits, || self.send());
        }
        let (done, outcome) = mpsc::sync_channel(1);
        let this = Arc::clone(self);
        let work = move || {
            let result = watch::within(&this.limits, || this.send());
            // Nobody waits for it any more, if this fails.
            let _ = done.send(result);
        };
        match thread::Builder::new()
            .name("fitrankings".into())
            .spawn(work)
        {
            Ok(_) => self.wait(&outcome),
            Err(_) => watch::within(&self.limits, || self.send()),
        }
    }

    /// Whether it may become necessary to give up on a name or on a connection that is just
    /// being made, which nothing interrupts: then that is done on a thread, to be left there.
    fn must_be_left(&self) -> bool {
        // The name has as much time as the connection after it.
        let connect = self.shared.timeout_connect;
        let most = connect.map(|connect| connect.saturating_mul(2));
        let tight = |left| !self.shared.watched || most.is_none_or(|most| left < most);
        self.limits.cancel.is_some() || self.limits.left().is_some_and(tight)
    }

    /// Waits for what is done on another thread. That knows the limits itself, and tells more of
    /// what it came to: it is given a moment before it is left.
    fn wait(
        &self,
        outcome: &mpsc::Receiver<(Result<Answer, Error>, bool)>,
    ) -> (Result<Answer, Error>, bool) {
        loop {
            match outcome.recv_timeout(LOOK) {
                Ok(done) => return done,
                Err(RecvTimeoutError::Timeout) => {
                    if let Err(error) = self.check() {
                        let late = outcome.recv_timeout(GRACE);
                        return late.unwrap_or((Err(error), false));
                    }
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let error = Error::new(Kind::Transport, "the thread of the request is gone");
                    return (Err(error), false);
                }
            }
        }
    }

    fn check(&self) -> Result<(), Error> {
        self.limits.check().map_err(transport::error)
    }

    fn send(&self) -> Result<Answer, Error> {
        self.check()?;
        let agent = &self.shared.agent;
        let request = self.request();
        let response = match &self.body {
            // `run` sends a body with any method that it is given one for.
            Some(body) => agent.run(request.map(|()| body.bytes.as_slice())),
            // Without a length, these would be sent in chunks, of which there is none.
            None if matches!(
                *request.method(),
                Method::POST | Method::PUT | Method::PATCH
            ) =>
            {
                agent.run(request.map(|()| [].as_slice()))
            }
            None => agent.run(request),
        };
        let response = response.map_err(|error| self.not_answered(error))?;
        let answer = Answer::read(response, self.shared.max_body_size, self.operation)?;
        answer.succeed(&self.redactor())?;
        Ok(answer)
    }

    fn not_answered(&self, error: ureq::Error) -> Error {
        let mut error = transport::error(error);
        // Whatever it was, it was in the way of a connection.
        if error.kind() == Kind::Transport && self.shared.watched && !watch::has_sent() {
            error = error.with_kind(Kind::Connect);
        }
        if error.is_connect() {
            self.shared.resolver.forget();
        }
        error
    }

    fn request(&self) -> Request<()> {
        let mut request = Request::new(());
        *request.method_mut() = self.operation.method.clone();
        *request.uri_mut() = self.uri.clone();
        let headers = request.headers_mut();
        for (name, value) in self.credentials.iter().filter_map(Credential::header) {
            headers.insert(name.clone(), value.clone());
        }
        if let Some(body) = &self.body {
            headers.insert(CONTENT_TYPE, body.media_type.clone());
        }
        for (name, value) in &self.headers {
            headers.insert(name.clone(), value.clone());
        }
        request
    }

    /// Waits before the next attempt, in small steps where somebody may cancel.
    pub fn sleep(&self, delay: Duration) -> Result<(), Error> {
        let stoppable = self.limits.cancel.is_some() || self.limits.stop.is_some();
        let step = if stoppable { LOOK } else { delay };
        let mut left = delay;
        while !left.is_zero() {
            self.shared.clock.sleep(step.min(left));
            left = left.saturating_sub(step);
            self.check()?;
        }
        Ok(())
    }

    /// One line for an attempt: never a token, a query, or a body.
    fn log(&self, attempt: u32, outcome: &Result<Answer, Error>, time: Duration) {
        let Operation { method, path, .. } = self.operation;
        let status = match outcome {
            Ok(answer) => Some(answer.status().as_u16()),
            Err(error) => error.status(),
        };
        let result = match (status, outcome) {
            (None, Err(error)) => format!("{:?} after", error.kind()),
            (status, _) => format!("{} in", status.unwrap_or_default()),
        };
        log::debug!(target: "fitrankings", "{method} {path}: {result} {time:.1?}, attempt {attempt}");
    }
}
