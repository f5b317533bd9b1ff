//! The client that progenitor makes of the same document: asynchronous, so a runtime stands around
//! each call.

use std::hint::black_box;
use std::num::NonZeroU64;

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use tokio::runtime::{Builder, Runtime};

#[allow(warnings)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/progenitor.rs"));
}

struct Progenitor {
    client: generated::Client,
    runtime: Runtime,
}

impl peers::Peer for Progenitor {
    fn new(base_url: &str) -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let token = HeaderValue::try_from(format!("Bearer {}", peers::TOKEN)).unwrap();
        let headers = HeaderMap::from_iter([(AUTHORIZATION, token)]);
        let client = reqwest::Client::builder()
            .default_headers(headers)
            .build()
            .unwrap();
        Self {
            client: generated::Client::new_with_client(base_url, client),
            runtime,
        }
    }

    fn one(&self) {
        let activity = self.runtime.block_on(self.client.get_activity(1));
        black_box(activity.unwrap().into_inner());
    }

    fn page(&self, page: u64, size: u64) -> usize {
        let page = NonZeroU64::new(page);
        let request = self.client.list_activities(page, NonZeroU64::new(size));
        black_box(self.runtime.block_on(request).unwrap().into_inner()).len()
    }
}

fn main() {
    peers::main::<Progenitor>();
}
