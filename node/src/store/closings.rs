//! What a roster that has changed does to entries that are here: ends of feeds, and statements that do not stand any more.
//!
//! Entries above the end of their feed stay in the log and are not applied; nothing is taken back that stood below it, and
//! a raised end brings back what lies below it. Only where the roster itself was rewritten are entries taken out of the
//! log, by every node alike: they were written under statements that do not stand. The author's own node writes again
//! what was its own.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};
use svod_shared::id::{DocId, FeedId, Space};
use svod_shared::log;
use svod_shared::roster::Roster;
use svod_shared::storage::sqlite::SqliteStorage;
use svod_shared::storage::{FeedHead, Storage, StorageError};

use super::rebuild::rebuild_document;
use super::recovery::{Written, own_actors};
use super::{Store, frontiers, inbox};
use crate::projections::stranded;

/// The heads of a space's feeds as far as they count.
pub(super) fn standing(
    connection: &Connection,
    roster: &Roster,
    space: Space,
) -> Result<Vec<FeedHead>, StorageError> {
    let storage = SqliteStorage::new(connection);
    let mut heads = Vec::new();
    for head in storage.feeds(space)? {
        let height = log::standing(&storage, roster, &head)?;
        let Some(last) = height.checked_sub(1) else { continue };
        if height == head.height {
            heads.push(head);
            continue;
        }
        let records = storage.records(&head.feed, last, 0)?;
        let last = records.first().ok_or(StorageError::Damaged("feed is shorter than its head says"))?;
        heads.push(FeedHead { height, hash: last.entry.hash(), roster: last.entry.roster, ..head });
    }
    Ok(heads)
}

/// The documents touched by entries that stand under one roster and not under the other.
pub(super) fn touched(
    connection: &Connection,
    before: &Roster,
    roster: &Roster,
) -> Result<BTreeSet<DocId>, StorageError> {
    let storage = SqliteStorage::new(connection);
    let mut docs = BTreeSet::new();
    for space in storage.spaces()? {
        for head in storage.feeds(space)? {
            if before.closing(&head.feed, head.node) == roster.closing(&head.feed, head.node) {
                continue;
            }
            let stood = log::standing(&storage, before, &head)?;
            let stands = log::standing(&storage, roster, &head)?;
            if stood != stands {
                docs.extend(docs_from(connection, &head.feed, stood.min(stands))?);
            }
        }
    }
    Ok(docs)
}

fn docs_from(connection: &Connection, feed: &FeedId, seq: u64) -> Result<Vec<DocId>, StorageError> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT change.doc FROM change JOIN feed ON feed.key = change.feed
         WHERE feed.id = ?1 AND change.seq >= ?2",
    )?;
    let from = i64::try_from(seq).unwrap_or(i64::MAX);
    let rows = statement.query_map(params![feed.as_bytes(), from], |row| Ok(DocId(row.get(0)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl Store {
    /// Follows a roster that was rewritten down to a height; gives the head of the own feed in which writing goes on.
    pub(super) fn follow_rewritten(
        &self,
        connection: &Connection,
        height: u64,
    ) -> Result<Option<FeedHead>, StorageError> {
        let (now, me) = (self.now(), self.me());
        let docs = written_above(connection, height)?;
        let (before, actors) = match me {
            Some(me) => (self.before(connection, me, &docs)?, own_actors(connection, me)?),
            None => Default::default(),
        };
        let cut = log::cut_above(&mut SqliteStorage::new(connection), height)?;
        for doc in &docs {
            rebuild_document(connection, &self.roster, doc)?;
        }
        if cut.is_empty() {
            return Ok(None);
        }
        for record in &cut {
            stranded::put(connection, record, now)?;
        }
        let subject = format!("{height}+{}", cut.len());
        inbox::note(connection, now, "incident-roster-rewritten", None, &subject)?;
        let Some(me) = me else { return Ok(None) };
        frontiers::renew(connection, now)?;
        // Who does not stand in the roster any more may not write; the entries are kept for when it does.
        let written = if self.roster.may_read(me.node, Space::Network) {
            self.write_again(connection, me, before, &actors)?
        } else {
            Written::NotAtAll
        };
        match written {
            Written::Again(head) => Ok(head),
            Written::NothingTaken => Ok(None),
            Written::NotAtAll => {
                inbox::note(connection, now, "incident-own-branch-kept", Some(me.org), &subject)?;
                Ok(None)
            }
        }
    }

    /// Tells people of a fork, and of what the recovery key has settled.
    pub(super) fn note_contradictions(
        &self,
        connection: &Connection,
        before: &Roster,
    ) -> Result<(), StorageError> {
        let (now, roster) = (self.now(), &self.roster);
        if let Some(fork) = roster.fork().filter(|it| before.fork() != Some(*it)) {
            let subject = format!("{}:{}:{}", fork.height, fork.first.hash, fork.second.hash);
            inbox::note(connection, now, "incident-roster-fork", roster.lead(), &subject)?;
        }
        for it in roster.settled().iter().filter(|it| !before.settled().contains(it)) {
            let hashes: Vec<_> = it.outranked.iter().map(|it| it.hash.to_string()).collect();
            let subject = format!("{}:{}", it.height, hashes.join(":"));
            inbox::note(connection, now, "incident-roster-settled", roster.lead(), &subject)?;
        }
        Ok(())
    }
}

/// The documents that somebody wrote into under a roster height above `height`, or before it in the same feed.
fn written_above(connection: &Connection, height: u64) -> Result<BTreeSet<DocId>, StorageError> {
    let storage = SqliteStorage::new(connection);
    let mut docs = BTreeSet::new();
    for space in storage.spaces()? {
        for head in storage.feeds(space)?.into_iter().filter(|it| it.roster > height) {
            docs.extend(docs_from(connection, &head.feed, 0)?);
        }
    }
    Ok(docs)
}
