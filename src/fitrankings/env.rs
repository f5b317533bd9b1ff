//! Clients from environment variables.

use std::env;

use crate::auth::token::NoToken;
use crate::client::Client;
use crate::client::builder::ClientBuilder;
use crate::error::Error;
use crate::fitrankings::tokens::{AnyToken, MasterToken, UserToken};
use crate::transport::base_url::BaseUrl;

const PREFIX: &str = "FITRANKINGS_";
const MASTER_TOKEN: &str = "FITRANKINGS_MASTER_TOKEN";
const USER_TOKEN: &str = "FITRANKINGS_USER_TOKEN";
const CLIENT_ID: &str = "FITRANKINGS_CLIENT_ID";
const CLIENT_SECRET: &str = "FITRANKINGS_CLIENT_SECRET";
const BASE_URL: &str = "FITRANKINGS_BASE_URL";

const VARIABLES: [&str; 5] = [MASTER_TOKEN, USER_TOKEN, CLIENT_ID, CLIENT_SECRET, BASE_URL];

impl Client<AnyToken> {
    /// Creates a client from environment variables, with the default settings.
    ///
    /// [`ClientBuilder::from_env`] lists the variables, and creates a client with other settings.
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
    /// Creates a client with these settings, and with the token and the base URL from environment
    /// variables.
    ///
    /// The token comes from the first of these variables that is set:
    ///
    /// | variable | value |
    /// |---|---|
    /// | `FITRANKINGS_MASTER_TOKEN` | the application's token |
    /// | `FITRANKINGS_USER_TOKEN` | a user's token |
    /// | `FITRANKINGS_CLIENT_ID` and `FITRANKINGS_CLIENT_SECRET` | credentials; one request exchanges them for the application's token |
    ///
    /// The base URL comes from `FITRANKINGS_BASE_URL`, unless [`base_url`](Self::base_url) was
    /// called. Default: [`BASE_URL`](crate::BASE_URL).
    ///
    /// A variable with an empty value counts as not set.
    ///
    /// Only `from_env` reads these variables. [`build`](Self::build) and
    /// [`login`](Self::login) ignore `FITRANKINGS_BASE_URL`.
    ///
    /// A misspelt variable, such as `FITRANKINGS_BASEURL`, is an error unless the correct variable
    /// is set. Without the error, requests with the token could go to the wrong host.
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
    /// Fails if no token is set, if a variable or a setting is not valid, if a variable looks
    /// misspelt, or if the exchange of credentials fails. The message names the variable and never
    /// shows its value.
    pub fn from_env(self) -> Result<Client<AnyToken>, Error> {
        let names = env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        client(self, names, variable)
    }
}

/// Creates a client from variables. The tests pass their own variables, because all tests share the
/// environment of the process.
fn client(
    mut builder: ClientBuilder,
    names: impl Iterator<Item = String>,
    variable: impl Fn(&str) -> Result<Option<String>, Error>,
) -> Result<Client<AnyToken>, Error> {
    let is_read = |name: &str| builder.base_url_is_default || name != BASE_URL;
    for name in names {
        if let Some(meant) = misspelt(&name)
            && is_read(meant)
            && variable(meant)?.is_none()
        {
            return Err(Error::invalid(format!(
                "the environment has {name}, which is not a variable of this crate: did you mean \
                 {meant}?"
            )));
        }
    }
    if builder.base_url_is_default
        && let Some(url) = variable(BASE_URL)?
    {
        // `build` parses it again, but its error would not name the variable.
        BaseUrl::parse(&url, builder.allow_http).map_err(|error| in_variable(BASE_URL, error))?;
        builder = builder.base_url(url);
    }
    let client = builder.build(NoToken)?;
    let token = if let Some(token) = variable(MASTER_TOKEN)? {
        let token = MasterToken::new(token);
        token
            .map_err(|error| in_variable(MASTER_TOKEN, error))?
            .into()
    } else if let Some(token) = variable(USER_TOKEN)? {
        let token = UserToken::new(token);
        token
            .map_err(|error| in_variable(USER_TOKEN, error))?
            .into()
    } else {
        let (id, secret) = credentials(&variable)?;
        login(&client, id, secret)?.into()
    };
    Ok(client.with_token(token))
}

fn credentials(
    variable: &impl Fn(&str) -> Result<Option<String>, Error>,
) -> Result<(String, String), Error> {
    let problem = match (variable(CLIENT_ID)?, variable(CLIENT_SECRET)?) {
        (Some(id), Some(secret)) => return Ok((id, secret)),
        (Some(_), None) => format!("{CLIENT_ID} is set, and {CLIENT_SECRET} is not"),
        (None, Some(_)) => format!("{CLIENT_SECRET} is set, and {CLIENT_ID} is not"),
        (None, None) => format!(
            "the environment holds no token: set {MASTER_TOKEN}, or {USER_TOKEN}, or {CLIENT_ID} and {CLIENT_SECRET}"
        ),
    };
    Err(Error::invalid(problem))
}

#[cfg(login)]
fn login(client: &Client<NoToken>, id: String, secret: String) -> Result<MasterToken, Error> {
    client.request_master_token(crate::Credentials::new(id, secret))
}

#[cfg(not(login))]
fn login(_: &Client<NoToken>, _: String, _: String) -> Result<MasterToken, Error> {
    Err(Error::invalid(
        "the document has no operation that takes credentials",
    ))
}

/// Returns the variable that a misspelt name probably stands for, or `None` if the name is not
/// misspelt.
fn misspelt(name: &str) -> Option<&'static str> {
    let letters = |name: &str| {
        let name = name.to_ascii_uppercase();
        let rest = name.strip_prefix(PREFIX)?;
        Some(rest.replace('_', ""))
    };
    let written = letters(name)?;
    if VARIABLES.contains(&name) {
        return None;
    }
    VARIABLES
        .into_iter()
        .find(|known| letters(known).is_some_and(|known| differ_by_one(&written, &known)))
}

/// Returns whether two names differ by at most one letter that is replaced, added or removed.
fn differ_by_one(one: &str, other: &str) -> bool {
    let same = |(one, other): &(char, char)| one == other;
    let start = one.chars().zip(other.chars()).take_while(same).count();
    let ends = one.chars().rev().zip(other.chars().rev());
    let end = ends.take_while(same).count();
    let (one, other) = (one.chars().count(), other.chars().count());
    one.abs_diff(other) <= 1 && start + end + 1 >= one.max(other)
}

/// Adds the name of the variable to the error of an invalid value.
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

    /// Creates a client from these variables.
    fn client_of(builder: ClientBuilder, set: &[(&str, &str)]) -> Result<Client<AnyToken>, String> {
        let variable = |name: &str| {
            let found = set.iter().find(|(known, _)| *known == name);
            Ok(found.map(|(_, value)| (*value).to_owned()))
        };
        let names = set.iter().map(|(name, _)| (*name).to_owned());
        client(builder, names, variable).map_err(|error| error.to_string())
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
    fn a_base_url_of_the_program_takes_precedence_over_the_environment() {
        let builder = || Client::builder().base_url("https://example.com/iq");
        for other in ["https://example.org", "no URL at all"] {
            for name in [BASE_URL, "FITRANKINGS_BASEURL"] {
                let client = client_of(builder(), &[TOKEN, (name, other)]).unwrap();
                assert_eq!(client.base_url(), "https://example.com/iq");
            }
        }
    }

    #[test]
    fn plain_http_in_the_environment_needs_allow_http() {
        let set = [TOKEN, (BASE_URL, "http://example.com")];
        let said = client_of(Client::builder(), &set).unwrap_err();
        assert!(said.starts_with("FITRANKINGS_BASE_URL: the base URL is plain http"));
        assert!(client_of(Client::builder().allow_http(true), &set).is_ok());
    }

    #[test]
    fn the_error_of_an_invalid_setting_names_no_variable() {
        for builder in [
            Client::builder().user_agent("a\nb"),
            Client::builder().base_url("nowhere"),
        ] {
            let said = client_of(builder, &[TOKEN]).unwrap_err();
            assert!(!said.contains("FITRANKINGS"), "{said}");
        }
    }

    #[test]
    fn a_variable_that_looks_misspelt_is_an_error_that_names_both() {
        for (name, meant) in [
            ("FITRANKINGS_BASEURL", BASE_URL),
            ("FITRANKINGS_BASE_URI", BASE_URL),
            ("FITRANKINGS_BASE_URLS", BASE_URL),
            ("FITRANKINGS_MASTERTOKEN", MASTER_TOKEN),
            ("FITRANKINGS_MASTER_TOKN", MASTER_TOKEN),
            ("fitrankings_user_token", USER_TOKEN),
            ("FITRANKINGS_CLIENTSECRET", CLIENT_SECRET),
        ] {
            let others = VARIABLES.iter().filter(|known| **known != meant);
            let value = |name: &'static str| match name {
                BASE_URL => (name, "https://example.com"),
                _ => (name, "a-value"),
            };
            let mut set: Vec<_> = others.map(|name| value(name)).collect();
            set.push((name, "hidden"));
            let said = client_of(Client::builder(), &set).unwrap_err();
            assert!(said.contains(name) && said.contains(meant), "{said}");
            assert!(!said.contains("hidden"), "{said}");
            // With the correct variable set, the misspelt one is ignored.
            set.push(value(meant));
            assert!(client_of(Client::builder(), &set).is_ok(), "{name}");
        }
    }

    #[test]
    fn other_variables_with_the_prefix_are_ignored() {
        for name in [
            "FITRANKINGS_SPEC",
            "FITRANKINGS_SPEC_LENIENT",
            "FITRANKINGS_TOKEN",
            "FITRANKINGS_BASE_URL_OF_TESTS",
            "FITRANKINGS_",
            "FITRANKINGS",
            "BASE_URL",
            "",
        ] {
            let client = client_of(Client::builder(), &[TOKEN, (name, "x")]);
            assert!(client.is_ok(), "{name}");
        }
    }
}
