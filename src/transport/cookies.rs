//! Keeps cookies of `ureq` out of requests: its jar would send the cookie of one token with another.

use ureq::Agent;

/// Removes every `Cookie` header but `own` from a part of a request's head, which consists of whole
/// lines. Returns the remaining length, and whether the head ends there.
///
/// With its feature `cookies`, which any crate of an application can turn on, `ureq` adds the
/// cookies of earlier responses, also those to requests with another token.
pub(super) fn keep_one_cookie(head: &mut [u8], own: Option<&[u8]>) -> (usize, bool) {
    const NAME: &[u8] = b"cookie:";
    let (mut read, mut kept, mut ended) = (0, 0, false);
    while let Some(rest) = head.get(read..).filter(|rest| !rest.is_empty()) {
        let end = rest.iter().position(|byte| *byte == b'\n');
        let length = end.map_or(rest.len(), |end| end + 1);
        let line = rest.get(..length).unwrap_or(rest);
        let foreign = line
            .split_at_checked(NAME.len())
            .filter(|(name, _)| name.eq_ignore_ascii_case(NAME))
            .is_some_and(|(_, value)| Some(value.trim_ascii()) != own);
        ended = line == b"\r\n";
        if !foreign {
            head.copy_within(read..read + length, kept);
            kept += length;
        }
        read += length;
    }
    (kept, ended)
}

/// Empties the agent's cookie jar, if `ureq` has one.
///
/// None of its cookies are sent. But the jar would grow, and `ureq` writes all of it into the head
/// of each request.
pub(super) fn forget_cookies(agent: &Agent) {
    agent.cookie_jar_lock().clear();
}

/// A substitute for `Agent::cookie_jar_lock`, which exists only with the feature `cookies` of
/// `ureq`.
///
/// A crate cannot query the features of its dependencies. But an inherent method takes precedence
/// over a trait's, so this one is called only if the other does not exist.
#[allow(
    dead_code,
    reason = "not called where `ureq` has its feature `cookies`"
)]
trait Jarless {
    fn cookie_jar_lock(&self) -> NoJar {
        NoJar
    }
}

impl Jarless for Agent {}

#[allow(dead_code, reason = "see `Jarless`")]
struct NoJar;

#[allow(dead_code, reason = "see `Jarless`")]
impl NoJar {
    fn clear(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(head: &str, own: Option<&str>) -> (String, bool) {
        let mut bytes = head.as_bytes().to_vec();
        let (length, ended) = keep_one_cookie(&mut bytes, own.map(str::as_bytes));
        bytes.truncate(length);
        (String::from_utf8(bytes).unwrap(), ended)
    }

    #[test]
    fn only_the_cookie_of_this_crate_is_kept_in_a_head() {
        let without = "GET /?cookie:a=b HTTP/1.1\r\nhost: a\r\nx-cookie: c\r\n\r\n";
        assert_eq!(kept(without, None), (without.to_owned(), true));
        let own = "GET / HTTP/1.1\r\ncookie: key=mine\r\nhost: a\r\n\r\n";
        assert_eq!(kept(own, Some("key=mine")), (own.to_owned(), true));
        for other in ["cookie: session=yours", "Cookie:key=mine; session=yours"] {
            for head in [
                format!("GET / HTTP/1.1\r\n{other}\r\ncookie: key=mine\r\nhost: a\r\n\r\n"),
                format!("GET / HTTP/1.1\r\ncookie: key=mine\r\nhost: a\r\n{other}\r\n\r\n"),
            ] {
                assert_eq!(kept(&head, Some("key=mine")), (own.to_owned(), true));
                let (none, _) = kept(&head, None);
                assert_eq!(none, "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
            }
        }
    }

    #[test]
    fn a_head_that_goes_out_in_parts_ends_with_the_last() {
        assert_eq!(kept("host: a\r\ncookie: b\r\n", None).0, "host: a\r\n");
        assert!(!kept("GET / HTTP/1.1\r\n", None).1);
        assert!(kept("cookie: b\r\n\r\n", None).1);
        assert_eq!(kept("", None), (String::new(), false));
    }
}
