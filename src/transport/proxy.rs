//! The proxy that the environment names.

use std::env;
use std::ffi::OsString;

use ureq::http::Uri;
use ureq::{Proxy, ProxyProtocol};

use crate::transport::base_url::is_port_valid;

/// The variables that name a proxy, in the order of `ureq`. The first one that is set is used.
const VARIABLES: [&str; 6] = [
    "ALL_PROXY",
    "all_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
];

/// The variables that name the hosts for which no proxy is used.
const EXCEPTIONS: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// A proxy, and the variable that names it.
#[derive(Debug, PartialEq)]
pub(crate) struct EnvironmentProxy {
    pub proxy: Proxy,
    pub variable: &'static str,
}

/// Returns the proxy that the environment names for a URL.
///
/// `ureq` reads the same variables, but ignores an invalid value, and then sends the request
/// without the proxy. With its feature `win-system-proxy`, which any crate of an application can
/// turn on, it also reads the settings of Windows.
///
/// # Errors
///
/// The variable's value is not the URL of a proxy, or the proxy is not supported. The message names
/// the variable, but not its value, which can contain a password.
pub(crate) fn from_environment(uri: &Uri) -> Result<Option<EnvironmentProxy>, String> {
    find(uri, |name| env::var_os(name))
}

fn find(
    uri: &Uri,
    read: impl Fn(&str) -> Option<OsString>,
) -> Result<Option<EnvironmentProxy>, String> {
    let set = |name: &&'static str| {
        let value = read(name).filter(|value| !value.is_empty())?;
        Some((*name, value))
    };
    let Some((name, value)) = VARIABLES.iter().find_map(set) else {
        return Ok(None);
    };
    let exceptions = EXCEPTIONS.iter().find_map(set);
    if exceptions.is_some_and(|(_, hosts)| is_excepted(uri, &hosts.to_string_lossy())) {
        return Ok(None);
    }
    let proxy = value.to_str().and_then(|value| Proxy::new(value).ok());
    let Some(proxy) = proxy.filter(is_whole) else {
        return Err(format!(
            "the environment variable `{name}` is not the URL of a proxy: write it like \
             `http://proxy.example.com:3128`"
        ));
    };
    match proxy.protocol() {
        ProxyProtocol::Http | ProxyProtocol::Https => Ok(Some(EnvironmentProxy {
            proxy,
            variable: name,
        })),
        _ => Err(format!(
            "the environment variable `{name}` names a SOCKS proxy, which is not supported: use \
             an http proxy, or your own agent with `Client::builder().agent(…)`"
        )),
    }
}

fn is_whole(proxy: &Proxy) -> bool {
    let authority = proxy.uri().authority();
    authority.is_some_and(|authority| !authority.host().is_empty() && is_port_valid(authority))
}

/// Returns true if the URL's host is in a list separated by commas, by the rules of `ureq`.
fn is_excepted(uri: &Uri, hosts: &str) -> bool {
    let hosts = hosts.split(',').map(str::trim);
    // This proxy serves only to compare hosts like `ureq`; no request is sent to it.
    let proxy = Proxy::builder(ProxyProtocol::Http);
    let proxy = hosts.fold(proxy, |proxy, host| proxy.no_proxy(host));
    proxy.build().is_ok_and(|proxy| proxy.is_no_proxy(uri))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(variables: &[(&str, &str)]) -> Result<Option<String>, String> {
        let uri = Uri::from_static("https://api.example.com/iq");
        let read = |name: &str| {
            let mut variables = variables.iter();
            let (_, value) = variables.find(|(own, _)| *own == name)?;
            Some(OsString::from(value))
        };
        let proxy = find(&uri, read)?;
        Ok(proxy.map(|EnvironmentProxy { proxy, variable }| {
            assert!(variables.iter().any(|(name, _)| *name == variable));
            format!("{}:{}", proxy.host(), proxy.port())
        }))
    }

    #[test]
    fn the_first_variable_that_is_set_names_the_proxy() {
        assert_eq!(found(&[]), Ok(None));
        let of = |variables: &[_]| found(variables).unwrap().unwrap();
        let https = ("HTTPS_PROXY", "http://one:3128");
        assert_eq!(of(&[https]), "one:3128");
        assert_eq!(of(&[("http_proxy", "two"), https]), "one:3128");
        assert_eq!(of(&[("ALL_PROXY", ""), https]), "one:3128");
        assert_eq!(
            of(&[("ALL_PROXY", "https://a:b@three"), https]),
            "three:443"
        );
        assert_eq!(of(&[("all_proxy", "[::1]:8080"), https]), "[::1]:8080");
    }

    #[test]
    fn no_proxy_is_used_for_a_host_that_is_excepted() {
        for proxy in ["http://one:3128", "socks5://one", ":::", "http://one:99999"] {
            let with = |hosts| found(&[("HTTPS_PROXY", proxy), ("NO_PROXY", hosts)]);
            for hosts in [
                "*",
                "api.example.com",
                "localhost, API.example.com",
                ".example.com",
            ] {
                assert_eq!(with(hosts), Ok(None), "{hosts}");
            }
            for hosts in ["", "example.com", "localhost"] {
                assert_ne!(with(hosts), Ok(None), "{hosts}");
            }
            let lower = found(&[("HTTPS_PROXY", proxy), ("no_proxy", ".example.com")]);
            assert_eq!(lower, Ok(None));
        }
    }

    #[test]
    fn a_variable_that_names_no_proxy_is_told_without_its_value() {
        for value in [
            ":::",
            "http://",
            "http://:3128",
            "me:hush@",
            "me:hush@proxy:99999",
            "http://me:hush@proxy:port",
            "ftp://me:hush@proxy",
            "http://me:hush@pro xy",
        ] {
            for name in VARIABLES {
                // A later variable does not stand in for it.
                let error = found(&[(name, value), ("http_proxy", "http://one")]).unwrap_err();
                let expected = format!("the environment variable `{name}` is not the URL");
                assert!(error.starts_with(&expected), "{value}: {error}");
                assert!(!error.contains("hush"), "{error}");
            }
        }
    }

    #[test]
    fn a_socks_proxy_is_not_passed_by() {
        for value in ["socks5://me:hush@one:1080", "socks4a://one"] {
            let error = found(&[("ALL_PROXY", value)]).unwrap_err();
            assert!(error.contains("`ALL_PROXY` names a SOCKS proxy"), "{error}");
            assert!(!error.contains("hush"), "{error}");
        }
    }
}
