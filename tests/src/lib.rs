//! The harness of the tests that need the whole program: real processes, the pages over HTTP, a browser, the tree.
//!
//! Everything here fails by panicking, with a sentence that says what was waited for and what was there instead: the
//! caller is a test. Whatever is started is ended and reaped when its value is dropped, also when a test panics.
//! Nothing here knows a rule of the domain.

#![expect(clippy::panic, reason = "the callers are tests: a panic is how they fail")]

pub mod binaries;
pub mod browser;
pub mod fuzz;
pub mod gate;
pub mod hardship;
pub mod html;
pub mod http;
pub mod load;
pub mod network;
pub mod poor_line;
pub mod process;
pub mod proxy;
pub mod seed;
pub mod sim;
pub mod tree;
pub mod wait;

/// Tells whoever runs the tests.
#[expect(clippy::print_stderr, reason = "the test runner catches it and shows it with the test")]
pub fn say(text: &str) {
    eprintln!("{text}");
}
