//! What every stage uses: messages, names, descriptions, and the small grammars of HTTP and
//! JSON.

mod describe;
mod diagnostic;
pub mod markdown;
pub mod media_type;
pub mod names;
mod one_line;
mod pointer;
pub mod reserved_names;

pub use self::describe::{show, similar, type_of};
pub use self::diagnostic::{Diagnostic, Diagnostics};
pub use self::one_line::one_line;
pub use self::pointer::{MAX_DEPTH, SCHEMAS, join, target, target_of, unescape};
