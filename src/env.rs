use std::env;

use crate::token::NoToken;
use crate::{AnyToken, Client, Error, MasterToken, UserToken};

const MASTER_TOKEN: &str = "FITRANKINGS_MASTER_TOKEN";
const USER_TOKEN: &str = "FITRANKINGS_USER_TOKEN";
const CLIENT_ID: &str = "FITRANKINGS_CLIENT_ID";
const CLIENT_SECRET: &str = "FITRANKINGS_CLIENT_SECRET";
const BASE_URL: &str = "FITRANKINGS_BASE_URL";

impl Client<AnyToken> {
    /// A client for a script, from the environment.
    ///
    /// The first of these that is set decides:
    ///
    /// | variable | |
    /// |---|---|
    /// | `FITRANKINGS_MASTER_TOKEN` | the application's token |
    /// | `FITRANKINGS_USER_TOKEN` | a user's token |
    /// | `FITRANKINGS_CLIENT_ID` and `FITRANKINGS_CLIENT_SECRET` | exchanged for the application's token, in a request of its own |
    ///
    /// `FITRANKINGS_BASE_URL` is where the service is; default: [`BASE_URL`](crate::BASE_URL).
    /// A variable that is empty counts as not set.
    ///
    /// # Errors
    ///
    /// None of them is set, one does not fit, or the exchange fails. No message shows a value.
    pub fn from_env() -> Result<Self, Error> {
        let mut builder = Client::builder();
        if let Some(url) = variable(BASE_URL)? {
            builder = builder.base_url(url);
        }
        let client = builder
            .build(NoToken)
            .map_err(|error| of(BASE_URL, error))?;
        if let Some(token) = variable(MASTER_TOKEN)? {
            let token = MasterToken::new(token).map_err(|error| of(MASTER_TOKEN, error))?;
            return Ok(client.with_token(token.into()));
        }
        if let Some(token) = variable(USER_TOKEN)? {
            let token = UserToken::new(token).map_err(|error| of(USER_TOKEN, error))?;
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

/// What is wrong with the value of a variable.
fn of(name: &str, problem: Error) -> Error {
    Error::invalid(format!("{name}: {problem}"))
}

fn variable(name: &str) -> Result<Option<String>, Error> {
    match env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(Error::invalid(format!("{name} is not UTF-8"))),
    }
}
