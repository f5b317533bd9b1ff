//! What ends a call before its time.

pub mod cancel;
