use super::one_time_value::ONE_TIME_VALUE;
use crate::Error;
use crate::transport::base_url::is_loopback;

pub(super) fn check_callback_uri(uri: &str, allow_http: bool) -> Result<(), Error> {
    let wrong = |why: &str| Error::invalid(format!("the callback URI {why}"));
    check_characters(uri).map_err(wrong)?;
    let absolute = "is not absolute: it has to begin like https://example.com/ or myapp://";
    let (scheme, rest) = split_scheme(uri).ok_or_else(|| wrong(absolute))?;
    if is_web(scheme) && host(rest).is_none() || !rest.starts_with('/') || rest == "//" {
        return Err(wrong(absolute));
    }
    if is_readable_on_the_way(scheme, rest) && !allow_http {
        return Err(wrong(
            "is plain http, which would show the user's token to everybody on the way \
             (`allow_http` permits it all the same)",
        ));
    }
    let query = uri.split_once('?').map_or("", |(_, query)| query);
    let reserved = |name: &str| {
        [
            "token",
            "user_id",
            "error",
            "error_description",
            ONE_TIME_VALUE,
        ]
        .contains(&name)
    };
    if form_urlencoded::parse(query.as_bytes()).any(|(name, _)| reserved(&name)) {
        return Err(wrong(
            "has a part in its query that the answer will have as well: rename it",
        ));
    }
    Ok(())
}

/// Whether a browser can open an address.
pub(super) fn check_page(url: &str, allow_http: bool) -> Result<(), Error> {
    let wrong = |why| Error::invalid(format!("the address of the authorization page {why}"));
    check_characters(url).map_err(wrong)?;
    match split_scheme(url) {
        Some((scheme, rest)) if is_web(scheme) && host(rest).is_some() => {
            if is_readable_on_the_way(scheme, rest) && !allow_http {
                return Err(wrong(
                    "is plain http, which would show the one-time value to everybody on the way \
                     (`allow_http` permits it all the same)",
                ));
            }
            Ok(())
        }
        _ => Err(wrong(
            "is not absolute: it has to begin like https://example.com/",
        )),
    }
}

/// Whether a URI is plain http to another machine.
fn is_readable_on_the_way(scheme: &str, rest: &str) -> bool {
    scheme.eq_ignore_ascii_case("http") && !host(rest).is_some_and(is_loopback)
}

fn is_web(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http")
}

/// The characters of RFC 3986, less the fragment.
fn check_characters(uri: &str) -> Result<(), &'static str> {
    if uri.contains('#') {
        return Err("has a fragment: leave out the # and what follows");
    }
    let is_allowed = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte);
    if !uri.bytes().all(is_allowed) {
        return Err("has spaces or other characters that a URI cannot have: percent-encode them");
    }
    Ok(())
}

/// What stands before and after the colon of an absolute URI.
pub(super) fn split_scheme(uri: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = uri.split_once(':')?;
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(is_allowed);
    is_scheme.then_some((scheme, rest))
}

/// The host in what follows the scheme, without the brackets of an IPv6 address.
fn host(rest: &str) -> Option<&str> {
    let authority = rest.strip_prefix("//")?.split(['/', '?']).next()?;
    let host = authority.rsplit('@').next()?;
    let host = match host.strip_prefix('[') {
        Some(address) => {
            let (address, port) = address.split_once(']')?;
            // A browser may take what else stands there for the name of another host.
            (port.is_empty() || port.starts_with(':')).then_some(address)?
        }
        None => host.split(':').next()?,
    };
    (!host.is_empty()).then_some(host)
}
