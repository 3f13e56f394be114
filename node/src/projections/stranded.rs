//! Own entries that another branch of their feed has displaced: kept as evidence, and as a last resort.

use rusqlite::{Connection, params};
use svod_shared::entry::Record;
use svod_shared::storage::StorageError;
use svod_shared::time::Timestamp;

use super::to_i64;

/// Keeps an entry with its changes; the same one twice is one.
pub fn put(connection: &Connection, record: &Record, noticed: Timestamp) -> Result<(), StorageError> {
    let entry = &record.entry;
    connection.execute(
        "INSERT INTO stranded (noticed, feed, seq, entry, sign) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO NOTHING",
        params![
            to_i64(noticed.0),
            entry.feed.as_bytes(),
            to_i64(entry.seq),
            entry.to_body(),
            record.signature.as_ref().map(|it| it.0.as_slice()),
        ],
    )?;
    for ((doc, hash), bytes) in entry.changes().zip(&record.changes) {
        connection.execute(
            "INSERT INTO stranded_change (hash, doc, bytes) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            params![hash.as_bytes(), doc.as_bytes(), bytes],
        )?;
    }
    Ok(())
}

/// How many entries are kept.
pub fn count(connection: &Connection) -> Result<u64, StorageError> {
    let count: i64 = connection.query_row("SELECT COUNT(*) FROM stranded", [], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}
