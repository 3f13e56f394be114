//! A node for tests: a log in memory, a real connection.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use svod_shared::entry::Record;
use svod_shared::id::{ChangeHash, FeedId, Space};
use svod_shared::keys::{KeyPair, PublicKey};
use svod_shared::log;
use svod_shared::pack::Wanted;
use svod_shared::roster::Roster;
use svod_shared::storage::memory::MemoryStorage;
use svod_shared::storage::{FeedHead, Loaded, Storage, StorageError};
use svod_shared::sync::{Event, Role, Snapshot};
use svod_shared::time::Timestamp;
use svod_shared::transport::{Client, Finished, Host, HostError, Status, Update, Updated, run_client};
use tokio::sync::{Notify, broadcast, mpsc, watch};
use tokio::task::JoinHandle;

use super::World;

/// No test waits longer for something that must happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// A node's state.
pub(crate) struct Site {
    state: Mutex<State>,
    updates: broadcast::Sender<Update>,
    events: mpsc::UnboundedSender<Event>,
}

struct State {
    storage: MemoryStorage,
    roster: Arc<Roster>,
}

/// What a site's sessions have reported.
pub(crate) struct Events(mpsc::UnboundedReceiver<Event>);

/// A running client.
pub(crate) struct Connection {
    pub(crate) status: watch::Receiver<Status>,
    stop: watch::Sender<bool>,
    task: JoinHandle<Finished>,
}

impl Site {
    /// A node that knows the roster.
    pub(crate) fn new(world: &World) -> (Arc<Self>, Events) {
        Self::with(world.roster.clone())
    }

    /// One that knows only the network's id.
    pub(crate) fn newcomer(world: &World) -> (Arc<Self>, Events) {
        Self::with(Roster::empty(world.network()))
    }

    fn with(roster: Roster) -> (Arc<Self>, Events) {
        let (events, received) = mpsc::unbounded_channel();
        let state = State { storage: MemoryStorage::default(), roster: Arc::new(roster) };
        let site = Self { state: Mutex::new(state), updates: broadcast::Sender::new(256), events };
        (Arc::new(site), Events(received))
    }

    /// Writes as an honest program does.
    pub(crate) fn write(&self, record: Record) {
        let state = &mut *self.state.lock().unwrap();
        let accepted = log::accept(&mut state.storage, &state.roster, vec![record]).unwrap();
        assert!(accepted.refused.is_empty(), "{:?}", accepted.refused);
        self.tell(Updated::Heads(accepted.heads.into()));
    }

    /// Puts into the log what no check would let in.
    pub(crate) fn smuggle(&self, record: Record, head: FeedHead) {
        self.state.lock().unwrap().storage.push_record(&head, &record).unwrap();
        self.tell(Updated::Heads(Arc::new([head])));
    }

    pub(crate) fn set_roster(&self, roster: &Roster) {
        let roster = Arc::new(roster.clone());
        self.state.lock().unwrap().roster = Arc::clone(&roster);
        self.tell(Updated::Roster(roster));
    }

    pub(crate) fn tell(&self, what: Updated) {
        let _ = self.updates.send(Update::all(what));
    }

    pub(crate) fn head(&self, feed: &FeedId) -> Option<FeedHead> {
        self.state.lock().unwrap().storage.feed(feed).unwrap()
    }

    pub(crate) fn roster_height(&self) -> u64 {
        self.state.lock().unwrap().roster.height()
    }

    /// Waits until the site's state, asked after each piece of news, is as it must become.
    pub(crate) async fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let mut news = self.updates.subscribe();
        let waiting = async {
            while !holds(self) {
                news.recv().await.unwrap();
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("waited in vain: {what}"));
    }

    /// Keeps a connection to the relay.
    pub(crate) fn connect(
        self: &Arc<Self>,
        key: KeyPair,
        role: Role,
        (address, relay): (SocketAddr, PublicKey),
    ) -> Connection {
        let (status, watched) = watch::channel(Status::new());
        let (stop, mut stopped) = watch::channel(false);
        let site = Arc::clone(self);
        let task = tokio::spawn(async move {
            let client = Client { key, addresses: vec![address.to_string()], relay, role };
            run_client(&*site, &client, &status, &Notify::new(), &mut stopped).await
        });
        Connection { status: watched, stop, task }
    }
}

impl Events {
    /// Waits for the first event that `pick` takes.
    pub(crate) async fn until<T>(&mut self, what: &str, mut pick: impl FnMut(Event) -> Option<T>) -> T {
        let waiting = async {
            loop {
                if let Some(picked) = pick(self.0.recv().await.unwrap()) {
                    return picked;
                }
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("waited in vain: {what}"))
    }
}

impl Connection {
    pub(crate) async fn until(&mut self, what: &str, holds: impl FnMut(&Status) -> bool) -> Status {
        let waiting = tokio::time::timeout(PATIENCE, self.status.wait_for(holds)).await;
        waiting.unwrap_or_else(|_| panic!("waited in vain: {what}")).unwrap().clone()
    }

    pub(crate) async fn stop(self) {
        self.stop.send_replace(true);
        assert_eq!(self.finished().await, Finished::Shutdown);
    }

    pub(crate) async fn finished(self) -> Finished {
        let finished = tokio::time::timeout(PATIENCE, self.task).await;
        drop(self.stop);
        finished.expect("client does not end").unwrap()
    }
}

impl Host for Site {
    async fn snapshot(&self, _peer: PublicKey) -> Result<Snapshot, StorageError> {
        let state = self.state.lock().unwrap();
        let mut heads = BTreeMap::<Space, Vec<FeedHead>>::new();
        for space in state.storage.spaces()? {
            heads.insert(space, state.storage.feeds(space)?);
        }
        Ok(Snapshot {
            roster: Arc::clone(&state.roster),
            heads,
            frontier_cursor: 0,
            frontiers: BTreeMap::new(),
        })
    }

    async fn load(&self, feed: FeedId, seq: u64, bytes_max: usize) -> Result<Loaded, StorageError> {
        self.state.lock().unwrap().storage.load(&feed, seq, bytes_max)
    }

    async fn find(&self, wanted: Vec<Wanted>) -> Result<Vec<Option<ChangeHash>>, StorageError> {
        self.state.lock().unwrap().storage.find(&wanted)
    }

    async fn append(&self, _from: PublicKey, records: Vec<Record>) -> Result<Vec<FeedId>, StorageError> {
        let state = &mut *self.state.lock().unwrap();
        let accepted = log::accept(&mut state.storage, &state.roster, records)?;
        let branches = accepted.other_branches();
        self.tell(Updated::Heads(accepted.heads.into()));
        Ok(branches)
    }

    async fn statements(&self, signed: Vec<Vec<u8>>) -> Result<(), HostError> {
        let mut roster = Roster::clone(&self.state.lock().unwrap().roster);
        for statement in signed {
            roster.push(&statement).map_err(|_| HostError::Refused)?;
        }
        self.set_roster(&roster);
        Ok(())
    }

    async fn notify(&self, _peer: PublicKey, event: Event) {
        let _ = self.events.send(event);
    }

    fn updates(&self) -> broadcast::Receiver<Update> {
        self.updates.subscribe()
    }

    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        Timestamp(since.as_millis() as u64)
    }
}
