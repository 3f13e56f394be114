//! One contract for every store, run on memory and on SQLite.

use super::memory::MemoryStorage;
use super::{FeedHead, Storage};
use crate::chunk::tests::chunk;
use crate::entry::{Entry, Item, Open, Record};
use crate::id::{DocId, EntryHash, FeedId, NetworkId, NodeNo, OrgNo, Owner, Space};
use crate::keys::KeyPair;

/// A feed's records, each with one change, and its head after each.
fn feed(node: u16, space: Space, count: u64) -> Vec<(FeedHead, Record)> {
    let (pair, random) = (KeyPair::from_seed(&[3; 32]), [node.to_le_bytes()[0]; 16]);
    let feed = FeedId::derive(&NetworkId([1; 32]), NodeNo(node), space, 1, &random);
    let open = Open { node: NodeNo(node), space, epoch: 1, random, previous: None };
    let doc = DocId::natural(1, Owner::Shared, b"contract");
    let mut prev = EntryHash([0; 32]);
    let mut records = Vec::new();
    for seq in 0..count {
        let (bytes, hash) = chunk(format!("change {node} {seq}").as_bytes());
        let mut items = vec![Item::Change { doc, hash }];
        if seq == 0 {
            items.insert(0, Item::Open(open.clone()));
        }
        let entry = Entry { feed, seq, prev, roster: 1, items };
        prev = entry.hash();
        let signature = Some(entry.sign(&pair));
        let head =
            FeedHead { feed, node: NodeNo(node), space, epoch: 1, height: seq + 1, hash: prev, roster: 1 };
        records.push((head, Record { entry, signature, changes: vec![bytes] }));
    }
    records
}

fn contract(mut storage: impl Storage) {
    assert_eq!(storage.statements().expect("reads"), Vec::<Vec<u8>>::new());
    storage.push_statement(b"genesis").expect("writes");
    storage.push_statement(b"second").expect("writes");
    assert_eq!(storage.statements().expect("reads"), [b"genesis".to_vec(), b"second".to_vec()]);

    let (a, b, c) =
        (feed(2, Space::Network, 5), feed(1, Space::Network, 1), feed(1, Space::Org(OrgNo(4)), 2));
    for (head, record) in a.iter().chain(&b).chain(&c) {
        storage.push_record(head, record).expect("writes");
    }
    let head = |records: &[(FeedHead, Record)]| records.last().expect("not empty").0;
    assert_eq!(storage.feeds(Space::Network).expect("reads"), [head(&b), head(&a)]);
    assert_eq!(storage.spaces().expect("reads"), [Space::Network, Space::Org(OrgNo(4))]);
    assert_eq!(storage.feed(&head(&a).feed).expect("reads"), Some(head(&a)));
    assert_eq!(storage.feed(&FeedId([0; 32])).expect("reads"), None);

    let records = |from, bytes| storage.records(&head(&a).feed, from, bytes).expect("reads");
    let expected: Vec<_> = a.iter().map(|(_, record)| record.clone()).collect();
    assert_eq!(records(0, usize::MAX), expected);
    assert_eq!(records(3, usize::MAX), expected[3..]);
    assert_eq!(records(1, 1), expected[1..2], "at least one entry, however small the limit");
    assert_eq!(records(5, usize::MAX), []);
}

#[test]
fn memory_keeps_the_contract() {
    contract(MemoryStorage::default());
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use super::*;
    use crate::storage::StorageError;
    use crate::storage::sqlite::migrate::{Migrations, migrate};
    use crate::storage::sqlite::{MIGRATIONS, SqliteStorage, frontiers};
    use crate::time::Timestamp;
    use rusqlite::Connection;

    fn connection() -> Connection {
        let mut connection = Connection::open_in_memory().expect("opens");
        migrate(&mut connection, &MIGRATIONS).expect("migrates");
        connection
    }

    #[test]
    fn sqlite_keeps_the_contract() {
        contract(SqliteStorage::new(&connection()));
    }

    #[test]
    fn migrating_twice_changes_nothing_and_a_newer_file_is_refused() {
        let mut connection = connection();
        migrate(&mut connection, &MIGRATIONS).expect("nothing to do");
        let older = Migrations { component: "log", steps: &[] };
        assert!(matches!(migrate(&mut connection, &older), Err(StorageError::FromFuture)));
    }

    #[test]
    fn a_rotten_body_is_noticed_on_reading() {
        let connection = connection();
        let mut storage = SqliteStorage::new(&connection);
        let records = feed(1, Space::Network, 2);
        for (head, record) in &records {
            storage.push_record(head, record).expect("writes");
        }
        let flip = "UPDATE entry SET body = CAST(substr(body, 1, 40) || X'55' || substr(body, 42) AS BLOB) WHERE seq = 1";
        connection.execute(flip, []).expect("writes");
        let read = storage.records(&records[0].0.feed, 0, usize::MAX);
        assert!(matches!(read, Err(StorageError::Damaged(_))), "{read:?}");
    }

    #[test]
    fn only_a_newer_frontier_replaces_one() {
        let connection = connection();
        let put = |counter, bytes| {
            frontiers::put(&connection, NodeNo(1), Space::Network, counter, bytes, Timestamp(9))
                .expect("writes")
        };
        assert!(put(2, b"two"));
        assert!(!put(2, b"again"));
        assert!(!put(1, b"older"));
        let first = frontiers::after(&connection, 0).expect("reads");
        assert!(put(3, b"three"));
        let newer = frontiers::after(&connection, first[0].cursor).expect("reads");
        assert_eq!(newer.iter().map(|it| it.bytes.as_slice()).collect::<Vec<_>>(), [b"three"]);
    }
}
