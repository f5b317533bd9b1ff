use std::sync::Arc;
use std::time::Duration;

use log::Level;

use crate::auth::auth_secret::AuthSecret;
use crate::call::pause::Pause;
use crate::call::retry::RetryPolicy;
use crate::error::Error;
use crate::limits::Limits;
use crate::limits::cancel::CancelHandle;
use crate::limits::clock::Clock;
use crate::operation::Operation;
use crate::transport::HttpTransport;
use crate::transport::base_url::NO_SERVER;

/// The log targets of `ureq` for redirects, and for every byte sent and received.
const WIRE_LOG: [&str; 2] = ["ureq::util", "ureq_proto::util"];

/// The state shared by the requests of a client. It is cheap to clone.
#[derive(Clone)]
pub(crate) struct Session {
    pub config: Arc<Config>,
    /// The headers and parameters that carry the token.
    pub auth: Arc<[AuthSecret]>,
    /// The pause that the server asked for, which holds for the token.
    pub pause: Arc<Pause>,
    pub cancel: Option<CancelHandle>,
}

/// The settings of a client, shared with its clones for other tokens.
pub(crate) struct Config {
    pub transport: HttpTransport,
    pub base_url: String,
    /// True unless `base_url` was called.
    pub base_url_is_default: bool,
    pub max_body_size: u64,
    pub allow_wire_log: bool,
    pub retry: RetryPolicy,
    pub clock: Arc<dyn Clock>,
    pub timeout_call: Option<Duration>,
    /// Why the proxy of the environment cannot be used. If set, no request is sent.
    pub proxy_problem: Option<String>,
}

impl Session {
    pub fn new(config: Arc<Config>, auth: Arc<[AuthSecret]>, cancel: Option<CancelHandle>) -> Self {
        let pause = Pause::new(config.clock.now());
        Self {
            config,
            auth,
            pause: Arc::new(pause),
            cancel,
        }
    }

    /// Returns the limits of a call whose time has not started.
    pub fn limits(&self) -> Limits {
        Limits::new(Arc::clone(&self.config.clock), self.cancel.clone())
    }

    /// Returns true if the server asked for a pause that is not over.
    pub fn is_paused(&self) -> bool {
        let clock = &self.config.clock;
        self.pause.end().is_some_and(|end| end > clock.now())
    }
}

impl Config {
    /// Checks that requests of an operation may be sent.
    pub fn check(&self, operation: &Operation) -> Result<(), Error> {
        if let Some(server) = operation.server.filter(|_| self.base_url_is_default)
            && server.trim_end_matches('/') != self.base_url
        {
            return Err(Error::invalid(format!(
                "this operation is served at `{server}`: make a client for it with \
                 `Client::builder().base_url(\"{server}\")`"
            )));
        }
        if self.base_url.is_empty() {
            return Err(Error::invalid(NO_SERVER));
        }
        if let Some(problem) = &self.proxy_problem {
            return Err(Error::invalid(problem.clone()));
        }
        // Records of this level contain the token.
        let is_logged = |target: &&str| log::log_enabled!(target: *target, Level::Trace);
        if !self.allow_wire_log && WIRE_LOG.iter().any(is_logged) {
            return Err(Error::invalid(
                "nothing is sent, since the logger takes records of the level TRACE from `ureq` \
                 or `ureq_proto`, which contain the token: set both to DEBUG, or permit it with \
                 `allow_wire_log(true)`",
            ));
        }
        Ok(())
    }
}
