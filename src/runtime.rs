//! What generated code names of this crate: a list of names, wherever the code behind them stands.

pub(crate) use crate::auth::auth_secret::{AuthSecret, KeyLocation};
pub(crate) use crate::auth::token::{AuthSecrets, token};
pub(crate) use crate::fitrankings::period::{PeriodParameters, WeekFormat};
pub use crate::list::{Items, PageRequest, Paged, Pages};
pub use crate::request::multipart::File;
pub(crate) use crate::request::parameter_style::{Place, Style};
pub(crate) use crate::request::{Method, Operation, Request};
pub(crate) use crate::values::deserialize_with;
