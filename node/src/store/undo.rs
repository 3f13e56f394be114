//! Undoing the last action of this node: an edit like any other, that puts back what stood before.
//!
//! Nothing leaves the log. What somebody has written over meanwhile is not put back over their heads, and a loaded
//! table is not undone as one: its rows are deleted one by one, with a reason.

use svod_shared::entry::Item as EntryItem;
use svod_shared::id::{ChangeHash, DocId};
use svod_shared::storage::sqlite::SqliteStorage;
use svod_shared::storage::{Storage, StorageError};

use super::{CommandError, Store, inbox, lines};
use crate::documents::history::{ChangeStory, Event, describe};
use crate::documents::{Document, Op, roadmap};
use crate::projections::{executions, plans};
use crate::views::ChangeLine;

/// How many own entries back an action is looked for: acts of other kinds stand between edits.
const LOOKED_BACK_MAX: u64 = 20;
/// A record with its change is far smaller.
const RECORD_BYTES_MAX: usize = 1 << 20;
/// An action that made more rows than these was no action by hand.
const ROWS_UNDONE_MAX: usize = 3;

/// The last action of this node, and whether it can be undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastAction {
    /// What it did, line by line.
    pub lines: Vec<ChangeLine>,
    /// The change; a form names it, so that nothing later is undone instead.
    pub change: ChangeHash,
    /// Whether it can be undone: nobody has written over it, and it is no loaded table.
    pub may_undo: bool,
}

struct Found {
    doc: DocId,
    plan: DocId,
    story: ChangeStory,
    steps: Option<Vec<Op>>,
}

impl Store {
    /// The last thing that this node did to a plan or to its execution.
    pub fn last_action(&self) -> Result<Option<LastAction>, StorageError> {
        let Some(found) = self.last_own()? else { return Ok(None) };
        let Some(names) = plans::get(&self.connection, &found.plan)? else { return Ok(None) };
        let told = lines::of_story(&names, &found.doc, &found.story);
        let Some(author) = self.author(&found.story.change, found.story.time)? else { return Ok(None) };
        let lines = told.into_iter().map(|it| super::queries::change_line(it, author.clone())).collect();
        Ok(Some(LastAction { lines, change: found.story.change, may_undo: found.steps.is_some() }))
    }

    /// Undoes that change, if it is still the last one and nobody has written over it.
    pub fn undo(&mut self, change: &ChangeHash) -> Result<(), CommandError> {
        let found = self.last_own()?.filter(|it| it.story.change == *change).ok_or(CommandError::NoChange)?;
        let steps = found.steps.ok_or(CommandError::Moved)?;
        self.edit(found.doc, Some("undo"), |_| steps)?;
        Ok(())
    }

    fn last_own(&self) -> Result<Option<Found>, StorageError> {
        let Some(me) = self.me() else { return Ok(None) };
        let Some(head) = self.current(&self.connection, me)? else { return Ok(None) };
        let storage = SqliteStorage::new(&self.connection);
        for seq in (0..head.height).rev().take(usize::try_from(LOOKED_BACK_MAX).unwrap_or(0)) {
            let records = storage.records(&head.feed, seq, RECORD_BYTES_MAX)?;
            let Some(record) = records.first() else { continue };
            for item in record.entry.items.iter().rev() {
                let EntryItem::Change { doc, hash: change } = item else { continue };
                if let Some(found) = self.action(doc, change)? {
                    return Ok(Some(found));
                }
            }
        }
        Ok(None)
    }

    /// The change with what would undo it; `None` if it is not about a plan.
    fn action(&self, doc: &DocId, change: &ChangeHash) -> Result<Option<Found>, StorageError> {
        let sheet = executions::plan_of(&self.connection, doc)?;
        let plan = sheet.unwrap_or(*doc);
        if plans::get(&self.connection, &plan)?.is_none() {
            return Ok(None);
        }
        let document = inbox::open(&self.connection, doc)?;
        let Some(story) = describe(&document, &[*change]).into_iter().next() else { return Ok(None) };
        let steps = inverse(&document, &story);
        Ok(Some(Found { doc: *doc, plan, story, steps }))
    }
}

/// The steps that put back what stood before; `None` if something of it was written over, or cannot be put back.
fn inverse(document: &Document, story: &ChangeStory) -> Option<Vec<Op>> {
    let created = story.events.iter().filter(|it| matches!(it, Event::Created { .. })).count();
    if story.events.is_empty() || created > ROWS_UNDONE_MAX {
        return None;
    }
    story.events.iter().map(|it| inverse_of(document, story, it)).collect()
}

fn inverse_of(document: &Document, story: &ChangeStory, event: &Event) -> Option<Op> {
    match event {
        Event::Field { place, key, old, .. } => {
            let field = document.field(place, key);
            let stands =
                field.shown.as_ref().is_none_or(|it| it.change == story.change) && field.others.is_empty();
            // A field that was empty is emptied again: an empty text stands for what was never written.
            let value = Some(old.clone().unwrap_or_default());
            stands.then(|| Op::Set { place: place.clone(), key: key.clone(), value })
        }
        Event::Created { row, .. } => Some(roadmap::delete_row(row, UNDONE)),
        Event::Deleted { row, .. } => Some(roadmap::restore_row(row)),
        Event::Restored { row } => Some(roadmap::delete_row(row, UNDONE)),
        Event::EditKept { .. } => None,
    }
}

/// The reason of a deletion that undoes.
const UNDONE: &str = "undo";
