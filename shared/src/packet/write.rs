//! Writing a packet, in as many parts as its size asks for.
//!
//! Every part is a packet of its own: signed, with the statements and frontiers, with tables that begin anew. Whoever
//! loses one of them learns from the others what is missing.

use std::collections::BTreeMap;

use super::{Header, PACKET_BYTES_MAX, PACKS_MAX, PARTS_MAX, Stretch, assemble};
use crate::entry::Record;
use crate::id::{FeedId, NodeNo, OrgNo, Space};
use crate::keys::KeyPair;
use crate::pack::{self, PACK_BYTES_MAX, PackTables, Signatures};
use crate::roster::Roster;
use crate::storage::{FeedHead, Storage, StorageError};
use crate::time::Timestamp;

/// Who writes to whom, and under which roster.
#[derive(Debug)]
pub struct Envelope<'a> {
    /// The writer's roster.
    pub roster: &'a Roster,
    /// The writer.
    pub from: NodeNo,
    /// Its key.
    pub node_key: &'a KeyPair,
    /// The organisation it is for; `None` for everybody.
    pub to: Option<OrgNo>,
    /// The time.
    pub created: Timestamp,
    /// The roster height that the reader has.
    pub statements_from: u64,
    /// The writer's signed frontiers.
    pub frontiers: Vec<Vec<u8>>,
    /// The most bytes of a part. A part has at least one pack, so that a few kilobytes more may come of a bound that
    /// lies below what roster and frontiers take.
    pub bytes_max: usize,
}

/// Why a packet was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// More parts than a packet may have, or a part larger than a file may be.
    #[error("packet would be larger than a packet may be")]
    TooLarge,
    /// The disk.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// How much of a feed is read at a time: a run of one pack has a signature within it.
const LOAD_BYTES: usize = 4 * PACK_BYTES_MAX;
/// Feed, node, two heights.
const STRETCH_COST: usize = 56;
/// The length before a pack.
const LENGTH_COST: usize = 4;

/// Writes the entries of `feeds` from the given heights on. There is always one part, if only with what roster and
/// frontiers say.
pub fn write(
    storage: &impl Storage,
    envelope: &Envelope<'_>,
    feeds: &[(FeedHead, u64)],
) -> Result<Vec<Vec<u8>>, WriteError> {
    let fixed = assemble(&header(envelope, 1, 1, &Part::default()), &[], envelope.node_key).len();
    let mut filling =
        Filling { room: envelope.bytes_max.saturating_sub(fixed), parts: vec![Part::default()] };
    let nodes = feeds.iter().map(|(head, _)| (head.feed, head.node)).collect();
    for of_space in feeds.chunk_by(|a, b| a.0.space == b.0.space) {
        let Some(space) = of_space.first().map(|it| it.0.space) else { continue };
        let mut pending = Vec::new();
        for (head, from) in of_space {
            let mut seq = *from;
            while seq < head.height {
                let run = signed_run(storage, &head.feed, seq)?;
                let Some(last) = run.last() else { break };
                seq = last.entry.seq.saturating_add(1);
                pending.extend(run);
                if pending.iter().map(Record::size).sum::<usize>() > LOAD_BYTES {
                    filling.take(space, &pending, &nodes);
                    pending.clear();
                }
            }
        }
        filling.take(space, &pending, &nodes);
    }
    let parts = filling.parts;
    if parts.len() as u64 > PARTS_MAX {
        return Err(WriteError::TooLarge);
    }
    let of = parts.len() as u64;
    let files = (1..).zip(&parts).map(|(number, part)| {
        let bytes = assemble(&header(envelope, number, of, part), &part.packs, envelope.node_key);
        if bytes.len() > PACKET_BYTES_MAX { Err(WriteError::TooLarge) } else { Ok(bytes) }
    });
    files.collect()
}

/// Entries of a feed up to a signature; none if none follows.
fn signed_run(storage: &impl Storage, feed: &FeedId, seq: u64) -> Result<Vec<Record>, StorageError> {
    let mut records = storage.records(feed, seq, LOAD_BYTES)?;
    let signed = records.iter().rposition(|it| it.signature.is_some()).map_or(0, |last| last + 1);
    records.truncate(signed);
    Ok(records)
}

fn header(envelope: &Envelope<'_>, part: u64, parts: u64, it: &Part) -> Header {
    let roster = envelope.roster;
    let statements_from = envelope.statements_from.min(roster.height());
    Header {
        network: roster.network(),
        from: envelope.from,
        key: envelope.node_key.public(),
        to: envelope.to,
        created: envelope.created,
        part,
        parts,
        roster_height: roster.height(),
        roster_hash: roster.hash(),
        statements_from,
        statements: roster.statements(statements_from).to_vec(),
        frontiers: envelope.frontiers.clone(),
        stretches: it.stretches.clone(),
    }
}

/// One file's packs.
#[derive(Debug, Default)]
struct Part {
    tables: PackTables,
    packs: Vec<Vec<u8>>,
    bytes: usize,
    stretches: Vec<Stretch>,
    places: BTreeMap<FeedId, usize>,
}

#[derive(Debug)]
struct Filling {
    room: usize,
    parts: Vec<Part>,
}

impl Filling {
    /// Packs records of one space, beginning another part whenever one is full.
    fn take(&mut self, space: Space, records: &[Record], nodes: &BTreeMap<FeedId, NodeNo>) {
        let mut rest = records;
        while !rest.is_empty() {
            if self.parts.last().is_none_or(|it| it.packs.len() as u64 >= PACKS_MAX) {
                self.parts.push(Part::default());
            }
            let Some(part) = self.parts.last_mut() else { return };
            let mut tables = part.tables.clone();
            let Some(encoded) = pack::encode(&mut tables, space, rest, Signatures::All, &|_| false) else {
                return;
            };
            let (taken, left) = rest.split_at_checked(encoded.taken).unwrap_or((rest, &[]));
            let cost = encoded.bytes.len() + LENGTH_COST + part.new_feeds(taken) * STRETCH_COST;
            if !part.packs.is_empty() && part.bytes + cost > self.room {
                self.parts.push(Part::default());
                continue;
            }
            part.tables = tables;
            part.bytes += cost;
            part.packs.push(encoded.bytes);
            part.note(taken, nodes);
            rest = left;
        }
    }
}

impl Part {
    fn new_feeds(&self, records: &[Record]) -> usize {
        let runs = records.chunk_by(|a, b| a.entry.feed == b.entry.feed);
        runs.filter_map(<[Record]>::first).filter(|it| !self.places.contains_key(&it.entry.feed)).count()
    }

    /// Lengthens the stretches by records that follow them.
    fn note(&mut self, records: &[Record], nodes: &BTreeMap<FeedId, NodeNo>) {
        for record in records {
            let (feed, seq) = (record.entry.feed, record.entry.seq);
            let to = seq.saturating_add(1);
            if let Some(it) = self.places.get(&feed).and_then(|place| self.stretches.get_mut(*place)) {
                it.to = to;
            } else if let Some(node) = nodes.get(&feed) {
                self.places.insert(feed, self.stretches.len());
                self.stretches.push(Stretch { feed, node: *node, from: seq, to });
            }
        }
    }
}
