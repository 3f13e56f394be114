//! A document from the log: what the log holds of it, without what the lead has excluded.
//!
//! Snapshots are caches, and what a document has not taken is a computed state: both follow from the log, the roster and
//! the rules that this program knows, and this is where they are computed, for one arriving change as for a whole
//! document.

use std::collections::BTreeMap;

use rusqlite::{Connection, Row, params};
use svod_shared::entry::Entry;
use svod_shared::id::{Actor, ChangeHash, DocId, FeedId, NodeNo, OrgNo};
use svod_shared::log;
use svod_shared::roster::{FIRST_RULES, Roster};
use svod_shared::storage::sqlite::SqliteStorage;
use svod_shared::storage::{Storage, StorageError};

use super::Store;
use super::inbox::keep;
use crate::documents::{Applied, Document, Hold, Incoming, Kind};
use crate::projections::held::{self, Why};
use crate::projections::news;

/// The newest structure rules that this program knows. What was written under later ones waits for an update.
pub(super) const RULES_KNOWN: u64 = FIRST_RULES;

/// A logged change on its way into its document.
#[derive(Debug)]
pub(super) struct Offer {
    /// The actor of the feed whose entry commits to it.
    pub(super) actor: Actor,
    /// Its hash.
    pub(super) hash: ChangeHash,
    /// Its plain chunk.
    pub(super) bytes: Vec<u8>,
    /// Whose node's feed it is in, where the roster knows.
    pub(super) org: Option<OrgNo>,
    /// The rules that its entry was written under.
    pub(super) rules: u64,
    /// Whether its entry lies above the end of its feed.
    pub(super) late: bool,
}

/// A document made anew.
#[derive(Debug)]
pub(super) struct Rebuilt {
    /// The document.
    pub(super) document: Document,
    /// What became of the logged changes.
    pub(super) applied: Applied,
}

impl Store {
    /// Drops snapshots and projections and makes them again; gives the number of documents.
    pub fn rebuild(&mut self) -> Result<usize, StorageError> {
        let transaction = self.connection.unchecked_transaction()?;
        transaction.execute_batch(
            "DELETE FROM snapshot; DELETE FROM held; DELETE FROM plan; DELETE FROM execution;
             DELETE FROM indicators; DELETE FROM campaign; DELETE FROM value_sheet;
             DELETE FROM search_line; INSERT INTO search (search) VALUES ('delete-all')",
        )?;
        let docs = documents(&transaction)?;
        for doc in &docs {
            rebuild_document(&transaction, &self.roster, doc)?;
        }
        transaction.commit()?;
        Ok(docs.len())
    }
}

/// All documents that the log has changes of.
fn documents(connection: &Connection) -> Result<Vec<DocId>, StorageError> {
    let mut statement = connection.prepare("SELECT DISTINCT doc FROM change ORDER BY doc")?;
    let rows = statement.query_map([], |row| Ok(DocId(row.get(0)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The document as the log has it, for a snapshot that is gone or does not load; the verdicts that stand are followed,
/// and nothing is kept.
pub(super) fn from_log(connection: &Connection, doc: &DocId) -> Result<Document, StorageError> {
    let mut document =
        Document::new(*doc).map_err(|_| StorageError::Damaged("document of an unknown kind"))?;
    let mut statement = connection.prepare_cached(
        "SELECT feed.id, change.hash, change.bytes FROM change JOIN feed ON feed.key = change.feed
         WHERE change.doc = ?1 AND change.hash NOT IN (SELECT hash FROM held WHERE doc = ?1)
         ORDER BY change.feed, change.seq, change.item",
    )?;
    let rows = statement.query_map([doc.as_bytes()], |row| {
        Ok((FeedId(row.get(0)?).actor(), ChangeHash(row.get(1)?), row.get::<_, Vec<u8>>(2)?))
    })?;
    let logged: Vec<_> = rows.collect::<Result<_, _>>()?;
    let offers = logged.iter().map(|(actor, hash, bytes)| Incoming { actor: *actor, hash: *hash, bytes });
    document.apply(&offers.collect::<Vec<_>>());
    Ok(document)
}

/// Makes a document anew from the log, with its snapshot, its projections and the verdicts on what it has not taken;
/// whatever they said before is not looked at. `None`: its kind is of a later version, and all its changes wait.
pub(super) fn rebuild_document(
    connection: &Connection,
    roster: &Roster,
    doc: &DocId,
) -> Result<Option<Rebuilt>, StorageError> {
    held::clear(connection, doc)?;
    let offers = logged(connection, roster, doc, Which::All)?;
    if Kind::of(doc).is_err() {
        hold_all(connection, doc, &offers)?;
        return Ok(None);
    }
    let mut document =
        Document::new(*doc).map_err(|_| StorageError::Damaged("document of an unknown kind"))?;
    let applied = offer(connection, roster, &mut document, &offers)?;
    keep(connection, &document)?;
    news::retain(connection, doc, |change| document.has(change))?;
    Ok(Some(Rebuilt { document, applied }))
}

/// Which of a document's logged changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// All.
    All,
    /// Those that wait.
    Waiting,
}

/// Logged changes of a document, each feed's in order: a change waits behind the earlier ones of its actor.
pub(super) fn logged(
    connection: &Connection,
    roster: &Roster,
    doc: &DocId,
    which: Which,
) -> Result<Vec<Offer>, StorageError> {
    let mut statement = connection.prepare_cached(
        "SELECT change.hash, feed.id, feed.node, change.bytes, entry.body, change.seq FROM change
         JOIN feed ON feed.key = change.feed JOIN entry ON entry.feed = change.feed AND entry.seq = change.seq
         WHERE change.doc = ?1 AND (?2 OR change.hash IN
             (SELECT hash FROM held WHERE doc = ?1 AND reason NOT IN ('refused', 'excluded', 'late')))
         ORDER BY change.feed, change.seq, change.item",
    )?;
    let mut rows = statement.query(params![doc.as_bytes(), which == Which::All])?;
    let (mut offers, mut ends) = (Vec::new(), BTreeMap::new());
    while let Some(row) = rows.next()? {
        let offer = logged_offer(roster, row)?;
        let feed = FeedId(row.get(1)?);
        let end = match ends.get(&feed) {
            Some(end) => *end,
            None => end_of(connection, roster, &feed)?,
        };
        ends.insert(feed, end);
        let late = end.is_some_and(|end| row.get::<_, i64>(5).is_ok_and(|seq| seq.unsigned_abs() >= end));
        offers.push(Offer { late, ..offer });
    }
    Ok(offers)
}

/// How many of a feed's entries stand, if a statement has closed it.
fn end_of(connection: &Connection, roster: &Roster, feed: &FeedId) -> Result<Option<u64>, StorageError> {
    let storage = SqliteStorage::new(connection);
    let head = storage.feed(feed)?.filter(|it| roster.closing(&it.feed, it.node).is_some());
    head.map(|it| log::standing(&storage, roster, &it)).transpose()
}

fn logged_offer(roster: &Roster, row: &Row<'_>) -> Result<Offer, StorageError> {
    let feed = FeedId(row.get(1)?);
    let rules = match roster.rules_at(roster.height()) {
        // Rules only grow, so that no entry is looked into as long as all are known.
        known @ ..=RULES_KNOWN => known,
        _ => {
            let entry = Entry::from_body(&row.get::<_, Vec<u8>>(4)?);
            roster.rules_at(entry.map_err(|_| StorageError::Damaged("entry body does not read"))?.roster)
        }
    };
    Ok(Offer {
        actor: feed.actor(),
        hash: ChangeHash(row.get(0)?),
        bytes: row.get(3)?,
        org: roster.node(NodeNo(row.get(2)?)).map(|it| it.org),
        rules,
        late: false,
    })
}

/// Offers a document logged changes and keeps the verdict on each; the document is not saved yet.
pub(super) fn offer(
    connection: &Connection,
    roster: &Roster,
    document: &mut Document,
    offers: &[Offer],
) -> Result<Applied, StorageError> {
    let doc = document.id();
    let mut incoming = Vec::new();
    for it in offers {
        if roster.is_excluded(&it.hash) {
            held::put(connection, &doc, &it.hash, &it.actor, Why::Excluded)?;
        } else if it.late {
            held::put(connection, &doc, &it.hash, &it.actor, Why::Late)?;
        } else if it.rules > RULES_KNOWN {
            held::put(connection, &doc, &it.hash, &it.actor, Why::Newer)?;
        } else {
            incoming.push(Incoming { actor: it.actor, hash: it.hash, bytes: &it.bytes });
        }
    }
    let applied = document.apply(&incoming);
    let actors: BTreeMap<_, _> = incoming.iter().map(|it| (it.hash, it.actor)).collect();
    let put = |hash: &ChangeHash, why| {
        let actor = actors.get(hash).ok_or(StorageError::Damaged("verdict on a change never offered"))?;
        held::put(connection, &doc, hash, actor, why)
    };
    for hash in &applied.applied {
        held::remove(connection, hash)?;
    }
    for (hash, _) in &applied.refused {
        put(hash, Why::Refused)?;
    }
    for (hash, hold) in &applied.held {
        put(hash, why(hold))?;
    }
    tell_stranded(connection, offers, &applied, put)?;
    Ok(applied)
}

/// Notes that all changes of a document of a later version's kind wait.
pub(super) fn hold_all(connection: &Connection, doc: &DocId, offers: &[Offer]) -> Result<(), StorageError> {
    for it in offers {
        held::put(connection, doc, &it.hash, &it.actor, Why::Newer)?;
    }
    Ok(())
}

fn why(hold: &Hold) -> Why {
    match hold {
        Hold::Dependencies { .. } => Why::Dependencies,
        Hold::SeqTaken { .. } => Why::SeqTaken,
        Hold::Scratch(_) => Why::Endangers,
    }
}

/// Tells changes that wait for a decision or an update from those that only wait for something to arrive.
fn tell_stranded(
    connection: &Connection,
    offers: &[Offer],
    applied: &Applied,
    put: impl Fn(&ChangeHash, Why) -> Result<(), StorageError>,
) -> Result<(), StorageError> {
    let mut waiting: Vec<_> = applied
        .held
        .iter()
        .filter_map(|(hash, hold)| match hold {
            Hold::Dependencies { missing } => Some((hash, behind(offers, hash, missing))),
            Hold::SeqTaken { .. } | Hold::Scratch(_) => None,
        })
        .collect();
    loop {
        let mut left = Vec::new();
        let before = waiting.len();
        for (hash, behind) in waiting {
            let mut told = None;
            for it in &behind {
                told = told.or(held::why(connection, it)?.and_then(passed_on));
            }
            match told {
                Some(why) => put(hash, why)?,
                None => left.push((hash, behind)),
            }
        }
        if left.len() == before {
            return Ok(());
        }
        waiting = left;
    }
}

/// What a change waits behind: its missing dependencies, or the earlier changes of its actor.
fn behind(offers: &[Offer], hash: &ChangeHash, missing: &[ChangeHash]) -> Vec<ChangeHash> {
    if !missing.is_empty() {
        return missing.to_vec();
    }
    let Some(at) = offers.iter().position(|it| it.hash == *hash) else { return Vec::new() };
    let (earlier, later) = offers.split_at(at);
    let actor = later.first().map(|it| it.actor);
    earlier.iter().filter(|it| Some(it.actor) == actor).map(|it| it.hash).collect()
}

/// What a change is that depends on one in this state.
fn passed_on(why: Why) -> Option<Why> {
    match why {
        Why::Dependencies | Why::SeqTaken => None,
        Why::Newer => Some(Why::Newer),
        Why::Endangers | Why::Stranded | Why::Refused | Why::Excluded | Why::Late => Some(Why::Stranded),
    }
}
