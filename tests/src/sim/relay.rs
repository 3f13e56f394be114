//! The relay: its real database, and what its host does around it, without tasks and sockets.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use svod_relay::db::Db;
use svod_relay::events::{Audience, Rest};
use svod_shared::entry::Record;
use svod_shared::id::{ChangeHash, FeedId, NetworkId};
use svod_shared::keys::PublicKey;
use svod_shared::log::{Refusal, other_branches};
use svod_shared::pack::Wanted;
use svod_shared::storage::sqlite::SqliteStorage;
use svod_shared::storage::{FeedHead, Loaded, Storage, StorageError};
use svod_shared::sync::{Event, Snapshot};
use svod_shared::time::Timestamp;
use svod_shared::transport::{Update, Updated};
use tokio::sync::broadcast::Receiver;

use crate::sim::book::{Archive, Book};
use crate::sim::copies::{Changes, changes_of};
use crate::sim::disk::Disk;
use crate::sim::mutant::Mutant;
use crate::sim::trace::Broken;

/// The relay of the network.
#[derive(Debug)]
pub(super) struct RelaySite {
    db: Option<(Db, Receiver<Update>)>,
    path: PathBuf,
    network: NetworkId,
    mutant: Option<Mutant>,
    stale: Option<Snapshot>,
    /// Keys that have been given the frontiers they lacked.
    pub(super) following: BTreeSet<PublicKey>,
    /// Its log.
    pub(super) book: Book,
    /// A copy of its database from some time ago.
    pub(super) backup: Option<Disk>,
    /// Whether its disk is full.
    pub(super) full: bool,
}

impl RelaySite {
    /// An empty relay in `folder`.
    pub(super) fn new(folder: &Path, network: NetworkId, mutant: Option<Mutant>) -> Result<Self, Broken> {
        let mut relay = Self {
            db: None,
            path: folder.join("relay.db"),
            network,
            mutant,
            stale: None,
            following: BTreeSet::new(),
            book: Book::default(),
            backup: None,
            full: false,
        };
        relay.open()?;
        Ok(relay)
    }

    /// Its disk.
    pub(super) fn disk(&self) -> Disk {
        Disk::new(self.path.clone())
    }

    /// Ends it.
    pub(super) fn close(&mut self) {
        self.db = None;
        self.following.clear();
    }

    /// Starts it.
    pub(super) fn open(&mut self) -> Result<(), Broken> {
        let db =
            Db::open(&self.path, Some(self.network)).map_err(|it| Broken::failed("opening the relay", it))?;
        let updates = db.updates().subscribe();
        self.db = Some((db, updates));
        self.full = false;
        Ok(())
    }

    /// The database.
    pub(super) fn db(&mut self) -> Result<&mut Db, Broken> {
        self.db.as_mut().map(|it| &mut it.0).ok_or_else(|| Broken::new("works", "the relay is closed"))
    }

    /// What is new for sessions.
    pub(super) fn take_updates(&mut self) -> Vec<Update> {
        let Some((_, receiver)) = &mut self.db else { return Vec::new() };
        let mut taken = Vec::new();
        while let Ok(update) = receiver.try_recv() {
            let silent = match &update.what {
                Updated::Heads(_) => self.mutant == Some(Mutant::RelayTellsNothing),
                Updated::Frontiers { .. } => self.mutant == Some(Mutant::RelayKeepsFrontiers),
                _ => false,
            };
            if !silent {
                taken.push(update);
            }
        }
        taken
    }

    /// Where a session with `peer` starts from.
    pub(super) fn snapshot_for(&mut self, peer: &PublicKey) -> Result<Snapshot, Broken> {
        let frontiers =
            self.db()?.frontiers_of(peer).map_err(|it| Broken::failed("relay's frontiers", it))?;
        Ok(Snapshot { frontiers, ..self.snapshot()? })
    }

    /// Where a session starts from.
    pub(super) fn snapshot(&mut self) -> Result<Snapshot, Broken> {
        let snapshot = self.db()?.snapshot().map_err(|it| Broken::failed("relay's snapshot", it))?;
        if self.mutant != Some(Mutant::RelayStaleHeads) {
            return Ok(snapshot);
        }
        let first = self.stale.get_or_insert_with(|| snapshot.clone()).clone();
        Ok(Snapshot { heads: first.heads, ..snapshot })
    }

    /// Entries of a feed.
    pub(super) fn load(&mut self, feed: &FeedId, seq: u64, bytes_max: usize) -> Result<Loaded, Broken> {
        let mutant = self.mutant;
        let loaded = self.db()?.load(feed, seq, bytes_max);
        let mut loaded = loaded.map_err(|it| Broken::failed("relay's load", it))?;
        let records = &mut loaded.records;
        match mutant {
            Some(Mutant::RelaySwapsOrder) => records.reverse(),
            Some(Mutant::RelayStripsSignatures) => records.iter_mut().for_each(|it| it.signature = None),
            Some(Mutant::RelayAltersChanges) => {
                for record in
                    records.iter_mut().filter(|it| it.entry.hash().0.first().is_some_and(|it| it % 8 == 0))
                {
                    if let Some(byte) = record.changes.first_mut().and_then(|it| it.last_mut()) {
                        *byte ^= 1;
                    }
                }
            }
            _ => {}
        }
        Ok(loaded)
    }

    /// All changes in its log.
    pub(super) fn changes(&self) -> Result<Changes, Broken> {
        let Some((db, _)) = &self.db else { return Ok(Changes::new()) };
        let snapshot = db.snapshot().map_err(|it| Broken::failed("relay's snapshot", it))?;
        let mut found = Changes::new();
        for head in snapshot.heads.into_values().flatten() {
            let loaded =
                db.load(&head.feed, 0, usize::MAX).map_err(|it| Broken::failed("relay's load", it))?;
            found.extend(changes_of(loaded.records));
        }
        Ok(found)
    }

    /// Changes that a pack names.
    pub(super) fn find(&mut self, wanted: &[Wanted]) -> Result<Vec<Option<ChangeHash>>, Broken> {
        self.db()?.find(wanted).map_err(|it| Broken::failed("relay's search", it))
    }

    /// Takes entries and gives the feeds of which another branch came; `None` if the disk is full.
    pub(super) fn append(&mut self, mut records: Vec<Record>) -> Result<Option<Vec<FeedId>>, Broken> {
        if self.mutant == Some(Mutant::RelayDropsEntries) {
            records.retain(|it| it.entry.hash().0.first().is_none_or(|it| it % 8 != 0));
        }
        let offered = records.clone();
        let mutant = self.mutant;
        let db = self.db()?;
        let refused = match db.append(records) {
            Ok(appended) => appended.refused,
            Err(StorageError::Full) => return Ok(None),
            Err(error) => return Err(Broken::failed("relay's append", error)),
        };
        for refused in &refused {
            let forced = match (mutant, refused.reason) {
                (Some(Mutant::RelayTakesForks), Refusal::Fork { .. }) => true,
                (Some(Mutant::RelayChecksNothing), Refusal::Fork { .. } | Refusal::Gap { .. }) => false,
                (Some(Mutant::RelayChecksNothing), _) => true,
                _ => false,
            };
            let record = offered.iter().find(|it| it.entry.hash() == refused.hash);
            if let (true, Some(record)) = (forced, record) {
                force(db, record)?;
            }
        }
        Ok(Some(other_branches(&refused)))
    }

    /// Takes statements; gives whether they hold and whether they are the first.
    pub(super) fn statements(&mut self, signed: &[Vec<u8>]) -> Result<Option<bool>, Broken> {
        let forgets = self.mutant == Some(Mutant::RelayForgetsRoster);
        let db = self.db()?;
        let first = db.roster().height() == 0;
        if forgets && !first {
            return Ok(Some(false));
        }
        match db.push_statements(signed) {
            Ok(Ok(())) => Ok(Some(first)),
            Ok(Err(_)) => Ok(None),
            Err(StorageError::Full) => Ok(None),
            Err(error) => Err(Broken::failed("relay's statements", error)),
        }
    }

    /// Takes a session's news. A newcomer that is turned away stays connected here, which asks more of its session.
    pub(super) fn notify(
        &mut self,
        peer: PublicKey,
        connected: &[PublicKey],
        event: Event,
        now: Timestamp,
    ) -> Result<(), Broken> {
        let following = self.following.iter().copied().collect();
        let audience = || Audience { connected: connected.to_vec(), following };
        match self.db()?.take(peer, audience, event, now) {
            Ok(Rest::Follow) => {
                self.following.insert(peer);
                Ok(())
            }
            Ok(Rest::Nothing | Rest::TurnAway) | Err(StorageError::Full) => Ok(()),
            Err(error) => Err(Broken::failed("relay's news", error)),
        }
    }

    /// Everything that must hold of its log.
    pub(super) fn check(&mut self, archive: &mut Archive) -> Result<(), Broken> {
        let Some((db, _)) = &self.db else { return Ok(()) };
        let snapshot = db.snapshot().map_err(|it| Broken::failed("relay's snapshot", it))?;
        let heads: Vec<FeedHead> = snapshot.heads.into_values().flatten().collect();
        self.book.check("relay", &heads, &snapshot.roster, archive, |feed, seq| {
            Ok(db.load(feed, seq, 256 * 1024)?.records)
        })
    }
}

fn force(db: &Db, record: &Record) -> Result<(), Broken> {
    let mut storage = SqliteStorage::new(db.connection());
    let entry = &record.entry;
    let here = storage.feed(&entry.feed).map_err(|it| Broken::failed("relay's log", it))?;
    let head = match (here, entry.open()) {
        (Some(head), _) => {
            FeedHead { height: entry.seq + 1, hash: entry.hash(), roster: entry.roster, ..head }
        }
        (None, Some(open)) => FeedHead {
            feed: entry.feed,
            node: open.node,
            space: open.space,
            epoch: open.epoch,
            height: entry.seq + 1,
            hash: entry.hash(),
            roster: entry.roster,
        },
        (None, None) => return Ok(()),
    };
    let sql =
        "DELETE FROM entry WHERE hash IN (SELECT entry.hash FROM entry JOIN feed ON feed.key = entry.feed
               WHERE feed.id = ?1 AND entry.seq >= ?2)";
    let changes = "DELETE FROM change WHERE feed = (SELECT key FROM feed WHERE id = ?1) AND seq >= ?2";
    let from = i64::try_from(entry.seq).unwrap_or(i64::MAX);
    for sql in [changes, sql] {
        let done = db.connection().execute(sql, (entry.feed.as_bytes(), from));
        done.map_err(|it| Broken::failed("relay's log", it))?;
    }
    storage.push_record(&head, record).map_err(|it| Broken::failed("relay's log", it))
}
