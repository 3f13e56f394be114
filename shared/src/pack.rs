//! The pack: entries of one space with their changes, as small as they travel.
//!
//! ```text
//! pack    = (bytes · 4 + encoding) LEB · random bytes… · content        encoding 0 raw · 1 zstd · 2 mixed
//! content = space · feeds · documents · runs LEB · run… · rest…                  3 reserved: encrypted
//! feeds   = count LEB · [from LEB · feed 32…]                   sets the slots from, from + 1, … of the table
//! docs    = count LEB · [from LEB · DocId 16…]
//! run     = feed slot LEB · first seq LEB · (entries · 2 + all signed) LEB · entry…
//! entry   = roster LEB (first: as it is; then: difference) · items LEB · item…
//! item    = (length · 4 + form) LEB · …                         length: how much of `rest…` is this item's
//!   form 0  length 0 · the item as the entry's body has it
//!   form 1  change taken apart: doc slot LEB · deps · seq · start op · time · message length LEB · message
//!           · others LEB · (0: an actor of the random bytes | feed slot + 1) LEB…      rest: the change's columns
//!   form 2  change in one piece: doc slot LEB                                          rest: the chunk's body
//!   form 3  change whose bytes do not give its hash, or are absent: doc slot LEB · hash of the random bytes
//! deps    = 0 (the change of this document before it) | 1 (the same as that one's) | (count + 2) LEB · dep…
//! dep     = 0 hash of the random bytes | 1 change of the log, its first 3 bytes among the random ones
//!           | 2 + zigzag(place of a change in this pack − own place)
//! ```
//!
//! "Before it" is the last change of the document that stands further up in the pack; seq and start op are differences
//! to what it leads one to expect, the time to the change before of whatever document, all of them zigzag. Random
//! bytes do not compress and stand together in front, in the order in which the content asks for them: of an entry
//! first what its items take, then its signature; at the end, if any dep is one of the log, the check.
//!
//! `prev`, change hashes, and the magic, checksum, type and length of a change chunk are implied: whoever decodes
//! works them out again. So a decoded pack is no evidence of anything; the signatures are checked by [`crate::log`]
//! over the rebuilt bodies. A run always ends with a signature; before that they may be left out. A zstd frame travels
//! without its magic number.
//!
//! A dep of the log is named by three bytes of its hash and found among the document's changes that lie there
//! ([`Wanted`]): only the sender knows whether the reader has it, and it can be wrong. The check, four bytes of a hash
//! over all change hashes of the pack, tells a wrong finding; such a pack counts as not attaching ([`Unattached`]) and
//! comes again with whole hashes. See `docs/decisions/0013` and, on the encodings, `0014`.
//!
//! Both ends of a session keep [`PackTables`], so that a feed and a document are named once; a pack in a file starts
//! from empty ones and names no dep of the log. A pack decoded twice changes nothing in them.

use std::collections::BTreeMap;

use crate::entry::{Entry, Item, Record};
use crate::id::{DocId, EntryHash, FeedId, Space};
use crate::keys::Signature;
use crate::leb::{ReadError, Writer};

mod chunk;
mod compress;
mod decode;
mod encode;
mod mixing;
mod resolve;
mod tables;
#[cfg(test)]
mod tests;

pub use decode::decode;
pub use encode::{Encoded, Signatures, encode};
pub use resolve::{Unattached, Unresolved, Wanted, deps};
pub use tables::PackTables;

/// The most bytes of a pack before compression: a line that dies every few seconds still gets packs through.
pub const PACK_BYTES_MAX: usize = 64 * 1024;
/// How much of a hash names a dep of the log.
pub const PREFIX_BYTES: usize = 3;
/// The most deps of the log in one pack: each costs its reader a look into the log.
const WANTED_MAX: usize = 1024;
/// The most deps of all changes of a pack together: naming one takes far less than the hash that it stands for.
const DEPS_MAX: usize = 8 * 1024;
const CHECK_BYTES: usize = 4;

const FORM_PLAIN: u64 = 0;
const FORM_CHANGE: u64 = 1;
const FORM_CHANGE_WHOLE: u64 = 2;
const FORM_CHANGE_EXPLICIT: u64 = 3;

const DEPS_PREVIOUS: u64 = 0;
const DEPS_SAME: u64 = 1;
const DEPS_LISTED: u64 = 2;

const DEP_HASH: u64 = 0;
const DEP_OF_THE_LOG: u64 = 1;
const DEP_IN_PACK: u64 = 2;

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
    /// Deps are more than a pack may have, or go round in a circle.
    #[error("pack has deps that no changes can have")]
    Deps,
    /// The content does not decompress, or not within the bound.
    #[error("pack does not decompress")]
    Compression,
    /// A slot is used that was never set, or set beyond the table's end.
    #[error("pack names an unknown slot")]
    Slot,
    /// There are more or fewer random bytes than the content needs.
    #[error("pack has a wrong number of random bytes")]
    Random,
    /// A sequence number or roster height exceeds 64 bits.
    #[error("pack counts beyond 64 bits")]
    Overflow,
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

fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

fn unzigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}

/// What a change leads one to expect of the next one of its document.
#[derive(Debug, Clone, Copy)]
struct Before {
    place: usize,
    feed: FeedId,
    seq: u64,
    start_op: u64,
}

/// The change before of each document and the time of the last change, as both ends see them while a pack goes on.
#[derive(Debug, Default)]
struct Sequence {
    before: BTreeMap<DocId, Before>,
    time: i64,
}

/// The moment that the first time of a pack is told from: 2026-01-01, in seconds.
const FIRST_TIME: i64 = 1_767_225_600;

impl Sequence {
    fn new() -> Self {
        Self { before: BTreeMap::new(), time: FIRST_TIME }
    }

    /// What one expects: seq, start op, time.
    fn expected(&self, doc: &DocId, feed: &FeedId) -> (u64, u64, i64) {
        let before = self.before.get(doc);
        let seq = before.filter(|it| it.feed == *feed).map_or(0, |it| it.seq.wrapping_add(1));
        (seq, before.map_or(0, |it| it.start_op.wrapping_add(1)), self.time)
    }

    /// Gives the change before.
    fn note(&mut self, doc: DocId, now: Before, time: i64) {
        self.before.insert(doc, now);
        self.time = time;
    }
}
