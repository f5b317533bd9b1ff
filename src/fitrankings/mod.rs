//! What belongs to the FitRankings API, and would not be here for another service.

pub mod authorization;
pub mod env;
#[cfg(login)]
pub mod login;
pub mod period;
pub mod tokens;
pub mod units;
