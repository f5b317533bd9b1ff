//! Replies, as bytes.

/// The response to a request, and what the server does after it.
#[derive(Clone)]
pub struct Reply {
    pub(super) bytes: Vec<u8>,
    pub(super) then: Then,
}

#[derive(Clone, Copy)]
pub(super) enum Then {
    Listen,
    Close,
    Hang,
    Trickle(u8),
}

impl Reply {
    /// These bytes and no others, after which the next request is awaited.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            bytes: bytes.into(),
            then: Then::Listen,
        }
    }

    /// A complete response with `Content-Length`.
    pub fn new(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let length = body.len().to_string();
        let headers: Vec<_> = [headers, &[("Content-Length", &length)]].concat();
        Self::head(status, &headers).and(body)
    }

    /// A complete response in JSON.
    pub fn json(status: u16, body: impl AsRef<[u8]>) -> Self {
        Self::new(status, &[("Content-Type", "application/json")], body)
    }

    /// A complete response in HTML.
    pub fn html(status: u16, body: impl AsRef<[u8]>) -> Self {
        Self::new(status, &[("Content-Type", "text/html")], body)
    }

    /// All but the body.
    pub fn head(status: u16, headers: &[(&str, &str)]) -> Self {
        // What a client makes of a status is in its number, not in the words after it.
        let mut text = format!("HTTP/1.1 {status} Whatever\r\n");
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        Self::raw(text + "\r\n")
    }

    /// More bytes after the others.
    pub fn and(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.bytes.extend_from_slice(bytes.as_ref());
        self
    }

    /// Closes the connection then.
    pub fn then_close(mut self) -> Self {
        self.then = Then::Close;
        self
    }

    /// Says nothing more, until the client hangs up.
    pub fn then_hang(mut self) -> Self {
        self.then = Then::Hang;
        self
    }

    /// Says this over and over, a hundred times a second at most, until the client hangs up.
    pub fn then_trickle(mut self, byte: u8) -> Self {
        self.then = Then::Trickle(byte);
        self
    }
}
