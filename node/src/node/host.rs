//! The node as the driver of its session with the relay sees it.

use svod_shared::entry::Record;
use svod_shared::id::{ChangeHash, FeedId};
use svod_shared::keys::PublicKey;
use svod_shared::letter::LetterReply;
use svod_shared::pack::Wanted;
use svod_shared::storage::{Loaded, StorageError};
use svod_shared::sync::{Event, Snapshot};
use svod_shared::time::Timestamp;
use svod_shared::transport::{Host, HostError, Update};
use tokio::sync::broadcast;
use tracing::warn;

use super::{Node, NodeError};
use crate::store::{Clock, StatementError};

impl Host for Node {
    async fn snapshot(&self, _peer: PublicKey) -> Result<Snapshot, StorageError> {
        self.run(|store| store.snapshot()).await.map_err(to_storage)
    }

    async fn load(&self, feed: FeedId, seq: u64, bytes_max: usize) -> Result<Loaded, StorageError> {
        self.run(move |store| store.load(&feed, seq, bytes_max)).await.map_err(to_storage)
    }

    async fn find(&self, wanted: Vec<Wanted>) -> Result<Vec<Option<ChangeHash>>, StorageError> {
        self.run(move |store| store.find(&wanted)).await.map_err(to_storage)
    }

    async fn append(&self, from: PublicKey, records: Vec<Record>) -> Result<Vec<FeedId>, StorageError> {
        let accepted = self.run(|store| store.receive(records)).await.map_err(to_storage)?;
        for refused in &accepted.refused {
            warn!(peer = ?from, feed = ?refused.feed, seq = refused.seq, reason = refused.reason.key(), "entry refused");
        }
        self.touch();
        Ok(accepted.other_branches())
    }

    async fn statements(&self, signed: Vec<Vec<u8>>) -> Result<(), HostError> {
        let taken = self.run(move |store| Ok::<_, NodeError>(store.receive_statements(&signed))).await;
        match taken.map_err(to_storage)? {
            Ok(()) => Ok(()),
            Err(StatementError::Storage(error)) => Err(HostError::Storage(error)),
            Err(error) => {
                warn!(%error, "roster statements refused");
                Err(HostError::Refused)
            }
        }
    }

    async fn notify(&self, peer: PublicKey, event: Event) {
        if let Event::LetterReply { reply: LetterReply::Refused(refusal), .. } = &event {
            self.join_refused().send_replace(Some(*refusal));
        }
        if let Err(error) = self.run(move |store| store.take(event)).await {
            warn!(?peer, %error, "an event of the session was not kept");
        }
        self.touch();
    }

    fn updates(&self) -> broadcast::Receiver<Update> {
        self.updates.subscribe()
    }

    fn now(&self) -> Timestamp {
        Clock::system().now()
    }
}

/// The driver knows of storage only; that the node is closing ends the session all the same.
fn to_storage(error: NodeError) -> StorageError {
    match error {
        NodeError::Storage(error) => error,
        error => StorageError::Database(Box::new(error)),
    }
}
