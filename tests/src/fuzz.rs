//! What a fuzzer does with its bytes: one function a target, which panics if something that must hold does not.
//!
//! The functions are plain, so that they run in two ways: under libFuzzer, in a crate outside the workspace
//! (`tests/fuzz`, `bash tests/fuzz/run TARGET SECONDS`), and over the saved corpora of `tests/data/fuzz` as tests of
//! every build. They go through public doors only. More is asserted than that nothing panics: what reads is written
//! and reads again as the same, what came once changes nothing when it comes twice, what a peer says costs memory in
//! proportion to its size.

pub mod corpus;
pub mod documents;
pub mod packs;
pub mod seeds;
pub mod session;
pub mod statements;
pub mod world;

/// A name and what is done with the bytes.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: [Target; 7] = [
    ("frame", session::frame),
    ("session", session::session),
    ("pack", packs::pack),
    ("packet", packs::packet),
    ("roster", statements::roster),
    ("prescan", documents::prescan),
    ("gate", documents::gate),
];

/// The target of a name.
pub fn target(name: &str) -> Option<fn(&[u8])> {
    TARGETS.iter().find(|it| it.0 == name).map(|it| it.1)
}
