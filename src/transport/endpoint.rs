use std::fmt;

use ureq::http::Uri;
use ureq::http::uri::{Authority, Scheme};

/// The host and port of a connection. `Display` omits a user name and a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    authority: Authority,
    default_port: u16,
}

impl Endpoint {
    /// Returns the endpoint of a URI, `None` if it has no host.
    pub fn new(uri: &Uri) -> Option<Self> {
        let https = uri.scheme() == Some(&Scheme::HTTPS);
        Some(Self {
            authority: uri.authority()?.clone(),
            default_port: if https { 443 } else { 80 },
        })
    }

    pub fn host(&self) -> &str {
        self.authority.host()
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let port = self.authority.port_u16().unwrap_or(self.default_port);
        write!(f, "{}:{port}", self.authority.host())
    }
}
