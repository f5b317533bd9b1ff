use fitrankings::requests::File;
use fitrankings::types::{DeleteWithBodyBody, GrantFilter, GrantGrantType, PatchJsonBody, PostFilesBodyAbout, SeveralBody};
use fitrankings::{Client, NoToken};

fn main() {
    const NOTHING: (u16, &str, &str) = (204, "text/plain", "");
    let mut responses = vec![(200, "application/json", r#"{"access_token": "canary"}"#)];
    responses.extend([NOTHING; 11]);
    let server = Server::new(responses);
    let client = server.client();
    sends_forms(&client, &server);
    sends_files(&client, &server);
    sends_text_and_bytes(&client, &server);
    sends_json(&client, &server);
}

fn sends_forms(client: &Client<NoToken>, server: &Server) {
    let mut filter = GrantFilter::default();
    filter.since = Some("2017-08-12".parse().unwrap());
    filter.ids = vec![1, 2];
    let request = client
        .create_token(GrantGrantType::RefreshToken)
        .client_secret("a&b")
        .scopes(["read".to_owned(), "write".to_owned()])
        .filter(filter);
    assert!(!format!("{request:?}").contains("a&b"));
    let token = request.call().unwrap();
    assert_eq!(token.access_token.expose(), "canary");
    let asked = server.asked();
    assert_eq!(asked.line, "POST /token");
    assert_eq!(asked.header("content-type"), "application/x-www-form-urlencoded");
    assert_eq!(
        asked.body,
        "grant_type=refresh_token&client_secret=a%26b&scopes=read%20write\
         &filter%5Bids%5D%5B0%5D=1&filter%5Bids%5D%5B1%5D=2&filter%5Bsince%5D=2017-08-12"
    );

    let form = [("a".to_owned(), "1 2".to_owned()), ("b".to_owned(), "3".to_owned())];
    client.post_free_form().body(form.into_iter().collect()).call().unwrap();
    assert_eq!(server.asked().body, "a=1%202&b=3");
}

fn sends_files(client: &Client<NoToken>, server: &Server) {
    let mut about = PostFilesBodyAbout::default();
    about.title = Some("A title".into());
    client
        .post_files(File::new("PNG").name("a \"b\".png"), about)
        .more([File::new("1"), File::new("2").media_type("image/jpeg")])
        .tags(["x".to_owned(), "y".to_owned()])
        .size(5)
        .call()
        .unwrap();
    let asked = server.asked();
    let kind = asked.header("content-type").to_owned();
    let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
    let parts: Vec<&str> = asked.body.split(&format!("--{boundary}")).collect();
    let has = |expected: &[&str]| {
        let part = |part: &&&str| expected.iter().all(|piece| part.contains(piece));
        assert!(parts.iter().any(|known| part(&known)), "{expected:?}: {parts:#?}");
    };
    assert_eq!(parts.len(), 9, "{parts:#?}");
    has(&["name=\"file\"; filename=\"a %22b%22.png\"", "image/png", "\r\n\r\nPNG\r\n"]);
    has(&["name=\"more\"", "\r\n\r\n1\r\n"]);
    has(&["name=\"more\"", "image/jpeg", "\r\n\r\n2\r\n"]);
    has(&["name=\"about\"", "application/json", "\r\n\r\n{\"title\":\"A title\"}\r\n"]);
    has(&["name=\"tags\"", "\r\n\r\nx\r\n"]);
    has(&["name=\"tags\"", "\r\n\r\ny\r\n"]);
    has(&["name=\"size\"", "\r\n\r\n5\r\n"]);
    assert_eq!(*parts.last().unwrap(), "--\r\n");

    client.post_nothing().call().unwrap();
    assert!(server.asked().header("content-type").starts_with("multipart/form-data"));
}

fn sends_text_and_bytes(client: &Client<NoToken>, server: &Server) {
    client.put_text("a;b\n").call().unwrap();
    let asked = server.asked();
    assert_eq!((asked.header("content-type"), asked.body.as_str()), ("text/csv", "a;b\n"));
    client.patch_xml().body("<a/>").call().unwrap();
    let asked = server.asked();
    assert_eq!((asked.header("content-type"), asked.body.as_str()), ("application/xml", "<a/>"));

    client.put_bytes([65, 66]).call().unwrap();
    let asked = server.asked();
    assert_eq!((asked.header("content-type"), asked.body.as_str()), ("application/octet-stream", "AB"));
    client.patch_bytes().call().unwrap();
    let asked = server.asked();
    assert_eq!((asked.header("content-type"), asked.body.as_str()), ("", ""));
}

fn sends_json(client: &Client<NoToken>, server: &Server) {
    let mut body = PatchJsonBody::default();
    body.a = Some("x".into());
    client.patch_json(body).call().unwrap();
    let asked = server.asked();
    assert_eq!(asked.header("content-type"), "application/merge-patch+json");
    assert_eq!(asked.body, r#"{"a":"x"}"#);

    // A `readOnly` property is not required in a request.
    let mut body = SeveralBody::default();
    body.name = Some("n".into());
    client.put_any_of_them(body).call().unwrap();
    assert_eq!(server.asked().body, r#"{"name":"n"}"#);

    client.delete_with_body().body(DeleteWithBodyBody::new("old")).call().unwrap();
    let asked = server.asked();
    assert_eq!((asked.line.as_str(), asked.body.as_str()), ("DELETE /json", r#"{"why":"old"}"#));
    client.get_with_body().body([1, 2]).call().unwrap();
    let asked = server.asked();
    assert_eq!((asked.line.as_str(), asked.body.as_str()), ("GET /json", "[1,2]"));
}
