//! Security requirements of operations, and the schemes that they name.

use std::collections::{BTreeMap, HashMap};

use openapiv3::{APIKeyLocation, SecurityScheme};
use serde_json::Value;

use super::context::Context;
use crate::model::{ParameterLocation, Scheme, SchemeKind, Security};
use crate::schema::description;
use crate::text::join;
use crate::text::names::{self, Scope};

/// Security schemes that the crate has a token type for.
const TOKENS: [(&str, &str); 2] = [("masterToken", "MasterToken"), ("userToken", "UserToken")];

/// How many schemes a client can hold at once.
const MOST: usize = 4;

/// The security schemes of the operations so far, and the names in the module of tokens.
#[derive(Default)]
pub struct SecuritySchemes {
    names: Scope,
    /// The types of tokens, by their schemes.
    tokens: HashMap<String, String>,
    /// Schemes whose token types are generated, by the names of these.
    pub schemes: BTreeMap<String, Scheme>,
}

impl SecuritySchemes {
    /// Reads who may call the operation at a pointer.
    pub fn security(&mut self, context: &mut Context<'_>, pointer: &str) -> Security {
        let own = join(pointer, "security");
        let pointer = match context.source.at(&own) {
            Some(_) => own,
            None => "/security".to_owned(),
        };
        let requirements = context.source.at(&pointer).and_then(Value::as_array);
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
                context.report(&at, found, format!("use at most {MOST} at once"));
            }
            let count = schemes.len();
            let tokens = schemes
                .into_iter()
                .filter_map(|scheme| self.token(context, scheme, &at));
            let mut tokens: Vec<String> = tokens.collect();
            tokens.sort();
            optional |= count == 0;
            if !tokens.is_empty() && tokens.len() == count {
                alternatives.push(tokens);
            }
        }
        alternatives.sort();
        alternatives.dedup();
        if alternatives.is_empty() {
            return Security::Open;
        }
        Security::AnyOf {
            alternatives,
            optional,
        }
    }

    /// The type of the token for a scheme, as generated code names it.
    fn token(&mut self, context: &mut Context<'_>, scheme: &str, pointer: &str) -> Option<String> {
        let at = join("/components/securitySchemes", scheme);
        if context.source.at(&at).is_none() {
            let found = format!("the security scheme `{scheme}` is not declared");
            context.report(pointer, found, "declare it at #/components/securitySchemes");
            return None;
        }
        let (declared, at) = context.resolve::<SecurityScheme>(&at)?;
        let kind = kind(context, declared, &at)?;
        if let Some((_, token)) = TOKENS.iter().find(|(name, _)| *name == scheme)
            && matches!(kind, SchemeKind::Bearer)
        {
            return Some(format!("crate::{token}"));
        }
        if let Some(name) = self.tokens.get(scheme) {
            return Some(name.clone());
        }
        let name = self.names.take(names::type_name(scheme));
        self.tokens.insert(scheme.to_owned(), name.clone());
        self.schemes.insert(
            name.clone(),
            Scheme {
                wire: scheme.to_owned(),
                doc: context
                    .source
                    .at(&at)
                    .map(description::text)
                    .unwrap_or_default(),
                kind,
            },
        );
        Some(name)
    }

    /// Names the trait of each choice of tokens that operations make.
    pub fn traits<'a>(
        &mut self,
        choices: impl Iterator<Item = &'a Security>,
    ) -> BTreeMap<Security, String> {
        let mut traits = BTreeMap::new();
        for security in choices {
            if *security != Security::Open && !traits.contains_key(security) {
                traits.insert(security.clone(), self.names.take(security.trait_name()));
            }
        }
        traits
    }
}

/// How a token of a scheme is sent.
fn kind(context: &mut Context<'_>, declared: SecurityScheme, pointer: &str) -> Option<SchemeKind> {
    match declared {
        SecurityScheme::APIKey { location, name, .. } => {
            let location = match location {
                APIKeyLocation::Header => ParameterLocation::Header,
                APIKeyLocation::Query => ParameterLocation::Query,
                APIKeyLocation::Cookie => ParameterLocation::Cookie,
            };
            if location == ParameterLocation::Header && !context.check_header(pointer, &name) {
                return None;
            }
            Some(SchemeKind::Key(location, name))
        }
        SecurityScheme::HTTP { scheme, .. } => match scheme.to_ascii_lowercase().as_str() {
            "bearer" => Some(SchemeKind::Bearer),
            "basic" => Some(SchemeKind::Basic),
            _ => {
                let found = format!("the scheme `{scheme}` is not supported");
                let remedy = "`basic` and `bearer` are; declare any other as an `apiKey` in the header `Authorization`";
                context.report(&join(pointer, "scheme"), found, remedy);
                None
            }
        },
        SecurityScheme::OAuth2 { .. } | SecurityScheme::OpenIDConnect { .. } => {
            Some(SchemeKind::Bearer)
        }
    }
}
