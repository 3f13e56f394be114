//! The pack: entries of one space with their changes, as small as they travel.
//!
//! ```text
//! pack    = encoding u8 · signatures LEB · 64… · content        encoding 0 raw · 1 zstd · 2 zstd with dictionary 1
//! content = space · feeds · documents · runs LEB · run…                  3 reserved: encrypted
//! feeds   = count LEB · [from LEB · feed 32…]                   sets the slots from, from + 1, … of the table
//! docs    = count LEB · [from LEB · DocId 16…]
//! run     = feed slot LEB · first seq LEB · (entries · 2 + all signed) LEB · entry…
//! entry   = roster LEB (first: as it is; then: difference) · items LEB · item…
//! item    = (length · 4 + form) LEB · …
//!   form 0  length 0 · the item as the entry's body has it
//!   form 1  change: doc slot LEB · chunk body without the actor         form 2  the same with the actor
//!   form 3  change whose bytes do not give its hash, or are absent: doc slot LEB · hash 32 · bytes
//! ```
//!
//! `prev`, change hashes, and the magic, checksum, type and length of a change chunk are implied: whoever decodes
//! works them out again. So a decoded pack is no evidence of anything; the signatures are checked by [`crate::log`]
//! over the rebuilt bodies. A run always ends with a signature; before that they may be left out. Signatures stand
//! outside the content because they do not compress. A zstd frame travels without its magic number.
//!
//! Both ends of a session keep [`PackTables`], so that a feed and a document are named once; a pack in a file starts
//! from empty ones. A pack decoded twice changes nothing in them.

use crate::entry::{ENTRY_BYTES_MAX, Entry, ITEMS_MAX, Item, Record};
use crate::id::{EntryHash, FeedId, Space};
use crate::keys::Signature;
use crate::leb::{ReadError, Reader, Writer};

mod chunk;
mod compress;
mod encode;
mod tables;
#[cfg(test)]
mod tests;

pub use encode::{Encoded, Signatures, encode};
pub use tables::PackTables;

/// The most bytes of a pack before compression: a line that dies every few seconds still gets packs through.
pub const PACK_BYTES_MAX: usize = 64 * 1024;

const FORM_PLAIN: u64 = 0;
const FORM_CHANGE: u64 = 1;
const FORM_CHANGE_WITH_ACTOR: u64 = 2;
const FORM_CHANGE_EXPLICIT: u64 = 3;

/// A decoded pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    /// The space that the sender says its feeds lie in.
    pub space: Space,
    /// Entries of one feed after another.
    pub runs: Vec<Run>,
}

/// Consecutive entries of one feed, not yet tied to the chain before them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The feed.
    pub feed: FeedId,
    /// The place of the first entry.
    pub first: u64,
    entries: Vec<PackedEntry>,
}

/// The run begins above the height it should continue: entries between are missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// The feed.
    pub feed: FeedId,
    /// The first entry that is there.
    pub first: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct PackedEntry {
    roster: u64,
    items: Vec<Item>,
    changes: Vec<Vec<u8>>,
    signature: Option<Signature>,
}

/// Why bytes are not a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// A field cannot be read.
    #[error("pack cannot be read")]
    Read(#[from] ReadError),
    /// The encoding is of a later version.
    #[error("pack has the unknown encoding {0}")]
    Encoding(u8),
    /// The content does not decompress, or not within the bound.
    #[error("pack does not decompress")]
    Compression,
    /// A slot is used that was never set, or set beyond the table's end.
    #[error("pack names an unknown slot")]
    Slot,
    /// There are more or fewer signatures than the runs need.
    #[error("pack has a wrong number of signatures")]
    Signatures,
    /// A sequence number or roster height exceeds 64 bits.
    #[error("pack counts beyond 64 bits")]
    Overflow,
}

/// Reads a pack and keeps what it adds to the tables.
pub fn decode(tables: &mut PackTables, bytes: &[u8]) -> Result<Pack, PackError> {
    let mut reader = Reader::new(bytes);
    let encoding = reader.u8()?;
    let count = reader.leb_max(PACK_BYTES_MAX as u64)?;
    let signatures =
        (0..count).map(|_| Ok(Signature(reader.array()?))).collect::<Result<Vec<_>, ReadError>>()?;
    let content = compress::unpack(encoding, reader.rest())?;
    let mut signatures = signatures.into_iter();
    let mut reader = Reader::new(&content);
    let space = Space::read(&mut reader)?;
    tables.feeds.read(&mut reader)?;
    tables.docs.read(&mut reader)?;
    let runs = reader.leb_max(PACK_BYTES_MAX as u64)?;
    let runs = (0..runs)
        .map(|_| read_run(&mut reader, tables, &mut signatures))
        .collect::<Result<Vec<_>, PackError>>()?;
    reader.end()?;
    if signatures.next().is_some() {
        return Err(PackError::Signatures);
    }
    Ok(Pack { space, runs })
}

fn read_run(
    reader: &mut Reader<'_>,
    tables: &PackTables,
    signatures: &mut impl Iterator<Item = Signature>,
) -> Result<Run, PackError> {
    let feed = tables.feeds.get(reader.leb()?).ok_or(PackError::Slot)?;
    let first = reader.leb()?;
    let head = reader.leb_max(2 * PACK_BYTES_MAX as u64 + 1)?;
    let (count, all_signed) = (head / 2, head % 2 == 1);
    first.checked_add(count).ok_or(PackError::Overflow)?;
    let mut roster = 0u64;
    let mut entries = Vec::new();
    for left in (0..count).rev() {
        roster = roster.checked_add(reader.leb()?).ok_or(PackError::Overflow)?;
        let (items, changes) = read_items(reader, tables, &feed)?;
        let signed = all_signed || left == 0;
        let signature = if signed { Some(signatures.next().ok_or(PackError::Signatures)?) } else { None };
        entries.push(PackedEntry { roster, items, changes, signature });
    }
    Ok(Run { feed, first, entries })
}

type ItemsAndChanges = (Vec<Item>, Vec<Vec<u8>>);

fn read_items(
    reader: &mut Reader<'_>,
    tables: &PackTables,
    feed: &FeedId,
) -> Result<ItemsAndChanges, PackError> {
    let mut items = Vec::new();
    let mut changes = Vec::new();
    for _ in 0..reader.leb_max(ITEMS_MAX as u64)? {
        let head = reader.leb_max(4 * ENTRY_BYTES_MAX as u64 + 3)?;
        let length = usize::try_from(head / 4).map_err(|_| ReadError::Limit)?;
        if head % 4 == FORM_PLAIN {
            if length != 0 {
                return Err(ReadError::Unknown.into());
            }
            items.push(plain_item(reader, &mut changes)?);
            continue;
        }
        let doc = tables.docs.get(reader.leb()?).ok_or(PackError::Slot)?;
        let (hash, bytes) = match head % 4 {
            FORM_CHANGE => chunk::restore_with_actor(reader.raw(length)?, feed)?,
            FORM_CHANGE_WITH_ACTOR => chunk::restore(reader.raw(length)?),
            _ => (crate::id::ChangeHash(reader.array()?), reader.raw(length)?.to_vec()),
        };
        items.push(Item::Change { doc, hash });
        changes.push(bytes);
    }
    Ok((items, changes))
}

/// An item as the body has it. Changes have forms of their own; here one would lack its bytes.
fn plain_item(reader: &mut Reader<'_>, changes: &mut Vec<Vec<u8>>) -> Result<Item, ReadError> {
    let item = Item::read(reader)?;
    if matches!(item, Item::Change { .. }) {
        changes.push(Vec::new());
    }
    Ok(item)
}

impl Run {
    /// The height after the run.
    pub fn end(&self) -> u64 {
        self.first.saturating_add(self.entries.len() as u64)
    }

    /// The run's entries from `height` on, tied to the entry before, whose hash is `hash`. What lies below `height`
    /// is left out: it is there already.
    pub fn records(self, height: u64, hash: EntryHash) -> Result<Vec<Record>, Gap> {
        if self.first > height {
            return Err(Gap { feed: self.feed, first: self.first });
        }
        let known = usize::try_from(height - self.first).unwrap_or(usize::MAX);
        let mut prev = hash;
        let feed = self.feed;
        let record = |(seq, packed): (u64, PackedEntry)| {
            let PackedEntry { roster, items, changes, signature } = packed;
            let entry = Entry { feed, seq, prev, roster, items };
            prev = entry.hash();
            Record { entry, signature, changes }
        };
        Ok((height..).zip(self.entries.into_iter().skip(known)).map(record).collect())
    }
}

/// The hash that the first entry of a feed points to.
pub const NO_ENTRY: EntryHash = EntryHash([0; 32]);

fn write_slots<const N: usize>(writer: &mut Writer, from: usize, added: &[[u8; N]]) {
    writer.leb(added.len() as u64);
    if !added.is_empty() {
        writer.leb(from as u64);
    }
    for id in added {
        writer.raw(id);
    }
}
