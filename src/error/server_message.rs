//! The parts of a response that an error keeps.

use std::time::Duration;

/// The parts of a response that an error keeps, without secrets.
#[derive(Default)]
pub(crate) struct ServerMessage {
    pub detail: Option<String>,
    /// Validation errors: the name of a field and a message.
    pub fields: Vec<(String, String)>,
    /// The body, cut to 4 KiB.
    pub body: Option<String>,
    /// The size and the media type of the body.
    pub body_shape: Option<String>,
    /// The body, cut to 64 KiB, if `body` was cut.
    pub whole: Option<String>,
    pub retry_after: Option<Duration>,
    /// Whether the connection failed in the body, and the missing part could matter.
    pub is_cut_off: bool,
    pub location: Option<String>,
}

/// A record that did not decode.
pub(crate) struct Record {
    /// The index on its page.
    pub index: Option<usize>,
    pub id: Option<String>,
    pub raw: String,
    pub origin: Origin,
}

/// The source of a record, on which the advice depends.
#[derive(Clone, Copy)]
pub(crate) enum Origin {
    /// The body of a response.
    Body,
    /// A page from `call()`, with the name of the field that identifies its records.
    Page(&'static str),
    /// A list, which continues after the record, with the name of the identifying field.
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
