//! Runs of a packet tied to the chains that stand here.

use crate::entry::Record;
use crate::id::FeedId;
use crate::pack::{NO_ENTRY, Run};
use crate::storage::{Storage, StorageError};

/// What of a run can be offered to the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attached {
    /// Records to offer, and how many were here already. If an entry of the run differs from the one here, all of
    /// them are offered: the log names the fork.
    Records(Vec<Record>, u64),
    /// Entries before the run are missing.
    Missing(Missing),
}

/// Entries that are neither here nor in the packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Missing {
    /// The feed.
    pub feed: FeedId,
    /// The first that is missing.
    pub from: u64,
    /// The first after it that the packet has.
    pub to: u64,
}

/// Ties a run to what is stored.
pub fn attach(storage: &impl Storage, run: Run) -> Result<Attached, StorageError> {
    let feed = run.feed;
    let height = storage.feed(&feed)?.map_or(0, |it| it.height);
    if run.first > height {
        return Ok(Attached::Missing(Missing { feed, from: height, to: run.first }));
    }
    let first = run.first;
    let before = match first.checked_sub(1) {
        None => NO_ENTRY,
        Some(seq) => hash_at(storage, &feed, seq)?,
    };
    let mut records = run.records(first, before).unwrap_or_default();
    let overlap = usize::try_from(height - first).unwrap_or(usize::MAX).min(records.len());
    let Some(last) = overlap.checked_sub(1).and_then(|it| records.get(it)) else {
        return Ok(Attached::Records(records, 0));
    };
    if hash_at(storage, &feed, last.entry.seq)? != last.entry.hash() {
        return Ok(Attached::Records(records, 0));
    }
    records.drain(..overlap);
    Ok(Attached::Records(records, overlap as u64))
}

fn hash_at(storage: &impl Storage, feed: &FeedId, seq: u64) -> Result<crate::id::EntryHash, StorageError> {
    let stored = storage.records(feed, seq, 0)?;
    let stored = stored.first().ok_or(StorageError::Damaged("feed is shorter than its head says"))?;
    Ok(stored.entry.hash())
}
