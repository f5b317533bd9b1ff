//! The two kinds of token of the service.

use crate::auth::auth_secret::AuthSecret;
use crate::auth::token::{AuthSecrets, Token, token};
use crate::client::{self, Client};
use crate::error::Error;

/// The token of the application. It gives access to the data of all users who authorized the
/// application.
///
/// An application exchanges its [`Credentials`](crate::Credentials) for the token. How long the
/// token is valid is not known.
///
/// ```
/// use fitrankings::{Client, MasterToken};
///
/// let client = Client::new(MasterToken::new("a-master-token")?);
/// assert_eq!(format!("{:?}", client.token()), "MasterToken(…)");
/// # Ok::<(), fitrankings::Error>(())
/// ```
#[derive(Clone)]
pub struct MasterToken(AuthSecret);

impl MasterToken {
    /// Creates a token from the text that the service issued, without `Bearer`.
    ///
    /// # Errors
    ///
    /// Fails if the token is empty, or has a space, a line break, a control character or a
    /// character outside of ASCII. The message does not show the token.
    pub fn new(token: impl Into<String>) -> Result<Self, Error> {
        AuthSecret::bearer(token).map(Self)
    }

    /// Returns the token as text, to store it. The returned `str` is not protected: `Debug` and
    /// `Display` show it.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

token!(MasterToken);

/// The token of one user. It gives access to the data of this user only.
///
/// The user grants the token in a browser: see [`authorization`](crate::authorization). How long
/// the token is valid is not known.
#[derive(Clone)]
pub struct UserToken(AuthSecret);

impl UserToken {
    /// Creates a token from the text that the service issued, without `Bearer`.
    ///
    /// # Errors
    ///
    /// Fails if the token is empty, or has a space, a line break, a control character or a
    /// character outside of ASCII. The message does not show the token.
    pub fn new(token: impl Into<String>) -> Result<Self, Error> {
        AuthSecret::bearer(token).map(Self)
    }

    /// Returns the token as text, to store it. The returned `str` is not protected: `Debug` and
    /// `Display` show it.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

token!(UserToken);

/// A master token or a user token, chosen at run time.
///
/// [`Client::from_env`](crate::Client::from_env) returns a client with this token. The client may
/// call the operations that both kinds of token may call. For the other operations,
/// [`into_master`](crate::Client::into_master) and [`into_user`](crate::Client::into_user) convert
/// the client.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum AnyToken {
    /// The token of the application.
    Master(MasterToken),
    /// The token of a user.
    User(UserToken),
}

impl Token for AnyToken {}

impl AuthSecrets for AnyToken {
    fn for_each_secret(&self, take: &mut dyn FnMut(&AuthSecret)) {
        match self {
            Self::Master(token) => token.for_each_secret(take),
            Self::User(token) => token.for_each_secret(take),
        }
    }
}

impl From<MasterToken> for AnyToken {
    fn from(token: MasterToken) -> Self {
        Self::Master(token)
    }
}

impl From<UserToken> for AnyToken {
    fn from(token: UserToken) -> Self {
        Self::User(token)
    }
}

impl Client<AnyToken> {
    /// Converts this client into one that holds a master token.
    ///
    /// # Errors
    ///
    /// Fails if the client holds a user token.
    pub fn into_master(self) -> Result<Client<MasterToken>, Error> {
        match self.token {
            AnyToken::Master(token) => Ok(client::with_session(self.session, token)),
            AnyToken::User(_) => Err(Error::invalid(
                "a master token is needed here, and the client holds a user token: set \
                 FITRANKINGS_MASTER_TOKEN, or FITRANKINGS_CLIENT_ID and FITRANKINGS_CLIENT_SECRET \
                 in place of FITRANKINGS_USER_TOKEN",
            )),
        }
    }

    /// Converts this client into one that holds a user token.
    ///
    /// # Errors
    ///
    /// Fails if the client holds the master token.
    pub fn into_user(self) -> Result<Client<UserToken>, Error> {
        match self.token {
            AnyToken::User(token) => Ok(client::with_session(self.session, token)),
            AnyToken::Master(_) => Err(Error::invalid(
                "a user token is needed here, and the client holds the master token: set \
                 FITRANKINGS_USER_TOKEN and no FITRANKINGS_MASTER_TOKEN; a user grants the token \
                 in a browser, see `fitrankings::authorization`",
            )),
        }
    }
}
