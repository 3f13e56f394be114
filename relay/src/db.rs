//! The relay's database: the roster and the log, the newest frontiers, the letter box.
//!
//! News are told right after the commit and from the thread that commits, so every listener hears them in the order
//! in which they happened.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};
use svod_shared::entry::Record;
use svod_shared::frontier::Frontier;
use svod_shared::id::{ChangeHash, FeedId, NetworkId, OrgNo, Space};
use svod_shared::keys::PublicKey;
use svod_shared::log::{self, Refused};
use svod_shared::pack::Wanted;
use svod_shared::roster::{Roster, RosterError};
use svod_shared::storage::sqlite::{self, SqliteStorage, frontiers, migrate};
use svod_shared::storage::{Loaded, Storage, StorageError};
use svod_shared::sync::{LOAD_BYTES_MAX, Snapshot};
use svod_shared::transport::{Update, Updated};
use tokio::sync::broadcast;

use crate::mailbox::{MIGRATIONS, Mailbox};
use crate::recent::Recent;
use crate::usage::Usage;

/// News that a connection may be behind; one further behind starts anew from a snapshot.
const UPDATES_MAX: usize = 1024;

/// Everything the relay keeps.
#[derive(Debug)]
pub struct Db {
    connection: Connection,
    roster: Arc<Roster>,
    updates: broadcast::Sender<Update>,
    usage: Usage,
    /// What an organisation may store.
    quota_bytes: u64,
    recent: Arc<Recent>,
}

/// What became of records that were offered.
#[derive(Debug, Default)]
pub struct Appended {
    /// How many are new here and stored now.
    pub stored: u64,
    /// Those that were not taken, with the reason.
    pub refused: Vec<Refused>,
    /// Organisations whose records found their quota used up.
    pub over: Vec<OrgNo>,
}

/// Why the database cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// No network has been told, now or before.
    #[error("no network is set")]
    NoNetwork,
    /// The folder belongs to another network.
    #[error("folder belongs to network {here}, not to {told}")]
    OtherNetwork {
        /// The folder's.
        here: NetworkId,
        /// What was told.
        told: NetworkId,
    },
    /// The roster stored does not verify.
    #[error("stored roster does not verify")]
    Roster(#[source] RosterError),
    /// The file cannot be used.
    #[error("database cannot be opened")]
    Storage(#[from] StorageError),
}

impl Db {
    /// Opens or makes the database for `network`, or for the one it was made for.
    pub fn open(path: &Path, network: Option<NetworkId>) -> Result<Self, OpenError> {
        let mut connection = sqlite::open(path)?;
        check(&connection)?;
        migrate::migrate(&mut connection, &MIGRATIONS)?;
        let network = bind(&connection, network)?;
        let statements = SqliteStorage::new(&connection).statements()?;
        let roster = Roster::from_statements(network, &statements).map_err(OpenError::Roster)?;
        let usage = Usage::count(&connection, &roster)?;
        Ok(Self {
            connection,
            roster: Arc::new(roster),
            updates: broadcast::Sender::new(UPDATES_MAX),
            usage,
            quota_bytes: u64::MAX,
            recent: Arc::default(),
        })
    }

    /// From now on no organisation may store more.
    pub fn set_quota(&mut self, bytes: u64) {
        self.quota_bytes = bytes;
    }

    /// Bytes of changes that an organisation has stored.
    pub fn stored_bytes(&self, org: OrgNo) -> u64 {
        self.usage.by_org().get(&org).copied().unwrap_or(0)
    }

    /// How many entries there are.
    pub fn entries(&self) -> Result<u64, StorageError> {
        let count: i64 =
            self.connection.query_row("SELECT COALESCE(SUM(height), 0) FROM feed", [], |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// The last entries, for those who ask right after they were stored.
    pub(crate) fn recent(&self) -> Arc<Recent> {
        Arc::clone(&self.recent)
    }

    /// The news, from now on.
    pub fn updates(&self) -> broadcast::Sender<Update> {
        self.updates.clone()
    }

    /// The roster.
    pub fn roster(&self) -> Arc<Roster> {
        Arc::clone(&self.roster)
    }

    /// The letter box.
    pub fn mailbox(&self) -> Mailbox<'_> {
        Mailbox::new(&self.connection)
    }

    /// The connection, for what is read and written as it stands.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Where a session starts from, but for what is known of its peer.
    pub fn snapshot(&self) -> Result<Snapshot, StorageError> {
        let storage = SqliteStorage::new(&self.connection);
        let mut heads = BTreeMap::new();
        for space in storage.spaces()? {
            heads.insert(space, storage.feeds(space)?);
        }
        Ok(Snapshot { roster: self.roster(), heads, frontier_cursor: 0, frontiers: BTreeMap::new() })
    }

    /// The newest frontiers of the node with this key.
    pub fn frontiers_of(&self, key: &PublicKey) -> Result<BTreeMap<Space, Frontier>, StorageError> {
        let Some(node) = self.roster.node_by_key(key) else { return Ok(BTreeMap::new()) };
        Ok(Frontier::by_space(&frontiers::of_node(&self.connection, node.no)?))
    }

    /// Entries of a feed.
    pub fn load(&self, feed: &FeedId, seq: u64, bytes_max: usize) -> Result<Loaded, StorageError> {
        SqliteStorage::new(&self.connection).load(feed, seq, bytes_max)
    }

    /// Changes that a pack names.
    pub fn find(&self, wanted: &[Wanted]) -> Result<Vec<Option<ChangeHash>>, StorageError> {
        SqliteStorage::new(&self.connection).find(wanted)
    }

    /// Checks entries and keeps those that hold, in one transaction.
    pub fn append(&mut self, records: Vec<Record>) -> Result<Appended, StorageError> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut storage = SqliteStorage::new(&transaction);
        let sifted = self.usage.sift(&storage, &self.roster, self.quota_bytes, records)?;
        let accepted = log::accept(&mut storage, &self.roster, sifted.within)?;
        transaction.commit()?;
        self.usage.add(&self.roster, &accepted);
        self.keep_recent(&accepted.appended)?;
        if !accepted.heads.is_empty() {
            self.tell(Update::all(Updated::Heads(accepted.heads.into())));
        }
        Ok(Appended { stored: accepted.appended.len() as u64, refused: accepted.refused, over: sifted.over })
    }

    /// Everybody who is connected is about to ask for a single new entry.
    fn keep_recent(&self, appended: &[Record]) -> Result<(), StorageError> {
        if let [only] = appended {
            let (feed, seq) = (only.entry.feed, only.entry.seq);
            let loaded = self.load(&feed, seq, LOAD_BYTES_MAX)?;
            self.recent.keep((feed, seq, LOAD_BYTES_MAX), &loaded);
        }
        Ok(())
    }

    /// Checks statements and keeps them, in one transaction; `Ok(Err(_))`: they are refused. Statements that are
    /// here already are passed over: two peers can bring the same ones.
    pub fn push_statements(&mut self, signed: &[Vec<u8>]) -> Result<Result<(), RosterError>, StorageError> {
        let mut roster = Roster::clone(&self.roster);
        let taken = match roster.take(signed) {
            Ok(taken) => taken,
            Err(error) => return Ok(Err(error)),
        };
        if !taken.changed && !taken.noted {
            return Ok(Ok(()));
        }
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut storage = SqliteStorage::new(&transaction);
        storage.keep_roster(&self.roster, &roster)?;
        if let Some(height) = taken.rewritten {
            // Their authors' nodes write again what was their own, under the statements that stand.
            log::cut_above(&mut storage, height)?;
        }
        Mailbox::new(&transaction).forget(|sender| roster.node_by_key(sender).is_some())?;
        transaction.commit()?;
        self.roster = Arc::new(roster);
        if taken.rewritten.is_some() {
            self.recent.forget();
            self.usage = Usage::count(&self.connection, &self.roster)?;
        }
        if taken.changed {
            self.tell(Update::all(Updated::Roster(self.roster())));
        }
        Ok(Ok(()))
    }

    /// Tells the sessions. That nobody listens is no error.
    pub fn tell(&self, update: Update) {
        let _ = self.updates.send(update);
    }
}

/// Reads every page once: what is damaged must not be served as if it were not.
fn check(connection: &Connection) -> Result<(), StorageError> {
    let answer: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if answer == "ok" { Ok(()) } else { Err(StorageError::Damaged("database file")) }
}

fn bind(connection: &Connection, told: Option<NetworkId>) -> Result<NetworkId, OpenError> {
    let here: Option<[u8; 32]> = connection
        .query_row("SELECT network FROM relay_network", [], |row| row.get(0))
        .optional()
        .map_err(StorageError::from)?;
    match (here.map(NetworkId), told) {
        (None, None) => Err(OpenError::NoNetwork),
        (Some(here), Some(told)) if here != told => Err(OpenError::OtherNetwork { here, told }),
        (Some(here), _) => Ok(here),
        (None, Some(told)) => {
            connection
                .execute("INSERT INTO relay_network (one, network) VALUES (1, ?1)", [told.as_bytes()])
                .map_err(StorageError::from)?;
            Ok(told)
        }
    }
}

#[cfg(test)]
mod tests;
