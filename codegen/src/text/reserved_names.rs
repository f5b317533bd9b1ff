//! Names that generated code already uses.
//!
//! If a document uses one of them, the generated name gets a number or an underscore. Add every new
//! method, type or import of the runtime or of generated code to one of these lists.

/// Methods of the client that are written by hand.
pub const CLIENT_METHODS: [&str; 12] = [
    "new",
    "builder",
    "from_env",
    "clone",
    "with_token",
    "with_cancel",
    "without_token",
    "into_master",
    "into_user",
    "token",
    "base_url",
    "request_master_token",
];

/// Names in the module of requests: its imports, and the type parameter of each request.
pub const REQUEST_TYPES: [&str; 13] = [
    "Client",
    "Error",
    "File",
    "Items",
    "Method",
    "Operation",
    "PageRequest",
    "Paged",
    "Pages",
    "ParameterLocation",
    "Request",
    "Style",
    "T",
];

/// Methods and fields of every request.
pub const REQUEST_METHODS: [&str; 10] = [
    "new", "call", "call_raw", "client", "clone", "body", "period", "items", "pages", "request",
];

/// The variant of every union for values that match no alternative.
pub const OTHER: [&str; 1] = ["Other"];

/// The variant of every enum for values that the document does not list.
pub const UNKNOWN: [&str; 1] = ["Unknown"];

/// The field of a record that takes the keys which the document does not name.
pub const REST: &str = "rest";

/// Types that generated code, and the macros that it calls, find in Rust's prelude.
pub const PRELUDE: [&str; 8] = [
    "Box", "Default", "From", "Into", "Option", "Result", "String", "Vec",
];

/// A keyword since the edition of 2024, which `syn` takes for a name.
pub const KEYWORDS: [&str; 1] = ["gen"];

/// Headers that the client sets by itself. OpenAPI has parameters of these names ignored.
pub const HEADERS: [&str; 3] = ["accept", "content-type", "authorization"];
