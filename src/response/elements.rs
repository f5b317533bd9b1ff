//! The elements of a JSON array, one at a time.

use std::fmt;
use std::marker::PhantomData;
use std::ops::ControlFlow;

use serde::de::{Deserialize, Deserializer, Error as _, SeqAccess, Visitor};

use crate::json::ObjectsOnly;

/// Calls `each` with the elements of a JSON array, one at a time. `Break` ends it with an error.
pub(crate) fn for_each_element<'j, T: Deserialize<'j>>(
    json: &'j str,
    each: impl FnMut(T) -> ControlFlow<()>,
) -> Result<(), serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    ObjectsOnly(&mut deserializer).deserialize_seq(Elements {
        each,
        element: PhantomData,
    })?;
    deserializer.end()
}

struct Elements<F, T> {
    each: F,
    element: PhantomData<T>,
}

impl<'j, T, F> Visitor<'j> for Elements<F, T>
where
    T: Deserialize<'j>,
    F: FnMut(T) -> ControlFlow<()>,
{
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_seq<A: SeqAccess<'j>>(mut self, mut elements: A) -> Result<(), A::Error> {
        while let Some(element) = elements.next_element()? {
            if (self.each)(element).is_break() {
                return Err(A::Error::custom("the elements after this one are not read"));
            }
        }
        Ok(())
    }
}
