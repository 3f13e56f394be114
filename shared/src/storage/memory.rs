//! The log in memory, for tests and simulations.

use std::collections::{BTreeMap, BTreeSet};

use super::{ALIKE_MAX, FeedHead, Storage, StorageError};
use crate::entry::Record;
use crate::id::{ChangeHash, DocId, FeedId, Space};
use crate::pack::PREFIX_BYTES;

/// A store that forgets everything when it is dropped.
#[derive(Debug, Default, Clone)]
pub struct MemoryStorage {
    statements: Vec<Vec<u8>>,
    feeds: BTreeMap<FeedId, FeedHead>,
    records: BTreeMap<(FeedId, u64), Record>,
    changes: BTreeMap<ChangeHash, (DocId, FeedId, u64)>,
}

impl Storage for MemoryStorage {
    fn statements(&self) -> Result<Vec<Vec<u8>>, StorageError> {
        Ok(self.statements.clone())
    }

    fn push_statement(&mut self, signed: &[u8]) -> Result<(), StorageError> {
        self.statements.push(signed.to_vec());
        Ok(())
    }

    fn put_statements(&mut self, signed: &[Vec<u8>]) -> Result<(), StorageError> {
        self.statements = signed.to_vec();
        Ok(())
    }

    fn cut(&mut self, feed: &FeedId, height: u64) -> Result<Option<FeedHead>, StorageError> {
        let Some(head) = self.feeds.get(feed).copied().filter(|it| it.height > height) else {
            return self.feed(feed);
        };
        self.records.retain(|(of, seq), _| of != feed || *seq < height);
        self.changes.retain(|_, (_, of, seq)| of != feed || *seq < height);
        let last = height.checked_sub(1).and_then(|last| self.records.get(&(*feed, last)));
        let Some(last) = last.map(|it| &it.entry) else {
            self.feeds.remove(feed);
            return Ok(None);
        };
        let head = FeedHead { height, hash: last.hash(), roster: last.roster, ..head };
        self.feeds.insert(*feed, head);
        Ok(Some(head))
    }

    fn feeds(&self, space: Space) -> Result<Vec<FeedHead>, StorageError> {
        let mut feeds: Vec<_> = self.feeds.values().filter(|it| it.space == space).copied().collect();
        feeds.sort_by_key(|it| (it.node, it.epoch, it.feed));
        Ok(feeds)
    }

    fn spaces(&self) -> Result<Vec<Space>, StorageError> {
        let spaces: BTreeSet<_> = self.feeds.values().map(|it| it.space).collect();
        Ok(spaces.into_iter().collect())
    }

    fn feed(&self, feed: &FeedId) -> Result<Option<FeedHead>, StorageError> {
        Ok(self.feeds.get(feed).copied())
    }

    fn push_record(&mut self, head: &FeedHead, record: &Record) -> Result<(), StorageError> {
        let (feed, seq) = (record.entry.feed, record.entry.seq);
        self.changes.extend(record.entry.changes().map(|(doc, hash)| (hash, (doc, feed, seq))));
        self.records.insert((feed, seq), record.clone());
        self.feeds.insert(head.feed, *head);
        Ok(())
    }

    fn records(&self, feed: &FeedId, seq: u64, bytes_max: usize) -> Result<Vec<Record>, StorageError> {
        let mut bytes = 0;
        let stored = self.records.range((*feed, seq)..=(*feed, u64::MAX)).map(|(_, record)| record);
        let within = stored.take_while(|record| {
            let first = bytes == 0;
            bytes += record.size();
            first || bytes <= bytes_max
        });
        Ok(within.cloned().collect())
    }

    fn place(&self, change: &ChangeHash) -> Result<Option<(FeedId, u64)>, StorageError> {
        Ok(self.changes.get(change).map(|(_, feed, seq)| (*feed, *seq)))
    }

    fn alike(&self, doc: &DocId, prefix: [u8; PREFIX_BYTES]) -> Result<Vec<ChangeHash>, StorageError> {
        let mut least = [0; 32];
        least.split_at_mut(PREFIX_BYTES).0.copy_from_slice(&prefix);
        let alike = self.changes.range(ChangeHash(least)..);
        let alike = alike.take_while(|(hash, _)| hash.as_bytes().starts_with(&prefix)).take(ALIKE_MAX);
        Ok(alike.filter(|(_, (of, ..))| of == doc).map(|(hash, _)| *hash).collect())
    }
}
