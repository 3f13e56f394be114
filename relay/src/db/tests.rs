use std::path::PathBuf;

use svod_shared::id::{EntryHash, OrgNo, Owner, Space};
use svod_shared::keys::KeyPair;
use svod_shared::log::Refusal;
use svod_shared::roster::Content;
use svod_shared::storage::FeedHead;
use tempfile::TempDir;

use super::*;
use crate::world::{World, change, node_key};

struct Place {
    folder: TempDir,
    world: World,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), world: World::new() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("relay.sqlite")
    }

    fn open(&self) -> Db {
        Db::open(&self.path(), Some(self.world.network())).unwrap()
    }

    /// With the whole roster.
    fn ready(&self) -> Db {
        let mut db = self.open();
        db.push_statements(&self.world.statements()).unwrap().unwrap();
        db
    }
}

fn heads(db: &Db) -> Vec<FeedHead> {
    db.snapshot().unwrap().heads.remove(&Space::Network).unwrap_or_default()
}

/// Offers a record that must be refused, and checks that the log has not noticed.
fn check_refused(db: &mut Db, record: Record, expected: impl FnOnce(Refusal) -> bool) {
    let before = heads(db);
    let refused = db.append(vec![record]).unwrap().refused;
    let [only] = refused.as_slice() else { panic!("{refused:?}") };
    assert!(expected(only.reason), "{:?}", only.reason);
    assert_eq!(heads(db), before);
}

#[test]
fn entries_survive_a_restart_and_are_told_once() {
    let place = Place::new();
    let mut db = place.ready();
    let mut news = db.updates().subscribe();
    let first = place.world.honest(2, None);
    assert_eq!(db.append(vec![first.clone()]).unwrap().refused, []);
    let head = heads(&db)[0];
    let second = place.world.honest(2, Some(head));
    assert_eq!(db.append(vec![first.clone(), second.clone()]).unwrap().refused, []);
    for height in [1, 2] {
        let Updated::Heads(told) = news.try_recv().unwrap().what else { panic!("no heads") };
        assert_eq!(told[0].height, height);
    }
    assert_eq!(db.append(vec![first.clone()]).unwrap().refused, []);
    assert!(news.try_recv().is_err());
    drop(db);
    let db = place.open();
    assert_eq!(db.roster().height(), place.world.roster.height());
    assert_eq!(db.load(&head.feed, 0, usize::MAX).unwrap().records, [first, second]);
}

#[test]
fn a_forged_entry_is_refused() {
    let (place, stranger) = (Place::new(), KeyPair::from_seed(&[77; 32]));
    let mut db = place.ready();
    db.append(vec![place.world.honest(2, None)]).unwrap();
    let head = heads(&db)[0];
    let honest = place.world.honest(2, Some(head));
    let owner = Owner::Org(OrgNo(2));
    // Signed by somebody who is in no roster, and by another member.
    for key in [&stranger, &node_key(3)] {
        let forged = place.world.record(2, Some(head), owner, key);
        check_refused(&mut db, forged, |reason| reason == Refusal::Signature);
    }
    let mut unsigned = honest.clone();
    unsigned.signature = None;
    check_refused(&mut db, unsigned, |reason| reason == Refusal::Signature);
    let mut swapped = honest.clone();
    swapped.changes[0] = change(b"other");
    check_refused(&mut db, swapped, |reason| reason == Refusal::Changes);
    let mut elsewhere = honest.clone();
    elsewhere.entry.prev = EntryHash([3; 32]);
    elsewhere.signature = Some(elsewhere.entry.sign(&node_key(2)));
    check_refused(&mut db, elsewhere, |reason| reason == Refusal::Chain);
    // What was tried has not spoilt the feed.
    assert_eq!(db.append(vec![honest]).unwrap().refused, []);
}

#[test]
fn a_strangers_feed_is_refused() {
    let place = Place::new();
    let mut db = place.ready();
    let record = place.world.record(9, None, Owner::Shared, &node_key(9));
    check_refused(&mut db, record, |reason| reason == Refusal::UnknownNode);
}

#[test]
fn an_entry_into_another_organisations_document_is_refused() {
    let place = Place::new();
    let mut db = place.ready();
    for owner in [Owner::Org(OrgNo(3)), Owner::Lead] {
        let record = place.world.record(2, None, owner, &node_key(2));
        check_refused(&mut db, record, |reason| matches!(reason, Refusal::NoRight(_)));
    }
    assert_eq!(
        db.append(vec![place.world.record(2, None, Owner::Shared, &node_key(2))]).unwrap().refused,
        []
    );
}

#[test]
fn a_wrong_statement_takes_the_whole_batch_back() {
    let place = Place::new();
    let mut db = place.open();
    let statements = place.world.statements();
    let gap = vec![statements[0].clone(), statements[2].clone()];
    assert!(db.push_statements(&gap).unwrap().is_err());
    assert_eq!(db.roster().height(), 0);
    db.push_statements(&statements[..2]).unwrap().unwrap();
    // Another peer brings the same ones and more.
    db.push_statements(&statements).unwrap().unwrap();
    drop(db);
    assert_eq!(place.open().roster().height(), statements.len() as u64);
}

#[test]
fn another_networks_genesis_is_refused() {
    let place = Place::new();
    let mut db = place.open();
    assert!(db.push_statements(&World::named("Другая").statements()).unwrap().is_err());
    assert_eq!(db.roster().height(), 0);
}

#[test]
fn a_folder_belongs_to_one_network() {
    let place = Place::new();
    assert!(matches!(Db::open(&place.path(), None), Err(OpenError::NoNetwork)));
    drop(place.open());
    drop(Db::open(&place.path(), None).unwrap());
    let other = World::named("Другая").network();
    assert!(
        matches!(Db::open(&place.path(), Some(other)), Err(OpenError::OtherNetwork { told, .. }) if told == other)
    );
}

#[test]
fn damage_is_noticed_when_opening() {
    let place = Place::new();
    let mut db = place.ready();
    db.append(vec![place.world.honest(2, None)]).unwrap();
    drop(db);
    let mut bytes = std::fs::read(place.path()).unwrap();
    let end = bytes.len();
    bytes[end / 2..].fill(0xa5);
    std::fs::write(place.path(), bytes).unwrap();
    let opened = Db::open(&place.path(), None);
    assert!(matches!(opened, Err(OpenError::Storage(StorageError::Damaged(_)))), "{opened:?}");
    std::fs::write(place.path(), b"this is no database, but a text of some length").unwrap();
    let opened = Db::open(&place.path(), None);
    assert!(matches!(opened, Err(OpenError::Storage(StorageError::Damaged(_)))), "{opened:?}");
}

#[test]
fn a_full_disk_takes_nothing_and_serves_on() {
    let place = Place::new();
    let mut db = place.ready();
    db.append(vec![place.world.honest(2, None)]).unwrap();
    let head = heads(&db)[0];
    let pages: u32 = db.connection().query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    db.connection().pragma_update(None, "max_page_count", pages).unwrap();
    let mut news = db.updates().subscribe();
    let mut full = None;
    // The pages there are have some room left.
    let mut at = head;
    for _ in 0..10_000 {
        match db.append(vec![place.world.honest(2, Some(at))]) {
            Ok(_) => at = heads(&db)[0],
            Err(error) => {
                full = Some(error);
                break;
            }
        }
    }
    assert!(matches!(full, Some(StorageError::Full)), "{full:?}");
    while let Ok(update) = news.try_recv() {
        let Updated::Heads(told) = update.what else { panic!("{update:?}") };
        assert!(told[0].height <= at.height, "told of what was not kept");
    }
    assert_eq!(heads(&db), [at]);
    assert_eq!(db.load(&head.feed, 0, usize::MAX).unwrap().records.len() as u64, at.height);
    db.connection().pragma_update(None, "max_page_count", pages * 2).unwrap();
    assert_eq!(db.append(vec![place.world.honest(2, Some(at))]).unwrap().refused, []);
}

/// The lead's roster key is stolen, a stranger admitted, and the lead replaced by the key on paper.
#[test]
fn what_is_cut_with_the_statements_it_stood_on_is_neither_told_nor_counted() {
    let mut place = Place::new();
    let mut db = place.ready();
    let before = place.world.roster.clone();
    place.world.admit(4);
    db.push_statements(&place.world.statements()).unwrap().unwrap();
    let record = place.world.honest(2, None);
    let question = (record.entry.feed, 0, LOAD_BYTES_MAX);
    assert_eq!(db.append(vec![record.clone()]).unwrap().stored, 1);
    assert_eq!(db.recent().get(question).unwrap().records, [record]);
    assert!(db.stored_bytes(OrgNo(2)) > 0);

    let key = |seed| KeyPair::from_seed(&[seed; 32]);
    let [lead_key, roster_key, recovery_key] = [71, 72, 73].map(|seed| key(seed).public());
    let replaced = Content::LeadReplaced { lead_key, roster_key, recovery_key };
    let rescue = before.next(replaced).seal_by_recovery(&key(92)).to_bytes();
    db.push_statements(&[rescue]).unwrap().unwrap();
    assert_eq!(heads(&db), []);
    assert!(db.recent().get(question).is_none());
    assert_eq!(db.stored_bytes(OrgNo(2)), 0);
}
