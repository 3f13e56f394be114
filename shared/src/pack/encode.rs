//! Making packs.

use super::{
    FORM_CHANGE, FORM_CHANGE_EXPLICIT, FORM_CHANGE_WITH_ACTOR, FORM_PLAIN, PACK_BYTES_MAX, PackTables, chunk,
    compress,
};
use crate::entry::{Item, Record};
use crate::id::{DocId, FeedId, Space};
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
pub fn encode(
    tables: &mut PackTables,
    space: Space,
    records: &[Record],
    signatures: Signatures,
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
    let mut signed = Vec::new();
    for run in runs {
        write_run(&mut content, tables, run, signatures, &mut signed);
    }
    let (encoding, content) = compress::pack(content.into_vec());
    let mut pack = Writer::new();
    pack.u8(encoding).leb(signed.len() as u64);
    for signature in signed {
        pack.raw(signature);
    }
    pack.raw(&content);
    Some(Encoded { bytes: pack.into_vec(), taken })
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

fn write_run<'a>(
    writer: &mut Writer,
    tables: &PackTables,
    run: &'a [Record],
    signatures: Signatures,
    signed: &mut Vec<&'a [u8]>,
) {
    let Some((first, last)) = run.first().zip(run.last()) else { return };
    let slot = tables.feeds.slot(&first.entry.feed).unwrap_or_default();
    let all = run.len() == 1
        || (signatures == Signatures::All && run.iter().all(|record| record.signature.is_some()));
    writer.leb(slot as u64).leb(first.entry.seq).leb(run.len() as u64 * 2 + u64::from(all));
    let mut roster = 0;
    for record in run {
        writer.leb(record.entry.roster.saturating_sub(roster)).leb(record.entry.items.len() as u64);
        roster = record.entry.roster;
        let mut changes = record.changes.iter();
        for item in &record.entry.items {
            write_item(writer, tables, &record.entry.feed, item, &mut changes);
        }
    }
    let carried = if all { run } else { std::slice::from_ref(last) };
    signed.extend(carried.iter().filter_map(|record| Some(record.signature.as_ref()?.0.as_slice())));
}

fn write_item<'a>(
    writer: &mut Writer,
    tables: &PackTables,
    feed: &FeedId,
    item: &Item,
    changes: &mut impl Iterator<Item = &'a Vec<u8>>,
) {
    let Item::Change { doc, hash } = item else {
        writer.leb(FORM_PLAIN);
        item.write(writer);
        return;
    };
    let chunk = changes.next().map(Vec::as_slice).unwrap_or_default();
    let slot = tables.docs.slot(doc).unwrap_or_default() as u64;
    let head = |length: usize, form: u64| length as u64 * 4 + form;
    match chunk::strip(chunk, hash, feed) {
        Some(chunk::Stripped::WithoutActor(body)) => {
            writer.leb(head(body.len(), FORM_CHANGE)).leb(slot).raw(&body);
        }
        Some(chunk::Stripped::Body(body)) => {
            writer.leb(head(body.len(), FORM_CHANGE_WITH_ACTOR)).leb(slot).raw(&body);
        }
        None => {
            writer.leb(head(chunk.len(), FORM_CHANGE_EXPLICIT)).leb(slot).raw(hash.as_bytes()).raw(chunk);
        }
    }
}
