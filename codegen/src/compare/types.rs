//! Structs and enums.

use std::collections::BTreeMap;

use super::pairs::Pairs;
use super::parameters::{Input, Inputs};
use super::report::Report;
use super::rust::{arrow, both, list, short, spelled};
use crate::model::{Alternative, Api, Enum, Field, Record, Response, Success, Union, Variant};
use crate::text::reserved_names::REST;
use crate::write::rust_types::Types;
use crate::write::{held, payload};

/// A type of the module `types`.
#[derive(Clone, Copy)]
pub enum Type<'a> {
    Record(&'a Record),
    Enum(&'a Enum),
    Union(&'a Union),
    Response(&'a [Success]),
}

impl<'a> Type<'a> {
    /// All types of a document, by their names.
    pub fn all(api: &'a Api) -> BTreeMap<&'a str, Self> {
        let records = api.records.iter();
        let records = records.map(|(name, one)| (name.as_str(), Self::Record(one)));
        let enums = api
            .enums
            .iter()
            .map(|(name, one)| (name.as_str(), Self::Enum(one)));
        let unions = api
            .unions
            .iter()
            .map(|(name, one)| (name.as_str(), Self::Union(one)));
        let responses = api
            .operations
            .iter()
            .filter_map(|operation| match &operation.response {
                Response::ByStatus(name, successes) => {
                    Some((name.as_str(), Self::Response(successes)))
                }
                _ => None,
            });
        records
            .chain(enums)
            .chain(unions)
            .chain(responses)
            .collect()
    }

    /// What it is, with its article.
    pub fn word(self) -> &'static str {
        match self {
            Self::Record(_) => "a struct",
            Self::Enum(_) => "an enum",
            Self::Union(_) => "a union",
            Self::Response(_) => "an enum of responses",
        }
    }

    fn the(self, name: &str) -> String {
        let (_, word) = self.word().split_once(' ').unwrap_or_default();
        format!("the {word} {name}")
    }
}

/// Compares the types of two documents.
pub fn compare([old, new]: [&Api; 2], types: [&Types; 2], report: &mut Report) {
    let [old, new] = [old, new].map(Type::all);
    for (name, before) in &old {
        match new.get(name) {
            Some(after) => compare_type(name, [*before, *after], types, report),
            None => report.breaking(format!("{} is gone", before.the(name))),
        }
    }
    for (name, added) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
        report.added(format!("{} is new", added.the(name)));
    }
}

fn compare_type(name: &str, both: [Type<'_>; 2], types: [&Types; 2], report: &mut Report) {
    match both {
        [Type::Record(old), Type::Record(new)] => {
            compare_records(name, [old, new], types, report);
        }
        [Type::Enum(old), Type::Enum(new)] => compare_enums(name, old, new, report),
        [Type::Union(old), Type::Union(new)] => compare_unions(name, [old, new], types, report),
        [Type::Response(old), Type::Response(new)] => {
            let [old, new] = [(old, types[0]), (new, types[1])].map(|(successes, types)| {
                let cases = successes
                    .iter()
                    .map(|success| Case::success(name, success, types));
                cases.collect::<Vec<_>>()
            });
            compare_cases(name, [&old, &new], false, report);
        }
        [old, new] => {
            let (old, new) = (old.word(), new.word());
            report.breaking(format!("{name} is {new} instead of {old}"));
        }
    }
}

/// One field of a struct, as callers and serde see it.
struct Member<'a> {
    name: &'a str,
    rust: String,
    /// The key in JSON; none for the field that holds all other keys.
    wire: Option<&'a str>,
    doc: &'a str,
    deprecated: bool,
    may_be_missing: bool,
    /// Whether it is written where it is empty, too.
    always_written: bool,
}

impl<'a> Member<'a> {
    fn all(owner: &str, record: &'a Record, types: &Types) -> Vec<Self> {
        let fields = record
            .fields
            .iter()
            .map(|field| Self::new(owner, field, types));
        let rest = record.rest.as_ref().map(|_| Self {
            name: REST,
            rust: format!("BTreeMap<String, {}>", spelled(&types.field(owner, REST))),
            wire: None,
            doc: "",
            deprecated: false,
            may_be_missing: true,
            always_written: true,
        });
        fields.chain(rest).collect()
    }

    fn new(owner: &str, field: &'a Field, types: &Types) -> Self {
        let Field {
            wire,
            name,
            doc,
            deprecated,
            required,
            schema: _,
            // It says whether the field is required, and nothing else.
            only: _,
        } = field;
        Self {
            name,
            rust: spelled(&types.field(owner, name)),
            wire: Some(wire),
            doc,
            deprecated: *deprecated,
            may_be_missing: field.may_be_missing(),
            always_written: *required,
        }
    }

    fn compare(&self, new: &Self, owner: &str, report: &mut Report) {
        let subject = format!("{owner}.{}", new.name);
        if self.name != new.name {
            report.breaking(format!("{owner}.{} is called {} now", self.name, new.name));
        }
        if self.rust != new.rust {
            report.breaking(format!("{subject}: {}", arrow(&self.rust, &new.rust)));
        } else {
            self.compare_presence(new, &subject, report);
        }
        if let (Some(old), Some(new)) = (self.wire, new.wire)
            && old != new
        {
            report.behaviour(format!("{subject} is `{new}` in JSON instead of `{old}`"));
        }
        let marks = [self.deprecated, new.deprecated];
        report.deprecated(&subject, marks);
        report.about(&subject, self.doc, new.doc);
    }

    fn compare_presence(&self, new: &Self, subject: &str, report: &mut Report) {
        match (self.may_be_missing, new.may_be_missing) {
            (false, true) => report.behaviour(format!("{subject} may be missing from JSON")),
            (true, false) => {
                report.breaking(format!("{subject} may no longer be missing from JSON"));
            }
            _ => {}
        }
        match (self.always_written, new.always_written) {
            (true, false) => {
                report.behaviour(format!("{subject} is not written where it is empty"));
            }
            (false, true) => {
                report.behaviour(format!("{subject} is written where it is empty too"));
            }
            _ => {}
        }
    }
}

fn compare_records(
    name: &str,
    [old, new]: [&Record; 2],
    [before, after]: [&Types; 2],
    report: &mut Report,
) {
    let Record {
        doc,
        deprecated,
        // These are the members.
        fields: _,
        rest: _,
        // It says how callers make one.
        in_request: _,
        row,
    } = old;
    report.deprecated(name, [*deprecated, new.deprecated]);
    report.about(name, doc, &new.doc);
    let makes = [old.has_default(), new.has_default()];
    report.presence(
        makes,
        format!("{name} loses Default"),
        format!("{name} gains Default"),
    );
    let sides = [(old, before), (new, after)];
    let members = sides.map(|(record, types)| Member::all(name, record, types));
    compare_members(name, [&members[0], &members[1]], report);
    let constructors = sides.map(|(record, types)| constructor(name, record, types));
    compare_constructors(name, constructors, report);
    let row = [*row, new.row];
    report.presence(
        row,
        format!("{name}: `Row` is gone"),
        format!("{name}: `Row` is new"),
    );
}

fn compare_members(owner: &str, [old, new]: [&[Member<'_>]; 2], report: &mut Report) {
    // The same key is the same field, whatever it is called.
    let pairs = Pairs::new(old, new, |member| member.wire, |member| member.name);
    for (member, _) in pairs.old.iter().filter(|(_, found)| found.is_none()) {
        if new.iter().any(|other| other.name == member.name) {
            let wire = member.wire.unwrap_or_default();
            report.breaking(format!(
                "{owner} loses what was {}, `{wire}` in JSON",
                member.name
            ));
        } else {
            report.breaking(format!("{owner} loses {}", member.name));
        }
    }
    for member in &pairs.gained {
        let rest = if member.wire.is_none() {
            ", which holds all other keys"
        } else {
            ""
        };
        let rust = short(&member.rust);
        report.added(format!("{owner} gains {}: {rust}{rest}", member.name));
    }
    if !pairs.is_in_order(|_| true) {
        report.behaviour(format!(
            "{owner} has its fields in another order, in JSON as well"
        ));
    }
    for (before, after) in pairs.both() {
        before.compare(after, owner, report);
    }
}

/// What `new` of a struct takes, where there is one.
fn constructor<'a>(owner: &str, record: &'a Record, types: &Types) -> Option<Vec<Input<'a>>> {
    let required = record.fields.iter().filter(|field| !field.may_be_missing());
    let inputs = required.map(|field| Input::field(field, owner, types));
    record.has_new().then(|| inputs.collect())
}

fn compare_constructors(name: &str, both: [Option<Vec<Input<'_>>>; 2], report: &mut Report) {
    let [old, new] = both.each_ref().map(Option::as_deref);
    let taken: Vec<String> = new.unwrap_or_default().iter().map(Input::shown).collect();
    let added = format!("{name} gains new({})", taken.join(", "));
    report.presence(
        [old.is_some(), new.is_some()],
        format!("{name} loses new()"),
        added,
    );
    if let (Some(old), Some(new)) = (old, new) {
        Inputs::new(&format!("{name}::new"), [old, new], [""; 2]).compare_arguments(report);
    }
}

fn compare_enums(name: &str, old: &Enum, new: &Enum, report: &mut Report) {
    let Enum {
        doc,
        deprecated,
        variants,
    } = old;
    report.deprecated(name, [*deprecated, new.deprecated]);
    report.about(name, doc, &new.doc);
    let [old, new] = [variants, &new.variants].map(|variants| {
        let cases = variants.iter().map(Case::variant);
        cases.collect::<Vec<_>>()
    });
    compare_cases(name, [&old, &new], false, report);
}

fn compare_unions(
    name: &str,
    [old, new]: [&Union; 2],
    [before, after]: [&Types; 2],
    report: &mut Report,
) {
    let Union {
        doc,
        deprecated,
        tag,
        alternatives: _,
    } = old;
    report.deprecated(name, [*deprecated, new.deprecated]);
    report.about(name, doc, &new.doc);
    let [from, to] = [tag, &new.tag].map(|tag| match tag {
        Some(tag) => format!("by `{tag}`"),
        None => "by trying them".to_owned(),
    });
    report.instead(name, "tells its variants apart", from, to);
    let [old, cases] = [(old, before), (new, after)].map(|(union, types)| {
        let cases = union.alternatives.iter();
        let cases = cases.map(|one| Case::alternative(name, union, one, types));
        cases.collect::<Vec<_>>()
    });
    // Where no key tells the variants apart, the first one that fits is taken.
    compare_cases(name, [&old, &cases], new.tag.is_none(), report);
}

/// One variant of an enum of any kind.
struct Case<'a> {
    name: &'a str,
    holds: Option<String>,
    /// The texts that it stands for.
    texts: Vec<&'a str>,
    doc: &'a str,
}

impl<'a> Case<'a> {
    fn variant(variant: &'a Variant) -> Self {
        let Variant { wire, name } = variant;
        Self {
            name,
            holds: None,
            texts: vec![wire],
            doc: "",
        }
    }

    fn alternative(
        owner: &str,
        union: &Union,
        alternative: &'a Alternative,
        types: &Types,
    ) -> Self {
        let Alternative {
            name,
            doc,
            schema: _,
            tags,
        } = alternative;
        Self {
            name,
            holds: Some(spelled(&payload(owner, alternative, types))),
            // Without a tag they are written nowhere.
            texts: match &union.tag {
                Some(_) => tags.iter().map(String::as_str).collect(),
                None => Vec::new(),
            },
            doc,
        }
    }

    fn success(response: &str, success: &'a Success, types: &Types) -> Self {
        let Success {
            // The operation says what it reads of which status.
            status: _,
            name,
            doc,
            content: _,
        } = success;
        Self {
            name,
            holds: held(response, success, types).map(|rust| spelled(&rust)),
            texts: Vec::new(),
            doc,
        }
    }

    fn shown(&self) -> String {
        let holds = self.holds.iter().map(|rust| format!("({})", short(rust)));
        let text = self.texts.first().map(|text| format!(", for `{text}`"));
        [self.name.to_owned()]
            .into_iter()
            .chain(holds)
            .chain(text)
            .collect()
    }

    fn compare(&self, new: &Self, owner: &str, report: &mut Report) {
        let subject = format!("{owner}::{}", new.name);
        if self.name != new.name {
            report.breaking(format!("{owner}::{} is called {} now", self.name, new.name));
        }
        if self.holds != new.holds {
            let rust = |case: &Self| case.holds.clone().unwrap_or("nothing".to_owned());
            let [old, new] = both(&rust(self), &rust(new));
            report.breaking(format!("{subject} holds {new} instead of {old}"));
        }
        // Where no key tells the variants apart any more, there are no texts, which was told.
        if !self.texts.is_empty() && !new.texts.is_empty() {
            let [old, new] = [self, new].map(|case| {
                let texts = case.texts.iter().map(|text| format!("`{text}`"));
                list(&texts.collect::<Vec<_>>(), "and")
            });
            report.instead(&subject, "stands for", old, new);
        }
        report.about(&subject, self.doc, new.doc);
    }
}

/// Compares variants. `tried` is whether values are matched in the order of the variants.
fn compare_cases(owner: &str, [old, new]: [&[Case<'_>]; 2], tried: bool, report: &mut Report) {
    // The same texts are the same variant, whatever it is called.
    let texts = |case: &Case<'_>| Some(case.texts.join("\n")).filter(|texts| !texts.is_empty());
    let pairs = Pairs::new(old, new, texts, |case| case.name);
    for (case, _) in pairs.old.iter().filter(|(_, found)| found.is_none()) {
        if new.iter().any(|other| other.name == case.name) {
            report.breaking(format!("{owner} loses what was {}", case.shown()));
        } else {
            report.breaking(format!("{owner} loses {}", case.name));
        }
    }
    for case in &pairs.gained {
        report.added(format!("{owner} gains {}", case.shown()));
    }
    if !pairs.is_in_order(|_| true) {
        if tried {
            report.behaviour(format!("{owner} tries its variants in another order"));
        } else {
            report.docs(format!("{owner} has its variants in another order"));
        }
    }
    for (before, after) in pairs.both() {
        before.compare(after, owner, report);
    }
}
