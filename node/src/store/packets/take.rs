//! Taking packets within a transaction: entries through the gate and into documents, and the writers' frontiers.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;
use svod_shared::entry::Record;
use svod_shared::frontier::Frontier;
use svod_shared::id::{FeedId, NodeNo};
use svod_shared::keys::PublicKey;
use svod_shared::log::{self, Refusal, Refused};
use svod_shared::pack::Pack;
use svod_shared::packet::{Attached, Missing, Packet, attach};
use svod_shared::roster::Roster;
use svod_shared::storage::sqlite::{SqliteStorage, frontiers};
use svod_shared::storage::{FeedHead, Storage, StorageError};

use super::PacketFailure;
use crate::store::{Store, inbox};

/// How many entries are gathered before their documents are opened: each is opened once for all of them.
const BATCH_ENTRIES: usize = 4096;

/// What taking packets did.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// Entries that are new here.
    pub(super) new: u64,
    /// Entries that were here before.
    pub(super) known: u64,
    /// The heads of the feeds that grew.
    pub(super) heads: BTreeMap<FeedId, FeedHead>,
    /// Feeds of which an entry was refused, with their nodes where known.
    pub(super) refused: BTreeMap<FeedId, Option<NodeNo>>,
    /// What is neither here nor in the packets, with the node whose it is.
    pub(super) missing: BTreeMap<Missing, Option<NodeNo>>,
}

impl Taken {
    /// The feeds of the node with this key that stand elsewhere in a state that this node does not know: it was
    /// restored or copied.
    pub(super) fn own_feeds_elsewhere(&self, roster: &Roster, key: &PublicKey) -> Vec<FeedId> {
        let me = roster.node_by_key(key).map(|it| it.no);
        let missing = self.missing.iter().map(|(it, node)| (it.feed, *node));
        let refused = self.refused.iter().map(|(it, node)| (*it, *node));
        let grown = self.heads.values().map(|it| (it.feed, Some(it.node)));
        let all = missing.chain(refused).chain(grown);
        all.filter(|(_, node)| me.is_some() && *node == me).map(|(feed, _)| feed).collect()
    }
}

/// The taking of packets, under the roster that they have made.
pub(super) struct Taking<'c> {
    store: &'c Store,
    connection: &'c Connection,
    taken: Taken,
    /// Entries that the log has and their documents do not yet.
    batch: Vec<Record>,
}

impl<'c> Taking<'c> {
    pub(super) fn new(store: &'c Store, connection: &'c Connection) -> Self {
        Self { store, connection, taken: Taken::default(), batch: Vec::new() }
    }

    /// Takes packets in this order. What waits for entries of a later one is offered again.
    pub(super) fn take(mut self, packets: &[(usize, Packet<'_>)]) -> Result<Taken, PacketFailure> {
        let mut known = None;
        for _ in packets {
            let new = self.taken.new;
            self.taken.missing.clear();
            for (file, packet) in packets {
                self.take_packet(*file, packet)?;
            }
            known = known.or(Some(self.taken.known));
            if self.taken.missing.is_empty() || self.taken.new == new {
                break;
            }
        }
        self.taken.known = known.unwrap_or_default();
        for (_, packet) in packets {
            self.take_frontiers(packet)?;
        }
        Ok(self.taken)
    }

    fn take_packet(&mut self, file: usize, packet: &Packet<'_>) -> Result<(), PacketFailure> {
        let authors = packet.header.stretches.iter().map(|it| (it.feed, it.node)).collect();
        for pack in packet.packs() {
            let pack = pack.map_err(|error| PacketFailure::File { file, source: error.into() })?;
            self.take_pack(pack, packet.header.from, &authors)?;
            if self.batch.len() >= BATCH_ENTRIES {
                self.absorb()?;
            }
        }
        Ok(self.absorb()?)
    }

    fn take_pack(
        &mut self,
        pack: Pack,
        from: NodeNo,
        authors: &BTreeMap<FeedId, NodeNo>,
    ) -> Result<(), StorageError> {
        let mut offered = Vec::new();
        let mut feeds = BTreeSet::new();
        for run in pack.runs {
            // A second run of a feed continues what the first one brings: that has to stand first.
            if !feeds.insert(run.feed) {
                self.offer(std::mem::take(&mut offered), from, authors)?;
            }
            match attach(&SqliteStorage::new(self.connection), run)? {
                Attached::Records(records, known) => {
                    self.taken.known += known;
                    offered.extend(records);
                }
                Attached::Missing(it) => self.note_missing(it, authors)?,
            }
        }
        self.offer(offered, from, authors)
    }

    fn offer(
        &mut self,
        records: Vec<Record>,
        from: NodeNo,
        authors: &BTreeMap<FeedId, NodeNo>,
    ) -> Result<(), StorageError> {
        let own = self.store.of_own_feeds(self.connection, &records)?;
        let roster = self.store.roster();
        let (late, now) = (self.store.late(), self.store.now());
        let mut accepted = log::accept_with(&mut SqliteStorage::new(self.connection), roster, records, late)?;
        inbox::note_late(self.connection, roster, &accepted, now)?;
        let mut appended = 0;
        // Two copies of one folder that hand each other files would otherwise swap their branches for ever.
        let is_others = self.store.me().is_some_and(|me| me.node != from);
        if is_others && !own.is_empty() && !accepted.refused.is_empty() {
            appended = accepted.appended.len() as u64;
            self.batch.append(&mut accepted.appended);
            self.absorb()?;
            self.store.give_way(self.connection, &own, &mut accepted)?;
        }
        // A run names its first entry's predecessor by its place alone. If there is another one here, no signature fits.
        let (elsewhere, refused) = std::mem::take(&mut accepted.refused)
            .into_iter()
            .partition(|it| it.seq > 0 && matches!(it.reason, Refusal::Signature));
        accepted.refused = refused;
        inbox::note_refusals(self.connection, &accepted, now)?;
        for it in &elsewhere {
            self.store.note_branches(self.connection, &it.feed, it.seq)?;
        }
        accepted.refused.extend::<Vec<Refused>>(elsewhere);
        self.taken.new += appended + accepted.appended.len() as u64;
        self.taken.heads.extend(accepted.heads.into_iter().map(|it| (it.feed, it)));
        for it in accepted.refused {
            let node = self.author(&it.feed, authors)?;
            self.taken.refused.insert(it.feed, node);
        }
        self.batch.extend(accepted.appended);
        Ok(())
    }

    fn absorb(&mut self) -> Result<(), StorageError> {
        let batch = std::mem::take(&mut self.batch);
        inbox::absorb_all(self.connection, self.store.roster(), &batch, self.store.now())
    }

    /// Of a feed the first gap only: what follows waits for it.
    fn note_missing(&mut self, it: Missing, authors: &BTreeMap<FeedId, NodeNo>) -> Result<(), StorageError> {
        let node = self.author(&it.feed, authors)?;
        let missing = &mut self.taken.missing;
        if !missing.keys().any(|other| other.feed == it.feed && other.to <= it.to) {
            missing.retain(|other, _| other.feed != it.feed);
            missing.insert(it, node);
        }
        Ok(())
    }

    /// The node of a feed: by the log, or, of a feed that is not here, by what the packet says.
    fn author(
        &self,
        feed: &FeedId,
        authors: &BTreeMap<FeedId, NodeNo>,
    ) -> Result<Option<NodeNo>, StorageError> {
        let head = SqliteStorage::new(self.connection).feed(feed)?;
        Ok(head.map(|it| it.node).or_else(|| authors.get(feed).copied()))
    }

    /// Keeps what the writer says that it holds; another node's word in its packet counts for nothing.
    fn take_frontiers(&self, packet: &Packet<'_>) -> Result<(), StorageError> {
        for bytes in &packet.header.frontiers {
            if let Ok(it) = Frontier::verify(bytes, self.store.roster())
                && it.node == packet.header.from
            {
                frontiers::put(self.connection, it.node, it.space, it.counter, bytes, self.store.now())?;
            }
        }
        Ok(())
    }
}
