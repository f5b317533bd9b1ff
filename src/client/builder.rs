//! The settings of a client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ureq::Agent;
use ureq::http::Uri;

use super::{BASE_URL, Client};
use crate::auth::token::{NoToken, Token};
use crate::call::retry::RetryPolicy;
use crate::call::session::{Config, Session};
use crate::defaults;
use crate::error::Error;
use crate::limits::clock::{Clock, SystemClock};
use crate::transport::agent::{self, Settings};
use crate::transport::base_url::{BaseUrl, NO_SERVER};
use crate::transport::{self, HttpTransport, proxy};

impl<T: Token> Client<T> {
    /// Returns a client with this token and the [defaults](ClientBuilder#defaults).
    pub fn new(token: T) -> Self {
        // A document that names no server has none either.
        let proxied = BASE_URL.parse().ok();
        ClientBuilder::default().finish(BASE_URL.to_owned(), proxied, token)
    }
}

impl Client<NoToken> {
    /// Returns a builder of a client with other settings than the defaults.
    ///
    /// # Example
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use fitrankings::{Client, MasterToken};
    ///
    /// let client = Client::builder()
    ///     .user_agent("my-app/1.0")
    ///     .timeout_call(Duration::from_secs(20))
    ///     .build(MasterToken::new("a-master-token")?)?;
    /// # Ok::<(), fitrankings::Error>(())
    /// ```
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }
}

/// The settings of a [`Client`], from [`Client::builder`].
///
/// No setter fails. [`build`](Self::build) checks all settings, and its error names the one that is
/// not valid.
///
/// # Defaults
///
/// | Setting | Default |
/// |---|---|
/// | [`base_url`](Self::base_url) | [`BASE_URL`](crate::BASE_URL) |
/// | [`timeout_call`](Self::timeout_call) | 120 seconds |
/// | [`timeout_connect`](Self::timeout_connect) | 10 seconds |
/// | [`timeout_response`](Self::timeout_response) | 60 seconds |
/// | [`max_body_size`](Self::max_body_size) | 64 MiB |
/// | [`user_agent`](Self::user_agent) | `fitrankings/` and the version of this crate |
/// | [`RetryPolicy::max_attempts`] | 5; 2 where the host is not found or connecting times out |
/// | [`RetryPolicy::max_page_attempts`] | 12 |
/// | [`RetryPolicy::base_delay`] | 500 milliseconds |
/// | [`RetryPolicy::max_delay`] | 10 seconds |
/// | [`RetryPolicy::max_retry_after`] | 60 seconds |
/// | [`allow_http`](Self::allow_http), [`allow_wire_log`](Self::allow_wire_log) | `false` |
/// | [`clock`](Self::clock) | the system's |
/// | [`agent`](Self::agent) | one of this crate |
/// | [`Items::prefetch`](crate::list::Items::prefetch) | 0 |
/// | [`Items::timeout`](crate::list::Items::timeout) | none |
///
/// # Proxies
///
/// The proxy is that of the environment: the first of `ALL_PROXY`, `HTTPS_PROXY` and `HTTP_PROXY`
/// that is set, in capitals or not. None is used for this machine, and for the hosts of `NO_PROXY`:
/// `example.com` for this host, `.example.com` for all below it, `*` for all. A SOCKS proxy, or a
/// value that is not a URL, is an error of each call. Another proxy is set with an
/// [agent](ClientBuilder::agent) of your own.
#[derive(Clone)]
#[must_use = "a builder does nothing until `build` makes a client of it"]
pub struct ClientBuilder {
    base_url: String,
    pub(crate) base_url_is_default: bool,
    pub(crate) allow_http: bool,
    allow_wire_log: bool,
    max_body_size: u64,
    timeout_call: Option<Duration>,
    settings: Settings,
    retry: RetryPolicy,
    clock: Arc<dyn Clock>,
    agent: Option<Agent>,
}

/// The base URL is not shown, since it was not checked for a password yet.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("allow_http", &self.allow_http)
            .field("allow_wire_log", &self.allow_wire_log)
            .field("max_body_size", &self.max_body_size)
            .field("timeout_call", &self.timeout_call)
            .field("settings", &self.settings)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self::for_server(BASE_URL)
    }
}

impl ClientBuilder {
    /// Returns the defaults, for the server that the document names, which can be none.
    fn for_server(base_url: &str) -> Self {
        Self {
            base_url: base_url.to_owned(),
            base_url_is_default: true,
            allow_http: false,
            allow_wire_log: false,
            max_body_size: defaults::MAX_BODY_SIZE,
            timeout_call: Some(defaults::TIMEOUT_CALL),
            settings: Settings::default(),
            retry: RetryPolicy::default(),
            clock: Arc::new(SystemClock),
            agent: None,
        }
    }

    /// Sets the URL of the service, with or without a slash at the end. Default: [`BASE_URL`](crate::BASE_URL).
    ///
    /// It has to be `https`; plain `http` is for this machine alone (`localhost`, `127.0.0.1`).
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self.base_url_is_default = false;
        self
    }

    /// Permits plain `http` to any host, over which everybody on the way can read the token.
    /// Default: `false`.
    pub fn allow_http(mut self, allow: bool) -> Self {
        self.allow_http = allow;
        self
    }

    /// Permits requests while a logger takes TRACE records of `ureq` or `ureq_proto`, which hold
    /// every byte that is sent and received: tokens, secrets and bodies. Default: `false`, and a
    /// request then is an error.
    pub fn allow_wire_log(mut self, allow: bool) -> Self {
        self.allow_wire_log = allow;
        self
    }

    /// Sets the `User-Agent` header. Default: `fitrankings/` and the version of this crate.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.settings.user_agent = user_agent.into();
        self
    }

    /// Sets how long a call may take, from its beginning to the last byte of the response, with
    /// all its attempts. `None` means no limit. Default: 120 seconds.
    ///
    /// The waits that the client chooses between attempts are part of this time. A wait that the
    /// server asks for with `Retry-After` is not. Each of those is limited by
    /// [`RetryPolicy::max_retry_after`], and their number by [`RetryPolicy::max_attempts`]: with
    /// the defaults, a call that is throttled can take some minutes longer.
    ///
    /// A page of a list also ends with the [`timeout`](crate::list::Items::timeout) of the list,
    /// whatever the server asks for.
    pub fn timeout_call(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.timeout_call = timeout.into();
        self
    }

    /// Sets how long looking up the name may take, and connecting as long again, with TLS and the
    /// response of a proxy. `None` means no limit. Default: 10 seconds.
    pub fn timeout_connect(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.settings.timeout_connect = timeout.into();
        self
    }

    /// Sets how long the server may take until the headers of its response have come. `None` means no
    /// limit. Default: 60 seconds.
    pub fn timeout_response(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.settings.timeout_response = timeout.into();
        self
    }

    /// Sets when failed requests are retried. Default: [`RetryPolicy::default`].
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sets the clock of all that the client does by time, for tests: see [`Clock`]. Default: the
    /// system's.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Sets how many bytes the body of a response may have, after decompression. Default: 64 MiB.
    pub fn max_body_size(mut self, bytes: u64) -> Self {
        self.max_body_size = bytes;
        self
    }

    /// Trusts the certificates that the operating system trusts, in place of Mozilla's list:
    /// what a client behind a company's proxy needs. Default: `false`.
    #[cfg(feature = "platform-verifier")]
    pub fn system_certificates(mut self, trust: bool) -> Self {
        self.settings.system_certificates = trust;
        self
    }

    /// Sets an agent of your own, with your proxy, certificates or transport. It keeps its own
    /// timeouts and user agent; those of this builder are not used.
    ///
    /// It does not tell which connections are new, nor whether something went out: so a `GET` on
    /// a connection that breaks is sent once more, whatever the [`RetryPolicy`] says, and
    /// anything else is only where no connection came about in time.
    ///
    /// Nor does it protect from two things that this crate's own agent does:
    ///
    /// - If a crate of your application turns on `ureq`'s feature `cookies`, the agent sends the
    ///   cookies that it got with one token along with the other tokens of
    ///   [`with_token`](Client::with_token). Build a client with an agent of its own for each
    ///   token then.
    /// - If the server announces no length for a body, a connection that is reset, or that ends
    ///   without TLS saying so, looks like the end of the body.
    ///
    /// It must be configured with `http_status_as_error(false)` and `max_redirects(0)`: this
    /// crate handles statuses and redirects, and [`build`](Self::build) refuses any other.
    pub fn agent(mut self, agent: Agent) -> Self {
        self.agent = Some(agent);
        self
    }

    /// The certificates that a test trusts.
    #[cfg(test)]
    pub(crate) fn tls_config(mut self, config: ureq::tls::TlsConfig) -> Self {
        self.settings.tls = Some(config);
        self
    }

    /// Returns the client. The environment is not read: `FITRANKINGS_BASE_URL` has no effect, see
    /// [`from_env`](Self::from_env).
    ///
    /// # Errors
    ///
    /// The base URL, the user agent or the agent is not valid. The message says which, and why.
    pub fn build<T: Token>(self, token: T) -> Result<Client<T>, Error> {
        if self.base_url_is_default && self.base_url.is_empty() {
            return Err(Error::invalid(NO_SERVER));
        }
        let base = BaseUrl::parse(&self.base_url, self.allow_http)?;
        transport::check_user_agent(&self.settings.user_agent)?;
        if let Some(agent) = &self.agent {
            agent::check(agent.config())?;
        }
        // The environment's proxy is for hosts that are not this machine.
        let proxied = Some(base.uri).filter(|_| !base.loopback);
        Ok(self.finish(base.text, proxied, token))
    }

    /// Returns the client without checks. `proxied` is the URL to which the environment may name a
    /// proxy.
    fn finish<T: Token>(self, base_url: String, proxied: Option<Uri>, token: T) -> Client<T> {
        let has_agent = self.agent.is_some();
        let (transport, proxy_problem) = match self.agent {
            Some(agent) => (HttpTransport::with_agent(agent), None),
            None => {
                let proxy = proxied.map_or(Ok(None), |uri| proxy::from_environment(&uri));
                let (proxy, problem) = match proxy {
                    Ok(proxy) => (proxy, None),
                    Err(problem) => (None, Some(problem)),
                };
                (HttpTransport::new(&self.settings, proxy), problem)
            }
        };
        let config = Config {
            transport,
            base_url,
            base_url_is_default: self.base_url_is_default,
            max_body_size: self.max_body_size,
            allow_wire_log: self.allow_wire_log,
            retry: self.retry,
            clock: self.clock,
            timeout_call: self.timeout_call.filter(|_| !has_agent),
            proxy_problem,
        };
        let session = Session::new(Arc::new(config), super::auth(&token), None);
        super::with_session(session, token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_without_a_server_is_told_as_one() {
        let builder = || ClientBuilder::for_server("");
        let error = builder().build(NoToken).unwrap_err().to_string();
        assert_eq!(error, NO_SERVER);
        let chosen = builder()
            .base_url("")
            .build(NoToken)
            .unwrap_err()
            .to_string();
        assert!(chosen.starts_with("the base URL has no scheme"), "{chosen}");
    }
}
