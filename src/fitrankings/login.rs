//! The exchange of credentials for the master token.
//!
//! This module is left out where the document does not have the operation that it is written for:
//! see `LOGIN` in `codegen/src/script.rs`.

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
    /// How long the token is valid, and whether a second request returns the same token, is not
    /// known: keep the token, and request another one when a call
    /// [is unauthorized](Error::is_unauthorized).
    ///
    /// # Errors
    ///
    /// Fails if the request fails, or if the response holds no token. The error keeps nothing of a
    /// response that could hold the token.
    pub fn request_master_token(&self, credentials: Credentials) -> Result<MasterToken, Error> {
        let grant = self.create_master_token(credentials).call()?;
        // The reason would address the caller, and the mistake is the service's.
        MasterToken::new(grant.token.expose()).map_err(|_| {
            let problem = "the service answered with something that can be no bearer token";
            Error::new(Kind::Decode, problem)
        })
    }
}

impl ClientBuilder {
    /// Creates a client with the master token that an application's credentials are exchanged for.
    /// This sends a request.
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
