//! Names that generated code cannot give to what a document names: they are taken already.
//!
//! A name that stands here gets a number or an underscore where a document has it. A method, a type
//! or an import that is new in the runtime or in generated code belongs in one of these lists.

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

/// What the module of requests has already: its imports, and the type parameter of each request.
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

/// The variant of every enum that keeps what the document does not name.
pub const OTHER: [&str; 1] = ["Other"];

/// The same in an enum of texts.
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
