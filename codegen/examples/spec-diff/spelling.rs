//! Rust on one line, as people write it.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::ToTokens;

/// The most words of a difference that are shown of either side.
const SHOWN: usize = 24;

/// Tokens in full: two texts are the same only if the tokens are.
pub fn text(tokens: impl ToTokens) -> String {
    let mut words = Vec::new();
    flatten(tokens.to_token_stream(), &mut words);
    join(&words)
}

/// A text without the modules that say nothing to a reader.
pub fn short(text: &str) -> String {
    let mut short = text.to_owned();
    // Longer ones first: `crate::` is the beginning of the others.
    for module in [
        "std::collections::",
        "crate::units::",
        "crate::runtime::",
        "crate::token::",
        "crate::",
        "super::",
        "types::",
    ] {
        short = replace(&short, module, "");
    }
    short
}

/// Two texts side by side, in full where they would look the same.
pub fn both(old: &str, new: &str) -> (String, String) {
    let (short_old, short_new) = (short(old), short(new));
    if short_old == short_new {
        (old.to_owned(), new.to_owned())
    } else {
        (short_old, short_new)
    }
}

/// `old → new`.
pub fn arrow(old: &str, new: &str) -> String {
    let (old, new) = both(old, new);
    format!("{old} → {new}")
}

/// `old → new` of long texts: the words that differ, with a few around them.
pub fn difference(old: &str, new: &str) -> String {
    let (old, new) = both(old, new);
    let (old, new): (Vec<&str>, Vec<&str>) = (old.split(' ').collect(), new.split(' ').collect());
    let same = |pair: &(&&str, &&str)| pair.0 == pair.1;
    let head = old.iter().zip(&new).take_while(same).count();
    let rest = old.len().min(new.len()) - head;
    let tail = old.iter().rev().zip(new.iter().rev());
    let tail = tail.take_while(same).count().min(rest);
    let shown = |words: &[&str]| {
        let (start, end) = (
            head.saturating_sub(2),
            (words.len() - tail + 2).min(words.len()),
        );
        let part = words.get(start..end).unwrap_or_default();
        if part.concat().is_empty() {
            return "nothing".to_owned();
        }
        let begin = if start > 0 { "… " } else { "" };
        let cut = part.len() > SHOWN || end < words.len();
        let part = part.get(..SHOWN).unwrap_or(part).join(" ");
        format!("`{begin}{part}{}`", if cut { " …" } else { "" })
    };
    format!("{} → {}", shown(&old), shown(&new))
}

/// A text with another word (a name, or a path up to its `::`) wherever it stands by itself.
pub fn replace(text: &str, from: &str, to: &str) -> String {
    let is_part = |character: char| character.is_alphanumeric() || "_:".contains(character);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(from) {
        let (before, found) = rest.split_at(at);
        let after = found.get(from.len()..).unwrap_or_default();
        out.push_str(before);
        let apart = !out.ends_with(is_part)
            && (from.ends_with(':') || !after.starts_with(|next| is_part(next) && next != ':'));
        out.push_str(if apart { to } else { from });
        rest = after;
    }
    out + rest
}

/// Names one after the other, with a word before the last.
pub fn list(items: &[String], word: &str) -> String {
    match items {
        [] => "nothing".to_owned(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} {word} {last}", first.join(", ")),
    }
}

fn flatten(tokens: TokenStream, words: &mut Vec<String>) {
    let mut joint = false;
    for token in tokens {
        let word = match &token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                words.push(open.to_owned());
                flatten(group.stream(), words);
                close.to_owned()
            }
            other => other.to_string(),
        };
        match words.last_mut().filter(|_| joint) {
            Some(last) => last.push_str(&word),
            None => words.push(word),
        }
        joint = matches!(&token, TokenTree::Punct(punct) if punct.spacing() == Spacing::Joint);
    }
}

fn join(words: &[String]) -> String {
    let words: Vec<&String> = words.iter().filter(|word| !word.is_empty()).collect();
    let mut text = String::new();
    let mut before = "";
    for (place, word) in words.iter().enumerate() {
        let ends = |next: &&String| next.starts_with([')', ']', '}', '>']);
        // Whether there is a comma at the end is a matter of where the lines break.
        if *word == "," && words.get(place + 1).is_some_and(ends) {
            continue;
        }
        if !before.is_empty() && is_apart(before, word) {
            text.push(' ');
        }
        text.push_str(word);
        before = word;
    }
    text
}

/// Whether a blank stands between two words.
fn is_apart(before: &str, after: &str) -> bool {
    const LOOSE: [&str; 8] = ["=", "=>", "->", "|", "+", "&&", "==", "||"];
    let is_word = |text: &str| {
        text.starts_with(|first: char| first.is_alphanumeric() || "_\"'#".contains(first))
    };
    let loose = LOOSE.contains(&before) || LOOSE.contains(&after);
    let ends = [",", ";", ":", "{"].contains(&before) || ["{", "}"].contains(&after);
    let next = is_word(after) && (is_word(before) || [">", ")", "]", "}"].contains(&before));
    (loose || ends || next) && !(before == "{" && after == "}")
}
