//! The `x-` keys of this generator, a file for each. `spec/README.md` says what they mean.

pub mod open_enum;
pub mod paging;
pub mod period;
pub mod unit;

use crate::document::Findings;
use crate::model::{Parameter, ParameterLocation};
use crate::text::show;

/// Returns the strings of an object with fixed keys. Reports any other value.
fn texts<const N: usize>(
    findings: &mut Findings<'_>,
    pointer: &str,
    names: [&str; N],
    optional: &[&str],
) -> Option<[String; N]> {
    let value = findings.source.at(pointer)?;
    let text = |name| Some(value.get(name)?.as_str()?.to_owned());
    let known = |name: &str| names.contains(&name) || optional.contains(&name);
    let members = value.as_object().into_iter().flatten();
    let mut members = members.map(|(name, value)| known(name) && value.is_string());
    if members.all(|fits| fits) && names.iter().all(|name| value.get(name).is_some()) {
        return Some(names.map(|name| text(name).unwrap_or_default()));
    }
    let mut remedy = format!(
        "write the keys `{}`, each with a string",
        names.join("`, `")
    );
    for name in optional {
        remedy.push_str(&format!("; `{name}` is optional"));
    }
    findings.report(pointer, format!("{} does not fit", show(value)), remedy);
    None
}

/// Returns the index of the query parameter that a key names; reports one that the operation does
/// not have.
fn query_parameter(
    findings: &mut Findings<'_>,
    pointer: &str,
    parameters: &[Parameter],
    name: &str,
) -> Option<usize> {
    let index = parameters
        .iter()
        .position(|known| known.wire == name && known.location == ParameterLocation::Query);
    if index.is_none() {
        let found = format!("`{name}` is not a query parameter of this operation");
        findings.report(pointer, found, "name one of its query parameters");
    }
    index
}
