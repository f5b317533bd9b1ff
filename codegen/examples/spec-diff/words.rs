//! The docs of an operation, in the parts that the generator makes them of.

use std::collections::BTreeMap;

use super::notes;
use super::report::Report;

/// The parts, but for the line of method, path and token, which follows from the code.
#[derive(Debug, Default)]
pub struct Words {
    story: Vec<String>,
    arguments: BTreeMap<String, Vec<String>>,
    errors: Vec<String>,
}

impl Words {
    pub fn of(docs: &[String]) -> Self {
        let mut words = Self::default();
        let mut lines = docs.iter();
        for line in lines.by_ref() {
            if is_line(line) {
                break;
            }
            words.story.push(line.clone());
        }
        let mut argument = None;
        let mut errors = false;
        for line in lines {
            match line.trim() {
                "# Arguments" if !errors => {}
                // The server is told of by itself.
                text if text.starts_with("It is served at <") => {}
                "# Errors" => errors = true,
                _ if errors => words.errors.push(line.clone()),
                text => {
                    let begins = text
                        .strip_prefix("- `")
                        .and_then(|text| text.split_once("`: "));
                    let (name, text) = match begins {
                        Some((name, text)) => (Some(name.to_owned()), text),
                        None => (argument, text),
                    };
                    let lines = words.arguments.entry(name.clone().unwrap_or_default());
                    lines.or_default().push(text.to_owned());
                    argument = name;
                }
            }
        }
        for lines in words.arguments.values_mut() {
            lines.retain(|line| !line.is_empty());
        }
        words
    }

    pub fn compare(
        &self,
        new: &Self,
        subject: &str,
        aliases: &BTreeMap<String, String>,
        report: &mut Report,
    ) {
        let reworded = |(name, old): (&String, &Vec<String>)| {
            let new = new.arguments.get(aliases.get(name).unwrap_or(name));
            new.is_some_and(|new| new != old)
        };
        let story = |words: &Self| {
            let lines = words.story.iter().filter(|line| !line.is_empty());
            lines.cloned().collect::<Vec<_>>()
        };
        if story(self) != story(new) || self.arguments.iter().any(reworded) {
            report.docs(notes::reworded(subject));
        }
        if self.errors != new.errors {
            report.docs(format!("{subject} documents its errors in other words"));
        }
    }
}

/// Whether this is the line that says method, path and token.
fn is_line(line: &str) -> bool {
    let call = line
        .trim_start()
        .strip_prefix('`')
        .and_then(|text| text.split_once("`, with"));
    call.is_some_and(|(call, _)| {
        call.split_once(" /").is_some_and(|(method, _)| {
            !method.is_empty() && method.chars().all(|letter| letter.is_ascii_uppercase())
        })
    })
}
