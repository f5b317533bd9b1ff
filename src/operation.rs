//! The properties of an operation that are needed to send its requests.

pub(crate) use ureq::http::Method;

/// An operation of the OpenAPI document.
#[derive(Debug)]
pub(crate) struct Operation {
    pub name: &'static str,
    pub method: Method,
    /// The path template, with `{name}` for a parameter.
    pub path: &'static str,
    /// The operation's own server, if it is not the first one of the document.
    pub server: Option<&'static str>,
    /// Whether requests carry a token.
    pub token: bool,
    /// Keys of secret values in the bodies of requests and responses.
    pub secrets: &'static [&'static str],
}

impl Operation {
    /// Returns true if a client secret is sent instead of a token.
    pub fn sends_credentials(&self) -> bool {
        !self.token && self.secrets.contains(&"client_secret")
    }
}
