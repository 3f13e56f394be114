//! A document: its automerge state, and the one door through which changes of others come in.
//!
//! [`Document::apply`] either takes a change or leaves the document untouched; it says of every change that it did not
//! take whether it can never stand here (*refused*) or only not now (*held*). Held is not kept here: the caller offers
//! the change again when a dependency arrives. Nothing waits in automerge's own queue.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::{Automerge, Change, ReadDoc};
use svod_shared::id::{Actor, ChangeHash, DocId};

use super::genesis::{self, Kind};
use super::guard::prescan::Header;
use super::guard::structure::row_id;
use super::guard::{self, Checked, Refusal};
use super::past::{OpId, Past};
use super::scratch::{self, Failure};
use crate::domain::plan::RowId;

/// A document of a kind that this program knows.
#[derive(Clone)]
pub struct Document {
    pub(super) id: DocId,
    pub(super) kind: Kind,
    pub(super) genesis: Actor,
    pub(super) doc: Automerge,
    pub(super) past: Past,
}

/// A change on offer, with what its signed entry says of it.
#[derive(Debug, Clone, Copy)]
pub struct Incoming<'a> {
    /// The actor of the entry's feed.
    pub actor: Actor,
    /// The hash that the entry commits to.
    pub hash: ChangeHash,
    /// The plain chunk.
    pub bytes: &'a [u8],
}

/// What became of the changes on offer. One that the document holds already is not named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// Newly applied, in causal order.
    pub applied: Vec<ChangeHash>,
    /// To be offered again.
    pub held: Vec<(ChangeHash, Hold)>,
    /// Never to be offered again under these rules.
    pub refused: Vec<(ChangeHash, Refusal)>,
}

/// Why a change does not stand in the document yet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Hold {
    /// Changes that it depends on are not applied, or an earlier one of its actor is held.
    #[error("{} dependencies are not applied", missing.len())]
    Dependencies {
        /// Those of them that are not applied; empty if it only waits for its actor's earlier change.
        missing: Vec<ChangeHash>,
    },
    /// Another change of its actor with its seq is applied: the feed forked.
    #[error("another change stands in its place")]
    SeqTaken {
        /// The seq.
        seq: u64,
    },
    /// It failed on the scratch copy: an incident for the lead.
    #[error("change endangers the document")]
    Scratch(#[source] scratch::Fault),
}

/// A part of a document that holds fields.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A root container by name.
    Container(&'static str),
    /// A row.
    Row(RowId),
}

/// The document's kind is of a later version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("documents of kind {kind} are unknown")]
pub struct UnknownKind {
    /// The kind's number.
    pub kind: u8,
}

/// A snapshot cannot be used; the document is rebuilt from the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// Of a later version.
    #[error(transparent)]
    Kind(#[from] UnknownKind),
    /// Automerge does not load it.
    #[error("snapshot does not load")]
    Damaged,
    /// It does not grow on this document's genesis.
    #[error("snapshot is of another document")]
    Foreign,
}

impl Document {
    /// A document that holds its genesis and nothing else.
    pub fn new(id: DocId) -> Result<Self, UnknownKind> {
        let kind = Kind::of(&id)?;
        let (_, chunk) = genesis::change(&id, kind);
        let first = Change::from_bytes(chunk).expect("a test pins the bytes of every genesis");
        let mut doc = Automerge::new();
        doc.apply_changes([first]).expect("a change without dependencies applies to an empty document");
        let past = Past::of(doc.get_changes_meta(&[])).expect("one change is a history");
        Ok(Self { id, kind, genesis: genesis::actor(&id), doc, past })
    }

    /// Loads a snapshot that this node saved.
    pub fn load(id: DocId, snapshot: &[u8]) -> Result<Self, LoadError> {
        let kind = Kind::of(&id)?;
        let (hash, _) = genesis::change(&id, kind);
        catch_unwind(AssertUnwindSafe(|| {
            let doc = Automerge::load(snapshot).map_err(|_| LoadError::Damaged)?;
            let past = Past::of(doc.get_changes_meta(&[])).map_err(|_| LoadError::Damaged)?;
            if !past.has(&hash) {
                return Err(LoadError::Foreign);
            }
            let mut loaded = Self { id, kind, genesis: genesis::actor(&id), doc, past };
            loaded.index_rows();
            Ok(loaded)
        }))
        .unwrap_or(Err(LoadError::Damaged))
    }

    fn index_rows(&mut self) {
        let Some(rows) = self.kind.rows().and_then(|it| self.container(it)) else { return };
        let made: Vec<_> = self
            .doc
            .map_range(rows.to_object(), ..)
            .filter_map(|it| Some((OpId::of(&it.id())?, RowId(it.key.into_owned()))))
            .collect();
        for (op, row) in made {
            self.past.push_row(op, row);
        }
    }

    /// Takes what may stand here of the changes on offer.
    ///
    /// Changes of one actor are offered in the order of its feed, held ones of earlier rounds included: one waits for
    /// the earlier ones of its actor, so that of a forked feed the same branch stands everywhere.
    pub fn apply(&mut self, incoming: &[Incoming<'_>]) -> Applied {
        let mut out = Applied::default();
        let mut offers = Vec::new();
        let mut known = BTreeSet::new();
        for change in incoming {
            if self.past.has(&change.hash) || known.contains(&change.hash) {
                continue;
            }
            match guard::scan(change) {
                Ok(header) => {
                    known.insert(change.hash);
                    offers.push(Offer { header, bytes: change.bytes });
                }
                Err(refusal) => out.refused.push((change.hash, refusal)),
            }
        }
        // Another feed can commit to a copy of somebody's change. The copy is nothing; the change is judged by its own.
        out.refused.retain(|(hash, _)| !known.contains(hash));
        self.settle(offers.clone(), &mut out);
        while let Some(again) = self.freed(&offers, &mut out) {
            self.settle(again, &mut out);
        }
        out
    }

    /// What waits, if the change that stood in the place of one of them was refused on the scratch copy after all. It
    /// would be taken in the next round; but nodes that were offered both apart have taken it already.
    fn freed<'a>(&self, offers: &[Offer<'a>], out: &mut Applied) -> Option<Vec<Offer<'a>>> {
        let holds: BTreeMap<_, _> = out.held.iter().map(|(hash, hold)| (*hash, hold)).collect();
        let held = |it: &&Offer<'_>| holds.contains_key(&it.header.hash);
        let endangers = |it: &Offer<'_>| matches!(holds.get(&it.header.hash), Some(Hold::Scratch(_)));
        let blocked: BTreeSet<_> =
            offers.iter().filter(|it| endangers(it)).map(|it| it.header.actor).collect();
        let free = |it: &Offer<'_>| {
            let taken = matches!(holds.get(&it.header.hash), Some(Hold::SeqTaken { .. }));
            taken
                && self.past.last_seq(&it.header.actor) < it.header.seq
                && !blocked.contains(&it.header.actor)
        };
        if !offers.iter().any(free) {
            return None;
        }
        let again: Vec<_> = offers.iter().filter(held).filter(|it| !endangers(it)).cloned().collect();
        out.held.retain(|(_, hold)| matches!(hold, Hold::Scratch(_)));
        Some(again)
    }

    /// Takes a batch; if it fails, its halves, down to the single change that is at fault.
    fn settle(&mut self, offers: Vec<Offer<'_>>, out: &mut Applied) {
        let (ready, checked) = self.admit(offers, out);
        let first = OpId { counter: 1, actor: self.genesis };
        if checked.is_empty() {
            return;
        }
        match scratch::apply(&self.doc, self.kind, &first, &checked) {
            Ok(doc) => {
                self.doc = doc;
                out.applied.extend(checked.iter().map(|it| it.link.hash));
            }
            Err(failure) => {
                for checked in checked.iter().rev() {
                    self.past.pop(&checked.link);
                }
                self.settle_failed(ready, failure, out);
            }
        }
    }

    fn settle_failed(&mut self, mut ready: Vec<Offer<'_>>, failure: Failure, out: &mut Applied) {
        if let [offer] = ready.as_slice() {
            match failure {
                Failure::Refused(refusal) => out.refused.push((offer.header.hash, refusal)),
                Failure::Held(fault) => out.held.push((offer.header.hash, Hold::Scratch(fault))),
            }
            return;
        }
        let later = ready.split_off(ready.len() / 2);
        self.settle(ready, out);
        self.settle(later, out);
    }

    /// Checks all that can be checked without applying; what passes is in the past and in causal order.
    fn admit<'a>(&mut self, offers: Vec<Offer<'a>>, out: &mut Applied) -> (Vec<Offer<'a>>, Vec<Checked>) {
        let mut queues: BTreeMap<Actor, VecDeque<Offer<'a>>> = BTreeMap::new();
        for offer in offers {
            queues.entry(offer.header.actor).or_default().push_back(offer);
        }
        let mut passed = Vec::new();
        loop {
            let before = queues.values().map(VecDeque::len).sum::<usize>();
            for queue in queues.values_mut() {
                while let Some(offer) =
                    queue.pop_front_if(|it| it.header.deps.iter().all(|dep| self.past.has(dep)))
                {
                    match self.check(&offer) {
                        Ok(checked) => passed.push((offer, checked)),
                        Err(Verdict::Refused(refusal)) => out.refused.push((offer.header.hash, refusal)),
                        Err(Verdict::Held(hold)) => out.held.push((offer.header.hash, hold)),
                    }
                }
            }
            if queues.values().map(VecDeque::len).sum::<usize>() == before {
                break;
            }
        }
        for offer in queues.into_values().flatten() {
            let missing = offer.header.deps.iter().filter(|it| !self.past.has(it)).copied().collect();
            out.held.push((offer.header.hash, Hold::Dependencies { missing }));
        }
        passed.sort_by_key(|(offer, _)| (offer.header.start_op, offer.header.actor));
        passed.into_iter().unzip()
    }

    fn check(&mut self, offer: &Offer<'_>) -> Result<Checked, Verdict> {
        let header = &offer.header;
        let checked = guard::check(self.kind, &self.genesis, &self.past, header, offer.bytes)
            .map_err(Verdict::Refused)?;
        if self.past.last_seq(&header.actor) >= header.seq {
            return Err(Verdict::Held(Hold::SeqTaken { seq: header.seq }));
        }
        self.remember(&checked).map_err(Verdict::Refused)?;
        Ok(checked)
    }

    pub(super) fn remember(&mut self, checked: &Checked) -> Result<(), Refusal> {
        self.past.push(&checked.link).map_err(|_| Refusal::Dependencies)?;
        for (op, row) in &checked.rows {
            self.past.push_row(*op, row.clone());
        }
        Ok(())
    }

    /// The document's id.
    pub fn id(&self) -> DocId {
        self.id
    }

    /// The document's kind.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Bytes that [`Document::load`] reads; not canonical, never to be compared or hashed.
    pub fn snapshot(&self) -> Vec<u8> {
        self.doc.save()
    }

    /// The changes that no other change has seen, sorted.
    pub fn heads(&self) -> Vec<ChangeHash> {
        self.doc.get_heads().iter().map(|it| ChangeHash(it.0)).collect()
    }

    /// Whether the document holds the change.
    pub fn has(&self, change: &ChangeHash) -> bool {
        self.past.has(change)
    }

    /// Whether the document holds nothing but its genesis.
    pub fn is_empty(&self) -> bool {
        self.heads() == [genesis::change(&self.id, self.kind).0]
    }

    /// The id of the n-th row that `actor`'s next change makes, from 0.
    pub fn next_row_id(&self, actor: &Actor, n: u64) -> RowId {
        row_id(actor, self.past.last_seq(actor) + 1, n)
    }

    /// A root container's object.
    pub(super) fn container(&self, name: &str) -> Option<OpId> {
        let at = self.kind.containers().iter().position(|it| *it == name)?;
        Some(OpId { counter: at as u64 + 1, actor: self.genesis })
    }

    /// The object of a place.
    pub(super) fn object(&self, place: &Place) -> Option<OpId> {
        match place {
            Place::Container(name) => self.container(name),
            Place::Row(row) => self.past.row_object(row),
        }
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document").field("id", &self.id).field("heads", &self.heads()).finish_non_exhaustive()
    }
}

/// A change whose bytes are in order.
#[derive(Clone)]
struct Offer<'a> {
    header: Header,
    bytes: &'a [u8],
}

enum Verdict {
    Refused(Refusal),
    Held(Hold),
}
