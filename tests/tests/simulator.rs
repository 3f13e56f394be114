//! A small run of the simulator, and that it notices what is wrong. The long runs are the command `simulate`.

use svod_tests::sim::{Mutant, Profile, Terms, run};

/// Steps of a small run.
const STEPS: u64 = 300;

fn check(seed: u64, steps: u64) {
    if let Some(failure) = run(seed, steps, Terms::default()).failure {
        panic!("seed {seed}, step {}: {}\n{}", failure.step, failure.broken, failure.tail.join("\n"));
    }
}

#[test]
fn twenty_networks_survive_what_breaks() {
    (1..=20).for_each(|seed| check(seed, STEPS));
}

/// Copies of folders at work beside each other, and folders brought back: what was called saved is seen everywhere.
#[test]
fn four_networks_with_copied_and_restored_folders_lose_nothing() {
    let terms = Terms { profile: Profile::WithRecovery, ..Terms::default() };
    for seed in 1..=4 {
        if let Some(failure) = run(seed, STEPS, terms).failure {
            panic!("seed {seed}, step {}: {}\n{}", failure.step, failure.broken, failure.tail.join("\n"));
        }
    }
}

#[test]
fn the_same_seed_does_the_same() {
    for seed in [3, 8] {
        let [first, again] = [0; 2].map(|_| run(seed, STEPS, Terms::default()));
        assert_eq!((first.trace, first.steps, first.counts), (again.trace, again.steps, again.counts));
    }
    assert_ne!(run(3, STEPS, Terms::default()).trace, run(8, STEPS, Terms::default()).trace);
}

/// A pack out of place spoils the tables of its connection; the next connection begins with new ones.
#[test]
fn a_frame_of_another_connection_is_mended_by_the_next_one() {
    check(27, 1000);
}

#[test]
fn planted_bugs_are_noticed() {
    for (mutant, seed, invariant) in [
        (Mutant::AcksBeforeCommit, 1, "I1 durable"),
        (Mutant::RelayChecksNothing, 3, "I4 rights"),
        (Mutant::RelayTakesForks, 6, "I2 chain"),
        (Mutant::FrontierBeforeCommit, 1, "frontiers"),
        (Mutant::RelayForgetsRoster, 2, "all come together"),
    ] {
        let terms = Terms { mutant: Some(mutant), ..Terms::default() };
        let failure = run(seed, 800, terms).failure;
        assert_eq!(failure.map(|it| it.broken.invariant), Some(invariant), "{mutant:?}");
    }
}
