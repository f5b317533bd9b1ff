//! What `build.rs` made of the document in `spec/`.

include!(concat!(env!("OUT_DIR"), "/api.rs"));
