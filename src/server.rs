//! The server URL of the document in `spec/`, written by `build.rs`.

include!(concat!(env!("OUT_DIR"), "/server.rs"));
