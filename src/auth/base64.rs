//! Base64 in a buffer that is wiped from memory when dropped.

use ::base64::Engine as _;
use ::base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// Encodes bytes with the standard alphabet and padding.
pub(crate) fn encode(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    // A buffer that grows, or one that `base64` allocates, would leave a copy in memory.
    let mut text = Zeroizing::new(vec![0; bytes.len().div_ceil(3) * 4]);
    let written = STANDARD.encode_slice(bytes, &mut text);
    text.truncate(written.unwrap_or_default());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_the_test_vectors_of_rfc_4648() {
        for (plain, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
            ("\u{ff}\u{3ff}", "w7/Pvw=="),
        ] {
            assert_eq!(&**encode(plain.as_bytes()), text.as_bytes());
        }
    }
}
