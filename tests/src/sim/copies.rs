//! What people do with folders: bring an old copy back, work in two copies, carry files from one node to another.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use svod_node::documents::{Kind, genesis};
use svod_node::store::{PacketFailure, Store};
use svod_shared::chunk;
use svod_shared::entry::Record;
use svod_shared::id::{ChangeHash, DocId, NodeNo};
use svod_shared::leb::Reader;
use svod_shared::storage::StorageError;

use crate::sim::kinds::Fault;
use crate::sim::site::{Site, heads};
use crate::sim::trace::Broken;
use crate::sim::world::World;

/// More sites than that make a run slow and show nothing new.
const SITES_MAX: usize = 8;

impl World {
    /// A node whose folder may be copied. Two copies of the lead's would both answer newcomers' letters.
    fn copyable(&mut self) -> Option<(usize, NodeNo)> {
        let at = self.rng.below(self.sites.len());
        let leads = at == 0 || self.sites[at].key.public() == self.sites[0].key.public();
        if leads && self.enabled.contains(&Fault::Newcomer) {
            return None;
        }
        let me = self.sites[at].store.as_ref().and_then(Store::me)?;
        Some((at, me.node))
    }

    /// The first time, a copy is made and kept; the second time, it is brought back.
    pub(super) fn restore(&mut self) -> Result<bool, Broken> {
        let pause = self.rng.ms(0, 60_000);
        let Some((at, node)) = self.copyable() else { return Ok(false) };
        let Some(backup) = self.sites[at].backup.clone() else {
            let copy = self.sites[at].copy_at("backup");
            self.sites[at].disk().copy(&copy)?;
            self.sites[at].backup = Some(copy);
            return Ok(false);
        };
        self.archive.copied.insert(node);
        self.stop(at, pause);
        let site = &mut self.sites[at];
        backup.copy(&site.disk())?;
        site.backup = None;
        site.set_back();
        self.forget_what_nobody_has()?;
        Ok(true)
    }

    /// What was written since the copy and had reached nobody is gone with the folder, and with it what is built on it.
    fn forget_what_nobody_has(&mut self) -> Result<(), Broken> {
        let mut kept = self.relay.changes()?;
        let docs: BTreeSet<_> = self.wrote.iter().flat_map(|it| it.documents()).collect();
        for site in &mut self.sites {
            let is_down = site.store.is_none();
            if is_down {
                site.open()?;
            }
            if let Some(store) = &site.store {
                kept.extend(changes(store)?);
            }
            if is_down {
                site.store = None;
            }
        }
        only_whole(&mut kept, &docs);
        self.wrote.retain(|it| kept.values().any(|change| contains(change, it.text.as_bytes())));
        Ok(())
    }

    /// A node's folder is copied as it lies, and from then on both computers work.
    pub(super) fn copy_folder(&mut self) -> Result<bool, Broken> {
        if self.sites.len() >= SITES_MAX {
            return Ok(false);
        }
        let Some((at, node)) = self.copyable() else { return Ok(false) };
        let no = self.sites.len();
        let path = self.dir.path().join(format!("node{no}"));
        let original = &self.sites[at];
        let key = original.key.clone();
        let keys = |from: &Path, to: &Path| {
            fs::create_dir_all(to.join("keys"))?;
            for file in fs::read_dir(from.join("keys"))? {
                let file = file?;
                fs::copy(file.path(), to.join("keys").join(file.file_name()))?;
            }
            Ok::<_, std::io::Error>(())
        };
        keys(&original.path, &path).map_err(|it| Broken::failed("copying keys", it))?;
        let mut site = Site::new(format!("n{no}"), key, &path, &mut self.rng);
        original.disk().copy(&site.disk())?;
        site.remember_as(original);
        site.tell_time(self.now);
        site.open()?;
        site.dials_at = self.now + self.rng.ms(0, 120_000);
        self.archive.copied.insert(node);
        self.trace.note(format!("{} n{at} is copied to n{no}", self.now));
        self.sites.push(site);
        self.lag.push(None);
        self.sites[no].check(&mut self.archive)?;
        Ok(true)
    }

    /// Somebody writes files at one node and takes them at another, perhaps twice, or not all of them.
    pub(super) fn by_hand(&mut self, fault: Fault) -> Result<bool, Broken> {
        let (from, to) = (self.rng.below(self.sites.len()), self.rng.below(self.sites.len()));
        if from == to || self.sites[to].store.is_none() {
            return Ok(false);
        }
        let bytes_max = if self.rng.one_in(2) { 4096 } else { 1 << 20 };
        let writer = &mut self.sites[from];
        writer.tell_time(self.now);
        let Some(store) = &mut writer.store else { return Ok(false) };
        let mut files = match store.write_packet(None, bytes_max) {
            Ok(files) => files,
            Err(PacketFailure::NotAdmitted | PacketFailure::TooMuch) => return Ok(false),
            Err(PacketFailure::Storage(StorageError::Full)) => return Ok(false),
            Err(error) => return Err(Broken::failed("writing a packet", error)),
        };
        if self.rng.one_in(3) {
            files.extend(files.clone());
        }
        if self.rng.one_in(3) {
            let at = self.rng.below(files.len());
            files.swap_remove(at);
        }
        if fault == Fault::PacketDamaged {
            let at = self.rng.below(files.len());
            let Some(file) = files.get_mut(at) else { return Ok(false) };
            let place = self.rng.below(file.len());
            file[place] ^= 1 << self.rng.below(8);
        }
        self.take_files(from, to, &files, fault == Fault::PacketDamaged)
    }

    fn take_files(
        &mut self,
        from: usize,
        to: usize,
        files: &[Vec<u8>],
        damaged: bool,
    ) -> Result<bool, Broken> {
        let reader = &mut self.sites[to];
        reader.tell_time(self.now);
        let Some(store) = &mut reader.store else { return Ok(false) };
        let before = heads(store)?;
        let taken = store.read_packets(files);
        self.trace.note(format!("{} n{to} takes {} files of n{from}", self.now, files.len()));
        match taken {
            Ok(_) if damaged => return Err(Broken::new("files", format!("n{to} takes a damaged file"))),
            Ok(_) => {}
            Err(error) => {
                let expected = damaged || matches!(error, PacketFailure::Storage(StorageError::Full));
                let behind = matches!(&error, PacketFailure::File { .. } | PacketFailure::NotTheTickets);
                if !expected && !behind {
                    return Err(Broken::failed("taking a packet", error));
                }
                self.trace.note(format!("{} n{to}: {error}", self.now));
                if heads(store)? != before {
                    return Err(Broken::new("files", format!("n{to} refuses a file and takes of it")));
                }
            }
        }
        self.spread_from(to, None)?;
        Ok(true)
    }
}

/// Changes by their hashes.
pub(super) type Changes = BTreeMap<ChangeHash, Vec<u8>>;

/// All changes in a log.
pub(super) fn changes(store: &Store) -> Result<Changes, Broken> {
    let mut found = Changes::new();
    for head in heads(store)? {
        let records = store.records(&head.feed, 0, usize::MAX);
        found.extend(changes_of(records.map_err(|it| Broken::failed("reading a log", it))?));
    }
    Ok(found)
}

/// The changes of records.
pub(super) fn changes_of(records: Vec<Record>) -> Changes {
    let hashes = |it: &Record| it.entry.changes().map(|(_, hash)| hash).collect::<Vec<_>>();
    records.into_iter().flat_map(|it| hashes(&it).into_iter().zip(it.changes)).collect()
}

/// Drops changes that build on one which is not among them.
fn only_whole(changes: &mut Changes, docs: &BTreeSet<DocId>) {
    let first = |it: &DocId| Some(genesis::change(it, Kind::of(it).ok()?).0);
    let first: BTreeSet<_> = docs.iter().filter_map(first).collect();
    loop {
        let before = changes.len();
        let known: BTreeSet<_> = changes.keys().chain(&first).copied().collect();
        changes.retain(|_, bytes| deps(bytes).is_some_and(|it| it.iter().all(|dep| known.contains(dep))));
        if changes.len() == before {
            return;
        }
    }
}

/// What a change builds on.
fn deps(change: &[u8]) -> Option<Vec<ChangeHash>> {
    let mut reader = Reader::new(chunk::body(change).ok()?);
    let count = reader.leb().ok()?;
    (0..count).map(|_| reader.array().ok().map(ChangeHash)).collect()
}

/// Whether a text stands in a change.
pub(super) fn contains(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len().max(1)).any(|it| it == text)
}
