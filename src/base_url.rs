use std::net::IpAddr;

use ureq::http::Uri;

use crate::Error;

/// Why there is no default: the document's first server is not one that a client can start from.
pub(crate) const NO_SERVER: &str = "the document names no server with an absolute `https` URL: set \
                                    one with `Client::builder().base_url(…)`";

/// Where the service is, checked.
#[derive(Clone, Debug)]
pub(crate) struct BaseUrl {
    /// Without a slash at its end: every path begins with one.
    pub text: String,
    pub loopback: bool,
}

impl BaseUrl {
    /// Takes an absolute `https` URL; plain `http` for loopback alone, unless `allow_http`.
    ///
    /// No message shows the URL: it may hold somebody's password.
    pub fn parse(text: &str, allow_http: bool) -> Result<Self, Error> {
        const FORM: &str = "write it like `https://api.example.com/v1`";
        let refuse = |problem: &str| Error::invalid(format!("the base URL {problem}; {FORM}"));
        if text.contains(['?', '#']) {
            return Err(refuse("has a query or a fragment"));
        }
        let uri: Uri = text.parse().map_err(|_| match text.contains("://") {
            true => refuse("is no URL"),
            false => refuse("has no scheme"),
        })?;
        let scheme = uri
            .scheme_str()
            .ok_or_else(|| match text.starts_with('/') {
                true => refuse("is relative"),
                false => refuse("has no scheme"),
            })?;
        let authority = uri.authority().ok_or_else(|| refuse("has no host"))?;
        if authority.as_str().contains('@') {
            return Err(refuse("has a user name or a password in it"));
        }
        if authority.host().is_empty() {
            return Err(refuse("has no host"));
        }
        let loopback = is_loopback(authority.host());
        match scheme {
            "https" => {}
            "http" if loopback || allow_http => {}
            "http" => {
                return Err(Error::invalid(
                    "the base URL is plain http, which shows the token to everybody on the way: \
                     use https, or permit it with `allow_http(true)`",
                ));
            }
            _ => return Err(refuse("has a scheme other than https")),
        }
        Ok(Self {
            text: text.trim_end_matches('/').to_owned(),
            loopback,
        })
    }
}

fn is_loopback(host: &str) -> bool {
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
            ("https://", "no URL"),
            ("ftp://example.com", "scheme other than"),
            ("https://example.com/?a=b", "query"),
            ("https://example.com/#a", "fragment"),
            ("https://user:secret@example.com", "password"),
            ("http://example.com/iq", "plain http"),
            ("http://127.0.0.1.example.com/iq", "plain http"),
            ("https://exa mple.com", "no URL"),
        ] {
            let error = BaseUrl::parse(text, false).unwrap_err().to_string();
            assert!(error.contains(reason), "{text}: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
