//! A server that has one user on each page.

use super::{Received, Reply};

pub const USERS: &str = include_str!("../data/users.json");
pub const ID: i64 = 30267;

/// The page that a request asks for. Default: 1.
pub fn page(request: &Received) -> u64 {
    let query = request.query().unwrap_or_default();
    let page = query.split('&').find_map(|pair| pair.strip_prefix("page="));
    page.map_or(1, |page| page.parse().unwrap())
}

/// One user on each page.
pub fn user_of(page: u64) -> Reply {
    Reply::json(200, USERS.replace("30267", &page.to_string()))
}
