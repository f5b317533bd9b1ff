use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ureq::Agent;
use ureq::http::Uri;

use crate::auth::auth_secret::AuthSecret;
use crate::auth::token::{NoToken, Token};
use crate::call::pause::Pause;
use crate::call::retry::{Clock, RetryPolicy, SystemClock};
use crate::error::Error;
use crate::limits::cancel::CancelHandle;
use crate::server::SERVER;
use crate::transport::base_url::{BaseUrl, NO_SERVER};
use crate::transport::proxy;
use crate::transport::resolver::CachingResolver;
use crate::transport::{self, OUTPUT, Settings};

/// The default base URL: the server that the document names.
pub const BASE_URL: &str = match SERVER {
    Some(url) => url,
    None => "",
};

const MAX_BODY_SIZE: u64 = 64 * 1024 * 1024;

/// The way to the service, with the token that its requests carry.
///
/// `T` is the kind of token, and decides what can be called. A client is cheap to clone, and all
/// clones share one pool of connections; it can be used from any number of threads.
///
/// # Example: a script
///
/// ```no_run
/// use fitrankings::Client;
///
/// let client = Client::from_env()?;
/// for activity in client.list_activities().page_size(100).call()? {
///     println!("{}: {:.0}", activity.id, activity.distance.unwrap_or_default());
/// }
/// # Ok::<(), fitrankings::Error>(())
/// ```
///
/// # Example: what a token may not do does not compile
///
/// ```compile_fail
/// use fitrankings::{Client, UserToken};
///
/// let client = Client::new(UserToken::new("a-user-token")?);
/// client.get_group_stat_summary().call()?; // takes a `MasterToken`
/// # Ok::<(), fitrankings::Error>(())
/// ```
#[derive(Clone)]
pub struct Client<T> {
    pub(crate) shared: Arc<Shared>,
    pub(crate) token: T,
    /// The secrets of the token: collected once, not for each request.
    pub(crate) auth: Arc<[AuthSecret]>,
    /// Shared by all clones: what the server asks for concerns the token.
    pub(crate) pause: Arc<Pause>,
    pub(crate) cancel: Option<CancelHandle>,
}

/// What all clones of a client have in common.
pub(crate) struct Shared {
    pub agent: Agent,
    pub resolver: CachingResolver,
    pub base_url: String,
    /// Nobody chose another.
    pub base_url_is_default: bool,
    pub max_body_size: u64,
    pub allow_wire_log: bool,
    pub retry: RetryPolicy,
    pub clock: Arc<dyn Clock>,
    pub timeout_call: Option<Duration>,
    pub timeout_connect: Option<Duration>,
    /// Whether the agent is ours, and tells which connections are new.
    pub watched: bool,
    /// Why no request is sent: what is wrong with the proxy that the environment names.
    pub proxy_problem: Option<String>,
}

impl<T: Token> Client<T> {
    /// A client with this token and the defaults of [`ClientBuilder`].
    pub fn new(token: T) -> Self {
        // A document that names no server has none either.
        let proxied = BASE_URL.parse().ok();
        ClientBuilder::default().finish(BASE_URL.to_owned(), proxied, token)
    }

    /// The same client with another token: over the same connections, to the same service.
    ///
    /// A pause that the server asked for with `Retry-After` holds for the clones of a client. The
    /// new client begins without one.
    ///
    /// # Example: from the application's token to a user's
    ///
    /// ```
    /// use fitrankings::{Client, MasterToken, UserToken};
    ///
    /// let master = Client::new(MasterToken::new("a-master-token")?);
    /// let user: Client<UserToken> = master.with_token(UserToken::new("a-user-token")?);
    /// # Ok::<(), fitrankings::Error>(())
    /// ```
    pub fn with_token<U: Token>(&self, token: U) -> Client<U> {
        let pause = Pause::new(self.shared.clock.now());
        let cancel = self.cancel.clone();
        with_parts(Arc::clone(&self.shared), token, Arc::new(pause), cancel)
    }

    /// The same client, whose calls and lists the handle stops within a moment, from any thread.
    ///
    /// See [`CancelHandle`] for an example. A call that can be cancelled runs on a thread of its
    /// own, to be left there if a name is being looked up or a connection made: nothing
    /// interrupts those, and they end by their timeouts.
    pub fn with_cancel(&self, handle: &CancelHandle) -> Self {
        Self {
            cancel: Some(handle.clone()),
            ..self.clone()
        }
    }

    /// The token that requests carry.
    pub fn token(&self) -> &T {
        &self.token
    }

    /// Where requests go.
    pub fn base_url(&self) -> &str {
        &self.shared.base_url
    }
}

impl Client<NoToken> {
    /// A client with other settings than the defaults.
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

impl<T: fmt::Debug> fmt::Debug for Client<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.shared.base_url)
            .field("token", &self.token)
            .finish_non_exhaustive()
    }
}

/// A function, because the names of methods belong to the document.
pub(crate) fn with_parts<T: Token>(
    shared: Arc<Shared>,
    token: T,
    pause: Arc<Pause>,
    cancel: Option<CancelHandle>,
) -> Client<T> {
    let mut auth = Vec::new();
    token.for_each_secret(&mut |secret| auth.push(secret.clone()));
    Client {
        shared,
        token,
        auth: auth.into(),
        pause,
        cancel,
    }
}

/// Settings of a [`Client`], from [`Client::builder`].
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
    settings: Settings,
    retry: RetryPolicy,
    clock: Arc<dyn Clock>,
    agent: Option<Agent>,
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            base_url: BASE_URL.to_owned(),
            base_url_is_default: true,
            allow_http: false,
            allow_wire_log: false,
            max_body_size: MAX_BODY_SIZE,
            settings: Settings::default(),
            retry: RetryPolicy::default(),
            clock: Arc::new(SystemClock),
            agent: None,
        }
    }
}

/// Without the base URL: nobody has looked yet whether there is a password in it.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("allow_http", &self.allow_http)
            .field("allow_wire_log", &self.allow_wire_log)
            .field("max_body_size", &self.max_body_size)
            .field("settings", &self.settings)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

impl ClientBuilder {
    /// Where the service is, with or without a slash at the end. Default: [`BASE_URL`].
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

    /// The `User-Agent` header. Default: `fitrankings/` and the version of this crate.
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
        self.settings.timeout_call = timeout.into();
        self
    }

    /// How long looking the name up may take, and as long again for connecting, TLS included;
    /// `None` for ever. Default: 10 seconds.
    pub fn timeout_connect(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.settings.timeout_connect = timeout.into();
        self
    }

    /// How long the server may take to begin its answer; `None` for ever. Default: 60 seconds.
    pub fn timeout_response(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.settings.timeout_response = timeout.into();
        self
    }

    /// What is sent again by itself, and when. Default: [`RetryPolicy::default`].
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sets the clock for the waits between attempts. Default: the system's. For tests.
    ///
    /// Timeouts are kept by the system's clock, as sockets are: a wait that takes less real time
    /// than it was asked to takes less of a timeout.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// How many bytes a body may have, after decompression. Default: 64 MiB.
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

    /// An agent of your own, with your proxy, certificates or transport. It keeps its own
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

    /// Creates the client. The environment is not read: `FITRANKINGS_BASE_URL` has no effect, see
    /// [`from_env`](Self::from_env).
    ///
    /// # Errors
    ///
    /// The base URL, the user agent or the agent is not fit. The message says which, and why.
    pub fn build<T: Token>(self, token: T) -> Result<Client<T>, Error> {
        if self.base_url_is_default && self.base_url.is_empty() {
            return Err(Error::invalid(NO_SERVER));
        }
        let base = BaseUrl::parse(&self.base_url, self.allow_http)?;
        if ureq::http::HeaderValue::try_from(&self.settings.user_agent).is_err() {
            return Err(Error::invalid(
                "the user agent holds a line break or a control character",
            ));
        }
        if self.settings.user_agent.len() > OUTPUT / 2 {
            return Err(Error::invalid(format!(
                "the user agent has more than {} bytes",
                OUTPUT / 2
            )));
        }
        if let Some(agent) = &self.agent {
            transport::check(agent.config())?;
        }
        // The environment's proxy is for hosts that are not this machine.
        let proxied = Some(base.uri).filter(|_| !base.loopback);
        Ok(self.finish(base.text, proxied, token))
    }

    /// `proxied` is the URL to which the environment may name a proxy.
    fn finish<T: Token>(self, base_url: String, proxied: Option<Uri>, token: T) -> Client<T> {
        let resolver = CachingResolver::default();
        let watched = self.agent.is_none();
        let (agent, proxy_problem) = match self.agent {
            Some(agent) => (agent, None),
            None => {
                let proxy = proxied.map(|uri| proxy::from_environment(&uri));
                let (proxy, problem) = match proxy.transpose() {
                    Ok(proxy) => (proxy.flatten(), None),
                    Err(problem) => (None, Some(problem)),
                };
                let agent = transport::agent(&self.settings, proxy, resolver.clone());
                (agent, problem)
            }
        };
        let shared = Shared {
            agent,
            resolver,
            base_url,
            base_url_is_default: self.base_url_is_default,
            max_body_size: self.max_body_size,
            allow_wire_log: self.allow_wire_log,
            retry: self.retry,
            clock: self.clock,
            timeout_call: self.settings.timeout_call.filter(|_| watched),
            timeout_connect: self.settings.timeout_connect,
            watched,
            proxy_problem,
        };
        let pause = Pause::new(shared.clock.now());
        with_parts(Arc::new(shared), token, Arc::new(pause), None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_without_a_server_is_told_as_one() {
        let builder = || ClientBuilder {
            base_url: String::new(),
            ..ClientBuilder::default()
        };
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
