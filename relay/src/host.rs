//! The relay as its sessions see it.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use svod_shared::entry::Record;
use svod_shared::id::{ChangeHash, FeedId};
use svod_shared::keys::PublicKey;
use svod_shared::log::other_branches;
use svod_shared::pack::Wanted;
use svod_shared::storage::{Loaded, StorageError};
use svod_shared::sync::{Event, Snapshot};
use svod_shared::time::Timestamp;
use svod_shared::transport::{CloseCode, Host, HostError, Update};
use tokio::sync::broadcast;
use tracing::{debug, error, info, warn};

use crate::db::{Appended, Db};
use crate::events::Rest;
use crate::metrics::Metrics;
use crate::peers::Peers;
use crate::quota::{Rates, bytes_of};
use crate::recent::Recent;
use crate::room::{Level, Room};
use crate::store::Store;

/// How long a connection goes on after its entries were declined: it is still served, then closed, so that the node
/// knows why, comes back later and offers them again.
const DECLINED_PAUSE: Duration = Duration::from_secs(10);

/// How long the answer to a letter that is turned away has to arrive before the connection is closed.
const TURNED_AWAY_PAUSE: Duration = Duration::from_secs(5);

/// The relay as its sessions see it.
#[derive(Debug)]
pub struct RelayHost {
    store: Store,
    updates: broadcast::Sender<Update>,
    peers: Arc<Peers>,
    recent: Arc<Recent>,
    metrics: Metrics,
    rates: Rates,
    room: Room,
    quota_bytes: u64,
}

impl RelayHost {
    /// A host on a database, which it gives to a thread.
    pub(crate) fn start(mut db: Db, room: Room, quota_bytes: u64) -> std::io::Result<(Self, JoinHandle<()>)> {
        db.set_quota(quota_bytes);
        let (updates, recent) = (db.updates(), db.recent());
        let (store, thread) = Store::start(db)?;
        let (peers, metrics, rates) = (Arc::default(), Metrics::default(), Rates::default());
        Ok((Self { store, updates, peers, recent, metrics, rates, room, quota_bytes }, thread))
    }

    /// What is counted.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// The disk.
    pub fn room(&self) -> &Room {
        &self.room
    }

    /// What an organisation may store.
    pub fn quota_bytes(&self) -> u64 {
        self.quota_bytes
    }

    /// Who is connected.
    pub fn peers(&self) -> &Arc<Peers> {
        &self.peers
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    fn report(&self, from: PublicKey, count: u64, appended: &Appended) {
        for it in &appended.refused {
            warn!(feed = ?it.feed, seq = it.seq, reason = %it.reason, "entry refused");
        }
        debug!(entries = count, stored = appended.stored, "entries received");
        self.metrics.entries("stored", appended.stored);
        self.metrics.entries("refused", appended.refused.len() as u64);
        if !appended.over.is_empty() {
            let over = count.saturating_sub(appended.stored);
            self.decline(from, over, "over_quota", CloseCode::OverQuota);
        }
    }

    /// Nothing of it is acknowledged, but what is here is still served.
    fn decline(&self, from: PublicKey, entries: u64, outcome: &'static str, code: CloseCode) {
        warn!(entries, outcome, "entries declined");
        self.metrics.entries(outcome, entries);
        self.close_later(from, code, DECLINED_PAUSE);
    }

    /// Entries have been looked at; who sent them waits if it sends too many.
    async fn charge(&self, from: PublicKey, entries: u64, bytes: u64) {
        let pause = self.rates.charge(from, entries, bytes, Instant::now());
        if !pause.is_zero() {
            debug!(?pause, "node is above its rate");
            self.metrics.waited(pause);
            tokio::time::sleep(pause).await;
        }
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
        match self.recent.get((feed, seq, bytes_max)) {
            Some(loaded) => Ok(loaded),
            None => self.store.run(move |db| db.load(&feed, seq, bytes_max)).await,
        }
    }

    async fn find(&self, wanted: Vec<Wanted>) -> Result<Vec<Option<ChangeHash>>, StorageError> {
        self.store.run(move |db| db.find(&wanted)).await
    }

    async fn append(&self, from: PublicKey, records: Vec<Record>) -> Result<Vec<FeedId>, StorageError> {
        let count = records.len() as u64;
        let bytes = records.iter().map(bytes_of).sum();
        if self.room.level() == Level::Reserve {
            self.decline(from, count, "no_room", CloseCode::NoRoom);
            return Ok(Vec::new());
        }
        let begun = Instant::now();
        let appended = self.store.run(move |db| db.append(records)).await;
        self.metrics.appended(begun.elapsed());
        match appended {
            Ok(appended) => {
                self.report(from, count, &appended);
                self.charge(from, count, bytes).await;
                Ok(other_branches(&appended.refused))
            }
            Err(StorageError::Full) => {
                error!("disk is full");
                self.decline(from, count, "no_room", CloseCode::NoRoom);
                Ok(Vec::new())
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
        if !Db::takes(&event) {
            debug!(?event, "session");
            return;
        }
        let (now, peers) = (self.now(), Arc::clone(&self.peers));
        let done = self.store.run(move |db| {
            let rest = db.take(peer, || peers.audience(), event, now)?;
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
