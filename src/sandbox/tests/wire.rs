use std::io::{self, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::client::{Client, host, small, statuses};
use crate::sandbox::{Fault, Sandbox};

#[test]
fn a_connection_serves_many_requests() {
    let sandbox = small();
    let mut client = Client::of(&sandbox);
    for _ in 0..3 {
        let reply = client.get("/activities/?page=2").expect("a response");
        assert_eq!((reply.status, reply.whole), (200, true));
        assert!(reply.head.contains("content-type: application/json\r\n"));
    }
    let requests = sandbox.requests();
    assert_eq!(requests.len(), 3);
    let request = &requests[0];
    assert_eq!(
        (request.method.as_str(), request.path.as_str()),
        ("GET", "/iq/activities/")
    );
    assert_eq!(
        (request.query.as_deref(), request.status),
        (Some("page=2"), Some(200))
    );
    assert!(request.authorized);
    let shown = format!("{requests:?} {sandbox:?}");
    assert!(!shown.contains(sandbox.master_token()));
}

#[test]
fn the_token_exchange_reads_a_body() {
    let sandbox = small();
    let body = format!(
        r#"{{"client_id":"{}","client_secret":"{}"}}"#,
        sandbox.client_id(),
        sandbox.client_secret()
    );
    let mut client = Client::of(&sandbox);
    let request = format!(
        "POST /iq/tokens/master-token/ HTTP/1.1\r\nHost: localhost\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    client.stream.write_all(request.as_bytes()).expect("writes");
    let reply = client.reply().expect("a response");
    let text = String::from_utf8(reply.body).expect("UTF-8");
    assert_eq!(text, format!(r#"{{"token":"{}"}}"#, sandbox.master_token()));
    assert!(!sandbox.requests()[0].authorized);
}

#[test]
fn dropping_the_sandbox_closes_the_port_and_every_connection() {
    let sandbox = small();
    let host = host(&sandbox).to_owned();
    let mut kept = Client::of(&sandbox);
    kept.get("/users/").expect("a response");
    let mut silent = Client::of(&sandbox);
    sandbox.fault(Fault::Stall(Duration::from_secs(3_600)));
    let mut stalled = Client::of(&sandbox);
    let token = stalled.token.clone();
    let request =
        format!("GET /iq/users/ HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\r\n");
    stalled
        .stream
        .write_all(request.as_bytes())
        .expect("writes");
    while sandbox.requests().len() < 2 {
        std::thread::yield_now();
    }
    let begun = Instant::now();
    drop(sandbox);
    assert!(kept.is_closed() && silent.is_closed() && stalled.is_closed());
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert!(TcpStream::connect(host).is_err());
}

#[test]
fn an_endless_body_is_not_read_to_its_end() {
    let sandbox = small();
    let mut client = Client::of(&sandbox);
    let head = b"POST /iq/users/ HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n";
    client.stream.write_all(head).expect("writes");
    let chunk = [b'x'; 65_536];
    let refused = (0..1_000).any(|_| client.stream.write_all(&chunk).is_err());
    assert!(refused);
    assert_eq!(
        Client::of(&sandbox)
            .get("/users/")
            .expect("a response")
            .status,
        200
    );
}

#[test]
fn a_user_with_a_browser_allows_or_denies() {
    let sandbox = small();
    let user = sandbox.user_ids()[1];
    let token = sandbox.user_token(user).expect("the user exists");
    let page = format!(
        "{}/oauth2/?client_id={}",
        sandbox.base_url(),
        sandbox.client_id()
    );
    let error = sandbox.grant(&page, user).expect_err("no callback yet");
    assert!(
        error.to_string().contains("400: There is no callback_uri"),
        "{error}"
    );
    let with_callback = format!("{page}&callback_uri=http%3A%2F%2F127.0.0.1%3A9%2Fcb%3Fstate%3D5");
    let callback = sandbox.grant(&with_callback, user).expect("granted");
    assert_eq!(
        callback,
        format!("http://127.0.0.1:9/cb?state=5&token={token}&user_id=0{user}")
    );
    assert_eq!(sandbox.grant(&page, user).expect("granted"), callback);
    assert_eq!(
        sandbox.deny(&page).expect("denied"),
        "http://127.0.0.1:9/cb?state=5&error=access_denied"
    );
    assert!(sandbox.grant(&page, 1).is_err());
    for elsewhere in [
        "https://api.fitrankings.com/iq/oauth2/",
        "nonsense",
        "",
        "/iq/oauth2/",
        "http://127.0.0.1:1/",
    ] {
        let error = sandbox
            .grant(elsewhere, user)
            .expect_err("not this sandbox");
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{elsewhere}");
    }
    let shown = format!("{:?}", sandbox.requests());
    assert!(!shown.contains(&token));
}

#[test]
fn the_sandbox_can_be_shared_between_threads() {
    fn is_shared<T: Send + Sync>() {}
    is_shared::<Sandbox>();
    let sandbox = small();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let mut client = Client::of(&sandbox);
                for _ in 0..20 {
                    assert_eq!(client.get("/activities/").expect("a response").status, 200);
                }
            });
        }
    });
    assert_eq!(sandbox.requests().len(), 160);
}

#[test]
fn the_sandbox_starts_quickly() {
    let begun = Instant::now();
    let sandbox = Sandbox::start().expect("a port is free");
    let started = begun.elapsed();
    drop(sandbox);
    eprintln!(
        "started in {started:?}, started and stopped in {:?}",
        begun.elapsed()
    );
    assert!(started < Duration::from_secs(1));
}

#[test]
fn port_and_token_can_be_chosen() {
    let builder = || Sandbox::builder().users(1).activities(1);
    let first = builder().start().expect("a port is free");
    let port = host(&first).rsplit(':').next().expect("a port");
    let port = port.parse().expect("a number");
    let busy = builder().port(port).start();
    let error = busy.expect_err("the port is in use");
    assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    let named = format!("port {port}");
    assert!(error.to_string().contains(&named), "{error}");
    drop(first);
    let chosen = builder().port(port).master_token("a-token");
    assert!(!format!("{chosen:?}").contains("a-token"));
    let sandbox = chosen.start().expect("the port is free again");
    assert_eq!(sandbox.base_url(), format!("http://127.0.0.1:{port}/iq"));
    assert_eq!(sandbox.master_token(), "a-token");
    assert_eq!(statuses(&sandbox, &["/groups/stat-summary/"]), [200]);
    for wrong in ["", "a token", "a\ntoken", "tökén"] {
        let error = builder().master_token(wrong).start().expect_err(wrong);
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    }
}
