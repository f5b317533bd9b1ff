//! `x-unit`: the unit of a quantity, which becomes its type.

use serde_json::Value;

use crate::document::Findings;
use crate::model::Schema;
use crate::text::{join, show};

pub const KEY: &str = "x-unit";

/// Where the types of quantities stand.
const MODULE: &str = "crate::units::";

/// The name of each unit, the Rust type, and the plural for the docs.
const UNITS: [(&str, &str, &str); 4] = [
    ("metre", "Metres", "metres"),
    ("second", "Seconds", "seconds"),
    ("kilocalorie", "Kilocalories", "kilocalories"),
    ("met-minute", "MetMinutes", "MET-minutes"),
];

/// Returns the type of a quantity; reports a unit that is not known, or does not go with the type.
pub fn schema(findings: &mut Findings<'_>, value: &Value, pointer: &str) -> Option<Schema> {
    let at = join(pointer, KEY);
    let text = |key| value.get(key).and_then(Value::as_str);
    let amount = match (text("type"), text("format")) {
        (Some("string"), Some("decimal")) => "",
        (Some("number"), _) => "<f64>",
        (of_type, _) => {
            let found = match of_type {
                Some(of_type) => format!("`x-unit` is not supported with `type: {of_type}`"),
                None => "`x-unit` is not supported without a `type`".to_owned(),
            };
            let remedy = "units go with `type: number`, or `type: string` with `format: decimal`";
            findings.report(&at, found, remedy);
            return None;
        }
    };
    let unit = value.get(KEY)?;
    let Some((_, rust, _)) = UNITS.iter().find(|(name, ..)| unit.as_str() == Some(name)) else {
        let names = UNITS.map(|(name, ..)| name).join("`, `");
        let found = format!("{} is not a unit", show(unit));
        findings.report(&at, found, format!("the units are `{names}`"));
        return None;
    };
    Some(Schema::Rust(format!("{MODULE}{rust}{amount}")))
}

/// Whether a type is a quantity.
pub fn is_quantity(schema: &Schema) -> bool {
    matches!(schema, Schema::Rust(rust) if rust.starts_with(MODULE))
}

/// Returns the plural of the unit of a schema, for its docs.
pub fn plural(schema: &Value) -> Option<&'static str> {
    let unit = schema.get(KEY)?.as_str()?;
    let (_, _, plural) = UNITS.iter().find(|(name, ..)| *name == unit)?;
    Some(plural)
}
