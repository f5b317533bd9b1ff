use std::fmt;

use super::address;
use super::one_time_value::OneTimeValue;
use super::parts::ONE_TIME_VALUE;
use crate::transport::base_url::BaseUrl;
use crate::{BASE_URL, Error};

/// A request for a user's authorization. The user's browser opens its [`url`].
///
/// The methods accept any value. [`url`] checks them all.
///
/// ```
/// use fitrankings::authorization::Authorization;
///
/// let url = Authorization::new("client-id").callback_uri("myapp://done").url()?;
/// assert_eq!(
///     url,
///     "https://api.fitrankings.com/iq/oauth2/?client_id=client-id&callback_uri=myapp%3A%2F%2Fdone",
/// );
/// # Ok::<(), fitrankings::Error>(())
/// ```
///
/// [`url`]: Authorization::url
#[derive(Clone)]
#[must_use = "a request for authorization does nothing until a browser opens its `url`"]
pub struct Authorization {
    client_id: String,
    page: Page,
    callback_uri: Option<String>,
    one_time_value: Option<OneTimeValue>,
    allow_http: bool,
}

/// The address of the authorization page.
#[derive(Clone)]
enum Page {
    BelowBaseUrl(String),
    At(String),
}

impl Authorization {
    /// Creates a request of the application with this client id, for the public service.
    pub fn new(client_id: impl Into<String>) -> Self {
        Self {
            client_id: client_id.into(),
            page: Page::BelowBaseUrl(BASE_URL.to_owned()),
            callback_uri: None,
            one_time_value: None,
            allow_http: false,
        }
    }

    /// Sets whether plain `http` is permitted to any host. The network can then read the user's
    /// token and the one-time value. Default: `false`, which permits plain `http` to loopback only.
    ///
    /// ```
    /// use fitrankings::authorization::Authorization;
    ///
    /// let request = Authorization::new("client-id").callback_uri("http://staging.example/done");
    /// assert!(request.url().is_err());
    /// assert!(request.allow_http(true).url().is_ok());
    /// ```
    pub fn allow_http(mut self, allow: bool) -> Self {
        self.allow_http = allow;
        self
    }

    /// Sets the URI that the service redirects the browser to. Default: the URI of the last
    /// request, which the service remembers.
    ///
    /// The callback URI is absolute and has no fragment. Its scheme is one of these:
    ///
    /// - `https`, with a host: `https://example.com/done`;
    /// - `http` for loopback, where a desktop application listens: `http://127.0.0.1:8080/done`.
    ///   Whether the service accepts a loopback address is unknown;
    /// - a scheme of your own, for which the operating system opens your application:
    ///   `myapp://done`, `com.example.app:/done`.
    ///
    /// [`url`](Self::url) fails if the URI is none of these. It also fails if the query of the URI
    /// has a parameter that the callback has as well: `token`, `user_id`, `error`,
    /// `error_description` or `one_time_value`. Plain `http` to another host is an error because
    /// the callback contains the user's token; [`allow_http`](Self::allow_http) permits it.
    pub fn callback_uri(mut self, uri: impl Into<String>) -> Self {
        self.callback_uri = Some(uri.into());
        self
    }

    /// Adds `one_time_value=…` to the query of the callback URI, for
    /// [`UserAuthorization::from_callback`](super::UserAuthorization::from_callback) to check.
    ///
    /// [`url`](Self::url) fails if no [`callback_uri`](Self::callback_uri) is set, because the URI
    /// that the service remembers does not have the value.
    pub fn one_time_value(mut self, value: &OneTimeValue) -> Self {
        self.one_time_value = Some(value.clone());
        self
    }

    /// Sets the base URL of the service's API. Default: [`BASE_URL`].
    ///
    /// The authorization page is assumed to be at `/oauth2/` below the base URL. If it is not, use
    /// [`page`](Self::page).
    ///
    /// Only `https`, and `http` to loopback, are accepted; [`allow_http`](Self::allow_http) permits
    /// `http` to any host.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.page = Page::BelowBaseUrl(url.into());
        self
    }

    /// Sets the address of the authorization page. It replaces [`base_url`](Self::base_url), and
    /// may have a query.
    ///
    /// [`url`](Self::url) fails if the address is not an absolute `https` URL. Plain `http` is
    /// accepted to loopback. To another host it is an error because the query contains the one-time
    /// value; [`allow_http`](Self::allow_http) permits it.
    pub fn page(mut self, url: impl Into<String>) -> Self {
        self.page = Page::At(url.into());
        self
    }

    /// Returns the URL for the user's browser to open.
    ///
    /// # Errors
    ///
    /// Fails if a setting is invalid. The message says which setting, and why.
    pub fn url(&self) -> Result<String, Error> {
        check_client_id(&self.client_id)?;
        let page = self.page_url()?;
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("client_id", &self.client_id);
        if let Some(uri) = self.callback()? {
            query.append_pair("callback_uri", &uri);
        }
        Ok(with_query(&page, &query.finish()))
    }

    fn page_url(&self) -> Result<String, Error> {
        match &self.page {
            Page::BelowBaseUrl(url) => {
                let base = BaseUrl::parse(url, self.allow_http)?;
                Ok(format!("{}/oauth2/", base.text))
            }
            Page::At(url) => {
                address::check_page(url, self.allow_http)?;
                Ok(url.clone())
            }
        }
    }

    /// Returns the callback URI with the one-time value.
    fn callback(&self) -> Result<Option<String>, Error> {
        let Some(uri) = &self.callback_uri else {
            return match &self.one_time_value {
                Some(_) => Err(Error::invalid(
                    "the one-time value is a part of the callback URI: set `callback_uri` as well",
                )),
                None => Ok(None),
            };
        };
        address::check_callback_uri(uri, self.allow_http)?;
        Ok(Some(match &self.one_time_value {
            Some(value) => with_query(uri, &format!("{ONE_TIME_VALUE}={}", value.as_str())),
            None => uri.clone(),
        }))
    }
}

/// Leaves out the addresses, which may contain a one-time value or a password.
impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization")
            .field("client_id", &self.client_id)
            .field("allow_http", &self.allow_http)
            .finish_non_exhaustive()
    }
}

fn check_client_id(id: &str) -> Result<(), Error> {
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::invalid(
            "the client id is empty, or has spaces or characters that are not ASCII: copy it \
             from the vendor unchanged",
        ));
    }
    Ok(())
}

/// Adds a query to a URL, after the query that the URL may have. A fragment stays at the end.
pub(crate) fn with_query(url: &str, query: &str) -> String {
    let (start, fragment) = url.split_at(url.find('#').unwrap_or(url.len()));
    let separator = match start.split_once('?') {
        None => "?",
        Some((_, present)) if present.is_empty() || present.ends_with('&') => "",
        Some(_) => "&",
    };
    format!("{start}{separator}{query}{fragment}")
}
