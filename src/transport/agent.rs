//! Configures `ureq`.

use std::time::Duration;

use ureq::config::Config;
use ureq::unversioned::transport::{
    ConnectProxyConnector, Connector, RustlsConnector, TcpConnector,
};
use ureq::{Agent, Proxy};

use crate::defaults;
use crate::error::Error;
use crate::transport::deadline::DeadlineConnector;
use crate::transport::http_layer::{HttpConnector, StartConnector};
use crate::transport::resolver::CachingResolver;
use crate::transport::sizes::{IDLE, INPUT, OUTPUT};

/// The settings of an agent.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub user_agent: String,
    pub timeout_connect: Option<Duration>,
    pub timeout_response: Option<Duration>,
    #[cfg(feature = "platform-verifier")]
    pub system_certificates: bool,
    /// The TLS settings of a test.
    #[cfg(test)]
    pub tls: Option<ureq::tls::TlsConfig>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            user_agent: defaults::USER_AGENT.to_owned(),
            timeout_connect: Some(defaults::TIMEOUT_CONNECT),
            timeout_response: Some(defaults::TIMEOUT_RESPONSE),
            #[cfg(feature = "platform-verifier")]
            system_certificates: false,
            #[cfg(test)]
            tls: None,
        }
    }
}

/// Returns an agent with the layers of this crate.
pub(super) fn build(settings: &Settings, proxy: Option<Proxy>, resolver: CachingResolver) -> Agent {
    #[allow(unused_mut, reason = "up to the features")]
    let mut config = Agent::config_builder()
        // An error of `ureq` for a status has no body.
        .http_status_as_error(false)
        // A redirect would turn a POST into a GET, and drop the token.
        .max_redirects(0)
        .user_agent(&settings.user_agent)
        // Without this, the service sends HTML pages.
        .accept("application/json")
        // Otherwise features that another crate turns on would add encodings.
        .accept_encoding(if cfg!(feature = "gzip") { "gzip" } else { "" })
        .proxy(proxy)
        // `deadline` keeps the limit of the whole call. `ureq` would make one more system call for
        // each read.
        .timeout_resolve(settings.timeout_connect.map(finite))
        .timeout_connect(settings.timeout_connect.map(finite))
        .timeout_recv_response(settings.timeout_response.map(finite))
        .input_buffer_size(INPUT)
        .output_buffer_size(OUTPUT)
        // `http_layer` keeps the real limit. After an interim response, `ureq` compares this one
        // with all that was read, which can be most of a body.
        .max_response_header_size(INPUT)
        .max_idle_connections(IDLE)
        .max_idle_connections_per_host(IDLE);
    #[cfg(feature = "platform-verifier")]
    if settings.system_certificates {
        let roots = ureq::tls::RootCerts::PlatformVerifier;
        config = config.tls_config(ureq::tls::TlsConfig::builder().root_certs(roots).build());
    }
    #[cfg(test)]
    if let Some(tls) = &settings.tls {
        config = config.tls_config(tls.clone());
    }
    // The chain of `ureq` without SOCKS, with one layer added below TLS and one above it.
    let connector =
        ().chain(StartConnector)
            .chain(ConnectProxyConnector::default())
            .chain(TcpConnector::default())
            .chain(DeadlineConnector)
            .chain(RustlsConnector::default())
            .chain(HttpConnector);
    Agent::with_parts(config.build(), connector, resolver)
}

/// Caps a timeout: `ureq` panics if the current time plus the timeout overflows.
fn finite(timeout: Duration) -> Duration {
    const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
    timeout.min(YEAR)
}

/// Checks that the caller's agent leaves statuses and redirects to this crate.
pub(crate) fn check(config: &Config) -> Result<(), Error> {
    let setting = if config.http_status_as_error() {
        "http_status_as_error(false)"
    } else if config.max_redirects() > 0 {
        "max_redirects(0)"
    } else {
        return Ok(());
    };
    let problem = format!("the agent must be configured with `{setting}`");
    Err(Error::invalid(problem))
}
