//! What a node or a relay is to the driver of its sessions.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::broadcast;

use crate::entry::Record;
use crate::id::{ChangeHash, FeedId};
use crate::keys::PublicKey;
use crate::letter::LetterReply;
use crate::pack::Wanted;
use crate::roster::Roster;
use crate::storage::{FeedHead, Loaded, StorageError};
use crate::sync::{Event, Snapshot};
use crate::time::Timestamp;

/// Why the host did not take roster statements.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// They do not verify or do not follow.
    #[error("statements are refused")]
    Refused,
    /// The local store failed.
    #[error("local store failed")]
    Storage(#[from] StorageError),
}

/// The store and the rest of the program, as a session's driver sees them.
///
/// A method that stores returns once the data is durable, so that nothing is acknowledged before.
pub trait Host: Send + Sync + 'static {
    /// The state that a new session with `peer` starts from.
    fn snapshot(&self, peer: PublicKey) -> impl Future<Output = Result<Snapshot, StorageError>> + Send;

    /// Entries of a feed from `seq` on, about `bytes_max` bytes, at least one if there is one, with the places of what
    /// they build on: as [`crate::storage::Storage::load`] gives them.
    fn load(
        &self,
        feed: FeedId,
        seq: u64,
        bytes_max: usize,
    ) -> impl Future<Output = Result<Loaded, StorageError>> + Send;

    /// Changes of the log, as [`crate::storage::Storage::find`] gives them.
    fn find(
        &self,
        wanted: Vec<Wanted>,
    ) -> impl Future<Output = Result<Vec<Option<ChangeHash>>, StorageError>> + Send;

    /// Checks and keeps entries. The new heads come through [`Host::updates`]; entries that are refused are the
    /// host's to report. Gives the feeds of which the peer seems to hold another branch, see
    /// [`crate::log::Accepted::other_branches`].
    fn append(
        &self,
        from: PublicKey,
        records: Vec<Record>,
    ) -> impl Future<Output = Result<Vec<FeedId>, StorageError>> + Send;

    /// Checks and keeps roster statements. The new roster comes through [`Host::updates`].
    fn statements(&self, signed: Vec<Vec<u8>>) -> impl Future<Output = Result<(), HostError>> + Send;

    /// Takes a session's news.
    fn notify(&self, peer: PublicKey, event: Event) -> impl Future<Output = ()> + Send;

    /// What happens from now on.
    fn updates(&self) -> broadcast::Receiver<Update>;

    /// The clock.
    fn now(&self) -> Timestamp;
}

/// News for the sessions.
#[derive(Debug, Clone)]
pub struct Update {
    /// The peer whose session it is for; `None`: for all.
    pub to: Option<PublicKey>,
    /// What happened.
    pub what: Updated,
}

/// What happened.
#[derive(Debug, Clone)]
pub enum Updated {
    /// Feeds grew.
    Heads(Arc<[FeedHead]>),
    /// The roster grew.
    Roster(Arc<Roster>),
    /// Signed frontiers: on the relay, to pass on; on a node, its own to send.
    Frontiers {
        /// The signed bytes.
        frontiers: Arc<[Vec<u8>]>,
        /// The relay's number of the last of them; 0 on a node.
        cursor: u64,
    },
    /// Newcomers' letters, for a node of the lead.
    Letters(Arc<[Vec<u8>]>),
    /// The lead's answer to a letter: on the lead's node to send, on the relay to pass on to the newcomer.
    LetterReply {
        /// The newcomer.
        to: PublicKey,
        /// The answer.
        reply: LetterReply,
    },
}

impl Update {
    /// News for every session.
    pub fn all(what: Updated) -> Self {
        Self { to: None, what }
    }

    /// News for the sessions of one peer.
    pub fn to(peer: PublicKey, what: Updated) -> Self {
        Self { to: Some(peer), what }
    }
}
