//! The same over QUIC on the loopback interface: the payload of all UDP datagrams, as quinn counts it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use svod_shared::entry::Record;
use svod_shared::frontier::Frontier;
use svod_shared::id::{ChangeHash, FeedId, Space};
use svod_shared::keys::PublicKey;
use svod_shared::pack::Wanted;
use svod_shared::roster::Roster;
use svod_shared::storage::memory::MemoryStorage;
use svod_shared::storage::{Loaded, Storage, StorageError};
use svod_shared::sync::{Event, Role, Snapshot};
use svod_shared::time::Timestamp;
use svod_shared::transport::{Host, HostError, Limits, LinkHandle, Listener, Update, Updated, dial, drive};
use tokio::sync::{broadcast, mpsc, watch};

use crate::Failure;
use crate::corpus::{Corpus, key};
use crate::svod::{CALLER, accept, frontier};

/// The relay's key.
const RELAY: u16 = 59_000;
/// Acknowledgements come at most 25 ms late; after this nothing is under way any more.
const QUIET: Duration = Duration::from_millis(400);

struct Site {
    roster: Arc<Roster>,
    log: Mutex<MemoryStorage>,
    frontiers: BTreeMap<Space, Frontier>,
    updates: broadcast::Sender<Update>,
    in_sync: mpsc::UnboundedSender<()>,
}

impl Site {
    fn take(&self, records: Vec<Record>) -> Result<(), StorageError> {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let heads = accept(&mut log, &self.roster, records)
            .map_err(|_| StorageError::Damaged("an entry was refused"))?;
        // Before the first session nobody listens.
        let _ = self.updates.send(Update::all(Updated::Heads(heads.into())));
        Ok(())
    }
}

impl Host for Site {
    async fn snapshot(&self, _peer: PublicKey) -> Result<Snapshot, StorageError> {
        let heads = self.log.lock().unwrap_or_else(PoisonError::into_inner).feeds(Space::Network)?;
        Ok(Snapshot {
            roster: Arc::clone(&self.roster),
            heads: BTreeMap::from([(Space::Network, heads)]),
            frontier_cursor: 0,
            frontiers: self.frontiers.clone(),
        })
    }

    async fn load(&self, feed: FeedId, seq: u64, bytes_max: usize) -> Result<Loaded, StorageError> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).load(&feed, seq, bytes_max)
    }

    async fn find(&self, wanted: Vec<Wanted>) -> Result<Vec<Option<ChangeHash>>, StorageError> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).find(&wanted)
    }

    async fn append(&self, _from: PublicKey, records: Vec<Record>) -> Result<Vec<FeedId>, StorageError> {
        self.take(records)?;
        Ok(Vec::new())
    }

    async fn statements(&self, _signed: Vec<Vec<u8>>) -> Result<(), HostError> {
        Err(HostError::Refused)
    }

    async fn notify(&self, _peer: PublicKey, event: Event) {
        if matches!(event, Event::InSync(_)) {
            let _ = self.in_sync.send(());
        }
    }

    fn updates(&self) -> broadcast::Receiver<Update> {
        self.updates.subscribe()
    }

    fn now(&self) -> Timestamp {
        Timestamp(1_790_000_000_000)
    }
}

/// Both sides of a connection on one machine.
pub(crate) fn measure() -> Result<Value, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(measured())
}

async fn measured() -> Result<Value, Failure> {
    let corpus = Corpus::new(100, 50, 3)?;
    let news = corpus.news(2)?;
    let frontiers = BTreeMap::from([(Space::Network, frontier(&corpus.log, &corpus.roster)?)]);
    let site = || {
        let (in_sync, heard) = mpsc::unbounded_channel();
        let site = Site {
            roster: Arc::new(corpus.roster.clone()),
            log: Mutex::new(corpus.log.clone()),
            frontiers: frontiers.clone(),
            updates: broadcast::Sender::new(64),
            in_sync,
        };
        (Arc::new(site), heard)
    };
    let ((relay, _relay_heard), (node, mut heard)) = (site(), site());
    let listener = Listener::bind("127.0.0.1:0".parse()?, &key(RELAY), Limits::default())?;
    let address = listener.local_addr()?.to_string();
    let (_stop, stopped) = watch::channel(false);
    let serving = tokio::spawn({
        let (relay, mut stopped) = (Arc::clone(&relay), stopped.clone());
        async move {
            let Some(caller) = listener.accept().await else { return };
            let Ok(link) = caller.greet().await else { return };
            let role = Role::Relay { peer: link.peer() };
            drive(&*relay, role, link, &mut stopped, || ()).await;
        }
    });
    let link = dial(&key(CALLER.0), &[address], key(RELAY).public()).await?;
    let handle = link.handle();
    let calling = tokio::spawn({
        let (node, mut stopped) = (Arc::clone(&node), stopped);
        async move { drive(&*node, Role::Node { node: CALLER }, link, &mut stopped, || ()).await }
    });
    heard.recv().await.ok_or("the session has ended")?;
    let mut before = (0, 0);
    let idle = since(&handle, &mut before).await;
    let mut records = news.records.into_iter().map(|(_, record)| record);
    relay.take(records.next().into_iter().collect())?;
    let first = since(&handle, &mut before).await;
    relay.take(records.next().into_iter().collect())?;
    let second = since(&handle, &mut before).await;
    calling.abort();
    serving.abort();
    Ok(json!([
        { "what": "cold: handshake, Hello and Welcome, nothing new, 50 feeds", "up": idle.0, "down": idle.1 },
        { "what": "held open: one edit arrives", "up": first.0, "down": first.1 },
        { "what": "held open: one more edit arrives", "up": second.0, "down": second.1 },
    ]))
}

/// What has gone either way since the last time, once nothing moves any more.
async fn since(link: &LinkHandle, before: &mut (u64, u64)) -> (u64, u64) {
    let mut ticks = tokio::time::interval(QUIET);
    ticks.tick().await;
    let mut now = link.traffic();
    loop {
        ticks.tick().await;
        if now == link.traffic() {
            break;
        }
        now = link.traffic();
    }
    let cost = (now.sent_bytes - before.0, now.received_bytes - before.1);
    *before = (now.sent_bytes, now.received_bytes);
    cost
}

/// As a markdown table.
#[expect(clippy::print_stdout, reason = "printing is what it is for")]
pub(crate) fn print(measured: &Value) {
    println!("| over QUIC | UDP payload up | UDP payload down |");
    println!("|---|---:|---:|");
    for row in measured.as_array().into_iter().flatten() {
        let (what, up, down) = (row.get("what"), row.get("up"), row.get("down"));
        let text = what.and_then(Value::as_str).unwrap_or_default();
        let number = |it: Option<&Value>| it.and_then(Value::as_u64).unwrap_or_default();
        println!("| {text} | {} | {} |", number(up), number(down));
    }
}
