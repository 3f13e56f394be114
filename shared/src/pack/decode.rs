//! Reading packs as far as that goes without the log.

use super::chunk::Parts;
use super::resolve::{Bytes, Change, Dep, PendingEntry, PendingItem, PendingRun, Unresolved, Wanted};
use super::{
    Before, CHECK_BYTES, DEP_HASH, DEP_IN_PACK, DEP_OF_THE_LOG, DEPS_LISTED, DEPS_MAX, DEPS_PREVIOUS,
    DEPS_SAME, FORM_CHANGE, FORM_CHANGE_WHOLE, FORM_PLAIN, PACK_BYTES_MAX, PackError, PackTables, Sequence,
    WANTED_MAX, compress, unzigzag,
};
use crate::entry::{ENTRY_BYTES_MAX, ITEMS_MAX, Item};
use crate::id::{Actor, ChangeHash, DocId, FeedId, Space};
use crate::keys::Signature;
use crate::leb::{ReadError, Reader};

/// The most random bytes: a signature for each entry that a full pack has room for.
const RANDOM_BYTES_MAX: usize = 8 * PACK_BYTES_MAX;

/// Reads a pack and keeps what it adds to the tables.
pub fn decode(tables: &mut PackTables, bytes: &[u8]) -> Result<Unresolved, PackError> {
    let mut reader = Reader::new(bytes);
    let head = reader.leb_max(4 * RANDOM_BYTES_MAX as u64 + 3)?;
    let random = reader.raw(usize::try_from(head / 4).map_err(|_| PackError::Random)?)?;
    let content = compress::unpack(head.to_le_bytes()[0] & 3, reader.rest())?;
    let mut reader = Reader::new(&content);
    let space = Space::read(&mut reader)?;
    tables.feeds.read(&mut reader)?;
    tables.docs.read(&mut reader)?;
    let mut reading = Reading {
        tables,
        content: reader,
        random: Reader::new(random),
        sequence: Sequence::new(),
        changes: Vec::new(),
        wanted: Vec::new(),
        deps: 0,
    };
    let runs = reading.runs()?;
    reading.rests()?;
    reading.content.clone().end()?;
    let check = if reading.wanted.is_empty() { None } else { Some(reading.take::<CHECK_BYTES>()?) };
    if !reading.random.is_empty() {
        return Err(PackError::Random);
    }
    let Reading { changes, wanted, .. } = reading;
    Ok(Unresolved { space, runs, changes, wanted, check })
}

struct Reading<'t, 'a> {
    tables: &'t PackTables,
    content: Reader<'a>,
    random: Reader<'a>,
    sequence: Sequence,
    changes: Vec<Change>,
    wanted: Vec<Wanted>,
    /// Deps of all changes so far.
    deps: usize,
}

impl Reading<'_, '_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], PackError> {
        self.random.array().map_err(|_| PackError::Random)
    }

    fn runs(&mut self) -> Result<Vec<PendingRun>, PackError> {
        let runs = self.content.leb_max(PACK_BYTES_MAX as u64)?;
        (0..runs).map(|_| self.run()).collect()
    }

    fn run(&mut self) -> Result<PendingRun, PackError> {
        let feed = self.tables.feeds.get(self.content.leb()?).ok_or(PackError::Slot)?;
        let first = self.content.leb()?;
        let head = self.content.leb_max(2 * PACK_BYTES_MAX as u64 + 1)?;
        let (count, all_signed) = (head / 2, head % 2 == 1);
        first.checked_add(count).ok_or(PackError::Overflow)?;
        let mut roster = 0u64;
        let mut entries = Vec::new();
        for left in (0..count).rev() {
            roster = roster.checked_add(self.content.leb()?).ok_or(PackError::Overflow)?;
            let items = self.items(&feed)?;
            let signed = all_signed || left == 0;
            let signature = if signed { Some(Signature(self.take()?)) } else { None };
            entries.push(PendingEntry { roster, items, signature });
        }
        Ok(PendingRun { feed, first, entries })
    }

    fn items(&mut self, feed: &FeedId) -> Result<Vec<PendingItem>, PackError> {
        let count = self.content.leb_max(ITEMS_MAX as u64)?;
        (0..count).map(|_| self.item(feed)).collect()
    }

    fn item(&mut self, feed: &FeedId) -> Result<PendingItem, PackError> {
        let head = self.content.leb_max(4 * ENTRY_BYTES_MAX as u64 + 3)?;
        let length = usize::try_from(head / 4).map_err(|_| ReadError::Limit)?;
        if head % 4 == FORM_PLAIN {
            if length != 0 {
                return Err(ReadError::Unknown.into());
            }
            return Ok(PendingItem::Whole(Item::read(&mut self.content)?));
        }
        let doc = self.tables.docs.get(self.content.leb()?).ok_or(PackError::Slot)?;
        let bytes = match head % 4 {
            FORM_CHANGE => self.change(doc, feed)?,
            FORM_CHANGE_WHOLE => Bytes::Body,
            _ => Bytes::Given(ChangeHash(self.take()?)),
        };
        self.changes.push(Change { bytes, length, rest: Vec::new() });
        Ok(PendingItem::Change(doc))
    }

    fn change(&mut self, doc: DocId, feed: &FeedId) -> Result<Bytes, PackError> {
        let deps = self.deps(doc)?;
        self.deps += deps.len();
        if self.deps > DEPS_MAX {
            return Err(PackError::Deps);
        }
        let (seq, start_op, time) = self.sequence.expected(&doc, feed);
        let seq = seq.wrapping_add_signed(unzigzag(self.content.leb()?));
        let start_op = start_op.wrapping_add_signed(unzigzag(self.content.leb()?));
        let time = time.wrapping_add(unzigzag(self.content.leb()?));
        let message = self.content.bytes(PACK_BYTES_MAX)?.to_vec();
        let others = self.content.leb_max(PACK_BYTES_MAX as u64)?;
        let others = (0..others).map(|_| self.actor()).collect::<Result<_, _>>()?;
        let place = self.changes.len();
        self.sequence.note(doc, Before { place, feed: *feed, seq, start_op }, time);
        let actor = feed.actor();
        let parts = Parts { deps: Vec::new(), actor, seq, start_op, time, message, others, rest: Vec::new() };
        Ok(Bytes::Parts(deps, parts))
    }

    fn actor(&mut self) -> Result<Actor, PackError> {
        match self.content.leb()?.checked_sub(1) {
            None => Ok(Actor(self.take()?)),
            Some(slot) => Ok(self.tables.feeds.get(slot).ok_or(PackError::Slot)?.actor()),
        }
    }

    fn deps(&mut self, doc: DocId) -> Result<Vec<Dep>, PackError> {
        let before = self.sequence.before.get(&doc).map(|it| it.place);
        match self.content.leb()? {
            DEPS_PREVIOUS => Ok(vec![Dep::InPack(before.ok_or(PackError::Deps)?)]),
            DEPS_SAME => match self.changes.get(before.ok_or(PackError::Deps)?).map(|it| &it.bytes) {
                Some(Bytes::Parts(deps, _)) => Ok(deps.clone()),
                _ => Err(PackError::Deps),
            },
            count => {
                let left = (DEPS_MAX - self.deps) as u64;
                let count = Some(count - DEPS_LISTED).filter(|it| *it <= left).ok_or(PackError::Deps)?;
                (0..count).map(|_| self.dep(doc)).collect()
            }
        }
    }

    fn dep(&mut self, doc: DocId) -> Result<Dep, PackError> {
        match self.content.leb()? {
            DEP_HASH => Ok(Dep::Hash(ChangeHash(self.take()?))),
            DEP_OF_THE_LOG => {
                if self.wanted.len() >= WANTED_MAX {
                    return Err(PackError::Deps);
                }
                let wanted = Wanted { doc, prefix: self.take()? };
                self.wanted.push(wanted);
                Ok(Dep::OfTheLog(self.wanted.len() - 1))
            }
            distance => {
                let distance = unzigzag(distance - DEP_IN_PACK);
                let place = (self.changes.len() as u64).checked_add_signed(distance);
                let place = place.and_then(|it| usize::try_from(it).ok()).ok_or(PackError::Deps)?;
                Ok(Dep::InPack(place))
            }
        }
    }

    /// Gives every change its part of what stands behind the runs.
    fn rests(&mut self) -> Result<(), PackError> {
        for change in &mut self.changes {
            change.rest = self.content.raw(change.length)?.to_vec();
        }
        Ok(())
    }
}
