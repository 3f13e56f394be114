//! Where the programs under test are.
//!
//! Cargo builds a package's programs before its integration tests. `node/tests` and `relay/tests` hold one each, so
//! the plain `cargo test --workspace` of a clean clone has built `svod` and `svod-relay`, with the same features as
//! everything else, before the tests here begin. Building them from here would be a second cargo with other features,
//! hence a second build of half the tree. When only this package is tested, the programs may be missing or older than
//! their sources: both are said instead of testing the wrong thing.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The node's program.
pub fn svod() -> PathBuf {
    program("svod")
}

/// The relay's program.
pub fn svod_relay() -> PathBuf {
    program("svod-relay")
}

fn program(name: &str) -> PathBuf {
    let test = env::current_exe().expect("a running program has a path");
    let folder = test.parent().expect("a program lies in a folder");
    // Tests lie in `target/PROFILE/deps`, the campaigns' programs in `target/PROFILE`.
    let is_test = folder.file_name().is_some_and(|it| it == "deps");
    let folder = folder.parent().filter(|_| is_test).unwrap_or(folder);
    let path = folder.join(format!("{name}{}", env::consts::EXE_SUFFIX));
    assert!(
        path.is_file(),
        "{} is not built; run `cargo test --workspace` or `cargo build --workspace`",
        path.display()
    );
    if let Some(source) = newer_source(&path) {
        panic!("{} is older than {source}; run `cargo test --workspace`", path.display());
    }
    path
}

/// A source that was changed after the program was built, by the list that cargo keeps beside it.
fn newer_source(program: &Path) -> Option<String> {
    let built = modified(program)?;
    let list = fs::read_to_string(program.with_extension("d")).ok()?;
    let (_, sources) = list.split_once(": ")?;
    let newer = |path: &&str| modified(Path::new(path)).is_some_and(|it| it > built);
    sources.split_whitespace().find(newer).map(str::to_owned)
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|it| it.modified()).ok()
}
