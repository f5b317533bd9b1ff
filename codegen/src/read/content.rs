//! Bodies and answers: which of the media types is taken, and what becomes of it.

use openapiv3::{RequestBody, Response};
use serde_json::Value;

use crate::doc;
use crate::fields;
use crate::kinds::Kind;
use crate::model::{Answer, Body, BodyForm, Content, Parameter, Refusal, Schema, Success};
use crate::names::{self, Scope};
use crate::place;
use crate::read::Reader;
use crate::source::join;

const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";

/// A body as it is sent.
#[derive(Default)]
pub struct Sent {
    pub body: Option<Body>,
    /// The fields of a form, which are parameters like any other.
    pub fields: Vec<Parameter>,
    pub multipart: bool,
}

/// The body of the operation at a pointer.
pub fn body(reader: &mut Reader<'_>, method: &str, pointer: &str, name: &str) -> Sent {
    let own = join(pointer, "requestBody");
    if reader.source.at(&own).is_none() {
        return Sent::default();
    }
    if method == "TRACE" {
        reader.report(&own, "`TRACE` takes no body", "leave it out");
    }
    let Some((body, at)) = reader.resolve::<RequestBody>(&own) else {
        return Sent::default();
    };
    let content = join(&at, "content");
    let types: Vec<&String> = body.content.keys().collect();
    let Some(media_type) = preferred(reader, &content, &types, sent_rank) else {
        if types.is_empty() {
            return Sent::default();
        }
        let found = format!("the body is `{}`", join_words(&types));
        let remedy = "JSON, forms, `multipart/form-data`, text and bytes are supported";
        reader.report(&content, found, remedy);
        return Sent::default();
    };
    let media = join(&content, &media_type);
    let name = named(
        reader,
        &own,
        &at,
        &join(&media, "schema"),
        format!("{name}Body"),
    );
    let mut sent = match essence(&media_type).as_str() {
        FORM => form(reader, &media, &name, body.required, false),
        MULTIPART => form(reader, &media, &name, body.required, true),
        _ => Sent {
            body: Some(whole(reader, &media, &media_type, &name)),
            ..Sent::default()
        },
    };
    if let Some(sent) = &mut sent.body {
        sent.required = body.required;
        sent.doc = doc::markdown(body.description.as_deref().unwrap_or_default());
    }
    sent
}

/// A name for what is described at `at`, by where that is: in a place of its own, or here.
fn named(reader: &Reader<'_>, own: &str, at: &str, schema: &str, here: String) -> String {
    match own == at {
        true => here,
        false => place::name(reader.source, schema).unwrap_or(here),
    }
}

/// A form: its fields are parameters, where the document names them.
fn form(reader: &mut Reader<'_>, media: &str, name: &str, required: bool, multipart: bool) -> Sent {
    let schema = join(media, "schema");
    if let Some(fields) = fields::read(reader, media, name, required, multipart) {
        return Sent {
            body: None,
            fields,
            multipart,
        };
    }
    if multipart {
        let found = "a multipart form whose parts are not named is not supported";
        reader.report(media, found, "describe it as an object with `properties`");
    }
    let schema = match reader.source.at(&schema) {
        Some(_) => reader.schemas.read(&schema, name),
        None => Schema::Map(Box::new(Schema::Any)),
    };
    let body = Body {
        form: BodyForm::Form,
        media_type: FORM.to_owned(),
        schema,
        required,
        doc: String::new(),
    };
    Sent {
        body: Some(body),
        ..Sent::default()
    }
}

/// A body that is one value.
fn whole(reader: &mut Reader<'_>, media: &str, media_type: &str, name: &str) -> Body {
    let form = match kind(reader, media, media_type) {
        Media::Json => BodyForm::Json,
        Media::Text => BodyForm::Text,
        Media::Bytes => BodyForm::Bytes,
    };
    let schema = match form {
        BodyForm::Json => json_schema(reader, media, name),
        _ => Schema::Text,
    };
    // A range is no type that could be sent.
    let media_type = match media_type.contains('*') {
        true if form == BodyForm::Json => "application/json",
        true if form == BodyForm::Text => "text/plain",
        true => "application/octet-stream",
        false => media_type,
    };
    Body {
        form,
        media_type: media_type.to_owned(),
        schema,
        required: false,
        doc: String::new(),
    }
}

fn json_schema(reader: &mut Reader<'_>, media: &str, name: &str) -> Schema {
    let at = join(media, "schema");
    match reader.source.at(&at) {
        Some(_) => reader.schemas.read(&at, name),
        None => Schema::Any,
    }
}

/// What an operation answers with, and what it may be asked for as.
pub fn answer(
    reader: &mut Reader<'_>,
    method: &str,
    pointer: &str,
    name: &str,
) -> (Answer, Option<String>) {
    let at = join(pointer, "responses");
    let mut accepted = Vec::new();
    let mut successes = Vec::new();
    for status in success(reader, &at) {
        let several = successes_name(&status);
        let own = join(&at, &status);
        let Some((response, at)) = reader.resolve::<Response>(&own) else {
            continue;
        };
        let types: Vec<&String> = response.content.keys().collect();
        let content = join(&at, "content");
        // What `HEAD` describes is what `GET` would answer.
        let content = match preferred(reader, &content, &types, answer_rank) {
            Some(media_type) if method != "HEAD" => {
                let media = join(&content, &media_type);
                let hint = format!("{name}{several}");
                let hint = named(reader, &own, &at, &join(&media, "schema"), hint);
                if !media_type.contains('*') && !accepted.contains(&media_type) {
                    accepted.push(media_type.clone());
                }
                taken(reader, &media, &media_type, &hint)
            }
            _ => Content::Empty,
        };
        successes.push(Success {
            status,
            name: String::new(),
            doc: doc::markdown(&response.description),
            content,
        });
    }
    let json = accepted
        .iter()
        .all(|kind| essence(kind) == "application/json");
    let accept = (!json).then(|| accepted.join(", "));
    (combine(reader, successes, name), accept)
}

/// Ends the name of the type of an answer: the successes of one operation share a name where they
/// can.
fn successes_name(status: &str) -> String {
    match status {
        "200" | "201" | "202" | "default" | "2XX" => "Answer".to_owned(),
        other => format!("Answer{other}"),
    }
}

/// One type for all successes where that serves, otherwise an enum by status.
fn combine(reader: &mut Reader<'_>, mut successes: Vec<Success>, name: &str) -> Answer {
    let mut kinds: Vec<&Content> = Vec::new();
    for success in &successes {
        if !kinds.contains(&&success.content) {
            kinds.push(&success.content);
        }
    }
    match kinds.as_slice() {
        [] => return Answer::Always(Content::Empty),
        [one] => return Answer::Always((*one).clone()),
        [Content::Json(schema), Content::Empty] | [Content::Empty, Content::Json(schema)] => {
            return Answer::Maybe(schema.clone());
        }
        _ => {}
    }
    let mut scope = Scope::default();
    for success in &mut successes {
        success.name = scope.take(reason(&success.status));
    }
    Answer::ByStatus(
        reader.schemas.free_name(&format!("{name}Answer")),
        successes,
    )
}

/// The variant for a status, by its phrase.
fn reason(status: &str) -> String {
    let name = match status {
        "200" => "Ok",
        "201" => "Created",
        "202" => "Accepted",
        "203" => "NonAuthoritative",
        "204" => "NoContent",
        "205" => "ResetContent",
        "206" => "PartialContent",
        "207" => "MultiStatus",
        "default" | "2XX" => "Success",
        other => return format!("Status{other}"),
    };
    name.to_owned()
}

/// The statuses that a success answers with: those of `2xx`, or what is for all of them.
fn success(reader: &Reader<'_>, pointer: &str) -> Vec<String> {
    let statuses = reader.keys_at(pointer);
    let of_success = |status: &&String| status.starts_with('2');
    let mut success: Vec<String> = statuses.iter().filter(of_success).cloned().collect();
    if success.is_empty() {
        success.extend(statuses.into_iter().find(|status| status == "default"));
    }
    // A range is for what is left.
    success.sort_by_key(|status| !status.bytes().all(|byte| byte.is_ascii_digit()));
    success
}

/// What comes of a media type of an answer.
fn taken(reader: &mut Reader<'_>, media: &str, media_type: &str, name: &str) -> Content {
    match kind(reader, media, media_type) {
        Media::Json => Content::Json(json_schema(reader, media, name)),
        Media::Text => Content::Text,
        Media::Bytes => Content::Bytes,
    }
}

/// Every status that is no success, with what is said of it and what its body is.
pub fn refusals(reader: &mut Reader<'_>, pointer: &str, name: &str) -> Vec<Refusal> {
    let at = join(pointer, "responses");
    let successes = success(reader, &at);
    let statuses = reader.keys_at(&at);
    let mut refusals = Vec::new();
    for status in statuses {
        if successes.contains(&status) || status.starts_with('2') {
            continue;
        }
        let own = join(&at, &status);
        let Some((response, at)) = reader.resolve::<Response>(&own) else {
            continue;
        };
        let types: Vec<&String> = response.content.keys().collect();
        let content = join(&at, "content");
        let json = types.into_iter().find(|kind| is_json(&essence(kind)));
        let schema = json.map(|media_type| {
            let schema = join(&join(&content, media_type), "schema");
            let suffix = names::pascal(&status).replace("Value", "");
            let hint = named(reader, &own, &at, &schema, format!("{name}Error{suffix}"));
            json_schema(reader, &join(&content, media_type), &hint)
        });
        let line = response
            .description
            .trim()
            .lines()
            .next()
            .unwrap_or_default();
        refusals.push(Refusal {
            doc: line.to_owned(),
            status,
            schema: schema.filter(|schema| *schema != Schema::Any),
        });
    }
    refusals
}

enum Media {
    Json,
    Text,
    Bytes,
}

/// What a value of a media type is to a program.
fn kind(reader: &Reader<'_>, media: &str, media_type: &str) -> Media {
    let essence = essence(media_type);
    if is_json(&essence) {
        return Media::Json;
    }
    let schema = join(media, "schema");
    let value = reader.schemas.settle(&schema).map(|(_, value)| value);
    let binary = value.is_some_and(|value| value.get("format") == Some(&Value::from("binary")));
    if essence.contains('*') && !essence.starts_with("text/") {
        return match value.map(Kind::of) {
            // A range is JSON in most documents, unless it is described as a text or as bytes.
            Some(Kind::Scalar("string")) | None if binary => Media::Bytes,
            Some(Kind::Scalar("string")) => Media::Text,
            Some(_) if essence == "*/*" || essence == "application/*" => Media::Json,
            _ => Media::Bytes,
        };
    }
    match is_text(&essence) && !binary {
        true => Media::Text,
        false => Media::Bytes,
    }
}

/// The media type that is taken, the first of those with the least rank.
fn preferred(
    reader: &Reader<'_>,
    content: &str,
    types: &[&String],
    rank: fn(&str) -> Option<u8>,
) -> Option<String> {
    let ranked = types
        .iter()
        .filter_map(|kind| Some((rank(&essence(kind))?, *kind)));
    let described = |kind: &String| {
        reader
            .source
            .at(&join(&join(content, kind), "schema"))
            .is_none()
    };
    let best = ranked.min_by_key(|(rank, kind)| (*rank, described(kind)));
    best.map(|(_, kind)| kind.clone())
}

fn sent_rank(essence: &str) -> Option<u8> {
    match essence {
        _ if is_json(essence) => Some(0),
        "*/*" | "application/*" => Some(1),
        FORM => Some(2),
        MULTIPART => Some(3),
        _ if essence.starts_with("multipart/") => None,
        _ if is_text(essence) => Some(4),
        _ => Some(5),
    }
}

fn answer_rank(essence: &str) -> Option<u8> {
    match essence {
        "application/json" => Some(0),
        _ if is_json(essence) => Some(1),
        "*/*" | "application/*" => Some(2),
        _ if is_text(essence) => Some(3),
        _ => Some(4),
    }
}

/// A media type without its parameters, in small letters.
pub fn essence(media_type: &str) -> String {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    essence.to_ascii_lowercase()
}

pub fn is_json(essence: &str) -> bool {
    matches!(essence, "application/json" | "text/json") || essence.ends_with("+json")
}

fn is_text(essence: &str) -> bool {
    const TEXTS: [&str; 8] = [
        "application/xml",
        "application/yaml",
        "application/x-yaml",
        "application/javascript",
        "application/graphql",
        "application/x-ndjson",
        "application/jwt",
        "application/sql",
    ];
    essence.starts_with("text/") || essence.ends_with("+xml") || TEXTS.contains(&essence)
}

fn join_words(words: &[&String]) -> String {
    let words: Vec<&str> = words.iter().map(|word| word.as_str()).collect();
    words.join("`, `")
}
