//! The fields of a struct.

use syn::{Fields, Index};

use super::notes::Notes;
use super::report::Report;
use super::surface::Names;
use super::{piece, spelling};

/// One field.
#[derive(Debug)]
pub struct Field {
    name: String,
    rust: String,
    /// The key in JSON.
    wire: String,
    /// What else serde is told.
    serde: Vec<String>,
    public: bool,
    notes: Notes,
}

impl Field {
    pub fn all(fields: &Fields, names: &Names) -> Vec<Self> {
        let fields = fields.iter().enumerate();
        fields
            .map(|(place, field)| Self::new(place, field, names))
            .collect()
    }

    fn new(place: usize, field: &syn::Field, names: &Names) -> Self {
        let notes = Notes::of(&field.attrs);
        let name = match &field.ident {
            Some(name) => name.to_string(),
            None => spelling::text(Index::from(place)),
        };
        let name = name.trim_start_matches("r#").to_owned();
        let rename = |part: &String| {
            let text = part.strip_prefix("rename = ")?;
            Some(syn::parse_str::<syn::LitStr>(text).ok()?.value())
        };
        Self {
            wire: notes
                .serde
                .iter()
                .find_map(rename)
                .unwrap_or_else(|| name.clone()),
            serde: notes
                .serde
                .iter()
                .filter(|part| rename(part).is_none())
                .cloned()
                .collect(),
            rust: names.rust(&field.ty),
            public: piece::is_public(&field.vis),
            name,
            notes,
        }
    }

    fn has(&self, part: &str) -> bool {
        self.serde
            .iter()
            .any(|own| own.split(' ').next() == Some(part))
    }

    /// Whether it holds whatever keys have no field.
    fn is_rest(&self) -> bool {
        self.has("flatten")
    }

    fn compare(&self, new: &Self, owner: &str, report: &mut Report) {
        let subject = format!("{owner}.{}", new.name);
        if self.name != new.name {
            report.breaking(format!("{owner}.{} is called {} now", self.name, new.name));
        }
        if self.rust != new.rust {
            report.breaking(format!(
                "{subject}: {}",
                spelling::arrow(&self.rust, &new.rust)
            ));
        } else {
            self.compare_serde(new, &subject, report);
        }
        if self.wire != new.wire && !new.is_rest() {
            report.behaviour(format!(
                "{subject} is `{}` in JSON instead of `{}`",
                new.wire, self.wire
            ));
        }
        if self.public != new.public {
            match new.public {
                true => report.added(format!("{subject} is public")),
                false => report.breaking(format!("{subject} is no longer public")),
            }
        }
        self.notes.compare(&new.notes, &subject, report);
    }

    fn compare_serde(&self, new: &Self, subject: &str, report: &mut Report) {
        let default = [self.has("default"), new.has("default")];
        let skip = [
            self.has("skip_serializing_if"),
            new.has("skip_serializing_if"),
        ];
        match default {
            [false, true] => report.behaviour(format!("{subject} may be missing from JSON")),
            [true, false] => {
                report.breaking(format!("{subject} may no longer be missing from JSON"))
            }
            _ => {}
        }
        match skip {
            [false, true] => {
                report.behaviour(format!("{subject} is not written where it is empty"))
            }
            [true, false] => {
                report.behaviour(format!("{subject} is written where it is empty too"))
            }
            _ => {}
        }
        let same = default[0] == default[1] && skip[0] == skip[1];
        let others = |field: &Self| -> Vec<String> {
            let known = ["default", "skip_serializing_if"];
            let is_known = |part: &str| {
                known
                    .iter()
                    .any(|known| part.split(' ').next() == Some(known))
            };
            // What reads a field follows from its type, and from whether it may be missing.
            let is_derived = |part: &str| part.starts_with("deserialize_with ");
            let parts = field
                .serde
                .iter()
                .filter(|part| !is_derived(part) && (same || !is_known(part)));
            parts.cloned().collect()
        };
        let (old, new) = (others(self), others(new));
        if old != new {
            let text = spelling::difference(&old.join(", "), &new.join(", "));
            report.behaviour(format!("{subject} is read or written otherwise, {text}"));
        }
    }
}

/// Tells how the fields of a struct differ. `closed` is whether callers can write all of them.
pub fn compare([old, new]: [&[Field]; 2], closed: bool, owner: &str, report: &mut Report) {
    // The same key is the same field, whatever it is called; then the same name.
    let same_key = |field: &Field| {
        new.iter()
            .position(|other| !field.is_rest() && !other.is_rest() && other.wire == field.wire)
    };
    let taken: Vec<usize> = old.iter().filter_map(same_key).collect();
    let same_name = |field: &Field| {
        let named = new.iter().position(|other| other.name == field.name);
        named.filter(|place| !taken.contains(place))
    };
    let mut pairs = Vec::new();
    for field in old {
        match same_key(field).or_else(|| same_name(field)) {
            Some(place) => pairs.push((field, place)),
            None if new.iter().any(|other| other.name == field.name) => {
                report.breaking(format!(
                    "{owner} loses what was {}, `{}` in JSON",
                    field.name, field.wire
                ));
            }
            None => report.breaking(format!("{owner} loses {}", field.name)),
        }
    }
    for (place, field) in new.iter().enumerate() {
        if pairs.iter().any(|(_, other)| *other == place) {
            continue;
        }
        let rest = if field.is_rest() {
            ", which holds all other keys"
        } else {
            ""
        };
        let rust = spelling::short(&field.rust);
        let line = format!("{owner} gains {}: {rust}{rest}", field.name);
        match closed {
            true => report.breaking(line),
            false => report.added(line),
        }
    }
    if !pairs.is_sorted_by_key(|(_, place)| place) {
        report.behaviour(format!(
            "{owner} has its fields in another order, in JSON as well"
        ));
    }
    for (field, place) in pairs {
        if let Some(other) = new.get(place) {
            field.compare(other, owner, report);
        }
    }
}

/// The types of fields, by their names.
pub fn types(fields: &mut [Field]) -> Vec<(String, &mut String)> {
    fields
        .iter_mut()
        .map(|field| (field.name.clone(), &mut field.rust))
        .collect()
}
