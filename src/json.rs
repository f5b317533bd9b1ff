//! Decodes JSON into types, where a struct is decoded from an object only.
//!
//! Code that serde derives also decodes a struct from an array, with its fields in their order:
//! `[1]` would be an activity with the id 1 and nothing else. [`ObjectsOnly`] requires an object
//! for each struct, at any depth. The compiler inlines it, so it costs nothing.

use std::fmt;

use serde::de::{
    Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess,
    SeqAccess, Visitor,
};

/// Decodes a whole text, like [`serde_json::from_str`].
pub(crate) fn from_str<'de, T: Deserialize<'de>>(text: &'de str) -> serde_json::Result<T> {
    let mut json = serde_json::Deserializer::from_str(text);
    let value = T::deserialize(ObjectsOnly(&mut json))?;
    json.end()?;
    Ok(value)
}

/// Returns the path of the value in a text that does not decode as part of a `T`.
pub(crate) fn path<T: DeserializeOwned>(text: &str) -> Option<String> {
    let mut json = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize::<_, T>(ObjectsOnly(&mut json))
        .err()
        .map(|error| error.path().to_string())
        .filter(|path| path != ".")
}

/// A deserializer, a seed or an access of serde whose structs are objects.
pub(crate) struct ObjectsOnly<T>(pub T);

/// A visitor whose values have objects for structs. `MAP` is true if it expects an object itself.
struct Inside<V, const MAP: bool>(V);

/// Forwards the methods whose values contain no struct.
macro_rules! pass_on {
    ($($name:ident)+) => {$(
        #[inline]
        fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$name(visitor)
        }
    )+};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for ObjectsOnly<D> {
    type Error = D::Error;

    pass_on! {
        deserialize_bool
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64
        deserialize_char deserialize_str deserialize_string
        deserialize_bytes deserialize_byte_buf
        deserialize_unit deserialize_identifier deserialize_ignored_any
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(Inside::<V, true>(visitor))
    }

    #[inline]
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(Inside::<V, true>(visitor))
    }

    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_any(Inside::<V, false>(visitor))
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_option(Inside::<V, false>(visitor))
    }

    #[inline]
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_seq(Inside::<V, false>(visitor))
    }

    #[inline]
    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple(len, Inside::<V, false>(visitor))
    }

    #[inline]
    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let visitor = Inside::<V, false>(visitor);
        self.0.deserialize_tuple_struct(name, len, visitor)
    }

    #[inline]
    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_unit_struct(name, visitor)
    }

    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let visitor = Inside::<V, false>(visitor);
        self.0.deserialize_newtype_struct(name, visitor)
    }

    /// Forwards the call: generated enums are texts, and generated unions are decoded from a
    /// [`Value`](serde_json::Value).
    #[inline]
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    #[inline]
    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

/// Forwards scalars.
macro_rules! visit {
    ($($name:ident: $scalar:ty,)+) => {$(
        #[inline]
        fn $name<E: Error>(self, value: $scalar) -> Result<V::Value, E> {
            self.0.$name(value)
        }
    )+};
}

impl<'de, V: Visitor<'de>, const MAP: bool> Visitor<'de> for Inside<V, MAP> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if MAP {
            f.write_str("an object")
        } else {
            self.0.expecting(f)
        }
    }

    visit! {
        visit_bool: bool,
        visit_i64: i64,
        visit_i128: i128,
        visit_u64: u64,
        visit_u128: u128,
        visit_f64: f64,
        visit_char: char,
        visit_str: &str,
        visit_borrowed_str: &'de str,
        visit_string: String,
        visit_bytes: &[u8],
        visit_borrowed_bytes: &'de [u8],
        visit_byte_buf: Vec<u8>,
    }

    #[inline]
    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_none()
    }

    #[inline]
    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    #[inline]
    fn visit_some<D: Deserializer<'de>>(self, value: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(ObjectsOnly(value))
    }

    #[inline]
    fn visit_newtype_struct<D: Deserializer<'de>>(self, value: D) -> Result<V::Value, D::Error> {
        self.0.visit_newtype_struct(ObjectsOnly(value))
    }

    #[inline]
    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(ObjectsOnly(items))
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(ObjectsOnly(members))
    }

    #[inline]
    fn visit_enum<A: EnumAccess<'de>>(self, value: A) -> Result<V::Value, A::Error> {
        self.0.visit_enum(value)
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for ObjectsOnly<A> {
    type Error = A::Error;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, A::Error> {
        self.0.next_element_seed(ObjectsOnly(seed))
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for ObjectsOnly<A> {
    type Error = A::Error;

    /// Forwards the call: a key contains no struct.
    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        self.0.next_key_seed(seed)
    }

    #[inline]
    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        self.0.next_value_seed(ObjectsOnly(seed))
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, T: DeserializeSeed<'de>> DeserializeSeed<'de> for ObjectsOnly<T> {
    type Value = T::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T::Value, D::Error> {
        self.0.deserialize(ObjectsOnly(deserializer))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde::de::IgnoredAny;
    use serde_json::Value;
    use serde_json::value::RawValue;

    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Outer {
        id: i64,
        inner: Option<Inner>,
        list: Vec<Inner>,
        map: BTreeMap<String, Inner>,
        pair: Option<(i64, Inner)>,
        wrapped: Option<Wrapped>,
        any: Value,
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Inner {
        id: i64,
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    struct Wrapped(Inner);

    #[test]
    fn an_array_is_no_struct_at_any_depth() {
        for (text, place) in [
            ("[]", None),
            ("[1]", None),
            ("[1,2,3,4,5,6,7,8,9]", None),
            (r#"{"inner":[]}"#, Some("inner")),
            (r#"{"inner":[1]}"#, Some("inner")),
            (r#"{"list":[{},[1]]}"#, Some("list[1]")),
            (r#"{"map":{"a":[1]}}"#, Some("map.a")),
            (r#"{"pair":[1,[1]]}"#, Some("pair[1]")),
            (r#"{"wrapped":[1]}"#, Some("wrapped")),
        ] {
            let error = from_str::<Outer>(text).unwrap_err();
            assert!(error.is_data(), "{text}: {error}");
            let said = "invalid type: sequence, expected an object at line 1";
            assert!(error.to_string().starts_with(said), "{text}: {error}");
            assert_eq!(path::<Outer>(text).as_deref(), place, "{text}");
        }
        let error = from_str::<Outer>("7").unwrap_err().to_string();
        assert!(error.contains("`7`, expected an object"), "{error}");
    }

    #[test]
    fn everything_else_decodes_like_serde_json() {
        fn same<'t, T: Deserialize<'t> + PartialEq + fmt::Debug>(text: &'t str) {
            let text_of = |error: serde_json::Error| error.to_string();
            assert_eq!(
                from_str::<T>(text).map_err(text_of),
                serde_json::from_str::<T>(text).map_err(text_of),
                "{text}"
            );
        }
        same::<Outer>(r#"{"id":1,"inner":{"id":2},"list":[{"id":3}],"map":{"a":{}},"new":[1]}"#);
        same::<Outer>(r#"{"pair":[1,{"id":2}],"wrapped":{"id":1},"any":[{"a":null},"\n",1.5,-1]}"#);
        same::<Outer>(r#"{"inner":null,"pair":null}"#);
        same::<Outer>(r#"{"id":"#);
        same::<Outer>("{} {}");
        same::<Outer>(r#"{"id":1,"id":2}"#);
        same::<Value>(r#"[1, {"a": [true, "b"]}]"#);
        same::<(bool, u64, f64, char, String)>(r#"[true, 18446744073709551615, 1.5, "c", "d"]"#);
        same::<&str>(r#""borrowed""#);
        same::<Option<u128>>("340282366920938463463374607431768211455");
        same::<IgnoredAny>("[1, {}]");
        let raw: Box<RawValue> = from_str(r#" {"a" : [1]} "#).unwrap();
        assert_eq!(raw.get(), r#"{"a" : [1]}"#);
        let raw: Vec<&RawValue> = from_str("[ [1], 2 ]").unwrap();
        assert_eq!([raw[0].get(), raw[1].get()], ["[1]", "2"]);
    }
}
