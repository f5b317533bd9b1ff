//! One member of a JSON object.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The most bytes of a value that is read. In memory, a value can be a hundred times as large as its
/// JSON.
const LONGEST: usize = 4 * 1024;

/// Returns the JSON of a member, unless the object has the member twice, or the value is long. A record
/// with two keys must not be mistaken for a record with one of them.
///
/// The other members need not decode: they can have numbers out of range.
pub(crate) fn only_member<'j>(json: &'j str, key: &str) -> Option<&'j RawValue> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let value = deserializer.deserialize_map(OnlyMember(key)).ok()?;
    value.filter(|value| value.get().len() <= LONGEST)
}

struct OnlyMember<'k>(&'k str);

impl<'j> Visitor<'j> for OnlyMember<'_> {
    type Value = Option<&'j RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'j>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let (mut found, mut count) = (None, 0);
        while let Some(name) = members.next_key::<Cow<'j, str>>()? {
            if name == self.0 {
                found = Some(members.next_value()?);
                count += 1;
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found.filter(|_| count == 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(json: &str) -> Option<&str> {
        only_member(json, "id").map(RawValue::get)
    }

    #[test]
    fn a_member_is_found_beside_values_that_do_not_decode() {
        let json = r#"{"a": 1e400, "\u0069d": "7", "b": "\ud800", "c": {"id": 8}}"#;
        assert_eq!(id(json), Some(r#""7""#));
        for none in ["{}", "[7]", "7", r#"{"id": 7"#, r#"{"id": 1, "id": 2}"#] {
            assert_eq!(id(none), None, "{none}");
        }
    }

    #[test]
    fn a_long_value_is_not_read() {
        let of = |length: usize| format!(r#"{{"id": "{}"}}"#, "x".repeat(length - 2));
        assert!(id(&of(LONGEST)).is_some());
        assert_eq!(id(&of(LONGEST + 1)), None);
    }
}
