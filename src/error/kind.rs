/// The kinds of errors that programs and the retry loop tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The request or a setting is invalid.
    Invalid,
    /// No connection was made, so nothing was sent.
    Connect,
    /// No connection was made within the timeout.
    ConnectTimeout,
    /// The name of the host or of the proxy has no address.
    HostNotFound,
    /// The certificate is not trusted.
    Certificate,
    /// The TLS handshake failed.
    Tls,
    /// The proxy refused the connection; a retry would not help.
    Proxy,
    Timeout,
    Cancelled,
    /// The connection failed after a part of the request was sent.
    Transport,
    /// The response is not valid HTTP, or exceeds a limit of its head.
    Protocol,
    /// A status other than 2xx and 3xx.
    Status,
    Redirect,
    Decode,
    TooLarge,
    /// The records of a page would take far more memory than its JSON.
    TooManyRecords,
    /// The server keeps returning the same page.
    Repeats,
    /// The list was to start at a page after its end.
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

    /// Returns true if the same request may succeed later. For `Status`, that depends on the status.
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
