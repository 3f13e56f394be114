//! A member that writes: its log is real, in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use svod_shared::entry::Record;
use svod_shared::id::{ChangeHash, FeedId, Space};
use svod_shared::keys::PublicKey;
use svod_shared::log;
use svod_shared::pack::Wanted;
use svod_shared::storage::memory::MemoryStorage;
use svod_shared::storage::{FeedHead, Loaded, Storage, StorageError};
use svod_shared::sync::{Event, Snapshot};
use svod_shared::time::Timestamp;
use svod_shared::transport::{Host, HostError, Update, Updated};
use tokio::sync::broadcast;

use super::founding::{Founded, Member};

/// A node that writes.
#[derive(Debug)]
pub struct Writer {
    founded: Arc<Founded>,
    member: Member,
    log: Mutex<Log>,
    updates: broadcast::Sender<Update>,
}

#[derive(Debug, Default)]
struct Log {
    storage: MemoryStorage,
    own: Option<FeedHead>,
}

impl Writer {
    /// A node that has written nothing.
    pub fn new(founded: &Arc<Founded>, member: Member) -> Arc<Self> {
        let (founded, updates) = (Arc::clone(founded), broadcast::Sender::new(4096));
        Arc::new(Self { founded, member, log: Mutex::default(), updates })
    }

    /// Writes an entry of so many bytes; gives where it stands.
    pub fn write(&self, bytes: usize) -> (FeedId, u64) {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let record = self.founded.record(&self.member, log.own, bytes);
        let place = (record.entry.feed, record.entry.seq);
        let heads = self.accept(&mut log, vec![record]);
        log.own = heads.first().copied();
        self.tell(heads);
        place
    }

    fn accept(&self, log: &mut Log, records: Vec<Record>) -> Vec<FeedHead> {
        let accepted = log::accept(&mut log.storage, &self.founded.roster, records);
        let accepted = accepted.expect("a log in memory does not fail");
        assert!(accepted.refused.is_empty(), "{:?}", accepted.refused);
        accepted.heads
    }

    fn tell(&self, heads: Vec<FeedHead>) {
        // Not connected yet: the session begins from a snapshot.
        let _ = self.updates.send(Update::all(Updated::Heads(heads.into())));
    }
}

impl Host for Writer {
    async fn snapshot(&self, _peer: PublicKey) -> Result<Snapshot, StorageError> {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let mut heads = BTreeMap::<Space, Vec<FeedHead>>::new();
        for space in log.storage.spaces()? {
            heads.insert(space, log.storage.feeds(space)?);
        }
        let roster = Arc::clone(&self.founded.roster);
        Ok(Snapshot { roster, heads, frontier_cursor: 0, frontiers: BTreeMap::new() })
    }

    async fn load(&self, feed: FeedId, seq: u64, bytes_max: usize) -> Result<Loaded, StorageError> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).storage.load(&feed, seq, bytes_max)
    }

    async fn find(&self, wanted: Vec<Wanted>) -> Result<Vec<Option<ChangeHash>>, StorageError> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).storage.find(&wanted)
    }

    async fn append(&self, _from: PublicKey, records: Vec<Record>) -> Result<Vec<FeedId>, StorageError> {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let heads = self.accept(&mut log, records);
        self.tell(heads);
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
