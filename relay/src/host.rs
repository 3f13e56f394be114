//! The relay as its sessions see it.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use svod_shared::entry::Record;
use svod_shared::id::{ChangeHash, FeedId};
use svod_shared::keys::PublicKey;
use svod_shared::letter::LetterReply;
use svod_shared::pack::Wanted;
use svod_shared::roster::Roster;
use svod_shared::storage::{Loaded, StorageError};
use svod_shared::sync::{Event, Snapshot};
use svod_shared::time::Timestamp;
use svod_shared::transport::{CloseCode, Host, HostError, Update, Updated};
use tokio::sync::broadcast;
use tracing::{debug, error, info, warn};

use crate::mailbox::Judged;
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

    async fn letters_for(&self, peer: PublicKey) -> Result<(), StorageError> {
        self.store
            .run(move |db| {
                if is_lead(&db.roster(), &peer) {
                    let letters = db.mailbox().unanswered()?;
                    if !letters.is_empty() {
                        db.tell(Update::to(peer, Updated::Letters(letters.into())));
                    }
                }
                Ok(())
            })
            .await
    }

    async fn letter(&self, from: PublicKey, letter: Vec<u8>) -> Result<(), StorageError> {
        let (now, connected) = (self.now(), self.peers.keys());
        let judged = self
            .store
            .run(move |db| {
                let roster = db.roster();
                let judged = db.mailbox().receive(roster.network(), &from, &letter, now)?;
                if judged == Judged::Keep {
                    let letters: Arc<[Vec<u8>]> = Arc::new([letter]);
                    for lead in connected.into_iter().filter(|key| is_lead(&roster, key)) {
                        db.tell(Update::to(lead, Updated::Letters(Arc::clone(&letters))));
                    }
                }
                Ok(judged)
            })
            .await?;
        info!(?judged, "letter received");
        match judged {
            Judged::Keep | Judged::Waits => {}
            Judged::Answered(reply) => self.reply(from, reply),
            Judged::Refused(refusal) => {
                self.reply(from, LetterReply::Refused(refusal));
                self.close_later(from, CloseCode::Refused, TURNED_AWAY_PAUSE);
            }
        }
        Ok(())
    }

    async fn answered(&self, by: PublicKey, to: PublicKey, reply: LetterReply) -> Result<(), StorageError> {
        let known = self
            .store
            .run(move |db| Ok(is_lead(&db.roster(), &by) && db.mailbox().answer(&to, reply)?))
            .await?;
        if known {
            info!(to = %to.short_code(), "letter answered");
            self.reply(to, reply);
        } else {
            debug!(to = %to.short_code(), "answer to a letter that is not here");
        }
        Ok(())
    }

    fn reply(&self, to: PublicKey, reply: LetterReply) {
        // That the newcomer is away is no error.
        let _ = self.updates.send(Update::to(to, Updated::LetterReply { to, reply }));
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
        let done = match event {
            Event::Connected => {
                info!("peer accepted");
                self.letters_for(peer).await
            }
            Event::Letter { from, letter } => self.letter(from, letter).await,
            Event::LetterReply { to, reply } => self.answered(peer, to, reply).await,
            Event::Frontier(bytes) => self.frontier(bytes).await,
            Event::FrontierCursor(cursor) => self.frontiers_for(peer, cursor).await,
            Event::Fork { feed, height, .. } => {
                warn!(?feed, height, "feed is forked");
                Ok(())
            }
            other => {
                debug!(event = ?other, "session");
                Ok(())
            }
        };
        if let Err(error) = done {
            error!(error = &error as &dyn std::error::Error, "store failed");
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

/// Whether the key is an active node of the lead.
fn is_lead(roster: &Roster, key: &PublicKey) -> bool {
    roster.node_by_key(key).is_some_and(|node| node.active && Some(node.org) == roster.lead())
}
