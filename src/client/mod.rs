//! The client and its settings.

pub mod builder;

use std::fmt;
use std::sync::Arc;

use crate::auth::token::Token;
use crate::call::session::{Config, Session};
use crate::limits::cancel::CancelHandle;
use crate::server::SERVER;

/// The default base URL: the server of the OpenAPI document.
pub const BASE_URL: &str = match SERVER {
    Some(url) => url,
    None => "",
};

/// A client for the FitRankings API.
///
/// Each operation of the API is a method that returns a [request](crate::requests). `T` is the type
/// of the client's token. It decides which operations the client has.
///
/// A client can be shared by threads and is cheap to clone. All clones use the same connections.
///
/// # Which client do I have?
///
/// | Created with | Type | Use it |
/// |---|---|---|
/// | [`Client::from_env`] | `Client<AnyToken>` | in scripts: the environment has the token |
/// | [`into_master`](Client::into_master), [`into_user`](Client::into_user) | `Client<MasterToken>`, `Client<UserToken>` | after `from_env`, for operations of one kind of token |
/// | [`Client::new`] | `Client<T>` of a token | if you have a token |
/// | [`Client::builder`] and [`build`](crate::ClientBuilder::build) | `Client<T>` of a token | to change a setting |
/// | [`ClientBuilder::login`](crate::ClientBuilder::login) | `Client<MasterToken>` | if you have credentials |
/// | [`with_token`](Client::with_token) | `Client<U>` of another token | for another user, over the same connections |
///
/// # Example: a script
///
/// ```no_run
/// use fitrankings::Client;
///
/// let client = Client::from_env()?;
/// for activity in client.list_activities().page_size(100).call()? {
///     println!("{}: {:.0}", activity.id, activity.distance.unwrap_or_default());
/// }
/// # Ok::<(), fitrankings::Error>(())
/// ```
///
/// # Example: an operation that the token does not allow
///
/// This does not compile:
///
/// ```compile_fail
/// use fitrankings::{Client, UserToken};
///
/// let client = Client::new(UserToken::new("a-user-token")?);
/// client.get_group_stat_summary().call()?; // needs a `MasterToken`
/// # Ok::<(), fitrankings::Error>(())
/// ```
#[derive(Clone)]
pub struct Client<T> {
    pub(crate) session: Session,
    pub(crate) token: T,
}

impl<T: Token> Client<T> {
    /// Returns a client with another token. It has the settings of this client, and uses the same
    /// connections.
    ///
    /// Clones of a client share the pauses that the server requests with `Retry-After`. The new
    /// client does not share them: it begins without a pause.
    ///
    /// # Example: from the application's token to a user's token
    ///
    /// ```
    /// use fitrankings::{Client, MasterToken, UserToken};
    ///
    /// let master = Client::new(MasterToken::new("a-master-token")?);
    /// let user: Client<UserToken> = master.with_token(UserToken::new("a-user-token")?);
    /// # Ok::<(), fitrankings::Error>(())
    /// ```
    pub fn with_token<U: Token>(&self, token: U) -> Client<U> {
        let config = Arc::clone(&self.session.config);
        with_config(config, self.session.cancel.clone(), token)
    }

    /// Returns a client whose calls and lists can be cancelled with this handle, from any thread.
    ///
    /// See [`CancelHandle`] for an example. A cancelled call ends within a moment. Calls of this
    /// client resolve names and connect on a thread of their own. That cannot be interrupted, so
    /// after a cancelled call the thread remains until its timeouts.
    pub fn with_cancel(&self, handle: &CancelHandle) -> Self {
        let mut client = self.clone();
        client.session.cancel = Some(handle.clone());
        client
    }

    /// Returns the token of this client.
    pub fn token(&self) -> &T {
        &self.token
    }

    /// Returns the base URL: the paths of all requests are appended to it.
    pub fn base_url(&self) -> &str {
        &self.session.config.base_url
    }
}

impl<T: fmt::Debug> fmt::Debug for Client<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.session.config.base_url)
            .field("token", &self.token)
            .finish_non_exhaustive()
    }
}

/// Returns a client with this token. Not a method, since the names of methods are those of
/// operations.
pub(crate) fn with_session<T: Token>(session: Session, token: T) -> Client<T> {
    Client { session, token }
}

/// Returns a client with this token, and a session of its own. It collects the secrets of the
/// token, so that requests need not.
fn with_config<T: Token>(config: Arc<Config>, cancel: Option<CancelHandle>, token: T) -> Client<T> {
    let mut auth = Vec::new();
    token.for_each_secret(&mut |secret| auth.push(secret.clone()));
    with_session(Session::new(config, auth.into(), cancel), token)
}
