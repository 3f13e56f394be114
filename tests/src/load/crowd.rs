//! Members that listen: they take what they are pushed, say so, and keep nothing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use svod_shared::entry::Record;
use svod_shared::id::{ChangeHash, FeedId};
use svod_shared::keys::PublicKey;
use svod_shared::pack::Wanted;
use svod_shared::roster::Roster;
use svod_shared::storage::{FeedHead, Loaded, StorageError};
use svod_shared::sync::{Event, Snapshot};
use svod_shared::time::Timestamp;
use svod_shared::transport::{Host, HostError, Update, Updated};
use tokio::sync::{broadcast, mpsc};

/// An entry that has arrived: its feed, its place, when.
pub type Arrival = (FeedId, u64, Instant);

/// One of the crowd.
#[derive(Debug)]
pub struct Listener {
    roster: Arc<Roster>,
    heads: Mutex<BTreeMap<FeedId, FeedHead>>,
    updates: broadcast::Sender<Update>,
    arrivals: Option<mpsc::UnboundedSender<Arrival>>,
}

impl Listener {
    /// A node that knows the roster; it tells `arrivals`, if anybody, what comes.
    pub fn new(roster: Arc<Roster>, arrivals: Option<mpsc::UnboundedSender<Arrival>>) -> Arc<Self> {
        let updates = broadcast::Sender::new(64);
        Arc::new(Self { roster, heads: Mutex::default(), updates, arrivals })
    }

    fn take(&self, record: &Record) -> Option<FeedHead> {
        let entry = &record.entry;
        let mut heads = self.heads.lock().unwrap_or_else(PoisonError::into_inner);
        let opened = entry.open().map(|open| (open.node, open.space, open.epoch));
        let known = heads.get(&entry.feed).map(|it| (it.node, it.space, it.epoch));
        let (node, space, epoch) = known.or(opened)?;
        let head = FeedHead {
            feed: entry.feed,
            node,
            space,
            epoch,
            height: entry.seq + 1,
            hash: entry.hash(),
            roster: entry.roster,
        };
        heads.insert(entry.feed, head);
        Some(head)
    }
}

impl Host for Listener {
    async fn snapshot(&self, _peer: PublicKey) -> Result<Snapshot, StorageError> {
        let mut heads = BTreeMap::<_, Vec<FeedHead>>::new();
        for head in self.heads.lock().unwrap_or_else(PoisonError::into_inner).values() {
            heads.entry(head.space).or_default().push(*head);
        }
        let roster = Arc::clone(&self.roster);
        Ok(Snapshot { roster, heads, frontier_cursor: 0, frontiers: BTreeMap::new() })
    }

    async fn load(&self, _feed: FeedId, _seq: u64, _bytes_max: usize) -> Result<Loaded, StorageError> {
        Ok(Loaded::default())
    }

    async fn find(&self, wanted: Vec<Wanted>) -> Result<Vec<Option<ChangeHash>>, StorageError> {
        Ok(vec![None; wanted.len()])
    }

    async fn append(&self, _from: PublicKey, records: Vec<Record>) -> Result<Vec<FeedId>, StorageError> {
        if let Some(arrivals) = &self.arrivals {
            let now = Instant::now();
            for record in &records {
                // That nobody measures any more is no error.
                let _ = arrivals.send((record.entry.feed, record.entry.seq, now));
            }
        }
        let heads: Vec<FeedHead> = records.iter().filter_map(|it| self.take(it)).collect();
        // Its own session listens.
        let _ = self.updates.send(Update::all(Updated::Heads(heads.into())));
        Ok(Vec::new())
    }

    async fn statements(&self, _signed: Vec<Vec<u8>>) -> Result<(), HostError> {
        Ok(())
    }

    async fn notify(&self, _peer: PublicKey, _event: Event) {}

    fn updates(&self) -> broadcast::Receiver<Update> {
        self.updates.subscribe()
    }

    fn now(&self) -> Timestamp {
        super::now()
    }
}
