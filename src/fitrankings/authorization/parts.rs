use std::borrow::Cow;

use super::error::CallbackError;
use super::one_time_value::ONE_TIME_VALUE;

/// The parts of a callback's query that mean something.
#[derive(Default)]
pub(super) struct Parts<'a> {
    pub(super) token: Option<Cow<'a, str>>,
    pub(super) user_id: Option<Cow<'a, str>>,
    pub(super) error: Option<Cow<'a, str>>,
    pub(super) error_description: Option<Cow<'a, str>>,
    pub(super) one_time_value: Option<Cow<'a, str>>,
}

impl<'a> Parts<'a> {
    pub(super) fn read(query: &'a str) -> Result<Parts<'a>, CallbackError> {
        let mut parts = Parts::default();
        // A service that does not look whether the callback URI has a query already adds its own
        // with a second question mark.
        let pairs = query
            .split(['&', '?'])
            .map(str::as_bytes)
            .flat_map(form_urlencoded::parse);
        for (name, value) in pairs {
            let (name, part) = match &*name {
                "token" => ("token", &mut parts.token),
                "user_id" => ("user_id", &mut parts.user_id),
                "error" => ("error", &mut parts.error),
                "error_description" => ("error_description", &mut parts.error_description),
                ONE_TIME_VALUE => (ONE_TIME_VALUE, &mut parts.one_time_value),
                _ => continue,
            };
            if part.replace(value).is_some() {
                return Err(CallbackError::Duplicated(name));
            }
        }
        Ok(parts)
    }
}
