//! The settings of a client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ureq::Agent;
use ureq::http::Uri;

use super::{BASE_URL, Client};
use crate::auth::token::{NoToken, Token};
use crate::call::retry::RetryPolicy;
use crate::call::session::Config;
use crate::defaults;
use crate::error::Error;
use crate::limits::clock::{Clock, SystemClock};
use crate::transport::agent::{self, Settings};
use crate::transport::base_url::{BaseUrl, NO_SERVER};
use crate::transport::{self, HttpTransport, proxy};

impl<T: Token> Client<T> {
    /// Returns a client with this token and the [default settings](ClientBuilder#defaults).
    pub fn new(token: T) -> Self {
        // Not a URL if the document names no server.
        let proxied = BASE_URL.parse().ok();
        ClientBuilder::default().finish(BASE_URL.to_owned(), proxied, token)
    }
}

impl Client<NoToken> {
    /// Returns a builder, to create a client with other settings than the defaults.
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

/// The settings of a [`Client`].
///
/// [`Client::builder`] returns a builder with the defaults. [`build`](Self::build) checks the
/// settings, and its error names the invalid setting.
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
/// | [`clock`](Self::clock) | the system's clock |
/// | [`agent`](Self::agent) | an agent of this crate |
/// | [`Items::prefetch`](crate::list::Items::prefetch) | 0 |
/// | [`Items::timeout`](crate::list::Items::timeout) | none |
///
/// # Proxies
///
/// The client uses the proxy of the environment: the first of the variables `ALL_PROXY`,
/// `HTTPS_PROXY` and `HTTP_PROXY` that is set, in upper or lower case. If the proxy in use is
/// SOCKS, or the value is not a URL, each call that would go through the proxy fails.
///
/// No proxy is used for this machine, and for the hosts in `NO_PROXY`: `example.com` matches that
/// host only, `.example.com` all its subdomains, and `*` every host.
///
/// To choose the proxy in the program, set an [agent](ClientBuilder::agent).
#[derive(Clone)]
#[must_use = "call `build` to create a client"]
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

/// Does not show the base URL, which can have a password until `build` has checked it.
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
    /// Returns the defaults. `base_url` is empty if the document names no server.
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

    /// Sets the URL of the service, with or without a slash at the end. Default:
    /// [`BASE_URL`](crate::BASE_URL).
    ///
    /// The scheme must be `https`. Plain `http` is allowed for this machine (`localhost`,
    /// `127.0.0.1`).
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self.base_url_is_default = false;
        self
    }

    /// Sets whether plain `http` is allowed for any host. Default: `false`.
    ///
    /// Over plain `http`, everyone on the network path can read the token.
    pub fn allow_http(mut self, allow: bool) -> Self {
        self.allow_http = allow;
        self
    }

    /// Sets whether requests are allowed while the logger takes TRACE records of `ureq` or
    /// `ureq_proto`. Default: `false`, so that such a request is an error.
    ///
    /// These records hold every byte that is sent and received: tokens, secrets and bodies.
    pub fn allow_wire_log(mut self, allow: bool) -> Self {
        self.allow_wire_log = allow;
        self
    }

    /// Sets the `User-Agent` header. Default: `fitrankings/` and the version of this crate.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.settings.user_agent = user_agent.into();
        self
    }

    /// Sets how long a call may take with all its attempts, until the last byte of the response.
    /// `None` means no limit. Default: 120 seconds.
    ///
    /// The waits that the client chooses between attempts count towards this time. The waits that
    /// the server requests with `Retry-After` do not. [`RetryPolicy::max_retry_after`] limits each
    /// of these, and [`RetryPolicy::max_attempts`] their number
    /// ([`max_page_attempts`](RetryPolicy::max_page_attempts) for later pages of a list). With the
    /// defaults, a throttled call can take 4 minutes longer, and a page of a list 11.
    ///
    /// A page of a list also ends with the [`timeout`](crate::list::Items::timeout) of the list,
    /// which includes all waits.
    pub fn timeout_call(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.timeout_call = timeout.into();
        self
    }

    /// Sets how long resolving the host name may take, and how long connecting may take. `None`
    /// means no limit. Default: 10 seconds for each.
    ///
    /// Connecting includes TLS and the response of a proxy.
    pub fn timeout_connect(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.settings.timeout_connect = timeout.into();
        self
    }

    /// Sets how long all headers of a response may take to arrive, counted from the end of the
    /// request. `None` means no limit. Default: 60 seconds.
    pub fn timeout_response(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.settings.timeout_response = timeout.into();
        self
    }

    /// Sets when failed requests are retried. Default: [`RetryPolicy::default`].
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sets the clock for timeouts and waits, for tests: see [`Clock`]. Default: the system's
    /// clock.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Sets the maximum size of a response body in bytes, after decompression. Default: 64 MiB.
    ///
    /// Fields whose type the document leaves open, such as `Activity::comments`, are decoded as
    /// [`serde_json::Value`], which takes up to 100 times the memory of its JSON. A hostile server
    /// can make a response of 64 MiB, compressed to 64 KiB, take 6 GB in this way. Set a smaller
    /// maximum if you do not trust the server.
    pub fn max_body_size(mut self, bytes: u64) -> Self {
        self.max_body_size = bytes;
        self
    }

    /// Sets whether to trust the certificates of the operating system instead of Mozilla's list.
    /// Default: `false`.
    ///
    /// Clients behind the proxy of a company often need this.
    #[cfg(feature = "platform-verifier")]
    pub fn system_certificates(mut self, trust: bool) -> Self {
        self.settings.system_certificates = trust;
        self
    }

    /// Sets an agent with a proxy, certificates or a transport of your own. Default: an agent of
    /// this crate.
    ///
    /// The agent keeps its own timeouts and user agent: those of this builder have no effect. It
    /// must be configured with `http_status_as_error(false)` and `max_redirects(0)`, since this
    /// crate handles statuses and redirects. Otherwise [`build`](Self::build) returns an error.
    ///
    /// Your agent lacks four abilities of the agent of this crate:
    ///
    /// - **Retries:** Your agent does not report which connections are new, and whether a request
    ///   was sent. So if the connection of a `GET` breaks before the response, each attempt is sent
    ///   exactly once more, also with [`RetryPolicy::none()`]. Any other request is only sent again
    ///   if no connection was established in time.
    /// - **Cancelled calls:** Your agent does not stop when a call is cancelled or its time is over.
    ///   If it is still looking up a name or connecting, it can send the request, body and secrets
    ///   included, after the call has returned. Its own timeouts limit how long. The agent of this
    ///   crate sends nothing more.
    /// - **Cookies:** If a crate of your application turns on `ureq`'s feature `cookies`, your
    ///   agent also sends the cookies of one token with the other tokens of
    ///   [`with_token`](Client::with_token). In this case, build a client with its own agent for
    ///   each token.
    /// - **Truncated bodies:** If a response has no length, a connection that is reset, or that
    ///   ends without a TLS close message, looks like the end of the body.
    pub fn agent(mut self, agent: Agent) -> Self {
        self.agent = Some(agent);
        self
    }

    /// Sets the certificates that a test trusts.
    #[cfg(test)]
    pub(crate) fn tls_config(mut self, config: ureq::tls::TlsConfig) -> Self {
        self.settings.tls = Some(config);
        self
    }

    /// Returns a client with these settings and this token.
    ///
    /// The variable `FITRANKINGS_BASE_URL` has no effect: only [`from_env`](Self::from_env) reads
    /// it.
    ///
    /// # Errors
    ///
    /// Fails if the base URL, the user agent or the agent is not valid. The message says why.
    pub fn build<T: Token>(self, token: T) -> Result<Client<T>, Error> {
        if self.base_url_is_default && self.base_url.is_empty() {
            return Err(Error::invalid(NO_SERVER));
        }
        let base = BaseUrl::parse(&self.base_url, self.allow_http)?;
        transport::check_user_agent(&self.settings.user_agent)?;
        if let Some(agent) = &self.agent {
            agent::check(agent.config())?;
        }
        // The environment's proxy is not used for this machine.
        let proxied = Some(base.uri).filter(|_| !base.loopback);
        Ok(self.finish(base.text, proxied, token))
    }

    /// Returns the client without checks. `proxied` is the URL for which the proxy of the
    /// environment is used.
    fn finish<T: Token>(self, base_url: String, proxied: Option<Uri>, token: T) -> Client<T> {
        let has_agent = self.agent.is_some();
        let (transport, proxy_problem) = if let Some(agent) = self.agent {
            (HttpTransport::with_agent(agent), None)
        } else {
            match proxied.map_or(Ok(None), |uri| proxy::from_environment(&uri)) {
                Ok(proxy) => (HttpTransport::new(&self.settings, proxy), None),
                Err(problem) => (HttpTransport::new(&self.settings, None), Some(problem)),
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
        super::with_config(Arc::new(config), None, token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_that_the_document_names_no_server() {
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
