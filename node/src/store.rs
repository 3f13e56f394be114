//! The one owner of a node's database: log, documents and projections change together here or not at all.
//!
//! Everything is synchronous; [`crate::node::Node`] runs it on a thread of its own. A local edit goes through the same
//! acceptance as an entry that arrives, and is on disk when the call returns. What others should hear of, the entries
//! and statements that are new, collects in the store until the caller takes it with [`Store::take_updates`].

use std::fmt;
use std::sync::Arc;

use rusqlite::Connection;
use svod_shared::entry::Record;
use svod_shared::id::{ChangeHash, FeedId, NetworkId, NodeNo, OrgNo, Space};
use svod_shared::keys::KeyPair;
use svod_shared::pack::Wanted;
use svod_shared::roster::{Roster, RosterError};
use svod_shared::storage::sqlite::{self, SqliteStorage};
use svod_shared::storage::{FeedHead, Loaded, Storage, StorageError};
use svod_shared::time::Timestamp;
use svod_shared::transport::Update;

use crate::folder::{Folder, FolderError, KeyRole};
use crate::projections::{self, meta};

mod backup;
mod check;
mod closings;
mod code;
mod commands;
mod events;
mod evidence;
mod exclusion;
mod figures;
mod frontiers;
mod import;
mod inbox;
mod lines;
mod membership;
mod outbox;
mod packets;
mod queries;
mod random;
mod rebuild;
mod recovery;
mod report;
mod roster;
mod roster_view;
mod search;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod undo;

pub use backup::BackupError;
pub use check::{Checked, Damage, Fault};
pub use commands::CommandError;
pub use figures::{FigureError, OpenCampaign, Typed};
pub use inbox::StatementError;
pub use membership::{KeyRequest, LateEntries, REQUEST_BYTES_MAX, Saying};
pub use outbox::WriteError;
pub use packets::PacketFailure;
pub use random::Random;
pub use roster::{FoundError, FoundNetwork, LetterAnswer, fresh_key};
pub use undo::LastAction;

/// Says what time it is. A test gives its own.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

/// A node's database with the keys to write in it.
#[derive(Debug)]
pub struct Store {
    folder: Folder,
    connection: Connection,
    clock: Clock,
    random: Random,
    node_key: KeyPair,
    roster: Arc<Roster>,
    updates: Vec<Update>,
    /// Who at this computer the current job writes for.
    person: Option<Arc<str>>,
}

/// Why a store does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The database.
    #[error("database of the node")]
    Storage(#[from] StorageError),
    /// The stored roster does not add up.
    #[error("roster of the node")]
    Roster(#[from] RosterError),
    /// The folder has no node key.
    #[error("the node's key is missing")]
    NoKey,
}

/// Who this node is, once the roster knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Me {
    /// The node.
    pub node: NodeNo,
    /// Its organisation.
    pub org: OrgNo,
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self::new(|| {
            let since =
                std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
            Timestamp(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
        })
    }

    /// A clock that asks `now`.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

impl Store {
    /// Opens the store of a node that was made before.
    pub fn open(folder: Folder, clock: Clock) -> Result<Self, OpenError> {
        let connection = connect(&folder)?;
        let network = meta::get(&connection, meta::Key::Network)?;
        let network = network.and_then(|it| NetworkId::from_hex(&it));
        let network = network.ok_or(StorageError::Damaged("network of the node"))?;
        Self::with(folder, connection, network, clock)
    }

    /// Makes the store of a new node of `network`, whose node key is in the folder already.
    pub fn create(folder: Folder, network: NetworkId, clock: Clock) -> Result<Self, OpenError> {
        let connection = connect(&folder)?;
        meta::put(&connection, meta::Key::Network, &network.to_string())?;
        Self::with(folder, connection, network, clock)
    }

    fn with(
        folder: Folder,
        connection: Connection,
        network: NetworkId,
        clock: Clock,
    ) -> Result<Self, OpenError> {
        let node_key = folder.key(KeyRole::Node)?.ok_or(OpenError::NoKey)?;
        let statements = SqliteStorage::new(&connection).statements()?;
        let roster = Arc::new(Roster::from_statements(network, &statements)?);
        let random = Random::system();
        let (updates, person) = (Vec::new(), None);
        let mut store = Self { folder, connection, clock, random, node_key, roster, updates, person };
        store.adopt_node_key()?;
        Ok(store)
    }

    /// The same store with another source of random bytes than the system's.
    pub fn with_random(mut self, random: Random) -> Self {
        self.random = random;
        self
    }

    /// Lets the database grow to so many bytes and no further: a disk that is full for this store alone. What does not
    /// fit is [`StorageError::Full`]; what stands already stays. `u64::MAX` takes the bound away.
    pub fn limit_size(&self, bytes_max: u64) -> Result<(), StorageError> {
        let page: u32 = self.connection.query_row("PRAGMA page_size", [], |row| row.get(0))?;
        let pages = u32::try_from(bytes_max / u64::from(page.max(1))).unwrap_or(u32::MAX - 1);
        // SQLite answers with the bound that holds now, never one below what stands already.
        let sql = format!("PRAGMA max_page_count = {}", pages.max(1));
        Ok(self.connection.query_row(&sql, [], |_| Ok(()))?)
    }

    /// What is written from now on says that this person wrote it; `None` says nothing of a person.
    pub fn write_for(&mut self, person: Option<Arc<str>>) {
        self.person = person;
    }

    /// Who it is that the current job writes for.
    pub fn person(&self) -> Option<Arc<str>> {
        self.person.clone()
    }

    /// The roster as it stands.
    pub fn roster(&self) -> &Arc<Roster> {
        &self.roster
    }

    /// The folder.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// The key that signs entries and identifies the node.
    pub fn node_key(&self) -> &KeyPair {
        &self.node_key
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Who this node is; `None` until it is admitted.
    pub fn me(&self) -> Option<Me> {
        let node = self.roster.node_by_key(&self.node_key.public())?;
        Some(Me { node: node.no, org: node.org })
    }

    /// Whether this node's organisation leads the network.
    pub fn is_lead(&self) -> bool {
        self.me().is_some_and(|me| self.roster.lead() == Some(me.org))
    }

    /// What is new since this was last called, to be told to peers.
    pub fn take_updates(&mut self) -> Vec<Update> {
        std::mem::take(&mut self.updates)
    }

    /// The heads of all stored feeds.
    pub fn heads(&self) -> Result<Vec<FeedHead>, StorageError> {
        let storage = SqliteStorage::new(&self.connection);
        let mut heads = Vec::new();
        for space in storage.spaces()? {
            heads.extend(storage.feeds(space)?);
        }
        Ok(heads)
    }

    /// Entries of a feed from `seq` on, about `bytes_max` bytes, at least one if there is one.
    pub fn records(&self, feed: &FeedId, seq: u64, bytes_max: usize) -> Result<Vec<Record>, StorageError> {
        SqliteStorage::new(&self.connection).records(feed, seq, bytes_max)
    }

    /// The same with the places of what they build on, as a session wants them.
    pub fn load(&self, feed: &FeedId, seq: u64, bytes_max: usize) -> Result<Loaded, StorageError> {
        SqliteStorage::new(&self.connection).load(feed, seq, bytes_max)
    }

    /// Changes that a pack names.
    pub fn find(&self, wanted: &[Wanted]) -> Result<Vec<Option<ChangeHash>>, StorageError> {
        SqliteStorage::new(&self.connection).find(wanted)
    }

    fn network_heads(&self) -> Result<Vec<FeedHead>, StorageError> {
        SqliteStorage::new(&self.connection).feeds(Space::Network)
    }
}

fn connect(folder: &Folder) -> Result<Connection, StorageError> {
    let mut connection = sqlite::open(&folder.database())?;
    sqlite::migrate::migrate(&mut connection, &projections::MIGRATIONS)?;
    Ok(connection)
}
