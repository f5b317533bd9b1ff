//! The defaults of the settings. The docs of `ClientBuilder` list them in a table.

use std::time::Duration;

pub(crate) const USER_AGENT: &str = concat!("fitrankings/", env!("CARGO_PKG_VERSION"));
pub(crate) const TIMEOUT_CALL: Duration = Duration::from_secs(120);
pub(crate) const TIMEOUT_CONNECT: Duration = Duration::from_secs(10);
pub(crate) const TIMEOUT_RESPONSE: Duration = Duration::from_secs(60);
pub(crate) const MAX_BODY_SIZE: u64 = 64 * 1024 * 1024;

/// Enough for a restart of the service.
pub(crate) const MAX_ATTEMPTS: u32 = 5;
/// Attempts if the host is not found or connecting times out. The base URL is probably wrong, and
/// each attempt can take [`TIMEOUT_CONNECT`].
pub(crate) const MAX_ATTEMPTS_TO_FIND: u32 = 2;
/// Enough for a deployment of the service.
pub(crate) const MAX_PAGE_ATTEMPTS: u32 = 12;
pub(crate) const BASE_DELAY: Duration = Duration::from_millis(500);
pub(crate) const MAX_DELAY: Duration = Duration::from_secs(10);
pub(crate) const MAX_RETRY_AFTER: Duration = Duration::from_secs(60);
