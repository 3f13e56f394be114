//! The bytes of all kinds are frozen: a difference here is another format.

use super::*;
use crate::id::ChangeHash;
use crate::leb::ReadError;
use crate::time::Day;
use proptest::prelude::*;

/// Name, hexadecimal body and hash, one line a kind.
const FROZEN: &str = include_str!("golden.txt");

/// One of each kind.
pub(super) fn samples() -> Vec<(&'static str, Content)> {
    let (org, node) = (OrgNo(300), NodeNo(2));
    let closed = || ends(&[(8, 5), (9, 200)]);
    let added =
        NodeAdded {
            org, key: key(21).public(), label: "кабинет 12".into(), binding: Signature([4; 64])
        };
    let relay = Relay { addresses: vec!["relay.example:4433".into()], key: key(22).public() };
    let (roster_key, recovery_key) = (key(24).public(), key(25).public());
    vec![
        ("NetworkCreated", Content::NetworkCreated(genesis())),
        ("OrgAdmitted", admission(20, Role::Member)),
        ("NodeAdded", Content::NodeAdded(added)),
        ("RelaySet", Content::RelaySet(relay)),
        ("RulesVersion", Content::RulesVersion { version: 130 }),
        ("Excluded", Content::Excluded { change: ChangeHash([6; 32]) }),
        ("OrgKeyReplaced", Content::OrgKeyReplaced { org, key: key(23).public(), proof: Signature([5; 64]) }),
        (
            "NodeKeyReplaced",
            Content::NodeKeyReplaced {
                node,
                key: key(23).public(),
                binding: Signature([5; 64]),
                closed: closed(),
            },
        ),
        ("OrgSuspended", Content::OrgSuspended { org, closed: closed() }),
        ("OrgRestored", Content::OrgRestored { org }),
        ("OrgRemoved", Content::OrgRemoved { org, closed: closed() }),
        ("NodeRevoked", Content::NodeRevoked { node, closed: ClosedFeeds::new() }),
        ("FeedsClosed org", Content::FeedsClosed { whom: Whom::Org(org), below: 4, closed: closed() }),
        ("FeedsClosed node", Content::FeedsClosed { whom: Whom::Node(node), below: 4, closed: closed() }),
        ("LeadTransferred", Content::LeadTransferred { to: org, roster_key, recovery_key }),
        ("LeadReplaced", Content::LeadReplaced { lead_key: key(23).public(), roster_key, recovery_key }),
        ("Unknown", Content::Unknown { kind: 200, bytes: vec![1, 2, 3] }),
    ]
}

fn terms(basis: &str) -> Terms {
    Terms { basis: basis.into(), from: Day(20_697) }
}

fn statement(content: Content) -> Statement {
    if let Content::NetworkCreated(_) = content {
        return Roster::empty(NetworkId([0; 32])).next(content);
    }
    let (network, prev) = (NetworkId([9; 32]), StatementHash([3; 32]));
    Statement { network, height: 129, prev, terms: terms("приказ № 7"), content }
}

#[test]
fn the_bytes_of_every_kind_are_frozen() {
    let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
    let found: Vec<String> = samples()
        .into_iter()
        .map(|(name, content)| {
            let it = statement(content);
            format!("{name}: {} {}", hex(&it.to_body()), it.hash())
        })
        .collect();
    let expected: Vec<&str> = FROZEN.lines().collect();
    assert_eq!(found, expected);
}

#[test]
fn a_signed_genesis_is_frozen() {
    let (signed, network) = Roster::found(&genesis(), &key(LEAD));
    assert_eq!(network.to_string(), "c6d1721613c54a049d6f47ec09641310a116f0069142ff27c54d4b915d59fdeb");
    assert_eq!(
        data_encoding::HEXLOWER.encode(&crate::id::sha256(&signed)),
        "e34281a970075d12fde1b26cbfe5d707b1f35e4502a0d9fab831ca6a85d2109d"
    );
}

#[test]
fn every_kind_reads_back_under_every_seal() {
    for (name, content) in samples() {
        let it = statement(content);
        for signed in [
            it.clone().seal_by_lead(&key(1)),
            it.clone().seal_by_roster(&key(1)),
            it.clone().seal_by_recovery(&key(1)),
            it.clone().seal_by_both_leads(&key(1), &key(2)),
        ] {
            assert_eq!(Signed::from_bytes(&signed.to_bytes()), Ok(signed), "{name}");
        }
    }
}

#[test]
fn what_has_no_place_in_a_field_is_refused() {
    let check_on = |content: Content, terms: Terms, expected: ReadError| {
        assert_eq!(Statement::from_body(&statement(content).under(terms).to_body()), Err(expected));
    };
    let check = |content: Content, expected| check_on(content, Terms::default(), expected);
    let named = |name: &str| {
        Content::OrgAdmitted(OrgAdmitted {
            key: key(20).public(),
            name: name.into(),
            short: "МЦ".into(),
            role: Role::Member,
        })
    };
    check(named(""), ReadError::Line);
    check(named("МЦ\n"), ReadError::Line);
    check(named(&"я".repeat(NAME_BYTES_MAX / 2 + 1)), ReadError::Limit);
    check_on(named("МЦ"), terms("две\nстроки"), ReadError::Line);
    check_on(named("МЦ"), terms(&"я".repeat(BASIS_BYTES_MAX / 2 + 1)), ReadError::Limit);
    check_on(named("МЦ"), Terms { from: Day(Day::LAST.0 + 1), ..Terms::default() }, ReadError::Limit);
    let relay = |addresses: Vec<String>| Content::RelaySet(Relay { addresses, key: key(22).public() });
    check(relay(vec![]), ReadError::Limit);
    check(relay(vec!["a:1".into(); ADDRESSES_MAX + 1]), ReadError::Limit);
    check(relay(vec!["a b:1".into()]), ReadError::Line);
    check(
        Content::FeedsClosed { whom: Whom::Node(NodeNo(1)), below: 1, closed: ends(&[(1, 0)]) },
        ReadError::Unknown,
    );
}

#[test]
fn closed_feeds_out_of_order_are_refused() {
    let closed = ends(&[(8, 5), (9, 5)]);
    let content = Content::FeedsClosed { whom: Whom::Node(NodeNo(1)), below: 1, closed };
    let body = statement(content).to_body();
    let (head, feeds) = body.split_at(body.len() - 2 * 65);
    let (first, second) = feeds.split_at(65);
    assert_eq!(Statement::from_body(&[head, second, first].concat()), Err(ReadError::Unknown));
    assert_eq!(Statement::from_body(&[head, first, first].concat()), Err(ReadError::Unknown));
}

#[test]
fn an_inadmissible_key_is_refused_wherever_it_stands() {
    let mut weak = [0; 32];
    weak[0] = 1;
    let mut keys = 0;
    for (name, content) in samples() {
        let body = statement(content).to_body();
        for seed in 1..=25 {
            let public = key(seed).public();
            let Some(at) = body.windows(32).position(|part| part == public.as_bytes()) else { continue };
            let mut other = body.clone();
            other[at..at + 32].copy_from_slice(&weak);
            assert_eq!(Statement::from_body(&other), Err(ReadError::Key), "{name}, key {seed}");
            keys += 1;
        }
    }
    assert_eq!(keys, 13, "all keys of all kinds were tried");
}

#[test]
fn the_largest_closing_fits_a_statement() {
    let feed = |n: usize| FeedId(crate::id::sha256(&n.to_le_bytes()));
    let end = FeedEnd { height: u64::MAX, hash: EntryHash([1; 32]) };
    let closed: ClosedFeeds = (0..CLOSED_FEEDS_MAX).map(|n| (feed(n), end)).collect();
    let basis = terms(&"я".repeat(BASIS_BYTES_MAX / 2));
    let it = statement(Content::OrgRemoved { org: OrgNo(9), closed }).under(basis);
    let signed = it.seal_by_both_leads(&key(1), &key(2));
    assert_eq!(Signed::from_bytes(&signed.to_bytes()), Ok(signed));
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic_and_have_one_encoding(kind in 0u8..18, bytes: Vec<u8>) {
        if let Ok(signed) = Signed::from_bytes(&bytes) {
            prop_assert_eq!(signed.to_bytes(), &bytes[..]);
        }
        let mut body = statement(Content::Unknown { kind, bytes }).to_body();
        if let Ok(it) = Statement::from_body(&body) {
            prop_assert_eq!(it.to_body(), &body[..]);
        }
        body.truncate(body.len() / 2);
        prop_assert!(Statement::from_body(&body).is_err());
    }

    #[test]
    fn damaged_statements_never_panic_and_have_one_encoding(
        sample in 0usize..17, edits in proptest::collection::vec((any::<usize>(), any::<u8>()), 1..4),
    ) {
        let (_, content) = samples().swap_remove(sample);
        let mut bytes = statement(content).seal_by_lead(&key(1)).to_bytes();
        for (at, byte) in edits {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        if let Ok(signed) = Signed::from_bytes(&bytes) {
            prop_assert_eq!(signed.to_bytes(), bytes);
        }
    }
}
