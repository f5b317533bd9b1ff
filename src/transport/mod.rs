//! `ureq`, with nothing left to its guess, and its errors in our words.

pub mod base_url;
pub mod deadline;
pub mod http_layer;
pub mod proxy;
pub mod resolver;
mod tls_records;
#[cfg(test)]
mod tls_tests;

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use ureq::config::Config;
use ureq::unversioned::transport::{
    ConnectProxyConnector, Connector, RustlsConnector, TcpConnector,
};
use ureq::{Agent, Proxy, Timeout};

use crate::error::{Error, Kind};
use crate::transport::deadline::{Cancelled, Phase, WatchConnector};
use crate::transport::http_layer::{Abrupt, HttpConnector, StartConnector};
use crate::transport::resolver::CachingResolver;

/// What can be set of the transport; the defaults are in the docs of `ClientBuilder`.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub user_agent: String,
    pub timeout_call: Option<Duration>,
    pub timeout_connect: Option<Duration>,
    pub timeout_response: Option<Duration>,
    #[cfg(feature = "platform-verifier")]
    pub system_certificates: bool,
    /// The certificates of a test.
    #[cfg(test)]
    pub tls: Option<ureq::tls::TlsConfig>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            user_agent: concat!("fitrankings/", env!("CARGO_PKG_VERSION")).to_owned(),
            timeout_call: Some(Duration::from_secs(120)),
            timeout_connect: Some(Duration::from_secs(10)),
            timeout_response: Some(Duration::from_secs(60)),
            #[cfg(feature = "platform-verifier")]
            system_certificates: false,
            #[cfg(test)]
            tls: None,
        }
    }
}

/// Buffers of a connection. `ureq`'s own default is 128 KiB for each, zeroed for each connection.
/// A page of 20 fits in what is read at once.
pub(crate) const INPUT: usize = 32 * 1024;
pub(crate) const OUTPUT: usize = 16 * 1024;
/// Less than the buffer: headers that fill it would look like a connection that breaks off.
const HEADERS: usize = 16 * 1024 - 1;
/// Idle connections that are kept: as many as there may be threads on one client.
pub(crate) const IDLE: usize = 32;

/// An agent of our own. `ureq` promises nothing of the form of `with_parts` between its minor
/// versions, which is why Cargo.toml pins them.
pub(crate) fn agent(settings: &Settings, proxy: Option<Proxy>, resolver: CachingResolver) -> Agent {
    #[allow(unused_mut, reason = "up to the features")]
    let mut config = Agent::config_builder()
        // A status as an error would be one without its body.
        .http_status_as_error(false)
        // A redirect would turn a POST into a GET, and drop the token.
        .max_redirects(0)
        .user_agent(&settings.user_agent)
        // Asked for HTML, the service answers with a page for people.
        .accept("application/json")
        // Another crate can turn on more encodings.
        .accept_encoding(if cfg!(feature = "gzip") { "gzip" } else { "" })
        .proxy(proxy)
        // The limit of the whole call is kept in `watch`: here it would be one more system call
        // for each read.
        .timeout_resolve(settings.timeout_connect.map(finite))
        .timeout_connect(settings.timeout_connect.map(finite))
        .timeout_recv_response(settings.timeout_response.map(finite))
        .input_buffer_size(INPUT)
        .output_buffer_size(OUTPUT)
        .max_response_header_size(HEADERS)
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
    // `ureq`'s own chain, less SOCKS, with a layer below TLS and one above it.
    let connector =
        ().chain(StartConnector)
            .chain(ConnectProxyConnector::default())
            .chain(TcpConnector::default())
            .chain(WatchConnector)
            .chain(RustlsConnector::default())
            .chain(HttpConnector);
    Agent::with_parts(config.build(), connector, resolver)
}

/// A time that can be added to now: `ureq` panics where it cannot.
fn finite(timeout: Duration) -> Duration {
    const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
    timeout.min(YEAR)
}

/// What a caller's own agent has to leave to us.
pub(crate) fn check(config: &Config) -> Result<(), Error> {
    let wants = |setting: &str| {
        Err(Error::invalid(format!(
            "the agent must be configured with `{setting}`"
        )))
    };
    if config.http_status_as_error() {
        return wants("http_status_as_error(false)");
    }
    if config.max_redirects() > 0 {
        return wants("max_redirects(0)");
    }
    Ok(())
}

/// Converts an error of `ureq`'s, whose own text can show a URL, and so a query.
pub(crate) fn error(error: ureq::Error, phase: Phase) -> Error {
    let error = converted(error, phase);
    let kind = match (phase, error.kind()) {
        (Phase::Connecting, Kind::Transport) => Kind::Connect,
        // Whatever it looks like, the server may have carried the request out.
        (Phase::Sent, Kind::Connect | Kind::HostNotFound | Kind::Tls) => Kind::Transport,
        (Phase::Sent, Kind::ConnectTimeout) => Kind::Timeout,
        (_, kind) => kind,
    };
    error.with_kind(kind)
}

fn converted(error: ureq::Error, phase: Phase) -> Error {
    use ureq::Error as E;
    match error {
        E::Timeout(which) => timeout(which),
        E::Other(error) => other(error, phase),
        E::HostNotFound => Error::new(Kind::HostNotFound, "the host has no address"),
        E::Io(error) => io_error(error, phase),
        E::ConnectionFailed => Error::new(Kind::Connect, "no connection could be made"),
        E::Tls(reason) => Error::new(Kind::Tls, format!("TLS failed: {reason}")),
        E::Rustls(error) => {
            Error::new(Kind::Tls, format!("TLS failed: {error}")).with_source(error)
        }
        E::TlsRequired => Error::new(Kind::Tls, "the connection is not encrypted"),
        E::ConnectProxyFailed(reason) => Error::new(
            Kind::Connect,
            format!("the proxy refused the connection: {reason}"),
        ),
        E::InvalidProxyUrl => Error::new(Kind::Connect, "the proxy's URL is not valid"),
        E::RequireHttpsOnly(_) | E::BadUri(_) | E::Http(_) => {
            Error::invalid("no request can be made of the base URL and the parameters")
        }
        E::Protocol(error) => Error::new(
            Kind::Protocol,
            format!("the server does not speak HTTP: {error}"),
        ),
        E::LargeResponseHeader(..) => {
            Error::new(Kind::Protocol, "the headers of the answer are too large")
        }
        #[cfg(feature = "gzip")]
        E::Decompress(_, error) => {
            Error::new(Kind::Transport, "the compressed answer is broken").with_source(error)
        }
        _ => Error::new(Kind::Transport, "the request failed"),
    }
}

/// An error of a layer of this crate, or of a caller's own.
fn other(error: Box<dyn StdError + Send + Sync>, phase: Phase) -> Error {
    let error = match error.downcast::<Abrupt>() {
        Ok(abrupt) => return io_error(abrupt.0, phase),
        Err(error) => error,
    };
    match error.is::<Cancelled>() {
        true => Error::new(Kind::Cancelled, "the call was cancelled"),
        false => Error::new(Kind::Transport, "the request failed"),
    }
}

fn timeout(which: Timeout) -> Error {
    let (kind, message) = match which {
        Timeout::Resolve => (
            Kind::ConnectTimeout,
            "the host's address was not found in time",
        ),
        Timeout::Connect => (Kind::ConnectTimeout, "it was not made in time"),
        Timeout::RecvResponse => (
            Kind::Timeout,
            "the server took the request and did not answer in time",
        ),
        _ => (Kind::Timeout, "the call took longer than it may"),
    };
    Error::new(kind, message)
}

fn io_error(error: io::Error, phase: Phase) -> Error {
    use io::ErrorKind as K;
    let text = error.to_string();
    let (kind, message) = match error.kind() {
        // The kind of every error of rustls'. Only of this one it is known that nothing was sent.
        K::InvalidData if phase != Phase::Unknown || text.contains(CERTIFICATE) => {
            (Kind::Tls, "TLS failed")
        }
        K::InvalidData => (Kind::Transport, "TLS failed"),
        K::ConnectionRefused => (Kind::Connect, "the connection was refused"),
        // The network can also go away under a connection.
        K::NetworkUnreachable | K::HostUnreachable | K::AddrNotAvailable => match phase {
            Phase::Connecting => (Kind::Connect, "the host cannot be reached"),
            _ => (Kind::Transport, "the host cannot be reached any more"),
        },
        K::UnexpectedEof | K::ConnectionReset | K::ConnectionAborted | K::BrokenPipe => {
            (Kind::Transport, closed(phase))
        }
        K::TimedOut | K::WouldBlock => (Kind::Timeout, "the connection timed out"),
        // Only looking a name up fails without a kind of its own.
        _ if text.contains("lookup") => (Kind::HostNotFound, "the host name was not found"),
        _ => (Kind::Transport, "the connection failed"),
    };
    Error::new(kind, format!("{message}: {text}")).with_source(error)
}

/// How rustls begins what it has against a certificate.
pub(crate) const CERTIFICATE: &str = "invalid peer certificate";

fn closed(phase: Phase) -> &'static str {
    match phase {
        Phase::Connecting => "the connection was closed before anything was sent",
        _ => "the server closed the connection before its answer was complete",
    }
}

#[cfg(test)]
mod tests {
    use ureq::unversioned::transport::{Buffers, LazyBuffers, NextTimeout, Transport, time};

    use super::*;
    use crate::transport::deadline::{Limits, Watched, phase, within};
    use crate::transport::http_layer::HttpLayer;

    /// A connection that takes what is sent, and then loses its way to the host.
    #[derive(Debug)]
    struct Lost(LazyBuffers);

    impl Transport for Lost {
        fn buffers(&mut self) -> &mut dyn Buffers {
            &mut self.0
        }

        fn transmit_output(&mut self, _: usize, _: NextTimeout) -> Result<(), ureq::Error> {
            Ok(())
        }

        fn await_input(&mut self, _: NextTimeout) -> Result<bool, ureq::Error> {
            Err(io::Error::from(io::ErrorKind::HostUnreachable).into())
        }

        fn is_open(&mut self) -> bool {
            true
        }
    }

    #[test]
    fn a_host_that_gets_out_of_reach_after_something_was_sent_is_a_broken_connection() {
        let lose = |send: bool| {
            let lose = || {
                let lost = Lost(LazyBuffers::new(1, 1));
                let mut connection = HttpLayer(Watched::new(lost, false));
                let timeout = NextTimeout {
                    after: time::Duration::NotHappening,
                    reason: Timeout::Global,
                    per_read: None,
                    per_write: None,
                };
                if send {
                    connection.transmit_output(1, timeout).unwrap();
                }
                error(connection.await_input(timeout).unwrap_err(), phase()).kind()
            };
            within(&Limits::default(), None, lose).0
        };
        assert_eq!(lose(false), Kind::Connect);
        assert_eq!(lose(true), Kind::Transport);
        assert_eq!(lose(false), Kind::Connect);
    }
}
