//! The one source of chance.

use rand_pcg::{Pcg32, rand_core::Rng as _};

/// A generator whose sequence is fixed by its algorithm's name, so that a seed
/// stands for the same world with every release of the library behind it.
pub(super) struct Dice(Pcg32);

impl Dice {
    pub(super) fn new(seed: u64) -> Dice {
        const STREAM: u64 = 0xf172_a4c1;
        Dice(Pcg32::new(seed, STREAM))
    }

    pub(super) fn number(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number from 0 to `n`, without `n`.
    pub(super) fn below(&mut self, n: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * u64::from(n)) >> 32) as u32
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: u32, high: u32) -> i64 {
        i64::from(low + self.below(high - low + 1))
    }

    pub(super) fn one_in(&mut self, n: u32) -> bool {
        self.below(n) == 0
    }

    pub(super) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len() as u32) as usize]
    }

    /// An index, as likely as its weight; the weights come summed up.
    pub(super) fn weighted(&mut self, sums: &[u32]) -> usize {
        let roll = self.below(sums.last().copied().unwrap_or(0));
        sums.partition_point(|&sum| sum <= roll)
    }
}
