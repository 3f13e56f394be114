//! Looking whether the log is still what was signed: every hash, chain, signature and change.
//!
//! A damaged entry of another node is dropped with all that follows it in its feed, and comes again with the next
//! exchange. An own one is not: it may be the only copy.

use svod_shared::chunk::change_hash;
use svod_shared::entry::Record;
use svod_shared::id::{EntryHash, FeedId, NodeNo};
use svod_shared::storage::Storage as _;
use svod_shared::storage::sqlite::SqliteStorage;
use svod_shared::storage::{FeedHead, StorageError};

use super::Store;

/// What is wrong with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The entry is missing, does not read, or does not have its hash.
    Entry,
    /// It does not point to the one before it.
    Chain,
    /// Its signature does not verify, or nothing signed covers it.
    Signature,
    /// Its changes are not the ones it commits to.
    Changes,
}

/// The first damaged entry of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Damage {
    /// The feed.
    pub feed: FeedId,
    /// Whose it is.
    pub node: NodeNo,
    /// The entry.
    pub seq: u64,
    /// What is wrong.
    pub fault: Fault,
}

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// How many entries were looked at.
    pub entries: u64,
    /// Of each feed the first damaged entry.
    pub damaged: Vec<Damage>,
}

impl Store {
    /// Verifies the whole log against the roster; changes nothing.
    pub fn check(&self) -> Result<Checked, StorageError> {
        let mut checked = Checked::default();
        for head in self.heads()? {
            checked.entries += head.height;
            if let Some((seq, fault)) = self.check_feed(&head)? {
                checked.damaged.push(Damage { feed: head.feed, node: head.node, seq, fault });
            }
        }
        Ok(checked)
    }

    /// Drops what is damaged of others, and makes the views again. Gives what was dropped.
    pub fn heal(&mut self, checked: &Checked) -> Result<Vec<Damage>, StorageError> {
        let me = self.me().map(|me| me.node);
        let mut dropped = checked.damaged.clone();
        dropped.retain(|it| Some(it.node) != me);
        if dropped.is_empty() {
            return Ok(dropped);
        }
        let transaction = self.connection.unchecked_transaction()?;
        for damage in &dropped {
            SqliteStorage::new(&transaction).cut(&damage.feed, damage.seq)?;
        }
        transaction.commit()?;
        self.rebuild()?;
        Ok(dropped)
    }

    fn check_feed(&self, head: &FeedHead) -> Result<Option<(u64, Fault)>, StorageError> {
        let storage = SqliteStorage::new(&self.connection);
        let (mut prev, mut covered) = (EntryHash([0; 32]), 0);
        for seq in 0..head.height {
            let record = match storage.entry(&head.feed, seq) {
                Ok(Some(record)) => record,
                Ok(None) | Err(StorageError::Damaged(_)) => return Ok(Some((seq, Fault::Entry))),
                Err(error) => return Err(error),
            };
            if let Err(fault) = self.check_entry(head, seq, &prev, &record) {
                return Ok(Some((seq, fault)));
            }
            if record.signature.is_some() {
                covered = seq + 1;
            }
            prev = record.entry.hash();
        }
        Ok(if covered < head.height {
            Some((covered, Fault::Signature))
        } else if prev != head.hash {
            Some((head.height.saturating_sub(1), Fault::Chain))
        } else {
            None
        })
    }

    fn check_entry(&self, head: &FeedHead, seq: u64, prev: &EntryHash, record: &Record) -> Result<(), Fault> {
        let entry = &record.entry;
        if entry.feed != head.feed || entry.seq != seq || entry.prev != *prev {
            return Err(Fault::Chain);
        }
        if let Some(signature) = &record.signature {
            let key = self.roster.node(head.node).and_then(|it| it.key_at(entry.roster));
            if !key.is_some_and(|key| entry.is_signed_by(key, signature)) {
                return Err(Fault::Signature);
            }
        }
        let committed = entry.changes().map(|(_, hash)| Some(hash));
        let carried = record.changes.iter().map(|it| change_hash(it).ok());
        if committed.eq(carried) { Ok(()) } else { Err(Fault::Changes) }
    }
}
