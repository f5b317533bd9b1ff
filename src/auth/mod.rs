//! Tokens and other secrets: what they are, and where they are sent.

pub mod secret;
pub mod token;
