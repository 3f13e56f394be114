//! From what a change did to a document to lines of history and news.

use svod_shared::id::{DocId, Owner};

use crate::documents::genesis::{MARKS, PLAN};
use crate::documents::history::{ChangeStory, Event};
use crate::documents::{self, execution};
use crate::domain::plan::{ItemField, Plan, PlanField, RowId};
use crate::projections::news::StoredLine;
use crate::views::{Place, What};

/// From so many new rows in one change on, the change is told as one line: a table was loaded.
const ROWS_TOLD_ONE_BY_ONE: usize = 3;

/// The lines that tell a change of `doc`, which is the plan itself or an execution sheet of it.
pub(super) fn of_story(plan: &Plan, doc: &DocId, story: &ChangeStory) -> Vec<StoredLine> {
    let created = story.events.iter().filter(|it| matches!(it, Event::Created { .. })).count();
    if created > ROWS_TOLD_ONE_BY_ONE {
        return vec![line(plan, What::AddedMany(created), story)];
    }
    let events = story.events.iter().filter_map(|event| what(doc, event));
    events.map(|what| line(plan, what, story)).collect()
}

fn line(plan: &Plan, what: What, story: &ChangeStory) -> StoredLine {
    let (number, title) = name_of(plan, what.row());
    StoredLine { plan: plan.id, number, title, what, time: story.time, reason: story.reason.clone() }
}

/// What a page can say of an event; `None` of a field that this version does not show.
fn what(doc: &DocId, event: &Event) -> Option<What> {
    match event {
        Event::Created { row, .. } => Some(What::Added(row.clone())),
        Event::Deleted { row, reason } => Some(What::Deleted(row.clone(), reason.clone())),
        Event::Restored { row } => Some(What::Restored(row.clone())),
        Event::EditKept { row } => Some(What::EditKept(row.clone())),
        Event::Field { place, key, old, new, diverged, settled } => Some(What::Field {
            place: place_of(doc, place, key)?,
            old: old.clone(),
            new: new.clone().unwrap_or_default(),
            diverged: *diverged,
            settled: *settled,
        }),
    }
}

fn place_of(doc: &DocId, place: &documents::Place, key: &str) -> Option<Place> {
    match place {
        documents::Place::Row(row) => Some(Place::Item(row.clone(), ItemField::of_key(key)?)),
        documents::Place::Container(name) if *name == PLAN => Some(Place::Plan(PlanField::of_key(key)?)),
        documents::Place::Container(name) if *name == MARKS => {
            let Owner::Org(org) = doc.owner() else { return None };
            let (row, field) = execution::of_path(key)?;
            Some(Place::Execution(org, row, field))
        }
        documents::Place::Container(_) => None,
    }
}

/// The printed number and title of a row, section or item; without a row, the plan's title.
pub(super) fn name_of(plan: &Plan, row: Option<&RowId>) -> (String, String) {
    let Some(row) = row else { return (String::new(), plan.text(PlanField::Title).to_owned()) };
    let item = plan.item(row).map(|it| (it.text(ItemField::Number), it.text(ItemField::Title)));
    let section = plan.sections.iter().find(|it| it.row == *row);
    let section = section.map(|it| (it.text(ItemField::Number), it.text(ItemField::Title)));
    let (number, title) = item.or(section).unwrap_or_default();
    (number.to_owned(), title.to_owned())
}
