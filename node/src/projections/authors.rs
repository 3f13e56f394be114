//! Who made a change: the signed entry that commits to it, and the organisation the roster gives its node to.

use rusqlite::Connection;
use svod_shared::chunk;
use svod_shared::id::{ChangeHash, EntryHash, FeedId, NodeNo, OrgNo};
use svod_shared::roster::Roster;
use svod_shared::storage::StorageError;

use crate::documents::message;
use crate::domain::member::Author;

/// The author of a change. `None`: no stored entry commits to it, or its node is not in the roster.
pub fn of_change(
    connection: &Connection,
    roster: &Roster,
    me: OrgNo,
    change: &ChangeHash,
    time: i64,
) -> Result<Option<Author>, StorageError> {
    let mut statement = connection.prepare_cached(
        "SELECT feed.node, feed.id, entry.seq, entry.hash, change.bytes FROM change
         JOIN entry ON entry.feed = change.feed AND entry.seq = change.seq
         JOIN feed ON feed.key = change.feed WHERE change.hash = ?1",
    )?;
    let found = statement.query_map([change.as_bytes()], |row| {
        Ok((
            NodeNo(row.get(0)?),
            FeedId(row.get(1)?),
            row.get::<_, i64>(2)?.unsigned_abs(),
            EntryHash(row.get(3)?),
            row.get::<_, Vec<u8>>(4)?,
        ))
    })?;
    let mut found = found.collect::<Result<Vec<_>, _>>()?;
    if found.len() > 1 {
        // Another feed can commit to a copy; the change itself says whose it is.
        found.retain(|it| Some(it.1.actor()) == chunk::actor(&it.4));
        // The database gives them in the order in which it got them.
        found.sort_by_key(|it| it.1);
    }
    let found = found.into_iter().next();
    Ok(found.and_then(|(node, feed, seq, entry, bytes)| {
        let node = roster.node(node)?;
        let org = roster.org(node.org)?;
        Some(Author {
            org: org.no,
            org_short: org.short.clone(),
            node: node.label.clone(),
            person: chunk::message(&bytes).and_then(|it| message::read(it).0),
            is_me: org.no == me,
            time,
            feed,
            seq,
            entry,
        })
    }))
}
