//! Bodies of requests and responses: which media type is used, and how.

use openapiv3::{RequestBody, Response as Described};

use super::context::Context;
use super::form_fields;
use crate::model::{Body, BodyForm, Content, ErrorResponse, Parameter, Response, Schema, Success};
use crate::schema::inline_names;
use crate::schema::schema_kind::SchemaKind;
use crate::text::media_type::{
    FORM, MULTIPART, essence, is_json, is_plain_json, is_range_of_json, is_text,
};
use crate::text::names::{self, Scope};
use crate::text::{join, markdown};

/// What a request sends beside its parameters.
#[derive(Default)]
pub struct Payload {
    pub body: Option<Body>,
    /// The fields of a form, which are parameters like any other.
    pub fields: Vec<Parameter>,
    pub multipart: bool,
}

/// Returns the body of the operation at a pointer, if it has one.
pub fn body(context: &mut Context<'_>, method: &str, pointer: &str, name: &str) -> Option<Payload> {
    let own = join(pointer, "requestBody");
    context.source.at(&own)?;
    if method == "TRACE" {
        context.report(&own, "`TRACE` takes no body", "leave it out");
    }
    let (body, at) = context.resolve::<RequestBody>(&own)?;
    let content = join(&at, "content");
    let types: Vec<&str> = body.content.keys().map(String::as_str).collect();
    let Some(media_type) = preferred(context, &content, &types, rank_of_request) else {
        if !types.is_empty() {
            let found = format!("the body is `{}`", types.join("`, `"));
            let remedy = "JSON, forms, `multipart/form-data`, text and bytes are supported";
            context.report(&content, found, remedy);
        }
        return None;
    };
    let media = join(&content, media_type);
    let name = named(context, &own, &at, &media, format!("{name}Body"));
    let essence = essence(media_type);
    let multipart = essence == MULTIPART;
    let (form, media_type, schema) = if multipart || essence == FORM {
        let fields = form_fields::read(context, &media, &name, body.required, multipart);
        if let Some(fields) = fields {
            return Some(Payload {
                body: None,
                fields,
                multipart,
            });
        }
        unnamed_form(context, &media, &name, multipart)
    } else {
        whole(context, &media, media_type, &name)
    };
    let body = Body {
        form,
        media_type: media_type.to_owned(),
        schema,
        required: body.required,
        doc: markdown::markdown(body.description.as_deref().unwrap_or_default()),
    };
    Some(Payload {
        body: Some(body),
        ..Payload::default()
    })
}

/// The name of a body that is described at `at`: by that pointer, if a reference leads there from
/// `own`.
fn named(context: &Context<'_>, own: &str, at: &str, media: &str, here: String) -> String {
    let elsewhere = (own != at).then(|| inline_names::name(context.source, &join(media, "schema")));
    elsewhere.flatten().unwrap_or(here)
}

/// A form whose fields the document does not name.
fn unnamed_form(
    context: &mut Context<'_>,
    media: &str,
    name: &str,
    multipart: bool,
) -> (BodyForm, &'static str, Schema) {
    if multipart {
        let found = "a multipart form whose parts are not named is not supported";
        context.report(media, found, "describe it as an object with `properties`");
    }
    let schema = schema(context, media, name);
    let schema = schema.unwrap_or_else(|| Schema::Map(Box::new(Schema::Any)));
    (BodyForm::Form, FORM, schema)
}

/// A body that is one value: its form, the type to send it as, and its schema.
fn whole<'t>(
    context: &mut Context<'_>,
    media: &str,
    media_type: &'t str,
    name: &str,
) -> (BodyForm, &'t str, Schema) {
    // A range of types cannot be sent as a type.
    let range = media_type.contains('*');
    let or = |instead| if range { instead } else { media_type };
    match content(context, media, media_type, name) {
        Content::Json(schema) => (BodyForm::Json, or("application/json"), schema),
        Content::Text => (BodyForm::Text, or("text/plain"), Schema::Text),
        _ => (
            BodyForm::Bytes,
            or("application/octet-stream"),
            Schema::Text,
        ),
    }
}

/// The schema of a media type, if it has one.
fn schema(context: &mut Context<'_>, media: &str, name: &str) -> Option<Schema> {
    let at = join(media, "schema");
    context.source.at(&at)?;
    Some(context.schemas.read(&at, name))
}

/// How a body of a media type is read or written.
fn content(context: &mut Context<'_>, media: &str, media_type: &str, name: &str) -> Content {
    let essence = essence(media_type);
    let registry = &context.schemas.registry;
    let at = join(media, "schema");
    let kind = registry.settle(&at).map(|(_, value)| SchemaKind::of(value));
    let binary = registry.is_binary(&at);
    let is_range = essence.contains('*') && !essence.starts_with("text/");
    let is_json = match kind {
        _ if is_json(&essence) => true,
        // A range is JSON in most documents, unless it is described as a text or as bytes.
        Some(SchemaKind::Scalar("string")) | None => false,
        Some(_) => is_range_of_json(&essence),
    };
    let is_text = if is_range {
        kind == Some(SchemaKind::Scalar("string"))
    } else {
        is_text(&essence)
    };
    if is_json {
        Content::Json(schema(context, media, name).unwrap_or(Schema::Any))
    } else if is_text && !binary {
        Content::Text
    } else {
        Content::Bytes
    }
}

/// Returns the response of an operation, and the value of `Accept` if it is not plain JSON.
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
        let types: Vec<&str> = response.content.keys().map(String::as_str).collect();
        let all = join(&at, "content");
        // What `HEAD` describes is the response to `GET`.
        let content = match preferred(context, &all, &types, rank_of_response) {
            Some(media_type) if method != "HEAD" => {
                let media = join(&all, media_type);
                let hint = named(context, &own, &at, &media, format!("{name}{several}"));
                if !media_type.contains('*') && !accepted.iter().any(|known| known == media_type) {
                    accepted.push(media_type.to_owned());
                }
                content(context, &media, media_type, &hint)
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
    let json = accepted.iter().all(|known| is_plain_json(known));
    let accept = (!json).then(|| accepted.join(", "));
    (combine(context, successes, name), accept)
}

/// The end of the name of a response's type. The common successes share a name.
fn success_suffix(status: &str) -> String {
    match status {
        "200" | "201" | "202" | "default" | "2XX" => "Response".to_owned(),
        other => format!("Response{other}"),
    }
}

/// One type for all successes if they are the same, otherwise an enum by status.
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
    let registry = &mut context.schemas.registry;
    Response::ByStatus(registry.free_name(&format!("{name}Response")), successes)
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

/// The statuses of success: those of `2xx`, or `default` if there are none.
fn success(context: &Context<'_>, pointer: &str) -> Vec<String> {
    let statuses = context.keys_at(pointer);
    let of_success = |status: &&String| status.starts_with('2');
    let mut success: Vec<String> = statuses.iter().filter(of_success).cloned().collect();
    if success.is_empty() {
        success.extend(statuses.into_iter().find(|status| status == "default"));
    }
    // A range comes after the statuses that it includes.
    success.sort_by_key(|status| !status.bytes().all(|byte| byte.is_ascii_digit()));
    success
}

/// Returns the statuses that are errors, with their descriptions and bodies.
pub fn error_responses(context: &mut Context<'_>, pointer: &str, name: &str) -> Vec<ErrorResponse> {
    let at = join(pointer, "responses");
    let successes = success(context, &at);
    let mut error_responses = Vec::new();
    for status in context.keys_at(&at) {
        if successes.contains(&status) || status.starts_with('2') {
            continue;
        }
        let own = join(&at, &status);
        let Some((response, at)) = context.resolve::<Described>(&own) else {
            continue;
        };
        let mut types = response.content.keys();
        let json = types.find(|known| is_json(&essence(known)));
        let schema = json.and_then(|media_type| {
            let media = join(&join(&at, "content"), media_type);
            let suffix = names::pascal(&status).replace("Value", "");
            let hint = named(context, &own, &at, &media, format!("{name}Error{suffix}"));
            schema(context, &media, &hint)
        });
        let line = response.description.trim().lines().next();
        error_responses.push(ErrorResponse {
            doc: line.unwrap_or_default().to_owned(),
            status,
            schema: schema.filter(|schema| *schema != Schema::Any),
        });
    }
    error_responses
}

/// The media type of the best rank; of several, one with a schema.
fn preferred<'t>(
    context: &Context<'_>,
    content: &str,
    types: &[&'t str],
    rank: fn(&str) -> Option<u8>,
) -> Option<&'t str> {
    let ranked = types.iter().filter_map(|media_type| {
        let schema = join(&join(content, media_type), "schema");
        let undescribed = context.source.at(&schema).is_none();
        Some((rank(&essence(media_type))?, undescribed, *media_type))
    });
    let best = ranked.min_by_key(|(rank, undescribed, _)| (*rank, *undescribed));
    best.map(|(_, _, media_type)| media_type)
}

/// Returns the order in which the types of a request body are preferred, or `None` for a type that
/// cannot be sent.
fn rank_of_request(essence: &str) -> Option<u8> {
    match essence {
        _ if is_json(essence) => Some(0),
        _ if is_range_of_json(essence) => Some(1),
        FORM => Some(2),
        MULTIPART => Some(3),
        _ if essence.starts_with("multipart/") => None,
        _ if is_text(essence) => Some(4),
        _ => Some(5),
    }
}

/// Returns the order in which the types of a response body are preferred.
fn rank_of_response(essence: &str) -> Option<u8> {
    match essence {
        "application/json" => Some(0),
        _ if is_json(essence) => Some(1),
        _ if is_range_of_json(essence) => Some(2),
        _ if is_text(essence) => Some(3),
        _ => Some(4),
    }
}
