//! How long functions are.

use std::fs;
use std::path::Path;

/// A function in a file.
#[derive(Debug, PartialEq)]
pub struct Function {
    /// The line of its `fn`.
    pub line: usize,
    pub name: String,
    /// Lines from its `fn` to its closing brace.
    pub length: usize,
}

/// Returns the functions of a file that have a body, also those in macros.
pub fn functions(file: &Path) -> Vec<Function> {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{file:?}: {error}"));
    functions_in(&text)
}

pub fn functions_in(text: &str) -> Vec<Function> {
    let code = without_texts(text);
    let mut functions = Vec::new();
    for (at, _) in code.match_indices("fn ") {
        let begins_word = !code[..at].ends_with(|it: char| it.is_alphanumeric() || it == '_');
        let after = code[at + 3..].trim_start();
        let is_name = |it: char| it.is_alphanumeric() || matches!(it, '_' | '$' | '#');
        let name: String = after.chars().take_while(|it| is_name(*it)).collect();
        if begins_word
            && !name.is_empty()
            && let Some(end) = end_of_body(&code, at)
        {
            let line = |at: usize| code[..at].matches('\n').count() + 1;
            functions.push(Function {
                line: line(at),
                name,
                length: line(end) - line(at) + 1,
            });
        }
    }
    functions
}

/// Returns where the body of a function ends; `None` if it has none.
fn end_of_body(code: &str, start: usize) -> Option<usize> {
    let mut depth = 0;
    let mut is_body = false;
    for (at, letter) in code[start..].char_indices() {
        match letter {
            '{' if depth == 0 => {
                is_body = true;
                depth += 1;
            }
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ';' if depth == 0 => return None,
            _ => {}
        }
        if is_body && depth == 0 {
            return Some(start + at);
        }
        if depth < 0 {
            return None;
        }
    }
    None
}

/// Returns the code with blanks for comments, strings and letters; line breaks stay.
fn without_texts(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let is_in_word = code.ends_with(|it: char| it.is_alphanumeric() || it == '_');
        let length = match letter {
            '/' => comment(rest),
            '"' => quoted(rest),
            '\'' => quoted_letter(rest),
            'r' | 'b' | 'c' if !is_in_word => raw(rest),
            _ => None,
        };
        match length {
            Some(length) => {
                let blank = |it: char| if it == '\n' { '\n' } else { ' ' };
                code.extend(rest[..length].chars().map(blank));
                rest = &rest[length..];
            }
            None => {
                code.push(letter);
                rest = &rest[letter.len_utf8()..];
            }
        }
    }
    code
}

fn comment(text: &str) -> Option<usize> {
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    if !text.starts_with("/*") {
        return None;
    }
    let (mut at, mut depth) = (2, 1);
    while depth > 0 && at < text.len() {
        let step = match &text.as_bytes()[at..] {
            [b'/', b'*', ..] => {
                depth += 1;
                2
            }
            [b'*', b'/', ..] => {
                depth -= 1;
                2
            }
            _ => 1,
        };
        at += step;
    }
    Some(at)
}

fn quoted(text: &str) -> Option<usize> {
    let mut is_escaped = true;
    for (at, letter) in text.char_indices() {
        match letter {
            '"' if !is_escaped => return Some(at + 1),
            '\\' => is_escaped = !is_escaped,
            _ => is_escaped = false,
        }
    }
    None
}

/// The length of a letter in quotes; a lifetime is none.
fn quoted_letter(text: &str) -> Option<usize> {
    let inner = &text[1..];
    if inner.starts_with('\\') {
        return inner[2..].find('\'').map(|end| end + 4);
    }
    let letter = inner.chars().next()?;
    let end = 1 + letter.len_utf8();
    text[end..].starts_with('\'').then_some(end + 1)
}

/// The length of a raw string, of bytes or of a string for C.
fn raw(text: &str) -> Option<usize> {
    let prefix = text.trim_start_matches(['b', 'c']);
    let before = text.len() - prefix.len();
    if before > 1 {
        return None;
    }
    let Some(raw) = prefix.strip_prefix('r') else {
        let length = match prefix.chars().next()? {
            '"' => quoted(prefix)?,
            '\'' if before == 1 => quoted_letter(prefix)?,
            _ => return None,
        };
        return Some(before + length);
    };
    let quote = raw.trim_start_matches('#');
    let marks = raw.len() - quote.len();
    let inner = quote.strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(marks));
    let length = inner.find(&end)?;
    Some(before + 1 + marks + 1 + length + end.len())
}
