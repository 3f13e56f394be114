//! Writing again what stranded changes did: every one of them as a change of its own, in its order and at its place.
//!
//! Each is made on a document that holds what its author had seen and nothing else, so that it stands to the changes of
//! others as the first one did: what it replaced it replaces, what it stood beside it stands beside, a deletion has seen
//! what it had seen, and a value that was typed over is found in the history. Rows are made anew, under new ids;
//! whatever names one of them, in this document or in the next ones, follows.

use std::collections::{BTreeMap, BTreeSet};

use automerge::{Change, ReadDoc};
use svod_shared::id::{Actor, ChangeHash};
use svod_shared::time::Timestamp;

use super::document::{Document, Incoming, Place};
use super::edit::{EditError, NewChange, Op};
use super::genesis::MARKS;
use super::guard::to_automerge;
use super::history::{ChangeStory, Event};
use super::message;
use super::past::actor_of;
use super::roadmap::{DELETED_KEY, Pieces};
use crate::domain::plan::{ItemField, RowId};

/// Rows that were made anew, by the ids they had.
pub type Renamed = BTreeMap<RowId, RowId>;

/// What came of it.
#[derive(Debug, Default)]
pub struct Rewritten {
    /// The changes, to be signed in this order.
    pub changes: Vec<NewChange>,
    /// How many values have no place to stand: their row itself is not here.
    pub homeless: usize,
}

/// Writes again what `stories` tell of changes that `before` held, in their order, into the document as it is without
/// them. Of a change that stands there all the same, what its story tells is moved to the rows that were made anew: the
/// old id may be another row's by now. `actor` has not written into it yet.
pub fn rewrite(
    document: &mut Document,
    before: &Document,
    actor: Actor,
    stories: &[ChangeStory],
    renamed: &mut Renamed,
) -> Result<Rewritten, EditError> {
    let mut desk = Desk {
        before,
        seen: Document::new(document.id()).map_err(|_| EditError::NoRows)?,
        walked: BTreeSet::new(),
        actor,
        homeless: 0,
    };
    let mut changes = Vec::new();
    for story in stories {
        desk.see(document, &story.change);
        changes.extend(desk.write(story, document.has(&story.change), renamed)?);
    }
    let offers = changes.iter().map(|it| Incoming { actor, hash: it.hash, bytes: &it.bytes });
    let taken = document.apply(&offers.collect::<Vec<_>>());
    if taken.held.is_empty() && taken.refused.is_empty() {
        Ok(Rewritten { changes, homeless: desk.homeless })
    } else {
        Err(EditError::NotTaken)
    }
}

/// Whether an event is about a row that was made anew, in an execution sheet.
pub fn names_one_of(event: &Event, renamed: &Renamed) -> bool {
    match event {
        Event::Field { place: Place::Container(name), key, .. } if *name == MARKS => {
            row_of_path(key).is_some_and(|it| renamed.contains_key(&it))
        }
        _ => false,
    }
}

struct Desk<'a> {
    before: &'a Document,
    /// What the author had seen, with what is written again in the place of what is gone.
    seen: Document,
    /// Changes whose past has been looked through.
    walked: BTreeSet<ChangeHash>,
    actor: Actor,
    homeless: usize,
}

impl Desk<'_> {
    /// Brings in what the author of a change had seen, and the change, as far as they stand in `document`.
    fn see(&mut self, document: &Document, change: &ChangeHash) {
        let mut wanted: Vec<Change> = Vec::new();
        let mut ahead = vec![*change];
        while let Some(hash) = ahead.pop() {
            let Some(found) = self.before.doc.get_change_by_hash(&to_automerge(&hash)) else { continue };
            let deps = found.deps().iter().map(|it| ChangeHash(it.0));
            let unseen = |it: &ChangeHash| !self.seen.has(it) && self.walked.insert(*it);
            ahead.extend(deps.filter(unseen));
            if document.has(&hash) {
                wanted.push(found);
            }
        }
        let hash = |it: &Change| ChangeHash(it.hash().0);
        let offers = wanted.iter().filter_map(|it| {
            Some(Incoming { actor: actor_of(it.actor_id())?, hash: hash(it), bytes: it.raw_bytes() })
        });
        let mut offers: Vec<_> = offers.zip(wanted.iter().map(Change::start_op)).collect();
        offers.sort_by_key(|(it, start)| (*start, it.actor));
        self.seen.apply(&offers.into_iter().map(|(it, _)| it).collect::<Vec<_>>());
    }

    fn write(
        &mut self,
        story: &ChangeStory,
        stands: bool,
        renamed: &mut Renamed,
    ) -> Result<Vec<NewChange>, EditError> {
        let message = message::write(story.person.as_deref(), story.reason.as_deref());
        let time = Timestamp(story.time.unsigned_abs().saturating_mul(1000));
        let mut pieces = Pieces::new(&mut self.seen, self.actor, time, message.as_deref());
        for event in &story.events {
            if let Event::Created { row, fields } = event {
                let fields = fields.iter().map(|(key, value)| (key.clone(), follow(key, value, renamed)));
                let made = pieces.add_row(Op::CreateRow { fields: fields.collect() })?;
                renamed.insert(row.clone(), made);
            }
        }
        for (place, key, value) in story.events.iter().filter_map(value_of) {
            if stands {
                pieces.add(Op::Set { place: place.clone(), key: key.to_owned(), value: None })?;
            }
            let value = value.map(|it| follow(key, it, renamed));
            let (place, key) = match place {
                Place::Row(row) => (Place::Row(renamed.get(&row).cloned().unwrap_or(row)), key.to_owned()),
                Place::Container(name) if name == MARKS => (place, follow_path(key, renamed)),
                Place::Container(_) => (place, key.to_owned()),
            };
            let is_new = matches!(&place, Place::Row(row) if renamed.values().any(|it| it == row));
            if is_new || pieces.document().object(&place).is_some() {
                pieces.add(Op::Set { place, key, value })?;
            } else {
                self.homeless += 1;
            }
        }
        pieces.finish()
    }
}

/// The value that an event put somewhere.
fn value_of(event: &Event) -> Option<(Place, &str, Option<&str>)> {
    match event {
        Event::Field { place, key, new, .. } => Some((place.clone(), key, new.as_deref())),
        Event::Deleted { row, reason } => Some((Place::Row(row.clone()), DELETED_KEY, Some(reason))),
        Event::Restored { row } => Some((Place::Row(row.clone()), DELETED_KEY, None)),
        Event::Created { .. } | Event::EditKept { .. } => None,
    }
}

fn follow(key: &str, value: &str, renamed: &Renamed) -> String {
    let row = (key == ItemField::Section.key()).then(|| RowId(value.to_owned()));
    row.and_then(|it| renamed.get(&it)).map_or(value, |it| &it.0).to_owned()
}

fn follow_path(path: &str, renamed: &Renamed) -> String {
    let moved = path.split_once('/').zip(row_of_path(path).and_then(|it| renamed.get(&it)));
    moved.map_or_else(|| path.to_owned(), |((_, field), row)| format!("{}/{field}", row.0))
}

fn row_of_path(path: &str) -> Option<RowId> {
    path.split_once('/').map(|(row, _)| RowId(row.to_owned()))
}
