//! The client.

pub mod builder;

use std::fmt;
use std::sync::Arc;

use crate::auth::auth_secret::AuthSecret;
use crate::auth::token::Token;
use crate::call::session::Session;
use crate::limits::cancel::CancelHandle;
use crate::server::SERVER;

/// The default base URL: the server that the document names.
pub const BASE_URL: &str = match SERVER {
    Some(url) => url,
    None => "",
};

/// A client for the FitRankings API.
///
/// `T` is the type of its token, which decides what can be called. A client is cheap to clone, and
/// all clones share one pool of connections. It can be used from any number of threads.
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
/// # Example: what a token may not do does not compile
///
/// ```compile_fail
/// use fitrankings::{Client, UserToken};
///
/// let client = Client::new(UserToken::new("a-user-token")?);
/// client.get_group_stat_summary().call()?; // takes a `MasterToken`
/// # Ok::<(), fitrankings::Error>(())
/// ```
#[derive(Clone)]
pub struct Client<T> {
    pub(crate) session: Session,
    pub(crate) token: T,
}

impl<T: Token> Client<T> {
    /// Returns a client with another token, which uses the same connections.
    ///
    /// A pause that the server asked for with `Retry-After` holds for the clones of a client. The
    /// new client begins without one.
    ///
    /// # Example: from the application's token to a user's
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
        let cancel = self.session.cancel.clone();
        Client {
            session: Session::new(config, auth(&token), cancel),
            token,
        }
    }

    /// Returns a client whose calls and lists the handle stops within a moment, from any thread.
    ///
    /// See [`CancelHandle`] for an example. A call that can be cancelled looks names up and connects on
    /// a thread of its own. Nothing interrupts that, so a cancelled call leaves the thread behind,
    /// which ends by its timeouts.
    pub fn with_cancel(&self, handle: &CancelHandle) -> Self {
        let mut client = self.clone();
        client.session.cancel = Some(handle.clone());
        client
    }

    /// Returns the token that requests carry.
    pub fn token(&self) -> &T {
        &self.token
    }

    /// Returns the URL that all paths are below.
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

/// Creates a client that holds this token. A function, because the names of methods belong to the
/// document.
pub(crate) fn with_session<T: Token>(session: Session, token: T) -> Client<T> {
    Client { session, token }
}

/// Returns the secrets of a token: they are collected once, and not for each request.
fn auth(token: &impl Token) -> Arc<[AuthSecret]> {
    let mut auth = Vec::new();
    token.for_each_secret(&mut |secret| auth.push(secret.clone()));
    auth.into()
}
