//! The server that the document in `spec/` names.

include!(concat!(env!("OUT_DIR"), "/server.rs"));
