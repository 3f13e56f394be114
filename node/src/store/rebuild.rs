//! Documents and projections made again from the log, which is the only truth.

use std::collections::BTreeMap;

use rusqlite::Connection;
use svod_shared::id::{Actor, ChangeHash, DocId, FeedId};
use svod_shared::storage::StorageError;

use super::{Store, inbox};
use crate::documents::{Applied, Document, Incoming, Kind};
use crate::projections::{held, snapshots};

impl Store {
    /// Drops snapshots and projections and makes them again; gives the number of documents.
    pub fn rebuild(&mut self) -> Result<usize, StorageError> {
        let transaction = self.connection.unchecked_transaction()?;
        transaction.execute_batch(
            "DELETE FROM snapshot; DELETE FROM held; DELETE FROM plan; DELETE FROM execution",
        )?;
        let docs = documents(&transaction)?;
        for doc in &docs {
            rebuild(&transaction, doc)?;
        }
        transaction.commit()?;
        Ok(docs.len())
    }
}

/// All documents that the log has changes of.
fn documents(connection: &Connection) -> Result<Vec<DocId>, StorageError> {
    let mut statement = connection.prepare("SELECT DISTINCT doc FROM change ORDER BY doc")?;
    let rows = statement.query_map([], |row| Ok(DocId(row.get(0)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Makes a document again and keeps it with its projections; `None` if its kind is of a later version.
pub(super) fn rebuild(connection: &Connection, doc: &DocId) -> Result<Option<Document>, StorageError> {
    let changes = changes(connection, doc)?;
    connection.execute("DELETE FROM held WHERE doc = ?1", [doc.as_bytes()])?;
    if Kind::of(doc).is_err() {
        for (actor, hash, _) in &changes {
            held::put(connection, doc, hash, actor, "unknown-kind")?;
        }
        return Ok(None);
    }
    let (document, applied) = replay(doc, &changes)?;
    let actors: BTreeMap<_, _> = changes.iter().map(|(actor, hash, _)| (*hash, *actor)).collect();
    for (hash, hold) in &applied.held {
        let actor = actors.get(hash).ok_or(StorageError::Damaged("held change was never offered"))?;
        held::put(connection, doc, hash, actor, &hold.to_string())?;
    }
    snapshots::remove(connection, doc)?;
    inbox::keep(connection, &document)?;
    Ok(Some(document))
}

/// The document as the log has it; nothing is kept.
pub(super) fn from_log(connection: &Connection, doc: &DocId) -> Result<Document, StorageError> {
    Ok(replay(doc, &changes(connection, doc)?)?.0)
}

fn replay(
    doc: &DocId,
    changes: &[(Actor, ChangeHash, Vec<u8>)],
) -> Result<(Document, Applied), StorageError> {
    let mut document =
        Document::new(*doc).map_err(|_| StorageError::Damaged("document of an unknown kind"))?;
    let offers: Vec<_> =
        changes.iter().map(|(actor, hash, bytes)| Incoming { actor: *actor, hash: *hash, bytes }).collect();
    let applied = document.apply(&offers);
    Ok((document, applied))
}

/// The logged changes of a document, in the order of the feeds.
fn changes(connection: &Connection, doc: &DocId) -> Result<Vec<(Actor, ChangeHash, Vec<u8>)>, StorageError> {
    let mut statement = connection.prepare_cached(
        "SELECT feed.id, change.hash, change.bytes FROM change JOIN feed ON feed.key = change.feed
         WHERE change.doc = ?1 ORDER BY change.feed, change.seq, change.item",
    )?;
    let rows = statement.query_map([doc.as_bytes()], |row| {
        Ok((FeedId(row.get(0)?).actor(), ChangeHash(row.get(1)?), row.get(2)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
