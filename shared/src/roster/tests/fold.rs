//! What statements do, and which of them cannot be done.

use super::*;
use crate::id::ChangeHash;

/// The signer of everything that is not everyday.
fn by_lead(roster: &mut Roster, content: Content) -> Result<(), RosterError> {
    roster.issue(content, &key(LEAD)).map(|_| ())
}

fn everyday(roster: &mut Roster, content: Content) -> Result<(), RosterError> {
    roster.issue(content, &key(EVERYDAY)).map(|_| ())
}

/// The closing of a feed that a statement names.
fn named(height: u64) -> Option<Closing> {
    Some(Closing { height, hash: EntryHash([u8::try_from(height).unwrap(); 32]), below: u64::MAX })
}

/// The closing of a feed that none names.
fn unnamed(below: u64) -> Option<Closing> {
    Some(Closing { height: 0, hash: EntryHash([0; 32]), below })
}

#[test]
fn ordinals_grow_by_one_from_the_lead_on() {
    let roster = three();
    let orgs: Vec<_> = roster.orgs().map(|org| (org.no.0, org.role, org.admitted_at_height)).collect();
    assert_eq!(orgs, [(1, Role::Lead, 1), (2, Role::Member, 3), (3, Role::Observer, 5)]);
    let nodes: Vec<_> = roster.nodes().map(|node| (node.no.0, node.org.0, node.added_at_height)).collect();
    assert_eq!(nodes, [(1, 1, 2), (2, 2, 4), (3, 3, 6)]);
    assert_eq!(roster.name(), "Сеть центров");
    assert_eq!(roster.node_by_key(&key(112).public()).map(|node| node.no), Some(NodeNo(3)));
    assert_eq!(roster.node_by_key(&key(12).public()), None);
    assert_eq!(roster.org_by_key(&key(12).public()).map(|org| org.no), Some(OrgNo(3)));
    assert_eq!((roster.lead(), roster.lead_at(0), roster.lead_at(1)), (Some(LEAD_NO), None, Some(LEAD_NO)));
    assert_eq!((roster.lead_at(6), roster.lead_at(7)), (Some(LEAD_NO), None));
}

#[test]
fn no_key_serves_twice() {
    let mut start = three();
    let relay = |seed: u8| {
        Content::RelaySet(Relay { addresses: vec!["relay.example:1".into()], key: key(seed).public() })
    };
    everyday(&mut start, relay(50)).unwrap();
    let used = |seed: u8| Err(RosterError::KeyInUse { key: key(seed).public() });
    for seed in [LEAD, EVERYDAY, RECOVERY, 11, 12, 101, 112, 50] {
        assert_eq!(
            everyday(&mut start.clone(), admission(seed, Role::Member)),
            used(seed),
            "{seed} as organisation"
        );
        let added = addition(&start, OrgNo(2), 11, seed);
        assert_eq!(everyday(&mut start.clone(), added), used(seed), "{seed} as node");
        let expected = if seed == 50 { Ok(()) } else { used(seed) };
        assert_eq!(everyday(&mut start.clone(), relay(seed)), expected, "{seed} as relay");
    }
}

#[test]
fn a_replaced_key_never_serves_again() {
    let mut roster = three();
    let proof = prove_org_key(&roster.network(), OrgNo(2), &key(60));
    by_lead(&mut roster, Content::OrgKeyReplaced { org: OrgNo(2), key: key(60).public(), proof }).unwrap();
    let used = Err(RosterError::KeyInUse { key: key(11).public() });
    assert_eq!(everyday(&mut roster, admission(11, Role::Member)), used);
}

#[test]
fn there_is_one_lead() {
    assert_eq!(everyday(&mut three(), admission(20, Role::Lead)), Err(RosterError::SecondLead));
}

#[test]
fn a_node_needs_its_organisations_signature() {
    let roster = three();
    let check = |content: Content, expected: Result<(), RosterError>| {
        assert_eq!(everyday(&mut roster.clone(), content), expected);
    };
    check(addition(&roster, OrgNo(2), 11, 30), Ok(()));
    check(addition(&roster, OrgNo(2), 12, 30), Err(RosterError::BadBinding));
    check(addition(&roster, OrgNo(9), 11, 30), Err(RosterError::UnknownOrg(OrgNo(9))));
    let Content::NodeAdded(added) = addition(&roster, OrgNo(2), 11, 30) else { unreachable!() };
    let renamed = NodeAdded { label: "кабинет 13".into(), ..added.clone() };
    check(Content::NodeAdded(renamed), Err(RosterError::BadBinding));
    let foreign = addition(&Roster::empty(NetworkId([5; 32])), OrgNo(2), 11, 30);
    check(foreign, Err(RosterError::BadBinding));
}

#[test]
fn the_newest_relay_stands() {
    let mut roster = founded();
    assert_eq!(roster.relay(), None);
    for address in ["relay.example:1", "relay.example:2"] {
        let relay = Relay { addresses: vec![address.into()], key: key(50).public() };
        everyday(&mut roster, Content::RelaySet(relay.clone())).unwrap();
        assert_eq!(roster.relay(), Some(&relay));
    }
}

#[test]
fn rules_only_grow_and_old_entries_keep_theirs() {
    let mut roster = founded();
    everyday(&mut roster, Content::RulesVersion { version: 4 }).unwrap();
    for version in [0, 3, 4] {
        let refused = RosterError::RulesVersion { current: 4, found: version };
        assert_eq!(everyday(&mut roster, Content::RulesVersion { version }), Err(refused));
    }
    assert_eq!([0, 1, 2, 9].map(|height| roster.rules_at(height)), [FIRST_RULES, FIRST_RULES, 4, 4]);
}

#[test]
fn an_excluded_change_stays_excluded() {
    let mut roster = founded();
    let change = ChangeHash([6; 32]);
    assert!(!roster.is_excluded(&change));
    everyday(&mut roster, Content::Excluded { change }).unwrap();
    everyday(&mut roster, Content::RulesVersion { version: 2 }).unwrap();
    assert!(roster.is_excluded(&change));
    assert_eq!(roster.excluded().collect::<Vec<_>>(), [&change]);
}

#[test]
fn an_organisation_gets_a_new_key_that_proves_itself() {
    let mut roster = three();
    let network = roster.network();
    let replaced = |org: u16, seed: u8, proof| Content::OrgKeyReplaced {
        org: OrgNo(org),
        key: key(seed).public(),
        proof,
    };
    let of_other = prove_org_key(&network, OrgNo(3), &key(60));
    assert_eq!(by_lead(&mut roster, replaced(2, 60, of_other)), Err(RosterError::BadBinding));
    let of_lead = prove_org_key(&network, LEAD_NO, &key(60));
    assert_eq!(by_lead(&mut roster, replaced(1, 60, of_lead)), Err(RosterError::IsLead));

    by_lead(&mut roster, replaced(2, 60, prove_org_key(&network, OrgNo(2), &key(60)))).unwrap();
    let org = roster.org(OrgNo(2)).unwrap();
    assert_eq!(
        (org.key, org.key_at(6), org.key_at(7)),
        (key(60).public(), Some(&key(11).public()), Some(&key(60).public()))
    );
    assert_eq!(org.key_at(2), None);
    let by_old_key = addition(&roster, OrgNo(2), 11, 30);
    assert_eq!(everyday(&mut roster, by_old_key), Err(RosterError::BadBinding));
    with_node(&mut roster, OrgNo(2), 60, 30);
}

#[test]
fn a_node_gets_a_new_key_and_its_old_feeds_end() {
    let mut roster = three();
    let replaced = |binding| Content::NodeKeyReplaced {
        node: NodeNo(2),
        key: key(61).public(),
        binding,
        closed: ends(&[(8, 5)]),
    };
    let by_other = bind(&roster, &key(12), &key(61).public());
    assert_eq!(by_lead(&mut roster, replaced(by_other)), Err(RosterError::BadBinding));
    let binding = bind(&roster, &key(11), &key(61).public());
    by_lead(&mut roster, replaced(binding)).unwrap();

    let node = roster.node(NodeNo(2)).unwrap();
    assert_eq!(
        (node.key_at(3), node.key_at(6), node.key_at(7)),
        (None, Some(&key(111).public()), Some(&key(61).public()))
    );
    assert_eq!(roster.node_by_key(&key(61).public()).map(|node| node.no), Some(NodeNo(2)));
    assert_eq!(roster.node_by_key(&key(111).public()), None);
    assert_eq!(roster.closing(&FeedId([8; 32]), NodeNo(2)), named(5));
    assert_eq!(roster.closing(&FeedId([9; 32]), NodeNo(2)), unnamed(7));
    assert_eq!(roster.closing(&FeedId([8; 32]), NodeNo(3)), None);
}

#[test]
fn an_organisation_is_suspended_restored_and_removed() {
    let suspended = |no: u16| Content::OrgSuspended { org: OrgNo(no), closed: ends(&[(8, 5)]) };
    let restored = |no: u16| Content::OrgRestored { org: OrgNo(no) };
    let removed = |no: u16| Content::OrgRemoved { org: OrgNo(no), closed: ends(&[(8, 6)]) };
    let mut roster = three();
    let check = |roster: &mut Roster, content: Content, expected: Result<(), RosterError>| {
        assert_eq!(by_lead(roster, content), expected);
    };
    check(&mut roster, suspended(1), Err(RosterError::IsLead));
    check(&mut roster, removed(1), Err(RosterError::IsLead));
    check(&mut roster, suspended(9), Err(RosterError::UnknownOrg(OrgNo(9))));
    check(&mut roster, restored(2), Err(RosterError::NotSuspended(OrgNo(2))));

    check(&mut roster, suspended(2), Ok(()));
    assert!(!roster.org(OrgNo(2)).unwrap().active);
    check(&mut roster, suspended(2), Err(RosterError::OrgInactive(OrgNo(2))));
    let added = addition(&roster, OrgNo(2), 11, 30);
    assert_eq!(everyday(&mut roster, added), Err(RosterError::OrgInactive(OrgNo(2))));
    check(&mut roster, restored(2), Ok(()));
    assert!(roster.org(OrgNo(2)).unwrap().active);

    check(&mut roster, suspended(2), Ok(()));
    check(&mut roster, removed(2), Ok(()));
    check(&mut roster, removed(2), Err(RosterError::OrgInactive(OrgNo(2))));
    assert!(roster.org(OrgNo(2)).unwrap().removed);
    assert_eq!(roster.closing(&FeedId([8; 32]), NodeNo(2)), named(6));
    check(&mut roster, restored(2), Ok(()));
    let org = roster.org(OrgNo(2)).unwrap();
    assert_eq!((org.no, org.active, org.removed), (OrgNo(2), true, false), "it comes back under its ordinal");
    assert_eq!(roster.closing(&FeedId([8; 32]), NodeNo(1)), None);
}

#[test]
fn a_closing_only_rises() {
    let mut start = three();
    let revoked = Content::NodeRevoked { node: NodeNo(2), closed: ends(&[(8, 5)]) };
    by_lead(&mut start, revoked.clone()).unwrap();
    assert_eq!(by_lead(&mut start, revoked), Err(RosterError::NodeInactive(NodeNo(2))));
    let raise = |feed, height| Content::FeedsClosed {
        whom: Whom::Node(NodeNo(2)),
        below: 7,
        closed: ends(&[(feed, height)]),
    };
    let check = |content: Content, expected: Result<Option<Closing>, RosterError>| {
        let mut roster = start.clone();
        let result = by_lead(&mut roster, content);
        assert_eq!(result.map(|()| roster.closing(&FeedId([8; 32]), NodeNo(2))), expected);
    };
    let lowered = |to| Err(RosterError::ClosingLowered { feed: FeedId([8; 32]), from: 5, to });
    check(raise(8, 4), lowered(4));
    check(raise(8, 5), Ok(named(5)));
    check(raise(8, 6), Ok(named(6)));
    check(raise(9, 3), Ok(named(5)));
    let other_hash = FeedEnd { height: 5, hash: EntryHash([1; 32]) };
    check(
        Content::FeedsClosed {
            whom: Whom::Node(NodeNo(2)),
            below: 7,
            closed: [(FeedId([8; 32]), other_hash)].into(),
        },
        lowered(5),
    );
    let ahead = |below| Content::FeedsClosed { whom: Whom::Node(NodeNo(2)), below, closed: ends(&[]) };
    check(ahead(8), Ok(named(5)));
    let mut later = start.clone();
    by_lead(&mut later, ahead(8)).unwrap();
    assert_eq!(later.closing(&FeedId([9; 32]), NodeNo(2)), unnamed(8));
    by_lead(&mut later, ahead(1)).unwrap();
    assert_eq!(later.closing(&FeedId([9; 32]), NodeNo(2)), unnamed(8), "never fewer feeds");
    check(ahead(9), Err(RosterError::ClosingAhead { below: 9, height: 8 }));
    let nobody = Content::FeedsClosed { whom: Whom::Node(NodeNo(9)), below: 1, closed: ends(&[]) };
    check(nobody, Err(RosterError::UnknownNode(NodeNo(9))));
}

#[test]
fn raising_an_old_closing_leaves_later_feeds_alone() {
    let mut roster = three();
    let whom = Whom::Node(NodeNo(2));
    by_lead(&mut roster, Content::FeedsClosed { whom, below: 7, closed: ends(&[(8, 5)]) }).unwrap();
    by_lead(&mut roster, Content::FeedsClosed { whom, below: 7, closed: ends(&[(8, 9)]) }).unwrap();
    assert_eq!(roster.closing(&FeedId([8; 32]), NodeNo(2)), named(9));
    // A feed opened after the first closing begins at roster height 7 or above.
    assert_eq!(roster.closing(&FeedId([9; 32]), NodeNo(2)), unnamed(7));
}

#[test]
fn a_closing_of_one_node_says_nothing_of_another_ones_feed() {
    let mut roster = three();
    let whom = Whom::Node(NodeNo(2));
    by_lead(&mut roster, Content::FeedsClosed { whom, below: 7, closed: ends(&[(8, 5)]) }).unwrap();
    let whom = Whom::Org(OrgNo(3));
    by_lead(&mut roster, Content::FeedsClosed { whom, below: 8, closed: ends(&[]) }).unwrap();
    assert_eq!(roster.closing(&FeedId([8; 32]), NodeNo(3)), unnamed(8));
    assert_eq!(roster.closing(&FeedId([8; 32]), NodeNo(2)), named(5));
    assert_eq!(roster.closing(&FeedId([8; 32]), NodeNo(1)), None);
}

#[test]
fn the_lead_passes_on_and_new_keys_sign() {
    let mut roster = three();
    let transfer = Content::LeadTransferred {
        to: OrgNo(2),
        roster_key: key(24).public(),
        recovery_key: key(25).public(),
    };
    let fork = roster.next(Content::RulesVersion { version: 2 }).seal_by_roster(&key(EVERYDAY)).to_bytes();
    let signed = roster.next(transfer).seal_by_both_leads(&key(LEAD), &key(11)).to_bytes();
    roster.push(&signed).unwrap();
    assert_eq!(
        (roster.lead(), roster.lead_at(6), roster.lead_at(7)),
        (Some(OrgNo(2)), Some(LEAD_NO), Some(OrgNo(2)))
    );
    let roles: Vec<_> = roster.orgs().map(|org| org.role).collect();
    assert_eq!(roles, [Role::Member, Role::Lead, Role::Observer]);
    assert_eq!(
        everyday(&mut roster.clone(), admission(30, Role::Member)),
        Err(RosterError::WrongSigner { kind: 1, signer: Signer::Lead })
    );
    let by_old = roster.next(admission(30, Role::Member)).seal_by_roster(&key(EVERYDAY)).to_bytes();
    assert_eq!(roster.push(&by_old), Err(RosterError::BadSignature));
    // At its own height the old key was the right one: the fork is proved.
    assert!(matches!(roster.clone().push(&fork), Err(RosterError::Fork { height: 6, .. })));
    roster.issue(admission(30, Role::Member), &key(24)).unwrap();
}

#[test]
fn the_lead_cannot_pass_to_itself_or_to_the_suspended() {
    let mut roster = three();
    let closed = ends(&[]);
    by_lead(&mut roster, Content::OrgSuspended { org: OrgNo(2), closed }).unwrap();
    let check = |to: u16, new: u8, expected: RosterError| {
        let (roster_key, recovery_key) = (key(24).public(), key(25).public());
        let transfer = Content::LeadTransferred { to: OrgNo(to), roster_key, recovery_key };
        let signed = roster.next(transfer).seal_by_both_leads(&key(LEAD), &key(new)).to_bytes();
        assert_eq!(roster.clone().push(&signed), Err(expected));
    };
    check(1, LEAD, RosterError::IsLead);
    check(2, 11, RosterError::OrgInactive(OrgNo(2)));
}

#[test]
fn nothing_that_narrows_lowers_an_earlier_closing() {
    let (org, node) = (OrgNo(2), NodeNo(2));
    let lower = || ends(&[(8, 4)]);
    let mut roster = three();
    for whom in [Whom::Org(org), Whom::Node(node)] {
        let closed = ends(&[(8, 5)]);
        by_lead(&mut roster, Content::FeedsClosed { whom, below: 1, closed }).unwrap();
    }
    let binding = bind(&roster, &key(11), &key(61).public());
    for content in [
        Content::OrgSuspended { org, closed: lower() },
        Content::OrgRemoved { org, closed: lower() },
        Content::NodeRevoked { node, closed: lower() },
        Content::NodeKeyReplaced { node, key: key(61).public(), binding, closed: lower() },
    ] {
        let kind = content.kind();
        let refused = RosterError::ClosingLowered { feed: FeedId([8; 32]), from: 5, to: 4 };
        assert_eq!(by_lead(&mut roster, content), Err(refused), "kind {kind}");
    }
}
