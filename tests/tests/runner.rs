//! The only test binary of this package: it links once. Every file beside it is a module here.

#![expect(
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, also in its helpers; clippy forgives only what is marked as a test"
)]

mod browser;
mod canary;
mod demo;
mod fuzz;
mod gate;
mod markup;
mod packets;
mod processes;
mod simulator;
mod tidy;

use std::path::Path;

/// A file that nobody declares would never run.
#[test]
fn every_file_beside_the_runner_is_declared() {
    let declared = include_str!("runner.rs");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for entry in folder.read_dir().expect("the tests are here") {
        let path = entry.expect("an entry of the tests").path();
        let name = path.file_stem().expect("files have names").to_string_lossy().into_owned();
        if name != "runner" {
            assert!(declared.lines().any(|it| it == format!("mod {name};")), "{name} is not declared");
        }
    }
}
