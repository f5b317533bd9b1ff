//! What a competent person writes in an afternoon over `ureq` and serde: one agent for all calls,
//! with limits that cost nothing, and `read_json`.

use std::error::Error;
use std::hint::black_box;
use std::time::Duration;

use peers::types::Activity;
use serde::de::DeserializeOwned;
use ureq::Agent;

struct Client {
    agent: Agent,
    base_url: String,
    authorization: String,
}

impl Client {
    fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Box<dyn Error>> {
        let request = self.agent.get(format!("{}{path}", self.base_url));
        let request = request
            .header("Authorization", &self.authorization)
            .header("Accept", "application/json");
        Ok(request.call()?.body_mut().read_json()?)
    }
}

impl peers::Peer for Client {
    fn new(base_url: &str) -> Self {
        let config = Agent::config_builder()
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_recv_response(Some(Duration::from_secs(60)));
        #[cfg(feature = "hand-tls")]
        let config = config.tls_config(
            ureq::tls::TlsConfig::builder()
                .root_certs(ureq::tls::RootCerts::PlatformVerifier)
                .build(),
        );
        Self {
            agent: config.build().into(),
            base_url: base_url.to_owned(),
            authorization: format!("Bearer {}", peers::TOKEN),
        }
    }

    fn one(&self) {
        black_box(self.get::<Activity>("/activities/1/").unwrap());
    }

    fn page(&self, page: u64, size: u64) -> usize {
        let path = format!("/activities/?page={page}&page_size={size}");
        black_box(self.get::<Vec<Activity>>(&path).unwrap()).len()
    }
}

fn main() {
    peers::main::<Client>();
}
