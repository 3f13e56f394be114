use automerge::transaction::CommitOptions;
use automerge::transaction::Transactable;
use automerge::{ActorId, AutoCommit, ObjType, ROOT, ReadDoc};
use proptest::prelude::*;

use super::*;
use crate::entry::Open;
use crate::id::{ChangeHash, DocId, NetworkId, NodeNo, OrgNo, Owner, sha256};
use crate::keys::KeyPair;

const NETWORK: NetworkId = NetworkId([1; 32]);

/// Writes signed entries of one feed, each editing one field of a document.
struct Author {
    key: KeyPair,
    feed: FeedId,
    open: Open,
    height: u64,
    head: EntryHash,
    docs: Vec<(DocId, AutoCommit)>,
}

impl Author {
    fn new(node: u16, docs: u8) -> Self {
        let random = sha256(&[node.to_le_bytes()[0], 77])[..16].try_into().unwrap();
        let open = Open { node: NodeNo(node), space: Space::Network, epoch: 1, random, previous: None };
        let feed = FeedId::derive(&NETWORK, open.node, open.space, 1, &random);
        let docs = (0..docs).map(|no| {
            let id = DocId::random(5, Owner::Org(OrgNo(node)), sha256(&[no, 3])[..13].try_into().unwrap());
            (id, document(&feed))
        });
        let docs = docs.collect();
        Self { key: KeyPair::from_seed(&[9; 32]), feed, open, height: 0, head: NO_ENTRY, docs }
    }

    /// The next entry, setting one field of one document.
    fn edit(&mut self, doc: usize, text: &str) -> Record {
        let (id, document) = &mut self.docs[doc];
        let row = document.get(&ROOT, "rows").unwrap().unwrap().1;
        let row = document.get(&row, format!("row{}", self.height % 5)).unwrap().unwrap().1;
        document.put(&row, "responsible", text).unwrap();
        let time = 1_780_000_000 + i64::try_from(self.height).unwrap() * 61;
        document.commit_with(CommitOptions::default().with_time(time)).unwrap();
        let change = document.get_last_local_change().unwrap();
        let item = Item::Change { doc: *id, hash: ChangeHash(change.hash().0) };
        let chunk = change.raw_bytes().to_vec();
        self.record(vec![item], vec![chunk])
    }

    fn record(&mut self, mut items: Vec<Item>, changes: Vec<Vec<u8>>) -> Record {
        if self.height == 0 {
            items.insert(0, Item::Open(self.open.clone()));
        }
        let entry =
            Entry { feed: self.feed, seq: self.height, prev: self.head, roster: 4 + self.height / 3, items };
        self.height += 1;
        self.head = entry.hash();
        let signature = Some(entry.sign(&self.key));
        Record { entry, signature, changes }
    }
}

fn document(feed: &FeedId) -> AutoCommit {
    let mut document = AutoCommit::new().with_actor(ActorId::from(feed.actor().0));
    let rows = document.put_object(&ROOT, "rows", ObjType::Map).unwrap();
    for row in 0..5 {
        let row = document.put_object(&rows, format!("row{row}"), ObjType::Map).unwrap();
        document.put(&row, "title", "Заседание методического совета сети").unwrap();
        document.put(&row, "responsible", "методист").unwrap();
    }
    document.commit().unwrap();
    document
}

fn decode_all(tables: &mut PackTables, bytes: &[u8], height: u64, head: EntryHash) -> Vec<Record> {
    let pack = decode(tables, bytes).unwrap();
    assert_eq!(pack.space, Space::Network);
    pack.runs.into_iter().flat_map(|run| run.records(height, head).unwrap()).collect()
}

fn encode_all(tables: &mut PackTables, records: &[Record]) -> Encoded {
    encode(tables, Space::Network, records, Signatures::All).unwrap()
}

/// Three documents' edits, the second of them with an erase and an item of a later version.
fn feed_of(edits: usize) -> (Author, Vec<Record>) {
    let mut author = Author::new(2, 3);
    let mut records: Vec<_> =
        (0..edits).map(|no| author.edit(no % 3, &format!("ответственный {no}"))).collect();
    let erase = Item::Erase { doc: author.docs[0].0 };
    records.push(author.record(vec![erase, Item::Unknown { kind: 200, bytes: vec![1, 2, 3] }], vec![]));
    (author, records)
}

#[test]
fn a_pack_gives_back_the_signed_entries() {
    let (author, records) = feed_of(5);
    let encoded = encode_all(&mut PackTables::default(), &records);
    assert_eq!(encoded.taken, records.len());
    let decoded = decode_all(&mut PackTables::default(), &encoded.bytes, 0, NO_ENTRY);
    assert_eq!(decoded, records);
    assert!(decoded.iter().all(|it| it.entry.is_signed_by(&author.key.public(), &it.signature.unwrap())));
}

#[test]
fn a_run_may_carry_its_last_signature_only() {
    let (_, records) = feed_of(5);
    let encoded = encode(&mut PackTables::default(), Space::Network, &records, Signatures::Last).unwrap();
    let decoded = decode_all(&mut PackTables::default(), &encoded.bytes, 0, NO_ENTRY);
    assert!(decoded.iter().zip(&records).all(|(a, b)| a.entry == b.entry && a.changes == b.changes));
    let signed: Vec<_> = decoded.iter().map(|it| it.signature.is_some()).collect();
    assert_eq!(signed, [false, false, false, false, false, true]);
    // Passed on, what no signature follows stays behind.
    let cut = encode_all(
        &mut PackTables::default(),
        &decoded[..5].iter().chain(&records[5..]).cloned().collect::<Vec<_>>(),
    );
    assert_eq!(cut.taken, 6);
    assert_eq!(encode(&mut PackTables::default(), Space::Network, &decoded[..5], Signatures::All), None);
}

#[test]
fn names_travel_once_and_a_repeated_pack_changes_nothing() {
    let (_, records) = feed_of(6);
    let (mut ours, mut theirs) = (PackTables::default(), PackTables::default());
    let first = encode_all(&mut ours, &records[..3]);
    let second = encode_all(&mut ours, &records[3..]);
    assert!(encode_all(&mut PackTables::default(), &records[3..]).bytes.len() > second.bytes.len() + 60);
    for _ in 0..2 {
        assert_eq!(decode_all(&mut theirs, &first.bytes, 0, NO_ENTRY), records[..3]);
    }
    let head = records[2].entry.hash();
    assert_eq!(decode_all(&mut theirs, &second.bytes, 3, head), records[3..]);
}

#[test]
fn a_run_is_tied_to_whatever_height_the_reader_has() {
    let (_, records) = feed_of(6);
    let encoded = encode_all(&mut PackTables::default(), &records[2..]);
    let run = || decode(&mut PackTables::default(), &encoded.bytes).unwrap().runs.remove(0);
    let (feed, head) = (records[0].entry.feed, |at: usize| records[at - 1].entry.hash());
    assert_eq!(run().records(2, head(2)), Ok(records[2..].to_vec()));
    assert_eq!(run().records(4, head(4)), Ok(records[4..].to_vec()), "what is there is left out");
    assert_eq!(run().records(99, head(4)), Ok(vec![]));
    assert_eq!(run().records(1, head(1)), Err(Gap { feed, first: 2 }));
}

#[test]
fn changes_whose_bytes_are_absent_or_false_keep_their_hash() {
    let (_, mut records) = feed_of(3);
    records[0].changes[0] = Vec::new();
    records[1].changes[0][4] ^= 1;
    let encoded = encode_all(&mut PackTables::default(), &records);
    assert_eq!(decode_all(&mut PackTables::default(), &encoded.bytes, 0, NO_ENTRY), records);
}

#[test]
fn a_full_pack_stops_and_the_next_goes_on() {
    let mut author = Author::new(2, 1);
    let big = |no: u8| (0..12_000u32).map(|i| sha256(&[no, i as u8, (i >> 8) as u8])[0]).collect::<Vec<_>>();
    let records: Vec<_> = (0..20)
        .map(|no| {
            let (hash, chunk) = chunk::restore(&big(no));
            author.record(vec![Item::Change { doc: DocId([5; 16]), hash }], vec![chunk])
        })
        .collect();
    let (mut ours, mut theirs) = (PackTables::default(), PackTables::default());
    let mut rest = &records[..];
    let mut got = Vec::<Record>::new();
    while let Some(encoded) = encode(&mut ours, Space::Network, rest, Signatures::All) {
        assert!(encoded.bytes.len() < PACK_BYTES_MAX + 64 * encoded.taken);
        let head = got.last().map_or(NO_ENTRY, |record| record.entry.hash());
        got.extend(decode_all(&mut theirs, &encoded.bytes, got.len() as u64, head));
        rest = &rest[encoded.taken..];
    }
    assert_eq!(got, records);
}

#[test]
fn full_tables_begin_anew() {
    let mut author = Author::new(2, 1);
    let (mut ours, mut theirs) = (PackTables::default(), PackTables::default());
    let (mut height, mut head) = (0, NO_ENTRY);
    for round in 0..12u8 {
        let items = (0..500u16).map(|no| Item::Change {
            doc: DocId(sha256(&[round, no as u8, (no >> 8) as u8])[..16].try_into().unwrap()),
            hash: ChangeHash([round; 32]),
        });
        let record = author.record(items.collect(), vec![vec![]; 500]);
        let encoded = encode_all(&mut ours, std::slice::from_ref(&record));
        assert_eq!(decode_all(&mut theirs, &encoded.bytes, height, head), [record]);
        (height, head) = (author.height, author.head);
    }
}

#[test]
fn the_dictionary_pays_for_one_edit() {
    let mut author = Author::new(2, 1);
    let mut tables = PackTables::default();
    encode_all(&mut tables, &[author.edit(0, "Муниципальный координатор")]);
    let record = author.edit(0, "Согласовано с районной комиссией, замечаний нет.");
    let bytes = encode_all(&mut tables, &[record]).bytes;
    println!("one edit: pack of {} bytes, 64 of them the signature", bytes.len());
    assert!(bytes.len() < 215, "{}", bytes.len());
}

#[test]
fn a_bomb_is_not_unpacked() {
    let bomb = zstd::bulk::compress(&vec![0; 100_000_000], 3).unwrap();
    for encoding in [1, 2] {
        let pack = [&[encoding, 0], &bomb[4..]].concat();
        assert_eq!(decode(&mut PackTables::default(), &pack), Err(PackError::Compression));
    }
    assert_eq!(decode(&mut PackTables::default(), &[3, 0, 1]), Err(PackError::Encoding(3)));
}

#[test]
fn every_truncation_and_every_flipped_bit_is_survived() {
    let (author, records) = feed_of(4);
    let bytes = encode_all(&mut PackTables::default(), &records).bytes;
    for end in 0..bytes.len() {
        assert!(decode(&mut PackTables::default(), &bytes[..end]).is_err(), "cut at {end}");
    }
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let Ok(pack) = decode(&mut PackTables::default(), &flipped) else { continue };
        let got: Vec<_> =
            pack.runs.into_iter().filter_map(|run| run.records(0, NO_ENTRY).ok()).flatten().collect();
        // What the log checks: the signature, and the hash of the bytes that are there.
        let genuine = |it: &&Record| {
            let hash = |chunk: &[u8]| ChangeHash(sha256(chunk.get(8..).unwrap_or_default()));
            let same = |(item, chunk): ((_, ChangeHash), &Vec<u8>)| chunk.is_empty() || item.1 == hash(chunk);
            let signature = it.signature.as_ref();
            signature.is_some_and(|signature| it.entry.is_signed_by(&author.key.public(), signature))
                && it.entry.changes().zip(&it.changes).all(same)
        };
        let entry = |it: &Record| records.iter().any(|record| record.entry == it.entry);
        assert!(got.iter().filter(genuine).all(entry), "bit {bit} passed");
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_survived(encoding in 0u8..4, bytes: Vec<u8>) {
        let mut tables = PackTables::default();
        tables.seed([FeedId([1; 32]), FeedId([2; 32])]);
        let _ = decode(&mut tables, &[&[encoding][..], &bytes].concat());
    }

    #[test]
    fn arbitrary_content_is_survived(content: Vec<u8>) {
        let mut tables = PackTables::default();
        tables.seed([FeedId([1; 32]), FeedId([2; 32])]);
        let pack = [&[0, 0, 0, 0, 0, 1][..], &content].concat();
        if let Ok(pack) = decode(&mut tables, &pack) {
            for run in pack.runs {
                let _ = run.records(0, NO_ENTRY);
            }
        }
    }
}
