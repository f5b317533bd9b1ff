//! The random number generator of the data set.

use rand_pcg::{Pcg32, rand_core::Rng as _};

/// A random number generator with a fixed algorithm, so that a seed gives the same data with every
/// release of `rand_pcg`.
pub(crate) struct Rng(Pcg32);

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        const STREAM: u64 = 0xf172_a4c1;
        Self(Pcg32::new(seed, STREAM))
    }

    /// Returns eight hexadecimal digits.
    pub(super) fn short_hex(&mut self) -> String {
        format!("{:08x}", self.0.next_u64() as u32)
    }

    /// Returns sixteen hexadecimal digits.
    pub(super) fn hex(&mut self) -> String {
        format!("{:016x}", self.0.next_u64())
    }

    /// Returns a number from 0 to `n`, excluding `n`.
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * u64::from(n)) >> 32) as u32
    }

    /// Returns a number from `low` to `high`, including both.
    pub(crate) fn between(&mut self, low: u32, high: u32) -> i64 {
        i64::from(low + self.below(high - low + 1))
    }

    /// Returns true with a probability of 1 in `n`.
    pub(super) fn one_in(&mut self, n: u32) -> bool {
        self.below(n) == 0
    }

    pub(super) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len() as u32) as usize]
    }

    /// Returns a random index in proportion to its weight. `sums` holds the cumulative weights.
    pub(crate) fn weighted(&mut self, sums: &[u32]) -> usize {
        let roll = self.below(sums.last().copied().unwrap_or(0));
        sums.partition_point(|&sum| sum <= roll)
    }
}
