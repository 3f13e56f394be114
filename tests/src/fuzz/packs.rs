//! Packs, and packets with the signature of whoever altered them.

use svod_shared::entry::Record;
use svod_shared::id::{Space, sha256};
use svod_shared::keys::KeyPair;
use svod_shared::leb::{Reader, Writer};
use svod_shared::pack::{self, NO_ENTRY, PACK_BYTES_MAX, Pack, PackTables, Signatures};
use svod_shared::packet::Packet;

use super::world::{MEMBER, WORLD, node_key};

/// A pack as it arrives: it reads twice alike, holds no more than it may, and what it says can be packed again.
pub fn pack(data: &[u8]) {
    let mut tables = PackTables::default();
    let Ok(unresolved) = pack::decode(&mut tables, data) else { return };
    assert_eq!(
        pack::decode(&mut tables, data).as_ref(),
        Ok(&unresolved),
        "a pack that comes twice is the same"
    );
    // A log that has none of the changes that the pack builds on.
    let Ok(read) = unresolved.resolve(&[]) else { return };
    let space = read.space;
    let records = records(read);
    let bytes: usize = records.iter().map(weight).sum();
    // Two bytes of a pack can stand for an entry, and three for an item whose chunk has a frame of its own.
    assert!(bytes <= 64 * PACK_BYTES_MAX, "a pack of {} bytes became {bytes}", data.len());
    let again = packed(space, &records);
    assert_eq!(again, records, "what was packed again is the same");
}

/// What a record takes in memory, about.
fn weight(record: &Record) -> usize {
    let items = record.entry.items.len() * size_of::<svod_shared::entry::Item>();
    size_of::<Record>()
        + items
        + record.changes.iter().map(|it| it.len() + size_of::<Vec<u8>>()).sum::<usize>()
}

/// The records of a pack, each tied to the one before it in this pack.
fn records(pack: Pack) -> Vec<Record> {
    let mut records = Vec::<Record>::new();
    for run in pack.runs {
        let (feed, first) = (run.feed, run.first);
        let last =
            records.last().filter(|it| it.entry.feed == feed && it.entry.seq.checked_add(1) == Some(first));
        let prev = last.map_or(NO_ENTRY, |it| it.entry.hash());
        assert!(run.end() >= first);
        records.extend(run.records(first, prev).expect("there is no gap before its own first entry"));
    }
    records
}

/// Packs and unpacks.
fn packed(space: Space, records: &[Record]) -> Vec<Record> {
    let (mut sending, mut receiving) = (PackTables::default(), PackTables::default());
    let mut again = Vec::<Record>::new();
    let mut rest = records;
    while let Some(encoded) = pack::encode(&mut sending, space, rest, Signatures::All, &|_| false) {
        let read = pack::decode(&mut receiving, &encoded.bytes).expect("what we pack, we unpack");
        let read = read.resolve(&[]).expect("it builds on nothing outside");
        assert_eq!(read.space, space);
        for run in read.runs {
            let follows =
                |it: &&Record| it.entry.feed == run.feed && it.entry.seq.checked_add(1) == Some(run.first);
            let prev = again.last().filter(follows).map_or(NO_ENTRY, |it| it.entry.hash());
            let first = run.first;
            again.extend(run.records(first, prev).expect("there is no gap"));
        }
        rest = rest.get(encoded.taken..).unwrap_or_default();
    }
    again
}

/// A file as it arrives, and the same bytes as a member's node would sign them.
pub fn packet(data: &[u8]) {
    open(data);
    if let Some(signed) = signed_by_member(data) {
        open(&signed);
    }
}

fn open(data: &[u8]) {
    let network = WORLD.roster.network();
    let Ok(packet) = Packet::open(&network, data) else { return };
    assert_eq!(Packet::open(&network, data).as_ref(), Ok(&packet));
    assert!(packet.bytes() <= data.len());
    let _ = packet.entries();
    let Ok((roster, _)) = packet.roster(&WORLD.roster) else { return };
    assert_eq!(
        packet.roster(&roster).map(|it| it.0.hash()),
        Ok(roster.hash()),
        "statements twice change nothing"
    );
    let _ = packet.sender(&roster);
    for pack in packet.packs() {
        let Ok(pack) = pack else { break };
        let _ = records(pack);
    }
}

/// Puts the key of a member into the header and signs everything with it.
fn signed_by_member(data: &[u8]) -> Option<Vec<u8>> {
    const BEFORE_NETWORK: usize = 9;
    const SIGNATURE_BYTES: usize = 64;
    let mut signed = data.get(..data.len().checked_sub(SIGNATURE_BYTES)?)?.to_vec();
    let mut reader = Reader::new(&signed);
    reader.raw(BEFORE_NETWORK + 32).ok()?;
    reader.leb_u16().ok()?;
    let at = signed.len() - reader.rest().len();
    let key: KeyPair = node_key(MEMBER);
    signed.get_mut(at..at + 32)?.copy_from_slice(key.public().as_bytes());
    signed.get_mut(BEFORE_NETWORK..BEFORE_NETWORK + 32)?.copy_from_slice(WORLD.roster.network().as_bytes());
    let mut writer = Writer::domain("svod/1 packet");
    writer.raw(&sha256(&signed));
    signed.extend_from_slice(&key.sign(writer.as_slice()).0);
    Some(signed)
}
