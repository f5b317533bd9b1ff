//! Clients from the variables of the environment.

use std::env;

use crate::auth::token::NoToken;
use crate::transport::base_url::BaseUrl;
use crate::{AnyToken, Client, ClientBuilder, Error, MasterToken, UserToken};

const MASTER_TOKEN: &str = "FITRANKINGS_MASTER_TOKEN";
const USER_TOKEN: &str = "FITRANKINGS_USER_TOKEN";
const CLIENT_ID: &str = "FITRANKINGS_CLIENT_ID";
const CLIENT_SECRET: &str = "FITRANKINGS_CLIENT_SECRET";
const BASE_URL: &str = "FITRANKINGS_BASE_URL";

impl Client<AnyToken> {
    /// Creates a client from environment variables, with the default settings.
    ///
    /// [`ClientBuilder::from_env`] does the same with other settings, and its documentation has
    /// the table of variables.
    ///
    /// # Example
    ///
    /// ```no_run
    /// use fitrankings::Client;
    ///
    /// let client = Client::from_env()?;
    /// println!("{} users", client.list_users().call()?.len());
    /// # Ok::<(), fitrankings::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`ClientBuilder::from_env`].
    pub fn from_env() -> Result<Self, Error> {
        Client::builder().from_env()
    }
}

impl ClientBuilder {
    /// Creates a client with these settings, and with the token and the base URL of the
    /// environment.
    ///
    /// The first of these variables that is set gives the token:
    ///
    /// | variable | value |
    /// |---|---|
    /// | `FITRANKINGS_MASTER_TOKEN` | the application's token |
    /// | `FITRANKINGS_USER_TOKEN` | a user's token |
    /// | `FITRANKINGS_CLIENT_ID` and `FITRANKINGS_CLIENT_SECRET` | credentials; one request exchanges them for the application's token |
    ///
    /// `FITRANKINGS_BASE_URL` is the base URL, unless [`base_url`](Self::base_url) was called: a
    /// setting in the program takes precedence over the environment. Default:
    /// [`BASE_URL`](crate::BASE_URL). A variable with an empty value counts as not set.
    ///
    /// # Example
    ///
    /// ```no_run
    /// use std::time::Duration;
    ///
    /// use fitrankings::Client;
    ///
    /// let client = Client::builder()
    ///     .timeout_call(Duration::from_secs(30))
    ///     .from_env()?;
    /// println!("{} users", client.list_users().call()?.len());
    /// # Ok::<(), fitrankings::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Fails if no token is set, if a variable or a setting is not valid, or if the exchange
    /// fails. The message names the variable and never shows its value.
    pub fn from_env(self) -> Result<Client<AnyToken>, Error> {
        client(self, variable)
    }
}

/// `variable` looks a variable up; the tests of this module have one of their own, since a process
/// has only one environment.
fn client(
    mut builder: ClientBuilder,
    variable: impl Fn(&str) -> Result<Option<String>, Error>,
) -> Result<Client<AnyToken>, Error> {
    if builder.base_url_is_default
        && let Some(url) = variable(BASE_URL)?
    {
        // `build` parses it again, and would not say where it came from.
        BaseUrl::parse(&url, builder.allow_http).map_err(|error| in_variable(BASE_URL, error))?;
        builder = builder.base_url(url);
    }
    let client = builder.build(NoToken)?;
    if let Some(token) = variable(MASTER_TOKEN)? {
        let token = MasterToken::new(token).map_err(|error| in_variable(MASTER_TOKEN, error))?;
        return Ok(client.with_token(token.into()));
    }
    if let Some(token) = variable(USER_TOKEN)? {
        let token = UserToken::new(token).map_err(|error| in_variable(USER_TOKEN, error))?;
        return Ok(client.with_token(token.into()));
    }
    match (variable(CLIENT_ID)?, variable(CLIENT_SECRET)?) {
        (Some(id), Some(secret)) => exchange(&client, id, secret),
        (Some(_), None) => Err(Error::invalid(format!(
            "{CLIENT_ID} is set, and {CLIENT_SECRET} is not"
        ))),
        (None, Some(_)) => Err(Error::invalid(format!(
            "{CLIENT_SECRET} is set, and {CLIENT_ID} is not"
        ))),
        (None, None) => Err(Error::invalid(format!(
            "the environment holds no token: set {MASTER_TOKEN}, or {USER_TOKEN}, or {CLIENT_ID} and {CLIENT_SECRET}",
        ))),
    }
}

#[cfg(exchange)]
fn exchange(
    client: &Client<NoToken>,
    id: String,
    secret: String,
) -> Result<Client<AnyToken>, Error> {
    let credentials = crate::Credentials::new(id, secret);
    Ok(client.with_token(client.exchange(credentials)?.into()))
}

#[cfg(not(exchange))]
fn exchange(_: &Client<NoToken>, _: String, _: String) -> Result<Client<AnyToken>, Error> {
    Err(Error::invalid(
        "the document has no operation that takes credentials",
    ))
}

/// Says which variable an invalid value came from.
fn in_variable(name: &str, problem: Error) -> Error {
    Error::invalid(format!("{name}: {problem}"))
}

fn variable(name: &str) -> Result<Option<String>, Error> {
    match env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(Error::invalid(format!("{name} is not UTF-8"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a builder makes of these variables.
    fn client_of(builder: ClientBuilder, set: &[(&str, &str)]) -> Result<Client<AnyToken>, String> {
        let variable = |name: &str| {
            let found = set.iter().find(|(known, _)| *known == name);
            Ok(found.map(|(_, value)| (*value).to_owned()))
        };
        client(builder, variable).map_err(|error| error.to_string())
    }

    const TOKEN: (&str, &str) = (MASTER_TOKEN, "a-master-token");

    #[test]
    fn a_builder_keeps_its_settings_and_takes_the_token_and_the_base_url_of_the_environment() {
        let builder = Client::builder().max_body_size(7);
        let url = "https://example.com/iq";
        let client = client_of(builder, &[TOKEN, (BASE_URL, url)]).unwrap();
        assert_eq!(client.session.config.max_body_size, 7);
        assert_eq!(client.base_url(), url);
        assert!(!client.session.config.base_url_is_default);
        assert!(matches!(client.token(), AnyToken::Master(_)));

        let client = client_of(Client::builder(), &[(USER_TOKEN, "a-user-token")]).unwrap();
        assert_eq!(client.base_url(), crate::BASE_URL);
        assert!(client.session.config.base_url_is_default);
        assert!(matches!(client.token(), AnyToken::User(_)));
    }

    #[test]
    fn a_base_url_of_the_program_goes_before_that_of_the_environment() {
        let builder = || Client::builder().base_url("https://example.com/iq");
        for other in ["https://example.org", "no URL at all"] {
            let client = client_of(builder(), &[TOKEN, (BASE_URL, other)]).unwrap();
            assert_eq!(client.base_url(), "https://example.com/iq");
        }
    }

    #[test]
    fn plain_http_in_the_environment_wants_the_permission_of_the_program() {
        let set = [TOKEN, (BASE_URL, "http://example.com")];
        let said = client_of(Client::builder(), &set).unwrap_err();
        assert!(said.starts_with("FITRANKINGS_BASE_URL: the base URL is plain http"));
        assert!(client_of(Client::builder().allow_http(true), &set).is_ok());
    }

    #[test]
    fn a_setting_of_the_program_that_is_not_valid_is_not_told_of_a_variable() {
        for builder in [
            Client::builder().user_agent("a\nb"),
            Client::builder().base_url("nowhere"),
        ] {
            let said = client_of(builder, &[TOKEN]).unwrap_err();
            assert!(!said.contains("FITRANKINGS"), "{said}");
        }
    }
}
