//! The node as the driver of its session with the relay sees it.

use std::sync::Arc;

use svod_shared::entry::Record;
use svod_shared::id::{ChangeHash, FeedId, Space};
use svod_shared::keys::PublicKey;
use svod_shared::letter::LetterReply;
use svod_shared::pack::Wanted;
use svod_shared::storage::{Loaded, StorageError};
use svod_shared::sync::{Event, Snapshot};
use svod_shared::time::Timestamp;
use svod_shared::transport::{Host, HostError, Update, Updated};
use tokio::sync::broadcast;
use tracing::{info, warn};

use super::{Node, NodeError};
use crate::store::{Clock, LetterAnswer, StatementError};

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

    async fn append(&self, from: PublicKey, records: Vec<Record>) -> Result<(), StorageError> {
        let accepted = self.run(|store| store.receive(records)).await.map_err(to_storage)?;
        if !accepted.appended.is_empty() {
            self.run(|store| store.note_exchange()).await.map_err(to_storage)?;
        }
        for refused in &accepted.refused {
            warn!(peer = ?from, feed = ?refused.feed, seq = refused.seq, reason = refused.reason.key(), "entry refused");
        }
        self.touch();
        Ok(())
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
        if let Err(error) = self.take(event).await {
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

impl Node {
    async fn take(&self, event: Event) -> Result<(), NodeError> {
        match event {
            Event::Connected | Event::Admitted => Ok(()),
            Event::InSync(_) | Event::NotInSync(_) => self.run(|store| store.note_exchange()).await,
            Event::Fork { feed, height, .. } => {
                warn!(?feed, height, "feed has forked");
                self.run(move |store| store.note_fork(&feed, height)).await
            }
            Event::OwnFeedElsewhere { heads } => {
                info!("own feeds stand elsewhere in another state");
                let feeds: Vec<_> = heads.iter().map(|it| it.feed).collect();
                self.run(move |store| store.note_own_elsewhere(&feeds)).await
            }
            Event::Frontier(bytes) => {
                let kept = self.run(move |store| store.receive_frontier(&bytes)).await?;
                kept.map_or_else(|error| warn!(%error, "frontier refused"), drop);
                Ok(())
            }
            Event::FrontierDue(space) => self.send_frontier(space).await,
            Event::FrontierCursor(cursor) => self.run(move |store| store.keep_frontier_cursor(cursor)).await,
            Event::Letter { from, letter } => self.answer(from, letter).await,
            Event::LetterReply { reply: LetterReply::Refused(refusal), .. } => {
                self.join_refused().send_replace(Some(refusal));
                Ok(())
            }
        }
    }

    async fn send_frontier(&self, space: Space) -> Result<(), NodeError> {
        let signed = self.run(move |store| store.sign_frontier(space)).await?;
        if let Some(bytes) = signed {
            let what = Updated::Frontiers { frontiers: Arc::new([bytes]), cursor: 0 };
            drop(self.updates.send(Update::all(what)));
        }
        Ok(())
    }

    async fn answer(&self, from: PublicKey, letter: Vec<u8>) -> Result<(), NodeError> {
        let answered = self.run(move |store| Ok::<_, NodeError>(store.answer_letter(&letter))).await?;
        match answered {
            Ok(LetterAnswer::Admitted) => info!(newcomer = ?from, "admitted"),
            Ok(LetterAnswer::Known) => {}
            Ok(LetterAnswer::Refused(refusal)) => {
                let what = Updated::LetterReply { to: from, reply: LetterReply::Refused(refusal) };
                drop(self.updates.send(Update::all(what)));
            }
            Err(error) => warn!(%error, "letter was not answered"),
        }
        Ok(())
    }
}

/// The driver knows of storage only; that the node is closing ends the session all the same.
fn to_storage(error: NodeError) -> StorageError {
    match error {
        NodeError::Storage(error) => error,
        error => StorageError::Database(Box::new(error)),
    }
}
