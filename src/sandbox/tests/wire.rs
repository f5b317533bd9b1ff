use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::sandbox::{Fault, Sandbox};

/// A bare client; a connection of it can be kept.
struct Client {
    stream: TcpStream,
    token: String,
}

#[derive(Debug)]
struct Reply {
    status: u16,
    head: String,
    body: Vec<u8>,
    whole: bool,
}

impl Client {
    fn of(sandbox: &Sandbox) -> Client {
        let stream = TcpStream::connect(host(sandbox)).expect("the sandbox listens");
        let patience = Some(Duration::from_secs(10));
        stream.set_read_timeout(patience).expect("a timeout");
        let token = sandbox.master_token().to_owned();
        Client { stream, token }
    }

    fn get(&mut self, target: &str) -> io::Result<Reply> {
        let request = format!(
            "GET /iq{target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\r\n",
            self.token
        );
        self.stream.write_all(request.as_bytes())?;
        self.reply()
    }

    fn reply(&mut self) -> io::Result<Reply> {
        let mut bytes = Vec::new();
        let head_end = loop {
            if let Some(place) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                break place + 4;
            }
            if self.read(&mut bytes)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        };
        let mut body = bytes.split_off(head_end);
        let head = String::from_utf8(bytes).expect("ASCII").to_lowercase();
        let length = head.split_once("content-length: ").map_or(0, |(_, rest)| {
            let (digits, _) = rest.split_once('\r').expect("an end of line");
            digits.parse().expect("a number")
        });
        while body.len() < length && self.read(&mut body)? > 0 {}
        Ok(Reply {
            status: head[9..12].parse().expect("a status"),
            whole: body.len() == length,
            head,
            body,
        })
    }

    fn read(&mut self, into: &mut Vec<u8>) -> io::Result<usize> {
        let mut some = [0; 4_096];
        let count = self.stream.read(&mut some)?;
        into.extend_from_slice(&some[..count]);
        Ok(count)
    }

    fn is_closed(&mut self) -> bool {
        matches!(self.stream.read(&mut [0; 1]), Ok(0))
    }
}

fn host(sandbox: &Sandbox) -> &str {
    let url = sandbox.base_url();
    let host = url
        .strip_prefix("http://")
        .and_then(|rest| rest.strip_suffix("/iq"));
    host.expect("the documented form")
}

fn small() -> Sandbox {
    let builder = Sandbox::builder().users(3).activities(60);
    builder.start().expect("a port is free")
}

#[test]
fn a_connection_serves_many_requests() {
    let sandbox = small();
    let mut client = Client::of(&sandbox);
    for _ in 0..3 {
        let reply = client.get("/activities/?page=2").expect("an answer");
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
    let reply = client.reply().expect("an answer");
    let text = String::from_utf8(reply.body).expect("UTF-8");
    assert_eq!(text, format!(r#"{{"token":"{}"}}"#, sandbox.master_token()));
    assert!(!sandbox.requests()[0].authorized);
}

#[test]
fn dropping_it_closes_the_port_and_every_connection() {
    let sandbox = small();
    let host = host(&sandbox).to_owned();
    let mut kept = Client::of(&sandbox);
    kept.get("/users/").expect("an answer");
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
fn every_status_can_be_asked_for() {
    let sandbox = small();
    let mut client = Client::of(&sandbox);
    let cases = [
        (
            400,
            r#"{"detail":"Bad Request."}"#,
            "content-type: application/json\r\n",
        ),
        (
            401,
            r#"{"detail":"Invalid token."}"#,
            "www-authenticate: bearer\r\n",
        ),
        (
            403,
            r#"{"detail":"You do not have permission to perform this action."}"#,
            "",
        ),
        (404, r#"{"detail":"Not found."}"#, ""),
        (
            405,
            r#"{"detail":"Method \"GET\" not allowed."}"#,
            "allow: ",
        ),
        (
            429,
            r#"{"detail":"Request was throttled. Expected available in 60 seconds."}"#,
            "retry-after: 60\r\n",
        ),
        (500, "<!doctype html>", "content-type: text/html"),
        (503, "<!doctype html>", "content-type: text/html"),
    ];
    for (status, body, header) in cases {
        sandbox.fault(Fault::Status(status));
        let reply = client.get("/users/").expect("an answer");
        assert_eq!(reply.status, status);
        assert!(reply.head.contains(header), "{}", reply.head);
        assert!(reply.body.starts_with(body.as_bytes()), "{status}");
    }
    for status in (200..600).chain([999]) {
        sandbox.fault(Fault::Status(status));
        assert_eq!(client.get("/users/").expect("an answer").status, status);
    }
    for none in [0, 42, 100, 101, 199, 1_000, u16::MAX] {
        sandbox.fault(Fault::Status(none));
        assert_eq!(client.get("/users/").expect("an answer").status, 500);
    }
}

#[test]
fn answers_can_be_of_the_wrong_kind() {
    let sandbox = small();
    let mut client = Client::of(&sandbox);
    let mut get = |fault: Fault| {
        sandbox.fault(fault);
        client.get("/activities/").expect("an answer")
    };
    let reply = get(Fault::RetryAfter(1));
    assert_eq!(reply.status, 429);
    assert!(reply.head.contains("retry-after: 1\r\n"));
    assert!(
        get(Fault::Html)
            .head
            .contains("200 ok\r\ncontent-type: text/html")
    );
    let reply = get(Fault::Empty);
    assert_eq!((reply.status, reply.body.len()), (200, 0));
    assert!(serde_json::from_slice::<Vec<i64>>(&get(Fault::Garbage).body).is_err());
    let reply = get(Fault::InvalidUtf8);
    assert!(reply.status == 200 && String::from_utf8(reply.body).is_err());
    let reply = get(Fault::OddRecord);
    let list: Vec<serde_json::Value> = serde_json::from_slice(&reply.body).expect("a list");
    let odd: Vec<usize> = (0..list.len())
        .filter(|&i| list[i]["id"] == "odd")
        .collect();
    assert_eq!((list.len(), odd), (20, vec![10]));
    let reply = get(Fault::Redirect("https://elsewhere.example/".to_owned()));
    assert_eq!(reply.status, 301);
    assert!(
        reply
            .head
            .contains("location: https://elsewhere.example/\r\n")
    );
    assert!(
        !get(Fault::Redirect("a\r\nb: c".to_owned()))
            .head
            .contains("location")
    );
    assert_eq!(client.get("/activities/").expect("an answer").status, 200);
}

#[test]
fn connections_can_break() {
    let sandbox = small();
    for target in ["/activities/", "/users", "/groups/stat-summary/"] {
        let whole = Client::of(&sandbox).get(target).expect("an answer");
        sandbox.fault(Fault::Truncated);
        let mut client = Client::of(&sandbox);
        let half = client.get(target).expect("half an answer");
        assert_eq!((half.status, half.whole), (whole.status, false));
        assert_eq!(half.body, whole.body[..whole.body.len() / 2]);
        assert!(client.is_closed());
    }
    sandbox.fault(Fault::Close);
    let mut client = Client::of(&sandbox);
    let error = client.get("/users/").expect_err("no answer");
    assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    assert_eq!(
        sandbox.requests().last().and_then(|request| request.status),
        None
    );
    assert_eq!(
        Client::of(&sandbox)
            .get("/users/")
            .expect("an answer")
            .status,
        200
    );
}

#[test]
fn answers_can_be_late() {
    let wait = Duration::from_millis(60);
    let builder = Sandbox::builder().users(1).activities(1).latency(wait);
    let sandbox = builder.start().expect("a port is free");
    sandbox.fault(Fault::Stall(wait));
    let mut client = Client::of(&sandbox);
    for expected in [2 * wait, wait] {
        let begun = Instant::now();
        assert_eq!(client.get("/users/").expect("an answer").status, 200);
        assert!(begun.elapsed() >= expected);
    }
}

#[test]
fn a_stalled_answer_keeps_nobody_else_waiting() {
    let sandbox = small();
    sandbox.fault(Fault::Stall(Duration::from_secs(3_600)));
    let mut stalled = Client::of(&sandbox);
    stalled
        .stream
        .write_all(b"GET /iq/users/ HTTP/1.1\r\nHost: a\r\n\r\n")
        .expect("writes");
    while sandbox.requests().is_empty() {
        std::thread::yield_now();
    }
    assert_eq!(
        Client::of(&sandbox)
            .get("/users/")
            .expect("an answer")
            .status,
        200
    );
}

#[test]
fn a_body_without_end_is_not_read_to_its_end() {
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
            .expect("an answer")
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
fn a_user_with_a_browser_meets_faults() {
    let sandbox = small();
    let user = sandbox.user_ids()[1];
    let page = format!(
        "{}/oauth2/?client_id={}&callback_uri=app://done",
        sandbox.base_url(),
        sandbox.client_id()
    );
    sandbox.fault(Fault::Close);
    assert!(sandbox.grant(&page, user).is_err());
    sandbox.fault(Fault::Status(503));
    let error = sandbox.deny(&page).expect_err("offline");
    assert!(error.to_string().contains("503"), "{error}");
    assert!(sandbox.grant(&page, user).is_ok());
}

#[test]
fn it_can_be_shared_between_threads() {
    fn is_shared<T: Send + Sync>() {}
    is_shared::<Sandbox>();
    let sandbox = small();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let mut client = Client::of(&sandbox);
                for _ in 0..20 {
                    assert_eq!(client.get("/activities/").expect("an answer").status, 200);
                }
            });
        }
    });
    assert_eq!(sandbox.requests().len(), 160);
}

#[test]
fn it_starts_at_once() {
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

/// The statuses of requests for these targets.
fn statuses(sandbox: &Sandbox, targets: &[&str]) -> Vec<u16> {
    let mut client = Client::of(sandbox);
    let mut status = |target| client.get(target).expect("an answer").status;
    targets.iter().map(|target| status(target)).collect()
}

#[test]
fn faults_meet_so_many_requests_or_all_of_them() {
    let sandbox = small();
    sandbox.fault(Fault::Status(501).times(0));
    sandbox.fault(Fault::Status(502).times(2));
    sandbox.fault(Fault::Status(503));
    sandbox.fault(Fault::Status(504).always());
    let targets = ["/users/"; 6];
    let expected = [502, 502, 503, 504, 504, 504];
    assert_eq!(statuses(&sandbox, &targets), expected);
    sandbox.clear_faults();
    assert_eq!(statuses(&sandbox, &targets), [200; 6]);
}

#[test]
fn faults_wait_for_a_page_of_a_list() {
    let sandbox = small();
    sandbox.fault(Fault::Status(503).on_page(2).times(2));
    sandbox.fault(Fault::Status(502).on_page(1));
    sandbox.fault(Fault::Status(500));
    let cases = [
        ("/groups/stat-summary/?page=2", 500),
        ("/activities/?page=3", 200),
        ("/activities/?page=2", 503),
        ("/users/", 502),
        ("/users/", 200),
        ("/activities/?page_size=5&page=2", 503),
        ("/activities/?page=2", 200),
    ];
    let (targets, expected): (Vec<_>, Vec<_>) = cases.into_iter().unzip();
    assert_eq!(statuses(&sandbox, &targets), expected);
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
