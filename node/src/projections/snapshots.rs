//! Documents as they were last saved: a cache, so that opening one does not replay its history.

use rusqlite::{Connection, OptionalExtension, params};
use svod_shared::id::DocId;
use svod_shared::storage::StorageError;

/// The saved document.
pub fn get(connection: &Connection, doc: &DocId) -> Result<Option<Vec<u8>>, StorageError> {
    let mut statement = connection.prepare_cached("SELECT bytes FROM snapshot WHERE doc = ?1")?;
    Ok(statement.query_row([doc.as_bytes()], |row| row.get(0)).optional()?)
}

/// Keeps the saved document.
pub fn put(connection: &Connection, doc: &DocId, bytes: &[u8]) -> Result<(), StorageError> {
    connection.execute(
        "INSERT INTO snapshot (doc, bytes) VALUES (?1, ?2) ON CONFLICT (doc) DO UPDATE SET bytes = ?2",
        params![doc.as_bytes(), bytes],
    )?;
    Ok(())
}

/// Forgets the saved document.
pub fn remove(connection: &Connection, doc: &DocId) -> Result<(), StorageError> {
    connection.execute("DELETE FROM snapshot WHERE doc = ?1", [doc.as_bytes()])?;
    Ok(())
}
