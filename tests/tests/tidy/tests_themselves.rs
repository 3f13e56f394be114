//! What tests must not do: sleep, be passed over silently, expect a panic instead of a value.

use svod_tests::tree::sources_ending;

use super::{Forbidden, expect_none, found};

/// The one place that waits, with a deadline and by asking.
const WAITING: &str = "tests/src/wait.rs";

#[test]
fn no_test_sleeps() {
    let why = "wait for a condition, or pass the time as an argument";
    let words = [
        Forbidden { word: concat!("sleep", "("), why },
        Forbidden { word: concat!("sleep_", "until("), why },
    ];
    let all: Vec<_> = sources_ending(".rs")
        .iter()
        .filter(|it| it.path != WAITING)
        .flat_map(|it| found(&it.path, it.test_code(), &words))
        .collect();
    expect_none(&all);
}

#[test]
fn no_test_is_switched_off_or_expects_a_panic() {
    let words = [
        Forbidden { word: concat!("#[ig", "nore"), why: "a test that does not run tells nothing" },
        Forbidden {
            word: concat!("#[should_", "panic"),
            why: "assert what happens, not that something breaks",
        },
    ];
    let all: Vec<_> =
        sources_ending(".rs").iter().flat_map(|it| found(&it.path, it.test_code(), &words)).collect();
    expect_none(&all);
}
