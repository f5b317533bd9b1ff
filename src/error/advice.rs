//! The advice at the end of an error's text.

use std::borrow::Cow;

use super::{Error, Kind, Origin};
use crate::operation::Operation;

impl Error {
    /// Returns what the caller can do about the error.
    pub(super) fn advice(&self) -> Option<Cow<'static, str>> {
        Some(Cow::Borrowed(match self.0.kind {
            Kind::Status => return self.status_advice(),
            Kind::Redirect => self.redirect_advice(),
            Kind::PastTheEnd => "start at an earlier page",
            Kind::ConnectTimeout => {
                return Some(self.more_time("check the base URL, the network and the proxy"));
            }
            Kind::Connect | Kind::HostNotFound => "check the base URL, the network and the proxy",
            Kind::Certificate => {
                "check the base URL; to trust the certificates that the system trusts, such as \
                 that of a company's proxy, turn on `system_certificates` of `Client::builder()` \
                 (feature `platform-verifier`)"
            }
            Kind::Tls | Kind::Protocol => "check the base URL and the proxy",
            Kind::Proxy => "check the proxy and its URL, with user name and password",
            Kind::Timeout => return Some(self.more_time("try again")),
            Kind::Transport => "try again",
            Kind::Decode => self.decode_advice(),
            Kind::TooLarge => {
                "ask for a smaller page, or raise `max_body_size` of `Client::builder()`"
            }
            Kind::TooManyRecords => "ask for a smaller page",
            Kind::Invalid | Kind::Cancelled | Kind::Repeats => return None,
        }))
    }

    fn more_time(&self, first: &'static str) -> Cow<'static, str> {
        match self.0.time_limit {
            Some(setting) => format!("{first}, or allow more time with {setting}").into(),
            None => first.into(),
        }
    }

    fn status_advice(&self) -> Option<Cow<'static, str>> {
        let operation = self.0.operation;
        let sends_credentials = operation.is_some_and(Operation::sends_credentials);
        let sends_token = operation.is_none_or(|operation| operation.token);
        // A path with parameters can name a resource that does not exist.
        let is_fixed = operation.is_some_and(|operation| !operation.path.contains('{'));
        Some(Cow::Borrowed(match self.status()? {
            400 | 401 | 403 if sends_credentials => "check the client id and the client secret",
            400 => "check the parameters and their form",
            401 if sends_token => "get a new token",
            403 if sends_token => "check the token and its permissions",
            401 | 403 => {
                "the request has no token, but the service requires one: check the security of the \
                 operation in the OpenAPI document"
            }
            404 if self.page() > Some(1) => {
                "this 404 does not end the list: continue with `resume()` or from a bookmark; if \
                 the service ends its lists with it, set `end` of `x-paging` to its `detail`"
            }
            404 if is_fixed => "check the base URL and its path",
            404 => "it does not exist, or the token has no access to it",
            405 => "check the base URL",
            429 => return Some(self.rate_limit_advice()),
            500 | 502 | 503 | 504 => "try again later",
            _ => return None,
        }))
    }

    fn rate_limit_advice(&self) -> Cow<'static, str> {
        match self.retry_after() {
            Some(wait) => {
                let seconds = wait.as_millis().div_ceil(1000);
                format!("try again in {seconds} s").into()
            }
            None => "slow down, and try again later".into(),
        }
    }

    fn decode_advice(&self) -> &'static str {
        let has_path = self.json_path().is_some();
        match &self.0.record {
            Some(record) => match record.origin {
                Origin::Body => "see `raw_record()`",
                Origin::Page(_) => "`items()` returns the other records",
                Origin::List(_) => "the list continues after it; see `raw_record()`",
            },
            None if self.body().is_none() => "check the base URL",
            None if has_path => "see `Error::body`",
            None => "check the base URL, and see `Error::body`",
        }
    }

    fn redirect_advice(&self) -> &'static str {
        let path = self.path().unwrap_or_default();
        let slash = self
            .location()
            .is_some_and(|location| location.ends_with('/'));
        if slash && !path.ends_with('/') {
            "the path lacks its final slash: correct it in the OpenAPI document"
        } else {
            "redirects are not followed: check the base URL"
        }
    }
}
