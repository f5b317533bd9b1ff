//! The parts that are specific to the FitRankings API.

pub mod authorization;
pub mod env;
#[cfg(login)]
pub mod login;
pub mod period;
pub mod tokens;
pub mod units;
