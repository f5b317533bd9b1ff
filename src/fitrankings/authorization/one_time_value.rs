use std::fmt;
use std::str::FromStr;

use subtle::ConstantTimeEq;

use crate::error::Error;
use crate::random;

/// A secret random value that ties a callback to its request.
///
/// It has 128 bits from the operating system's random number generator.
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
    /// Returns a new random value.
    ///
    /// # Errors
    ///
    /// Fails if the random number generator of the operating system fails.
    pub fn new() -> Result<Self, Error> {
        random::hex().map(Self)
    }

    /// Returns the value as text: 32 lower-case hexadecimal digits, which are safe in every part of
    /// a URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether `text` is this value. The comparison takes constant time.
    pub fn matches(&self, text: &str) -> bool {
        self.0.as_bytes().ct_eq(text.as_bytes()).into()
    }
}

/// Parses the text that [`as_str`](OneTimeValue::as_str) returned.
impl FromStr for OneTimeValue {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != 32 || !text.bytes().all(is_digit) {
            return Err(Error::invalid(
                "the text is not a one-time value, which has 32 lower-case hexadecimal digits",
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for OneTimeValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OneTimeValue(…)")
    }
}
