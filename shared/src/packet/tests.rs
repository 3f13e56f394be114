use proptest::prelude::*;

use super::*;
use crate::chunk::tests::chunk;
use crate::feed::Tip;
use crate::id::{DocId, Owner, Space};
use crate::log;
use crate::roster::tests::{LEAD, founded, joined, key, with_node};
use crate::roster::{LEAD_NO, Role};
use crate::storage::memory::MemoryStorage;
use crate::storage::{FeedHead, Storage};

/// The lead's node 1 and a member's node 2, with keys 101 and 111.
fn network() -> Roster {
    let mut roster = founded();
    with_node(&mut roster, LEAD_NO, LEAD, 101);
    joined(&mut roster, 11, Role::Member);
    roster
}

fn key_of(node: u16) -> KeyPair {
    key(if node == 1 { 101 } else { 111 })
}

/// One more entry of a node, with a change of about `bytes` bytes that does not compress.
fn edit(storage: &mut MemoryStorage, roster: &Roster, node: u16, bytes: usize) {
    let own: Vec<_> =
        storage.feeds(Space::Network).unwrap().into_iter().filter(|it| it.node == NodeNo(node)).collect();
    let tip = match own.last() {
        Some(head) => Tip::After(*head),
        None => Tip::open(&roster.network(), NodeNo(node), Space::Network, &own, [9; 16]),
    };
    let height = own.last().map_or(0, |it| it.height);
    let mut noise = sha256(&[height.to_le_bytes(), u64::from(node).to_le_bytes()].concat()).to_vec();
    while noise.len() < bytes {
        noise.extend(sha256(&noise));
    }
    let doc = DocId::natural(1, Owner::Shared, b"plan");
    let record = tip.write(roster.height(), vec![(doc, chunk(&noise).0)], &key_of(node)).unwrap();
    assert_eq!(log::accept(storage, roster, vec![record]).unwrap().refused, []);
}

fn with_entries(roster: &Roster, entries: usize, bytes: usize) -> MemoryStorage {
    let mut storage = MemoryStorage::default();
    for _ in 0..entries {
        edit(&mut storage, roster, 1, bytes);
        edit(&mut storage, roster, 2, bytes);
    }
    storage
}

fn heads(storage: &MemoryStorage) -> Vec<FeedHead> {
    storage.feeds(Space::Network).unwrap()
}

fn written(storage: &MemoryStorage, roster: &Roster, from: u64, bytes_max: usize) -> Vec<Vec<u8>> {
    written_since(storage, roster, from, 0, bytes_max)
}

fn written_since(
    storage: &MemoryStorage,
    roster: &Roster,
    from: u64,
    statements_from: u64,
    bytes_max: usize,
) -> Vec<Vec<u8>> {
    let node_key = key_of(1);
    let envelope = Envelope {
        roster,
        from: NodeNo(1),
        node_key: &node_key,
        to: Some(OrgNo(2)),
        created: Timestamp(1_647_510_000_000),
        statements_from,
        frontiers: vec![vec![1, 2, 3]],
        bytes_max,
    };
    let feeds: Vec<_> = heads(storage).into_iter().map(|it| (it, from)).collect();
    write(storage, &envelope, &feeds).unwrap()
}

/// What became of a file: new entries, known ones, and what is missing.
type Taken = (usize, u64, Vec<Missing>);

fn take(storage: &mut MemoryStorage, roster: &Roster, file: &[u8]) -> Taken {
    let packet = Packet::open(&roster.network(), file).unwrap();
    let (roster, _) = packet.roster(roster).unwrap();
    packet.sender(&roster).unwrap();
    let (mut new, mut known, mut missing) = (0, 0, Vec::new());
    for pack in packet.packs() {
        for run in pack.unwrap().runs {
            match attach(storage, run).unwrap() {
                Attached::Missing(it) => missing.push(it),
                Attached::Records(records, here) => {
                    let accepted = log::accept(storage, &roster, records).unwrap();
                    assert_eq!(accepted.refused, []);
                    new += accepted.appended.len();
                    known += here;
                }
            }
        }
    }
    (new, known, missing)
}

#[test]
fn a_packet_reads_back_and_its_reader_catches_up() {
    let roster = network();
    let storage = with_entries(&roster, 3, 40);
    let files = written(&storage, &roster, 0, PART_BYTES_DEFAULT);
    assert_eq!(files.len(), 1);
    let packet = Packet::open(&roster.network(), &files[0]).unwrap();
    assert_eq!((packet.header.from, packet.header.to), (NodeNo(1), Some(OrgNo(2))));
    assert_eq!((packet.header.part, packet.header.parts), (1, 1));
    assert_eq!((packet.entries(), packet.header.frontiers.as_slice()), (6, [vec![1, 2, 3]].as_slice()));

    let mut newcomer = MemoryStorage::default();
    let behind = Roster::empty(roster.network());
    assert_eq!(take(&mut newcomer, &behind, &files[0]), (6, 0, vec![]));
    assert_eq!(heads(&newcomer), heads(&storage));
    assert_eq!(take(&mut newcomer, &roster, &files[0]), (0, 6, vec![]), "twice changes nothing");
}

#[test]
fn a_packet_with_nothing_new_still_carries_roster_and_frontiers() {
    let roster = network();
    let files = written(&MemoryStorage::default(), &roster, 0, PART_BYTES_DEFAULT);
    let packet = Packet::open(&roster.network(), &files[0]).unwrap();
    assert_eq!((packet.entries(), packet.bytes()), (0, 0));
    assert_eq!(packet.roster(&Roster::empty(roster.network())).unwrap().0.height(), roster.height());
}

/// Where `bytes` are no packet, that is said in whichever way; what matters is that nothing else comes of them.
fn check_refused(bytes: &[u8], what: &str) {
    assert!(Packet::open(&network().network(), bytes).is_err(), "{what}");
}

#[test]
fn every_truncation_and_every_flipped_bit_is_refused() {
    let roster = network();
    let mut storage = MemoryStorage::default();
    edit(&mut storage, &roster, 1, 20);
    let last = roster.height();
    let file = written_since(&storage, &roster, 0, last, PART_BYTES_DEFAULT).remove(0);
    for length in 0..file.len() {
        check_refused(&file[..length], &format!("{length} bytes"));
    }
    for bit in 0..file.len() * 8 {
        let mut other = file.clone();
        other[bit / 8] ^= 1 << (bit % 8);
        check_refused(&other, &format!("bit {bit}"));
    }
    check_refused(&[file.as_slice(), &[0]].concat(), "one byte more");
}

#[test]
fn what_is_wrong_with_a_file_is_told_apart() {
    let roster = network();
    let file = written(&with_entries(&roster, 1, 20), &roster, 0, PART_BYTES_DEFAULT).remove(0);
    let open = |bytes: &[u8]| Packet::open(&roster.network(), bytes).map(|_| ());
    let with = |at: usize, byte: u8| {
        let mut other = file.clone();
        other[at] = byte;
        other
    };
    assert_eq!(open(b"PK\x03\x04"), Err(PacketError::NotAPacket));
    assert_eq!(open(&[]), Err(PacketError::NotAPacket));
    assert_eq!(open(&with(MAGIC.len(), 2)), Err(PacketError::FromFuture(2)));
    assert_eq!(open(&with(file.len() - 1, 0xff)), Err(PacketError::Signature));
    assert!(matches!(open(&file[..file.len() - 9]), Err(PacketError::Damaged(_))));
    assert_eq!(open(&vec![0; PACKET_BYTES_MAX + 1]), Err(PacketError::TooLarge));
    let other = NetworkId([9; 32]);
    let network = roster.network();
    assert_eq!(Packet::open(&other, &file).map(|_| ()), Err(PacketError::OtherNetwork(network)));
}

/// Signs what `change` made of a header, as somebody with any key at all can.
fn forged(node_key: &KeyPair, change: impl Fn(&mut Header)) -> Vec<u8> {
    let roster = network();
    let file = written(&MemoryStorage::default(), &roster, 0, PART_BYTES_DEFAULT).remove(0);
    let mut header = Packet::open(&roster.network(), &file).unwrap().header;
    header.key = node_key.public();
    change(&mut header);
    assemble(&header, &[], node_key)
}

#[test]
fn a_packet_of_a_stranger_is_refused() {
    let roster = network();
    let check = |file: Vec<u8>, expected: Result<NodeNo, PacketError>| {
        let packet = Packet::open(&roster.network(), &file).unwrap();
        assert_eq!(packet.sender(&roster).map(|it| it.no), expected);
    };
    check(forged(&key_of(1), |_| {}), Ok(NodeNo(1)));
    check(forged(&key(99), |_| {}), Err(PacketError::UnknownSender));
    check(forged(&key_of(2), |_| {}), Err(PacketError::UnknownSender));
    check(forged(&key(99), |it| it.from = NodeNo(7)), Err(PacketError::UnknownSender));
}

#[test]
fn a_roster_that_does_not_attach_is_refused() {
    let roster = network();
    let check = |here: &Roster, file: Vec<u8>, expected: Result<u64, PacketError>| {
        let packet = Packet::open(&roster.network(), &file).unwrap();
        assert_eq!(packet.roster(here).map(|it| it.0.height()), expected);
    };
    let whole = |it: &mut Header| it.statements_from = 0;
    let newest = |it: &mut Header| {
        it.statements_from = it.roster_height - 1;
        it.statements = it.statements.split_off(it.statements.len() - 1);
    };
    let height = roster.height();
    check(&founded(), forged(&key_of(1), whole), Ok(height));
    check(&roster, forged(&key_of(1), newest), Ok(height));
    let gap = PacketError::RosterGap { here: 1, from: height - 1 };
    check(&founded(), forged(&key_of(1), newest), Err(gap));
    let other_hash = |it: &mut Header| it.roster_hash = StatementHash([7; 32]);
    check(&roster, forged(&key_of(1), other_hash), Err(PacketError::RosterFork));
    let mut ahead = roster.clone();
    joined(&mut ahead, 12, Role::Observer);
    check(&ahead, forged(&key_of(1), whole), Ok(ahead.height()));
}

#[test]
fn what_lies_before_a_packet_and_is_not_here_is_named() {
    let roster = network();
    let storage = with_entries(&roster, 5, 20);
    let files = written(&storage, &roster, 3, PART_BYTES_DEFAULT);
    let mut reader = MemoryStorage::default();
    let (new, known, missing) = take(&mut reader, &roster, &files[0]);
    assert_eq!((new, known), (0, 0));
    let named =
        heads(&storage).iter().map(|it| Missing { feed: it.feed, from: 0, to: 3 }).collect::<Vec<_>>();
    assert_eq!(missing, named);
    let whole = written(&storage, &roster, 0, PART_BYTES_DEFAULT);
    assert_eq!(take(&mut reader, &roster, &whole[0]), (10, 0, vec![]));
    assert_eq!(take(&mut reader, &roster, &files[0]), (0, 4, vec![]));
}

#[test]
fn a_large_packet_is_split_and_its_parts_are_taken_in_any_order() {
    let roster = network();
    let storage = with_entries(&roster, 60, 20_000);
    let files = written(&storage, &roster, 0, 256 * 1024);
    assert!(files.len() > 5, "{} parts", files.len());
    assert!(files.iter().all(|it| it.len() <= 256 * 1024));
    let packets: Vec<_> = files.iter().map(|it| Packet::open(&roster.network(), it).unwrap()).collect();
    assert_eq!(packets.iter().map(Packet::entries).sum::<u64>(), 120);
    assert!((1..).zip(&packets).all(|(n, it)| it.header.part == n));

    let mut reader = MemoryStorage::default();
    let last_first = take(&mut reader, &roster, files.last().unwrap());
    assert!(last_first.0 == 0 && !last_first.2.is_empty(), "a late part waits for what lies before it");
    for file in files.iter().rev().chain(&files) {
        take(&mut reader, &roster, file);
    }
    assert_eq!(heads(&reader), heads(&storage));
}

#[test]
fn another_entry_at_a_place_is_offered_for_the_log_to_name_the_fork() {
    let roster = network();
    let storage = with_entries(&roster, 2, 20);
    let mut copy = with_entries(&roster, 1, 20);
    edit(&mut copy, &roster, 1, 90);
    let file = written(&storage, &roster, 0, PART_BYTES_DEFAULT).remove(0);
    let packet = Packet::open(&roster.network(), &file).unwrap();
    let mut refused = Vec::new();
    for run in packet.packs().flat_map(|it| it.unwrap().runs) {
        if let Attached::Records(records, _) = attach(&copy, run).unwrap() {
            refused.extend(log::accept(&mut copy, &roster, records).unwrap().refused);
        }
    }
    assert_eq!(refused.len(), 1);
    assert!(matches!(refused[0].reason, log::Refusal::Fork { .. }), "{:?}", refused[0].reason);
}

/// Without packs, whose bytes are the compressor's to choose.
#[test]
fn the_bytes_are_frozen() {
    let file = forged(&key_of(1), |it| it.stretches = vec![]);
    assert_eq!(
        (file.len(), &*data_encoding::HEXLOWER.encode(&sha256(&file))),
        (1255, "448ce36f4f42e62935b0cf02d3990cedce08a8b1592b89244e78d8831f8d64dc")
    );
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes: Vec<u8>) {
        let framed = [MAGIC.as_slice(), &[VERSION], &bytes].concat();
        prop_assert!(Packet::open(&NetworkId([9; 32]), &bytes).is_err());
        prop_assert!(Packet::open(&NetworkId([9; 32]), &framed).is_err());
    }

    #[test]
    fn arbitrary_packs_under_an_honest_signature_never_panic(packs: Vec<Vec<u8>>) {
        let roster = network();
        let file = written(&MemoryStorage::default(), &roster, 0, PART_BYTES_DEFAULT).remove(0);
        let header = Packet::open(&roster.network(), &file).unwrap().header;
        let file = assemble(&header, &packs, &key_of(1));
        let packet = Packet::open(&roster.network(), &file).unwrap();
        let storage = MemoryStorage::default();
        for run in packet.packs().filter_map(Result::ok).flat_map(|it| it.runs) {
            prop_assert!(attach(&storage, run).is_ok());
        }
    }
}
