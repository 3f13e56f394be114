//! A node: the real store on a disk that can lose power, with a clock that can be wrong.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use svod_node::folder::Folder;
use svod_node::store::{Clock, Random, Store};
use svod_shared::id::{EntryHash, FeedId};
use svod_shared::keys::KeyPair;
use svod_shared::storage::FeedHead;
use svod_shared::time::Timestamp;

use crate::sim::book::{Archive, Book};
use crate::sim::disk::Disk;
use crate::sim::rng::Rng;
use crate::sim::trace::Broken;

/// A node of the network.
#[derive(Debug)]
pub(super) struct Site {
    /// Its name in the trace.
    pub(super) name: String,
    /// Its node key.
    pub(super) key: KeyPair,
    /// Its letter, as long as it is not admitted.
    pub(super) letter: Option<Vec<u8>>,
    /// Open unless it is down.
    pub(super) store: Option<Store>,
    pub(super) path: PathBuf,
    clock: Arc<AtomicU64>,
    random: Arc<Mutex<Rng>>,
    /// By how much its clock is wrong.
    pub(super) skew: i64,
    /// Until when it is down.
    pub(super) down_until: u64,
    /// When it dials next.
    pub(super) dials_at: u64,
    /// Whether its disk is full.
    pub(super) full: bool,
    /// What it has told its user is saved.
    pub(super) told: BTreeMap<FeedId, (u64, EntryHash)>,
    /// Its log.
    pub(super) book: Book,
    /// A copy of its database from some time ago.
    pub(super) backup: Option<Disk>,
    /// How many of its own entries have given way so far.
    gave_way: u64,
}

impl Site {
    /// A node with its store.
    pub(super) fn new(name: String, key: KeyPair, path: &Path, rng: &mut Rng) -> Self {
        Self {
            name,
            key,
            letter: None,
            store: None,
            path: path.to_owned(),
            clock: Arc::default(),
            random: Arc::new(Mutex::new(rng.fork())),
            skew: 0,
            down_until: 0,
            dials_at: 0,
            full: false,
            told: BTreeMap::new(),
            book: Book::default(),
            backup: None,
            gave_way: 0,
        }
    }

    /// The clock of its store.
    pub(super) fn clock(&self) -> Clock {
        let clock = Arc::clone(&self.clock);
        Clock::new(move || Timestamp(clock.load(Ordering::Relaxed)))
    }

    /// The randomness of its store.
    pub(super) fn random(&self) -> Random {
        let random = Arc::clone(&self.random);
        Random::new(move |bytes| {
            random.lock().unwrap_or_else(PoisonError::into_inner).fill(bytes);
            Ok(())
        })
    }

    /// Its disk.
    pub(super) fn disk(&self) -> Disk {
        Disk::new(self.path.join("svod.db"))
    }

    /// A place beside its folder for a copy.
    pub(super) fn copy_at(&self, name: &str) -> Disk {
        Disk::new(self.path.with_extension(name))
    }

    /// Its folder is set back to an older state on purpose.
    pub(super) fn set_back(&mut self) {
        self.book.forget();
        self.told.clear();
        self.gave_way = 0;
    }

    /// Its folder is a copy of another one's.
    pub(super) fn remember_as(&mut self, original: &Self) {
        self.told.clone_from(&original.told);
        self.book.clone_from(&original.book);
        (self.skew, self.gave_way) = (original.skew, original.gave_way);
    }

    /// Opens the store again, as after a start of the program.
    pub(super) fn open(&mut self) -> Result<(), Broken> {
        let folder = Folder::open(&self.path).map_err(|it| Broken::failed("opening a folder", it))?;
        let store = Store::open(folder, self.clock()).map_err(|it| Broken::failed("opening a store", it))?;
        self.store = Some(store.with_random(self.random()));
        self.full = false;
        Ok(())
    }

    /// Sets its clock by the true time.
    pub(super) fn tell_time(&self, now: u64) -> Timestamp {
        let here = now.saturating_add_signed(self.skew);
        self.clock.store(here, Ordering::Relaxed);
        Timestamp(here)
    }

    /// Notes that the user was told that everything written so far is saved.
    pub(super) fn acknowledge(&mut self) -> Result<(), Broken> {
        let Some(store) = &self.store else { return Ok(()) };
        let Some(me) = store.me() else { return Ok(()) };
        for head in heads(store)?.into_iter().filter(|it| it.node == me.node) {
            self.told.insert(head.feed, (head.height, head.hash));
        }
        Ok(())
    }

    /// Everything that must hold of its log.
    pub(super) fn check(&mut self, archive: &mut Archive) -> Result<(), Broken> {
        let Some(store) = &self.store else { return Ok(()) };
        let heads = heads(store)?;
        let stranded = store.stranded().map_err(|it| Broken::failed("counting", it))?;
        if stranded > self.gave_way {
            // Another branch stands in the place of own entries; that what they said stands too is checked at the end.
            self.gave_way = stranded;
            self.told.clear();
            self.book.forget();
        }
        for (feed, (height, _)) in &self.told {
            let now = heads.iter().find(|it| it.feed == *feed).map_or(0, |it| it.height);
            if now < *height {
                let what =
                    format!("{}: entry {height} of an own feed was told and is gone, {now} stand", self.name);
                return Err(Broken::new("I1 durable", what));
            }
        }
        self.book.check(&self.name, &heads, store.roster(), archive, |feed, seq| {
            store.records(feed, seq, 256 * 1024)
        })
    }
}

/// The heads of a store.
pub(super) fn heads(store: &Store) -> Result<Vec<FeedHead>, Broken> {
    store.heads().map_err(|it| Broken::failed("reading heads", it))
}
