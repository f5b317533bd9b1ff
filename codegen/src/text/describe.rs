//! Values and misspellings in messages.

use serde_json::Value;

/// Returns the type of a value, in words.
pub fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// Returns a scalar as text, cut after 60 characters, or the type of a collection.
pub fn show(value: &Value) -> String {
    match value {
        Value::Array(_) | Value::Object(_) => type_of(value).to_owned(),
        scalar => {
            let text = scalar.to_string();
            match text.char_indices().nth(60) {
                Some((cut, _)) => format!("`{}…`", text.get(..cut).unwrap_or_default()),
                None => format!("`{text}`"),
            }
        }
    }
}

/// Returns the first known word from which `word` differs by a letter or two.
pub fn similar<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    known.into_iter().find(|known| {
        let same = |(a, b): &(char, char)| a.eq_ignore_ascii_case(b);
        let front = word.chars().zip(known.chars()).take_while(same).count();
        let shorter = word.chars().count().min(known.chars().count());
        let longer = word.chars().count().max(known.chars().count());
        let ends = word.chars().rev().zip(known.chars().rev());
        let back = ends.take(shorter - front).take_while(same).count();
        let other = longer - front - back;
        other <= 2 && other < shorter
    })
}
