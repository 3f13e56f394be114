//! Making packs.

use std::collections::BTreeMap;

use super::chunk::Parts;
use super::{
    Before, DEP_HASH, DEP_IN_PACK, DEP_OF_THE_LOG, DEPS_LISTED, DEPS_MAX, DEPS_PREVIOUS, DEPS_SAME,
    FORM_CHANGE, FORM_CHANGE_EXPLICIT, FORM_CHANGE_WHOLE, FORM_PLAIN, PACK_BYTES_MAX, PREFIX_BYTES,
    PackTables, Sequence, WANTED_MAX, chunk, compress, resolve, zigzag,
};
use crate::entry::{Item, Record};
use crate::id::{ChangeHash, DocId, FeedId, Space};
use crate::leb::Writer;

/// Which signatures a pack carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signatures {
    /// Every one there is: an author's first upload.
    All,
    /// Only the last of each run, which vouches for the chain before it.
    Last,
}

/// A pack, and how far it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// The pack.
    pub bytes: Vec<u8>,
    /// How many of the given records it deals with, from the first on: these need not be given again. Records at the
    /// end of a feed's run that no signature follows are dealt with by being left out.
    pub taken: usize,
}

/// Packs records of `space`, each feed's ascending, until the pack is full. `None` if there is nothing signed to pack.
/// `there` tells whether the reader surely has a change in its log, so that its hash need not travel.
pub fn encode(
    tables: &mut PackTables,
    space: Space,
    records: &[Record],
    signatures: Signatures,
    there: &dyn Fn(&ChangeHash) -> bool,
) -> Option<Encoded> {
    let (runs, taken) = fill(records);
    if runs.is_empty() {
        return None;
    }
    let mut content = Writer::new();
    space.write(&mut content);
    let feeds: Vec<FeedId> = runs.iter().filter_map(|run| Some(run.first()?.entry.feed)).collect();
    tables.feeds.write(&mut content, &feeds);
    let docs: Vec<DocId> = runs.iter().flat_map(|run| run.iter()).flat_map(docs_of).collect();
    tables.docs.write(&mut content, &docs);
    content.leb(runs.len() as u64);
    let hashes: Vec<ChangeHash> = all_changes(&runs).collect();
    let mut writing = Writing {
        tables,
        there,
        places: hashes.iter().enumerate().map(|(place, hash)| (*hash, place)).collect(),
        content,
        random: Writer::new(),
        rest: Writer::new(),
        sequence: Sequence::new(),
        given: Vec::new(),
        wanted: 0,
        deps: 0,
    };
    for run in runs {
        writing.run(run, signatures);
    }
    let Writing { mut content, mut random, rest, wanted, .. } = writing;
    if wanted > 0 {
        random.raw(&resolve::check(hashes.iter()));
    }
    content.raw(rest.as_slice());
    let (encoding, content) = compress::pack(content.into_vec());
    let random = random.into_vec();
    let mut pack = Writer::new();
    pack.leb(random.len() as u64 * 4 + u64::from(encoding)).raw(&random).raw(&content);
    Some(Encoded { bytes: pack.into_vec(), taken })
}

/// The hashes of the changes that have forms of their own.
fn all_changes<'a>(runs: &'a [&[Record]]) -> impl Iterator<Item = ChangeHash> + 'a {
    let records = runs.iter().flat_map(|run| run.iter());
    records.flat_map(|record| record.entry.changes()).map(|(_, hash)| hash)
}

fn docs_of(record: &Record) -> impl Iterator<Item = DocId> {
    record.entry.changes().map(|(doc, _)| doc)
}

/// The runs that fit one pack, each ending with a signature, and the number of records dealt with.
fn fill(records: &[Record]) -> (Vec<&[Record]>, usize) {
    let mut runs = Vec::new();
    let mut taken = 0;
    let mut room = PACK_BYTES_MAX;
    for run in records.chunk_by(follows) {
        room = room.saturating_sub(RUN_COST);
        let mut cost = 0;
        let mut end = 0;
        let mut full = false;
        for (index, record) in run.iter().enumerate() {
            cost += cost_of(record);
            if cost > room && !(runs.is_empty() && end == 0) {
                full = true;
                break;
            }
            if record.signature.is_some() {
                end = index + 1;
                room = room.saturating_sub(cost);
                cost = 0;
            }
        }
        if let Some(run) = run.get(..end).filter(|run| !run.is_empty()) {
            runs.push(run);
        }
        if full {
            return (runs, taken + end);
        }
        taken += run.len();
    }
    (runs, taken)
}

fn follows(a: &Record, b: &Record) -> bool {
    a.entry.feed == b.entry.feed
        && a.entry.seq.checked_add(1) == Some(b.entry.seq)
        && a.entry.roster <= b.entry.roster
}

/// Feed, slot, first, count, in the worst case.
const RUN_COST: usize = 64;
/// Signature, roster, count of items.
const ENTRY_COST: usize = 80;
/// Head, slot, DocId, hash.
const ITEM_COST: usize = 64;

/// An upper bound of what a record takes in any pack, so that records which once came in one pack fit one again.
fn cost_of(record: &Record) -> usize {
    let items: usize = record.entry.items.iter().map(item_cost).sum();
    ENTRY_COST + items + record.changes.iter().map(Vec::len).sum::<usize>()
}

fn item_cost(item: &Item) -> usize {
    match item {
        Item::Unknown { bytes, .. } => ITEM_COST + bytes.len(),
        Item::Open(_) => 3 * ITEM_COST,
        Item::Change { .. } | Item::Erase { .. } => ITEM_COST,
    }
}

struct Writing<'a> {
    tables: &'a PackTables,
    there: &'a dyn Fn(&ChangeHash) -> bool,
    /// Where the changes of this pack stand.
    places: BTreeMap<ChangeHash, usize>,
    content: Writer,
    random: Writer,
    /// What follows the runs.
    rest: Writer,
    sequence: Sequence,
    /// The deps of each change so far; none of one that was not taken apart.
    given: Vec<Option<Vec<ChangeHash>>>,
    wanted: usize,
    deps: usize,
}

impl Writing<'_> {
    fn run(&mut self, run: &[Record], signatures: Signatures) {
        let Some(first) = run.first() else { return };
        let slot = self.tables.feeds.slot(&first.entry.feed).unwrap_or_default();
        let all = run.len() == 1
            || (signatures == Signatures::All && run.iter().all(|record| record.signature.is_some()));
        self.content.leb(slot as u64).leb(first.entry.seq).leb(run.len() as u64 * 2 + u64::from(all));
        let mut roster = 0;
        for (left, record) in (0..run.len()).rev().zip(run) {
            self.content.leb(record.entry.roster.saturating_sub(roster)).leb(record.entry.items.len() as u64);
            roster = record.entry.roster;
            let mut changes = record.changes.iter();
            for item in &record.entry.items {
                self.item(&record.entry.feed, item, &mut changes);
            }
            if let Some(signature) = record.signature.as_ref().filter(|_| all || left == 0) {
                self.random.raw(&signature.0);
            }
        }
    }

    fn item<'c>(&mut self, feed: &FeedId, item: &Item, changes: &mut impl Iterator<Item = &'c Vec<u8>>) {
        let Item::Change { doc, hash } = item else {
            self.content.leb(FORM_PLAIN);
            item.write(&mut self.content);
            return;
        };
        let chunk = changes.next().map(Vec::as_slice).unwrap_or_default();
        let slot = self.tables.docs.slot(doc).unwrap_or_default() as u64;
        let parts = Parts::of(chunk, hash);
        match parts.filter(|it| it.actor == feed.actor() && self.deps + it.deps.len() <= DEPS_MAX) {
            Some(parts) => {
                self.content.leb(parts.rest.len() as u64 * 4 + FORM_CHANGE).leb(slot);
                self.change(*doc, feed, &parts);
                self.rest.raw(&parts.rest);
                self.given.push(Some(parts.deps));
            }
            None => {
                self.whole(chunk, hash, slot);
                self.given.push(None);
            }
        }
    }

    /// A change that cannot be taken apart, or by another actor.
    fn whole(&mut self, chunk: &[u8], hash: &ChangeHash, slot: u64) {
        let body = crate::chunk::body(chunk).ok();
        match body.filter(|body| chunk::restore(body) == (*hash, chunk.to_vec())) {
            Some(body) => {
                self.content.leb(body.len() as u64 * 4 + FORM_CHANGE_WHOLE).leb(slot);
                self.rest.raw(body);
            }
            None => {
                self.content.leb(chunk.len() as u64 * 4 + FORM_CHANGE_EXPLICIT).leb(slot);
                self.random.raw(hash.as_bytes());
                self.rest.raw(chunk);
            }
        }
    }

    fn change(&mut self, doc: DocId, feed: &FeedId, parts: &Parts) {
        self.deps(&doc, &parts.deps);
        self.deps += parts.deps.len();
        let (seq, start_op, time) = self.sequence.expected(&doc, feed);
        let difference = |a: u64, b: u64| zigzag(a.wrapping_sub(b).cast_signed());
        self.content.leb(difference(parts.seq, seq)).leb(difference(parts.start_op, start_op));
        self.content.leb(zigzag(parts.time.wrapping_sub(time)));
        self.content.bytes(&parts.message).leb(parts.others.len() as u64);
        for actor in &parts.others {
            match self.tables.feeds.slot_of(actor) {
                Some(slot) => _ = self.content.leb(slot as u64 + 1),
                None => {
                    self.content.leb(0);
                    self.random.raw(actor.as_bytes());
                }
            }
        }
        let before =
            Before { place: self.given.len(), feed: *feed, seq: parts.seq, start_op: parts.start_op };
        self.sequence.note(doc, before, parts.time);
    }

    fn deps(&mut self, doc: &DocId, deps: &[ChangeHash]) {
        let own = self.given.len();
        let before = self.sequence.before.get(doc).map(|it| it.place);
        if let (Some(before), [dep]) = (before, deps)
            && self.places.get(dep) == Some(&before)
        {
            self.content.leb(DEPS_PREVIOUS);
            return;
        }
        if before.and_then(|it| self.given.get(it)?.as_deref()) == Some(deps) {
            self.content.leb(DEPS_SAME);
            return;
        }
        self.content.leb(deps.len() as u64 + DEPS_LISTED);
        for dep in deps {
            match self.places.get(dep) {
                Some(place) => {
                    let distance = (*place as u64).wrapping_sub(own as u64).cast_signed();
                    self.content.leb(DEP_IN_PACK + zigzag(distance));
                }
                None if self.wanted < WANTED_MAX && (self.there)(dep) => {
                    self.wanted += 1;
                    self.content.leb(DEP_OF_THE_LOG);
                    self.random.raw(dep.as_bytes().split_at(PREFIX_BYTES).0);
                }
                None => {
                    self.content.leb(DEP_HASH);
                    self.random.raw(dep.as_bytes());
                }
            }
        }
    }
}
