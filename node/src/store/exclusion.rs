//! Excluded changes, and what waits for a decision.
//!
//! The lead excludes a change that endangers nodes; that is final and not for bad content. Every node then makes the
//! documents concerned anew from the log without it. What depended on it waits and is never lost: its author's node
//! goes on in a new epoch.

use rusqlite::Connection;
use svod_shared::id::{ChangeHash, DocId};
use svod_shared::roster::{Content, Roster};
use svod_shared::storage::StorageError;
use svod_shared::time::Timestamp;

use super::closings::touched;
use super::inbox::{absorb, note_verdicts, open, tell};
use super::rebuild::{Which, logged, rebuild_document};
use super::{CommandError, FoundError, Store, frontiers};
use crate::documents::Kind;
use crate::folder::KeyRole;
use crate::projections::held;

impl Store {
    /// Excludes a change that stands in this node's log, for the whole network and for ever.
    pub fn exclude(&mut self, change: &ChangeHash, basis: &str) -> Result<(), CommandError> {
        let key = self.folder.key(KeyRole::Roster).map_err(FoundError::from)?;
        let key = key.filter(|_| self.is_lead()).ok_or(FoundError::NotLead)?;
        if documents_of(&self.connection, change)?.is_empty() {
            return Err(CommandError::NoChange);
        }
        if self.roster.is_excluded(change) {
            return Ok(());
        }
        let terms = self.terms(basis, None)?;
        let signed = Roster::clone(&self.roster)
            .issue_under(Content::Excluded { change: *change }, terms, &key)
            .map_err(FoundError::from)?;
        self.receive_statements(&[signed]).map_err(FoundError::from)?;
        Ok(())
    }

    /// Writing goes on in a new feed if something in the newest own one is excluded or waits for the lead: it could not
    /// be followed.
    pub(super) fn renew_if_stranded(&self, connection: &Connection) -> Result<(), StorageError> {
        let Some(me) = self.me() else { return Ok(()) };
        match self.current(connection, me)? {
            Some(head) if held::strands(connection, &head.feed)? => frontiers::renew(connection, self.now()),
            _ => Ok(()),
        }
    }
}

/// Brings the documents up to date with a roster that has grown from `before`.
pub(super) fn reconsider(
    connection: &Connection,
    before: &Roster,
    roster: &Roster,
    now: Timestamp,
) -> Result<(), StorageError> {
    let mut anew = touched(connection, before, roster)?;
    for change in roster.excluded().filter(|it| !before.is_excluded(it)) {
        anew.extend(documents_of(connection, change)?);
    }
    for doc in anew {
        made_anew(connection, roster, &doc, now)?;
    }
    for doc in held::documents(connection)? {
        absorb(connection, roster, &doc, Vec::new(), now)?;
    }
    Ok(())
}

/// Makes a document anew; what came into it thereby is told.
fn made_anew(
    connection: &Connection,
    roster: &Roster,
    doc: &DocId,
    now: Timestamp,
) -> Result<(), StorageError> {
    if Kind::of(doc).is_err() {
        rebuild_document(connection, roster, doc)?;
        return Ok(());
    }
    let before = open(connection, doc)?;
    let Some(rebuilt) = rebuild_document(connection, roster, doc)? else { return Ok(()) };
    let offers = logged(connection, roster, doc, Which::Waiting)?;
    note_verdicts(connection, &offers, &rebuilt.applied, now)?;
    let fresh: Vec<_> = rebuilt.applied.applied.iter().filter(|it| !before.has(it)).copied().collect();
    tell(connection, &rebuilt.document, &fresh, now)
}

/// The documents that logged entries say a change is of: one, unless somebody lies.
fn documents_of(connection: &Connection, change: &ChangeHash) -> Result<Vec<DocId>, StorageError> {
    let mut statement =
        connection.prepare_cached("SELECT DISTINCT doc FROM change WHERE hash = ?1 ORDER BY doc")?;
    let rows = statement.query_map([change.as_bytes()], |row| Ok(DocId(row.get(0)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
