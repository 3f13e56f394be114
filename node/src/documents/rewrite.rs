//! Writing again what stranded changes said: their last values, their new rows, their deletions and restorings.
//!
//! The document is given as it is without those changes; what is written is concurrent to whatever else their feed holds
//! elsewhere, so that a value of the other branch stands beside the one written again and neither is lost. Rows are
//! made anew, under new ids; whatever names one of them, in this document or in the next ones, follows.

use std::collections::{BTreeMap, BTreeSet};

use svod_shared::id::Actor;
use svod_shared::time::Timestamp;

use super::document::{Document, Place};
use super::edit::{EditError, NewChange, Op};
use super::genesis::MARKS;
use super::history::{ChangeStory, Event};
use super::message;
use super::roadmap::{DELETED_KEY, Pieces};
use crate::domain::plan::{ItemField, RowId};

/// Rows that were made anew, by the ids they had.
pub type Renamed = BTreeMap<RowId, RowId>;

/// What came of it.
#[derive(Debug, Default)]
pub struct Rewritten {
    /// The changes, to be signed.
    pub changes: Vec<NewChange>,
    /// How many values have no place to stand: their row itself is not here.
    pub homeless: usize,
}

/// What the stories come to: later values replace earlier ones of the same place.
#[derive(Debug, Default)]
struct Gist {
    created: Vec<(RowId, Vec<(String, String)>)>,
    values: Vec<(Place, String, Option<String>)>,
}

/// Writes again what `stories` tell, in their order.
pub fn rewrite(
    document: &mut Document,
    actor: Actor,
    time: Timestamp,
    stories: &[ChangeStory],
    renamed: &mut Renamed,
) -> Result<Rewritten, EditError> {
    let gist = Gist::of(stories);
    let message = message_of(stories);
    let mut homeless = 0;
    let mut pieces = Pieces::new(document, actor, time, message.as_deref());
    for (row, fields) in gist.created {
        let fields = fields.into_iter().map(|(key, value)| (key.clone(), follow(&key, value, renamed)));
        let made = pieces.add_row(Op::CreateRow { fields: fields.collect() })?;
        renamed.insert(row, made);
    }
    for (place, key, value) in gist.values {
        let value = value.map(|it| follow(&key, it, renamed));
        let (place, key) = match place {
            Place::Row(row) => (Place::Row(renamed.get(&row).cloned().unwrap_or(row)), key),
            Place::Container(name) if name == MARKS => (place, follow_path(key, renamed)),
            Place::Container(_) => (place, key),
        };
        let is_new = matches!(&place, Place::Row(row) if renamed.values().any(|it| it == row));
        if !is_new && pieces.document().object(&place).is_none() {
            homeless += 1;
        } else if is_new || !stands(pieces.document(), &place, &key, value.as_deref()) {
            pieces.add(Op::Set { place, key, value })?;
        }
    }
    Ok(Rewritten { changes: pieces.finish()?, homeless })
}

/// Everybody who wrote what is written again, and the reason if there is one alone.
fn message_of(stories: &[ChangeStory]) -> Option<String> {
    let people: BTreeSet<_> = stories.iter().filter_map(|it| it.person.as_deref()).collect();
    let people = people.into_iter().collect::<Vec<_>>().join(", ");
    let reasons: Vec<_> = stories.iter().filter_map(|it| it.reason.as_deref()).collect();
    let reason = match reasons.as_slice() {
        [only] => Some(*only),
        _ => None,
    };
    message::write(Some(&people), reason)
}

impl Gist {
    fn of(stories: &[ChangeStory]) -> Self {
        let mut gist = Self::default();
        for event in stories.iter().flat_map(|it| &it.events) {
            match event {
                Event::Created { row, fields } => gist.created.push((row.clone(), fields.clone())),
                Event::Field { place, key, new, .. } => gist.set(place.clone(), key, new.clone()),
                Event::Deleted { row, reason } => {
                    gist.set(Place::Row(row.clone()), DELETED_KEY, Some(reason.clone()));
                }
                Event::Restored { row } => gist.set(Place::Row(row.clone()), DELETED_KEY, None),
                Event::EditKept { .. } => {}
            }
        }
        gist
    }

    fn set(&mut self, place: Place, key: &str, value: Option<String>) {
        // A mark has seen what was typed before it, so the last word on a row also stands last.
        self.values.retain(|(at, of, _)| *at != place || of != key);
        self.values.push((place, key.to_owned(), value));
    }
}

/// Whether the value stands in the field already, alone.
fn stands(document: &Document, place: &Place, key: &str, value: Option<&str>) -> bool {
    let field = document.field(place, key);
    let mut variants = field.variants();
    let first = variants.next().map(|it| it.value.as_str());
    variants.next().is_none() && first.unwrap_or_default() == value.unwrap_or_default()
}

fn follow(key: &str, value: String, renamed: &Renamed) -> String {
    if key == ItemField::Section.key() {
        let row = RowId(value);
        renamed.get(&row).unwrap_or(&row).0.clone()
    } else {
        value
    }
}

fn follow_path(path: String, renamed: &Renamed) -> String {
    let moved = path
        .split_once('/')
        .and_then(|(row, field)| Some(format!("{}/{field}", renamed.get(&RowId(row.to_owned()))?.0)));
    moved.unwrap_or(path)
}
