//! Logged changes that their documents have not taken yet, and why.

use rusqlite::{Connection, params};
use svod_shared::id::{Actor, ChangeHash, DocId};
use svod_shared::storage::StorageError;

/// A held change with its bytes, ready to be offered again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its hash.
    pub hash: ChangeHash,
    /// The actor of its feed.
    pub actor: Actor,
    /// Its plain chunk.
    pub bytes: Vec<u8>,
}

/// What is held of a document, in the order of the feeds: a change waits behind the earlier ones of its actor.
pub fn of(connection: &Connection, doc: &DocId) -> Result<Vec<Held>, StorageError> {
    let mut statement = connection.prepare_cached(
        "SELECT held.hash, held.actor, change.bytes FROM held JOIN change USING (hash)
         WHERE held.doc = ?1 GROUP BY held.hash ORDER BY MIN(change.feed), MIN(change.seq), MIN(change.item)",
    )?;
    let rows = statement.query_map([doc.as_bytes()], |row| {
        Ok(Held { hash: ChangeHash(row.get(0)?), actor: Actor(row.get(1)?), bytes: row.get(2)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Notes that a change is held.
pub fn put(
    connection: &Connection,
    doc: &DocId,
    hash: &ChangeHash,
    actor: &Actor,
    reason: &str,
) -> Result<(), StorageError> {
    connection.execute(
        "INSERT INTO held (hash, doc, actor, reason) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (hash) DO UPDATE SET reason = ?4",
        params![hash.as_bytes(), doc.as_bytes(), actor.as_bytes(), reason],
    )?;
    Ok(())
}

/// Notes that a change is held no longer.
pub fn remove(connection: &Connection, hash: &ChangeHash) -> Result<(), StorageError> {
    connection.execute("DELETE FROM held WHERE hash = ?1", [hash.as_bytes()])?;
    Ok(())
}

/// How many changes are held.
pub fn count(connection: &Connection) -> Result<u64, StorageError> {
    let count: i64 = connection.query_row("SELECT COUNT(*) FROM held", [], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}
