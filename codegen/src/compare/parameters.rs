//! What requests take and send: arguments of a method, and methods of the request.

use super::pairs::{Pairs, blank};
use super::report::Report;
use super::rust::{arrow, short, taken};
use crate::model::{
    Body, BodyForm, Field, Operation, Parameter, ParameterLocation, Period, Written,
};
use crate::text::media_type::is_plain_json;
use crate::write::body_type;
use crate::write::rust_types::Types;

/// What callers hand over: an argument if it is required, a method of the request if not.
pub struct Input<'a> {
    pub name: &'a str,
    rust: String,
    pub required: bool,
    deprecated: bool,
    doc: &'a str,
    facts: &'a str,
    /// What tells it from the other inputs, whatever it is called in Rust.
    key: Option<String>,
    source: Source<'a>,
}

#[derive(Clone, Copy)]
enum Source<'a> {
    Parameter(&'a Parameter),
    Period(&'a Period),
    Body(&'a Body),
    /// A field that a constructor takes.
    Field,
}

impl<'a> Input<'a> {
    /// Returns the inputs of an operation, in the order of its methods.
    pub fn all(operation: &'a Operation, types: &Types) -> Vec<Self> {
        let parameters = operation.parameters.iter();
        let parameters = parameters.map(|known| Self::parameter(known, &operation.path, types));
        let period = operation
            .period
            .iter()
            .map(|period| Self::new("period", "crate::Period".to_owned(), Source::Period(period)));
        let body = operation.body.iter().map(|body| Self {
            required: body.required,
            doc: &body.doc,
            ..Self::new("body", taken(&body_type(body, types)), Source::Body(body))
        });
        parameters.chain(period).chain(body).collect()
    }

    /// Returns the argument of a constructor for a field.
    pub fn field(field: &'a Field, owner: &str, types: &Types) -> Self {
        Self {
            required: true,
            key: Some(field.wire.clone()),
            ..Self::new(
                &field.name,
                taken(&types.field(owner, &field.name)),
                Source::Field,
            )
        }
    }

    fn parameter(parameter: &'a Parameter, path: &str, types: &Types) -> Self {
        let Parameter {
            wire,
            name,
            location,
            required,
            doc,
            facts,
            deprecated,
            schema,
            // How it is sent is compared by itself.
            written: _,
            media_type: _,
            minimum: _,
            maximum: _,
            // It changes nothing but the docs, and where a list begins, which is compared there.
            default: _,
        } = parameter;
        Self {
            required: *required,
            // An argument is not marked.
            deprecated: *deprecated && !required,
            doc,
            facts,
            key: Some(match location {
                // What a part of the path is called is not sent.
                ParameterLocation::Path => format!("path {:?}", places_in_path(path, wire)),
                location => format!("{} {wire}", in_words(*location)),
            }),
            ..Self::new(name, taken(&types.of(schema)), Source::Parameter(parameter))
        }
    }

    /// One that is optional, and of which nothing else is known.
    fn new(name: &'a str, rust: String, source: Source<'a>) -> Self {
        Self {
            name,
            rust,
            required: false,
            deprecated: false,
            doc: "",
            facts: "",
            key: None,
            source,
        }
    }

    /// Whether only the documentation is another one: facts that follow from the type and the bounds
    /// change with those.
    fn is_reworded(&self, new: &Self) -> bool {
        let alike = self.rust == new.rust && self.bounds() == new.bounds();
        self.doc != new.doc || alike && self.facts != new.facts
    }

    fn bounds(&self) -> Option<String> {
        match self.source {
            Source::Parameter(known) => bounds(known),
            Source::Period(_) | Source::Body(_) | Source::Field => None,
        }
    }

    fn is_in(&self, location: ParameterLocation) -> bool {
        matches!(self.source, Source::Parameter(known) if known.location == location)
    }

    pub fn shown(&self) -> String {
        format!("{}: {}", self.name, short(&self.rust))
    }
}

/// Which of the places in a path a parameter stands in.
fn places_in_path(path: &str, name: &str) -> Vec<usize> {
    let parts = path.split('{').skip(1).enumerate();
    let places = parts.filter(|(_, part)| part.split('}').next() == Some(name));
    places.map(|(at, _)| at).collect()
}

/// The inputs of one function in both documents.
pub struct Inputs<'a> {
    /// The function, as the report names it.
    subject: &'a str,
    old: &'a [Input<'a>],
    new: &'a [Input<'a>],
    pairs: Pairs<'a, Input<'a>>,
    same_path: bool,
}

impl<'a> Inputs<'a> {
    /// Pairs the inputs of two functions; `paths` are where the requests go.
    pub fn new(subject: &'a str, [old, new]: [&'a [Input<'a>]; 2], paths: [&str; 2]) -> Self {
        let same_path = blank(paths[0]) == blank(paths[1]);
        let is_known = |input: &Input<'_>| same_path || !input.is_in(ParameterLocation::Path);
        let key = |input: &'a Input<'a>| input.key.as_ref().filter(|_| is_known(input));
        Self {
            subject,
            old,
            new,
            pairs: Pairs::new(old, new, key, |input| input.name),
            same_path,
        }
    }

    /// Whether the same values stand in the same places of the path, whatever they are called.
    pub fn is_same_path(&self) -> bool {
        let is_moved = |(old, new): (&Input<'_>, &Input<'_>)| {
            old.is_in(ParameterLocation::Path)
                && new.is_in(ParameterLocation::Path)
                && old.key != new.key
        };
        self.same_path && !self.pairs.both().any(is_moved)
    }

    /// Whether the documentation of an argument changed, which stands in that of the operation.
    pub fn are_arguments_reworded(&self) -> bool {
        let is_reworded =
            |(old, new): (&Input<'_>, &Input<'_>)| new.required && old.is_reworded(new);
        self.pairs.both().any(is_reworded)
    }

    /// Whether the methods of the request stand in another order, and send what they did.
    pub fn are_setters_moved(&self) -> bool {
        let is_query = |input: &Input<'_>| input.is_in(ParameterLocation::Query);
        self.pairs.is_in_order(is_query) && !self.pairs.is_in_order(|input| !input.required)
    }

    /// Tells how what callers hand over differs, and what becomes of it.
    pub fn compare(&self, report: &mut Report) {
        self.compare_required(report);
        self.compare_arguments(report);
        self.compare_setters(report);
        self.compare_order(report);
        for (old, new) in self.pairs.both() {
            let subject = if new.required {
                format!("{}, argument {},", self.subject, new.name)
            } else {
                format!("{}.{}()", self.subject, new.name)
            };
            compare_sent(old.source, new.source, &subject, report);
        }
    }

    /// What was an argument and is a method now, and the other way round.
    fn compare_required(&self, report: &mut Report) {
        for (old, new) in self.pairs.both() {
            let (subject, from, to) = (self.subject, old.name, new.name);
            if old.required && !new.required {
                let setter = format!(".{to}({})", short(&new.rust));
                report.breaking(format!(
                    "{subject} takes {from} by {setter}, and no longer as an argument"
                ));
            } else if !old.required && new.required {
                let argument = new.shown();
                report.breaking(format!(
                    "{subject} takes {argument} as an argument, and no longer by .{from}()"
                ));
            }
        }
    }

    /// Tells how the arguments differ, which callers hand over in this order.
    pub fn compare_arguments(&self, report: &mut Report) {
        let subject = self.subject;
        let [old, new] = self.arguments();
        let is_kept = |one: &Input<'_>| self.other(one).is_some_and(|other| other.required);
        let mut replaced = Vec::new();
        for (at, lost) in old.iter().enumerate().filter(|(_, one)| !is_kept(one)) {
            // The same place and the same type: code goes on compiling, and means something else.
            let unseen = |one: &&&Input<'_>| one.rust == lost.rust && !is_kept(one);
            if let Some(other) = new.get(at).filter(unseen) {
                replaced.push(other.name);
                let (from, to) = (lost.name, other.shown());
                report.breaking(format!(
                    "{subject} takes {to} in place of {from}, {UNNOTICED}"
                ));
            } else if self.other(lost).is_none() {
                report.breaking(format!("{subject} no longer takes {}", lost.shown()));
            }
        }
        for gained in new.iter().filter(|one| self.other(one).is_none()) {
            if !replaced.contains(&gained.name) {
                report.breaking(format!("{subject} takes {} as well", gained.shown()));
            }
        }
        for (old, new) in self
            .pairs
            .both()
            .filter(|(old, new)| old.required && new.required)
        {
            let (from, to) = (old.name, new.name);
            if from != to {
                report.docs(format!("{subject} calls its argument {from} {to} now"));
            }
            retyped(&format!("{subject}, argument {to}"), old, new, report);
        }
        if !self.pairs.is_in_order(|input| input.required) {
            let types = |one: &[&'a Input<'a>]| one.iter().map(|one| &one.rust).collect::<Vec<_>>();
            let unseen = types(&old) == types(&new);
            let (old, new) = (names(&old), names(&new));
            let line = format!("{subject} takes ({new}) in place of ({old})");
            report.breaking(if unseen {
                format!("{line}, {UNNOTICED}")
            } else {
                line
            });
        }
    }

    /// What callers hand over to the function itself.
    fn arguments(&self) -> [Vec<&'a Input<'a>>; 2] {
        [self.old, self.new].map(|inputs| inputs.iter().filter(|one| one.required).collect())
    }

    /// What an input of one function is in the other.
    fn other(&self, input: &Input<'_>) -> Option<&'a Input<'a>> {
        self.pairs.both().find_map(|(old, new)| match input {
            input if std::ptr::eq(input, old) => Some(new),
            input if std::ptr::eq(input, new) => Some(old),
            _ => None,
        })
    }

    fn compare_setters(&self, report: &mut Report) {
        let subject = self.subject;
        for (old, found) in &self.pairs.old {
            match found {
                Some((_, new)) if new.required => {}
                Some((_, new)) => self.compare_setter(old, new, report),
                None if old.required => {}
                None => {
                    let mut setters = self.new.iter().filter(|new| !new.required);
                    let taken = setters.any(|new| new.name == old.name);
                    let what = if taken { "what was " } else { "" };
                    report.breaking(format!("{subject} loses {what}.{}()", old.name));
                }
            }
        }
        for new in self.pairs.gained.iter().filter(|new| !new.required) {
            report.added(format!("{subject} gains .{}()", new.name));
        }
    }

    fn compare_setter(&self, old: &Input<'_>, new: &Input<'_>, report: &mut Report) {
        let [before, subject] =
            [old, new].map(|input| format!("{}.{}()", self.subject, input.name));
        if !old.required {
            if old.name != new.name {
                report.breaking(format!("{before} is called .{}() now", new.name));
            }
            retyped(&subject, old, new, report);
        }
        report.deprecated(&subject, [old.deprecated, new.deprecated]);
        if old.is_reworded(new) {
            report.reworded(&subject);
        }
    }

    fn compare_order(&self, report: &mut Report) {
        let [old, new] = self
            .pairs
            .orders(|input| input.is_in(ParameterLocation::Query));
        report.instead(
            self.subject,
            "sends its query in the order",
            names(&old),
            names(&new),
        );
    }
}

/// Said of arguments that change, where their types do not.
const UNNOTICED: &str = "which the compiler does not notice";

fn names(inputs: &[&Input<'_>]) -> String {
    let names: Vec<&str> = inputs.iter().map(|input| input.name).collect();
    names.join(", ")
}

fn retyped(subject: &str, old: &Input<'_>, new: &Input<'_>, report: &mut Report) {
    if old.rust != new.rust {
        report.breaking(format!("{subject}: {}", arrow(&old.rust, &new.rust)));
    }
}

/// Tells how an input is sent otherwise.
fn compare_sent(old: Source<'_>, new: Source<'_>, subject: &str, report: &mut Report) {
    match (old, new) {
        (Source::Parameter(old), Source::Parameter(new)) => {
            compare_parameter(old, new, subject, report)
        }
        (Source::Period(old), Source::Period(new)) => compare_period(old, new, subject, report),
        (Source::Body(old), Source::Body(new)) => {
            report.instead(subject, "is sent as", media(old), media(new));
        }
        // No parameter is called like a body or a period.
        _ => {}
    }
}

fn compare_parameter(old: &Parameter, new: &Parameter, subject: &str, report: &mut Report) {
    let (from, to) = (in_words(old.location), in_words(new.location));
    report.instead(subject, "is sent", from, to);
    if old.location != ParameterLocation::Path && new.location != ParameterLocation::Path {
        let [old, new] = [old, new].map(|known| format!("`{}`", known.wire));
        report.instead(subject, "is sent as", old, new);
    }
    if from == to {
        report.instead(subject, "is sent", style(old), style(new));
    }
    compare_bounds(old, new, subject, report);
}

fn compare_period(old: &Period, new: &Period, subject: &str, report: &mut Report) {
    let Period {
        mode,
        value,
        start,
        end,
        iso_week,
    } = old;
    let names = [
        ("end", end, &new.end),
        ("mode", mode, &new.mode),
        ("start", start, &new.start),
        ("value", value, &new.value),
    ];
    for (name, old, new) in names {
        let does = format!("sends its {name} as");
        report.instead(subject, &does, format!("`{old}`"), format!("`{new}`"));
    }
    let form = |iso| if iso { "Iso" } else { "Plain" };
    report.instead(
        subject,
        "writes weeks in the form",
        form(*iso_week),
        form(new.iso_week),
    );
}

/// What a body is written as.
fn media(body: &Body) -> String {
    let Body {
        form,
        media_type,
        schema: _,
        required: _,
        doc: _,
    } = body;
    match form {
        BodyForm::Json if is_plain_json(media_type) => "JSON".to_owned(),
        BodyForm::Form => "a form".to_owned(),
        BodyForm::Json | BodyForm::Text | BodyForm::Bytes => media_type.clone(),
    }
}

fn in_words(location: ParameterLocation) -> &'static str {
    match location {
        ParameterLocation::Path => "in the path",
        ParameterLocation::Query => "in the query",
        ParameterLocation::Header => "as a header",
        ParameterLocation::Cookie => "as a cookie",
        ParameterLocation::Form | ParameterLocation::Part => "in the form",
    }
}

/// How the values of a parameter are written.
fn style(parameter: &Parameter) -> String {
    let whole = parameter.location == ParameterLocation::Part || parameter.schema.is_file();
    match (parameter.location, parameter.written, &parameter.media_type) {
        (_, _, Some(kind)) if whole => format!("as `{kind}`"),
        (_, Written::Styled(style, explode), _) if !whole => {
            let exploded = if explode { " (exploded)" } else { "" };
            format!(
                "in the style `{}`{exploded}",
                format!("{style:?}").to_lowercase()
            )
        }
        (ParameterLocation::Query, Written::Joined(sign), _) => format!("joined by {sign:?}"),
        (ParameterLocation::Query, ..) => "once for each value".to_owned(),
        _ => "plainly".to_owned(),
    }
}

fn bounds(parameter: &Parameter) -> Option<String> {
    match (parameter.minimum, parameter.maximum) {
        (None, None) => None,
        (Some(minimum), None) => Some(format!("{minimum}..")),
        (None, Some(maximum)) => Some(format!("..={maximum}")),
        (Some(minimum), Some(maximum)) => Some(format!("{minimum}..={maximum}")),
    }
}

fn compare_bounds(old: &Parameter, new: &Parameter, subject: &str, report: &mut Report) {
    let [before, after] = [old, new].map(|known| bounds(known).unwrap_or("any value".to_owned()));
    let (from, to) = (range(old), range(new));
    if before == after {
        return;
    }
    let line = format!("{subject} takes {after} instead of {before}");
    if to.0 > from.0 || from.1 > to.1 {
        report.breaking(line);
    } else if from == to {
        // The type is the limit, and so both say the same.
        report.behaviour(line);
    } else {
        report.added(line);
    }
}

/// The least and the greatest value, of the bounds and of the type.
fn range(parameter: &Parameter) -> (i128, i128) {
    let (least, greatest) = parameter.schema.limits().unwrap_or((i128::MIN, i128::MAX));
    let least = parameter.minimum.unwrap_or(least);
    (least, parameter.maximum.unwrap_or(greatest))
}
