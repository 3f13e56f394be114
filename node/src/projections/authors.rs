//! Who made a change: the signed entry that commits to it, and the organisation the roster gives its node to.

use rusqlite::{Connection, OptionalExtension};
use svod_shared::id::{ChangeHash, EntryHash, FeedId, NodeNo, OrgNo};
use svod_shared::roster::Roster;
use svod_shared::storage::StorageError;

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
        "SELECT feed.node, feed.id, entry.seq, entry.hash FROM change
         JOIN entry ON entry.feed = change.feed AND entry.seq = change.seq
         JOIN feed ON feed.key = change.feed WHERE change.hash = ?1 ORDER BY feed.id LIMIT 1",
    )?;
    let found = statement
        .query_row([change.as_bytes()], |row| {
            Ok((
                NodeNo(row.get(0)?),
                FeedId(row.get(1)?),
                row.get::<_, i64>(2)?.unsigned_abs(),
                EntryHash(row.get(3)?),
            ))
        })
        .optional()?;
    Ok(found.and_then(|(node, feed, seq, entry)| {
        let node = roster.node(node)?;
        let org = roster.org(node.org)?;
        Some(Author {
            org: org.no,
            org_short: org.short.clone(),
            node: node.label.clone(),
            is_me: org.no == me,
            time,
            feed,
            seq,
            entry,
        })
    }))
}
