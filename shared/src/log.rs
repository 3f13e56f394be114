//! What may enter the log: the part of the gate that relay and node run alike, before anybody opens a document.
//!
//! A record is accepted if all of this holds, checked in this order:
//!
//! - it extends its feed by exactly one entry, and points to the hash of the entry before;
//! - a first entry carries the `open` item from which the [`FeedId`] follows, its node is in the roster, and the node
//!   has opened fewer than [`EPOCHS_MAX`] feeds in that space;
//! - the feed is not closed below it, but at the lead, who keeps some of what came after ([`Late`]);
//! - its roster height is known here, not below its predecessor's, nor below its node's admission;
//! - its node's key has signed it, or a later entry of the same unbroken run;
//! - every document it touches lies in the feed's space and may be written by the node at the entry's roster height;
//! - the chunks beside it are the ones whose hashes it commits to, and none is too large.
//!
//! Accepting is idempotent: an entry that is here already is passed over. A second entry at a place that is taken is
//! a fork and is refused; nothing applied is ever taken back because of it. What a change *means* is not looked at.

use std::collections::{BTreeMap, BTreeSet};

use crate::chunk::change_hash;
use crate::entry::{ENTRY_BYTES_MAX, EPOCHS_MAX, Entry, Item, Open, Record};
use crate::id::{EntryHash, FeedId, NodeNo, Space};
use crate::roster::{NoRight, Roster};
use crate::storage::{FeedHead, Storage, StorageError};

/// What became of the records offered.
#[derive(Debug, Default)]
pub struct Accepted {
    /// The records that are new here and now stored, in order.
    pub appended: Vec<Record>,
    /// The heads of the feeds that grew.
    pub heads: Vec<FeedHead>,
    /// The records that were not taken, with the reason; of each feed the first one only, since nothing can follow it.
    pub refused: Vec<Refused>,
}

/// A record that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its feed.
    pub feed: FeedId,
    /// Its place.
    pub seq: u64,
    /// Its hash.
    pub hash: EntryHash,
    /// Why.
    pub reason: Refusal,
}

/// Why a record was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Entries between the feed's head and this one are not here.
    #[error("feed stands at {height}: entries are missing before this one")]
    Gap {
        /// How many entries are here.
        height: u64,
    },
    /// Another entry stands at this place: two signed ones are a proof of a fork.
    #[error("another entry stands at this place")]
    Fork {
        /// The entry that is here.
        here: EntryHash,
    },
    /// It does not point to the entry before it.
    #[error("entry does not follow the one before it")]
    Chain,
    /// A first entry without a well-formed `open` item, or an `open` item elsewhere.
    #[error("feed is not opened as it must be")]
    Opening,
    /// The node has opened too many feeds, or one that cannot be told from another.
    #[error("node may not open this feed")]
    TooManyFeeds,
    /// The roster here is lower than the author's: the roster comes first.
    #[error("author's roster is at height {height}, which is not here yet")]
    RosterAhead {
        /// The author's roster height.
        height: u64,
    },
    /// The roster height falls along the feed or lies before the node's admission.
    #[error("roster height of the entry cannot be")]
    RosterHeight,
    /// The node is not in the roster.
    #[error("node is not in the roster")]
    UnknownNode,
    /// The feed was closed below this entry, or along another branch.
    #[error("feed is closed below this entry")]
    Closed,
    /// No valid signature covers it.
    #[error("signature does not verify")]
    Signature,
    /// It touches a document of another space.
    #[error("document lies in another space")]
    WrongSpace,
    /// Its node may not write a document it touches.
    #[error("node may not write the document")]
    NoRight(#[from] NoRight),
    /// Its chunks are not the ones it commits to, or are too large.
    #[error("changes are not the ones the entry commits to")]
    Changes,
}

/// The most entries of a feed above its closing that the lead keeps, to decide about.
pub const LATE_MAX: u64 = 1_000;
/// The most bytes of them, of one feed.
pub const LATE_BYTES_MAX: usize = 1024 * 1024;

/// What becomes of entries above a closing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Late {
    /// They are refused: everywhere but at the lead.
    Refuse,
    /// They are stored within [`LATE_MAX`] and [`LATE_BYTES_MAX`], and do not count ([`standing`]): the lead decides.
    Keep,
}

/// Offers records to the log; what holds is stored at once, within the caller's transaction.
pub fn accept(
    storage: &mut impl Storage,
    roster: &Roster,
    records: Vec<Record>,
) -> Result<Accepted, StorageError> {
    accept_with(storage, roster, records, Late::Refuse)
}

/// As [`accept`], with a say on entries above a closing.
pub fn accept_with(
    storage: &mut impl Storage,
    roster: &Roster,
    records: Vec<Record>,
    late: Late,
) -> Result<Accepted, StorageError> {
    let mut accepted = Accepted::default();
    let mut heads = BTreeMap::new();
    let mut refused = BTreeSet::new();
    let covered = signed_runs(roster, storage, &records)?;
    for (record, covered) in records.into_iter().zip(covered) {
        let entry = &record.entry;
        if refused.contains(&entry.feed) {
            continue;
        }
        match place(storage, roster, &record, covered, late)? {
            Placed::Here => {}
            Placed::Next(head) => {
                storage.push_record(&head, &record)?;
                heads.insert(head.feed, head);
                accepted.appended.push(record);
            }
            Placed::Refused(reason) => {
                refused.insert(entry.feed);
                accepted.refused.push(Refused {
                    feed: entry.feed,
                    seq: entry.seq,
                    hash: entry.hash(),
                    reason,
                });
            }
        }
    }
    accepted.heads = heads.into_values().collect();
    Ok(accepted)
}

enum Placed {
    Here,
    Next(FeedHead),
    Refused(Refusal),
}

fn place(
    storage: &impl Storage,
    roster: &Roster,
    record: &Record,
    covered: bool,
    late: Late,
) -> Result<Placed, StorageError> {
    let entry = &record.entry;
    let head = storage.feed(&entry.feed)?;
    let height = head.map_or(0, |it| it.height);
    if entry.seq < height {
        return already(storage, entry);
    }
    if entry.seq > height {
        return Ok(Placed::Refused(Refusal::Gap { height }));
    }
    let checked = match head {
        None => match opening(storage, roster, entry)? {
            Ok(open) => Ok((open.node, open.space, open.epoch)),
            Err(refusal) => Err(refusal),
        },
        Some(head) => following(&head, entry).map(|()| (head.node, head.space, head.epoch)),
    };
    let checked = match checked {
        Ok((node, _, _)) => match side(storage, roster, entry, node)? {
            Side::Stands => checked,
            Side::Late if late == Late::Keep && room_for_late(storage, roster, record, node)? => checked,
            Side::Late | Side::OtherBranch => Err(Refusal::Closed),
        },
        Err(refusal) => Err(refusal),
    };
    let checked = checked.and_then(|(node, space, epoch)| {
        rights(roster, record, node, space, covered).map(|()| FeedHead {
            feed: entry.feed,
            node,
            space,
            epoch,
            height: height + 1,
            hash: entry.hash(),
            roster: entry.roster,
        })
    });
    Ok(checked.map_or_else(Placed::Refused, Placed::Next))
}

/// The entry's place is taken: by itself, or by another.
fn already(storage: &impl Storage, entry: &Entry) -> Result<Placed, StorageError> {
    let stored = storage.records(&entry.feed, entry.seq, 0)?;
    let stored = stored.first().ok_or(StorageError::Damaged("feed is shorter than its head says"))?;
    let here = stored.entry.hash();
    Ok(if here == entry.hash() { Placed::Here } else { Placed::Refused(Refusal::Fork { here }) })
}

fn opening<'e>(
    storage: &impl Storage,
    roster: &Roster,
    entry: &'e Entry,
) -> Result<Result<&'e Open, Refusal>, StorageError> {
    let Some(open) = entry.open() else { return Ok(Err(Refusal::Opening)) };
    let derived = FeedId::derive(&roster.network(), open.node, open.space, open.epoch, &open.random);
    if derived != entry.feed || entry.prev != EntryHash([0; 32]) || open.epoch == 0 || opens_again(entry) {
        return Ok(Err(Refusal::Opening));
    }
    let mut siblings = 0;
    for space in storage.spaces()? {
        for feed in storage.feeds(space)? {
            siblings += usize::from(feed.node == open.node && feed.space == open.space);
            if feed.feed.actor() == entry.feed.actor() {
                return Ok(Err(Refusal::TooManyFeeds));
            }
        }
    }
    Ok(if siblings < usize::from(EPOCHS_MAX) { Ok(open) } else { Err(Refusal::TooManyFeeds) })
}

/// How an entry lies to the closing of its feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    /// It stands, if its author had the right.
    Stands,
    /// It lies above: written after the end.
    Late,
    /// It is of another branch than the one that was closed.
    OtherBranch,
}

/// Whether an entry of `node` lies above the closing of its feed, or on another branch than the one it closed. Of a feed
/// that no statement names, the roster height of its first entry decides.
pub fn is_closed(
    storage: &impl Storage,
    roster: &Roster,
    entry: &Entry,
    node: NodeNo,
) -> Result<bool, StorageError> {
    Ok(side(storage, roster, entry, node)? != Side::Stands)
}

fn side(storage: &impl Storage, roster: &Roster, entry: &Entry, node: NodeNo) -> Result<Side, StorageError> {
    let Some(closing) = roster.closing(&entry.feed, node) else { return Ok(Side::Stands) };
    let opened = match entry.seq {
        0 => entry.roster,
        _ => opened_at(storage, &entry.feed)?,
    };
    Ok(if opened >= closing.below || entry.seq.saturating_add(1) < closing.height {
        Side::Stands
    } else if entry.seq >= closing.height {
        Side::Late
    } else if entry.hash() == closing.hash {
        Side::Stands
    } else {
        Side::OtherBranch
    })
}

fn opened_at(storage: &impl Storage, feed: &FeedId) -> Result<u64, StorageError> {
    Ok(storage.records(feed, 0, 0)?.first().map_or(0, |it| it.entry.roster))
}

/// How many of a feed's stored entries stand: those above are written after its closing, or of another branch.
pub fn standing(storage: &impl Storage, roster: &Roster, head: &FeedHead) -> Result<u64, StorageError> {
    let Some(closing) = roster.closing(&head.feed, head.node) else { return Ok(head.height) };
    if closing.height > head.height || opened_at(storage, &head.feed)? >= closing.below {
        return Ok(head.height);
    }
    let Some(last) = closing.height.checked_sub(1) else { return Ok(0) };
    let at = storage.records(&head.feed, last, 0)?;
    let follows = at.first().is_some_and(|it| it.entry.hash() == closing.hash);
    Ok(if follows { closing.height } else { last })
}

/// Takes out of the log what was written under roster heights above `height`, after the roster was rewritten from there
/// on: the statements that it was written under do not stand. Gives what was taken out.
pub fn cut_above(storage: &mut impl Storage, height: u64) -> Result<Vec<Record>, StorageError> {
    let mut cut = Vec::new();
    for space in storage.spaces()? {
        for head in storage.feeds(space)?.into_iter().filter(|it| it.roster > height) {
            let records = storage.records(&head.feed, 0, usize::MAX)?;
            let stays = records.iter().take_while(|it| it.entry.roster <= height).count();
            storage.cut(&head.feed, stays as u64)?;
            cut.extend(records.into_iter().skip(stays));
        }
    }
    Ok(cut)
}

fn room_for_late(
    storage: &impl Storage,
    roster: &Roster,
    record: &Record,
    node: NodeNo,
) -> Result<bool, StorageError> {
    let feed = record.entry.feed;
    let from = roster.closing(&feed, node).map_or(0, |it| it.height);
    let kept = storage.records(&feed, from, LATE_BYTES_MAX)?;
    let bytes = kept.iter().map(Record::size).sum::<usize>().saturating_add(record.size());
    Ok(record.entry.seq.saturating_sub(from) < LATE_MAX && bytes <= LATE_BYTES_MAX)
}

fn opens_again(entry: &Entry) -> bool {
    entry.items.iter().skip(1).any(|item| matches!(item, Item::Open(_)))
}

fn following(head: &FeedHead, entry: &Entry) -> Result<(), Refusal> {
    if entry.prev != head.hash {
        return Err(Refusal::Chain);
    }
    if entry.items.iter().any(|item| matches!(item, Item::Open(_))) {
        return Err(Refusal::Opening);
    }
    if entry.roster < head.roster { Err(Refusal::RosterHeight) } else { Ok(()) }
}

fn rights(
    roster: &Roster,
    record: &Record,
    node: NodeNo,
    space: Space,
    covered: bool,
) -> Result<(), Refusal> {
    let entry = &record.entry;
    if entry.roster > roster.height() {
        return Err(Refusal::RosterAhead { height: entry.roster });
    }
    let known = roster.node(node).ok_or(Refusal::UnknownNode)?;
    if entry.roster < known.added_at_height {
        return Err(Refusal::RosterHeight);
    }
    if !covered {
        return Err(Refusal::Signature);
    }
    for item in &entry.items {
        if let Item::Change { doc, .. } | Item::Erase { doc } = item {
            if doc.space() != Some(space) {
                return Err(Refusal::WrongSpace);
            }
            roster.may_write(node, doc, entry.roster)?;
        }
    }
    chunks(record)
}

fn chunks(record: &Record) -> Result<(), Refusal> {
    let committed: Vec<_> = record.entry.changes().map(|(_, hash)| Ok(hash)).collect();
    let carried: Vec<_> = record.changes.iter().map(|it| change_hash(it)).collect();
    if committed != carried || record.size() > ENTRY_BYTES_MAX { Err(Refusal::Changes) } else { Ok(()) }
}

/// For each record, whether a valid signature covers it: its own, or a later one of an unbroken run of its feed. A
/// signature that does not verify covers nothing and breaks the run, so that what is stored is never a false one.
fn signed_runs(
    roster: &Roster,
    storage: &impl Storage,
    records: &[Record],
) -> Result<Vec<bool>, StorageError> {
    let mut covered = vec![false; records.len()];
    let mut next: BTreeMap<FeedId, (u64, EntryHash)> = BTreeMap::new();
    for (record, covered) in records.iter().zip(&mut covered).rev() {
        let entry = &record.entry;
        let Some(node) = author(storage, entry, records)? else { continue };
        let Some(key) = roster.node(node).and_then(|it| it.key_at(entry.roster)) else { continue };
        *covered = match &record.signature {
            Some(signature) => entry.is_signed_by(key, signature),
            None => next.get(&entry.feed) == Some(&(entry.seq + 1, entry.hash())),
        };
        if *covered {
            next.insert(entry.feed, (entry.seq, entry.prev));
        } else {
            next.remove(&entry.feed);
        }
    }
    Ok(covered)
}

/// The node whose feed it is: by the stored head, or by the opening among the records offered.
fn author(storage: &impl Storage, entry: &Entry, records: &[Record]) -> Result<Option<NodeNo>, StorageError> {
    if let Some(head) = storage.feed(&entry.feed)? {
        return Ok(Some(head.node));
    }
    let opening = records.iter().find(|it| it.entry.feed == entry.feed && it.entry.seq == 0);
    Ok(opening.and_then(|it| it.entry.open()).map(|it| it.node))
}

impl Accepted {
    /// Feeds of which the other side seems to hold another branch. A run names its first entry's predecessor by its place
    /// alone, so that another branch looks like a signature that does not fit.
    pub fn other_branches(&self) -> Vec<FeedId> {
        other_branches(&self.refused)
    }
}

/// The same of what was refused.
pub fn other_branches(refused: &[Refused]) -> Vec<FeedId> {
    let other =
        |it: &&Refused| matches!(it.reason, Refusal::Fork { .. } | Refusal::Chain | Refusal::Signature);
    refused.iter().filter(other).map(|it| it.feed).collect()
}

impl Refusal {
    /// A short name for logs and message catalogues.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Gap { .. } => "gap",
            Self::Fork { .. } => "fork",
            Self::Chain => "chain",
            Self::Opening => "opening",
            Self::TooManyFeeds => "too-many-feeds",
            Self::RosterAhead { .. } => "roster-ahead",
            Self::RosterHeight => "roster-height",
            Self::UnknownNode => "unknown-node",
            Self::Closed => "closed",
            Self::Signature => "signature",
            Self::WrongSpace => "wrong-space",
            Self::NoRight(_) => "no-right",
            Self::Changes => "changes",
        }
    }
}

#[cfg(test)]
mod tests;
