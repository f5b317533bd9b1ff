//! Words that every stage needs: messages, names, descriptions, and the small grammars of HTTP and
//! JSON.

pub mod describe;
pub mod diagnostic;
pub mod markdown;
pub mod media_type;
pub mod names;
pub mod one_line;
pub mod pointer;
pub mod reserved_names;
