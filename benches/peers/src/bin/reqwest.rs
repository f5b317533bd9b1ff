//! The same as by hand, over `reqwest::blocking`.

use std::hint::black_box;

use peers::types::Activity;
use reqwest::blocking::Client;
use reqwest::header::{ACCEPT, HeaderMap, HeaderValue};
use serde::de::DeserializeOwned;

struct Reqwest {
    client: Client,
    base_url: String,
}

impl Reqwest {
    fn get<T: DeserializeOwned>(&self, path: &str) -> reqwest::Result<T> {
        let request = self.client.get(format!("{}{path}", self.base_url));
        request
            .bearer_auth(peers::TOKEN)
            .send()?
            .error_for_status()?
            .json()
    }
}

impl peers::Peer for Reqwest {
    fn new(base_url: &str) -> Self {
        let headers =
            HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))]);
        Self {
            client: Client::builder().default_headers(headers).build().unwrap(),
            base_url: base_url.to_owned(),
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
    peers::main::<Reqwest>();
}
