//! Parses JSON with `serde_json`, as events for the builder.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::io::{self, Read};
use std::path::Path;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::value_builder::{Built, Content, ValueBuilder};
use crate::text::{Diagnostic, Diagnostics};

pub fn parse(path: &Path, text: &str) -> Result<Built, Diagnostics> {
    let line = Cell::new(1);
    let events = Events {
        builder: &RefCell::new(ValueBuilder::new(path)),
        stopped: &RefCell::new(None),
        line: &line,
    };
    let mut deserializer = serde_json::Deserializer::from_reader(Lines {
        bytes: text.as_bytes(),
        line: &line,
        at_end: false,
    });
    let read = events.deserialize(&mut deserializer);
    let stopped = match read.and_then(|()| deserializer.end()) {
        Ok(()) => None,
        // A refusal of the builder comes back as an error of the parser.
        Err(error) => events.stopped.take().or_else(|| {
            let diagnostic = Diagnostic::new(path, "", format!("the file is not JSON: {error}"))
                .line(Some(error.line()))
                .remedy("fix the syntax at that line");
            Some(diagnostic)
        }),
    };
    events
        .builder
        .replace(ValueBuilder::new(path))
        .finish(stopped)
}

/// Counts lines for a parser that takes one byte at a time.
///
/// The parser looks one byte ahead, so a line begins only with the byte after its break.
struct Lines<'t> {
    bytes: &'t [u8],
    line: &'t Cell<usize>,
    at_end: bool,
}

impl Read for Lines<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let (Some((byte, rest)), Some(place)) = (self.bytes.split_first(), buffer.first_mut())
        else {
            return Ok(0);
        };
        if self.at_end {
            self.line.set(self.line.get() + 1);
        }
        self.at_end = *byte == b'\n';
        self.bytes = rest;
        *place = *byte;
        Ok(1)
    }
}

/// Passes what is deserialized on to the builder.
#[derive(Clone, Copy)]
struct Events<'a, 'p> {
    builder: &'a RefCell<ValueBuilder<'p>>,
    stopped: &'a RefCell<Option<Diagnostic>>,
    line: &'a Cell<usize>,
}

impl Events<'_, '_> {
    fn place<E>(self, value: impl Into<Value>) -> Result<(), E> {
        self.builder
            .borrow_mut()
            .place(value.into(), self.line.get());
        Ok(())
    }

    fn start<E: Error>(self, content: Content) -> Result<(), E> {
        let started = self.builder.borrow_mut().start(content, 0, self.line.get());
        self.stop(started)
    }

    fn end<E: Error>(self) -> Result<(), E> {
        let ended = self.builder.borrow_mut().end(self.line.get());
        self.stop(ended)
    }

    fn stop<E: Error>(self, result: Result<(), Diagnostic>) -> Result<(), E> {
        result.map_err(|diagnostic| {
            self.stopped.replace(Some(diagnostic));
            E::custom("refused")
        })
    }
}

impl<'de> DeserializeSeed<'de> for Events<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Events<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.place(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.place(value)
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.place(value)
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.place(value)
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.place(value)
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.place(value)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.start(Content::sequence())?;
        while items.next_element_seed(self)?.is_some() {}
        self.end()
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        self.start(Content::mapping())?;
        while let Some(key) = members.next_key::<String>()? {
            self.builder.borrow_mut().key(&key, self.line.get());
            members.next_value_seed(self)?;
        }
        self.end()
    }
}
