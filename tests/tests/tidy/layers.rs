//! Which part may name which: the arrows of ARCHITECTURE.md.

use svod_tests::tree::{Source, root, sources_ending};

use super::{Forbidden, expect_none, found};

const fn forbidden(word: &'static str, why: &'static str) -> Forbidden {
    Forbidden { word, why }
}

/// What would tie the log and the domain to a machine or to a moment.
const OUTSIDE_WORLD: [Forbidden; 12] = [
    forbidden("tokio", "the core runs without an async runtime"),
    forbidden("quinn", "the core knows no socket"),
    forbidden("rusqlite", "the core knows no database"),
    forbidden("std::net", "the core knows no socket"),
    forbidden("std::fs", "the core knows no file"),
    forbidden("std::env", "the core knows no environment"),
    forbidden("std::thread", "the core starts no thread"),
    forbidden("std::process", "the core starts no process"),
    forbidden("SystemTime", "the time is an argument"),
    forbidden("Instant::now", "the time is an argument"),
    forbidden("Timestamp::now", "the time is an argument"),
    forbidden("getrandom", "randomness is an argument"),
];

/// Complaints about the code of those sources that `is_bound`.
fn check(is_bound: impl Fn(&str) -> bool, words: &[Forbidden]) {
    let sources = sources_ending(".rs");
    let bound: Vec<&Source> = sources.iter().filter(|it| is_bound(&it.path) && !it.is_test_file()).collect();
    assert!(!bound.is_empty(), "the rule is about no file: was something renamed?");
    let complaints: Vec<_> = bound.iter().flat_map(|it| found(&it.path, it.code(), words)).collect();
    expect_none(&complaints);
}

#[test]
fn the_core_and_the_domain_know_nothing_of_the_outside_world() {
    let has_a_feature = |path: &str| {
        path.starts_with("shared/src/storage/sqlite") || path.starts_with("shared/src/transport")
    };
    check(|path| path.starts_with("shared/src/") && !has_a_feature(path), &OUTSIDE_WORLD);
    check(|path| path.starts_with("node/src/domain"), &OUTSIDE_WORLD);
}

#[test]
fn the_domain_knows_nothing_of_the_layers_above_it() {
    const ABOVE: [Forbidden; 8] = [
        forbidden("crate::documents", "the domain is plain values"),
        forbidden("crate::projections", "the domain is plain values"),
        forbidden("crate::store", "the domain is plain values"),
        forbidden("crate::reports", "the domain is plain values"),
        forbidden("crate::exchange", "the domain is plain values"),
        forbidden("crate::web", "the domain is plain values"),
        forbidden("crate::commands", "the domain is plain values"),
        forbidden("crate::node", "the domain is plain values"),
    ];
    check(|path| path.starts_with("node/src/domain"), &ABOVE);
}

#[test]
fn a_third_party_can_build_the_verification_alone() {
    const OF_THE_PROGRAM: [Forbidden; 12] = [
        forbidden("crate::documents", "an act stands without its document"),
        forbidden("crate::projections", "an act stands without a database"),
        forbidden("crate::store", "an act stands without a database"),
        forbidden("crate::reports", "what is verified is the data, not its print"),
        forbidden("crate::exchange", "what is verified is the data, not its print"),
        forbidden("crate::office", "what is verified is the data, not its print"),
        forbidden("crate::web", "an act stands without a page"),
        forbidden("crate::commands", "an act stands without this program"),
        forbidden("crate::node", "an act stands without this program"),
        forbidden("crate::i18n", "findings are values; their words are the caller's"),
        forbidden("crate::views", "an act stands without a page"),
        forbidden("crate::folder", "keys are arguments"),
    ];
    check(|path| path.starts_with("node/src/acts"), &OF_THE_PROGRAM);
    check(|path| path.starts_with("node/src/acts"), &OUTSIDE_WORLD);
}

#[test]
fn only_documents_open_a_document() {
    const AUTOMERGE: [Forbidden; 1] = [forbidden("automerge::", "only node/src/documents opens a document")];
    check(|path| !path.starts_with("node/src/documents"), &AUTOMERGE);
}

#[test]
fn only_the_pages_know_axum_and_maud() {
    const AXUM: [Forbidden; 1] =
        [forbidden("axum::", "only node/src/web and the keeper's server answer requests")];
    const MAUD: [Forbidden; 1] = [forbidden("maud::", "only pages and the report's page are HTML")];
    // `serve` hands the listener and the routes to axum, and nothing else; the relay answers its keeper.
    const SERVERS: [&str; 2] = ["node/src/commands/serve.rs", "relay/src/watch.rs"];
    check(|path| !path.starts_with("node/src/web") && !SERVERS.contains(&path), &AXUM);
    check(|path| !path.starts_with("node/src/web") && path != "node/src/reports/html.rs", &MAUD);
}

#[test]
fn only_the_transport_knows_quic() {
    const QUIC: [Forbidden; 2] = [
        forbidden("quinn", "only shared/src/transport speaks QUIC"),
        forbidden("rustls", "only shared/src/transport speaks TLS"),
    ];
    check(|path| !path.starts_with("shared/src/transport"), &QUIC);
}

#[test]
fn only_the_demo_knows_both_node_and_relay() {
    const RELAY: [Forbidden; 1] =
        [forbidden("svod_relay", "a node meets a relay on the wire; the demo alone starts one")];
    const NODE: [Forbidden; 1] = [forbidden("svod_node", "a relay never opens a document")];
    check(|path| path.starts_with("node/src/") && !path.starts_with("node/src/commands/demo"), &RELAY);
    check(|path| path.starts_with("relay/src/") || path.starts_with("shared/src/"), &NODE);
    let manifest = |package: &str| {
        std::fs::read_to_string(root().join(package).join("Cargo.toml")).expect("a package has a manifest")
    };
    assert!(!manifest("relay").contains("svod-node") && !manifest("shared").contains("svod-node"));
    assert!(manifest("node").contains("svod-relay = { workspace = true, optional = true }"));
}
