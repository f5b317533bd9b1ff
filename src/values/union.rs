//! Values of one of several types (OpenAPI's `oneOf` and `anyOf`).

use std::cell::Cell;

use serde::de::DeserializeOwned;
use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::json::ObjectsOnly;

/// The maximum effort of deserializing a value, as a multiple of its size. Each variant of a nested
/// union is tried for each variant of the union around it, so that without a limit a server could
/// keep a client busy for ever.
const EFFORT: usize = 1000;

thread_local! {
    /// The remaining effort for the outermost union that is being deserialized, if any.
    static LEFT: Cell<Option<usize>> = const { Cell::new(None) };
}

/// Implements serde and `From` for a generated enum with one variant for each type.
///
/// With a discriminator, its value selects the variant. Without one, the first variant that keeps
/// all of the JSON is selected, or else the first that deserializes. If there is none, the value
/// becomes `Other`.
#[allow(unused_macros, reason = "a document may have no union")]
macro_rules! union {
    ($name:ident { $($variant:ident($($payload:tt)+)),* $(,)? }) => {
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = ::serde_json::Value::deserialize(deserializer)?;
                let found = $crate::values::union::choose(&value, &[
                    $(|value| $crate::values::union::fit(value, Self::$variant),)*
                ]);
                Ok(found.unwrap_or(Self::Other(value)))
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(value) => value.serialize(serializer),)*
                    Self::Other(value) => value.serialize(serializer),
                }
            }
        }

        $($crate::values::union::union!(@from $name $variant $($payload)+);)*
    };
    ($name:ident, $tag:literal {
        $($variant:ident($($payload:tt)+) = $text:literal $(| $more:literal)*),* $(,)?
    }) => {
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = ::serde_json::Value::deserialize(deserializer)?;
                match value.get($tag).and_then(::serde_json::Value::as_str) {
                    $(Some($text $(| $more)*) => {
                        $crate::values::union::tagged(&value, $tag, stringify!($variant), Self::$variant)
                    })*
                    _ => Ok(Self::Other(value)),
                }
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(value) => {
                        $crate::values::union::serialize(value, $tag, $text, serializer)
                    })*
                    Self::Other(value) => value.serialize(serializer),
                }
            }
        }

        $($crate::values::union::union!(@from $name $variant $($payload)+);)*
    };
    (@from $name:ident $variant:ident Box<$payload:ty>) => {
        impl From<$payload> for $name {
            fn from(value: $payload) -> Self {
                Self::$variant(Box::new(value))
            }
        }
    };
    (@from $name:ident $variant:ident $payload:ty) => {
        impl From<$payload> for $name {
            fn from(value: $payload) -> Self {
                Self::$variant(value)
            }
        }
    };
}

#[allow(unused_imports, reason = "a document may have no union")]
pub(crate) use union;

/// A value deserialized as one variant, and whether the variant keeps all of the JSON.
type Fit<U> = Option<(U, bool)>;

/// Returns the variant of a value without a discriminator.
#[allow(dead_code, reason = "a document may have no union")]
pub(crate) fn choose<U>(value: &Value, variants: &[fn(&Value) -> Fit<U>]) -> Option<U> {
    let effort = Effort::begin(value);
    let mut first = None;
    for variant in variants {
        if !effort.is_enough() {
            break;
        }
        match variant(value) {
            Some((union, true)) => return Some(union),
            Some((union, false)) => first = first.or(Some(union)),
            None => {}
        }
    }
    first
}

#[allow(dead_code, reason = "a document may have no union")]
pub(crate) fn fit<T: DeserializeOwned + Serialize, U>(value: &Value, wrap: fn(T) -> U) -> Fit<U> {
    let found = T::deserialize(ObjectsOnly(value)).ok()?;
    let back = serde_json::to_value(&found).ok()?;
    Some((wrap(found), keeps(value, &back)))
}

/// Deserializes the variant that the discriminator `tag` selects.
#[allow(dead_code, reason = "a document may have no union")]
pub(crate) fn tagged<T: DeserializeOwned, U, E: serde::de::Error>(
    value: &Value,
    tag: &str,
    variant: &str,
    wrap: fn(T) -> U,
) -> Result<U, E> {
    T::deserialize(ObjectsOnly(value))
        .map(wrap)
        .map_err(|error| {
            E::custom(format_args!(
                "its `{tag}` makes it `{variant}`, which it does not fit: {error}"
            ))
        })
}

/// Serializes a variant with its discriminator.
#[allow(dead_code, reason = "a document may have no union")]
pub(crate) fn serialize<S: Serializer>(
    value: &impl Serialize,
    tag: &str,
    text: &str,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut value = serde_json::to_value(value).map_err(S::Error::custom)?;
    if let Value::Object(members) = &mut value {
        members.insert(tag.to_owned(), Value::from(text));
    }
    value.serialize(serializer)
}

/// Returns whether `written` contains all of the JSON in `read`.
fn keeps(read: &Value, written: &Value) -> bool {
    match (read, written) {
        (Value::Null, _) => true,
        (Value::Object(read), Value::Object(written)) => read.iter().all(|(key, member)| {
            member.is_null() || written.get(key).is_some_and(|other| keeps(member, other))
        }),
        (Value::Array(read), Value::Array(written)) => {
            read.len() <= written.len()
                && read
                    .iter()
                    .zip(written)
                    .all(|(read, written)| keeps(read, written))
        }
        (Value::Object(members), other) => members.is_empty() && !other.is_null(),
        (Value::Array(items), other) => items.is_empty() && !other.is_null(),
        // A scalar may have another notation.
        (_, other) => !other.is_null(),
    }
}

/// The effort of one union. Nested unions share the limit of the outermost one.
struct Effort {
    size: usize,
    outermost: bool,
}

impl Effort {
    fn begin(value: &Value) -> Self {
        let size = size(value);
        let outermost = LEFT.get().is_none();
        if outermost {
            LEFT.set(Some(size.saturating_mul(EFFORT)));
        }
        Self { size, outermost }
    }

    /// Subtracts the cost of one variant. Returns whether enough was left.
    fn is_enough(&self) -> bool {
        let left = LEFT.get().and_then(|left| left.checked_sub(self.size));
        LEFT.set(Some(left.unwrap_or_default()));
        left.is_some()
    }
}

impl Drop for Effort {
    fn drop(&mut self) {
        if self.outermost {
            LEFT.set(None);
        }
    }
}

fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(members) => members.values().map(size).sum(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::{from_str, from_value, json, to_value};

    use super::*;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Cat {
        name: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        mood: Option<Mood>,
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Dog {
        name: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tricks: Vec<String>,
    }

    #[derive(Clone, Debug, PartialEq)]
    enum Mood {
        Good,
        Unknown(crate::UnknownValue),
    }

    impl Mood {
        fn as_str(&self) -> &str {
            match self {
                Self::Good => "good",
                Self::Unknown(text) => text.as_str(),
            }
        }
    }

    crate::open_enum!(Mood { Good = "good" });

    #[derive(Clone, Debug, PartialEq)]
    enum Pet {
        Cat(Box<Cat>),
        Dog(Box<Dog>),
        Text(String),
        Numbers(Vec<i64>),
        Other(Value),
    }
    crate::union!(Pet { Cat(Box<Cat>), Dog(Box<Dog>), Text(String), Numbers(Vec<i64>) });

    #[derive(Clone, Debug, PartialEq)]
    enum Tagged {
        Cat(Box<Cat>),
        Dog(Box<Dog>),
        Text(String),
        Other(Value),
    }
    crate::union!(Tagged, "petType" {
        Cat(Box<Cat>) = "cat" | "kitten",
        Dog(Box<Dog>) = "dog",
        Text(String) = "text",
    });

    fn cat(mood: Option<Mood>) -> Cat {
        Cat {
            name: "Tom".into(),
            mood,
        }
    }

    #[test]
    fn the_first_variant_that_keeps_everything_counts() {
        let pet = |json| from_value::<Pet>(json).unwrap();
        assert_eq!(pet(json!({"name": "Tom"})), cat(None).into());
        assert_eq!(
            pet(json!({"name": "Tom", "tricks": null})),
            cat(None).into()
        );
        let good = cat(Some(Mood::Good));
        assert_eq!(pet(json!({"name": "Tom", "mood": "good"})), good.into());
        let odd = cat(Some(Mood::from("odd")));
        assert_eq!(pet(json!({"name": "Tom", "mood": "odd"})), odd.into());
        let dog = pet(json!({"name": "Rex", "tricks": ["sit"]}));
        assert!(matches!(dog, Pet::Dog(dog) if dog.tricks == ["sit"]));
        // None keeps it: the first that fits.
        assert_eq!(pet(json!({"name": "Tom", "age": 1})), cat(None).into());
        assert_eq!(pet(json!("Tom")), String::from("Tom").into());
        assert_eq!(pet(json!([1, 2])), vec![1, 2].into());
        assert_eq!(pet(json!({"age": 1})), Pet::Other(json!({"age": 1})));
        // serde takes an array for a struct.
        assert_eq!(pet(json!(["Tom"])), Pet::Other(json!(["Tom"])));
        assert_eq!(pet(json!(null)), Pet::Other(json!(null)));
    }

    #[test]
    fn a_union_is_written_as_what_it_holds() {
        for json in [
            json!({"name": "Rex", "tricks": ["sit"]}),
            json!("Tom"),
            json!([1]),
            json!({"age": 1}),
            json!(null),
        ] {
            let pet: Pet = from_value(json.clone()).unwrap();
            assert_eq!(to_value(&pet).unwrap(), json);
        }
    }

    #[test]
    fn the_discriminator_selects_the_variant() {
        let pet = |json| from_value::<Tagged>(json);
        let kitten = json!({"petType": "kitten", "name": "Tom"});
        assert_eq!(pet(kitten.clone()).unwrap(), cat(None).into());
        for other in [
            json!({"petType": "cow", "name": "Tom"}),
            json!({"petType": 1}),
            json!({"name": "Tom"}),
            json!("cat"),
            json!(null),
            json!(["cat"]),
        ] {
            assert_eq!(pet(other.clone()).unwrap(), Tagged::Other(other.clone()));
            assert_eq!(to_value(Tagged::Other(other.clone())).unwrap(), other);
        }
        let written = to_value(pet(kitten).unwrap()).unwrap();
        assert_eq!(written, json!({"petType": "cat", "name": "Tom"}));
        assert_eq!(
            to_value(Tagged::from(String::from("a"))).unwrap(),
            json!("a")
        );
    }

    #[test]
    fn a_known_variant_that_does_not_fit_is_an_error_that_says_why() {
        let error = from_str::<Tagged>(r#"{"petType": "dog"}"#).unwrap_err();
        let message = "its `petType` makes it `Dog`, which it does not fit: missing field `name`";
        assert!(error.to_string().starts_with(message), "{error}");
    }

    #[test]
    fn a_union_can_be_anywhere() {
        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        struct Owner {
            id: u8,
            #[serde(skip_serializing_if = "Option::is_none")]
            first: Option<Pet>,
            all: Vec<Tagged>,
            #[serde(flatten)]
            rest: Tagged,
        }
        let text = r#"{"id":1,"first":"Tom","all":[{"name":"Rex","petType":"dog"},7],"name":"Tom","petType":"cat"}"#;
        let owner: Owner = from_str(text).unwrap();
        assert_eq!(owner.first, Some(String::from("Tom").into()));
        assert!(matches!(owner.all[..], [Tagged::Dog(_), Tagged::Other(_)]));
        assert_eq!(owner.rest, cat(None).into());
        let back: Owner = from_str(&serde_json::to_string(&owner).unwrap()).unwrap();
        assert_eq!(back, owner);

        #[derive(Debug, Serialize, Deserialize)]
        struct Flat {
            #[serde(flatten)]
            pet: Pet,
        }
        let flat: Flat = from_str(r#"{"name":"Rex","tricks":["sit"]}"#).unwrap();
        assert!(matches!(flat.pet, Pet::Dog(_)));
        let written = serde_json::to_string(&flat).unwrap();
        assert_eq!(written, r#"{"name":"Rex","tricks":["sit"]}"#);
    }

    #[test]
    fn a_payload_may_be_of_types_in_types() {
        #[derive(Debug, PartialEq)]
        enum Held {
            List(Box<Option<Vec<i64>>>),
            Map(::std::collections::HashMap<String, Vec<u8>>),
            Other(Value),
        }
        crate::union!(Held {
            List(Box<Option<Vec<i64>>>),
            Map(::std::collections::HashMap<String, Vec<u8>>),
        });
        assert_eq!(from_str::<Held>("[1]").unwrap(), Some(vec![1]).into());
        assert!(matches!(from_str(r#"{"a":[1]}"#).unwrap(), Held::Map(_)));
        assert!(matches!(from_str("1").unwrap(), Held::Other(_)));
    }

    #[test]
    fn keeps_finds_a_loss_at_any_depth() {
        for (read, written, kept) in [
            (json!({"a": [{"b": null}]}), json!({"a": [{}]}), true),
            (json!({"a": [{"b": 1}]}), json!({"a": [{}]}), false),
            (json!([1, 2]), json!([1]), false),
            (json!({"a": 1}), json!("a"), false),
            (json!({}), json!(null), false),
            (json!(1), json!("1"), true),
            (json!(1), json!(null), false),
        ] {
            assert_eq!(keeps(&read, &written), kept, "{read} {written}");
        }
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Not {
        inner: Deep,
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Neither {
        inner: Deep,
        #[serde(skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    }

    #[derive(Clone, Debug, PartialEq)]
    enum Deep {
        Not(Box<Not>),
        Neither(Box<Neither>),
        Number(u64),
        Other(Value),
    }
    crate::union!(Deep { Not(Box<Not>), Neither(Box<Neither>), Number(u64) });

    #[test]
    fn the_effort_for_nested_unions_is_limited() {
        const DEPTH: usize = 100;
        let nest =
            |end: &str| format!("{}{end}{}", r#"{"inner":"#.repeat(DEPTH), "}".repeat(DEPTH));
        // Every level loses a member, so that every variant would be tried at each.
        from_str::<Deep>(&nest(r#"{"unknown": 1}"#)).unwrap();
        from_str::<Deep>(&nest(r#"{"inner": 1, "unknown": 1}"#)).unwrap();
        let mild: Deep = from_str(&nest("1")).unwrap();
        assert!(matches!(mild, Deep::Not(_)));
        assert_eq!(
            to_value(&mild).unwrap(),
            from_str::<Value>(&nest("1")).unwrap()
        );
        // It begins anew with the next.
        assert_eq!(from_str::<Deep>("1").unwrap(), Deep::Number(1));
    }
}
