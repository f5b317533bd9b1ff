//! The names of this crate that generated code uses.

pub(crate) use crate::auth::auth_secret::{AuthSecret, KeyLocation};
pub(crate) use crate::auth::token::{AuthSecrets, token};
pub(crate) use crate::fitrankings::period::{PeriodParameters, WeekFormat};
pub(crate) use crate::list::{Items, PageRequest, Paged, Pages, Sealed};
pub(crate) use crate::operation::{Method, Operation};
pub(crate) use crate::request::Request;
pub use crate::request::multipart::File;
pub(crate) use crate::request::parameter_style::{ParameterLocation, Style};
pub(crate) use crate::values::deserialize_with;
