//! What a parameter is on the wire, and which values it may have.

use std::collections::BTreeMap;

use super::report::Report;
use super::spelling;
use super::step::Step;

/// A field of a request, as it is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameter {
    pub place: String,
    pub wire: String,
    style: String,
    /// The range that its values have to be in.
    pub bounds: Option<String>,
    /// The names of the parameters that it is sent as, where it is several.
    names: BTreeMap<String, String>,
    /// What a body is written as.
    media: Option<String>,
    /// The calls that send it.
    text: String,
}

/// The parameters of a request by their names in Rust, in the order in which they are sent.
pub fn all(steps: &[Step]) -> Vec<(String, Parameter)> {
    let mut all: Vec<(String, Parameter)> = Vec::new();
    for step in steps {
        let Some(field) = &step.field else { continue };
        let at = all.iter().position(|(name, _)| name == field);
        let at = at.unwrap_or_else(|| {
            all.push((field.clone(), Parameter::default()));
            all.len() - 1
        });
        if let Some((_, parameter)) = all.get_mut(at) {
            parameter.add(step);
        }
    }
    all
}

impl Parameter {
    fn add(&mut self, step: &Step) {
        self.text.push_str(&step.anonymous());
        if step.call == "within" {
            self.bounds = step.rest.last().cloned();
            return;
        }
        if let Some(place) = step.place() {
            self.place = place;
            self.wire = step.wire.clone().unwrap_or_default();
            self.style = step.style();
        }
        self.names.extend(step.names.clone());
        self.media = self.media.take().or(step.media());
    }

    /// What tells it from the other parameters, whatever it is called in Rust.
    pub fn identity(&self, path: &str) -> Option<String> {
        match self.place.as_str() {
            "" => None,
            "path" => Some(format!("path {}", slot(path, &self.wire)?)),
            place => Some(format!("{place} {}", self.wire)),
        }
    }

    /// Tells what is different on the wire. `alike` is whether both are taken in the same way:
    /// if not, they are handed over otherwise.
    pub fn compare(
        &self,
        new: &Self,
        subject: &str,
        rust: [&str; 2],
        alike: bool,
        report: &mut Report,
    ) {
        let said = report.says(|report| {
            self.compare_place(new, subject, report);
            self.compare_names(new, subject, report);
            if let ([Some(old), Some(new)], true) =
                ([&self.media, &new.media], self.media != new.media)
            {
                report.behaviour(format!("{subject} is sent as {new} instead of {old}"));
            }
            self.compare_bounds(new, subject, rust, report);
        });
        if !said && alike && rust[0] == rust[1] && self.text != new.text {
            let text = spelling::difference(&self.text, &new.text);
            report.behaviour(format!("{subject} is sent otherwise, {text}"));
        }
    }

    fn compare_place(&self, new: &Self, subject: &str, report: &mut Report) {
        if self.place.is_empty() || new.place.is_empty() {
            return;
        }
        if self.place != new.place {
            report.behaviour(format!(
                "{subject} is sent {} instead of {}",
                in_words(&new.place),
                in_words(&self.place)
            ));
        }
        // What a part of the path is called is not sent.
        if self.wire != new.wire && new.place != "path" && self.place != "path" {
            report.behaviour(format!(
                "{subject} is sent as `{}` instead of `{}`",
                new.wire, self.wire
            ));
        }
        if self.style != new.style && self.place == new.place {
            report.behaviour(format!(
                "{subject} is sent {} instead of {}",
                new.style, self.style
            ));
        }
    }

    fn compare_names(&self, new: &Self, subject: &str, report: &mut Report) {
        for (name, old) in &self.names {
            let Some(new) = new.names.get(name).filter(|new| *new != old) else {
                continue;
            };
            let short = |text: &str| text.rsplit("::").next().unwrap_or(text).to_owned();
            match name.as_str() {
                "week" => report.behaviour(format!(
                    "{subject} writes weeks in the form {} instead of {}",
                    short(new),
                    short(old)
                )),
                _ => report.behaviour(format!(
                    "{subject} sends its {name} as `{new}` instead of `{old}`"
                )),
            }
        }
    }

    fn compare_bounds(&self, new: &Self, subject: &str, rust: [&str; 2], report: &mut Report) {
        if self.bounds == new.bounds {
            return;
        }
        let shown = |bounds: &Option<String>| bounds.clone().unwrap_or("any value".to_owned());
        let line = format!(
            "{subject} takes {} instead of {}",
            shown(&new.bounds),
            shown(&self.bounds)
        );
        let (old, new) = (range(&self.bounds, rust[0]), range(&new.bounds, rust[1]));
        match (old, new) {
            (Some(old), Some(new)) if new.0 <= old.0 && old.1 <= new.1 => {
                // Both say the same where the type is the limit.
                match old == new {
                    true => report.behaviour(line),
                    false => report.added(line),
                }
            }
            _ => report.breaking(line),
        }
    }
}

fn in_words(place: &str) -> String {
    match place {
        "header" | "cookie" => format!("as a {place}"),
        place => format!("in the {place}"),
    }
}

/// A path without the names of its parameters.
pub fn blank(path: &str) -> String {
    let mut blank = String::new();
    for (index, part) in path.split('{').enumerate() {
        match part.split_once('}') {
            Some((_, after)) if index > 0 => blank.push_str(&format!("{{}}{after}")),
            _ => blank.push_str(part),
        }
    }
    blank
}

/// Which of the parameters of a path this one is.
fn slot(path: &str, name: &str) -> Option<usize> {
    let mut names = path
        .split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}'));
    names.position(|(other, _)| other == name)
}

/// The least and the greatest value, of the bounds and of the type.
fn range(bounds: &Option<String>, rust: &str) -> Option<(i128, i128)> {
    let (least, greatest): (i128, i128) = match rust {
        "u64" => (0, u64::MAX.into()),
        "u32" => (0, u32::MAX.into()),
        "u16" => (0, u16::MAX.into()),
        "u8" => (0, u8::MAX.into()),
        "i64" => (i64::MIN.into(), i64::MAX.into()),
        "i32" => (i32::MIN.into(), i32::MAX.into()),
        "i16" => (i16::MIN.into(), i16::MAX.into()),
        "i8" => (i8::MIN.into(), i8::MAX.into()),
        _ => (i128::MIN, i128::MAX),
    };
    let Some(bounds) = bounds else {
        return Some((least, greatest));
    };
    let (low, high) = bounds.split_once("..")?;
    let number = |text: &str, otherwise: i128| match text {
        "" => Some(otherwise),
        text => text.parse().ok(),
    };
    Some((
        number(low, least)?,
        number(high.trim_start_matches('='), greatest)?,
    ))
}
