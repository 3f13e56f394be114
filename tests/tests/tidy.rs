//! Rules of the tree that no compiler checks: who may name what, how long files are, what old browsers understand.

mod layers;
mod prose;
mod supply;
mod tests_themselves;
mod threats;
mod web;

use svod_tests::tree::Source;

/// A word that some files must not name, and why.
struct Forbidden {
    word: &'static str,
    why: &'static str,
}

/// Where the words stand in the lines, as a compiler would say it.
fn found<'a>(path: &str, lines: impl Iterator<Item = (usize, &'a str)>, words: &[Forbidden]) -> Vec<String> {
    lines
        .flat_map(|(number, line)| {
            let here = words.iter().filter(move |it| line.contains(it.word));
            here.map(move |it| format!("{path}:{number}: `{}`: {}", it.word, it.why))
        })
        .collect()
}

/// Fails with one line for each complaint.
fn expect_none(complaints: &[String]) {
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}

/// Complains of each of the sources of which `is_wrong` says why.
fn complaints(sources: &[Source], is_wrong: impl Fn(&Source) -> Option<String>) -> Vec<String> {
    sources.iter().filter_map(|it| Some(format!("{}: {}", it.path, is_wrong(it)?))).collect()
}
