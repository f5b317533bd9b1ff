use std::fmt;
use std::str::FromStr;

use subtle::ConstantTimeEq;

use crate::Error;

pub(super) const ONE_TIME_VALUE: &str = "one_time_value";

/// A secret value that ties a callback to the request that caused it: 128 bits from the operating
/// system's source of random numbers.
///
/// Make a new one for every request. A web application keeps it in the user's session as text:
///
/// ```
/// use fitrankings::authorization::OneTimeValue;
///
/// let value = OneTimeValue::new()?;
/// let kept: String = value.as_str().to_owned();
///
/// let value: OneTimeValue = kept.parse()?;
/// assert!(value.matches(&kept));
/// # Ok::<(), fitrankings::Error>(())
/// ```
#[derive(Clone)]
pub struct OneTimeValue(String);

impl OneTimeValue {
    /// A new value. An error if the operating system has no random numbers to give.
    pub fn new() -> Result<OneTimeValue, Error> {
        let mut bytes = [0; 16];
        getrandom::getrandom(&mut bytes).map_err(|error| {
            Error::invalid(format!(
                "the operating system gave no random numbers: {error}"
            ))
        })?;
        Ok(OneTimeValue(format!("{:032x}", u128::from_be_bytes(bytes))))
    }

    /// The value as text: 32 lower-case hexadecimal digits, which are safe in every part of a URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `text` is this value, compared in constant time.
    pub fn matches(&self, text: &str) -> bool {
        self.0.as_bytes().ct_eq(text.as_bytes()).into()
    }
}

/// Reads what [`as_str`](OneTimeValue::as_str) gave, and nothing else.
impl FromStr for OneTimeValue {
    type Err = Error;

    fn from_str(text: &str) -> Result<OneTimeValue, Error> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != 32 || !text.bytes().all(is_digit) {
            return Err(Error::invalid(
                "this is no one-time value: it has 32 lower-case hexadecimal digits",
            ));
        }
        Ok(OneTimeValue(text.to_owned()))
    }
}

impl fmt::Debug for OneTimeValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OneTimeValue(…)")
    }
}
