//! What every source file has and has not.

use svod_tests::tree::{sources, sources_ending};

use super::{Forbidden, complaints, expect_none, found};

/// Nobody reads a longer file gladly; 300 is the aim.
const LINES_MAX: usize = 800;

#[test]
fn every_source_says_first_what_it_is() {
    let missing = complaints(&sources_ending(".rs"), |it| {
        // What a module's `tests.rs` is, the module above it has said.
        if it.path.ends_with("/tests.rs") {
            return None;
        }
        let first = it.text.lines().next().unwrap_or_default();
        (!first.starts_with("//! ")).then(|| "begins without a module doc".to_owned())
    });
    expect_none(&missing);
}

#[test]
fn no_source_is_too_long_to_read() {
    let long = complaints(&sources_ending(".rs"), |it| {
        let lines = it.text.lines().count();
        (lines > LINES_MAX).then(|| format!("{lines} lines, {LINES_MAX} at most"))
    });
    expect_none(&long);
}

#[test]
fn nothing_is_left_to_do_later_or_to_print_for_oneself() {
    // Written in halves, or this file would complain of itself.
    let words = [
        Forbidden { word: concat!("todo", "!("), why: "do it, or say in an issue what is missing" },
        Forbidden { word: concat!("unimplemented", "!("), why: "do it, or return an error" },
        Forbidden { word: concat!("dbg", "!("), why: "was for one's own eyes" },
    ];
    let all: Vec<_> =
        sources_ending(".rs").iter().flat_map(|it| found(&it.path, it.code(), &words)).collect();
    expect_none(&all);
}

#[test]
fn nothing_names_a_folder_of_somebodys_machine() {
    let why = "true on one machine only";
    let words = [
        Forbidden { word: concat!("/ro", "ot/"), why },
        Forbidden { word: concat!("/ho", "me/"), why },
        Forbidden { word: concat!("/wo", "rk/"), why },
        Forbidden { word: concat!("/Us", "ers/"), why },
        Forbidden { word: concat!("/tmp/", "svod"), why },
        Forbidden { word: concat!("C:\\Us", "ers"), why },
    ];
    let lines =
        |text: &str| text.lines().enumerate().map(|(at, it)| (at + 1, it.to_owned())).collect::<Vec<_>>();
    let all: Vec<_> = sources()
        .iter()
        .flat_map(|it| {
            let lines = lines(&it.text);
            found(&it.path, lines.iter().map(|(at, line)| (*at, line.as_str())), &words)
        })
        .collect();
    expect_none(&all);
}
