//! How long it takes to generate the client for the shipped document.
//!
//! `cargo bench --bench generate` prints the median.
#![allow(clippy::panic, missing_docs)]

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use fitrankings_codegen::{Mode, generate};

const SPEC: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../spec/fitrankings.yaml");
const RUNS: usize = 21;

fn main() {
    let run = |_| {
        let start = Instant::now();
        let generated = generate(Path::new(SPEC), Mode::Strict);
        drop(black_box(generated.unwrap_or_else(|why| panic!("{why}"))));
        start.elapsed()
    };
    let mut times: Vec<_> = (0..RUNS).map(run).collect();
    times.sort_unstable();
    println!("`cargo bench --bench generate`: {:.1?}", times[RUNS / 2]);
}
