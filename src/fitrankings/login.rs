//! The exchange of credentials for the master token. This module is left out where the document
//! has something else than it is written for: see `EXCHANGE` in build.rs.

use crate::auth::token::{NoToken, Token};
use crate::error::{Error, Kind};
use crate::{Client, ClientBuilder, MasterToken};

pub use crate::generated::types::Credentials;

impl<T: Token> Client<T> {
    /// Exchanges an application's credentials for its master token. The token that this client
    /// holds is not sent.
    ///
    /// How long the token is valid, and whether a second exchange gives the same, is not known:
    /// keep it, and exchange again when a call [is unauthorized](Error::is_unauthorized).
    ///
    /// # Errors
    ///
    /// Whatever went wrong. Nothing of an answer is kept that could hold the token.
    pub fn exchange(&self, credentials: Credentials) -> Result<MasterToken, Error> {
        let grant = self.create_master_token(credentials).call()?;
        // The service's mistake, and not the caller's: its words would be for the caller.
        MasterToken::new(grant.token.expose()).map_err(|_| {
            let problem = "the service answered with something that can be no bearer token";
            Error::new(Kind::Decode, problem)
        })
    }
}

impl ClientBuilder {
    /// The client of an application, with the master token that its credentials are exchanged
    /// for.
    ///
    /// # Example
    ///
    /// ```no_run
    /// use fitrankings::{Client, Credentials};
    ///
    /// let credentials = Credentials::new("a-client-id", "a-client-secret");
    /// let client = Client::builder().exchange(credentials)?;
    /// println!("{} users", client.list_users().call()?.len());
    /// # Ok::<(), fitrankings::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`build`](Self::build) and of [`Client::exchange`].
    pub fn exchange(self, credentials: Credentials) -> Result<Client<MasterToken>, Error> {
        let client = self.build(NoToken)?;
        let token = client.exchange(credentials)?;
        Ok(client.with_token(token))
    }
}
