//! Parses YAML 1.2 with `saphyr-parser`, as events for the builder.

use std::path::Path;

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use serde_json::{Number, Value};

use super::value_builder::{Built, Content, FLATTER, ValueBuilder};
use crate::text::{Diagnostic, Diagnostics};

pub fn parse(path: &Path, text: &str) -> Result<Built, Diagnostics> {
    let mut builder = ValueBuilder::new(path);
    let stopped = read(&mut builder, path, text).err();
    builder.finish(stopped)
}

fn read(builder: &mut ValueBuilder<'_>, path: &Path, text: &str) -> Result<(), Diagnostic> {
    let mut documents = 0;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let (found, remedy) = match error.info() {
                // The parser has a limit of its own for nested brackets.
                "recursion limit exceeded" => ("values are nested too deep".into(), FLATTER),
                info => (
                    format!("the file is not YAML: {info}"),
                    "fix the syntax at that line",
                ),
            };
            Diagnostic::new(path, "", found)
                .line(Some(error.marker().line()))
                .remedy(remedy)
        })?;
        let line = span.start.line();
        if matches!(event, Event::DocumentStart(_)) {
            documents += 1;
        }
        if documents > 1 {
            return Err(
                Diagnostic::new(path, "", "the file holds more than one YAML document")
                    .line(Some(line))
                    .remedy("keep one document to a file"),
            );
        }
        take(builder, event, line)?;
    }
    Ok(())
}

fn take(builder: &mut ValueBuilder<'_>, event: Event<'_>, line: usize) -> Result<(), Diagnostic> {
    match event {
        Event::Alias(anchor) => builder.alias(anchor, line),
        Event::Scalar(text, style, anchor, tag) => {
            let key = builder.takes_key();
            check_tag(builder, tag.as_deref(), &["str"], line);
            let value = if key || style != ScalarStyle::Plain || tag.is_some() {
                Value::from(text.as_ref())
            } else {
                resolve(&text)
            };
            builder.anchor(anchor, &value, line)?;
            if !key {
                builder.place(value, line);
                return Ok(());
            }
            builder.key(&text, line);
            if text == "<<" {
                let found = "YAML 1.2 has no merge key `<<`";
                let remedy = "write the merged keys out, or use `allOf`";
                builder.report(&builder.pointer(), line, found, remedy);
            }
            Ok(())
        }
        Event::SequenceStart(anchor, tag) => {
            check_tag(builder, tag.as_deref(), &["seq"], line);
            builder.start(Content::sequence(), anchor, line)
        }
        Event::MappingStart(anchor, tag) => {
            check_tag(builder, tag.as_deref(), &["map"], line);
            builder.start(Content::mapping(), anchor, line)
        }
        Event::SequenceEnd | Event::MappingEnd => builder.end(line),
        _ => Ok(()),
    }
}

/// Reports tags that change the type of a value: JSON has no form for them.
fn check_tag(builder: &mut ValueBuilder<'_>, tag: Option<&Tag>, known: &[&str], line: usize) {
    let Some(tag) = tag else { return };
    if !(tag.is_yaml_core_schema() && known.contains(&tag.suffix.as_str())) {
        let found = format!("the tag `{tag}` is not supported");
        builder.report(
            &builder.pointer(),
            line,
            found,
            "write the value out, without a tag",
        );
    }
}

/// The value of a plain scalar in YAML 1.2's core schema.
fn resolve(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    let radix = |prefix, radix| {
        let digits = text.strip_prefix(prefix)?;
        u64::from_str_radix(digits, radix)
            .ok()
            .filter(|_| !digits.starts_with('+'))
    };
    if let Some(value) = radix("0x", 16).or_else(|| radix("0o", 8)) {
        return Value::from(value);
    }
    number(text).unwrap_or_else(|| Value::from(text))
}

fn number(text: &str) -> Option<Value> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !digits.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return None;
    }
    let unsigned = text.strip_prefix('+').unwrap_or(text);
    if let Ok(value) = unsigned.parse::<i64>() {
        return Some(Value::from(value));
    }
    if let Ok(value) = unsigned.parse::<u64>() {
        return Some(Value::from(value));
    }
    Number::from_f64(unsigned.parse().ok()?).map(Value::Number)
}
