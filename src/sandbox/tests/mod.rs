#![allow(clippy::expect_used)]

mod routes;
mod wire;
mod world;

use hyper::Request;
use hyper::body::Bytes;
use serde_json::Value;

use super::PastTheEnd;
use super::answer::Answer;
use super::routes::Site;
use super::world::World;

/// A small service without a socket.
fn site() -> Site {
    Site {
        world: World::new(7, 5, 230),
        max_page_size: 100,
        past_the_end: PastTheEnd::NotFound,
        last_callback: None,
    }
}

impl Site {
    fn master(&self) -> String {
        self.world.credentials.master_token.clone()
    }

    fn get(&mut self, token: &str, target: &str) -> Answer {
        let token = format!("Bearer {token}");
        self.send("GET", target, &[("authorization", &token)], "")
    }

    fn send(&mut self, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/iq{target}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = Bytes::from(body.to_owned());
        self.answer(&request.body(body).expect("a well-formed request"))
    }
}

fn text(answer: &Answer) -> &str {
    std::str::from_utf8(answer.body()).expect("UTF-8")
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let value = answer.headers().get(name);
    value.map_or("", |value| value.to_str().expect("ASCII"))
}

fn json(answer: &Answer) -> Value {
    assert_eq!(header(answer, "content-type"), "application/json");
    serde_json::from_slice(answer.body()).expect("JSON")
}

fn ids(answer: &Answer) -> Vec<i64> {
    let body = json(answer);
    let records = body.as_array().expect("a list");
    let id = |record: &Value| record["id"].as_i64().expect("an id");
    records.iter().map(id).collect()
}

/// Ten-thousandths, from the string in an activity.
fn exact(value: &Value) -> i64 {
    let text = value.as_str().expect("a decimal is a string");
    let (whole, places) = text.split_once('.').expect("a point");
    assert_eq!(places.len(), 4, "{text}");
    format!("{whole}{places}").parse().expect("digits")
}
