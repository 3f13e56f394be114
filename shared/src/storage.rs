//! Where the log rests: the trait, and its two implementations in memory and in SQLite.
//!
//! A store keeps what it is given and decides nothing; [`crate::log`] decides. All methods are synchronous: the
//! caller owns the one thread and the transaction.

use std::fmt;

use crate::entry::Record;
use crate::id::{EntryHash, FeedId, NodeNo, Space};

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
    /// The roster's signed statements, from height 0 on.
    fn statements(&self) -> Result<Vec<Vec<u8>>, StorageError>;

    /// Keeps the statement that follows the last one.
    fn push_statement(&mut self, signed: &[u8]) -> Result<(), StorageError>;

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
}
