//! The service that the tour uses: the one in the environment variables, or a sandbox.

use std::env;
use std::io;

use fitrankings::BASE_URL;
use fitrankings::authorization::{Authorization, OneTimeValue, UserAuthorization};
use fitrankings::sandbox::Sandbox;

use crate::common::is_set;
use crate::{Out, Result};

/// The callback URI. Nothing listens there, because the user pastes the address.
const CALLBACK: &str = "http://127.0.0.1:8080/done";

const CLIENT_ID: &str = "FITRANKINGS_CLIENT_ID";
const CLIENT_SECRET: &str = "FITRANKINGS_CLIENT_SECRET";

pub struct Service {
    pub base_url: String,
    pub client_id: String,
    pub client_secret: String,
    sandbox: Option<Sandbox>,
}

impl Service {
    /// Returns the service whose credentials are in the environment, or else a sandbox.
    pub fn find(out: Out) -> Result<Self> {
        match (variable(CLIENT_ID)?, variable(CLIENT_SECRET)?) {
            (Some(client_id), Some(client_secret)) => Ok(Self {
                base_url: variable("FITRANKINGS_BASE_URL")?.unwrap_or_else(|| BASE_URL.to_owned()),
                client_id,
                client_secret,
                sandbox: None,
            }),
            (None, None) => Self::sandbox(out),
            _ => Err(format!("only one of {CLIENT_ID} and {CLIENT_SECRET} is set").into()),
        }
    }

    fn sandbox(out: Out) -> Result<Self> {
        writeln!(
            out,
            "{CLIENT_ID} and {CLIENT_SECRET} are not set,\n\
             so this runs against a sandbox."
        )?;
        for token in ["FITRANKINGS_MASTER_TOKEN", "FITRANKINGS_USER_TOKEN"] {
            if is_set(token) {
                writeln!(
                    out,
                    "{token} is not used: this example needs credentials.\n\
                     The example `csv` uses the token."
                )?;
            }
        }
        let sandbox = Sandbox::start()?;
        Ok(Self {
            base_url: sandbox.base_url().to_owned(),
            client_id: sandbox.client_id().to_owned(),
            client_secret: sandbox.client_secret().to_owned(),
            sandbox: Some(sandbox),
        })
    }

    /// Asks the user to authorize the application, and returns the user's token and id.
    pub fn authorize(&self, out: Out) -> Result<UserAuthorization> {
        let value = OneTimeValue::new()?;
        let url = Authorization::new(&*self.client_id)
            .base_url(&self.base_url)
            .callback_uri(CALLBACK)
            .one_time_value(&value)
            .url()?;
        let callback = match &self.sandbox {
            Some(sandbox) => {
                writeln!(out, "The sandbox presses `Allow` for its first user.")?;
                let users = sandbox.user_ids();
                let user = users.first().ok_or("the sandbox has no users")?;
                // As text: `run` would treat a broken connection as a closed pipe of the output.
                let granted = sandbox.grant(&url, *user);
                granted.map_err(|error| error.to_string())?
            }
            None => {
                writeln!(out, "Open this in a browser:\n  {url}")?;
                writeln!(out, "and paste the address to which it is redirected:")?;
                out.flush()?;
                let mut line = String::new();
                io::stdin().read_line(&mut line)?;
                line
            }
        };
        Ok(UserAuthorization::from_callback(callback.trim(), &value)?)
    }
}

/// Returns an environment variable that is set and not empty.
fn variable(name: &str) -> Result<Option<String>> {
    match env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(format!("{name} is not UTF-8").into()),
    }
}
