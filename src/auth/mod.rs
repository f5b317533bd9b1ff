//! Tokens and other secrets, and where they are sent.

pub mod auth_secret;
pub mod base64;
pub mod query_keys;
pub mod secret;
pub mod token;
