//! Functions for `#[serde(deserialize_with)]` in generated types, more lenient than serde's
//! defaults.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use jiff::fmt::temporal::Pieces;
use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// Deserializes instants. An instant out of range becomes the nearest [`Timestamp`].
///
/// Databases and their users write `9999-12-31T23:59:59Z` for "never". It is about 26 hours past
/// [`Timestamp::MAX`], and must not make the record fail.
#[allow(dead_code, reason = "a document may have no instants")]
pub(crate) fn instants<'de, T: Instants, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    T::read(deserializer)
}

/// Deserializes a list or a map. `null` becomes an empty one.
#[allow(dead_code, reason = "a document may have no such list")]
pub(crate) fn or_empty<'de, T: Deserialize<'de> + Default, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

/// Deserializes a list or a map of [`instants`]. `null` becomes an empty one.
#[allow(dead_code, reason = "a document may have no such list")]
pub(crate) fn instants_or_empty<'de, T: Instants + Default, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::<T>::read(deserializer)?.unwrap_or_default())
}

/// An instant, or an option, a list or a map of instants.
pub(crate) trait Instants: Sized {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

/// Implements `Deserialize` for [`Instants`].
pub(crate) struct Saturated<T>(pub T);

impl<'de, T: Instants> Deserialize<'de> for Saturated<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::read(deserializer).map(Self)
    }
}

impl Instants for Timestamp {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(InstantVisitor)
    }
}

impl<T: Instants> Instants for Option<T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = Option::<Saturated<T>>::deserialize(deserializer)?;
        Ok(read.map(|read| read.0))
    }
}

impl<T: Instants> Instants for Vec<T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = Vec::<Saturated<T>>::deserialize(deserializer)?;
        Ok(read.into_iter().map(|read| read.0).collect())
    }
}

impl<T: Instants> Instants for BTreeMap<String, T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = BTreeMap::<String, Saturated<T>>::deserialize(deserializer)?;
        Ok(read.into_iter().map(|(key, read)| (key, read.0)).collect())
    }
}

struct InstantVisitor;

impl Visitor<'_> for InstantVisitor {
    type Value = Timestamp;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an instant such as \"2017-06-13T12:00:00Z\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Timestamp, E> {
        text.parse()
            .or_else(|error| saturate(text).ok_or_else(|| E::custom(error)))
    }
}

/// Returns the first or the last `Timestamp` for an instant out of range.
fn saturate(text: &str) -> Option<Timestamp> {
    let pieces = Pieces::parse(text).ok()?;
    let time = pieces.date().to_datetime(pieces.time()?);
    let offset = pieces.to_numeric_offset()?;
    match offset.to_timestamp(time) {
        // The instant is in range: parsing failed for another reason.
        Ok(_) => None,
        Err(_) if time.year() < 0 => Some(Timestamp::MIN),
        Err(_) => Some(Timestamp::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: Instants>(json: &str) -> Result<T, serde_json::Error> {
        serde_json::from_str::<Saturated<T>>(json).map(|read| read.0)
    }

    #[test]
    fn an_instant_out_of_range_becomes_the_nearest_timestamp() {
        for text in [
            "9999-12-31T23:59:59Z",
            "9999-12-31T23:59:59.999999Z",
            "9999-12-31 23:59:59-14:00",
            "9999-12-30T22:00:01Z",
        ] {
            let instant: Timestamp = read(&format!("{text:?}")).unwrap();
            assert_eq!(instant, Timestamp::MAX, "{text}");
        }
        let before = "\"-009999-01-01T00:00:00Z\"";
        assert_eq!(read::<Timestamp>(before).unwrap(), Timestamp::MIN);
    }

    #[test]
    fn any_other_text_is_read_as_jiff_reads_it() {
        for text in [
            "2017-06-13T12:00:00Z",
            "2017-06-13T12:00:00.123456+02:00",
            "0001-01-01T00:00:00Z",
            "9999-12-30T22:00:00Z",
            "9999-12-31T23:59:59",
            "9999-12-31",
            "9999-12-32T00:00:00Z",
            "9999-12-31T23:59:59Z[",
            "10000-01-01T00:00:00Z",
            "yesterday",
            "",
        ] {
            let json = format!("{text:?}");
            let theirs = serde_json::from_str::<Timestamp>(&json);
            let ours = read::<Timestamp>(&json);
            assert_eq!(
                ours.map_err(|error| error.to_string()),
                theirs.map_err(|error| error.to_string()),
                "{text}"
            );
        }
        for json in ["null", "5", "[]", "{}"] {
            assert!(read::<Timestamp>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn options_lists_and_maps_of_instants_are_read_the_same_way() {
        const NEVER: &str = "\"9999-12-31T23:59:59Z\"";
        type Map<T> = BTreeMap<String, T>;
        let max = Timestamp::MAX;
        assert_eq!(read::<Option<Timestamp>>(NEVER).unwrap(), Some(max));
        assert_eq!(read::<Option<Timestamp>>("null").unwrap(), None);
        let list = format!("[{NEVER}, null]");
        let read_list: Vec<Option<Timestamp>> = read(&list).unwrap();
        assert_eq!(read_list, [Some(max), None]);
        let map = format!("{{\"a\": {NEVER}, \"b\": {NEVER}}}");
        let read_map: Map<Timestamp> = read(&map).unwrap();
        assert!(read_map.keys().eq(["a", "b"]) && read_map.values().eq([&max, &max]));
        let nested: Option<Map<Vec<Timestamp>>> = read(&format!("{{\"a\": [{NEVER}]}}")).unwrap();
        assert_eq!(nested.unwrap()["a"], [max]);
    }

    #[test]
    fn a_list_that_is_null_is_empty() {
        let mut json = serde_json::Deserializer::from_str("null");
        assert!(or_empty::<Vec<i64>, _>(&mut json).unwrap().is_empty());
        let mut json = serde_json::Deserializer::from_str("[1]");
        assert_eq!(or_empty::<Vec<i64>, _>(&mut json).unwrap(), [1]);
        let mut json = serde_json::Deserializer::from_str("{}");
        assert!(or_empty::<Vec<i64>, _>(&mut json).is_err());
        let mut json = serde_json::Deserializer::from_str("null");
        assert!(
            instants_or_empty::<Vec<Timestamp>, _>(&mut json)
                .unwrap()
                .is_empty()
        );
    }
}
