//! Tickets that this node gave out.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};
use svod_shared::id::NodeNo;
use svod_shared::storage::StorageError;
use svod_shared::time::Timestamp;

use super::to_i64;

/// A ticket's terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// The one-time secret.
    pub secret: [u8; 16],
    /// The organisation it is for.
    pub name: String,
    /// The act by which it is admitted.
    pub basis: String,
    /// Whether it was used.
    pub used: bool,
}

/// Keeps a ticket's terms.
pub fn put(connection: &Connection, invite: &Invite, made: Timestamp) -> Result<(), StorageError> {
    connection.execute(
        "INSERT INTO invite (secret, name, basis, made) VALUES (?1, ?2, ?3, ?4)",
        params![invite.secret, invite.name, invite.basis, to_i64(made.0)],
    )?;
    Ok(())
}

/// Marks a ticket as used by a computer, with the words to compare.
pub fn spend(
    connection: &Connection,
    secret: &[u8; 16],
    (node, words): (Option<NodeNo>, &str),
    used: Timestamp,
) -> Result<(), StorageError> {
    connection.execute(
        "UPDATE invite SET used = ?2, node = ?3, words = ?4 WHERE secret = ?1",
        params![secret, to_i64(used.0), node.map(|it| it.0), words],
    )?;
    Ok(())
}

/// The words of computers that came with a ticket of this node.
pub fn words(connection: &Connection) -> Result<BTreeMap<NodeNo, String>, StorageError> {
    let mut statement =
        connection.prepare_cached("SELECT node, words FROM invite WHERE node IS NOT NULL ORDER BY used")?;
    let rows = statement.query_map([], |row| Ok((NodeNo(row.get(0)?), row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// All tickets, unused first.
pub fn list(connection: &Connection) -> Result<Vec<Invite>, StorageError> {
    let mut statement = connection
        .prepare_cached("SELECT secret, name, basis, used FROM invite ORDER BY used IS NOT NULL, made")?;
    let rows = statement.query_map([], |row| {
        Ok(Invite {
            secret: row.get(0)?,
            name: row.get(1)?,
            basis: row.get(2)?,
            used: row.get::<_, Option<i64>>(3)?.is_some(),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The unused ticket that a test of secrets recognises.
pub fn find(
    connection: &Connection,
    matches: impl Fn(&[u8; 16]) -> bool,
) -> Result<Option<Invite>, StorageError> {
    Ok(list(connection)?.into_iter().find(|it| matches(&it.secret)))
}

/// Whether there is a ticket for this organisation that nobody has used.
pub fn open_for(connection: &Connection, name: &str) -> Result<bool, StorageError> {
    let mut statement = connection.prepare_cached("SELECT 1 FROM invite WHERE name = ?1 AND used IS NULL")?;
    Ok(statement.query_row([name], |_| Ok(())).optional()?.is_some())
}
