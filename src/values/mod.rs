//! Serialization of generated types.

pub mod deserialize_with;
pub mod open_enum;
pub mod row;
pub mod union;
