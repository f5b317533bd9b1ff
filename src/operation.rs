//! What the document says of an operation, as far as sending it goes.

pub(crate) use ureq::http::Method;

/// An operation of the document.
#[derive(Debug)]
pub(crate) struct Operation {
    pub name: &'static str,
    pub method: Method,
    /// With `{name}` where a parameter stands.
    pub path: &'static str,
    /// The server that the document names for the operation, if not its first one.
    pub server: Option<&'static str>,
    /// Whether a token is sent.
    pub token: bool,
    /// Keys of the body or of the response whose values are secret.
    pub secrets: &'static [&'static str],
}

impl Operation {
    /// Returns true if a client secret is sent instead of a token.
    pub fn sends_credentials(&self) -> bool {
        !self.token && self.secrets.contains(&"client_secret")
    }
}
