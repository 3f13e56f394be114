//! The saved corpora of the fuzz targets: what a fuzzer found worth keeping runs with every build.

use svod_tests::fuzz::{TARGETS, corpus, seeds, target};
use svod_tests::tree::root;

/// Runs every saved input of a target, and the honest ones, which must all have been saved: formats that change
/// make a corpus stale without anybody noticing.
fn check(name: &str) {
    let run = target(name).expect("a target of that name");
    let file = std::fs::read(root().join("tests/data/fuzz").join(name)).expect("its corpus is saved");
    let inputs = corpus::unpack(&file).expect("a packed corpus");
    assert_eq!(corpus::pack(inputs.clone()), file, "sorted, each once");
    for honest in seeds::of(name) {
        assert!(
            inputs.contains(&honest),
            "{name} is stale: run `cargo run --release -p svod-tests --bin fuzz-corpus -- seed`"
        );
    }
    inputs.iter().for_each(|it| run(it));
}

#[test]
fn saved_frames_are_survived() {
    check("frame");
}

#[test]
fn saved_sessions_are_survived() {
    check("session");
}

#[test]
fn saved_packs_are_survived() {
    check("pack");
}

#[test]
fn saved_packets_are_survived() {
    check("packet");
}

#[test]
fn saved_statements_are_survived() {
    check("roster");
}

#[test]
fn saved_changes_are_scanned_without_harm() {
    check("prescan");
}

#[test]
fn saved_changes_leave_documents_sound() {
    check("gate");
}

#[test]
fn every_target_has_its_test_and_honest_inputs() {
    let tests = include_str!("fuzz.rs");
    for (name, _) in TARGETS {
        assert!(tests.contains(&format!("check(\"{name}\")")), "{name} has no test");
        assert!(!seeds::of(name).is_empty(), "{name} begins from nothing");
    }
}

/// The bytes of a corpus are read back as they were put together.
#[test]
fn a_corpus_is_packed_and_unpacked() {
    let inputs = vec![vec![], vec![1, 2, 3], vec![7; 300]];
    assert_eq!(corpus::unpack(&corpus::pack(inputs.clone())).expect("reads"), inputs);
    assert!(corpus::unpack(&[5, 1]).is_err());
}
