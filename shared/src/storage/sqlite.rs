//! The log in SQLite.
//!
//! Opened in WAL mode with `synchronous=FULL`: a committed transaction survives a power cut. The caller owns the
//! connection and the transaction, so that entries, documents and projections are committed together; this module
//! only reads and writes tables through it.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, params};

use super::{ALIKE_MAX, FeedHead, Storage, StorageError};
use crate::entry::{Entry, Record};
use crate::id::{ChangeHash, DocId, EntryHash, FeedId, NodeNo, Space};
use crate::keys::Signature;
use crate::leb::Reader;
use crate::pack::PREFIX_BYTES;

pub mod frontiers;
pub mod migrate;

/// The log's own tables.
pub const MIGRATIONS: migrate::Migrations =
    migrate::Migrations { component: "log", steps: &[include_str!("migrations/0001_log.sql")] };

/// Opens or makes a database file, durable on commit, with the log's tables brought up to date.
pub fn open(path: &Path) -> Result<Connection, StorageError> {
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    migrate::migrate(&mut connection, &MIGRATIONS)?;
    Ok(connection)
}

/// The log's tables seen through a connection or an open transaction.
#[derive(Debug)]
pub struct SqliteStorage<'c> {
    connection: &'c Connection,
}

impl<'c> SqliteStorage<'c> {
    /// Reads and writes through `connection`; a transaction dereferences to one.
    pub fn new(connection: &'c Connection) -> Self {
        Self { connection }
    }

    /// One entry, whatever stands around it.
    pub fn entry(&self, feed: &FeedId, seq: u64) -> Result<Option<Record>, StorageError> {
        let Some(key) = self.feed_key(feed)? else { return Ok(None) };
        let mut statement = self
            .connection
            .prepare_cached("SELECT seq, hash, body, signature FROM entry WHERE feed = ?1 AND seq = ?2")?;
        let mut rows = statement.query(params![key, to_i64(seq)])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        record_of(row, self.changes(key, to_i64(seq))?).map(Some)
    }

    fn feed_key(&self, feed: &FeedId) -> Result<Option<i64>, StorageError> {
        let mut statement = self.connection.prepare_cached("SELECT key FROM feed WHERE id = ?1")?;
        Ok(statement.query_row([feed.as_bytes()], |row| row.get(0)).optional()?)
    }

    fn put_head(&self, head: &FeedHead) -> Result<i64, StorageError> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO feed (id, node, space, epoch, height, hash, roster) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (id) DO UPDATE SET height = ?5, hash = ?6, roster = ?7 RETURNING key",
        )?;
        let space = head.space.to_bytes();
        let values = params![
            head.feed.as_bytes(),
            head.node.0,
            space,
            head.epoch,
            to_i64(head.height),
            head.hash.as_bytes(),
            to_i64(head.roster),
        ];
        Ok(statement.query_row(values, |row| row.get(0))?)
    }

    fn changes(&self, key: i64, seq: i64) -> Result<Vec<Vec<u8>>, StorageError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT bytes FROM change WHERE feed = ?1 AND seq = ?2 ORDER BY item")?;
        let rows = statement.query_map([key, seq], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Storage for SqliteStorage<'_> {
    fn statements(&self) -> Result<Vec<Vec<u8>>, StorageError> {
        let mut statement = self.connection.prepare_cached("SELECT signed FROM statement ORDER BY height")?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn push_statement(&mut self, signed: &[u8]) -> Result<(), StorageError> {
        self.connection.execute(
            "INSERT INTO statement (height, signed) SELECT COALESCE(MAX(height) + 1, 0), ?1 FROM statement",
            [signed],
        )?;
        Ok(())
    }

    fn put_statements(&mut self, signed: &[Vec<u8>]) -> Result<(), StorageError> {
        self.connection.execute("DELETE FROM statement", [])?;
        signed.iter().try_for_each(|it| self.push_statement(it))
    }

    fn cut(&mut self, feed: &FeedId, height: u64) -> Result<Option<FeedHead>, StorageError> {
        let (Some(key), Some(head)) = (self.feed_key(feed)?, self.feed(feed)?) else { return Ok(None) };
        if height >= head.height {
            return Ok(Some(head));
        }
        let from = to_i64(height);
        self.connection.execute("DELETE FROM change WHERE feed = ?1 AND seq >= ?2", params![key, from])?;
        self.connection.execute("DELETE FROM entry WHERE feed = ?1 AND seq >= ?2", params![key, from])?;
        let Some(last) = height.checked_sub(1) else {
            self.connection.execute("DELETE FROM feed WHERE key = ?1", [key])?;
            return Ok(None);
        };
        let records = self.records(feed, last, 0)?;
        let last = records.first().ok_or(StorageError::Damaged("feed is shorter than its head says"))?;
        let head = FeedHead { height, hash: last.entry.hash(), roster: last.entry.roster, ..head };
        self.put_head(&head)?;
        Ok(Some(head))
    }

    fn feeds(&self, space: Space) -> Result<Vec<FeedHead>, StorageError> {
        let sql = format!("SELECT {HEAD_COLUMNS} FROM feed WHERE space = ?1 ORDER BY node, epoch, id");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([space.to_bytes()])?;
        let mut feeds = Vec::new();
        while let Some(row) = rows.next()? {
            feeds.push(head_of(row)?);
        }
        Ok(feeds)
    }

    fn spaces(&self) -> Result<Vec<Space>, StorageError> {
        let mut statement = self.connection.prepare_cached("SELECT DISTINCT space FROM feed")?;
        let rows = statement.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
        let mut spaces = rows.map(|bytes| space_of(&bytes?)).collect::<Result<Vec<_>, _>>()?;
        spaces.sort();
        Ok(spaces)
    }

    fn feed(&self, feed: &FeedId) -> Result<Option<FeedHead>, StorageError> {
        let sql = format!("SELECT {HEAD_COLUMNS} FROM feed WHERE id = ?1");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([feed.as_bytes()])?;
        rows.next()?.map(head_of).transpose()
    }

    fn push_record(&mut self, head: &FeedHead, record: &Record) -> Result<(), StorageError> {
        let key = self.put_head(head)?;
        let seq = to_i64(record.entry.seq);
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO entry (feed, seq, hash, body, signature) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        let signature = record.signature.as_ref().map(|it| it.0.as_slice());
        statement.execute(params![key, seq, head.hash.as_bytes(), record.entry.to_body(), signature])?;
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO change (feed, seq, item, doc, hash, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        for (item, ((doc, hash), bytes)) in record.entry.changes().zip(&record.changes).enumerate() {
            statement.execute(params![
                key,
                seq,
                to_i64(item as u64),
                doc.as_bytes(),
                hash.as_bytes(),
                bytes
            ])?;
        }
        Ok(())
    }

    fn records(&self, feed: &FeedId, seq: u64, bytes_max: usize) -> Result<Vec<Record>, StorageError> {
        let Some(key) = self.feed_key(feed)? else { return Ok(Vec::new()) };
        let mut statement = self.connection.prepare_cached(
            "SELECT seq, hash, body, signature FROM entry WHERE feed = ?1 AND seq >= ?2 ORDER BY seq",
        )?;
        let mut rows = statement.query([key, to_i64(seq)])?;
        let (mut records, mut bytes) = (Vec::new(), 0);
        while let Some(row) = rows.next()? {
            let record = record_of(row, self.changes(key, row.get(0)?)?)?;
            bytes += record.size();
            if bytes > bytes_max && !records.is_empty() {
                break;
            }
            records.push(record);
        }
        Ok(records)
    }

    fn place(&self, change: &ChangeHash) -> Result<Option<(FeedId, u64)>, StorageError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT feed.id, change.seq FROM change JOIN feed ON feed.key = change.feed WHERE change.hash = ?1 LIMIT 1",
        )?;
        let place = |row: &Row<'_>| Ok((FeedId(row.get(0)?), row.get::<_, i64>(1)?.unsigned_abs()));
        Ok(statement.query_row([change.as_bytes()], place).optional()?)
    }

    fn alike(&self, doc: &DocId, prefix: [u8; PREFIX_BYTES]) -> Result<Vec<ChangeHash>, StorageError> {
        let (mut least, mut most) = ([0; 32], [0xff; 32]);
        least.split_at_mut(PREFIX_BYTES).0.copy_from_slice(&prefix);
        most.split_at_mut(PREFIX_BYTES).0.copy_from_slice(&prefix);
        // By the hash whatever the document: a long document would otherwise be searched through.
        let mut statement = self.connection.prepare_cached(
            "SELECT DISTINCT hash FROM (SELECT hash, doc FROM change INDEXED BY change_by_hash
             WHERE hash BETWEEN ?1 AND ?2 ORDER BY hash LIMIT ?3) WHERE doc = ?4 ORDER BY hash",
        )?;
        let values = params![least, most, to_i64(ALIKE_MAX as u64), doc.as_bytes()];
        let rows = statement.query_map(values, |row| row.get(0).map(ChangeHash))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

const HEAD_COLUMNS: &str = "id, node, space, epoch, height, hash, roster";

fn head_of(row: &Row<'_>) -> Result<FeedHead, StorageError> {
    Ok(FeedHead {
        feed: FeedId(row.get(0)?),
        node: NodeNo(row.get(1)?),
        space: space_of(&row.get::<_, Vec<u8>>(2)?)?,
        epoch: row.get(3)?,
        height: row.get::<_, i64>(4)?.unsigned_abs(),
        hash: EntryHash(row.get(5)?),
        roster: row.get::<_, i64>(6)?.unsigned_abs(),
    })
}

/// Rebuilds a record and checks that the body is the one whose hash was kept: SQLite does not notice a rotten page.
fn record_of(row: &Row<'_>, changes: Vec<Vec<u8>>) -> Result<Record, StorageError> {
    let entry = Entry::from_body(&row.get::<_, Vec<u8>>(2)?)
        .map_err(|_| StorageError::Damaged("entry body does not read"))?;
    if entry.hash() != EntryHash(row.get(1)?) {
        return Err(StorageError::Damaged("entry body does not have its hash"));
    }
    let signature = row.get::<_, Option<[u8; 64]>>(3)?.map(Signature);
    Ok(Record { entry, signature, changes })
}

fn space_of(bytes: &[u8]) -> Result<Space, StorageError> {
    Space::read(&mut Reader::new(bytes)).map_err(|_| StorageError::Damaged("space does not read"))
}

/// SQLite keeps signed numbers; heights and sequence numbers stay far below the difference.
fn to_i64(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

impl From<rusqlite::Error> for StorageError {
    fn from(error: rusqlite::Error) -> Self {
        // The index beside the write-ahead log cannot grow: SQLite calls that an I/O error, and it is a full disk.
        let extended = error.sqlite_error().map(|it| it.extended_code);
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            _ if extended == Some(rusqlite::ffi::SQLITE_IOERR_SHMSIZE) => Self::Full,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged("database file"),
            _ => Self::Database(Box::new(error)),
        }
    }
}
