//! The variants of an enum, and the texts that a macro gives them.

use std::collections::BTreeMap;

use syn::parse::{Parse, ParseStream};
use syn::{Ident, LitStr, Macro, Token, braced, parenthesized};

use super::notes::Notes;
use super::report::Report;
use super::spelling;
use super::surface::Names;

/// One variant.
#[derive(Debug)]
pub struct Variant {
    pub name: String,
    /// What it holds, with its parentheses.
    pub payload: String,
    /// The texts that it stands for.
    pub texts: Vec<String>,
    notes: Notes,
}

impl Variant {
    pub fn new(item: &syn::Variant, names: &Names) -> Self {
        let mut fields = item.fields.clone();
        for field in &mut fields {
            field
                .attrs
                .retain(|attribute| !attribute.path().is_ident("doc"));
            names.qualify(&mut field.ty);
        }
        let value = item.discriminant.as_ref();
        let value = value.map_or(String::new(), |(_, value)| {
            format!(" = {}", spelling::text(value))
        });
        Self {
            name: item.ident.to_string(),
            payload: spelling::text(&fields) + &value,
            texts: Vec::new(),
            notes: Notes::of(&item.attrs),
        }
    }

    /// Tells how variants differ. `closed` is whether callers can match them to the end, `tried`
    /// whether their order says which of them a value becomes.
    pub fn compare_all(
        [old, new]: [&[Self]; 2],
        closed: bool,
        tried: bool,
        owner: &str,
        report: &mut Report,
    ) {
        // The same text is the same variant, whatever it is called; then the same name.
        let same_text = |variant: &Self| {
            let known = !variant.texts.is_empty();
            let same = new.iter().position(|other| other.texts == variant.texts);
            same.filter(|_| known)
        };
        let taken: Vec<usize> = old.iter().filter_map(same_text).collect();
        let same_name = |variant: &Self| {
            let named = new.iter().position(|other| other.name == variant.name);
            named.filter(|place| !taken.contains(place))
        };
        let mut pairs = Vec::new();
        for variant in old {
            match same_text(variant).or_else(|| same_name(variant)) {
                Some(place) => pairs.push((variant, place)),
                None if new.iter().any(|other| other.name == variant.name) => {
                    report.breaking(format!("{owner} loses what was {}", variant.shown()));
                }
                None => report.breaking(format!("{owner} loses {}", variant.name)),
            }
        }
        for (place, variant) in new.iter().enumerate() {
            if pairs.iter().any(|(_, other)| *other == place) {
                continue;
            }
            let line = format!("{owner} gains {}", variant.shown());
            match closed {
                true => report.breaking(line),
                false => report.added(line),
            }
        }
        if !pairs.is_sorted_by_key(|(_, place)| place) {
            match tried {
                true => report.behaviour(format!("{owner} tries its variants in another order")),
                false => report.docs(format!("{owner} has its variants in another order")),
            }
        }
        for (variant, place) in pairs {
            if let Some(other) = new.get(place) {
                variant.compare(other, owner, report);
            }
        }
    }

    fn compare(&self, new: &Self, owner: &str, report: &mut Report) {
        let subject = format!("{owner}::{}", new.name);
        if self.name != new.name {
            report.breaking(format!("{owner}::{} is called {} now", self.name, new.name));
        }
        if self.payload != new.payload {
            let (old, new) = spelling::both(&self.payload, &new.payload);
            let shown = |payload: String| match payload.is_empty() {
                true => "nothing".to_owned(),
                false => payload.trim_matches(['(', ')']).to_owned(),
            };
            report.breaking(format!(
                "{subject} holds {} instead of {}",
                shown(new),
                shown(old)
            ));
        }
        // Where no key tells the variants apart any more, there are no texts, which was told.
        let both = !self.texts.is_empty() && !new.texts.is_empty();
        if both && self.texts != new.texts {
            let list = |variant: &Self| {
                let texts: Vec<String> = variant
                    .texts
                    .iter()
                    .map(|text| format!("`{text}`"))
                    .collect();
                spelling::list(&texts, "and")
            };
            report.behaviour(format!(
                "{subject} stands for {} instead of {}",
                list(new),
                list(self)
            ));
            // The docs of a variant are its text.
            return self.notes.compare_marks(&new.notes, &subject, report);
        }
        self.notes.compare(&new.notes, &subject, report);
    }

    fn shown(&self) -> String {
        let payload = spelling::short(&self.payload);
        match self.texts.as_slice() {
            [] => format!("{}{payload}", self.name),
            [first, ..] => format!("{}{payload}, for `{first}`", self.name),
        }
    }
}

/// A call of the macro that makes an enum read and written: `open_enum!` or `union!`.
pub struct Texts {
    pub name: String,
    /// The macro.
    pub by: String,
    /// The key that tells the variants apart.
    pub tag: Option<String>,
    variants: BTreeMap<String, Vec<String>>,
}

impl Texts {
    /// Reads a call, if it is in the form `Name, "tag" { Variant(Type) = "a" | "b", … }`.
    pub fn read(call: &Macro) -> Option<Self> {
        let mut texts: Self = call.parse_body().ok()?;
        texts.by = call.path.segments.last()?.ident.to_string();
        Some(texts)
    }

    pub fn of(&self, variant: &str) -> Vec<String> {
        self.variants.get(variant).cloned().unwrap_or_default()
    }
}

impl Parse for Texts {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.parse::<Ident>()?.to_string();
        let mut tag = None;
        if input.parse::<Option<Token![,]>>()?.is_some() {
            tag = Some(input.parse::<LitStr>()?.value());
        }
        let body;
        braced!(body in input);
        let mut variants = BTreeMap::new();
        while !body.is_empty() {
            let variant = body.parse::<Ident>()?.to_string();
            if body.peek(syn::token::Paren) {
                // The type stands in the enum as well.
                let payload;
                parenthesized!(payload in body);
                payload.parse::<syn::Type>()?;
            }
            variants.insert(variant, texts(&body)?);
            body.parse::<Option<Token![,]>>()?;
        }
        Ok(Self {
            name,
            by: String::new(),
            tag,
            variants,
        })
    }
}

/// `= "a" | "b"`, or nothing.
fn texts(input: ParseStream<'_>) -> syn::Result<Vec<String>> {
    let mut texts = Vec::new();
    if input.parse::<Option<Token![=]>>()?.is_none() {
        return Ok(texts);
    }
    loop {
        texts.push(input.parse::<LitStr>()?.value());
        if input.parse::<Option<Token![|]>>()?.is_none() {
            return Ok(texts);
        }
    }
}
