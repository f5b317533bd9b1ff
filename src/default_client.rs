//! Clients of the server that the document names.

use crate::auth::token::{NoToken, Token};
use crate::client::{Client, ClientBuilder};
use crate::generated;

/// The default base URL: the server that the document names.
pub const BASE_URL: &str = match generated::SERVER {
    Some(url) => url,
    None => "",
};

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

impl Default for ClientBuilder {
    fn default() -> Self {
        Self::for_server(BASE_URL)
    }
}
