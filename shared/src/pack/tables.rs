//! Which feed or document a slot number stands for; one such pair for each direction of a session.

use std::collections::BTreeMap;

use super::PackError;
use crate::id::{Actor, DocId, FeedId};
use crate::leb::{Reader, Writer};
use crate::vector::FEEDS_MAX;

/// The most documents with a slot. One pack mentions fewer, so that a full table can begin anew with any pack.
const DOCS_MAX: usize = 4 * 1024;

/// The tables that packs of one direction share.
#[derive(Debug, Clone)]
pub struct PackTables {
    pub(super) feeds: Slots<FeedId, 32>,
    pub(super) docs: Slots<DocId, 16>,
}

impl Default for PackTables {
    fn default() -> Self {
        Self { feeds: Slots::new(FEEDS_MAX), docs: Slots::new(DOCS_MAX) }
    }
}

impl PackTables {
    /// Gives slots to feeds that the other end knows in the same order. Those beyond the table's end get none.
    pub fn seed(&mut self, feeds: impl IntoIterator<Item = FeedId>) {
        for feed in feeds {
            if self.feeds.ids.len() < self.feeds.max {
                self.feeds.add(feed);
            }
        }
    }
}

/// Slots of one kind of id.
#[derive(Debug, Clone)]
pub(super) struct Slots<T, const N: usize> {
    ids: Vec<T>,
    /// Only the encoding end looks an id up; the decoding end never fills this.
    slots: BTreeMap<T, usize>,
    max: usize,
}

/// An id of fixed length.
pub(super) trait Id<const N: usize>: Copy + Ord {
    fn from_bytes(bytes: [u8; N]) -> Self;
    fn to_bytes(self) -> [u8; N];
}

impl Id<32> for FeedId {
    fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    fn to_bytes(self) -> [u8; 32] {
        self.0
    }
}

impl Id<16> for DocId {
    fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    fn to_bytes(self) -> [u8; 16] {
        self.0
    }
}

impl Slots<FeedId, 32> {
    /// The slot of the feed whose actor this is.
    pub(super) fn slot_of(&self, actor: &Actor) -> Option<usize> {
        let mut least = [0; 32];
        least.split_at_mut(actor.as_bytes().len()).0.copy_from_slice(actor.as_bytes());
        let (feed, slot) = self.slots.range(FeedId(least)..).next()?;
        (feed.actor() == *actor).then_some(*slot)
    }
}

impl<T: Id<N>, const N: usize> Slots<T, N> {
    fn new(max: usize) -> Self {
        Self { ids: Vec::new(), slots: BTreeMap::new(), max }
    }

    /// The id of a slot.
    pub(super) fn get(&self, slot: u64) -> Option<T> {
        self.ids.get(usize::try_from(slot).ok()?).copied()
    }

    /// The slot of an id.
    pub(super) fn slot(&self, id: &T) -> Option<usize> {
        self.slots.get(id).copied()
    }

    /// Gives every id of a pack a slot and writes those that are new. A table that would overflow begins anew.
    pub(super) fn write(&mut self, writer: &mut Writer, mentioned: &[T]) {
        let mut new: Vec<T> = mentioned.iter().filter(|id| self.slot(id).is_none()).copied().collect();
        if self.ids.len() + new.len() > self.max {
            self.ids.clear();
            self.slots.clear();
            new = mentioned.to_vec();
        }
        let from = self.ids.len();
        let mut added = Vec::new();
        for id in new {
            if self.slot(&id).is_none() {
                self.add(id);
                added.push(id.to_bytes());
            }
        }
        super::write_slots(writer, from, &added);
    }

    /// Sets the slots that a pack gives. Those above them stay, so that an old pack, come again, does no harm.
    pub(super) fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), PackError> {
        let count = reader.leb_max(self.max as u64)?;
        if count == 0 {
            return Ok(());
        }
        let from = usize::try_from(reader.leb()?).map_err(|_| PackError::Slot)?;
        for offset in 0..count {
            let offset = usize::try_from(offset).map_err(|_| PackError::Slot)?;
            let slot = from.checked_add(offset).filter(|slot| *slot < self.max).ok_or(PackError::Slot)?;
            let id = T::from_bytes(reader.array()?);
            if slot == self.ids.len() {
                self.ids.push(id);
            } else {
                *self.ids.get_mut(slot).ok_or(PackError::Slot)? = id;
            }
        }
        Ok(())
    }

    fn add(&mut self, id: T) {
        self.slots.insert(id, self.ids.len());
        self.ids.push(id);
    }
}
