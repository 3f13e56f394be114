//! Where the log rests: the trait, and its two implementations in memory and in SQLite.
//!
//! A store keeps what it is given and decides nothing; [`crate::log`] decides. All methods are synchronous: the
//! caller owns the one thread and the transaction.

use std::collections::BTreeMap;
use std::fmt;

use crate::entry::Record;
use crate::id::{ChangeHash, DocId, EntryHash, FeedId, NodeNo, Space};
use crate::pack::{self, PREFIX_BYTES, Wanted};
use crate::roster::Roster;

pub mod memory;
#[cfg(feature = "sqlite")]
pub mod sqlite;
#[cfg(test)]
mod tests;

/// What is known of a feed without reading its entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedHead {
    /// The feed.
    pub feed: FeedId,
    /// The node that writes it.
    pub node: NodeNo,
    /// The space it lies in.
    pub space: Space,
    /// Its number among the node's feeds in that space, from 1.
    pub epoch: u8,
    /// How many entries are stored; also the next `seq`.
    pub height: u64,
    /// The hash of the last stored entry.
    pub hash: EntryHash,
    /// The roster height of the last stored entry.
    pub roster: u64,
}

/// Entries of a feed as a session wants them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Loaded {
    /// The entries.
    pub records: Vec<Record>,
    /// Where the changes that they build on lie, as far as they lie in this log: feed and place of the entry.
    pub places: BTreeMap<ChangeHash, (FeedId, u64)>,
}

/// Of so many changes whose hashes begin alike, one is looked for among the first: no author can make a search long.
pub const ALIKE_MAX: usize = 64;

/// Local trouble of a store: the disk, not the data's author.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The disk or the quota is full.
    #[error("disk is full")]
    Full,
    /// What was read back is not what was written.
    #[error("stored data is damaged: {0}")]
    Damaged(&'static str),
    /// The file was written by a newer version of the program.
    #[error("stored data was written by a newer version")]
    FromFuture,
    /// Any other failure of the database.
    #[error("database failed")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A place that keeps the roster and the log.
pub trait Storage: fmt::Debug {
    /// The roster's journal: what makes it again.
    fn statements(&self) -> Result<Vec<Vec<u8>>, StorageError>;

    /// Keeps the statement that follows the last one.
    fn push_statement(&mut self, signed: &[u8]) -> Result<(), StorageError>;

    /// Keeps these statements and no others.
    fn put_statements(&mut self, signed: &[Vec<u8>]) -> Result<(), StorageError>;

    /// Takes the entries of a feed from `height` on out of the log, and gives its head as it is then; `None` if nothing
    /// is left of it. What is cut is not read, so that damage can be cut out as well.
    fn cut(&mut self, feed: &FeedId, height: u64) -> Result<Option<FeedHead>, StorageError>;

    /// All feeds of a space, by (node, epoch, feed).
    fn feeds(&self, space: Space) -> Result<Vec<FeedHead>, StorageError>;

    /// All spaces with at least one feed, in order.
    fn spaces(&self) -> Result<Vec<Space>, StorageError>;

    /// One feed.
    fn feed(&self, feed: &FeedId) -> Result<Option<FeedHead>, StorageError>;

    /// Keeps the entry at its place and makes `head` its feed's head. The caller has checked that it follows.
    fn push_record(&mut self, head: &FeedHead, record: &Record) -> Result<(), StorageError>;

    /// Entries of a feed from `seq` on, ascending, until `bytes_max` bytes are reached; always at least one if there
    /// is one.
    fn records(&self, feed: &FeedId, seq: u64, bytes_max: usize) -> Result<Vec<Record>, StorageError>;

    /// An entry that holds the change.
    fn place(&self, change: &ChangeHash) -> Result<Option<(FeedId, u64)>, StorageError>;

    /// The hashes of the document's changes whose hashes begin so, each once, among the first [`ALIKE_MAX`] of
    /// whatever document that do.
    fn alike(&self, doc: &DocId, prefix: [u8; PREFIX_BYTES]) -> Result<Vec<ChangeHash>, StorageError>;

    /// Keeps what `roster` has and `before` had not. The roster that is stored is `before`.
    fn keep_roster(&mut self, before: &Roster, roster: &Roster) -> Result<(), StorageError> {
        if !before.begins(roster) || before.settled() != roster.settled() || !before.settled().is_empty() {
            return self.put_statements(&roster.journal());
        }
        roster.statements(before.height()).iter().try_for_each(|it| self.push_statement(it))
    }

    /// Entries as [`Self::records`] gives them, and where what they build on lies.
    fn load(&self, feed: &FeedId, seq: u64, bytes_max: usize) -> Result<Loaded, StorageError> {
        let records = self.records(feed, seq, bytes_max)?;
        let mut places = BTreeMap::new();
        for record in &records {
            places.extend(record.entry.changes().map(|(_, hash)| (hash, (*feed, record.entry.seq))));
        }
        for dep in records.iter().flat_map(|record| &record.changes).flat_map(|chunk| pack::deps(chunk)) {
            if !places.contains_key(&dep)
                && let Some(place) = self.place(&dep)?
            {
                places.insert(dep, place);
            }
        }
        Ok(Loaded { records, places })
    }

    /// What a pack names of this log; `None` where there is nothing or more than one thing.
    fn find(&self, wanted: &[Wanted]) -> Result<Vec<Option<ChangeHash>>, StorageError> {
        let only = |found: Vec<ChangeHash>| match found.as_slice() {
            [hash] => Some(*hash),
            _ => None,
        };
        wanted.iter().map(|it| Ok(only(self.alike(&it.doc, it.prefix)?))).collect()
    }
}
