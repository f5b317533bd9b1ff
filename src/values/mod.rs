//! How generated types are read and written.

pub mod deserialize_with;
pub mod open_enum;
pub mod row;
pub mod union;
