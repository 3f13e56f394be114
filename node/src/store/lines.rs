//! From what a change did to a document to lines of history and news.

use svod_shared::id::{DocId, Owner};

use crate::documents::genesis::{MARKS, PLAN};
use crate::documents::history::{ChangeStory, Event};
use crate::documents::{self, execution};
use crate::domain::execution::ExecutionField;
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

/// The same for news, where a report of execution is one line: its status says it, the rest stands in the card.
pub(super) fn for_news(plan: &Plan, doc: &DocId, story: &ChangeStory) -> Vec<StoredLine> {
    let mut lines = of_story(plan, doc, story);
    let says_status = |it: &StoredLine| execution_field(it) == Some(ExecutionField::Status);
    if lines.iter().any(says_status) {
        lines.retain(|it| execution_field(it).is_none() || says_status(it) || needs_a_choice(it));
    }
    lines
}

fn execution_field(line: &StoredLine) -> Option<ExecutionField> {
    match line.what {
        What::Field { place: Place::Execution(_, _, field), .. } => Some(field),
        _ => None,
    }
}

fn needs_a_choice(line: &StoredLine) -> bool {
    matches!(line.what, What::Field { diverged: true, .. } | What::Field { settled: true, .. })
}

fn line(plan: &Plan, what: What, story: &ChangeStory) -> StoredLine {
    let (number, title) = name_of(plan, what.row());
    // A deletion's reason is its mark's value; the change only repeats it.
    let deletes = matches!(what, What::Deleted(..) | What::EditKept(_));
    let reason = story.reason.clone().filter(|_| !deletes);
    StoredLine { plan: plan.id, number, title, what, time: story.time, reason }
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
