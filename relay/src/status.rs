//! How the relay stands, for its keeper: as JSON over HTTP, and as lines of text by `svod-relay status`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use svod_shared::id::OrgNo;
use svod_shared::keys::PublicKey;
use svod_shared::roster::Roster;
use svod_shared::storage::StorageError;

use crate::db::Db;
use crate::room::Level;

mod text;

/// How the relay stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The program's version.
    pub version: String,
    /// The network's id.
    pub network: String,
    /// The relay's key.
    pub key: String,
    /// The UDP address it listens on.
    pub address: String,
    /// Seconds since it was started.
    pub up_seconds: u64,
    /// Connections, of nodes and newcomers.
    pub connections: u64,
    /// Statements in the roster; 0: the lead has not come yet.
    pub roster_height: u64,
    /// Entries in the log.
    pub entries: u64,
    /// Letters that wait for the lead.
    pub letters_waiting: u64,
    /// Whether there is room for new entries.
    pub disk: Level,
    /// Free bytes of the disk, if the system says.
    pub disk_free_bytes: Option<u64>,
    /// What an organisation may store.
    pub quota_bytes: u64,
    /// The organisations of the roster.
    pub organisations: Vec<OrganisationStatus>,
}

/// How an organisation stands with the relay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationStatus {
    /// Its number in the roster.
    pub ordinal: u16,
    /// Its short name.
    pub name: String,
    /// How many of its nodes are connected now.
    pub nodes_connected: u64,
    /// Bytes of changes it has stored.
    pub stored_bytes: u64,
}

/// What the database has to say to a [`Status`].
#[derive(Debug, Clone, Default)]
pub struct Stored {
    /// Statements in the roster.
    pub roster_height: u64,
    /// Entries in the log.
    pub entries: u64,
    /// Letters that wait for the lead.
    pub letters_waiting: u64,
    /// The organisations of the roster.
    pub organisations: Vec<OrganisationStatus>,
}

impl Stored {
    /// Asks the database; `connected` are the keys that are connected now.
    pub fn ask(db: &Db, connected: &[PublicKey]) -> Result<Self, StorageError> {
        let roster = db.roster();
        let online = online(&roster, connected);
        let organisations = roster.orgs().map(|org| OrganisationStatus {
            ordinal: org.no.0,
            name: org.short.clone(),
            nodes_connected: online.get(&org.no).copied().unwrap_or(0),
            stored_bytes: db.stored_bytes(org.no),
        });
        Ok(Self {
            roster_height: roster.height(),
            entries: db.entries()?,
            letters_waiting: db.mailbox().unanswered()?.len() as u64,
            organisations: organisations.collect(),
        })
    }
}

fn online(roster: &Roster, connected: &[PublicKey]) -> BTreeMap<OrgNo, u64> {
    let mut online = BTreeMap::new();
    for node in connected.iter().filter_map(|key| roster.node_by_key(key)) {
        *online.entry(node.org).or_default() += 1;
    }
    online
}
