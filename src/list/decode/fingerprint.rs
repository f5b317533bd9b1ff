//! A hash that bookmarks store, so it must not change with the version of Rust.

use std::hash::Hasher;

/// The offset basis and the prime of 64-bit FNV-1a.
const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;
/// 2^64 divided by the golden ratio: it spreads whole numbers over all 64 bits.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// Hashes bytes with FNV-1a, and a whole number with one multiplication.
pub(crate) struct Fingerprint(u64);

impl Fingerprint {
    /// Returns a hasher. Hashers with different seeds give different results.
    pub fn new(seed: u64) -> Self {
        Self(BASIS ^ seed)
    }

    /// Returns the fingerprint of a text.
    pub fn of(text: &str) -> u64 {
        let mut hasher = Self::new(0);
        hasher.write(text.as_bytes());
        hasher.finish()
    }
}

impl Hasher for Fingerprint {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(PRIME);
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0 ^ number).wrapping_mul(SPREAD);
        self.0 ^= self.0 >> 32;
    }

    // Keys are `i64`, `u64`, `i32` or texts; discriminants are `isize`. The defaults of these
    // methods hash native bytes, which depend on the machine.
    fn write_i64(&mut self, number: i64) {
        self.write_u64(number.cast_unsigned());
    }

    fn write_i32(&mut self, number: i32) {
        self.write_i64(number.into());
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(number.into());
    }

    fn write_isize(&mut self, number: isize) {
        self.write_i64(number as i64);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Returns a number as 16 hexadecimal digits, since some formats, such as TOML, have no `u64`.
pub(crate) fn to_digits(number: u64) -> String {
    format!("{number:016x}")
}

pub(crate) fn from_digits(digits: &str) -> Option<u64> {
    u64::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use std::hash::Hash;

    use super::*;

    fn of(seed: u64, value: impl Hash) -> u64 {
        let mut hasher = Fingerprint::new(seed);
        value.hash(&mut hasher);
        hasher.finish()
    }

    #[test]
    fn a_fingerprint_that_stands_in_a_file_stays_what_it_is() {
        // The published test vectors of FNV-1a.
        assert_eq!(Fingerprint::of(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(Fingerprint::of("a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(Fingerprint::of("foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn order_value_and_seed_make_a_difference() {
        let mut seen = std::collections::HashSet::new();
        for seed in 0..10 {
            for one in -20_i64..20 {
                for other in -20_i64..20 {
                    assert!(seen.insert(of(seed, [one, other])), "{seed} {one} {other}");
                }
            }
        }
    }
}
