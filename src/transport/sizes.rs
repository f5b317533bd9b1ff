//! Sizes of a connection's buffers, and of the pool.

/// The buffer for input. The default of `ureq` is 128 KiB, zeroed for each connection. A page of 20
/// records fits in what is read at once.
pub(crate) const INPUT: usize = 32 * 1024;

/// The buffer for output, which is the longest line of a request's head.
pub(crate) const OUTPUT: usize = 16 * 1024;

/// The most bytes that the headers of a response may have.
pub(crate) const MAX_HEADERS: usize = 16 * 1024 - 1;

/// Idle connections that are kept: as many as there may be threads on one client.
pub(crate) const IDLE: usize = 32;
