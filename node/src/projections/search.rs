//! What can be searched: an index of stems over plans, their rows, and what organisations say of their execution.
//!
//! Only lines whose text has changed are stemmed and written again: an edit of one field costs one line, however long the
//! plan is.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};
use svod_shared::id::{DocId, sha256};
use svod_shared::storage::StorageError;

use crate::domain::execution::ExecutionSheet;
use crate::domain::plan::{ItemField, Plan, PlanField, RowId};
use crate::domain::stem::stems;

/// A line that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The plan.
    pub plan: DocId,
    /// The row; `None`: the plan itself.
    pub row: Option<RowId>,
}

/// Brings the lines of a plan up to date.
pub fn put_plan(connection: &Connection, plan: &Plan) -> Result<(), StorageError> {
    let own = PlanField::ALL.map(|it| plan.text(it)).join(" ");
    let mut lines = BTreeMap::from([(String::new(), own)]);
    for section in &plan.sections {
        lines.insert(section.row.0.clone(), section.text(ItemField::Title).to_owned());
        for item in &section.items {
            lines.insert(item.row.0.clone(), ItemField::TYPED.map(|it| item.text(it)).join(" "));
        }
    }
    put(connection, &plan.id, &plan.id, lines)
}

/// Brings the lines of an execution sheet up to date.
pub fn put_execution(connection: &Connection, sheet: &ExecutionSheet) -> Result<(), StorageError> {
    let text = |it: &crate::domain::execution::Execution| {
        it.fields.values().map(|it| it.text()).collect::<Vec<_>>().join(" ")
    };
    let lines = sheet.rows.iter().map(|(row, it)| (row.0.clone(), text(it))).collect();
    put(connection, &sheet.id, &sheet.plan, lines)
}

/// Takes the lines of a document away.
pub fn remove(connection: &Connection, doc: &DocId) -> Result<(), StorageError> {
    put(connection, doc, doc, BTreeMap::new())
}

fn put(
    connection: &Connection,
    doc: &DocId,
    plan: &DocId,
    lines: BTreeMap<String, String>,
) -> Result<(), StorageError> {
    let mut lines: BTreeMap<_, _> =
        lines.into_iter().map(|(row, text)| (row, (sha256(text.as_bytes()), text))).collect();
    let mut statement =
        connection.prepare_cached("SELECT id, row, source FROM search_line WHERE doc = ?1")?;
    let known = statement.query_map([doc.as_bytes()], |it| Ok((it.get(0)?, it.get(1)?, it.get(2)?)))?;
    let known: Vec<(i64, String, [u8; 32])> = known.collect::<Result<_, _>>()?;
    for (id, row, source) in known {
        if lines.get(&row).is_some_and(|(hash, _)| *hash == source) {
            lines.remove(&row);
        } else {
            take_out(connection, id)?;
        }
    }
    for (row, (source, text)) in lines {
        let stems = stems(&text).join(" ");
        if stems.is_empty() {
            continue;
        }
        connection
            .prepare_cached(
                "INSERT INTO search_line (doc, plan, row, stems, source) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![doc.as_bytes(), plan.as_bytes(), row, stems, source])?;
        let id = connection.last_insert_rowid();
        connection
            .prepare_cached("INSERT INTO search (rowid, stems) VALUES (?1, ?2)")?
            .execute(params![id, stems])?;
    }
    Ok(())
}

/// The index has to be told what it knew of a line.
fn take_out(connection: &Connection, id: i64) -> Result<(), StorageError> {
    connection
        .prepare_cached(
            "INSERT INTO search (search, rowid, stems) SELECT 'delete', id, stems FROM search_line WHERE id = ?1",
        )?
        .execute([id])?;
    connection.prepare_cached("DELETE FROM search_line WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// The lines that have a word of each of these stems, or one that begins with it; the best first.
pub fn find(connection: &Connection, wanted: &[String], limit: usize) -> Result<Vec<Found>, StorageError> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    // A stem is letters and digits; quoted, nothing of it is an operator.
    let query = wanted.iter().map(|it| format!("\"{it}\"*")).collect::<Vec<_>>().join(" ");
    let mut statement = connection.prepare_cached(
        "SELECT search_line.plan, search_line.row FROM search JOIN search_line ON search_line.id = search.rowid
         WHERE search MATCH ?1 ORDER BY rank, search.rowid LIMIT ?2",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let found = statement.query_map(params![query, limit], |it| {
        let row: String = it.get(1)?;
        Ok(Found { plan: DocId(it.get(0)?), row: (!row.is_empty()).then_some(RowId(row)) })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}
