#![allow(clippy::expect_used)]

mod authorization;
mod client;
mod dataset;
mod faults;
mod http;
mod lists;
mod summaries;
mod wire;

use hyper::Request;
use hyper::body::Bytes;
use serde_json::Value;

use crate::sandbox::dataset::Dataset;
use crate::sandbox::service::Service;
use crate::sandbox::service::paging::{Paging, PastTheEnd};
use crate::sandbox::service::response::Response;

/// Returns a small service without a socket.
fn service() -> Service {
    Service {
        dataset: Dataset::new(7, 5, 230),
        paging: Paging {
            max_page_size: 100,
            past_the_end: PastTheEnd::NotFound,
        },
        last_callback: None,
    }
}

impl Service {
    fn master(&self) -> String {
        self.dataset.application.master_token.clone()
    }

    fn get(&mut self, token: &str, target: &str) -> Response {
        let token = format!("Bearer {token}");
        self.send("GET", target, &[("authorization", &token)], "")
    }

    fn send(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Response {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/iq{target}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = Bytes::from(body.to_owned());
        self.respond(&request.body(body).expect("a well-formed request"))
    }
}

fn text(response: &Response) -> &str {
    std::str::from_utf8(response.body()).expect("UTF-8")
}

fn status_and_text(response: &Response) -> (u16, &str) {
    (response.status().as_u16(), text(response))
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    let value = response.headers().get(name);
    value.map_or("", |value| value.to_str().expect("ASCII"))
}

fn json(response: &Response) -> Value {
    assert_eq!(header(response, "content-type"), "application/json");
    serde_json::from_slice(response.body()).expect("JSON")
}

fn ids(response: &Response) -> Vec<i64> {
    let body = json(response);
    let records = body.as_array().expect("a list");
    let id = |record: &Value| record["id"].as_i64().expect("an id");
    records.iter().map(id).collect()
}

/// Returns a decimal string of an activity in ten-thousandths.
fn exact(value: &Value) -> i64 {
    let text = value.as_str().expect("a decimal is a string");
    let (whole, places) = text.split_once('.').expect("a point");
    assert_eq!(places.len(), 4, "{text}");
    format!("{whole}{places}").parse().expect("digits")
}
