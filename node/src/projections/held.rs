//! Logged changes that their documents have not taken, and why.
//!
//! A computed state, no queue: what stands here follows from the log, the roster and the rules this program knows, and
//! is considered again with every statement and with everything that arrives for the document. The bytes are the log's.

use rusqlite::{Connection, OptionalExtension, params};
use svod_shared::id::{Actor, ChangeHash, DocId, FeedId};
use svod_shared::storage::StorageError;

/// Why a logged change does not stand in its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Changes that it depends on have not arrived.
    Dependencies,
    /// The feed forked, and another change stands in its place.
    SeqTaken,
    /// It failed on the scratch copy.
    Endangers,
    /// It depends on a change that only a decision of the lead can settle.
    Stranded,
    /// It was written under rules, or for a kind of document, that this program does not know.
    Newer,
    /// It breaks the rules; every node refuses it.
    Refused,
    /// The lead has excluded it.
    Excluded,
    /// It was written after the end of its feed; the lead may raise the end.
    Late,
}

/// All of them, for reading.
const ALL: [Why; 8] = [
    Why::Dependencies,
    Why::SeqTaken,
    Why::Endangers,
    Why::Stranded,
    Why::Newer,
    Why::Refused,
    Why::Excluded,
    Why::Late,
];

impl Why {
    /// The word it is kept under, also the end of its message key.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Dependencies => "dependencies",
            Self::SeqTaken => "seq-taken",
            Self::Endangers => "endangers",
            Self::Stranded => "stranded",
            Self::Newer => "newer",
            Self::Refused => "refused",
            Self::Excluded => "excluded",
            Self::Late => "late",
        }
    }

    /// Whether it may still be taken under the rules that this program knows.
    pub const fn waits(self) -> bool {
        !matches!(self, Self::Refused | Self::Excluded | Self::Late)
    }

    /// Unknown words are of an earlier version, which told its reasons apart by sentences.
    fn of_key(key: &str) -> Self {
        ALL.into_iter().find(|it| it.key() == key).unwrap_or(Self::Dependencies)
    }
}

/// A change that its document has not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its hash.
    pub hash: ChangeHash,
    /// Its document.
    pub doc: DocId,
    /// Why.
    pub why: Why,
}

/// The first of them in the order of the log.
pub fn list(connection: &Connection, limit: u32) -> Result<Vec<Held>, StorageError> {
    let mut statement = connection.prepare_cached(
        "SELECT held.hash, held.doc, held.reason FROM held JOIN change USING (hash)
         GROUP BY held.hash ORDER BY MIN(change.feed), MIN(change.seq), MIN(change.item) LIMIT ?1",
    )?;
    let rows = statement.query_map([limit], |row| {
        let why = Why::of_key(&row.get::<_, String>(2)?);
        Ok(Held { hash: ChangeHash(row.get(0)?), doc: DocId(row.get(1)?), why })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The documents that changes wait for.
pub fn documents(connection: &Connection) -> Result<Vec<DocId>, StorageError> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT doc FROM held WHERE reason NOT IN ('refused', 'excluded', 'late') ORDER BY doc",
    )?;
    let rows = statement.query_map([], |row| Ok(DocId(row.get(0)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Why a change does not stand in its document; `None` if it does, or is not here.
pub fn why(connection: &Connection, hash: &ChangeHash) -> Result<Option<Why>, StorageError> {
    let mut statement = connection.prepare_cached("SELECT reason FROM held WHERE hash = ?1")?;
    let found = statement.query_row([hash.as_bytes()], |row| row.get::<_, String>(0)).optional()?;
    Ok(found.map(|it| Why::of_key(&it)))
}

/// Notes that a change is not taken.
pub fn put(
    connection: &Connection,
    doc: &DocId,
    hash: &ChangeHash,
    actor: &Actor,
    why: Why,
) -> Result<(), StorageError> {
    connection.execute(
        "INSERT INTO held (hash, doc, actor, reason) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (hash) DO UPDATE SET doc = ?2, actor = ?3, reason = ?4",
        params![hash.as_bytes(), doc.as_bytes(), actor.as_bytes(), why.key()],
    )?;
    Ok(())
}

/// Notes that a change stands in its document.
pub fn remove(connection: &Connection, hash: &ChangeHash) -> Result<(), StorageError> {
    connection.execute("DELETE FROM held WHERE hash = ?1", [hash.as_bytes()])?;
    Ok(())
}

/// Forgets all verdicts on a document's changes, to give them anew.
pub fn clear(connection: &Connection, doc: &DocId) -> Result<(), StorageError> {
    connection.execute("DELETE FROM held WHERE doc = ?1", [doc.as_bytes()])?;
    Ok(())
}

/// How many changes wait.
pub fn count(connection: &Connection) -> Result<u64, StorageError> {
    let sql = "SELECT COUNT(*) FROM held WHERE reason NOT IN ('refused', 'excluded', 'late')";
    let count: i64 = connection.query_row(sql, [], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// Whether changes of a feed are excluded or wait for the lead: nothing that follows them in it can ever be applied.
pub fn strands(connection: &Connection, feed: &FeedId) -> Result<bool, StorageError> {
    let mut statement = connection.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM held JOIN change USING (hash) JOIN feed ON feed.key = change.feed
         WHERE feed.id = ?1 AND held.actor = ?2 AND held.reason IN ('excluded', 'stranded', 'late'))",
    )?;
    Ok(statement.query_row(params![feed.as_bytes(), feed.actor().as_bytes()], |row| row.get(0))?)
}
