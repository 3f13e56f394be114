//! A short campaign against the gate; the long one is a program of its own.

use std::process::Command;

use svod_tests::gate::{Options, run};

#[test]
fn hostile_changes_leave_documents_sound_and_honest_ones_are_never_refused() {
    let outcome = run(&Options { hostile: 3_000, honest: 500, seed: 7, threads: 2 }, |_| {});
    assert!(outcome.is_clean(), "{outcome:#?}");
    assert_eq!((outcome.hostile, outcome.honest >= 500), (3_000, true));
    assert!(outcome.refused.len() > 10, "the generators reach the rules: {:?}", outcome.refused);
    assert!(outcome.accepted > 0, "some altered changes are as good as honest ones");
}

#[test]
fn any_number_of_threads_comes_to_the_same_figures() {
    let run = |threads| run(&Options { hostile: 2_100, honest: 330, seed: 3, threads }, |_| {});
    let (alone, together) = (run(1), run(3));
    assert_eq!((alone.hostile, alone.honest), (2_100, 330));
    assert_eq!(format!("{alone:?}"), format!("{together:?}"));
}

/// In a process of its own, which fails if its peak passes a bound.
#[test]
fn bombs_are_refused_within_a_few_megabytes() {
    let done = Command::new(env!("CARGO_BIN_EXE_gate-campaign")).arg("--bombs").output().expect("it starts");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
}
