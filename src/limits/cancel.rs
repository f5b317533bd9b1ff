use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Stops calls and lists from another thread: a Ctrl-C, a button, a shutdown.
///
/// All clones are one handle. What has been cancelled stays so; begin again with a new handle.
///
/// ```
/// use fitrankings::{CancelHandle, Client, UserToken};
///
/// let handle = CancelHandle::new();
/// let client = Client::new(UserToken::new("a-user-token")?).with_cancel(&handle);
///
/// // On whichever thread hears of it:
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

    /// Stops whatever a client with this handle is doing, within a moment, and all that it is
    /// asked to do later.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Returns true once [`cancel`](Self::cancel) has been called.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
