//! Bodies and answers: which of the media types is taken, and what becomes of it.

use openapiv3::{RequestBody, Response as Described};

use super::context::Context;
use super::form_fields;
use crate::model::{Body, BodyForm, Content, ErrorResponse, Parameter, Response, Schema, Success};
use crate::schema::inline_names;
use crate::schema::schema_kind::SchemaKind;
use crate::text::markdown;
use crate::text::media_type::{
    FORM, MULTIPART, essence, is_json, is_range_of_json, is_text, rank_of_request, rank_of_response,
};
use crate::text::names::{self, Scope};
use crate::text::pointer::join;

/// A body as it is sent.
#[derive(Default)]
pub struct Payload {
    pub body: Option<Body>,
    /// The fields of a form, which are parameters like any other.
    pub fields: Vec<Parameter>,
    pub multipart: bool,
}

/// The body of the operation at a pointer.
pub fn body(context: &mut Context<'_>, method: &str, pointer: &str, name: &str) -> Payload {
    let own = join(pointer, "requestBody");
    if context.source.at(&own).is_none() {
        return Payload::default();
    }
    if method == "TRACE" {
        context.report(&own, "`TRACE` takes no body", "leave it out");
    }
    let Some((body, at)) = context.resolve::<RequestBody>(&own) else {
        return Payload::default();
    };
    let content = join(&at, "content");
    let types: Vec<&String> = body.content.keys().collect();
    let Some(media_type) = preferred(context, &content, &types, rank_of_request) else {
        if types.is_empty() {
            return Payload::default();
        }
        let found = format!("the body is `{}`", join_words(&types));
        let remedy = "JSON, forms, `multipart/form-data`, text and bytes are supported";
        context.report(&content, found, remedy);
        return Payload::default();
    };
    let media = join(&content, &media_type);
    let name = named(
        context,
        &own,
        &at,
        &join(&media, "schema"),
        format!("{name}Body"),
    );
    let mut sent = match essence(&media_type).as_str() {
        FORM => form(context, &media, &name, body.required, false),
        MULTIPART => form(context, &media, &name, body.required, true),
        _ => Payload {
            body: Some(whole(context, &media, &media_type, &name)),
            ..Payload::default()
        },
    };
    if let Some(sent) = &mut sent.body {
        sent.required = body.required;
        sent.doc = markdown::markdown(body.description.as_deref().unwrap_or_default());
    }
    sent
}

/// A name for what is described at `at`, by where that is: in a place of its own, or here.
fn named(context: &Context<'_>, own: &str, at: &str, schema: &str, here: String) -> String {
    match own == at {
        true => here,
        false => inline_names::name(context.source, schema).unwrap_or(here),
    }
}

/// A form: its fields are parameters, where the document names them.
fn form(
    context: &mut Context<'_>,
    media: &str,
    name: &str,
    required: bool,
    multipart: bool,
) -> Payload {
    let schema = join(media, "schema");
    if let Some(fields) = form_fields::read(context, media, name, required, multipart) {
        return Payload {
            body: None,
            fields,
            multipart,
        };
    }
    if multipart {
        let found = "a multipart form whose parts are not named is not supported";
        context.report(media, found, "describe it as an object with `properties`");
    }
    let schema = match context.source.at(&schema) {
        Some(_) => context.schemas.read(&schema, name),
        None => Schema::Map(Box::new(Schema::Any)),
    };
    let body = Body {
        form: BodyForm::Form,
        media_type: FORM.to_owned(),
        schema,
        required,
        doc: String::new(),
    };
    Payload {
        body: Some(body),
        ..Payload::default()
    }
}

/// A body that is one value.
fn whole(context: &mut Context<'_>, media: &str, media_type: &str, name: &str) -> Body {
    let form = match kind(context, media, media_type) {
        Media::Json => BodyForm::Json,
        Media::Text => BodyForm::Text,
        Media::Bytes => BodyForm::Bytes,
    };
    let schema = match form {
        BodyForm::Json => json_schema(context, media, name),
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

fn json_schema(context: &mut Context<'_>, media: &str, name: &str) -> Schema {
    let at = join(media, "schema");
    match context.source.at(&at) {
        Some(_) => context.schemas.read(&at, name),
        None => Schema::Any,
    }
}

/// What an operation answers with, and what it may be asked for as.
pub fn response(
    context: &mut Context<'_>,
    method: &str,
    pointer: &str,
    name: &str,
) -> (Response, Option<String>) {
    let at = join(pointer, "responses");
    let mut accepted = Vec::new();
    let mut successes = Vec::new();
    for status in success(context, &at) {
        let several = success_suffix(&status);
        let own = join(&at, &status);
        let Some((response, at)) = context.resolve::<Described>(&own) else {
            continue;
        };
        let types: Vec<&String> = response.content.keys().collect();
        let content = join(&at, "content");
        // What `HEAD` describes is what `GET` would answer.
        let content = match preferred(context, &content, &types, rank_of_response) {
            Some(media_type) if method != "HEAD" => {
                let media = join(&content, &media_type);
                let hint = format!("{name}{several}");
                let hint = named(context, &own, &at, &join(&media, "schema"), hint);
                if !media_type.contains('*') && !accepted.contains(&media_type) {
                    accepted.push(media_type.clone());
                }
                taken(context, &media, &media_type, &hint)
            }
            _ => Content::Empty,
        };
        successes.push(Success {
            status,
            name: String::new(),
            doc: markdown::markdown(&response.description),
            content,
        });
    }
    let json = accepted
        .iter()
        .all(|kind| essence(kind) == "application/json");
    let accept = (!json).then(|| accepted.join(", "));
    (combine(context, successes, name), accept)
}

/// Ends the name of the type of an answer: the successes of one operation share a name where they
/// can.
fn success_suffix(status: &str) -> String {
    match status {
        "200" | "201" | "202" | "default" | "2XX" => "Response".to_owned(),
        other => format!("Response{other}"),
    }
}

/// One type for all successes where that serves, otherwise an enum by status.
fn combine(context: &mut Context<'_>, mut successes: Vec<Success>, name: &str) -> Response {
    let mut kinds: Vec<&Content> = Vec::new();
    for success in &successes {
        if !kinds.contains(&&success.content) {
            kinds.push(&success.content);
        }
    }
    match kinds.as_slice() {
        [] => return Response::Always(Content::Empty),
        [one] => return Response::Always((*one).clone()),
        [Content::Json(schema), Content::Empty] | [Content::Empty, Content::Json(schema)] => {
            return Response::Maybe(schema.clone());
        }
        _ => {}
    }
    let mut scope = Scope::default();
    for success in &mut successes {
        success.name = scope.take(reason(&success.status));
    }
    Response::ByStatus(
        context
            .schemas
            .registry
            .free_name(&format!("{name}Response")),
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
fn success(context: &Context<'_>, pointer: &str) -> Vec<String> {
    let statuses = context.keys_at(pointer);
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
fn taken(context: &mut Context<'_>, media: &str, media_type: &str, name: &str) -> Content {
    match kind(context, media, media_type) {
        Media::Json => Content::Json(json_schema(context, media, name)),
        Media::Text => Content::Text,
        Media::Bytes => Content::Bytes,
    }
}

/// Every status that is no success, with what is said of it and what its body is.
pub fn error_responses(context: &mut Context<'_>, pointer: &str, name: &str) -> Vec<ErrorResponse> {
    let at = join(pointer, "responses");
    let successes = success(context, &at);
    let statuses = context.keys_at(&at);
    let mut error_responses = Vec::new();
    for status in statuses {
        if successes.contains(&status) || status.starts_with('2') {
            continue;
        }
        let own = join(&at, &status);
        let Some((response, at)) = context.resolve::<Described>(&own) else {
            continue;
        };
        let types: Vec<&String> = response.content.keys().collect();
        let content = join(&at, "content");
        let json = types.into_iter().find(|kind| is_json(&essence(kind)));
        let schema = json.map(|media_type| {
            let schema = join(&join(&content, media_type), "schema");
            let suffix = names::pascal(&status).replace("Value", "");
            let hint = named(context, &own, &at, &schema, format!("{name}Error{suffix}"));
            json_schema(context, &join(&content, media_type), &hint)
        });
        let line = response
            .description
            .trim()
            .lines()
            .next()
            .unwrap_or_default();
        error_responses.push(ErrorResponse {
            doc: line.to_owned(),
            status,
            schema: schema.filter(|schema| *schema != Schema::Any),
        });
    }
    error_responses
}

enum Media {
    Json,
    Text,
    Bytes,
}

/// What a value of a media type is to a program.
fn kind(context: &Context<'_>, media: &str, media_type: &str) -> Media {
    let essence = essence(media_type);
    if is_json(&essence) {
        return Media::Json;
    }
    let schema = join(media, "schema");
    let value = context
        .schemas
        .registry
        .settle(&schema)
        .map(|(_, value)| value);
    let binary = context.schemas.registry.is_binary(&schema);
    if essence.contains('*') && !essence.starts_with("text/") {
        return match value.map(SchemaKind::of) {
            // A range is JSON in most documents, unless it is described as a text or as bytes.
            Some(SchemaKind::Scalar("string")) | None if binary => Media::Bytes,
            Some(SchemaKind::Scalar("string")) => Media::Text,
            Some(_) if is_range_of_json(&essence) => Media::Json,
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
    context: &Context<'_>,
    content: &str,
    types: &[&String],
    rank: fn(&str) -> Option<u8>,
) -> Option<String> {
    let ranked = types
        .iter()
        .filter_map(|kind| Some((rank(&essence(kind))?, *kind)));
    let described = |kind: &String| {
        context
            .source
            .at(&join(&join(content, kind), "schema"))
            .is_none()
    };
    let best = ranked.min_by_key(|(rank, kind)| (*rank, described(kind)));
    best.map(|(_, kind)| kind.clone())
}

fn join_words(words: &[&String]) -> String {
    let words: Vec<&str> = words.iter().map(|word| word.as_str()).collect();
    words.join("`, `")
}
