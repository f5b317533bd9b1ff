//! Checks of the callback URI and of the address of the authorization page.

use ureq::http::uri::Authority;

use super::parts;
use crate::Error;
use crate::transport::base_url::{is_host, is_loopback, is_port_valid};

/// Schemes of browsers and other programs, which cannot open an application of the user.
const RESERVED_SCHEMES: [&str; 19] = [
    "about",
    "blob",
    "chrome",
    "data",
    "ftp",
    "ftps",
    "gopher",
    "javascript",
    "ldap",
    "ldaps",
    "mailto",
    "sftp",
    "sms",
    "ssh",
    "tel",
    "vbscript",
    "view-source",
    "ws",
    "wss",
];

/// An error message without its subject, such as "has a fragment".
type Problem = &'static str;

pub(super) fn check_callback_uri(uri: &str, allow_http: bool) -> Result<(), Error> {
    callback_uri(uri, allow_http).map_err(|why| Error::invalid(format!("the callback URI {why}")))
}

pub(super) fn check_page(url: &str, allow_http: bool) -> Result<(), Error> {
    page(url, allow_http)
        .map_err(|why| Error::invalid(format!("the address of the authorization page {why}")))
}

fn callback_uri(uri: &str, allow_http: bool) -> Result<(), Problem> {
    const ABSOLUTE: Problem =
        "is not absolute: it has to begin like https://example.com/ or myapp://";
    check_characters(uri)?;
    let (scheme, rest) = split_scheme(uri).ok_or(ABSOLUTE)?;
    if !rest.starts_with('/') || rest == "//" {
        return Err(ABSOLUTE);
    }
    if is_web(scheme) {
        check_web(scheme, rest, ABSOLUTE, allow_http)?;
    } else if RESERVED_SCHEMES
        .iter()
        .any(|reserved| scheme.eq_ignore_ascii_case(reserved))
    {
        return Err(
            "has a scheme that does not open an application: use https, or a scheme of your own \
             such as myapp://",
        );
    }
    let query = uri.split_once('?').map_or("", |(_, query)| query);
    if parts::pairs(query).any(|(name, _)| parts::NAMES.contains(&&*name)) {
        return Err("has a query parameter that the callback adds as well: rename it");
    }
    Ok(())
}

fn page(url: &str, allow_http: bool) -> Result<(), Problem> {
    const ABSOLUTE: Problem = "is not absolute: it has to begin like https://example.com/";
    check_characters(url)?;
    let (scheme, rest) = split_scheme(url)
        .filter(|(scheme, _)| is_web(scheme))
        .ok_or(ABSOLUTE)?;
    check_web(scheme, rest, ABSOLUTE, allow_http)
}

/// Splits an absolute URI into its scheme and the text after the colon.
pub(super) fn split_scheme(uri: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = uri.split_once(':')?;
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(is_allowed);
    is_scheme.then_some((scheme, rest))
}

/// Allows the characters of RFC 3986, except the fragment.
fn check_characters(uri: &str) -> Result<(), Problem> {
    if uri.contains('#') {
        return Err("has a fragment: leave out the # and what follows");
    }
    let is_allowed = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte);
    if !uri.bytes().all(is_allowed) {
        return Err("has spaces or other characters that a URI cannot have: percent-encode them");
    }
    Ok(())
}

/// Checks the host of a web address. `rest` is the text after the scheme.
fn check_web(scheme: &str, rest: &str, absolute: Problem, allow_http: bool) -> Result<(), Problem> {
    const HOST: Problem = "has a host that is neither a name nor an address";
    let text = rest.strip_prefix("//").ok_or(absolute)?;
    let text = text.split(['/', '?']).next().unwrap_or_default();
    if text.is_empty() {
        return Err(absolute);
    }
    let authority: Authority = text.parse().map_err(|_| HOST)?;
    if !is_port_valid(&authority) {
        return Err("has a port that is not from 1 to 65535");
    }
    if !is_host(authority.host()) {
        return Err(HOST);
    }
    let is_plain_http = scheme.eq_ignore_ascii_case("http") && !is_loopback(authority.host());
    if is_plain_http && !allow_http {
        // The page redirects to the callback URI, so plain http to either exposes the same secrets.
        return Err(
            "is plain http, which exposes the user's token and the one-time value on the network \
             (`allow_http` permits it all the same)",
        );
    }
    Ok(())
}

fn is_web(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http")
}
