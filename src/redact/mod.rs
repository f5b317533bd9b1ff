//! Removes the secrets of a request from texts that an error keeps.
//!
//! A server can repeat what it was sent: "the token … is not valid". Each letter of the secret may
//! then be escaped for JSON, HTML or a URL, the whole may be in base64, its case may differ, and
//! some of it may be missing.

mod beginning;
mod escapes;
mod gaps;
mod index;
mod letters;
mod patterns;
mod redactor;
mod search;
mod secret_values;
#[cfg(test)]
pub(crate) mod steps;
#[cfg(test)]
mod tests;

pub(crate) use beginning::{LONGEST, beginning};
pub(crate) use redactor::{Patterns, Redactor, WITHHELD};
pub(crate) use secret_values::secret_values;
