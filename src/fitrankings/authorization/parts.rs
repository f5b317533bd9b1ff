//! The query of a callback.

use std::borrow::Cow;

use super::error::{CallbackError, TOKEN};

pub(super) const USER_ID: &str = "user_id";
pub(super) const ERROR: &str = "error";
pub(super) const ERROR_DESCRIPTION: &str = "error_description";
pub(super) const ONE_TIME_VALUE: &str = "one_time_value";

/// The names of query parameters that a callback URI must not have.
pub(super) const NAMES: [&str; 5] = [TOKEN, USER_ID, ERROR, ERROR_DESCRIPTION, ONE_TIME_VALUE];

/// The known parameters in the query of a callback.
#[derive(Default, PartialEq)]
pub(super) struct Parts<'a> {
    pub(super) token: Option<Cow<'a, str>>,
    pub(super) user_id: Option<Cow<'a, str>>,
    pub(super) error: Option<Cow<'a, str>>,
    pub(super) error_description: Option<Cow<'a, str>>,
    pub(super) one_time_value: Option<Cow<'a, str>>,
}

impl<'a> Parts<'a> {
    pub(super) fn read(query: &'a str) -> Result<Self, CallbackError> {
        let mut parts = Self::default();
        for (name, value) in pairs(query) {
            let (name, part) = match &*name {
                TOKEN => (TOKEN, &mut parts.token),
                USER_ID => (USER_ID, &mut parts.user_id),
                ERROR => (ERROR, &mut parts.error),
                ERROR_DESCRIPTION => (ERROR_DESCRIPTION, &mut parts.error_description),
                ONE_TIME_VALUE => (ONE_TIME_VALUE, &mut parts.one_time_value),
                _ => continue,
            };
            if part.replace(value).is_some() {
                return Err(CallbackError::Duplicated(name));
            }
        }
        Ok(parts)
    }

    /// Returns whether the query has none of the known parameters.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Returns the names and values of a query.
///
/// A question mark is a separator as well: a service that does not look for a query in the callback
/// URI would add its own with a second question mark.
pub(super) fn pairs(query: &str) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    query
        .split(['&', '?'])
        .map(str::as_bytes)
        .flat_map(form_urlencoded::parse)
}
