//! The table of threats names tests: each of them has to be there, and no case may be left out.

use std::collections::BTreeSet;

use svod_tests::tree::{root, sources_ending};

use super::expect_none;

/// Cases of abuse that the table answers.
const CASES: usize = 31;

fn rows() -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(root().join("docs/threats.md")).expect("the threats are written down");
    let rows = text.lines().filter_map(|it| it.strip_prefix("| ")?.strip_suffix(" |"));
    rows.map(|it| it.split(" | ").map(str::to_owned).collect()).collect()
}

/// What stands in backquotes and looks like the name of a function.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let quoted = text.split('`').skip(1).step_by(2);
    quoted
        .filter(|it| it.contains('_') && it.bytes().all(|it| matches!(it, b'a'..=b'z' | b'0'..=b'9' | b'_')))
}

#[test]
fn every_case_has_a_row_with_mechanism_test_and_rest() {
    let rows: Vec<_> = rows().into_iter().filter(|it| it[0].parse::<usize>().is_ok()).collect();
    let numbers: Vec<_> = rows.iter().map(|it| it[0].parse().unwrap_or(0)).collect();
    assert_eq!(numbers, (1..=CASES).collect::<Vec<_>>());
    for row in &rows {
        assert_eq!(row.len(), 5, "row {} has five cells", row[0]);
        let is_honest = names(&row[3]).next().is_some() || row[4].contains("**Not covered**");
        assert!(is_honest, "row {} names a test or says that it is not covered", row[0]);
    }
}

#[test]
fn every_test_that_the_threats_name_exists() {
    let sources = sources_ending(".rs");
    let defined: BTreeSet<_> = sources
        .iter()
        .flat_map(|it| it.test_code())
        .filter_map(|(_, line)| line.split_once("fn ")?.1.split_once('(').map(|it| it.0))
        .collect();
    let text = std::fs::read_to_string(root().join("docs/threats.md")).expect("the threats are written down");
    let missing: Vec<_> = names(&text).filter(|it| !defined.contains(it) && !NO_TESTS.contains(it)).collect();
    expect_none(
        &missing
            .iter()
            .map(|it| format!("docs/threats.md names {it}, and there is no such test"))
            .collect::<Vec<_>>(),
    );
}

/// Names of functions that are no tests.
const NO_TESTS: [&str; 2] = ["verify_strict", "catch_unwind"];
