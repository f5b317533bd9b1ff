//! Finds the secrets in JSON by the keys of their members.

use serde_json::Value;

/// Calls `take` with each secret of a value: the scalars below one of the keys, or all of them if
/// the value itself `is_secret`.
pub(crate) fn secret_values(
    value: &Value,
    keys: &[&str],
    is_secret: bool,
    take: &mut impl FnMut(&str),
) {
    match value {
        Value::Array(items) => items
            .iter()
            .for_each(|item| secret_values(item, keys, is_secret, take)),
        Value::Object(members) => members.iter().for_each(|(key, member)| {
            secret_values(
                member,
                keys,
                is_secret || keys.contains(&key.as_str()),
                take,
            );
        }),
        Value::String(text) if is_secret => take(text),
        Value::Number(number) if is_secret => take(&number.to_string()),
        _ => {}
    }
}
