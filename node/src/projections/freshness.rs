//! How fresh each member is, from signed frontiers and nothing else.

use rusqlite::Connection;
use svod_shared::frontier::Frontier;
use svod_shared::id::{NodeNo, OrgNo, Space};
use svod_shared::roster::Roster;
use svod_shared::storage::sqlite::frontiers;
use svod_shared::storage::{FeedHead, StorageError};
use svod_shared::time::Timestamp;

use crate::domain::member::Freshness;

/// What this node knows of every other active organisation, in the order of their numbers.
pub fn list(
    connection: &Connection,
    roster: &Roster,
    me: OrgNo,
    heads: &[FeedHead],
) -> Result<Vec<Freshness>, StorageError> {
    let said = said(connection)?;
    let others = roster.orgs().filter(|it| it.no != me && it.active);
    others
        .map(|org| {
            let nodes: Vec<_> = roster.nodes().filter(|it| it.org == org.no).map(|it| it.no).collect();
            let of_org = said.iter().filter(|it| nodes.contains(&it.frontier.node));
            let last_seen = of_org.clone().map(|it| it.heard).max();
            let lacks = of_org.map(|it| lacking(&it.frontier, roster, me, heads)).min();
            let newest_entry = newest_entry(connection, &nodes)?;
            Ok(Freshness { org: org.no, newest_entry, last_seen, lacks })
        })
        .collect()
}

/// Own entries that no other organisation has confirmed.
pub fn unconfirmed(freshness: &[Freshness], roster: &Roster, me: OrgNo, heads: &[FeedHead]) -> u64 {
    let confirmed = freshness.iter().filter_map(|it| it.lacks).min();
    confirmed.unwrap_or_else(|| own(roster, me, heads).map(|it| it.height).sum())
}

struct Said {
    heard: Timestamp,
    frontier: Frontier,
}

fn said(connection: &Connection) -> Result<Vec<Said>, StorageError> {
    let stored = frontiers::after(connection, 0)?;
    let read = stored.into_iter().filter_map(|it| {
        let frontier = Frontier::peek(&it.bytes).ok()?;
        (frontier.space == Space::Network).then_some(Said { heard: it.heard, frontier })
    });
    Ok(read.collect())
}

fn own<'a>(roster: &'a Roster, me: OrgNo, heads: &'a [FeedHead]) -> impl Iterator<Item = &'a FeedHead> {
    heads.iter().filter(move |it| roster.node(it.node).is_some_and(|node| node.org == me))
}

/// How many entries of this organisation the node that signed the frontier does not have.
fn lacking(frontier: &Frontier, roster: &Roster, me: OrgNo, heads: &[FeedHead]) -> u64 {
    own(roster, me, heads)
        .map(|head| head.height.saturating_sub(frontier.vector.height(heads, &head.feed).unwrap_or(0)))
        .sum()
}

/// The author's time of the newest change of the organisation's nodes that stands in a document.
fn newest_entry(connection: &Connection, nodes: &[NodeNo]) -> Result<Option<Timestamp>, StorageError> {
    let mut statement = connection.prepare_cached(
        "SELECT MAX(json_extract(news.data, '$.time')) FROM news
         JOIN change ON change.hash = news.change JOIN feed ON feed.key = change.feed WHERE feed.node = ?1",
    )?;
    let mut newest = None;
    for node in nodes {
        let seconds: Option<i64> = statement.query_row([node.0], |row| row.get(0))?;
        newest = newest.max(seconds.map(|it| Timestamp(it.unsigned_abs() * 1000)));
    }
    Ok(newest)
}
