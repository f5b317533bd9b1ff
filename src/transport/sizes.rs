//! Sizes of a connection's buffers, and of the pool.

/// The size of the input buffer. A page of 20 records fits into it. The default of `ureq`, 128 KiB,
/// would be zeroed for each connection.
pub(crate) const INPUT: usize = 32 * 1024;

/// The size of the output buffer, and so the maximum length of a line in a request's head.
pub(crate) const OUTPUT: usize = 16 * 1024;

/// The maximum size of a response's headers.
pub(crate) const MAX_HEADERS: usize = 16 * 1024 - 1;

/// The maximum number of idle connections, which is also that of threads that prefetch pages.
pub(crate) const IDLE: usize = 32;
