use std::fmt;

use super::address;
use super::one_time_value::{ONE_TIME_VALUE, OneTimeValue};
use crate::transport::base_url::BaseUrl;
use crate::{BASE_URL, Error};

/// A request for a user's authorization, which a browser makes by opening [`url`].
///
/// ```
/// use fitrankings::authorization::Authorization;
///
/// let request = Authorization::new("client-id")?.callback_uri("myapp://done")?;
/// assert_eq!(
///     request.url(),
///     "https://api.fitrankings.com/iq/oauth2/?client_id=client-id&callback_uri=myapp%3A%2F%2Fdone",
/// );
/// # Ok::<(), fitrankings::Error>(())
/// ```
///
/// [`url`]: Authorization::url
#[derive(Clone)]
pub struct Authorization {
    page: String,
    client_id: String,
    callback_uri: Option<String>,
    one_time_value: Option<OneTimeValue>,
    allow_http: bool,
}

impl Authorization {
    /// A request in the name of the application with this id, at the public service.
    pub fn new(client_id: impl Into<String>) -> Result<Authorization, Error> {
        let client_id = client_id.into();
        if client_id.is_empty() || !client_id.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::invalid(
                "the client id is empty, or has spaces or characters that are not ASCII: give it \
                 as the vendor did",
            ));
        }
        Ok(Authorization {
            page: format!("{BASE_URL}/oauth2/"),
            client_id,
            callback_uri: None,
            one_time_value: None,
            allow_http: false,
        })
    }

    /// Permits plain `http` to any host, over which everybody on the way can read the user's token
    /// and the one-time value. Default: `false`.
    ///
    /// Addresses are checked when they are given: call this before the methods that take one.
    ///
    /// ```
    /// use fitrankings::authorization::Authorization;
    ///
    /// let plain = "http://staging.example/done";
    /// assert!(Authorization::new("client-id")?.callback_uri(plain).is_err());
    /// let request = Authorization::new("client-id")?.allow_http(true).callback_uri(plain)?;
    /// # let _ = request;
    /// # Ok::<(), fitrankings::Error>(())
    /// ```
    pub fn allow_http(mut self, allow: bool) -> Authorization {
        self.allow_http = allow;
        self
    }

    /// Where the browser is sent in the end. Left out, the service uses the last one again.
    ///
    /// The callback URI is absolute and has no fragment. Its scheme is one of these:
    ///
    /// - `https`, with a host: `https://example.com/done`;
    /// - `http` for loopback, where a desktop application listens: `http://127.0.0.1:8080/done`.
    ///   Whether the service accepts a loopback address is unknown;
    /// - a scheme of your own, which the operating system opens your application for:
    ///   `myapp://done`, `com.example.app:/done`.
    ///
    /// # Errors
    ///
    /// The URI is none of these, or its query has a part that the answer will have as well. Plain
    /// `http` to another host is an error because the user's token travels in this URI;
    /// [`allow_http`](Self::allow_http) permits it all the same.
    pub fn callback_uri(mut self, uri: impl Into<String>) -> Result<Authorization, Error> {
        let uri = uri.into();
        address::check_callback_uri(&uri, self.allow_http)?;
        self.callback_uri = Some(uri);
        Ok(self)
    }

    /// Adds `one_time_value=…` to the query of the callback URI, for
    /// [`UserAuthorization::from_callback`] to look for. An error if no callback URI is set: the
    /// last one, which the service would use, does not carry it.
    pub fn one_time_value(mut self, value: &OneTimeValue) -> Result<Authorization, Error> {
        if self.callback_uri.is_none() {
            return Err(Error::invalid(
                "a one-time value travels in the callback URI: set callback_uri first",
            ));
        }
        self.one_time_value = Some(value.clone());
        Ok(self)
    }

    /// Another server, by the base URL of its API. Default: [`BASE_URL`].
    ///
    /// Only `https` is accepted, and `http` for loopback, unless
    /// [`allow_http`](Self::allow_http) permits more. That the page lies below the base URL,
    /// at `/oauth2/`, is an assumption: if it does not, see [`page`](Authorization::page).
    pub fn base_url(mut self, url: impl AsRef<str>) -> Result<Authorization, Error> {
        let base = BaseUrl::parse(url.as_ref(), self.allow_http)?;
        self.page = format!("{}/oauth2/", base.text);
        Ok(self)
    }

    /// Another address of the authorization page: an `https` URL that is used as it is, with its
    /// query if it has one.
    ///
    /// # Errors
    ///
    /// The URL is not absolute, or it is plain `http` to another host than loopback: the one-time
    /// value travels in its query. [`allow_http`](Self::allow_http) permits that all the same.
    pub fn page(mut self, url: impl Into<String>) -> Result<Authorization, Error> {
        let url = url.into();
        address::check_page(&url, self.allow_http)?;
        self.page = url;
        Ok(self)
    }

    /// The address for the browser to open.
    pub fn url(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("client_id", &self.client_id);
        if let Some(uri) = &self.callback_uri {
            let uri = match &self.one_time_value {
                Some(value) => with_query(uri, &format!("{ONE_TIME_VALUE}={}", value.as_str())),
                None => uri.clone(),
            };
            query.append_pair("callback_uri", &uri);
        }
        with_query(&self.page, &query.finish())
    }
}

/// Without the callback URI, which may carry a one-time value.
impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization")
            .field("page", &self.page)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// `url` with `query` added to the query it may have.
fn with_query(url: &str, query: &str) -> String {
    let separator = match url.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some(_) => "&",
    };
    format!("{url}{separator}{query}")
}
