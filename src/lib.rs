//! Blocking client for the FitRankings fitness API.
#![forbid(unsafe_code)]
#![warn(missing_docs)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod answer;
mod api;
pub mod authorization;
mod base_url;
mod client;
#[cfg(operation = "create_master_token")]
mod credentials;
mod env;
mod error;
mod open_enum;
mod period;
mod redact;
mod request;
mod resolver;
#[cfg(feature = "sandbox")]
pub mod sandbox;
mod secret;
mod token;
mod transport;
pub mod units;

pub use api::{access, requests, types};
pub use client::{BASE_URL, Client, ClientBuilder};
#[cfg(operation = "create_master_token")]
pub use credentials::Credentials;
pub use error::Error;
pub use period::Period;
pub use rust_decimal::Decimal;
pub use secret::Secret;
pub use token::{AnyToken, MasterToken, NoToken, Token, UserToken};

pub(crate) use open_enum::open_enum;
