//! What was refused or held, for the page «Сеть».

use rusqlite::{Connection, params};
use svod_shared::id::OrgNo;
use svod_shared::storage::StorageError;
use svod_shared::time::Timestamp;

use super::to_i64;

/// The most incidents kept; the oldest go first, so that a hostile peer cannot fill the disk with its refusals.
const INCIDENTS_MAX: i64 = 1_000;

/// An incident as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredIncident {
    /// When this node noticed.
    pub noticed: Timestamp,
    /// A message key of the catalogue, «incident-…».
    pub kind: String,
    /// The organisation concerned, where known.
    pub org: Option<OrgNo>,
    /// An entry or change by its hash, or a feed and a place in it.
    pub subject: String,
}

/// Keeps an incident; the same one twice is one.
pub fn put(connection: &Connection, incident: &StoredIncident) -> Result<(), StorageError> {
    connection.execute(
        "INSERT INTO incident (noticed, kind, org, subject) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
        params![to_i64(incident.noticed.0), incident.kind, incident.org.map(|it| it.0), incident.subject],
    )?;
    connection
        .execute("DELETE FROM incident WHERE n <= (SELECT MAX(n) FROM incident) - ?1", [INCIDENTS_MAX])?;
    Ok(())
}

/// What those of one kind are about.
pub fn subjects(connection: &Connection, kind: &str) -> Result<Vec<String>, StorageError> {
    let mut statement = connection.prepare_cached("SELECT subject FROM incident WHERE kind = ?1")?;
    let rows = statement.query_map([kind], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// All of them, newest first.
pub fn list(connection: &Connection) -> Result<Vec<StoredIncident>, StorageError> {
    let mut statement =
        connection.prepare_cached("SELECT noticed, kind, org, subject FROM incident ORDER BY n DESC")?;
    let rows = statement.query_map([], |row| {
        Ok(StoredIncident {
            noticed: Timestamp(row.get::<_, i64>(0)?.unsigned_abs()),
            kind: row.get(1)?,
            org: row.get::<_, Option<u16>>(2)?.map(OrgNo),
            subject: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
