//! Counts the cost of searches, for tests.

use std::cell::Cell;

thread_local! {
    static STEPS: Cell<usize> = const { Cell::new(0) };
}

pub(crate) fn add(steps: usize) {
    STEPS.set(STEPS.get() + steps);
}

/// Returns the result of `f` and the number of characters that it read.
pub(crate) fn of<R>(f: impl FnOnce() -> R) -> (R, usize) {
    STEPS.set(0);
    let result = f();
    (result, STEPS.take())
}
