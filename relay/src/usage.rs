//! How much of the log each organisation has written, and whose entries find their quota used up.

use std::collections::BTreeMap;

use rusqlite::Connection;
use svod_shared::entry::Record;
use svod_shared::id::{FeedId, NodeNo, OrgNo};
use svod_shared::log::Accepted;
use svod_shared::roster::Roster;
use svod_shared::storage::{Storage, StorageError};

use crate::quota::bytes_of;

/// Bytes of changes by organisation.
#[derive(Debug, Clone, Default)]
pub(crate) struct Usage(BTreeMap<OrgNo, u64>);

/// Records of organisations that may store more, and the organisations that may not.
#[derive(Debug, Default)]
pub(crate) struct Sifted {
    pub(crate) within: Vec<Record>,
    pub(crate) over: Vec<OrgNo>,
}

impl Usage {
    /// Counts what is stored.
    pub(crate) fn count(connection: &Connection, roster: &Roster) -> Result<Self, StorageError> {
        let mut usage = Self::default();
        let sql =
            "SELECT feed.node, SUM(LENGTH(change.bytes)) FROM change JOIN feed ON feed.key = change.feed
                   GROUP BY feed.node";
        let mut statement = connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (node, bytes): (u16, i64) = (row.get(0)?, row.get(1)?);
            if let Some(node) = roster.node(NodeNo(node)) {
                *usage.0.entry(node.org).or_default() += u64::try_from(bytes).unwrap_or(0);
            }
        }
        Ok(usage)
    }

    /// By organisation, in order.
    pub(crate) fn by_org(&self) -> &BTreeMap<OrgNo, u64> {
        &self.0
    }

    /// Adds what has been stored.
    pub(crate) fn add(&mut self, roster: &Roster, accepted: &Accepted) {
        for head in &accepted.heads {
            let Some(node) = roster.node(head.node) else { continue };
            let records = accepted.appended.iter().filter(|it| it.entry.feed == head.feed);
            *self.0.entry(node.org).or_default() += records.map(bytes_of).sum::<u64>();
        }
    }

    /// Parts records whose organisation has filled its quota from the others. Who is below it may go above it by one
    /// batch.
    pub(crate) fn sift(
        &self,
        storage: &impl Storage,
        roster: &Roster,
        quota_bytes: u64,
        records: Vec<Record>,
    ) -> Result<Sifted, StorageError> {
        let mut sifted = Sifted::default();
        if self.0.values().all(|bytes| *bytes < quota_bytes) {
            return Ok(Sifted { within: records, ..sifted });
        }
        let mut authors = Authors::default();
        for record in records {
            let org = authors.of(storage, roster, &record)?;
            match org.filter(|org| self.0.get(org).is_some_and(|bytes| *bytes >= quota_bytes)) {
                None => sifted.within.push(record),
                Some(org) if sifted.over.contains(&org) => {}
                Some(org) => sifted.over.push(org),
            }
        }
        Ok(sifted)
    }
}

/// Whose feeds they are, asked once each. An entry that only claims a feed is refused by the log.
#[derive(Default)]
struct Authors(BTreeMap<FeedId, Option<OrgNo>>);

impl Authors {
    fn of(
        &mut self,
        storage: &impl Storage,
        roster: &Roster,
        record: &Record,
    ) -> Result<Option<OrgNo>, StorageError> {
        let feed = record.entry.feed;
        if let Some(known) = self.0.get(&feed) {
            return Ok(*known);
        }
        let node = match storage.feed(&feed)? {
            Some(head) => Some(head.node),
            None => record.entry.open().map(|open| open.node),
        };
        let org = node.and_then(|no| roster.node(no)).map(|node| node.org);
        if org.is_some() {
            self.0.insert(feed, org);
        }
        Ok(org)
    }
}
