//! A minimal browser that opens the authorization page and presses a button on it.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use hyper::Uri;

use super::service::query_string::with_query;

/// Opens the page, presses the button that sends `decision`, and returns the target of the
/// redirect.
pub(super) fn decide(
    server: SocketAddr,
    authorization_url: &str,
    decision: &[(&str, &str)],
) -> io::Result<String> {
    let page = target(server, authorization_url)?;
    Reply::to(server, &page)?.expect("200")?;
    let reply = Reply::to(server, &with_query(&page, decision))?.expect("302")?;
    let location = reply.location;
    location.ok_or_else(|| io::Error::other("the redirect has no target"))
}

/// Returns path and query of a URL of this server.
fn target(server: SocketAddr, url: &str) -> io::Result<String> {
    let invalid = |why: &'static str| io::Error::new(io::ErrorKind::InvalidInput, why);
    let uri: Uri = url.parse().map_err(|_| invalid("the text is not a URL"))?;
    let ours = uri.scheme_str() == Some("http")
        && uri
            .authority()
            .is_some_and(|host| *host == *server.to_string());
    match uri.path_and_query() {
        Some(target) if ours => Ok(target.as_str().to_owned()),
        _ => Err(invalid("the URL is not one of this sandbox")),
    }
}

struct Reply {
    status: String,
    location: Option<String>,
    title: String,
}

impl Reply {
    fn to(server: SocketAddr, target: &str) -> io::Result<Self> {
        let mut stream = TcpStream::connect(server)?;
        write!(
            stream,
            "GET {target} HTTP/1.1\r\nHost: {server}\r\nAccept: text/html\r\nConnection: close\r\n\r\n"
        )?;
        let mut text = Vec::new();
        stream.read_to_end(&mut text)?;
        Self::parse(&String::from_utf8_lossy(&text))
            .ok_or_else(|| io::Error::other("the authorization page sent no valid HTTP response"))
    }

    fn parse(text: &str) -> Option<Self> {
        let (head, body) = text.split_once("\r\n\r\n")?;
        let (first, headers) = head.split_once("\r\n")?;
        let location = headers.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            let found = name.eq_ignore_ascii_case("location");
            found.then(|| value.trim().to_owned())
        });
        let title = body
            .split_once("<title>")
            .and_then(|(_, rest)| rest.split_once('<'));
        Some(Self {
            status: first.split(' ').nth(1)?.to_owned(),
            location,
            title: title.map_or_else(String::new, |(title, _)| title.to_owned()),
        })
    }

    fn expect(self, status: &str) -> io::Result<Self> {
        if self.status == status {
            return Ok(self);
        }
        let Self { status, title, .. } = self;
        Err(io::Error::other(format!(
            "the authorization page responded with {status}: {title}"
        )))
    }
}
