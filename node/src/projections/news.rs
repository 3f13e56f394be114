//! Lines of «Что изменилось без вас», in the order in which this node applied the changes.

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use svod_shared::id::{ChangeHash, DocId};
use svod_shared::storage::StorageError;
use svod_shared::time::Timestamp;

use super::{from_json, to_i64, to_json};
use crate::views::What;

/// A line as it is kept: the author is looked up when it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredLine {
    /// The plan.
    pub plan: DocId,
    /// The item's printed number.
    pub number: String,
    /// The item's title.
    pub title: String,
    /// What happened.
    pub what: What,
    /// The author's clock, seconds since 1970.
    pub time: i64,
    /// The reason its author gave.
    pub reason: Option<String>,
}

/// A kept line with its place, its change, and when it was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbered {
    /// Its place.
    pub n: u64,
    /// The change it tells of.
    pub change: ChangeHash,
    /// When this node applied it.
    pub applied: Timestamp,
    /// The line.
    pub line: StoredLine,
}

/// Keeps a line.
pub fn put(
    connection: &Connection,
    doc: &DocId,
    change: &ChangeHash,
    applied: Timestamp,
    line: &StoredLine,
) -> Result<(), StorageError> {
    connection.execute(
        "INSERT INTO news (doc, change, applied, data) VALUES (?1, ?2, ?3, ?4)",
        params![doc.as_bytes(), change.as_bytes(), to_i64(applied.0), to_json(line)?],
    )?;
    Ok(())
}

/// Takes the lines away that tell of changes of a document other than those to be kept.
pub fn retain(
    connection: &Connection,
    doc: &DocId,
    keep: impl Fn(&ChangeHash) -> bool,
) -> Result<(), StorageError> {
    let mut statement = connection.prepare_cached("SELECT DISTINCT change FROM news WHERE doc = ?1")?;
    let told = statement.query_map([doc.as_bytes()], |row| Ok(ChangeHash(row.get(0)?)))?;
    let told = told.collect::<Result<Vec<_>, _>>()?;
    for change in told.iter().filter(|it| !keep(it)) {
        connection.execute(
            "DELETE FROM news WHERE change = ?1 AND doc = ?2",
            params![change.as_bytes(), doc.as_bytes()],
        )?;
    }
    Ok(())
}

/// The newest lines first.
pub fn newest(connection: &Connection, limit: usize) -> Result<Vec<Numbered>, StorageError> {
    let mut statement =
        connection.prepare_cached("SELECT n, change, applied, data FROM news ORDER BY n DESC LIMIT ?1")?;
    let rows = statement.query_map([to_i64(limit as u64)], |row| {
        Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get::<_, i64>(2)?, row.get::<_, String>(3)?))
    })?;
    rows.map(|row| {
        let (n, change, applied, data) = row?;
        Ok(Numbered {
            n: n.unsigned_abs(),
            change: ChangeHash(change),
            applied: Timestamp(applied.unsigned_abs()),
            line: from_json(&data)?,
        })
    })
    .collect()
}

/// How many lines came after line `n`.
pub fn count_after(connection: &Connection, n: u64) -> Result<usize, StorageError> {
    let count: i64 =
        connection.query_row("SELECT COUNT(*) FROM news WHERE n > ?1", [to_i64(n)], |row| row.get(0))?;
    Ok(usize::try_from(count).unwrap_or(0))
}

/// The number of the newest line; 0 if there is none.
pub fn last(connection: &Connection) -> Result<u64, StorageError> {
    let last: i64 = connection.query_row("SELECT COALESCE(MAX(n), 0) FROM news", [], |row| row.get(0))?;
    Ok(last.unsigned_abs())
}
