// From the copy of the library that the program depends on.
#[path = "../../fitrankings/tests/support/server/mod.rs"]
mod server;

/// A server that sends the given responses in turn.
struct Server {
    server: server::Server,
    asked: std::cell::Cell<usize>,
}

impl Server {
    /// Each response is a status, a media type and a body.
    fn new(responses: Vec<(u16, &'static str, &'static str)>) -> Self {
        let replies = responses.into_iter().map(|(status, media_type, body)| {
            server::Reply::new(status, &[("Content-Type", media_type)], body)
        });
        Self {
            server: server::Server::script(replies),
            asked: std::cell::Cell::new(0),
        }
    }

    fn client(&self) -> fitrankings::Client<fitrankings::NoToken> {
        let url = format!("http://{}", self.server.address());
        let client = fitrankings::Client::builder().base_url(url);
        client.build(fitrankings::NoToken).unwrap()
    }

    /// The first request that was not returned before.
    fn asked(&self) -> Asked {
        let number = self.asked.replace(self.asked.get() + 1);
        let request = &self.server.received()[number];
        Asked {
            line: request.line().to_owned(),
            body: request.body().to_owned(),
            request: request.clone(),
        }
    }
}

#[derive(Debug)]
#[allow(dead_code)]
struct Asked {
    line: String,
    body: String,
    request: server::Received,
}

impl Asked {
    /// The value of a header; empty if it is not there.
    #[allow(dead_code)]
    fn header(&self, name: &str) -> &str {
        self.request.header(name).unwrap_or_default()
    }
}
