//! Removes the secrets of a request from texts that an error keeps.
//!
//! A server can repeat a secret: "the token … is not valid". The secret may be escaped for JSON, HTML
//! or a URL, in base64, in another case, interrupted by line breaks or tags, or incomplete.
//!
//! `patterns` has the forms of each secret, `index` sorts them, `escapes` and `gaps` read a text, and
//! `search` compares the two.

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
