//! Who may call an operation: its security requirements, and the schemes that they name.

use openapiv3::{APIKeyLocation, SecurityScheme};
use serde_json::Value;

use crate::doc;
use crate::model::{Access, Place, Scheme, SchemeKind};
use crate::names;
use crate::read::Reader;
use crate::source::join;

/// Security schemes that the crate has a token type for.
pub const TOKENS: [(&str, &str); 2] = [("masterToken", "MasterToken"), ("userToken", "UserToken")];

/// How many schemes a client can hold at once.
const MOST: usize = 4;

/// Who may call the operation at a pointer.
pub fn read(reader: &mut Reader<'_>, pointer: &str) -> Access {
    let own = join(pointer, "security");
    let pointer = match reader.source.at(&own) {
        Some(_) => own,
        None => "/security".to_owned(),
    };
    let requirements = reader.source.at(&pointer).and_then(Value::as_array);
    let mut alternatives = Vec::new();
    let mut optional = false;
    for (index, requirement) in requirements.into_iter().flatten().enumerate() {
        let at = join(&pointer, index);
        let schemes: Vec<&String> = requirement
            .as_object()
            .into_iter()
            .flat_map(|schemes| schemes.keys())
            .collect();
        if schemes.len() > MOST {
            let found = format!("{} schemes at once are not supported", schemes.len());
            reader.report(&at, found, format!("no more than {MOST} go together"));
        }
        let count = schemes.len();
        let tokens = schemes
            .into_iter()
            .filter_map(|scheme| token(reader, scheme, &at));
        let mut tokens: Vec<String> = tokens.collect();
        tokens.sort();
        optional |= count == 0;
        if !tokens.is_empty() && tokens.len() == count {
            alternatives.push(tokens);
        }
    }
    alternatives.sort();
    alternatives.dedup();
    match alternatives.is_empty() {
        true => Access::Open,
        false => Access::AnyOf {
            alternatives,
            optional,
        },
    }
}

/// The type of the token for a scheme, as generated code names it.
fn token(reader: &mut Reader<'_>, scheme: &str, pointer: &str) -> Option<String> {
    let at = join("/components/securitySchemes", scheme);
    if reader.source.at(&at).is_none() {
        let found = format!("the security scheme `{scheme}` is not declared");
        reader.report(pointer, found, "declare it at #/components/securitySchemes");
        return None;
    }
    let (declared, at) = reader.resolve::<SecurityScheme>(&at)?;
    let (kind, description) = kind(reader, declared, &at)?;
    if let Some((_, token)) = TOKENS.iter().find(|(name, _)| *name == scheme)
        && matches!(kind, SchemeKind::Bearer)
    {
        return Some(format!("crate::{token}"));
    }
    if let Some(name) = reader.tokens.get(scheme) {
        return Some(name.clone());
    }
    let name = reader.accesses.take(names::type_name(scheme));
    reader.tokens.insert(scheme.to_owned(), name.clone());
    reader.schemes.insert(
        name.clone(),
        Scheme {
            wire: scheme.to_owned(),
            doc: doc::markdown(&description.unwrap_or_default()),
            kind,
        },
    );
    Some(name)
}

/// How a token of a scheme is sent, and what the document says of it.
fn kind(
    reader: &mut Reader<'_>,
    declared: SecurityScheme,
    pointer: &str,
) -> Option<(SchemeKind, Option<String>)> {
    match declared {
        SecurityScheme::APIKey {
            location,
            name,
            description,
            ..
        } => {
            let place = match location {
                APIKeyLocation::Header => Place::Header,
                APIKeyLocation::Query => Place::Query,
                APIKeyLocation::Cookie => Place::Cookie,
            };
            if place == Place::Header && !is_header(&name) {
                let found = format!("no header can be called `{name}`");
                reader.report(&join(pointer, "name"), found, "use letters, digits and `-`");
                return None;
            }
            // Whatever stands in that header is sent as it is given.
            Some((SchemeKind::Key(place, name), description))
        }
        SecurityScheme::HTTP {
            scheme,
            description,
            ..
        } => {
            let kind = match scheme.to_ascii_lowercase().as_str() {
                "bearer" => SchemeKind::Bearer,
                "basic" => SchemeKind::Basic,
                _ => {
                    let found = format!("the scheme `{scheme}` is not supported");
                    let remedy = "`basic` and `bearer` are; anything else can be an `apiKey` in the header `Authorization`";
                    reader.report(&join(pointer, "scheme"), found, remedy);
                    return None;
                }
            };
            Some((kind, description))
        }
        SecurityScheme::OAuth2 { description, .. }
        | SecurityScheme::OpenIDConnect { description, .. } => {
            Some((SchemeKind::Bearer, description))
        }
    }
}

pub fn is_header(name: &str) -> bool {
    let sign = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(sign)
}

/// The name of the trait for a choice of tokens.
pub fn name(access: &Access) -> String {
    let Access::AnyOf {
        alternatives,
        optional,
    } = access
    else {
        return String::new();
    };
    let together = alternatives.iter().map(|tokens| {
        let names: Vec<&str> = tokens.iter().map(|token| last(token)).collect();
        names.join("With")
    });
    let together: Vec<String> = together.collect();
    match (together.as_slice(), optional) {
        ([only], false) => format!("{only}Only"),
        (several, false) => several.join("Or"),
        (several, true) => format!("{}OrNone", several.join("Or")),
    }
}

/// The name at the end of a path.
pub fn last(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}
