//! Roadmaps.

use rusqlite::{Connection, OptionalExtension, params};
use svod_shared::id::DocId;
use svod_shared::storage::StorageError;

use super::{from_json, search, to_i64, to_json};
use crate::domain::divergence;
use crate::domain::plan::{Plan, PlanField};
use crate::views::PlanSummary;

/// Brings a plan's row up to date.
pub fn put(connection: &Connection, plan: &Plan) -> Result<(), StorageError> {
    connection.execute(
        "INSERT INTO plan (doc, title, period, sections, items, divergences, data)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (doc) DO UPDATE
         SET title = ?2, period = ?3, sections = ?4, items = ?5, divergences = ?6, data = ?7",
        params![
            plan.id.as_bytes(),
            plan.text(PlanField::Title),
            plan.text(PlanField::Period),
            to_i64(plan.sections.len() as u64),
            to_i64(plan.items().count() as u64),
            to_i64(divergence::in_plan(plan).len() as u64),
            to_json(plan)?,
        ],
    )?;
    search::put_plan(connection, plan)
}

/// Takes a plan's row away.
pub fn remove(connection: &Connection, doc: &DocId) -> Result<(), StorageError> {
    connection.execute("DELETE FROM plan WHERE doc = ?1", [doc.as_bytes()])?;
    search::remove(connection, doc)
}

/// One plan.
pub fn get(connection: &Connection, doc: &DocId) -> Result<Option<Plan>, StorageError> {
    let mut statement = connection.prepare_cached("SELECT data FROM plan WHERE doc = ?1")?;
    let data: Option<String> = statement.query_row([doc.as_bytes()], |row| row.get(0)).optional()?;
    data.map(|it| from_json(&it)).transpose()
}

/// All plans, by title.
pub fn list(connection: &Connection) -> Result<Vec<PlanSummary>, StorageError> {
    let mut statement = connection.prepare_cached(
        "SELECT doc, title, period, sections, items, plan.divergences
                + (SELECT COALESCE(SUM(divergences), 0) FROM execution WHERE plan = plan.doc)
         FROM plan ORDER BY title, doc",
    )?;
    let count = |value: i64| usize::try_from(value).unwrap_or(0);
    let rows = statement.query_map([], |row| {
        Ok(PlanSummary {
            id: DocId(row.get(0)?),
            title: row.get(1)?,
            period: row.get(2)?,
            sections: count(row.get(3)?),
            items: count(row.get(4)?),
            divergences: count(row.get(5)?),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
