//! Our script and our style must be understood by the browsers of the offices: Chrome 109 (the last on Windows 7) and
//! Firefox 115 (its last extended release there). The policy of the pages forbids script and style inside them.

use svod_tests::tree::{Source, sources_ending};

use super::{Forbidden, expect_none, found};

const fn newer(word: &'static str, why: &'static str) -> Forbidden {
    Forbidden { word, why }
}

const STYLE: [Forbidden; 13] = [
    newer("light-dark(", "Chrome 123; use prefers-color-scheme"),
    newer(":has(", "Firefox 121"),
    newer("color-mix(", "Chrome 111"),
    newer("oklch(", "Chrome 111"),
    newer("oklab(", "Chrome 111"),
    newer("lab(", "Chrome 111"),
    newer("lch(", "Chrome 111"),
    newer("@scope", "Chrome 118"),
    newer("@starting-style", "Chrome 117"),
    newer("subgrid", "Chrome 117"),
    newer("anchor(", "Chrome 125"),
    newer(":popover-open", "Chrome 114"),
    newer("@import", "one file, one request"),
];

const SCRIPT: [Forbidden; 23] = [
    newer(".toSorted(", "Chrome 110"),
    newer(".toReversed(", "Chrome 110"),
    newer(".toSpliced(", "Chrome 110"),
    newer(".union(", "Set methods: Chrome 122"),
    newer(".intersection(", "Set methods: Chrome 122"),
    newer(".difference(", "Set methods: Chrome 122"),
    newer(".symmetricDifference(", "Set methods: Chrome 122"),
    newer(".isSubsetOf(", "Set methods: Chrome 122"),
    newer(".isSupersetOf(", "Set methods: Chrome 122"),
    newer(".isDisjointFrom(", "Set methods: Chrome 122"),
    newer("Object.groupBy", "Chrome 117"),
    newer("Map.groupBy", "Chrome 117"),
    newer("Promise.withResolvers", "Chrome 119"),
    newer("Promise.try", "Chrome 128"),
    newer("Array.fromAsync", "Chrome 121"),
    newer("URL.canParse", "Chrome 120"),
    newer("AbortSignal.any", "Chrome 116"),
    newer(".isWellFormed(", "Chrome 111"),
    newer("Popover(", "Chrome 114"),
    newer("startViewTransition", "Chrome 111"),
    newer("setHTMLUnsafe", "Chrome 124"),
    newer("innerHTML", "text of peers must never become markup"),
    newer("eval(", "the policy of the pages forbids it"),
];

/// What maud would write into a page although the policy forbids it.
const MARKUP: [Forbidden; 9] = [
    newer(" style=", "the policy of the pages forbids inline style"),
    newer(" style {", "the policy of the pages forbids inline style"),
    newer(" script {", "the policy of the pages forbids inline script"),
    newer(" onclick=", "the policy of the pages forbids inline script"),
    newer(" onchange=", "the policy of the pages forbids inline script"),
    newer(" onsubmit=", "the policy of the pages forbids inline script"),
    newer(" onload=", "the policy of the pages forbids inline script"),
    newer("javascript:", "the policy of the pages forbids inline script"),
    newer(" popover", "Chrome 114"),
];

fn check(ending: &str, folder: &str, words: &[Forbidden]) {
    let sources: Vec<Source> = sources_ending(ending)
        .into_iter()
        .filter(|it| it.path.starts_with(folder) && !it.is_test_file())
        .collect();
    assert!(!sources.is_empty(), "no {ending} in {folder}: was something renamed?");
    let all = sources.iter().map(|it| Source { text: without_comments(&it.text), ..it.clone() });
    let all: Vec<_> = all.flat_map(|it| found(&it.path, it.code(), words)).collect();
    expect_none(&all);
}

#[test]
fn our_style_has_nothing_that_old_browsers_lack() {
    check(".css", "node/", &STYLE);
}

#[test]
fn our_script_has_nothing_that_old_browsers_lack() {
    check(".js", "node/", &SCRIPT);
}

#[test]
fn pages_hold_no_script_and_no_style_of_their_own() {
    check(".rs", "node/src/web", &MARKUP);
}

#[test]
fn style_rules_are_not_nested() {
    let all: Vec<_> = sources_ending(".css")
        .iter()
        .flat_map(|it| nested(&it.text).into_iter().map(|rule| format!("{}: `{rule}` is nested", it.path)))
        .collect();
    expect_none(&all);
}

/// The rules that stand inside another rule; inside an at-rule such as `@media` they may.
fn nested(style: &str) -> Vec<String> {
    let (mut open, mut found) = (Vec::new(), Vec::new());
    let style = without_comments(style);
    let mut rest = style.as_str();
    while let Some(at) = rest.find(['{', '}']) {
        let (before, behind) = rest.split_at(at);
        if behind.starts_with('{') {
            let head = before.rsplit(';').next().unwrap_or_default().trim();
            if open.iter().any(|is_group: &bool| !is_group) {
                found.push(head.to_owned());
            }
            open.push(head.starts_with('@'));
        } else {
            open.pop();
        }
        rest = behind.get(1..).unwrap_or_default();
    }
    found
}

/// The text without what stands between `/*` and `*/`; lines keep their numbers.
fn without_comments(text: &str) -> String {
    let mut parts = text.split("/*");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (comment, behind) = part.split_once("*/").unwrap_or((part, ""));
        kept.extend(comment.matches('\n'));
        kept.push_str(behind);
    }
    kept
}

#[test]
fn a_nested_rule_is_noticed_and_a_media_query_is_not_one() {
    let style =
        "a { color: red } /* { */ @media print { b { x: y } c { d: e; &:hover { f: g } } } h { i: j }";
    assert_eq!(nested(style), ["&:hover"]);
}
