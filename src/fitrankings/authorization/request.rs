use std::fmt;

use super::address;
use super::one_time_value::OneTimeValue;
use super::parts::ONE_TIME_VALUE;
use crate::transport::base_url::BaseUrl;
use crate::{BASE_URL, Error};

/// A request for a user's authorization, which a browser makes by opening [`url`].
///
/// The methods take any value. [`url`] checks all of them.
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

/// Where the authorization page is.
#[derive(Clone)]
enum Page {
    BelowBaseUrl(String),
    At(String),
}

impl Authorization {
    /// Creates a request in the name of the application with this id, at the public service.
    pub fn new(client_id: impl Into<String>) -> Self {
        Self {
            client_id: client_id.into(),
            page: Page::BelowBaseUrl(BASE_URL.to_owned()),
            callback_uri: None,
            one_time_value: None,
            allow_http: false,
        }
    }

    /// Sets whether plain `http` is permitted to any host. Everybody on the way can then read the
    /// user's token and the one-time value. Default: `false`.
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

    /// Sets where the browser is sent in the end. Default: the service uses the last one again.
    ///
    /// The callback URI is absolute and has no fragment. Its scheme is one of these:
    ///
    /// - `https`, with a host: `https://example.com/done`;
    /// - `http` for loopback, where a desktop application listens: `http://127.0.0.1:8080/done`.
    ///   Whether the service accepts a loopback address is unknown;
    /// - a scheme of your own, which the operating system opens your application for:
    ///   `myapp://done`, `com.example.app:/done`.
    ///
    /// [`url`](Self::url) fails if the URI is none of these. It also fails if the query of the URI
    /// has a part that the callback will have as well: `token`, `user_id`, `error`,
    /// `error_description` or `one_time_value`. Plain `http` to another host is an error because
    /// the user's token travels in this URI; [`allow_http`](Self::allow_http) permits it.
    pub fn callback_uri(mut self, uri: impl Into<String>) -> Self {
        self.callback_uri = Some(uri.into());
        self
    }

    /// Adds `one_time_value=…` to the query of the callback URI, for
    /// [`UserAuthorization::from_callback`](super::UserAuthorization::from_callback) to check.
    ///
    /// [`url`](Self::url) fails if no [`callback_uri`](Self::callback_uri) is set: the last one,
    /// which the service would use, does not carry the value.
    pub fn one_time_value(mut self, value: &OneTimeValue) -> Self {
        self.one_time_value = Some(value.clone());
        self
    }

    /// Sets another server, by the base URL of its API. Default: [`BASE_URL`].
    ///
    /// Only `https` is accepted, and `http` for loopback, unless
    /// [`allow_http`](Self::allow_http) permits more. That the page lies below the base URL, at
    /// `/oauth2/`, is an assumption: if it does not, use [`page`](Self::page).
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.page = Page::BelowBaseUrl(url.into());
        self
    }

    /// Sets another address of the authorization page, in place of one below a
    /// [`base_url`](Self::base_url). It is used as it is, with its query if it has one.
    ///
    /// [`url`](Self::url) fails if the address is not an absolute `https` URL. Plain `http` to
    /// another host than loopback is an error because the one-time value travels in the query;
    /// [`allow_http`](Self::allow_http) permits it.
    pub fn page(mut self, url: impl Into<String>) -> Self {
        self.page = Page::At(url.into());
        self
    }

    /// Returns the address for the browser to open.
    ///
    /// # Errors
    ///
    /// Fails if one of the settings cannot be used. The message says which one, and why.
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
                    "a one-time value travels in the callback URI: set callback_uri as well",
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

/// Without the addresses: they may carry a one-time value, and nothing has checked them for a
/// password.
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
            "the client id is empty, or has spaces or characters that are not ASCII: give it as \
             the vendor did",
        ));
    }
    Ok(())
}

/// Adds a query to the one that a URL may have. A fragment stays at the end.
pub(crate) fn with_query(url: &str, query: &str) -> String {
    let (start, fragment) = url.split_at(url.find('#').unwrap_or(url.len()));
    let separator = match start.split_once('?') {
        None => "?",
        Some((_, present)) if present.is_empty() || present.ends_with('&') => "",
        Some(_) => "&",
    };
    format!("{start}{separator}{query}{fragment}")
}
