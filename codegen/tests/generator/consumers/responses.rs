use fitrankings::types::{PostSeveralResponse, Problem};
use fitrankings::{Client, NoToken};

const JSON: &str = "application/json";
const THING: (u16, &str, &str) = (200, JSON, r#"{"name": "n"}"#);

/// The responses of the server, in the order of the calls.
const RESPONSES: [(u16, &str, &str); 19] = [
    (200, "text/plain; charset=utf-8", "text"),
    (200, "text/csv", "a,b"),
    (200, "image/png", "PNG"),
    THING,
    THING,
    THING,
    (200, JSON, "[1]"),
    (200, "text/plain", "whatever"),
    THING,
    (201, JSON, r#"{"name": "new"}"#),
    THING,
    (204, JSON, ""),
    THING,
    (201, JSON, r#"{"id": 5}"#),
    (202, "text/plain", "later"),
    (204, "text/plain", ""),
    (206, "application/octet-stream", "part"),
    (207, JSON, "[{}, {}]"),
    (404, JSON, r#"{"title": "not there"}"#),
];

fn main() {
    let server = Server::new(RESPONSES.to_vec());
    let client = server.client();
    reads_one_media_type(&client, &server);
    reads_the_only_success(&client);
    reads_each_status(&client);
}

fn reads_one_media_type(client: &Client<NoToken>, server: &Server) {
    assert_eq!(client.get_text().call().unwrap(), "text");
    assert_eq!(server.asked().header("accept"), "text/plain");
    assert_eq!(client.get_csv().call().unwrap(), "a,b");
    assert_eq!(client.get_bytes().call().unwrap(), b"PNG");
    let name = Some("n".to_owned());
    assert_eq!(client.get_any().call().unwrap().name, name);
    assert_eq!(client.get_problem().call().unwrap().name, name);
    for _ in 0..4 {
        server.asked();
    }
    assert_eq!(client.get_best().call().unwrap().name, name);
    assert_eq!(server.asked().header("accept"), "application/json");
    assert_eq!(client.get_untold().call().unwrap(), serde_json::json!([1]));
}

fn reads_the_only_success(client: &Client<NoToken>) {
    let name = Some("n".to_owned());
    client.get_none().call().unwrap();
    assert_eq!(client.get_default().call().unwrap().name, name);
    assert_eq!(client.put_same().call().unwrap().name.as_deref(), Some("new"));
    assert_eq!(client.get_maybe().call().unwrap().unwrap().name, name);
    assert_eq!(client.get_maybe().call().unwrap(), None);
}

fn reads_each_status(client: &Client<NoToken>) {
    let name = Some("n".to_owned());
    let several = || client.post_several().call().unwrap();
    assert!(matches!(several(), PostSeveralResponse::Ok(thing) if thing.name == name));
    assert!(matches!(several(), PostSeveralResponse::Created(created) if created.id == 5));
    assert!(matches!(several(), PostSeveralResponse::Accepted(text) if text == "later"));
    assert!(matches!(several(), PostSeveralResponse::NoContent));
    assert!(matches!(several(), PostSeveralResponse::PartialContent(bytes) if bytes == b"part"));
    assert!(matches!(several(), PostSeveralResponse::Success(things) if things.len() == 2));
    let error = client.post_several().call().unwrap_err();
    assert_eq!(error.status(), Some(404));
    assert_eq!(error.body_as::<Problem>().unwrap().title, "not there");
}
