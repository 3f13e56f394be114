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

fn decode(tables: &mut PackTables, bytes: &[u8]) -> Result<Pack, PackError> {
    super::decode(tables, bytes)?.resolve(&[]).map_err(|error| match error {
        Unattached::Broken(error) => error,
        Unattached::Absent => panic!("nothing of the log was named"),
    })
}

/// As for a reader whose log holds nothing.
fn encode(
    tables: &mut PackTables,
    space: Space,
    records: &[Record],
    signatures: Signatures,
) -> Option<Encoded> {
    super::encode(tables, space, records, signatures, &|_| false)
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

/// The layout is frozen, without the coder, which has golden bytes of its own.
#[test]
fn the_bytes_are_frozen() {
    let (_, records) = feed_of(4);
    let bytes = encode_knowing(&mut PackTables::default(), &records[3..], &records[..3]);
    let mut reader = crate::leb::Reader::new(&bytes);
    let head = reader.leb().unwrap();
    let random = reader.raw(usize::try_from(head / 4).unwrap()).unwrap().to_vec();
    let content = compress::unpack(2, reader.rest()).unwrap();
    assert_eq!(head % 4, 2);
    let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(&sha256(bytes));
    assert_eq!(
        (hex(&random).as_str(), hex(&content).as_str()),
        (
            "f86b251926074dea4391357ccbe9b0d165767ef1c8d60977b9b22d64580bec97",
            "af564a600411e5a634342bc428132088d1f569b5991b3594ad2074c7cbc7cfca"
        )
    );
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
    let pack = [&[1], &bomb[4..]].concat();
    assert_eq!(decode(&mut PackTables::default(), &pack), Err(PackError::Compression));
    // Nor a mixed content that claims to be long.
    for length in [24 * 1024 + 1, 3 * 1024] {
        let mut pack = Writer::new();
        pack.u8(2).leb(length).raw(&[7; 8]);
        assert_eq!(decode(&mut PackTables::default(), pack.as_slice()), Err(PackError::Compression));
    }
    assert_eq!(decode(&mut PackTables::default(), &[3, 1]), Err(PackError::Encoding(3)));
}

#[test]
fn truncations_and_flipped_bits_are_survived() {
    let (author, records) = feed_of(4);
    let bytes = encode_all(&mut PackTables::default(), &records).bytes;
    let flip = |bit: usize| {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        flipped
    };
    // A mixed content that is cut stands for another one.
    let cuts = (0..bytes.len()).step_by(7).map(|end| bytes[..end].to_vec());
    for (bit, spoiled) in cuts.chain((0..bytes.len() * 8).step_by(11).map(flip)).enumerate() {
        let Ok(pack) = decode(&mut PackTables::default(), &spoiled) else { continue };
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

/// As for a reader who has everything of `known`.
fn encode_knowing(tables: &mut PackTables, records: &[Record], known: &[Record]) -> Vec<u8> {
    let known: Vec<ChangeHash> = hashes(known);
    let there = |hash: &ChangeHash| known.contains(hash);
    super::encode(tables, Space::Network, records, Signatures::Last, &there).unwrap().bytes
}

fn hashes(records: &[Record]) -> Vec<ChangeHash> {
    records.iter().flat_map(|record| record.entry.changes()).map(|(_, hash)| hash).collect()
}

fn find(pack: &Unresolved, known: &[Record]) -> Vec<Option<ChangeHash>> {
    let alike = |wanted: &Wanted| {
        let mut changes = known.iter().flat_map(|record| record.entry.changes());
        let found =
            changes.find(|(doc, hash)| *doc == wanted.doc && hash.as_bytes().starts_with(&wanted.prefix));
        found.map(|(_, hash)| hash)
    };
    pack.wanted().iter().map(alike).collect()
}

#[test]
fn deps_of_the_log_are_named_by_three_bytes_and_found_again() {
    let (_, records) = feed_of(9);
    let (known, new) = records.split_at(6);
    let (mut ours, mut theirs) = (PackTables::default(), PackTables::default());
    theirs.seed([records[0].entry.feed]);
    ours.seed([records[0].entry.feed]);
    let explicit =
        super::encode(&mut ours.clone(), Space::Network, new, Signatures::Last, &|_| false).unwrap();
    let bytes = encode_knowing(&mut ours, new, known);
    assert!(
        bytes.len() + 3 * 32 < explicit.bytes.len() + 3 * PREFIX_BYTES + CHECK_BYTES + 8,
        "{}",
        bytes.len()
    );
    let pack = super::decode(&mut theirs, &bytes).unwrap();
    assert_eq!(pack.wanted().len(), 3, "one for each document");
    let found = find(&pack, known);
    let (height, head) = (known.len() as u64, known[5].entry.hash());
    let decoded = pack.resolve(&found).unwrap().runs.remove(0).records(height, head).unwrap();
    assert!(decoded.iter().zip(new).all(|(a, b)| a.entry == b.entry && a.changes == b.changes));
}

#[test]
fn what_is_not_found_or_found_wrong_is_no_forgery() {
    let (_, records) = feed_of(9);
    let (known, new) = records.split_at(6);
    let bytes = encode_knowing(&mut PackTables::default(), new, known);
    let pack = super::decode(&mut PackTables::default(), &bytes).unwrap();
    let found = find(&pack, known);
    assert!(pack.clone().resolve(&found).is_ok());
    for at in 0..found.len() {
        let mut missing = found.clone();
        missing[at] = None;
        assert_eq!(pack.clone().resolve(&missing), Err(Unattached::Absent));
        let mut wrong = found.clone();
        wrong[at].as_mut().unwrap().0[31] ^= 1;
        assert_eq!(pack.clone().resolve(&wrong), Err(Unattached::Absent), "another branch of a fork");
    }
    assert_eq!(pack.clone().resolve(&[]), Err(Unattached::Absent));
    assert_eq!(
        pack.resolve(&[found, vec![None; 9]].concat()).map(|_| ()),
        Ok(()),
        "spare answers do no harm"
    );
}

#[test]
fn deps_in_the_pack_may_stand_behind_and_take_no_hash() {
    // Two nodes edit one document in turn: each feed builds on the other.
    let mut authors = [Author::new(2, 1), Author::new(3, 1)];
    let id = authors[0].docs[0].0;
    authors[1].docs[0].0 = id;
    let base = authors[0].docs[0].1.save();
    let actors = authors.each_ref().map(|it| ActorId::from(it.feed.actor().0));
    for (author, actor) in authors.iter_mut().zip(actors) {
        author.docs[0].1 = AutoCommit::load(&base).unwrap().with_actor(actor);
    }
    let mut feeds = [Vec::new(), Vec::new()];
    for no in 0..8usize {
        let (mine, other) = (no % 2, 1 - no % 2);
        let record = authors[mine].edit(0, &format!("правка {no}"));
        let changes = vec![automerge::Change::from_bytes(record.changes[0].clone()).unwrap()];
        authors[other].docs[0].1.apply_changes(changes).unwrap();
        feeds[mine].push(record);
    }
    let records: Vec<Record> = feeds.concat();
    let encoded =
        super::encode(&mut PackTables::default(), Space::Network, &records, Signatures::Last, &|_| false);
    let bytes = encoded.unwrap().bytes;
    // Two signatures, two feeds, and one hash: that of the document's beginning, which lies nowhere.
    let mut reader = crate::leb::Reader::new(&bytes);
    assert_eq!(reader.leb().unwrap() / 4, 2 * 64 + 32);
    let pack = super::decode(&mut PackTables::default(), &bytes).unwrap().resolve(&[]).unwrap();
    let decoded: Vec<_> = pack.runs.into_iter().flat_map(|run| run.records(0, NO_ENTRY).unwrap()).collect();
    assert!(decoded.iter().zip(&records).all(|(a, b)| a.entry == b.entry && a.changes == b.changes));
}

#[test]
fn deps_in_a_circle_are_refused() {
    let mut content = Writer::new();
    Space::Network.write(&mut content);
    content.leb(1).leb(0).raw(&[7; 32]).leb(1).leb(0).raw(&[8; 16]);
    content.leb(1).leb(0).leb(0).leb(3).leb(0).leb(2);
    for distance in [1i64, -1] {
        content.leb(FORM_CHANGE).leb(0).leb(DEPS_LISTED + 1).leb(DEP_IN_PACK + zigzag(distance));
        content.leb(0).leb(0).leb(0).leb(0).leb(0);
    }
    let mut pack = Writer::new();
    pack.leb(64 * 4).raw(&[0; 64]).raw(content.as_slice());
    assert_eq!(decode(&mut PackTables::default(), pack.as_slice()), Err(PackError::Deps));
}

#[test]
fn deps_are_bounded() {
    let mut content = Writer::new();
    Space::Network.write(&mut content);
    content.leb(1).leb(0).raw(&[7; 32]).leb(1).leb(0).raw(&[8; 16]);
    content.leb(1).leb(0).leb(0).leb(3).leb(0).leb(1);
    content.leb(FORM_CHANGE).leb(0).leb(DEPS_LISTED + 2_000);
    for _ in 0..2_000 {
        content.leb(DEP_OF_THE_LOG);
    }
    let mut pack = Writer::new();
    pack.leb(6_000 * 4).raw(&[0; 6_000]).raw(content.as_slice());
    assert_eq!(super::decode(&mut PackTables::default(), pack.as_slice()), Err(PackError::Deps));
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_survived(encoding in 0u8..4, bytes: Vec<u8>) {
        let mut tables = PackTables::default();
        tables.seed([FeedId([1; 32]), FeedId([2; 32])]);
        let _ = super::decode(&mut tables, &[&[encoding][..], &bytes].concat());
    }

    #[test]
    fn arbitrary_content_is_survived(content: Vec<u8>) {
        let mut tables = PackTables::default();
        tables.seed([FeedId([1; 32]), FeedId([2; 32])]);
        let pack = [&[0, 0, 0, 0, 1][..], &content].concat();
        if let Ok(pack) = super::decode(&mut tables, &pack)
            && let found = vec![Some(ChangeHash([3; 32])); pack.wanted().len()]
            && let Ok(pack) = pack.resolve(&found)
        {
            for run in pack.runs {
                let _ = run.records(0, NO_ENTRY);
            }
        }
    }
}
