//! Values that are of one of several types.

use std::cell::Cell;

use serde::de::DeserializeOwned;
use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use serde_json::Value;

/// How many times its own size reading a value may cost. A union in a union in a union is tried
/// with each of its variants for each that is around it: without an end, a server could keep a
/// client busy for ever.
const EFFORT: usize = 1000;

thread_local! {
    /// What is left of the effort for the union that is being read, if one is.
    static LEFT: Cell<Option<usize>> = const { Cell::new(None) };
}

/// Makes an enum whose variants are types read and write them as they are.
///
/// Without the name of a member that tells them apart, the first variant counts that keeps all of
/// what was read, else the first that fits. What fits none is `Other`.
#[allow(unused_macros, reason = "a document may have no union")]
macro_rules! union {
    ($name:ident { $($variant:ident($($payload:tt)+)),* $(,)? }) => {
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = ::serde_json::Value::deserialize(deserializer)?;
                let found = $crate::union::choose(&value, &[
                    $(|value| $crate::union::fit(value, Self::$variant),)*
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

        $($crate::union::union!(@from $name $variant $($payload)+);)*
    };
    ($name:ident, $tag:literal {
        $($variant:ident($($payload:tt)+) = $text:literal $(| $more:literal)*),* $(,)?
    }) => {
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = ::serde_json::Value::deserialize(deserializer)?;
                match value.get($tag).and_then(::serde_json::Value::as_str) {
                    $(Some($text $(| $more)*) => {
                        $crate::union::tagged(&value, $tag, stringify!($variant), Self::$variant)
                    })*
                    _ => Ok(Self::Other(value)),
                }
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(value) => {
                        $crate::union::serialize(value, $tag, $text, serializer)
                    })*
                    Self::Other(value) => value.serialize(serializer),
                }
            }
        }

        $($crate::union::union!(@from $name $variant $($payload)+);)*
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

/// A value read as one variant, and whether that keeps all of it.
type Fit<U> = Option<(U, bool)>;

/// The variant that a value is.
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
    let found = T::deserialize(value).ok()?;
    let back = serde_json::to_value(&found).ok()?;
    Some((wrap(found), keeps(value, &back)))
}

/// The variant that a member of the value names.
#[allow(dead_code, reason = "a document may have no union")]
pub(crate) fn tagged<T: DeserializeOwned, U, E: serde::de::Error>(
    value: &Value,
    tag: &str,
    variant: &str,
    wrap: fn(T) -> U,
) -> Result<U, E> {
    T::deserialize(value).map(wrap).map_err(|error| {
        E::custom(format_args!(
            "its `{tag}` makes it `{variant}`, which it does not fit: {error}"
        ))
    })
}

/// Writes a variant with the member that names it.
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

/// Whether all that was read is still there when it is written again.
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
        // A scalar may be spelled in another way.
        (_, other) => !other.is_null(),
    }
}

/// What the union on the outside may cost; those inside of it draw on the same.
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

    /// Takes the cost of one variant from what is left.
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
