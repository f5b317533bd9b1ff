//! The code that `build.rs` generates from the document in `spec/`.

include!(concat!(env!("OUT_DIR"), "/api.rs"));
