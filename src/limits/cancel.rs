use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Cancels calls and lists from another thread, for example on Ctrl-C or at shutdown.
///
/// Clones share one state. A cancelled handle stays cancelled: use a new handle for later calls.
///
/// ```
/// use fitrankings::{CancelHandle, Client, UserToken};
///
/// let handle = CancelHandle::new();
/// let client = Client::new(UserToken::new("a-user-token")?).with_cancel(&handle);
///
/// // On any thread:
/// handle.cancel();
///
/// let error = client.list_users().call().unwrap_err();
/// assert!(error.is_cancelled());
/// # Ok::<(), fitrankings::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct CancelHandle(Arc<AtomicBool>);

impl CancelHandle {
    /// Returns a handle that has not been cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// Cancels all calls and lists of clients with this handle.
    ///
    /// A running call ends within a fraction of a second, a later one at once. For the error,
    /// [`is_cancelled`](crate::Error::is_cancelled) returns true. A request that was not sent until
    /// then is not sent any more, except with an [`agent`](crate::ClientBuilder::agent) of your own.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Returns true once [`cancel`](Self::cancel) has been called.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
