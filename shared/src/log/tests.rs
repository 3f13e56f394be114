use super::*;
use crate::chunk::tests::chunk;
use crate::feed::Tip;
use crate::id::{DocId, OrgNo, Owner};
use crate::keys::{KeyPair, Signature};
use crate::roster::{Content, Genesis, NodeAdded, NodeBinding, OrgAdmitted, Role};
use crate::storage::memory::MemoryStorage;

mod orders;

fn pair(seed: u8) -> KeyPair {
    KeyPair::from_seed(&[seed; 32])
}

/// A network of two organisations with a node each; node `n` of organisation `n` has the key `pair(20 + n)`.
fn network() -> Roster {
    let genesis = Genesis {
        name: "Сеть".into(),
        lead_name: "ИМЦ первый".into(),
        lead_short: "Первый".into(),
        lead_key: pair(11).public(),
        roster_key: pair(1).public(),
        recovery_key: pair(2).public(),
        random: [0; 16],
    };
    let (signed, network) = Roster::found(&genesis, &pair(11));
    let mut roster = Roster::from_statements(network, &[signed]).expect("genesis holds");
    add_node(&mut roster, 1);
    let admitted = OrgAdmitted {
        key: pair(12).public(),
        name: "ИМЦ второй".into(),
        short: "Второй".into(),
        role: Role::Member,
    };
    roster.issue(Content::OrgAdmitted(admitted), &pair(1)).expect("admits");
    add_node(&mut roster, 2);
    roster
}

fn add_node(roster: &mut Roster, n: u8) {
    add_node_as(roster, n, &pair(10 + n), &pair(20 + n));
}

/// A node of organisation `n`.
fn add_node_as(roster: &mut Roster, n: u8, org: &KeyPair, node: &KeyPair) {
    let (key, label) = (node.public(), "кабинет".to_owned());
    let binding =
        NodeBinding { network: &roster.network(), org_key: &org.public(), node_key: &key, label: &label };
    let binding = binding.sign(org);
    let added = NodeAdded { org: OrgNo(u16::from(n)), key, label, binding };
    roster.issue(Content::NodeAdded(added), &pair(1)).expect("adds");
}

fn shared_doc() -> DocId {
    DocId::natural(1, Owner::Shared, b"plan")
}

fn sheet_of(org: u16) -> DocId {
    DocId::natural(2, Owner::Org(OrgNo(org)), b"plan")
}

/// The next record of node `n`, one change of `doc`.
fn write(storage: &MemoryStorage, roster: &Roster, n: u8, doc: DocId, text: &str) -> Record {
    let node = NodeNo(u16::from(n));
    let own: Vec<_> =
        storage.feeds(Space::Network).expect("reads").into_iter().filter(|it| it.node == node).collect();
    let tip = match own.last() {
        Some(head) => Tip::After(*head),
        None => Tip::open(&roster.network(), node, Space::Network, &own, [n; 16]),
    };
    tip.write(roster.height(), vec![(doc, chunk(text.as_bytes()).0)], &pair(20 + n)).expect("plain chunk")
}

fn offer(storage: &mut MemoryStorage, roster: &Roster, records: Vec<Record>) -> Accepted {
    accept(storage, roster, records).expect("memory does not fail")
}

/// Offers one record to an empty log and expects it to be refused, with nothing stored.
fn check_refused(record: Record, expected: Refusal) {
    let (mut storage, roster) = (MemoryStorage::default(), network());
    let accepted = offer(&mut storage, &roster, vec![record]);
    assert_eq!(accepted.refused.iter().map(|it| it.reason).collect::<Vec<_>>(), [expected]);
    assert_eq!(storage.spaces().expect("reads"), []);
}

fn first(n: u8, doc: DocId) -> Record {
    write(&MemoryStorage::default(), &network(), n, doc, "first")
}

fn resign(mut record: Record, key: &KeyPair) -> Record {
    record.signature = Some(record.entry.sign(key));
    record
}

#[test]
fn a_feed_grows_and_offering_again_changes_nothing() {
    let (mut storage, roster) = (MemoryStorage::default(), network());
    let one = write(&storage, &roster, 2, shared_doc(), "one");
    assert_eq!(offer(&mut storage, &roster, vec![one.clone()]).appended, std::slice::from_ref(&one));
    let two = write(&storage, &roster, 2, sheet_of(2), "two");
    let accepted = offer(&mut storage, &roster, vec![one.clone(), two.clone()]);
    assert_eq!(accepted.appended, std::slice::from_ref(&two));
    assert_eq!(accepted.heads.iter().map(|it| it.height).collect::<Vec<_>>(), [2]);
    let again = offer(&mut storage, &roster, vec![two, one]);
    assert!(again.appended.is_empty() && again.refused.is_empty());
}

#[test]
fn a_forged_entry_is_refused() {
    let mut forged = first(2, shared_doc());
    forged.signature = Some(Signature([7; 64]));
    check_refused(forged, Refusal::Signature);
    check_refused(resign(first(2, shared_doc()), &pair(21)), Refusal::Signature);
}

#[test]
fn an_entry_by_a_stranger_is_refused() {
    let roster = network();
    let tip = Tip::open(&roster.network(), NodeNo(9), Space::Network, &[], [9; 16]);
    let changes = vec![(shared_doc(), chunk(b"stranger").0)];
    let record = tip.write(roster.height(), changes, &pair(99)).expect("plain chunk");
    check_refused(record, Refusal::UnknownNode);
}

#[test]
fn an_entry_into_another_organisations_document_is_refused() {
    check_refused(first(2, sheet_of(1)), Refusal::NoRight(NoRight::OtherOwner(OrgNo(1))));
    check_refused(first(1, sheet_of(2)), Refusal::NoRight(NoRight::OtherOwner(OrgNo(2))));
}

#[test]
fn a_document_of_another_space_is_refused() {
    let personal = DocId::natural(200, Owner::Org(OrgNo(2)), b"person");
    check_refused(first(2, personal), Refusal::WrongSpace);
}

#[test]
fn a_feed_that_is_not_its_nodes_is_refused() {
    let mut record = first(2, shared_doc());
    let Some(Item::Open(open)) = record.entry.items.first_mut() else { panic!("opens") };
    open.epoch = 2;
    check_refused(resign(record, &pair(22)), Refusal::Opening);
    let mut record = first(2, shared_doc());
    record.entry.items.remove(0);
    check_refused(resign(record, &pair(22)), Refusal::Opening);
}

#[test]
fn chunks_other_than_the_ones_committed_to_are_refused() {
    let mut swapped = first(2, shared_doc());
    swapped.changes = vec![chunk(b"another").0];
    check_refused(swapped, Refusal::Changes);
    let mut missing = first(2, shared_doc());
    missing.changes.clear();
    check_refused(missing, Refusal::Changes);
}

#[test]
fn a_roster_that_is_not_here_yet_is_asked_for() {
    let mut record = first(2, shared_doc());
    record.entry.roster = 40;
    check_refused(resign(record, &pair(22)), Refusal::RosterAhead { height: 40 });
    let mut record = first(2, shared_doc());
    record.entry.roster = 2;
    check_refused(resign(record, &pair(22)), Refusal::RosterHeight);
}

#[test]
fn gaps_wrong_links_and_forks_are_told_apart() {
    let (mut storage, roster) = (MemoryStorage::default(), network());
    let one = write(&storage, &roster, 2, shared_doc(), "one");
    offer(&mut storage, &roster, vec![one.clone()]);
    let fork = write(&storage, &roster, 2, shared_doc(), "left");
    let two = write(&storage, &roster, 2, shared_doc(), "right");
    offer(&mut storage, &roster, vec![two.clone()]);
    let reason = |storage: &mut MemoryStorage, record: Record| {
        offer(storage, &roster, vec![record]).refused.first().map(|it| it.reason)
    };
    assert_eq!(reason(&mut storage, fork), Some(Refusal::Fork { here: two.entry.hash() }));

    let three = write(&storage, &roster, 2, shared_doc(), "three");
    let mut later = three.clone();
    later.entry.seq = 7;
    assert_eq!(reason(&mut storage, resign(later, &pair(22))), Some(Refusal::Gap { height: 2 }));
    let mut unlinked = three.clone();
    unlinked.entry.prev = one.entry.hash();
    assert_eq!(reason(&mut storage, resign(unlinked, &pair(22))), Some(Refusal::Chain));
    assert_eq!(reason(&mut storage, three), None, "what was refused has not hurt the feed");
}

#[test]
fn one_signature_covers_an_unbroken_run_and_no_more() {
    let (mut source, roster) = (MemoryStorage::default(), network());
    let mut run: Vec<Record> = Vec::new();
    for text in ["one", "two", "three", "four"] {
        let record = write(&source, &roster, 2, shared_doc(), text);
        offer(&mut source, &roster, vec![record.clone()]);
        run.push(record);
    }
    for record in run.iter_mut().take(2) {
        record.signature = None;
    }
    let mut storage = MemoryStorage::default();
    assert_eq!(offer(&mut storage, &roster, run.clone()).appended.len(), 4);

    run[3].signature = None;
    let mut storage = MemoryStorage::default();
    let accepted = offer(&mut storage, &roster, run.clone());
    assert_eq!((accepted.appended.len(), accepted.refused[0].reason), (3, Refusal::Signature));

    run[1].changes = vec![chunk(b"slipped in").0];
    let mut storage = MemoryStorage::default();
    let accepted = offer(&mut storage, &roster, run);
    assert_eq!((accepted.appended.len(), accepted.refused[0].reason), (1, Refusal::Changes));
}

#[test]
fn a_node_opens_no_more_feeds_than_it_may() {
    let (mut storage, roster) = (MemoryStorage::default(), network());
    for n in 0..=EPOCHS_MAX {
        let own = storage.feeds(Space::Network).expect("reads");
        let mut tip = Tip::open(&roster.network(), NodeNo(2), Space::Network, &own, [n; 16]);
        if let Tip::Opens(feed, open) = &mut tip {
            open.epoch = open.epoch.min(EPOCHS_MAX);
            *feed = FeedId::derive(&roster.network(), NodeNo(2), Space::Network, open.epoch, &open.random);
        }
        let record = tip.write(roster.height(), vec![], &pair(22)).expect("no chunk");
        let refused = offer(&mut storage, &roster, vec![record]).refused;
        let expected: &[Refusal] = if n < EPOCHS_MAX { &[] } else { &[Refusal::TooManyFeeds] };
        assert_eq!(refused.iter().map(|it| it.reason).collect::<Vec<_>>(), expected, "feed {n}");
    }
}
