use fitrankings::access::{App, Key, Login, Oauth, Session, UserToken};
use fitrankings::{Client, MasterToken};

fn main() {
    let server = Server::new(vec![(204, "text/plain", ""); 8]);
    let client = server.client();
    assert_eq!(fitrankings::BASE_URL, "https://eu.example.com/v1");
    let key = || Key::new("canary-key").unwrap();

    client.with_token(key()).get_global().call().unwrap();
    assert_eq!(server.asked().header("x-key"), "canary-key");
    client.with_token(key()).get_open().call().unwrap();
    assert_eq!(server.asked().header("x-key"), "");
    client.get_maybe().call().unwrap();
    assert_eq!(server.asked().header("x-key"), "");

    client.with_token(Login::new("user", "pass").unwrap()).get_either().call().unwrap();
    assert_eq!(server.asked().header("authorization"), "Basic dXNlcjpwYXNz");
    client.with_token(Oauth::new("canary").unwrap()).get_either().call().unwrap();
    assert_eq!(server.asked().header("authorization"), "Bearer canary");

    let together = (App::new("a&b").unwrap(), key());
    client.with_token(together).get_both().call().unwrap();
    let asked = server.asked();
    assert_eq!(asked.header("x-key"), "canary-key");
    assert_eq!(asked.line, "GET /both?app_id=a%26b");
    let three = (App::new("app").unwrap(), key(), Session::new("s").unwrap());
    client.with_token(three).get_three().call().unwrap();
    assert_eq!(server.asked().header("cookie"), "session=s");

    client.with_token(UserToken::new("u").unwrap()).get_ours().call().unwrap();
    assert_eq!(server.asked().header("x-user"), "u");

    // No token goes where the document has another server, unless the caller says so.
    let default = Client::new(key());
    let error = default.get_elsewhere().call().unwrap_err();
    assert!(error.is_invalid_input() && error.to_string().contains("https://files.example.com"), "{error}");
    assert!(!format!("{default:?}").contains("canary"));
    let _ = MasterToken::new("m").unwrap();
}
