//! A request is sent, and sent again where that is safe, until there is an answer.

pub mod pause;
pub mod retry;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use log::Level;
use ureq::http::header::{CONTENT_TYPE, COOKIE};
use ureq::http::{HeaderName, HeaderValue, Method, Request, Uri};
use zeroize::Zeroizing;

use crate::auth::token::Credential;
use crate::call::pause::Pause;
use crate::call::retry::Retry;
use crate::client::Shared;
use crate::error::{Error, Kind, Server};
use crate::redact::{Patterns, Redactor};
use crate::request::Operation;
use crate::request::body::Body;
use crate::response::Answer;
use crate::transport::deadline::{self, Limits, Phase, Place};
use crate::transport::http_layer::forget_cookies;
use crate::transport::{self, IDLE};

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
    /// What a redactor made of all these.
    pub patterns: Patterns,
    pub limits: Limits,
    pub pause: Arc<Pause>,
    /// Where the request is for a page of a list.
    pub page: Option<ListPage>,
}

/// What the attempts of a page depend on.
#[derive(Clone)]
pub(crate) struct ListPage {
    /// Whether a page of the list has come.
    pub begun: Arc<AtomicBool>,
    /// Whether it is fetched before its turn.
    pub ahead: bool,
}

/// How far a call has come.
struct Progress {
    /// The attempt that is made, or made next, from 1.
    attempt: u32,
    /// Waits for pauses that the server asked of other requests.
    waits: u32,
    limits: Limits,
}

impl Exchange {
    /// The answer, which is a success; everything else is an error. `earlier` is the error of a
    /// first attempt that was made elsewhere.
    pub fn run(self: &Arc<Self>, earlier: Option<Error>) -> Result<Answer, Error> {
        let mut progress = Progress {
            attempt: 1,
            waits: 0,
            limits: self.limits.clone(),
        };
        let clock = &self.shared.clock;
        if let Some(error) = earlier {
            self.wait_to_repeat(error, clock.now(), &mut progress)?;
        }
        loop {
            self.wait_for_pause(&mut progress)?;
            let error = match self.logged(&progress) {
                Err(error) => error.with_operation(self.operation),
                answer => return answer,
            };
            // A page that is throttled ahead of its turn would compete with those before it.
            let gives_way = self.page.as_ref().is_some_and(|page| page.ahead);
            let now = clock.now();
            self.pause_for(&error, now);
            if !self.may_repeat(&error) || gives_way && error.is_throttled() {
                return Err(error);
            }
            self.wait_to_repeat(error, now, &mut progress)?;
        }
    }

    /// Begins the pause that the server asks for, for all requests with this token.
    fn pause_for(&self, error: &Error, now: Instant) {
        if let Some(asked) = self.shared.retry.pause(error) {
            self.pause.extend(now.checked_add(asked));
        }
    }

    /// Waits until the pauses that the server asked for are over.
    fn wait_for_pause(&self, progress: &mut Progress) -> Result<(), Error> {
        while let Some(end) = self.pause.end() {
            let left = end.saturating_duration_since(self.shared.clock.now());
            if !left.is_zero() {
                progress.waits += 1;
                // Other requests could keep this one waiting for ever.
                if progress.waits > self.shared.retry.attempts(self.has_begun()) {
                    return Err(paused("the server asked for one pause after another", left));
                }
                if !progress.limits.allow(left, left) {
                    let problem = "the server asked for a pause beyond the time of the list";
                    return Err(paused(problem, left));
                }
                let Operation { method, path, .. } = self.operation;
                log::debug!(target: "fitrankings", "{method} {path}: waits {left:.1?} for the server");
                self.sleep(left, left, &mut progress.limits)?;
            }
            self.pause.finish(end);
        }
        Ok(())
    }

    /// Waits for the next attempt; returns the error where no attempt follows.
    fn wait_to_repeat(
        &self,
        error: Error,
        now: Instant,
        progress: &mut Progress,
    ) -> Result<(), Error> {
        let Shared { retry, clock, .. } = &*self.shared;
        let attempt = progress.attempt;
        let Some(own) = retry.delay(attempt, &error, self.has_begun(), &**clock) else {
            return Err(error);
        };
        let pause = self.pause.end();
        let asked = pause.map_or(Duration::ZERO, |end| end.saturating_duration_since(now));
        let delay = own.max(asked);
        if !progress.limits.allow(delay, asked) {
            return Err(error);
        }
        retry.tell(&Retry {
            attempt,
            delay,
            error: &error,
        });
        self.sleep(delay, asked, &mut progress.limits)?;
        if let Some(end) = pause {
            self.pause.finish(end);
        }
        progress.attempt += 1;
        Ok(())
    }

    /// Whether it is a page of a list of which a page has come.
    fn has_begun(&self) -> bool {
        let page = self.page.as_ref();
        page.is_some_and(|page| page.begun.load(Ordering::Relaxed))
    }

    /// Returns an error if the caller has cancelled the call, or once `deadline` has passed.
    pub fn check(&self, deadline: Option<Instant>) -> Result<(), Error> {
        let limits = Limits {
            deadline,
            cancel: self.limits.cancel.clone(),
            ..Limits::default()
        };
        check(&limits).map_err(|error| error.with_operation(self.operation))
    }

    pub fn redactor(&self) -> Redactor<'_> {
        let body = self.body.as_ref().map(|body| body.bytes.as_slice());
        let keys = self.operation.secrets;
        Redactor::new(&self.credentials, &self.secrets, body, keys, &self.patterns)
    }

    /// What is safe to send twice, because it changes nothing, or because it never left.
    fn may_repeat(&self, error: &Error) -> bool {
        let safe = self.operation.method.is_safe();
        match error.kind() {
            // An agent of the caller's does not tell whether something was sent before.
            Kind::Connect | Kind::HostNotFound => safe || self.shared.watched,
            Kind::ConnectTimeout => true,
            Kind::Transport | Kind::Status => safe && error.is_retryable(),
            _ => false,
        }
    }

    /// One attempt, timed for the log only where that takes its record.
    fn logged(self: &Arc<Self>, progress: &Progress) -> Result<Answer, Error> {
        if !log::log_enabled!(target: "fitrankings", Level::Debug) {
            return self.attempt(&progress.limits);
        }
        let clock = &self.shared.clock;
        let start = clock.now();
        let outcome = self.attempt(&progress.limits);
        let time = clock.now().saturating_duration_since(start);
        self.log(progress.attempt, &outcome, time);
        outcome
    }

    /// One attempt. A connection that the server closed while it lay in the pool is none: it
    /// says nothing of the service, and costs no wait.
    fn attempt(self: &Arc<Self>, limits: &Limits) -> Result<Answer, Error> {
        // An agent of the caller's does not tell, so any connection may be one of the pool.
        let watched = self.shared.watched;
        for _ in 0..if watched { IDLE } else { 1 } {
            let (outcome, pooled) = self.once(limits);
            match outcome {
                Err(error) if (pooled || !watched) && self.is_stale(&error) => {}
                outcome => return outcome,
            }
        }
        self.once(limits).0
    }

    fn is_stale(&self, error: &Error) -> bool {
        let silent = error.kind() == Kind::Transport && error.status().is_none();
        silent && self.operation.method.is_safe()
    }

    /// Sends the request once; tells as well whether it went out on a connection of the pool.
    fn once(self: &Arc<Self>, limits: &Limits) -> (Result<Answer, Error>, bool) {
        if !self.must_be_left(limits) {
            return self.send_within(limits);
        }
        let (done, outcome) = mpsc::sync_channel(1);
        let (this, theirs) = (Arc::clone(self), limits.clone());
        let work = move || {
            // Nobody waits for it any more, if this fails.
            let _ = done.send(this.send_within(&theirs));
        };
        match thread::Builder::new()
            .name("fitrankings".into())
            .spawn(work)
        {
            Ok(_) => wait(&outcome, limits),
            Err(_) => self.send_within(limits),
        }
    }

    fn send_within(&self, limits: &Limits) -> (Result<Answer, Error>, bool) {
        let cookie = self.headers.iter().find(|(name, _)| *name == COOKIE);
        let cookie = cookie.map(|(_, value)| value.clone());
        deadline::within(limits, cookie, || self.send(limits))
    }

    /// Whether it may become necessary to give up on a name or on a connection that is just
    /// being made, which nothing interrupts: then that is done on a thread, to be left there.
    fn must_be_left(&self, limits: &Limits) -> bool {
        // The name has as much time as the connection after it.
        let connect = self.shared.timeout_connect;
        let most = connect.map(|connect| connect.saturating_mul(2));
        let tight = |left| !self.shared.watched || most.is_none_or(|most| left < most);
        limits.cancel.is_some() || limits.left().is_some_and(tight)
    }

    fn send(&self, limits: &Limits) -> Result<Answer, Error> {
        check(limits)?;
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
        if self.shared.watched {
            forget_cookies(agent);
        }
        let response = response.map_err(|error| self.not_answered(error))?;
        let answer = Answer::read(response, self.shared.max_body_size, self.operation)?;
        answer.succeed(&self.redactor())?;
        Ok(answer)
    }

    fn not_answered(&self, error: ureq::Error) -> Error {
        let phase = match self.shared.watched {
            true => deadline::phase(),
            false => Phase::Unknown,
        };
        let error = transport::error(error, phase);
        if error.is_connect() {
            self.shared.resolver.forget();
        }
        if error.is_connect() || phase == Phase::Connecting && error.kind() == Kind::Protocol {
            return error.with_place(&self.place());
        }
        error
    }

    /// Where no connection came about: the host, or the proxy on the way to it.
    fn place(&self) -> String {
        let proxy = self.shared.agent.config().proxy();
        let proxy = proxy
            .filter(|proxy| !proxy.is_no_proxy(&self.uri))
            .and_then(|proxy| Place::new(proxy.uri()));
        let host = Place::new(&self.uri).map(|place| place.to_string());
        let host = host.unwrap_or_default();
        match (deadline::place(), proxy) {
            (Some(place), Some(proxy)) if place == proxy => format!("{host} by the proxy {proxy}"),
            (None, Some(proxy)) => format!("{host} by the proxy {proxy}"),
            (Some(place), _) => place.to_string(),
            (None, None) => host,
        }
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

    /// Waits; the part of the time that the server asked for takes nothing of the call's.
    fn sleep(&self, delay: Duration, asked: Duration, limits: &mut Limits) -> Result<(), Error> {
        let before = limits.deadline;
        limits.extend(asked);
        let start = Instant::now();
        let outcome = self.sleep_in_steps(delay, limits);
        limits.deadline = before;
        limits.extend(start.elapsed().min(asked));
        outcome
    }

    /// Waits, in small steps where somebody may cancel.
    pub fn sleep_in_steps(&self, delay: Duration, limits: &Limits) -> Result<(), Error> {
        let stoppable = limits.cancel.is_some() || limits.stop.is_some();
        let step = if stoppable { LOOK } else { delay };
        let mut left = delay;
        while !left.is_zero() {
            self.shared.clock.sleep(step.min(left));
            left = left.saturating_sub(step);
            check(limits)?;
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

/// The error of a request that was not sent, because of a pause that the server asked for.
fn paused(problem: &'static str, left: Duration) -> Error {
    Error::new(Kind::Timeout, problem).with_server(Server {
        retry_after: Some(left),
        ..Server::default()
    })
}

fn check(limits: &Limits) -> Result<(), Error> {
    let error = |error| transport::error(error, Phase::Unknown);
    limits.check().map_err(error)
}

/// Waits for what is done on another thread. That knows the limits itself, and tells more of
/// what it came to: it is given a moment before it is left.
fn wait(
    outcome: &mpsc::Receiver<(Result<Answer, Error>, bool)>,
    limits: &Limits,
) -> (Result<Answer, Error>, bool) {
    loop {
        match outcome.recv_timeout(LOOK) {
            Ok(done) => return done,
            Err(RecvTimeoutError::Timeout) => {
                if let Err(error) = check(limits) {
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
