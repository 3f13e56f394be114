//! The relay as its sessions see it.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use svod_shared::entry::Record;
use svod_shared::id::{ChangeHash, FeedId};
use svod_shared::keys::PublicKey;
use svod_shared::pack::Wanted;
use svod_shared::storage::{Loaded, StorageError};
use svod_shared::sync::{Event, Snapshot};
use svod_shared::time::Timestamp;
use svod_shared::transport::{CloseCode, Host, HostError, Update};
use tokio::sync::broadcast;
use tracing::{debug, error, info, warn};

use crate::events::Rest;
use crate::peers::Peers;
use crate::store::Store;

/// How long a connection goes on after its entries found no room: it is still served, then closed, so that the node
/// comes back and offers them again.
const FULL_DISK_PAUSE: Duration = Duration::from_secs(60);

/// How long the answer to a letter that is turned away has to arrive before the connection is closed.
const TURNED_AWAY_PAUSE: Duration = Duration::from_secs(5);

/// The relay as its sessions see it.
#[derive(Debug)]
pub struct RelayHost {
    store: Store,
    updates: broadcast::Sender<Update>,
    peers: Arc<Peers>,
}

impl RelayHost {
    /// A host on a store, with the sender of the store's news.
    pub fn new(store: Store, updates: broadcast::Sender<Update>) -> Self {
        Self { store, updates, peers: Arc::default() }
    }

    /// Who is connected.
    pub fn peers(&self) -> &Arc<Peers> {
        &self.peers
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    fn close_later(&self, key: PublicKey, code: CloseCode, pause: Duration) {
        let peers = Arc::clone(&self.peers);
        tokio::spawn(async move {
            tokio::time::sleep(pause).await;
            peers.close(&key, code);
        });
    }
}

impl Host for RelayHost {
    async fn snapshot(&self, peer: PublicKey) -> Result<Snapshot, StorageError> {
        self.store.run(move |db| Ok(Snapshot { frontiers: db.frontiers_of(&peer)?, ..db.snapshot()? })).await
    }

    async fn load(&self, feed: FeedId, seq: u64, bytes_max: usize) -> Result<Loaded, StorageError> {
        self.store.run(move |db| db.load(&feed, seq, bytes_max)).await
    }

    async fn find(&self, wanted: Vec<Wanted>) -> Result<Vec<Option<ChangeHash>>, StorageError> {
        self.store.run(move |db| db.find(&wanted)).await
    }

    async fn append(&self, from: PublicKey, records: Vec<Record>) -> Result<(), StorageError> {
        let count = records.len();
        match self.store.run(move |db| db.append(records)).await {
            Ok(refused) => {
                for it in &refused {
                    warn!(feed = ?it.feed, seq = it.seq, reason = %it.reason, "entry refused");
                }
                debug!(entries = count, "entries received");
                Ok(())
            }
            // Nothing is acknowledged, but what is here is still served.
            Err(StorageError::Full) => {
                error!("disk is full: new entries are not taken");
                self.close_later(from, CloseCode::Trouble, FULL_DISK_PAUSE);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    async fn statements(&self, signed: Vec<Vec<u8>>) -> Result<(), HostError> {
        let pushed = self.store.run(move |db| {
            let first = db.roster().height() == 0;
            Ok(db.push_statements(&signed)?.map(|()| first))
        });
        match pushed.await? {
            Ok(false) => Ok(()),
            // Sessions that began without a roster have agreed on nothing; they begin anew.
            Ok(true) => {
                info!("roster received for the first time");
                for key in self.peers.keys() {
                    self.peers.close(&key, CloseCode::Lagged);
                }
                Ok(())
            }
            Err(reason) => {
                warn!(reason = &reason as &dyn std::error::Error, "roster statement refused");
                Err(HostError::Refused)
            }
        }
    }

    async fn notify(&self, peer: PublicKey, event: Event) {
        let (now, peers) = (self.now(), Arc::clone(&self.peers));
        let done = self.store.run(move |db| {
            let rest = db.take(peer, &peers.audience(), event, now)?;
            // On the store's thread: between what was told and what is told next nothing else is.
            if rest == Rest::Follow {
                peers.follow(&peer);
            }
            Ok(rest)
        });
        match done.await {
            Ok(Rest::TurnAway) => self.close_later(peer, CloseCode::Refused, TURNED_AWAY_PAUSE),
            Ok(Rest::Nothing | Rest::Follow) => {}
            Err(error) => error!(error = &error as &dyn std::error::Error, "store failed"),
        }
    }

    fn updates(&self) -> broadcast::Receiver<Update> {
        self.updates.subscribe()
    }

    fn now(&self) -> Timestamp {
        // A clock before 1970 says nothing; validity never hangs on it.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }
}
