//! Execution sheets of organisations.

use rusqlite::{Connection, OptionalExtension, params};
use svod_shared::id::DocId;
use svod_shared::storage::StorageError;

use super::{from_json, search, to_i64, to_json};
use crate::domain::divergence;
use crate::domain::execution::ExecutionSheet;

/// Brings a sheet's row up to date.
pub fn put(connection: &Connection, sheet: &ExecutionSheet) -> Result<(), StorageError> {
    connection.execute(
        "INSERT INTO execution (doc, plan, org, divergences, data) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (doc) DO UPDATE SET divergences = ?4, data = ?5",
        params![
            sheet.id.as_bytes(),
            sheet.plan.as_bytes(),
            sheet.org.0,
            to_i64(divergence::in_sheet(sheet).len() as u64),
            to_json(sheet)?,
        ],
    )?;
    search::put_execution(connection, sheet)
}

/// Takes a sheet's row away.
pub fn remove(connection: &Connection, doc: &DocId) -> Result<(), StorageError> {
    connection.execute("DELETE FROM execution WHERE doc = ?1", [doc.as_bytes()])?;
    search::remove(connection, doc)
}

/// The plan that a sheet is about.
pub fn plan_of(connection: &Connection, doc: &DocId) -> Result<Option<DocId>, StorageError> {
    let mut statement = connection.prepare_cached("SELECT plan FROM execution WHERE doc = ?1")?;
    Ok(statement.query_row([doc.as_bytes()], |row| Ok(DocId(row.get(0)?))).optional()?)
}

/// The sheets of a plan, by organisation.
pub fn of_plan(connection: &Connection, plan: &DocId) -> Result<Vec<ExecutionSheet>, StorageError> {
    let mut statement =
        connection.prepare_cached("SELECT data FROM execution WHERE plan = ?1 ORDER BY org, doc")?;
    let rows = statement.query_map([plan.as_bytes()], |row| row.get::<_, String>(0))?;
    rows.map(|data| from_json(&data?)).collect()
}
