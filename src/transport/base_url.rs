use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ureq::http::Uri;
use ureq::http::uri::Authority;

use crate::Error;

/// The error message for a client without a base URL, when the document's first server is no
/// absolute `https` URL.
pub(crate) const NO_SERVER: &str = "the document names no server with an absolute `https` URL: set \
                                    one with `Client::builder().base_url(…)`";

/// The base URL of the service, validated.
#[derive(Clone, Debug)]
pub(crate) struct BaseUrl {
    /// Without a slash at its end, since every path begins with one.
    pub text: String,
    pub uri: Uri,
    pub loopback: bool,
}

impl BaseUrl {
    /// Parses an absolute `https` URL. Plain `http` is accepted for loopback, or with `allow_http`.
    ///
    /// The error messages do not contain the URL, because it may contain a password.
    pub fn parse(text: &str, allow_http: bool) -> Result<Self, Error> {
        const FORM: &str = "write it like `https://api.example.com/v1`";
        let refuse = |problem: &str| Error::invalid(format!("the base URL {problem}; {FORM}"));
        if text.contains(['?', '#']) {
            return Err(refuse("has a query or a fragment"));
        }
        if text.starts_with('/') {
            return Err(refuse("is relative"));
        }
        if !text.contains("://") {
            return Err(refuse("has no scheme"));
        }
        let uri: Uri = text.parse().map_err(|_| refuse("is not a URL"))?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(refuse("has no scheme"));
        };
        if authority.as_str().contains('@') {
            return Err(refuse("has a user name or a password"));
        }
        if !is_port_valid(authority) {
            return Err(refuse("has a port that is not from 1 to 65535"));
        }
        if !is_host(authority.host()) {
            return Err(refuse("has a host that is neither a name nor an address"));
        }
        let loopback = is_loopback(authority.host());
        match scheme {
            "https" => {}
            "http" if loopback || allow_http => {}
            "http" => {
                return Err(Error::invalid(
                    "the base URL is plain http, which sends the token unencrypted: use https, or \
                     permit it with `allow_http(true)`",
                ));
            }
            _ => return Err(refuse("has a scheme other than https")),
        }
        Ok(Self {
            text: text.trim_end_matches('/').to_owned(),
            loopback,
            uri,
        })
    }
}

/// Returns true if the host is followed by a port from 1 to 65535, or by nothing. `http` and `ureq`
/// replace an invalid port by the default one, and the token would be sent there.
pub(crate) fn is_port_valid(authority: &Authority) -> bool {
    let text = authority.as_str();
    let text = text.rsplit_once('@').map_or(text, |(_, text)| text);
    let Some(port) = text.strip_prefix(authority.host()) else {
        return false;
    };
    let Some(digits) = port.strip_prefix(':') else {
        return port.is_empty();
    };
    // `parse` would accept a sign.
    digits.bytes().all(|byte| byte.is_ascii_digit()) && matches!(digits.parse::<u16>(), Ok(1..))
}

/// Returns true if a host is a name or an address by the URL standard too. With its feature
/// `cookies`, `ureq` parses the host again by that standard, and panics if it is not valid.
pub(crate) fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[') {
        let address = address.strip_suffix(']');
        return address.is_some_and(|address| address.parse::<Ipv6Addr>().is_ok());
    }
    let last = host.trim_end_matches('.').rsplit('.').next();
    let last = last.unwrap_or_default();
    let numeric = last.bytes().all(|byte| byte.is_ascii_digit());
    let hex = last
        .get(..2)
        .is_some_and(|start| start.eq_ignore_ascii_case("0x"));
    if numeric || hex {
        return host.parse::<Ipv4Addr>().is_ok();
    }
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    host.bytes().all(fits)
}

/// Returns true if a host is a loopback address or `localhost`.
pub(crate) fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    match address.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host.eq_ignore_ascii_case("localhost"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_accepted() {
        for (text, loopback) in [
            ("https://api.fitrankings.com/iq", false),
            ("https://api.fitrankings.com/iq/", false),
            ("http://127.0.0.1:8080/iq", true),
            ("http://[::1]:8080", true),
            ("https://example.com:1/", false),
            ("https://example.com:65535", false),
            ("https://my_host.a-b.example.", false),
            ("https://10.0.0.1:00443", false),
            ("https://3com.example", false),
            ("http://localhost/iq", true),
        ] {
            let base = BaseUrl::parse(text, false).unwrap();
            assert_eq!(base.loopback, loopback, "{text}");
            assert!(!base.text.ends_with('/'), "{text}");
        }
        assert!(BaseUrl::parse("http://example.com", true).is_ok());
    }

    #[test]
    fn what_is_refused() {
        for (text, reason) in [
            ("", "no scheme"),
            ("api.fitrankings.com/iq", "no scheme"),
            ("/iq", "is relative"),
            ("https://", "not a URL"),
            ("ftp://example.com", "scheme other than"),
            ("https://example.com/?a=b", "query"),
            ("https://example.com/#a", "fragment"),
            ("https://user:secret@example.com", "password"),
            ("http://example.com/iq", "plain http"),
            ("http://127.0.0.1.example.com/iq", "plain http"),
            ("https://exa mple.com", "not a URL"),
            ("https://example.com:99999/iq", "port that is not"),
            ("https://example.com:65536", "port that is not"),
            ("https://example.com:abc/iq", "port that is not"),
            ("https://example.com:-1", "port that is not"),
            ("https://example.com:+80", "port that is not"),
            ("https://example.com:0", "port that is not"),
            ("https://example.com:", "port that is not"),
            ("http://127.0.0.1:99999", "port that is not"),
            ("https://[::1]:99999", "port that is not"),
            ("https://256.0.0.1", "host that is neither"),
            ("https://1.2.3", "host that is neither"),
            ("https://example.0x7f", "host that is neither"),
            ("https://7", "host that is neither"),
            ("https://exa%mple.com", "not a URL"),
            ("https://exa*mple.com", "host that is neither"),
            ("https://.", "host that is neither"),
        ] {
            let error = BaseUrl::parse(text, false).unwrap_err().to_string();
            assert!(error.contains(reason), "{text}: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
