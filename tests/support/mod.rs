//! The server of the tests, with clients for it.
#![allow(dead_code, unused_imports, reason = "no test file uses all of it")]
#![allow(clippy::unwrap_used)]

pub mod clock;
#[cfg(target_os = "linux")]
pub mod full_listener;
mod server;
pub mod threads;
pub mod users;

use std::time::Duration;

use fitrankings::{Client, ClientBuilder, MasterToken, RetryPolicy};

use self::clock::FakeClock;
pub use self::server::{Deserted, PATIENCE, Received, Reply, Server};

/// The token of [`Server::client`].
pub const TOKEN: &str = "a-master-token";

/// A time that no call of a test takes, unless its client fails to stop waiting.
pub const LONG: Duration = Duration::from_secs(60);

pub fn build(builder: ClientBuilder) -> Client<MasterToken> {
    builder.build(MasterToken::new(TOKEN).unwrap()).unwrap()
}

/// A client that tries as often as it does by default, and takes no time to.
pub fn patient(server: &Server) -> Client<MasterToken> {
    build(
        server
            .builder()
            .retry(RetryPolicy::default())
            .clock(FakeClock::new()),
    )
}

/// The base URL of a server with `https`, which it does not speak.
pub fn secure(server: &Server) -> String {
    server.base_url().replacen("http:", "https:", 1)
}

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
        build(self.builder())
    }
}
