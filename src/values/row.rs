use serde::Serialize;
use serde_json::Value;

use crate::Error;

/// A record as one row of a table, for CSV files, spreadsheets and databases.
///
/// All generated structs of responses implement it, except those with a [`Secret`](crate::Secret).
/// The columns have the names and the order of the document, so all records of a type have the same
/// columns. The columns of a nested record have dotted names, such as `user.profile.display_name`.
///
/// | value | cell |
/// |---|---|
/// | a text | the text |
/// | a number, `true`, `false` | as in JSON; a decimal keeps its places |
/// | a value that is missing, `null`, an empty list | empty |
/// | a list, a map, a value of several possible types, a record within one of its own type | its JSON |
/// | a value whose key is not in the document | no column |
///
/// Texts are not changed. A spreadsheet treats a text that begins with `=` as a formula.
///
/// # Example: activities as CSV
///
/// ```
/// use fitrankings::{Client, MasterToken, Row, sandbox::Sandbox, types::Activity};
///
/// let sandbox = Sandbox::builder().activities(3).start()?;
/// let token = MasterToken::new(sandbox.master_token())?;
/// let client = Client::builder().base_url(sandbox.base_url()).build(token)?;
///
/// let mut csv = csv::Writer::from_writer(Vec::new());
/// csv.write_record(Activity::columns())?;
/// for activity in client.list_activities().items() {
///     csv.write_record(activity?.cells()?)?;
/// }
/// assert!(csv.into_inner()?.starts_with(b"id,title,description,met_minutes,distance,"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Row: Serialize {
    #[doc(hidden)]
    const FIELDS: &'static [Field];

    /// Returns the names of the columns.
    fn columns() -> Vec<String> {
        let mut columns = Vec::new();
        name(Self::FIELDS, "", &mut columns);
        columns
    }

    /// Returns the cells, one for each of the [`columns`](Self::columns).
    ///
    /// # Errors
    ///
    /// Fails if a quantity is a number that JSON does not have, such as `NaN`. Records from a
    /// response have no such number.
    fn cells(&self) -> Result<Vec<String>, Error> {
        let record = serde_json::to_value(self)
            .map_err(|error| Error::invalid(format!("the record cannot be written: {error}")))?;
        let mut cells = Vec::new();
        fill(Self::FIELDS, Some(&record), &mut cells);
        Ok(cells)
    }
}

/// A key of a record, with the keys of its value if that is a record.
#[doc(hidden)]
#[derive(Debug)]
pub struct Field {
    pub name: &'static str,
    pub fields: &'static [Field],
}

fn name(fields: &[Field], prefix: &str, columns: &mut Vec<String>) {
    for field in fields {
        let column = format!("{prefix}{}", field.name);
        match field.fields {
            [] => columns.push(column),
            inner => name(inner, &format!("{column}."), columns),
        }
    }
}

fn fill(fields: &[Field], record: Option<&Value>, cells: &mut Vec<String>) {
    for field in fields {
        let value = record.and_then(|record| record.get(field.name));
        match field.fields {
            [] => cells.push(value.map(cell).unwrap_or_default()),
            inner => fill(inner, value, cells),
        }
    }
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => String::new(),
        value => value.to_string(),
    }
}

/// Implements [`Row`] for a generated record. A key of a nested record is followed by its type.
#[allow(unused_macros, reason = "a document may have no record")]
macro_rules! row {
    ($name:ident { $($key:literal $(= $record:ident)?),* $(,)? }) => {
        impl $crate::Row for $name {
            const FIELDS: &'static [$crate::values::row::Field] = &[
                $($crate::values::row::Field {
                    name: $key,
                    fields: $crate::values::row::row!(@fields $($record)?),
                }),*
            ];
        }
    };
    (@fields) => { &[] };
    (@fields $record:ident) => { <$record as $crate::Row>::FIELDS };
}

#[allow(unused_imports, reason = "a document may have no record")]
pub(crate) use row;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Serialize)]
    struct Outer {
        id: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        inner: Option<Inner>,
        #[serde(flatten)]
        rest: Value,
    }

    #[derive(Serialize)]
    struct Inner {
        #[serde(rename = "a.b")]
        dotted: Option<f64>,
    }

    row!(Outer { "id", "inner" = Inner, "list", "text", "object" });
    row!(Inner { "a.b" });

    #[test]
    fn every_record_has_the_same_columns() {
        assert_eq!(
            Outer::columns(),
            ["id", "inner.a.b", "list", "text", "object"]
        );
        let cells = |inner, rest| Outer { id: 1, inner, rest }.cells().unwrap();
        let full = json!({"list": [1, "x"], "text": "a,\"b\"", "object": {"k": null}, "new": 1});
        let inner = Some(Inner { dotted: Some(0.5) });
        let expected = ["1", "0.5", "[1,\"x\"]", "a,\"b\"", "{\"k\":null}"];
        assert_eq!(cells(inner, full), expected);
        let null = json!({"list": [], "text": null});
        assert_eq!(
            cells(Some(Inner { dotted: None }), null),
            ["1", "", "", "", ""]
        );
        assert_eq!(cells(None, json!({})), ["1", "", "", "", ""]);
    }
}
