//! What this node says it has, signed; and what others say.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::Connection;
use svod_shared::frontier::{Frontier, FrontierError};
use svod_shared::id::Space;
use svod_shared::roster::FIRST_RULES;
use svod_shared::storage::sqlite::{SqliteStorage, frontiers};
use svod_shared::storage::{Storage, StorageError};
use svod_shared::sync::Snapshot;
use svod_shared::time::Timestamp;
use svod_shared::vector::{StateDigest, Vector};

use super::Store;
use super::closings::standing;
use crate::projections::meta;

impl Store {
    /// Signs what this node has of a space now and keeps it, since the next Hello refers to it; `None` until it is admitted.
    pub fn sign_frontier(&mut self, space: Space) -> Result<Option<Vec<u8>>, StorageError> {
        let Some(me) = self.me() else { return Ok(None) };
        let counter = meta::number(&self.connection, meta::Key::FrontierCounter)? + 1;
        meta::put_number(&self.connection, meta::Key::FrontierCounter, counter)?;
        // The same as a session says: entries above the end of their feed count for the lead alone.
        let heads = if self.is_lead() {
            SqliteStorage::new(&self.connection).feeds(space)?
        } else {
            standing(&self.connection, &self.roster, space)?
        };
        let frontier = Frontier {
            node: me.node,
            counter,
            space,
            roster: self.roster.height(),
            rules: FIRST_RULES,
            digest: StateDigest::of(space, &heads),
            vector: Vector::of(&heads),
        };
        let bytes = frontier.sign(&self.roster.network(), &self.node_key);
        frontiers::put(&self.connection, me.node, space, counter, &bytes, self.now())?;
        Ok(Some(bytes))
    }

    /// The newest frontiers that this node has signed.
    pub fn own_frontiers(&self) -> Result<BTreeMap<Space, Frontier>, StorageError> {
        let Some(me) = self.me() else { return Ok(BTreeMap::new()) };
        Ok(Frontier::by_space(&frontiers::of_node(&self.connection, me.node)?))
    }

    /// The state that a session starts from.
    pub fn snapshot(&self) -> Result<Snapshot, StorageError> {
        let mut heads: BTreeMap<Space, Vec<_>> = BTreeMap::new();
        for head in self.heads()? {
            heads.entry(head.space).or_default().push(head);
        }
        Ok(Snapshot {
            roster: Arc::clone(&self.roster),
            heads,
            frontier_cursor: self.frontier_cursor()?,
            frontiers: self.own_frontiers()?,
        })
    }

    /// Keeps another node's frontier, if its signature holds and it is newer than the one kept.
    pub fn receive_frontier(&mut self, bytes: &[u8]) -> Result<Result<bool, FrontierError>, StorageError> {
        let frontier = match Frontier::verify(bytes, &self.roster) {
            Ok(frontier) => frontier,
            Err(error) => return Ok(Err(error)),
        };
        let now = self.now();
        let kept =
            frontiers::put(&self.connection, frontier.node, frontier.space, frontier.counter, bytes, now)?;
        Ok(Ok(kept))
    }

    /// Keeps how far the relay's frontiers have been received.
    pub fn keep_frontier_cursor(&mut self, cursor: u64) -> Result<(), StorageError> {
        meta::put_number(&self.connection, meta::Key::FrontierCursor, cursor)
    }

    /// How far the relay's frontiers have been received.
    pub fn frontier_cursor(&self) -> Result<u64, StorageError> {
        meta::number(&self.connection, meta::Key::FrontierCursor)
    }

    /// Notes that something was exchanged or agreed just now.
    pub fn note_exchange(&mut self) -> Result<(), StorageError> {
        let now = self.now();
        meta::put_number(&self.connection, meta::Key::LastExchange, now.0)
    }
}

/// Notes that the next write opens a new feed. Frontiers of a former life had higher counters perhaps: since there is at
/// most one a minute, the clock's seconds are above them all.
pub(super) fn renew(connection: &Connection, now: Timestamp) -> Result<(), StorageError> {
    let counter = meta::number(connection, meta::Key::FrontierCounter)?;
    meta::put_number(connection, meta::Key::FrontierCounter, counter.max(now.0 / 1_000))?;
    meta::put(connection, meta::Key::NewEpoch, "needed")
}
