//! What requests take and send: arguments of a method, and methods of the request.

use super::pairs::{Pairs, blank};
use super::report::Report;
use super::rust::{arrow, short, taken};
use crate::model::{Body, BodyForm, Operation, Parameter, Period, Place, Schema, Written};
use crate::parameters::limits;
use crate::types::Types;
use crate::write::{body_type, is_file};

/// One argument of a function.
pub struct Argument<'a> {
    pub name: &'a str,
    pub rust: String,
}

/// What a request takes: an argument if it is required, a method of the request if not.
pub struct Input<'a> {
    name: &'a str,
    rust: String,
    required: bool,
    deprecated: bool,
    doc: &'a str,
    facts: &'a str,
    /// What tells it from the other inputs, whatever it is called in Rust.
    key: Option<String>,
    source: InputSource<'a>,
}

enum InputSource<'a> {
    Parameter(&'a Parameter),
    Period(&'a Period),
    Body(&'a Body),
}

impl<'a> Input<'a> {
    /// The inputs of an operation, in the order of its methods.
    pub fn all(operation: &'a Operation, types: &Types) -> Vec<Self> {
        let parameters = operation.parameters.iter();
        let parameters = parameters.map(|known| Self::parameter(known, &operation.path, types));
        let period = operation.period.iter().map(|period| Self {
            name: "period",
            rust: "crate::Period".to_owned(),
            required: false,
            deprecated: false,
            doc: "",
            facts: "",
            key: None,
            source: InputSource::Period(period),
        });
        let body = operation.body.iter().map(|body| Self {
            name: "body",
            rust: taken(&body_type(body, types)),
            required: body.required,
            deprecated: false,
            doc: &body.doc,
            facts: "",
            key: None,
            source: InputSource::Body(body),
        });
        parameters.chain(period).chain(body).collect()
    }

    fn parameter(parameter: &'a Parameter, path: &str, types: &Types) -> Self {
        let Parameter {
            wire,
            name,
            place,
            required,
            doc,
            facts,
            deprecated,
            schema,
            written: _,
            media_type: _,
            minimum: _,
            maximum: _,
            // It changes nothing but the docs, and where a list begins, which is compared there.
            default: _,
        } = parameter;
        Self {
            name,
            rust: taken(&types.of(schema)),
            required: *required,
            // An argument is not marked.
            deprecated: *deprecated && !required,
            doc,
            facts,
            key: Some(match place {
                // What a part of the path is called is not sent.
                Place::Path => format!("path {:?}", places_in_path(path, wire)),
                place => format!("{} {wire}", in_words(*place)),
            }),
            source: InputSource::Parameter(parameter),
        }
    }

    /// Whether only the documentation says that it is another one: facts that follow from its type
    /// and its bounds change with those.
    fn is_reworded(&self, new: &Self) -> bool {
        let alike = self.rust == new.rust && self.bounds() == new.bounds();
        self.doc != new.doc || alike && self.facts != new.facts
    }

    fn bounds(&self) -> Option<String> {
        match self.source {
            InputSource::Parameter(known) => bounds(known),
            InputSource::Period(_) | InputSource::Body(_) => None,
        }
    }

    fn is_query(&self) -> bool {
        matches!(self.source, InputSource::Parameter(known) if known.place == Place::Query)
    }

    fn is_path(&self) -> bool {
        matches!(self.source, InputSource::Parameter(known) if known.place == Place::Path)
    }

    fn shown(&self) -> String {
        format!("{}: {}", self.name, short(&self.rust))
    }
}

/// Which of the places in a path a parameter stands in.
fn places_in_path(path: &str, name: &str) -> Vec<usize> {
    let parts = path.split('{').skip(1).enumerate();
    let places = parts.filter(|(_, part)| part.split('}').next() == Some(name));
    places.map(|(at, _)| at).collect()
}

/// The inputs of an operation in both documents.
pub struct Inputs<'a> {
    /// The operation, as the report names it.
    subject: &'a str,
    old: Vec<Input<'a>>,
    new: Vec<Input<'a>>,
    pairs: Pairs,
    same_path: bool,
}

impl<'a> Inputs<'a> {
    pub fn new([old, new]: [&'a Operation; 2], [before, after]: [&Types; 2]) -> Self {
        let inputs = [Input::all(old, before), Input::all(new, after)];
        let same_path = blank(&old.path) == blank(&new.path);
        let key = |input: &Input<'_>| input.key.clone().filter(|_| same_path || !input.is_path());
        let pairs = Pairs::new(&inputs[0], &inputs[1], key, |input| input.name);
        let [old, before] = inputs;
        Self {
            subject: &new.name,
            old,
            new: before,
            pairs,
            same_path,
        }
    }

    fn pairs(&self) -> impl Iterator<Item = (&Input<'a>, &Input<'a>)> {
        let both = self.pairs.both.iter();
        both.filter_map(|(old, new)| Some((self.old.get(*old)?, self.new.get(*new)?)))
    }

    /// Whether the same values stand in the same places of the path, whatever they are called.
    pub fn is_same_path(&self) -> bool {
        let mut pairs = self
            .pairs()
            .filter(|(old, new)| old.is_path() && new.is_path());
        self.same_path && pairs.all(|(old, new)| old.key == new.key)
    }

    /// Whether the documentation of an argument changed, which stands in that of the operation.
    pub fn are_arguments_reworded(&self) -> bool {
        self.pairs()
            .any(|(old, new)| new.required && old.is_reworded(new))
    }

    /// Tells how what callers hand over differs, and what becomes of it.
    pub fn compare(&self, report: &mut Report) {
        self.compare_required(report);
        self.compare_arguments(report);
        self.compare_setters(report);
        self.compare_order(report);
        for (old, new) in self.pairs() {
            let subject = match new.required {
                true => format!("{}, argument {},", self.subject, new.name),
                false => format!("{}.{}()", self.subject, new.name),
            };
            compare_sent(old, new, &subject, report);
        }
    }

    /// What was an argument and is a method now, and the other way round.
    fn compare_required(&self, report: &mut Report) {
        let subject = self.subject;
        for (old, new) in self
            .pairs()
            .filter(|(old, new)| old.required && !new.required)
        {
            report.breaking(format!(
                "{subject} takes {} by .{}({}), and no longer as an argument",
                old.name,
                new.name,
                short(&new.rust)
            ));
        }
        for (old, new) in self
            .pairs()
            .filter(|(old, new)| !old.required && new.required)
        {
            report.breaking(format!(
                "{subject} takes {} as an argument, and no longer by .{}()",
                new.shown(),
                old.name
            ));
        }
    }

    fn compare_arguments(&self, report: &mut Report) {
        let arguments = |inputs: &[Input<'a>]| -> Vec<Argument<'a>> {
            let required = inputs.iter().filter(|input| input.required);
            let argument = |input: &Input<'a>| Argument {
                name: input.name,
                rust: input.rust.clone(),
            };
            required.map(argument).collect()
        };
        let both = self
            .pairs()
            .filter(|(old, new)| old.required && new.required);
        let names: Vec<(&str, &str)> = both.map(|(old, new)| (old.name, new.name)).collect();
        let moved = self
            .pairs()
            .filter(|(old, new)| old.required != new.required);
        let moved: Vec<&str> = moved.flat_map(|(old, new)| [old.name, new.name]).collect();
        let lists = [arguments(&self.old), arguments(&self.new)];
        Arguments {
            subject: self.subject,
            old: &lists[0],
            new: &lists[1],
            both: &names,
            told: &moved,
        }
        .compare(report);
    }

    fn compare_setters(&self, report: &mut Report) {
        let subject = self.subject;
        for (at, old) in self.old.iter().enumerate() {
            let pair = self.pairs.both.iter().find(|(own, _)| *own == at);
            match pair.and_then(|(_, other)| self.new.get(*other)) {
                Some(new) if new.required => {}
                Some(new) => self.compare_setter(old, new, report),
                None if old.required => {}
                None => {
                    let mut setters = self.new.iter().filter(|new| !new.required);
                    let taken = setters.any(|new| new.name == old.name);
                    let what = if taken { "what was " } else { "" };
                    report.breaking(format!("{subject} loses {what}.{}()", old.name));
                }
            }
        }
        let gained = self.pairs.gained.iter().filter_map(|at| self.new.get(*at));
        for new in gained.filter(|new| !new.required) {
            report.added(format!("{subject} gains .{}()", new.name));
        }
    }

    fn compare_setter(&self, old: &Input<'_>, new: &Input<'_>, report: &mut Report) {
        let subject = format!("{}.{}()", self.subject, new.name);
        if !old.required {
            if old.name != new.name {
                let before = format!("{}.{}()", self.subject, old.name);
                report.breaking(format!("{before} is called .{}() now", new.name));
            }
            retyped(&subject, &old.rust, &new.rust, report);
        }
        report.deprecated(&subject, [old.deprecated, new.deprecated]);
        if old.is_reworded(new) {
            report.reworded(&subject);
        }
    }

    /// Where the inputs of both requests stand in the new one, in the order of the old one.
    fn order(&self, wanted: fn(&Input<'_>) -> bool) -> Vec<usize> {
        let both = self.pairs.both.iter().filter(|(old, new)| {
            self.old.get(*old).is_some_and(wanted) && self.new.get(*new).is_some_and(wanted)
        });
        both.map(|(_, new)| *new).collect()
    }

    fn compare_order(&self, report: &mut Report) {
        let order = self.order(|input| input.is_query());
        if order.is_sorted() {
            return;
        }
        let names = |order: &[usize]| {
            let inputs = order.iter().filter_map(|at| self.new.get(*at));
            let names: Vec<&str> = inputs.map(|input| input.name).collect();
            names.join(", ")
        };
        let mut sorted = order.clone();
        sorted.sort_unstable();
        let (old, new) = (names(&order), names(&sorted));
        let subject = self.subject;
        report.behaviour(format!(
            "{subject} sends its query in the order {new} instead of {old}"
        ));
    }

    /// Whether the methods of the request stand in another order, and send what they did.
    pub fn are_setters_moved(&self) -> bool {
        let query = self.order(|input| input.is_query());
        query.is_sorted() && !self.order(|input| !input.required).is_sorted()
    }
}

/// The arguments of one function in both documents.
pub struct Arguments<'a> {
    pub subject: &'a str,
    pub old: &'a [Argument<'a>],
    pub new: &'a [Argument<'a>],
    /// The arguments that both functions take, by the name in each.
    pub both: &'a [(&'a str, &'a str)],
    /// Those of which it is told elsewhere that they come or go.
    pub told: &'a [&'a str],
}

impl Arguments<'_> {
    pub fn compare(&self, report: &mut Report) {
        let subject = self.subject;
        let is_in_both = |side: usize, name: &str| {
            let mut names = self.both.iter().map(|(old, new)| [*old, *new]);
            names.any(|names| names.get(side) == Some(&name))
        };
        let is_told = |argument: &Argument<'_>| self.told.contains(&argument.name);
        let mut replaced = Vec::new();
        let old = self.old.iter().enumerate();
        for (at, old) in old.filter(|(_, old)| !is_in_both(0, old.name)) {
            // The same place and the same type: code goes on compiling, and means something else.
            let new = self
                .new
                .get(at)
                .filter(|new| new.rust == old.rust && !is_in_both(1, new.name));
            if let Some(new) = new {
                replaced.push(new.name);
                report.breaking(format!(
                    "{subject} takes {} in place of {}, which the compiler does not notice",
                    new.shown(),
                    old.name
                ));
            } else if !is_told(old) {
                report.breaking(format!("{subject} no longer takes {}", old.shown()));
            }
        }
        let gained = self.new.iter().filter(|new| !is_in_both(1, new.name));
        for new in gained.filter(|new| !is_told(new) && !replaced.contains(&new.name)) {
            report.breaking(format!("{subject} takes {} as well", new.shown()));
        }
        self.compare_both(report);
    }

    /// Compares what both functions take, and its order.
    fn compare_both(&self, report: &mut Report) {
        let subject = self.subject;
        let find = |list: &[Argument<'_>], name: &str| list.iter().position(|one| one.name == name);
        let mut order = Vec::new();
        for (before, after) in self.both {
            let at = (find(self.old, before), find(self.new, after));
            let (Some(from), Some(to)) = at else { continue };
            order.push((from, to));
            let (Some(old), Some(new)) = (self.old.get(from), self.new.get(to)) else {
                continue;
            };
            if old.name != new.name {
                let name = new.name;
                report.docs(format!(
                    "{subject} calls its argument {} {name} now",
                    old.name
                ));
            }
            let argument = format!("{subject}, argument {}", new.name);
            retyped(&argument, &old.rust, &new.rust, report);
        }
        order.sort_unstable();
        if order.is_sorted_by_key(|(_, to)| to) {
            return;
        }
        let types = |list: &[Argument<'_>]| -> Vec<String> {
            list.iter().map(|one| one.rust.clone()).collect()
        };
        let unseen = match types(self.old) == types(self.new) {
            true => ", which the compiler does not notice",
            false => "",
        };
        let names = |list: &[Argument<'_>]| {
            let names: Vec<&str> = list.iter().map(|one| one.name).collect();
            names.join(", ")
        };
        let (old, new) = (names(self.old), names(self.new));
        report.breaking(format!(
            "{subject} takes ({new}) in place of ({old}){unseen}"
        ));
    }
}

impl Argument<'_> {
    pub fn shown(&self) -> String {
        format!("{}: {}", self.name, short(&self.rust))
    }
}

fn retyped(subject: &str, old: &str, new: &str, report: &mut Report) {
    if old != new {
        report.breaking(format!("{subject}: {}", arrow(old, new)));
    }
}

/// Tells how an input is sent otherwise.
fn compare_sent(old: &Input<'_>, new: &Input<'_>, subject: &str, report: &mut Report) {
    match (&old.source, &new.source) {
        (InputSource::Parameter(old), InputSource::Parameter(new)) => {
            compare_parameter(old, new, subject, report);
        }
        (InputSource::Period(old), InputSource::Period(new)) => {
            compare_period(old, new, subject, report);
        }
        (InputSource::Body(old), InputSource::Body(new)) => {
            let (old, new) = (media(old), media(new));
            if old != new {
                report.behaviour(format!("{subject} is sent as {new} instead of {old}"));
            }
        }
        // No parameter is called like a body or a period.
        _ => {}
    }
}

fn compare_parameter(old: &Parameter, new: &Parameter, subject: &str, report: &mut Report) {
    let places = [in_words(old.place), in_words(new.place)];
    if places[0] != places[1] {
        report.behaviour(format!(
            "{subject} is sent {} instead of {}",
            places[1], places[0]
        ));
    }
    let in_path = old.place == Place::Path || new.place == Place::Path;
    if old.wire != new.wire && !in_path {
        let (old, new) = (&old.wire, &new.wire);
        report.behaviour(format!("{subject} is sent as `{new}` instead of `{old}`"));
    }
    let styles = [style(old), style(new)];
    if styles[0] != styles[1] && places[0] == places[1] {
        report.behaviour(format!(
            "{subject} is sent {} instead of {}",
            styles[1], styles[0]
        ));
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
    for (name, old, new) in names.into_iter().filter(|(_, old, new)| old != new) {
        report.behaviour(format!(
            "{subject} sends its {name} as `{new}` instead of `{old}`"
        ));
    }
    if *iso_week != new.iso_week {
        let form = |iso| if iso { "Iso" } else { "Plain" };
        let (old, new) = (form(*iso_week), form(new.iso_week));
        report.behaviour(format!(
            "{subject} writes weeks in the form {new} instead of {old}"
        ));
    }
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
        BodyForm::Json if crate::doc::is_plain_json(media_type) => "JSON".to_owned(),
        BodyForm::Form => "a form".to_owned(),
        BodyForm::Json | BodyForm::Text | BodyForm::Bytes => media_type.clone(),
    }
}

fn in_words(place: Place) -> &'static str {
    match place {
        Place::Path => "in the path",
        Place::Query => "in the query",
        Place::Header => "as a header",
        Place::Cookie => "as a cookie",
        Place::Form | Place::Part => "in the form",
    }
}

/// How the values of a parameter are written.
fn style(parameter: &Parameter) -> String {
    let whole = parameter.place == Place::Part || is_file(&parameter.schema);
    match (parameter.place, parameter.written) {
        _ if whole => match &parameter.media_type {
            Some(kind) => format!("as `{kind}`"),
            None => "plainly".to_owned(),
        },
        (_, Written::Styled(style, explode)) => {
            let style = format!("{style:?}").to_lowercase();
            let exploded = if explode { " (exploded)" } else { "" };
            format!("in the style `{style}`{exploded}")
        }
        (Place::Query, Written::Joined(sign)) => format!("joined by {sign:?}"),
        (Place::Query, _) => "once for each value".to_owned(),
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
    let shown = |parameter| bounds(parameter).unwrap_or("any value".to_owned());
    let (before, after) = (shown(old), shown(new));
    if before == after {
        return;
    }
    let line = format!("{subject} takes {after} instead of {before}");
    let (from, to) = (range(old), range(new));
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
    let schema: &Schema = &parameter.schema;
    let (least, greatest) = limits(schema).unwrap_or((i128::MIN, i128::MAX));
    (
        parameter.minimum.unwrap_or(least),
        parameter.maximum.unwrap_or(greatest),
    )
}
