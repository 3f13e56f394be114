//! What the program is built from.

use std::collections::BTreeSet;

use svod_tests::tree::{root, sources_ending};

/// Packages in the lock, those of every platform and of the tests among them. Each one is code that somebody trusts,
/// reviews and compiles: raise this only with the commit that says what the new ones are for.
const PACKAGES_MAX: usize = 325;

#[test]
fn dependencies_do_not_grow_unnoticed() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).expect("the lock is committed");
    let packages = lock.lines().filter(|it| *it == "[[package]]").count();
    assert!(packages <= PACKAGES_MAX, "{packages} packages, {PACKAGES_MAX} at most");
}

#[test]
fn every_package_keeps_the_rules_of_the_workspace() {
    for package in ["node", "relay", "shared", "tests"] {
        let manifest = std::fs::read_to_string(root().join(package).join("Cargo.toml")).expect("is there");
        assert!(manifest.contains("[lints]\nworkspace = true"), "{package} has lints of its own");
        let own_version = manifest.lines().find(|it| it.contains("version = \""));
        assert_eq!(own_version, None, "{package}: versions are chosen in the root");
    }
}

#[test]
fn messages_exist_in_both_languages() {
    let catalogues: Vec<_> = sources_ending(".ftl");
    let keys = |path: &str| -> BTreeSet<String> {
        let found = catalogues.iter().find(|it| it.path == path);
        let text = &found.unwrap_or_else(|| panic!("{path} is missing")).text;
        let key = |line: &str| Some(line.split_once(" =")?.0.to_owned());
        text.lines()
            .filter(|it| it.starts_with(|sign: char| sign.is_ascii_lowercase()))
            .filter_map(key)
            .collect()
    };
    for russian in catalogues.iter().filter(|it| it.path.ends_with("ru.ftl")) {
        let english = russian.path.replace("ru.ftl", "en.ftl");
        assert_eq!(keys(&russian.path), keys(&english), "{} and {english}", russian.path);
    }
}
