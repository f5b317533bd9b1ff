//! Sends a request with `ureq`, and converts its errors.
//!
//! Only this folder uses `ureq::unversioned`, which is outside of the semver of `ureq`:
//!
//! | File | Item |
//! |---|---|
//! | `agent` | `Agent::with_parts`; `Connector` and the connectors of the chain |
//! | `deadline`, `http_layer` | `Transport`, `Buffers`, `Connector`, `ConnectionDetails`, `NextTimeout` |
//! | `resolver` | `Resolver`, `DefaultResolver`, `ResolvedSocketAddrs`, `NextTimeout` |

pub mod agent;
pub mod base_url;
mod cookies;
mod deadline;
mod endpoint;
pub mod errors;
mod http_layer;
pub mod proxy;
mod resolver;
pub mod scope;
pub mod sizes;
mod tls_records;
#[cfg(test)]
mod tls_tests;
pub mod worker;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ureq::http::header::COOKIE;
use ureq::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, Uri};
use ureq::{Agent, Body};
use zeroize::Zeroizing;

use self::agent::Settings;
use self::cookies::forget_cookies;
use self::endpoint::Endpoint;
use self::errors::HEADERS_TOO_LARGE;
use self::proxy::EnvironmentProxy;
use self::resolver::CachingResolver;
use self::scope::{Phase, Report, Scope};
use self::sizes::{MAX_HEADERS, OUTPUT};
use self::worker::WorkerError;
use crate::error::{Error, Kind};
use crate::limits::Limits;

/// The connections of a client.
#[derive(Clone)]
pub(crate) struct HttpTransport {
    agent: Agent,
    resolver: CachingResolver,
    /// `None` also with the caller's agent.
    timeout_connect: Option<Duration>,
    /// Whether the agent was made by this crate. Only then is it known which connections are new.
    owns_agent: bool,
    /// The environment variable that names the proxy.
    proxy_variable: Option<&'static str>,
}

/// A request with its body.
pub(crate) struct Message<'m> {
    pub request: Request<()>,
    pub uri: &'m Uri,
    pub body: Option<&'m [u8]>,
}

impl Message<'_> {
    fn cookie(&self) -> Option<HeaderValue> {
        self.request.headers().get(COOKIE).cloned()
    }
}

/// The error of a request without a response.
pub(crate) struct Failure {
    pub error: Error,
    /// Whether the request was sent on a connection of the pool, or may have been, and no byte of a
    /// response came.
    pub may_be_stale: bool,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self {
            error,
            may_be_stale: false,
        }
    }
}

impl HttpTransport {
    /// Returns a transport with a new agent.
    pub fn new(settings: &Settings, proxy: Option<EnvironmentProxy>) -> Self {
        let resolver = CachingResolver::default();
        let proxy_variable = proxy.as_ref().map(|proxy| proxy.variable);
        let proxy = proxy.map(|proxy| proxy.proxy);
        Self {
            agent: agent::build(settings, proxy, resolver.clone()),
            resolver,
            timeout_connect: settings.timeout_connect,
            owns_agent: true,
            proxy_variable,
        }
    }

    /// Returns a transport with the caller's agent.
    pub fn with_agent(agent: Agent) -> Self {
        Self {
            agent,
            resolver: CachingResolver::default(),
            timeout_connect: None,
            owns_agent: false,
            proxy_variable: None,
        }
    }

    /// Returns true if the agent was made by this crate.
    pub fn owns_agent(&self) -> bool {
        self.owns_agent
    }

    /// Returns a message that is sent on a new connection. The pooled ones to its host are discarded.
    pub fn on_new_connection<'m>(&self, message: Message<'m>) -> Message<'m> {
        let config = self.agent.configure_request(message.request);
        let request = config.max_idle_age(Duration::ZERO).build();
        Message { request, ..message }
    }

    /// Returns the maximum length of a line in a request's head, in bytes.
    pub fn max_line(&self) -> usize {
        self.agent.config().output_buffer_size()
    }

    /// Sends a request, and returns the result of `read` for its response.
    pub fn send<R>(
        &self,
        message: Message<'_>,
        limits: &Limits,
        read: impl FnOnce(Response<Body>) -> Result<R, Error>,
    ) -> Result<R, Failure> {
        let left = limits.check().map_err(Error::from)?;
        let scope = Scope::enter(limits, message.cookie());
        let response = if self.needs_worker(limits, left) {
            self.run_on_worker(message, limits, &scope)
        } else {
            self.run(message, &scope)
        };
        Ok(read(response?)?)
    }

    /// Returns true if a limit may be exceeded while a name is looked up or a connection is made.
    /// Both block, so they have to run on another thread.
    fn needs_worker(&self, limits: &Limits, left: Option<Duration>) -> bool {
        // `timeout_connect` holds for the lookup, and again for the connection.
        let most = self
            .timeout_connect
            .map(|timeout| timeout.saturating_mul(2));
        let is_tight = |left| most.is_none_or(|most| left < most);
        limits.cancel.is_some() || left.is_some_and(is_tight)
    }

    fn run_on_worker(
        &self,
        message: Message<'_>,
        limits: &Limits,
        scope: &Scope,
    ) -> Result<Response<Body>, Failure> {
        let sent = Arc::new(AtomicBool::new(false));
        let work = {
            let (transport, limits, sent) = (self.clone(), limits.clone(), Arc::clone(&sent));
            let (request, uri) = (message.request.clone(), message.uri.clone());
            let body = message.body.map(|bytes| Zeroizing::new(bytes.to_vec()));
            move || {
                let message = Message {
                    request,
                    uri: &uri,
                    body: body.as_ref().map(|bytes| bytes.as_slice()),
                };
                let scope = Scope::enter(&limits, message.cookie());
                scope.signal_sent(sent);
                transport.run(message, &scope)
            }
        };
        match worker::run(limits, work) {
            Ok(result) => result,
            Err(WorkerError::NotStarted) => self.run(message, scope),
            Err(WorkerError::Panicked) => {
                Err(Error::new(Kind::Transport, "the thread of the request panicked").into())
            }
            Err(WorkerError::Exceeded(limit)) => {
                let phase = match (self.owns_agent, sent.load(Ordering::Acquire)) {
                    (false, _) => Phase::Unknown,
                    (true, true) => Phase::Sent,
                    (true, false) => Phase::Connecting,
                };
                let error = errors::at_phase(limit.into(), phase);
                Err(self.locate(error, message.uri, None).into())
            }
        }
    }

    /// Sends a request, and returns the response with its body unread.
    fn run(&self, message: Message<'_>, scope: &Scope) -> Result<Response<Body>, Failure> {
        let Message { request, uri, body } = message;
        let method = request.method();
        // Without a length, `ureq` would send an empty chunked body.
        let has_length = matches!(*method, Method::POST | Method::PUT | Method::PATCH);
        let response = match body.or(has_length.then_some(&[])) {
            Some(bytes) => self.agent.run(request.map(|()| bytes)),
            None => self.agent.run(request),
        };
        if self.owns_agent {
            forget_cookies(&self.agent);
        }
        if let Ok(response) = &response
            && scope.has_large_input()
            && size(response.headers()) > MAX_HEADERS
        {
            return Err(Error::new(Kind::Protocol, HEADERS_TOO_LARGE).into());
        }
        response.map_err(|error| self.failure(error, scope.report(), uri))
    }

    fn failure(&self, error: ureq::Error, mut report: Report, uri: &Uri) -> Failure {
        // The layers that make the report are not part of the caller's agent.
        if !self.owns_agent {
            report.phase = Phase::Unknown;
            report.may_be_stale = true;
        }
        let error = errors::convert(error, &report);
        if error.kind().is_connect() {
            self.resolver.clear();
        }
        Failure {
            error: self.locate(error, uri, report.endpoint),
            may_be_stale: report.may_be_stale,
        }
    }

    /// Adds host, port and proxy to an error of connecting.
    fn locate(&self, error: Error, uri: &Uri, endpoint: Option<Endpoint>) -> Error {
        if !error.kind().is_connect() {
            return error;
        }
        let proxy = self.agent.config().proxy();
        let proxy = proxy
            .filter(|proxy| !proxy.is_no_proxy(uri))
            .and_then(|proxy| Endpoint::new(proxy.uri()));
        let host = Endpoint::new(uri).map(|host| host.to_string());
        let host = host.unwrap_or_default();
        let is_proxy = endpoint.is_none() || endpoint == proxy;
        error.with_destination(&match (endpoint, proxy) {
            (_, Some(proxy)) if is_proxy => {
                let variable = self.proxy_variable.map(|variable| format!(" ({variable})"));
                let variable = variable.unwrap_or_default();
                format!("{host} through the proxy {proxy}{variable}")
            }
            (Some(endpoint), _) => endpoint.to_string(),
            (None, _) => host,
        })
    }
}

/// Returns the size of the headers in bytes.
fn size(headers: &HeaderMap) -> usize {
    let line = |(name, value): (&HeaderName, &HeaderValue)| {
        name.as_str().len() + value.len() + ": \r\n".len()
    };
    headers.iter().map(line).sum()
}

/// Checks that a user agent is a valid header value, and fits into a line.
pub(crate) fn check_user_agent(user_agent: &str) -> Result<(), Error> {
    if HeaderValue::try_from(user_agent).is_err() {
        return Err(Error::invalid(
            "the user agent contains a line break or a control character",
        ));
    }
    let most = OUTPUT / 2;
    if user_agent.len() > most {
        let problem = format!("the user agent has more than {most} bytes");
        return Err(Error::invalid(problem));
    }
    Ok(())
}
