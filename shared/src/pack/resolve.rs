//! From what a pack says of hashes to the hashes.

use std::collections::VecDeque;

use super::chunk::{self, Parts};
use super::{CHECK_BYTES, PREFIX_BYTES, Pack, PackError, PackedEntry, Run};
use crate::entry::Item;
use crate::id::{ChangeHash, DocId, FeedId, Space, sha256};
use crate::keys::Signature;
use crate::leb::Writer;

/// A change that lies in the log, as a pack names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Its document.
    pub doc: DocId,
    /// The beginning of its hash.
    pub prefix: [u8; PREFIX_BYTES],
}

/// A pack read, but for the changes of the log that it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unresolved {
    pub(super) space: Space,
    pub(super) runs: Vec<PendingRun>,
    /// The changes in the order of their items.
    pub(super) changes: Vec<Change>,
    pub(super) wanted: Vec<Wanted>,
    pub(super) check: Option<[u8; CHECK_BYTES]>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PendingRun {
    pub(super) feed: FeedId,
    pub(super) first: u64,
    pub(super) entries: Vec<PendingEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PendingEntry {
    pub(super) roster: u64,
    pub(super) items: Vec<PendingItem>,
    pub(super) signature: Option<Signature>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PendingItem {
    /// An item that is here.
    Whole(Item),
    /// The next change, of this document.
    Change(DocId),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) bytes: Bytes,
    pub(super) length: usize,
    pub(super) rest: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Bytes {
    /// Parts that lack deps and columns.
    Parts(Vec<Dep>, Parts),
    /// The rest is the chunk's body.
    Body,
    /// The rest is the chunk, and this its hash.
    Given(ChangeHash),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dep {
    Hash(ChangeHash),
    InPack(usize),
    OfTheLog(usize),
}

/// Why a pack that reads well gives no entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unattached {
    /// A change of the log that it names is not here, or is another one: not the sender's fault.
    #[error("pack builds on changes that are not here")]
    Absent,
    /// It is broken.
    #[error(transparent)]
    Broken(#[from] PackError),
}

impl Unresolved {
    /// The space that the sender says its feeds lie in.
    pub fn space(&self) -> Space {
        self.space
    }

    /// The changes that have to be found in the log, in the order in which [`Self::resolve`] takes their hashes.
    pub fn wanted(&self) -> &[Wanted] {
        &self.wanted
    }

    /// The runs' feeds and ends.
    pub fn ends(&self) -> impl Iterator<Item = (FeedId, u64)> {
        self.runs.iter().map(|run| (run.feed, run.first.saturating_add(run.entries.len() as u64)))
    }

    /// The pack, with what was found in the log.
    pub fn resolve(self, found: &[Option<ChangeHash>]) -> Result<Pack, Unattached> {
        let Self { space, runs, changes, wanted, check } = self;
        let of_the_log: Option<Vec<ChangeHash>> =
            (0..wanted.len()).map(|at| found.get(at).copied().flatten()).collect();
        let restored = restore_all(changes, &of_the_log.ok_or(Unattached::Absent)?)?;
        if check.is_some_and(|check| check != self::check(restored.iter().map(|(hash, _)| hash))) {
            return Err(Unattached::Absent);
        }
        let mut restored = restored.into_iter();
        let runs = runs.into_iter().map(|run| {
            let entries = run.entries.into_iter().map(|entry| finish(entry, &mut restored)).collect();
            Run { feed: run.feed, first: run.first, entries }
        });
        Ok(Pack { space, runs: runs.collect() })
    }
}

fn finish(entry: PendingEntry, restored: &mut impl Iterator<Item = (ChangeHash, Vec<u8>)>) -> PackedEntry {
    let (mut items, mut changes) = (Vec::new(), Vec::new());
    for item in entry.items {
        match item {
            PendingItem::Whole(item) => {
                // Changes have forms of their own; here one would lack its bytes.
                if matches!(item, Item::Change { .. }) {
                    changes.push(Vec::new());
                }
                items.push(item);
            }
            PendingItem::Change(doc) => {
                let (hash, bytes) = restored.next().unwrap_or((ChangeHash([0; 32]), Vec::new()));
                items.push(Item::Change { doc, hash });
                changes.push(bytes);
            }
        }
    }
    PackedEntry { roster: entry.roster, items, changes, signature: entry.signature }
}

/// Hashes and chunks of all changes: one whose deps lie in the pack comes after them, wherever it stands.
fn restore_all(
    changes: Vec<Change>,
    of_the_log: &[ChangeHash],
) -> Result<Vec<(ChangeHash, Vec<u8>)>, PackError> {
    let count = changes.len();
    let mut waits = vec![0usize; count];
    let mut followers = vec![Vec::new(); count];
    for (place, change) in changes.iter().enumerate() {
        let Bytes::Parts(deps, _) = &change.bytes else { continue };
        for dep in deps {
            let Dep::InPack(on) = dep else { continue };
            followers.get_mut(*on).ok_or(PackError::Deps)?.push(place);
            *waits.get_mut(place).ok_or(PackError::Deps)? += 1;
        }
    }
    let ready = waits.iter().enumerate().filter(|(_, waits)| **waits == 0);
    let mut ready: VecDeque<usize> = ready.map(|(place, _)| place).collect();
    let mut restored: Vec<Option<(ChangeHash, Vec<u8>)>> = vec![None; count];
    let mut changes: Vec<Option<Change>> = changes.into_iter().map(Some).collect();
    while let Some(place) = ready.pop_front() {
        let Some(change) = changes.get_mut(place).and_then(Option::take) else { continue };
        let hash = |dep: &Dep| match dep {
            Dep::Hash(hash) => Some(*hash),
            Dep::InPack(on) => restored.get(*on)?.as_ref().map(|it| it.0),
            Dep::OfTheLog(at) => of_the_log.get(*at).copied(),
        };
        let made = match change.bytes {
            Bytes::Given(hash) => (hash, change.rest),
            Bytes::Body => chunk::restore(&change.rest),
            Bytes::Parts(deps, parts) => {
                let deps = deps.iter().map(hash).collect::<Option<_>>().ok_or(PackError::Deps)?;
                chunk::restore(&Parts { deps, rest: change.rest, ..parts }.to_body())
            }
        };
        if let Some(slot) = restored.get_mut(place) {
            *slot = Some(made);
        }
        for follower in followers.get(place).into_iter().flatten() {
            let Some(waits) = waits.get_mut(*follower) else { continue };
            *waits -= 1;
            if *waits == 0 {
                ready.push_back(*follower);
            }
        }
    }
    restored.into_iter().collect::<Option<_>>().ok_or(PackError::Deps)
}

/// What tells that the right changes were found.
pub(super) fn check<'a>(hashes: impl Iterator<Item = &'a ChangeHash>) -> [u8; CHECK_BYTES] {
    let mut writer = Writer::domain("svod/1 pack");
    for hash in hashes {
        writer.raw(hash.as_bytes());
    }
    sha256(writer.as_slice()).first_chunk().copied().unwrap_or_default()
}

/// The changes that a chunk builds on; none if it cannot be read.
pub fn deps(chunk: &[u8]) -> Vec<ChangeHash> {
    chunk::deps(chunk)
}
