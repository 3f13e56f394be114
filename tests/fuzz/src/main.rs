//! The fuzz targets under libFuzzer: one program, the target by its name in `SVOD_FUZZ_TARGET`.
//!
//! The bodies are svod-tests' own, taken in as files so that this does not need all that the browser tests need.
//! Panics of automerge that the gate catches are not failures; one that leaves a target ends the program with what it
//! said.

#![no_main]
#![allow(dead_code, reason = "svod-tests uses the rest of the campaign")]

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::LazyLock;

/// Inside a module with the path of the folder, so that its files find theirs.
#[path = "../../src"]
mod bodies {
    pub mod fuzz;
    pub mod gate;
}

pub use bodies::{fuzz, gate};

static TARGET: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let name = std::env::var("SVOD_FUZZ_TARGET").unwrap_or_default();
    fuzz::target(&name).expect("SVOD_FUZZ_TARGET names a target")
});

libfuzzer_sys::fuzz_target!(
    init: gate::count_panics(),
    |data: &[u8]| {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| TARGET(data))) {
            eprintln!("{}", gate::last_panic());
            resume_unwind(panic);
        }
    }
);
