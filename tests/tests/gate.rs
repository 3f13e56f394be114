//! A short campaign against the gate; the long one is a program of its own.

use svod_tests::gate::{Options, run};

#[test]
fn hostile_changes_leave_documents_sound_and_honest_ones_are_never_refused() {
    let outcome = run(&Options { hostile: 3_000, honest: 500, seed: 7 }, |_| {});
    assert!(outcome.is_clean(), "{outcome:#?}");
    assert_eq!((outcome.hostile, outcome.honest >= 500), (3_000, true));
    assert!(outcome.refused.len() > 10, "the generators reach the rules: {:?}", outcome.refused);
    assert!(outcome.accepted > 0, "some altered changes are as good as honest ones");
}
