//! Passing frontiers on: each node's newest, to every node that may read the space.
//!
//! The relay verifies a frontier before it keeps it, so that nobody can push another node's aside; nodes verify once
//! more, because the relay's word counts for nothing. A peer is told new ones only after it has been given those it
//! lacks: otherwise a line that breaks in between would leave a gap below the number it remembers.

use svod_shared::frontier::Frontier;
use svod_shared::keys::PublicKey;
use svod_shared::roster::Roster;
use svod_shared::storage::StorageError;
use svod_shared::storage::sqlite::frontiers::{self, StoredFrontier};
use svod_shared::time::Timestamp;
use svod_shared::transport::{Update, Updated};
use tracing::{debug, warn};

use crate::db::Db;

/// About how many bytes of frontiers are told at once; well below a frame.
const BATCH_BYTES: usize = 256 * 1024;
/// How many frontiers are told at once; as many as a frame takes.
const BATCH_MAX: usize = 256;

/// Takes a frontier that a peer has sent, and tells those that follow.
pub(crate) fn came(
    db: &Db,
    bytes: &[u8],
    following: &[PublicKey],
    now: Timestamp,
) -> Result<(), StorageError> {
    for stored in keep(db, bytes, now)? {
        for peer in following {
            tell(db, *peer, std::slice::from_ref(&stored));
        }
    }
    Ok(())
}

/// Gives a peer the frontiers that are newer than the last one it has; from then on it is to be told the new ones.
pub(crate) fn catch_up(db: &Db, peer: PublicKey, cursor: u64) -> Result<(), StorageError> {
    tell(db, peer, &frontiers::after(db.connection(), cursor)?);
    Ok(())
}

/// Keeps a frontier that verifies and is newer than the one here; gives it as kept.
fn keep(db: &Db, bytes: &[u8], now: Timestamp) -> Result<Vec<StoredFrontier>, StorageError> {
    let frontier = match Frontier::verify(bytes, &db.roster()) {
        Ok(frontier) => frontier,
        Err(error) => {
            warn!(%error, "frontier refused");
            return Ok(Vec::new());
        }
    };
    let Frontier { node, space, counter, .. } = frontier;
    let transaction = db.connection().unchecked_transaction().map_err(StorageError::from)?;
    let before = frontiers::last(&transaction)?;
    let newer = frontiers::put(&transaction, node, space, counter, bytes, now)?;
    transaction.commit().map_err(StorageError::from)?;
    debug!(node = node.0, ?space, counter, newer, "frontier received");
    if newer { frontiers::after(db.connection(), before) } else { Ok(Vec::new()) }
}

/// Tells a peer those that it may know.
fn tell(db: &Db, peer: PublicKey, stored: &[StoredFrontier]) {
    let roster = db.roster();
    let mut batch = Vec::new();
    let mut bytes = 0;
    for (index, it) in stored.iter().enumerate() {
        if may_know(&roster, &peer, &it.bytes) {
            bytes += it.bytes.len();
            batch.push(it.bytes.clone());
        }
        let last = index + 1 == stored.len();
        if bytes >= BATCH_BYTES || batch.len() >= BATCH_MAX || (last && !batch.is_empty()) {
            let frontiers = std::mem::take(&mut batch).into();
            db.tell(Update::to(peer, Updated::Frontiers { frontiers, cursor: it.cursor }));
            bytes = 0;
        }
    }
}

/// A frontier says how much of a space there is, so it goes where the space may go.
fn may_know(roster: &Roster, peer: &PublicKey, bytes: &[u8]) -> bool {
    match (roster.node_by_key(peer), Frontier::peek(bytes)) {
        (Some(node), Ok(frontier)) => node.no != frontier.node && roster.may_read(node.no, frontier.space),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
