//! The server of the tests, with clients for it.
#![allow(dead_code, unused_imports, reason = "no test file uses all of it")]
#![allow(clippy::unwrap_used)]

mod server;

use fitrankings::{Client, ClientBuilder, MasterToken, RetryPolicy};

pub use self::server::{Deserted, PATIENCE, Received, Reply, Server};

/// The token of [`Server::client`].
pub const TOKEN: &str = "a-master-token";

impl Server {
    pub fn base_url(&self) -> String {
        format!("http://{}/iq", self.address())
    }

    /// A builder of clients of this server.
    pub fn builder(&self) -> ClientBuilder {
        Client::builder()
            .base_url(self.base_url())
            .retry(RetryPolicy::none())
    }

    /// A client of this server with the defaults.
    pub fn client(&self) -> Client<MasterToken> {
        self.builder()
            .build(MasterToken::new(TOKEN).unwrap())
            .unwrap()
    }
}
