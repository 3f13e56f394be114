//! Small facts of this node alone, by key.

use rusqlite::{Connection, OptionalExtension, params};
use svod_shared::storage::StorageError;

/// A fact's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// The network's id, hexadecimal.
    Network,
    /// Milliseconds: when something was last exchanged or agreed.
    LastExchange,
    /// The number of the last line of news that the user has read.
    NewsRead,
    /// The cursor of the relay's frontiers.
    FrontierCursor,
    /// The counter of the node's own frontiers.
    FrontierCounter,
    /// Whether the next write must open a new epoch.
    NewEpoch,
    /// The feeds that this database opened, hexadecimal, apart by spaces. It continues the last one alone.
    OwnFeeds,
}

impl Key {
    const fn name(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::LastExchange => "last-exchange",
            Self::NewsRead => "news-read",
            Self::FrontierCursor => "frontier-cursor",
            Self::FrontierCounter => "frontier-counter",
            Self::NewEpoch => "new-epoch",
            Self::OwnFeeds => "own-feeds",
        }
    }
}

/// A fact's text.
pub fn get(connection: &Connection, key: Key) -> Result<Option<String>, StorageError> {
    let mut statement = connection.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
    Ok(statement.query_row([key.name()], |row| row.get(0)).optional()?)
}

/// A fact that is a number; 0 if it was never kept.
pub fn number(connection: &Connection, key: Key) -> Result<u64, StorageError> {
    let text = get(connection, key)?;
    text.map_or(Ok(0), |it| it.parse().map_err(|_| StorageError::Damaged("number does not read")))
}

/// Keeps a fact.
pub fn put(connection: &Connection, key: Key, value: &str) -> Result<(), StorageError> {
    connection.execute(
        "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2",
        params![key.name(), value],
    )?;
    Ok(())
}

/// Keeps a fact that is a number.
pub fn put_number(connection: &Connection, key: Key, value: u64) -> Result<(), StorageError> {
    put(connection, key, &value.to_string())
}
