//! The exchange of credentials for the master token.
//!
//! Not compiled if the document lacks the operation that exchanges them: see `LOGIN` in
//! `codegen/src/script.rs`.

use crate::auth::token::{NoToken, Token};
use crate::client::Client;
use crate::client::builder::ClientBuilder;
use crate::error::{Error, Kind};
use crate::fitrankings::tokens::MasterToken;

pub use crate::generated::types::Credentials;

impl<T: Token> Client<T> {
    /// Sends a request that exchanges an application's credentials for its master token. The token
    /// that this client holds is not sent.
    ///
    /// It is not known how long the token is valid, nor whether a second request returns the same
    /// token. So keep the token, and request another one when a call fails with an error that
    /// [is unauthorized](Error::is_unauthorized).
    ///
    /// # Errors
    ///
    /// Fails if the request fails, or if the response has no valid token. The error contains no
    /// part of a response that may contain the token.
    pub fn request_master_token(&self, credentials: Credentials) -> Result<MasterToken, Error> {
        let grant = self.create_master_token(credentials).call()?;
        // The error of `new` blames the caller, but here the token is the service's.
        MasterToken::new(grant.token.expose())
            .map_err(|_| Error::new(Kind::Decode, "the response has no valid bearer token"))
    }
}

impl ClientBuilder {
    /// Exchanges an application's credentials for its master token, and returns a client with that
    /// token. This sends a request.
    ///
    /// # Example
    ///
    /// ```no_run
    /// use fitrankings::{Client, Credentials};
    ///
    /// let credentials = Credentials::new("a-client-id", "a-client-secret");
    /// let client = Client::builder().login(credentials)?;
    /// println!("{} users", client.list_users().call()?.len());
    /// # Ok::<(), fitrankings::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`build`](Self::build) and of [`Client::request_master_token`].
    pub fn login(self, credentials: Credentials) -> Result<Client<MasterToken>, Error> {
        let client = self.build(NoToken)?;
        let token = client.request_master_token(credentials)?;
        Ok(client.with_token(token))
    }
}
