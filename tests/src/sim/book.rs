//! What an onlooker knows of every log: checked again, entry by entry, without the code that let it in.

use std::collections::{BTreeMap, BTreeSet};

use svod_shared::entry::Record;
use svod_shared::id::{EntryHash, FeedId, NodeNo, Owner};
use svod_shared::roster::Roster;
use svod_shared::storage::{FeedHead, StorageError};

use crate::sim::trace::Broken;

/// The log of one site as it was seen last.
#[derive(Debug, Default, Clone)]
pub(super) struct Book {
    heads: BTreeMap<FeedId, FeedHead>,
}

/// What holds across sites.
#[derive(Debug, Default)]
pub(super) struct Archive {
    pub(super) sound: BTreeSet<EntryHash>,
    pub(super) places: BTreeMap<(FeedId, u64), EntryHash>,
    /// The node whose feeds may fork, because it forks them on purpose.
    pub(super) hostile: Option<NodeNo>,
    /// Feeds with two entries at one place.
    pub(super) forked: BTreeSet<(NodeNo, FeedId)>,
    /// Honest nodes whose feeds may fork too, because their folders are copied and restored.
    pub(super) copied: BTreeSet<NodeNo>,
    /// Whether any feed may fork just now.
    pub(super) forks_allowed: bool,
}

impl Book {
    /// Forgets the log: its site was set back on purpose.
    pub(super) fn forget(&mut self) {
        self.heads.clear();
    }

    /// Compares the log with what was known, and checks what is new.
    pub(super) fn check(
        &mut self,
        who: &str,
        heads: &[FeedHead],
        roster: &Roster,
        archive: &mut Archive,
        read: impl Fn(&FeedId, u64) -> Result<Vec<Record>, StorageError>,
    ) -> Result<(), Broken> {
        for (feed, known) in &self.heads {
            let now = heads.iter().find(|it| it.feed == *feed).map_or(0, |it| it.height);
            if now < known.height {
                return Err(Broken::new(
                    "I1 durable",
                    format!("{who}: feed fell from {} to {now}", known.height),
                ));
            }
        }
        for head in heads {
            let known = self.heads.get(&head.feed).copied();
            let (mut height, mut hash) = known.map_or((0, EntryHash([0; 32])), |it| (it.height, it.hash));
            if head.height == height {
                if head.hash != hash {
                    return Err(Broken::new(
                        "I2 chain",
                        format!("{who}: another entry took the place of one"),
                    ));
                }
                continue;
            }
            while height < head.height {
                let records = read(&head.feed, height).map_err(|it| Broken::failed("reading a log", it))?;
                if records.is_empty() {
                    return Err(Broken::new("I2 chain", format!("{who}: a feed is shorter than its head")));
                }
                archive.check(who, head, (height, hash), &records, roster)?;
                for record in &records {
                    (height, hash) = (height + 1, record.entry.hash());
                }
            }
            if hash != head.hash {
                return Err(Broken::new("I2 chain", format!("{who}: head is not the last entry")));
            }
            self.heads.insert(head.feed, *head);
        }
        Ok(())
    }
}

impl Archive {
    /// Whether the feed has two branches that nobody but the lead can choose between. Of a copied folder one gives way.
    pub(super) fn is_split(&self, head: &FeedHead) -> bool {
        self.hostile == Some(head.node) && self.forked.contains(&(head.node, head.feed))
    }

    fn check(
        &mut self,
        who: &str,
        head: &FeedHead,
        (mut height, mut hash): (u64, EntryHash),
        records: &[Record],
        roster: &Roster,
    ) -> Result<(), Broken> {
        let node = roster.node(head.node);
        let node = node.ok_or_else(|| Broken::new("I4 rights", format!("{who}: an entry by a stranger")))?;
        let mut vouched = true;
        for record in records {
            let entry = &record.entry;
            if entry.feed != head.feed || entry.seq != height || entry.prev != hash {
                return Err(Broken::new("I2 chain", format!("{who}: entry {height} does not follow")));
            }
            (height, hash) = (height + 1, entry.hash());
            let here = *self.places.entry((entry.feed, entry.seq)).or_insert(hash);
            if here != hash {
                self.forked.insert((head.node, entry.feed));
                let may_fork = self.hostile == Some(head.node) || self.copied.contains(&head.node);
                if !may_fork && !self.forks_allowed {
                    return Err(Broken::new(
                        "I2 chain",
                        format!("{who}: an honest feed has forked at {height}"),
                    ));
                }
            }
            if self.sound.contains(&hash) && record.signature.is_none() {
                continue;
            }
            let key = node.key_at(entry.roster);
            match (&record.signature, key) {
                (Some(signature), Some(key)) if entry.is_signed_by(key, signature) => vouched = true,
                (None, Some(_)) => vouched = false,
                _ => return Err(Broken::new("I4 rights", format!("{who}: a false signature"))),
            }
            for ((doc, change), bytes) in entry.changes().zip(&record.changes) {
                let own = match doc.owner() {
                    Owner::Shared => true,
                    Owner::Org(org) => org == node.org,
                    Owner::Lead => roster.lead_at(entry.roster) == Some(node.org),
                };
                if !own {
                    return Err(Broken::new("I4 rights", format!("{who}: an entry in another's document")));
                }
                if svod_shared::chunk::change_hash(bytes) != Ok(change) {
                    return Err(Broken::new("I2 chain", format!("{who}: bytes are not those of the entry")));
                }
            }
            if entry.changes().count() != record.changes.len() {
                return Err(Broken::new("I2 chain", format!("{who}: changes are missing")));
            }
            self.sound.insert(hash);
        }
        if !vouched {
            return Err(Broken::new("I4 rights", format!("{who}: the last entry of a run is not signed")));
        }
        Ok(())
    }
}
