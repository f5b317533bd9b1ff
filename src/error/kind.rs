/// What went wrong, as far as a program can act on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The caller asked for something that cannot be sent.
    Invalid,
    /// No connection was made, so nothing was sent.
    Connect,
    /// No connection was made within its time.
    ConnectTimeout,
    /// The name of the host or of the proxy has no address, so no connection was made.
    HostNotFound,
    /// The certificate is not trusted, so no connection was made.
    Certificate,
    /// No secure connection was made.
    Tls,
    /// The proxy made no connection, and would not the next time either.
    Proxy,
    Timeout,
    Cancelled,
    /// The connection broke.
    Transport,
    /// The response is not one of an HTTP server, or not one that this client takes.
    Protocol,
    /// A status outside of 2xx and 3xx.
    Status,
    Redirect,
    Decode,
    TooLarge,
    /// The records of a page would take far more memory than its JSON.
    TooManyRecords,
    /// The server keeps returning the same page.
    Repeats,
    /// The list ends before the page that it was to begin at.
    PastTheEnd,
}

impl Kind {
    /// Returns true if nothing was sent because there was no connection.
    pub fn is_connect(self) -> bool {
        matches!(
            self,
            Self::Connect
                | Self::ConnectTimeout
                | Self::HostNotFound
                | Self::Certificate
                | Self::Tls
                | Self::Proxy
        )
    }

    /// Returns true if the same request may succeed later; the answer for `Status` is up to the
    /// status.
    pub fn may_pass(self) -> bool {
        matches!(
            self,
            Self::Connect
                | Self::ConnectTimeout
                | Self::HostNotFound
                | Self::Timeout
                | Self::Transport
        )
    }
}
