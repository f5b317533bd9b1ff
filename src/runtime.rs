//! What generated code names of this crate: a list of names, wherever the code behind them stands.

pub(crate) use crate::auth::token::Credential;
pub(crate) use crate::fitrankings::period::{PeriodParameters, WeekFormat};
pub(crate) use crate::list::{Items, PageRequest, Paged, Pages, Sealed};
pub use crate::request::multipart::File;
pub(crate) use crate::request::parameter_style::{Place, Style};
pub(crate) use crate::request::{Method, Operation, Request};
pub(crate) use crate::values::deserialize_with;
