//! The newest frontier of each node and space, with a cursor for readers that know the older ones.
//!
//! The caller has verified the signature; here only "newer than the one kept" is decided.

use rusqlite::{Connection, params};

use crate::id::{NodeNo, Space};
use crate::storage::StorageError;
use crate::time::Timestamp;

/// A frontier as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFrontier {
    /// Its place in the order in which this store heard of frontiers.
    pub cursor: u64,
    /// The node that signed it.
    pub node: NodeNo,
    /// The signed bytes.
    pub bytes: Vec<u8>,
    /// When this store heard of it.
    pub heard: Timestamp,
}

/// Keeps a frontier if it is newer than the one kept of that node and space; says whether it was.
pub fn put(
    connection: &Connection,
    node: NodeNo,
    space: Space,
    counter: u64,
    bytes: &[u8],
    heard: Timestamp,
) -> Result<bool, StorageError> {
    let (space, counter) = (space.to_bytes(), i64::try_from(counter).unwrap_or(i64::MAX));
    connection.execute(
        "DELETE FROM frontier WHERE node = ?1 AND space = ?2 AND counter < ?3",
        params![node.0, space, counter],
    )?;
    let kept = connection.execute(
        "INSERT INTO frontier (node, space, counter, bytes, heard) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (node, space) DO NOTHING",
        params![node.0, space, counter, bytes, i64::try_from(heard.0).unwrap_or(i64::MAX)],
    )?;
    Ok(kept > 0)
}

/// The cursor of the frontier heard of last; 0 if there is none.
pub fn last(connection: &Connection) -> Result<u64, StorageError> {
    let last: i64 =
        connection.query_row("SELECT COALESCE(MAX(cursor), 0) FROM frontier", [], |row| row.get(0))?;
    Ok(last.unsigned_abs())
}

/// The newest frontiers of one node, one a space.
pub fn of_node(connection: &Connection, node: NodeNo) -> Result<Vec<Vec<u8>>, StorageError> {
    let mut statement = connection.prepare_cached("SELECT bytes FROM frontier WHERE node = ?1")?;
    let rows = statement.query_map([node.0], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The frontiers heard of after `cursor`, in that order.
pub fn after(connection: &Connection, cursor: u64) -> Result<Vec<StoredFrontier>, StorageError> {
    let mut statement = connection.prepare_cached(
        "SELECT cursor, node, bytes, heard FROM frontier WHERE cursor > ?1 ORDER BY cursor",
    )?;
    let rows = statement.query_map([i64::try_from(cursor).unwrap_or(i64::MAX)], |row| {
        Ok(StoredFrontier {
            cursor: row.get::<_, i64>(0)?.unsigned_abs(),
            node: NodeNo(row.get(1)?),
            bytes: row.get(2)?,
            heard: Timestamp(row.get::<_, i64>(3)?.unsigned_abs()),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
