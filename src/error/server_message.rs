use std::time::Duration;

/// What the server said in a response that is an error.
#[derive(Default)]
pub(crate) struct ServerMessage {
    pub detail: Option<String>,
    /// Names of fields, each with a sentence.
    pub fields: Vec<(String, String)>,
    /// The beginning of the body.
    pub body: Option<String>,
    /// The size and the media type of the body.
    pub body_shape: Option<String>,
    /// All of the body, where `body` is not all of it.
    pub whole: Option<String>,
    pub retry_after: Option<Duration>,
    /// Whether the connection broke in a body whose end could have told more.
    pub is_cut_off: bool,
    pub location: Option<String>,
}

/// A record that did not decode.
pub(crate) struct Record {
    /// Its index in its list.
    pub index: Option<usize>,
    pub id: Option<String>,
    pub raw: String,
    pub origin: Origin,
}

/// Where a record comes from, which decides how to get the others.
#[derive(Clone, Copy)]
pub(crate) enum Origin {
    /// The body of a response.
    Body,
    /// A page that was requested alone; its records have this key.
    Page(&'static str),
    /// A list that goes on after the record; its records have this key.
    List(&'static str),
}

impl Origin {
    /// Returns the name of the field that identifies a record.
    pub fn key(self) -> &'static str {
        match self {
            Self::Body => "id",
            Self::Page(key) | Self::List(key) => key,
        }
    }
}
