//! An automerge change chunk without what can be worked out again.
//!
//! ```text
//! chunk = as in crate::chunk, all of it given by the body
//! body  = deps LEB · hash 32… · actor length LEB · actor · …
//! ```

use crate::chunk::body;
pub(super) use crate::chunk::of_body as restore;
use crate::id::{ChangeHash, FeedId};
use crate::leb::{ReadError, Reader};

const ACTOR_BYTES: u8 = 16;

/// What of a chunk travels.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stripped {
    /// The body without the actor, which is the feed's.
    WithoutActor(Vec<u8>),
    /// The body.
    Body(Vec<u8>),
}

/// Strips a chunk, if restoring it gives the same bytes and `hash`.
pub(super) fn strip(chunk: &[u8], hash: &ChangeHash, feed: &FeedId) -> Option<Stripped> {
    let body = body(chunk).ok()?;
    let (restored_hash, restored) = restore(body);
    if restored_hash != *hash || restored != chunk {
        return None;
    }
    let stripped = match without_actor(body, feed) {
        Some(stripped) => Stripped::WithoutActor(stripped),
        None => Stripped::Body(body.to_vec()),
    };
    Some(stripped)
}

fn without_actor(body: &[u8], feed: &FeedId) -> Option<Vec<u8>> {
    let (deps, rest) = split_deps(body).ok()?;
    let (length, rest) = rest.split_first()?;
    let rest = rest.strip_prefix(feed.actor().as_bytes())?;
    (*length == ACTOR_BYTES).then(|| [deps, rest].concat())
}

/// The dependencies with their count, and what follows.
fn split_deps(body: &[u8]) -> Result<(&[u8], &[u8]), ReadError> {
    let mut reader = Reader::new(body);
    let deps = usize::try_from(reader.leb_max(body.len() as u64)?).map_err(|_| ReadError::Limit)?;
    reader.raw(deps.saturating_mul(32))?;
    let rest = reader.rest();
    Ok((body.get(..body.len() - rest.len()).ok_or(ReadError::Short)?, rest))
}

/// The chunk of a body that lacks its actor, which is `feed`'s.
pub(super) fn restore_with_actor(body: &[u8], feed: &FeedId) -> Result<(ChangeHash, Vec<u8>), ReadError> {
    let (deps, rest) = split_deps(body)?;
    Ok(restore(&[deps, &[ACTOR_BYTES], feed.actor().as_bytes(), rest].concat()))
}
