//! Converts errors of `ureq`. Their own texts are not used where they can contain a URL, and so a
//! query.

use std::error::Error as StdError;
use std::io;

use ureq::Timeout;

use crate::error::{Error, Kind};
use crate::limits::Exceeded;
use crate::transport::http_layer::Abrupt;
use crate::transport::scope::{Phase, Report};

/// The names of the settings that limit a call, for error messages.
const TIMEOUT_CALL: &str = "`timeout_call` of `Client::builder()`";
const TIMEOUT_CONNECT: &str = "`timeout_connect` of `Client::builder()`";
const TIMEOUT_RESPONSE: &str = "`timeout_response` of `Client::builder()`";
pub(crate) const TIMEOUT_LIST: &str = "`timeout` of the list";
const TIMEOUT_AGENT: &str = "the timeouts of the agent";

pub(super) const HEADERS_TOO_LARGE: &str = "the headers of the response are too large";

/// The beginning of rustls' messages about certificates.
const CERTIFICATE: &str = "invalid peer certificate";

/// The name of rustls' error for bytes that are not TLS.
const NOT_TLS: &str = "InvalidContentType";

/// Converts an error of `ureq`, given the state of the call.
pub(crate) fn convert(error: ureq::Error, report: &Report) -> Error {
    at_phase(translate(error, report), report.phase)
}

impl From<Exceeded> for Error {
    fn from(limit: Exceeded) -> Self {
        let error = |kind| Self::new(kind, limit.to_string());
        match limit {
            Exceeded::Cancelled => error(Kind::Cancelled),
            Exceeded::CallTimeout => error(Kind::Timeout).with_time_limit(TIMEOUT_CALL),
            Exceeded::ListTimeout => error(Kind::Timeout).with_time_limit(TIMEOUT_LIST),
        }
    }
}

/// Adapts the kind of an error to the phase of the call. Until a part of the request is sent, a
/// failure is a connect error. After that, the server may have processed the request.
pub(super) fn at_phase(error: Error, phase: Phase) -> Error {
    let kind = match (phase, error.kind()) {
        (Phase::Connecting, Kind::Transport) => Kind::Connect,
        (Phase::Connecting, Kind::Timeout) => Kind::ConnectTimeout,
        (Phase::Connecting, Kind::Protocol) => Kind::Proxy,
        (Phase::Sent, Kind::ConnectTimeout) => Kind::Timeout,
        (Phase::Sent, kind) if kind.is_connect() => Kind::Transport,
        (_, kind) => kind,
    };
    error.with_kind(kind)
}

fn translate(error: ureq::Error, report: &Report) -> Error {
    use ureq::Error as E;
    match error {
        E::Timeout(which) => timeout(which, report.phase),
        E::Other(error) => other(error, report),
        E::HostNotFound => Error::new(Kind::HostNotFound, host_not_found(report, "has no address")),
        E::Io(error) => io_error(error, report),
        E::ConnectionFailed => Error::new(Kind::Connect, "no connection could be made"),
        E::Tls(reason) => Error::new(Kind::Tls, format!("TLS failed: {reason}")),
        E::Rustls(error) => Error::new(Kind::Tls, format!("TLS failed: {error}")),
        E::TlsRequired => Error::new(Kind::Tls, "the connection is not encrypted"),
        E::ConnectProxyFailed(reason) => proxy_error(&reason),
        E::InvalidProxyUrl => Error::new(Kind::Proxy, "the proxy's URL is not valid"),
        E::RequireHttpsOnly(_) | E::BadUri(_) | E::Http(_) => {
            Error::invalid("the base URL and the parameters do not form a valid request")
        }
        E::Protocol(error) => {
            let speaker = match report.phase {
                Phase::Connecting => "proxy",
                _ => "server",
            };
            let message = format!("the {speaker} does not speak HTTP: {error}");
            Error::new(Kind::Protocol, message)
        }
        E::LargeResponseHeader(..) => Error::new(Kind::Protocol, HEADERS_TOO_LARGE),
        _ => Error::new(Kind::Transport, "the request failed"),
    }
}

/// Converts an error of a layer that is not part of `ureq`.
fn other(error: Box<dyn StdError + Send + Sync>, report: &Report) -> Error {
    let error = match error.downcast::<Abrupt>() {
        Ok(abrupt) => return io_error(abrupt.0, report),
        Err(error) => error,
    };
    match error.downcast_ref::<Exceeded>() {
        Some(limit) => Error::from(*limit),
        None => Error::new(Kind::Transport, "the request failed"),
    }
}

fn timeout(which: Timeout, phase: Phase) -> Error {
    let connect = |message| (Kind::ConnectTimeout, message, TIMEOUT_CONNECT);
    let (kind, message, setting) = match which {
        Timeout::Resolve => connect("looking up the host's address timed out"),
        Timeout::Connect => connect("connecting timed out"),
        Timeout::RecvResponse => (
            Kind::Timeout,
            "the server received the request and did not respond in time",
            TIMEOUT_RESPONSE,
        ),
        _ => (
            Kind::Timeout,
            "the call took longer than its timeout",
            TIMEOUT_CALL,
        ),
    };
    Error::new(kind, message).with_time_limit(match phase {
        Phase::Unknown => TIMEOUT_AGENT,
        _ => setting,
    })
}

/// `reason` is the message of `ureq`, which contains the status twice.
fn proxy_error(reason: &str) -> Error {
    let (kind, detail) = match reason.rsplit('/').next() {
        Some("403") => (Kind::Proxy, " with 403 Forbidden"),
        Some("407") => (Kind::Proxy, " with 407 Proxy Authentication Required"),
        _ => (Kind::Connect, &*format!(": {reason}")),
    };
    Error::new(kind, format!("the proxy refused the connection{detail}"))
}

fn host_not_found(report: &Report, what: &str) -> String {
    match &report.endpoint {
        Some(endpoint) => format!("the name `{}` {what}", endpoint.host()),
        None => format!("the host's name {what}"),
    }
}

fn io_error(error: io::Error, report: &Report) -> Error {
    use io::ErrorKind as K;
    let (kind, message) = match error.kind() {
        // All errors of rustls have this kind.
        K::InvalidData => return tls_error(error, report.phase),
        K::ConnectionRefused => (Kind::Connect, "the connection was refused"),
        // The network can also fail while a connection is in use.
        K::NetworkUnreachable | K::HostUnreachable | K::AddrNotAvailable => match report.phase {
            Phase::Connecting => (Kind::Connect, "the host cannot be reached"),
            _ => (Kind::Transport, "the host can no longer be reached"),
        },
        K::UnexpectedEof | K::ConnectionReset | K::ConnectionAborted | K::BrokenPipe => {
            (Kind::Transport, closed(report.phase))
        }
        K::TimedOut | K::WouldBlock => (Kind::Timeout, "the connection timed out"),
        // A failed name lookup has no kind of its own.
        _ if error.to_string().contains("lookup") => {
            let message = host_not_found(report, "was not found");
            return Error::new(Kind::HostNotFound, message).with_source(error);
        }
        _ => (Kind::Transport, "the connection failed"),
    };
    Error::new(kind, message).with_source(error)
}

fn tls_error(error: io::Error, phase: Phase) -> Error {
    let text = error.to_string();
    if phase != Phase::Sent && text.contains(NOT_TLS) {
        let message = "TLS failed: the port does not speak TLS, so the base URL may have to begin \
                       with `http://`";
        return Error::new(Kind::Tls, message).with_source(error);
    }
    let kind = if text.contains(CERTIFICATE) {
        Kind::Certificate
    } else if phase == Phase::Unknown {
        // Only after a certificate error is it certain that nothing was sent.
        Kind::Transport
    } else {
        Kind::Tls
    };
    Error::new(kind, format!("TLS failed: {text}"))
}

fn closed(phase: Phase) -> &'static str {
    match phase {
        Phase::Connecting => "the connection was closed before anything was sent",
        _ => "the server closed the connection before its response was complete",
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ureq::unversioned::transport::{Buffers, LazyBuffers, NextTimeout, Transport, time};

    use super::*;
    use crate::limits::Limits;
    use crate::limits::clock::SystemClock;
    use crate::transport::deadline::DeadlineTransport;
    use crate::transport::http_layer::HttpLayer;
    use crate::transport::scope::Scope;

    /// A connection whose writes succeed and whose reads fail: the host is unreachable.
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
            let limits = Limits::new(Arc::new(SystemClock), None);
            let scope = Scope::enter(&limits, None);
            {
                let lost = Lost(LazyBuffers::new(1, 1));
                let mut connection = HttpLayer(DeadlineTransport::new(lost, false));
                let timeout = NextTimeout {
                    after: time::Duration::NotHappening,
                    reason: Timeout::Global,
                    per_read: None,
                    per_write: None,
                };
                if send {
                    connection.transmit_output(1, timeout).unwrap();
                }
                let error = connection.await_input(timeout).unwrap_err();
                convert(error, &scope.report()).kind()
            }
        };
        assert_eq!(lose(false), Kind::Connect);
        assert_eq!(lose(true), Kind::Transport);
        assert_eq!(lose(false), Kind::Connect);
    }
}
