//! Media types, and how their values are represented.

/// A form.
pub const FORM: &str = "application/x-www-form-urlencoded";
/// A form that can hold files.
pub const MULTIPART: &str = "multipart/form-data";

/// Text types that are not `text/*`.
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

/// Returns a media type without its parameters, in small letters.
pub fn essence(media_type: &str) -> String {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    essence.to_ascii_lowercase()
}

/// Whether a media type is the one that JSON is sent as by default.
pub fn is_plain_json(media_type: &str) -> bool {
    essence(media_type) == "application/json"
}

/// Whether values of this type, given by its essence, are JSON.
pub fn is_json(essence: &str) -> bool {
    matches!(essence, "application/json" | "text/json") || essence.ends_with("+json")
}

/// Whether values of this type, given by its essence, are text.
pub fn is_text(essence: &str) -> bool {
    essence.starts_with("text/") || essence.ends_with("+xml") || TEXTS.contains(&essence)
}

/// Whether a range of types, given by its essence, is taken for JSON.
pub fn is_range_of_json(essence: &str) -> bool {
    matches!(essence, "*/*" | "application/*")
}
