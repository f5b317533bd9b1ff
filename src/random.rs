//! Random numbers from the operating system.

use crate::error::Error;

/// Returns 128 random bits as 32 lower-case hexadecimal digits.
pub(crate) fn hex() -> Result<String, Error> {
    let mut bytes = [0; 16];
    getrandom::getrandom(&mut bytes).map_err(|error| {
        Error::invalid(format!(
            "the operating system gave no random numbers: {error}"
        ))
    })?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}
