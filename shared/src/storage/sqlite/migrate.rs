//! Brings the tables of one component up to date, one transaction a step.
//!
//! The version stands in a table and not in `user_version`, since the log, the node's projections and the relay's
//! letter box share a file and grow apart.

use rusqlite::{Connection, OptionalExtension, params};

use crate::storage::StorageError;

/// A component's steps, oldest first; a released step is never edited.
#[derive(Debug, Clone, Copy)]
pub struct Migrations {
    /// Names the component in the table of versions.
    pub component: &'static str,
    /// SQL batches.
    pub steps: &'static [&'static str],
}

/// Runs the steps that the file has not seen. A file written by a newer program is refused untouched.
pub fn migrate(connection: &mut Connection, migrations: &Migrations) -> Result<(), StorageError> {
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS schema_version (component TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT",
    )?;
    let done: Option<usize> = connection
        .query_row("SELECT version FROM schema_version WHERE component = ?1", [migrations.component], |row| {
            row.get::<_, u32>(0).map(|it| it as usize)
        })
        .optional()?;
    let done = done.unwrap_or(0);
    if done > migrations.steps.len() {
        return Err(StorageError::FromFuture);
    }
    for (version, step) in (1u32..).zip(migrations.steps).skip(done) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(step)?;
        transaction.execute(
            "INSERT INTO schema_version (component, version) VALUES (?1, ?2)
             ON CONFLICT (component) DO UPDATE SET version = ?2",
            params![migrations.component, version],
        )?;
        transaction.commit()?;
    }
    Ok(())
}
