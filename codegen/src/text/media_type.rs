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

/// Returns the order in which the types of a request body are preferred, or `None` for a type that
/// cannot be sent.
pub fn rank_of_request(essence: &str) -> Option<u8> {
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
pub fn rank_of_response(essence: &str) -> Option<u8> {
    match essence {
        "application/json" => Some(0),
        _ if is_json(essence) => Some(1),
        _ if is_range_of_json(essence) => Some(2),
        _ if is_text(essence) => Some(3),
        _ => Some(4),
    }
}
