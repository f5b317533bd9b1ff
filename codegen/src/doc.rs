//! Documentation for generated items, out of what the document says of them.

use serde_json::Value;

use crate::schema::UNITS;

/// The description of a schema, with its unit, bounds, default and example.
pub fn of_schema(schema: &Value) -> String {
    paragraphs(parts_of_schema(schema))
}

/// The description of a schema, and what else is said of its values.
pub fn parts_of_schema(schema: &Value) -> [String; 2] {
    let text = text(schema);
    let mut facts = Vec::new();
    if let Some(unit) = schema.get("x-unit").and_then(Value::as_str)
        && let Some((_, _, plural)) = UNITS.iter().find(|(name, ..)| *name == unit)
        && !text.contains(plural)
    {
        facts.push(format!("In {plural}."));
    }
    facts.extend(bounds(schema));
    if let Some(Value::Array(values)) = schema.get("enum")
        && schema.get("type").is_some_and(|kind| kind != "string")
    {
        let values: Vec<String> = values.iter().map(code).collect();
        facts.push(format!("One of {}.", values.join(", ")));
    }
    if let Some(default) = schema.get("default").filter(|default| is_scalar(default)) {
        facts.push(format!("Default: {}.", code(default)));
    }
    if let Some(example) = schema.get("example").filter(|example| is_scalar(example)) {
        facts.push(format!("Example: {}.", code(example)));
    }
    [text, facts.join(" ")]
}

fn bounds(schema: &Value) -> impl Iterator<Item = String> {
    const BOUNDS: [(&str, &str, &str); 6] = [
        ("minimum", "At least", ""),
        ("maximum", "At most", ""),
        ("minLength", "At least", " character"),
        ("maxLength", "At most", " character"),
        ("minItems", "At least", " item"),
        ("maxItems", "At most", " item"),
    ];
    let is = |key| schema.get(key) == Some(&Value::Bool(true));
    BOUNDS.into_iter().filter_map(move |(key, words, what)| {
        let bound = schema.get(key)?;
        let words = match key {
            "minimum" if is("exclusiveMinimum") => "More than",
            "maximum" if is("exclusiveMaximum") => "Less than",
            _ => words,
        };
        let plural = if what.is_empty() || bound == 1 {
            ""
        } else {
            "s"
        };
        Some(format!("{words} {bound}{what}{plural}."))
    })
}

/// The description of any object of a document, or else its title.
pub fn text(object: &Value) -> String {
    let part = |key| object.get(key).and_then(Value::as_str).unwrap_or_default();
    match (part("title"), part("description").trim()) {
        (title, "") => markdown(title),
        (_, description) => markdown(description),
    }
}

/// Whether a media type is what JSON is sent as, unless told otherwise.
pub fn is_plain_json(media_type: &str) -> bool {
    crate::content::essence(media_type) == "application/json"
}

/// Joins the parts that are not empty, with a blank line between them.
pub fn paragraphs(parts: impl IntoIterator<Item = String>) -> String {
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("\n\n")
}

/// A description as rustdoc can take it: no code of it is Rust to test, no brackets are links to
/// Rust, no signs are HTML.
pub fn markdown(description: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut prose = String::new();
    let mut fence: Option<Fence> = None;
    let mut in_list = false;
    for line in description.trim().lines() {
        let line: String = line.trim_end().chars().filter(is_plain).collect();
        let (indent, marks, text) = split(&line);
        let found = Fence::of(text);
        if let Some(open) = &fence {
            if found.is_some_and(|end| open.closes(&end)) {
                fence = None;
            }
            lines.push(line);
            continue;
        }
        if text.is_empty() || !marks.is_empty() || found.is_some() {
            lines.extend(inline(&prose).lines().map(str::to_owned));
            prose.clear();
        }
        // Four spaces would be a block of code, unless they begin an inner item of a list.
        let item = !marks.trim_start_matches('>').trim().is_empty();
        let after_blank = prose.is_empty() && lines.last().is_none_or(String::is_empty);
        let indent = match indent.len() {
            few @ 0..=3 => few,
            many if item && in_list && !after_blank => many,
            _ => 3,
        };
        in_list = item || in_list && (text.is_empty() || indent > 0);
        let before = format!("{}{}", " ".repeat(indent), short(marks));
        match found {
            // A word of its own keeps rustdoc from taking the code for Rust.
            Some(begin) => {
                lines.push(format!("{before}{}text", begin.text()));
                fence = Some(begin);
            }
            None if text.is_empty() => lines.push(before.trim_end().to_owned()),
            None => {
                if !prose.is_empty() {
                    prose.push('\n');
                }
                prose.extend([before.as_str(), text]);
            }
        }
    }
    lines.extend(inline(&prose).lines().map(str::to_owned));
    lines.extend(fence.map(|open| open.text()));
    lines.join("\n")
}

/// The same for a text that is to be one line.
pub fn line(text: &str) -> String {
    markdown(text).replace('\n', " ")
}

/// Characters that a comment of Rust may hold: none that break a line or turn the text around.
fn is_plain(character: &char) -> bool {
    let turns = matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    *character == '\t' || !character.is_control() && !turns
}

/// The spaces in front of a line, the marks of quotes and lists, and the text.
fn split(line: &str) -> (&str, &str, &str) {
    let (indent, line) = line.split_at(line.len() - line.trim_start().len());
    let mut text = line;
    loop {
        let digits = text.trim_start_matches(|sign: char| sign.is_ascii_digit());
        let after = match text.strip_prefix('>') {
            Some(after) => Some(after),
            None => {
                let item = match text.strip_prefix(['-', '*', '+']) {
                    None if digits.len() < text.len() => digits.strip_prefix(['.', ')']),
                    bullet => bullet,
                };
                item.filter(|after| after.starts_with([' ', '\t']))
            }
        };
        match after {
            Some(after) => text = after.trim_start(),
            None => {
                let (marks, text) = line.split_at(line.len() - text.len());
                return (indent, marks, text);
            }
        }
    }
}

/// No more than three spaces together.
fn short(marks: &str) -> String {
    let mut spaces = 0;
    let kept = marks.chars().filter(|sign| {
        spaces = if sign.is_whitespace() { spaces + 1 } else { 0 };
        spaces <= 3
    });
    kept.collect::<String>().replace('\t', " ")
}

/// The line that begins or ends a block of code.
struct Fence {
    sign: char,
    length: usize,
    bare: bool,
}

impl Fence {
    fn of(text: &str) -> Option<Self> {
        let sign = text
            .chars()
            .next()
            .filter(|sign| matches!(sign, '`' | '~'))?;
        let after = text.trim_start_matches(sign);
        let length = text.len() - after.len();
        let fence = length >= 3 && !(sign == '`' && after.contains('`'));
        fence.then(|| Self {
            sign,
            length,
            bare: after.trim().is_empty(),
        })
    }

    fn closes(&self, end: &Self) -> bool {
        end.bare && end.sign == self.sign && end.length >= self.length
    }

    fn text(&self) -> String {
        self.sign.to_string().repeat(self.length)
    }
}

/// Prose: spans of code stay, links with an address stay, bare addresses become links, and what is
/// left of brackets and HTML is text.
fn inline(text: &str) -> String {
    let mut done = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let in_word = done.ends_with(char::is_alphanumeric);
        let (length, form) = piece(rest, in_word);
        let (piece, after) = rest.split_at(length);
        match form {
            Form::Plain => done.push_str(piece),
            Form::Address => done.extend(["<", piece, ">"]),
            Form::Escaped => done.extend(["\\", piece]),
        }
        rest = after;
    }
    done
}

enum Form {
    Plain,
    Address,
    Escaped,
}

/// How much of a text belongs together at its start, and how it is written.
fn piece(text: &str, in_word: bool) -> (usize, Form) {
    let mut characters = text.chars();
    let first = characters.next().unwrap_or_default();
    let kept = match first {
        '`' => Some(span(text)),
        '[' => link(text),
        '<' => autolink(text),
        '\\' => Some(1 + characters.next().map_or(0, char::len_utf8)),
        _ => None,
    };
    let tag = |next: char| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?');
    match kept {
        Some(length) => (length, Form::Plain),
        None if matches!(first, '[' | ']') => (1, Form::Escaped),
        None if first == '<' && characters.next().is_some_and(tag) => (1, Form::Escaped),
        None => match address(text).filter(|_| !in_word) {
            Some(length) => (length, Form::Address),
            None => (first.len_utf8(), Form::Plain),
        },
    }
}

/// A span of code with its backticks, or the backticks alone where none end it.
fn span(text: &str) -> usize {
    let length = |text: &str| text.len() - text.trim_start_matches('`').len();
    let ticks = length(text);
    let mut at = ticks;
    while let Some(next) = text.get(at..).and_then(|rest| rest.find('`')) {
        let end = text.get(at + next..).map_or(0, length);
        at += next + end;
        if end == ticks {
            return at;
        }
    }
    ticks
}

/// `<address>`
fn autolink(text: &str) -> Option<usize> {
    let inside = text.get(1..)?;
    let length = address(inside)?;
    inside.get(length..)?.starts_with('>').then_some(length + 2)
}

/// `[text](address)`
fn link(text: &str) -> Option<usize> {
    let inside = text.get(1..)?;
    let label = inside.split(['[', ']', '\n']).next()?;
    let target = inside.get(label.len()..)?.strip_prefix("](")?;
    let target = target.split([')', '(', '\n', ' ']).next()?;
    let end = 1 + label.len() + 2 + target.len();
    let known = is_address(target) || target.starts_with('#');
    (known && text.get(end..)?.starts_with(')')).then_some(end + 1)
}

/// An address at the start of a text, without the signs of the sentence that it stands in.
fn address(text: &str) -> Option<usize> {
    let scheme = ["https://", "http://", "mailto:"]
        .into_iter()
        .find(|scheme| text.starts_with(scheme))?;
    let end = |sign: char| sign.is_whitespace() || "<>()[]\"`|\\".contains(sign);
    let address = text.split(end).next()?;
    let address = address.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_']);
    (address.len() > scheme.len()).then_some(address.len())
}

fn is_address(text: &str) -> bool {
    address(text) == Some(text.len())
}

/// A value as a span of code.
pub fn code(value: &Value) -> String {
    let text = match value {
        Value::String(text) => format!("\"{text}\""),
        other => other.to_string(),
    };
    span_of(&text)
}

/// A text as a span of code, in one line.
pub fn span_of(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|sign| if is_plain(&sign) { sign } else { ' ' })
        .collect();
    match text.as_str() {
        "" => "`\"\"`".to_owned(),
        // A backtick inside would end the span.
        text => format!("`{}`", text.replace('`', "'")),
    }
}

fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Array(_) | Value::Object(_))
}
