//! Descriptions of a document, as Markdown that rustdoc takes.

use serde_json::Value;

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

/// The same, in one line.
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

/// Marks with at most three spaces between them.
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
