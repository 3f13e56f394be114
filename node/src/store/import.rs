//! Loading a table into a plan.
//!
//! A plan that comes from a table has a natural identity, its title and period, so that the same table means the same
//! document on every node. Loading into a plan that stands already is a three-way merge by printed number: what the file
//! changed since a row was created goes in, what people changed in the plan stays, what is new is added, and nothing is
//! deleted. Loading the same file again therefore changes nothing.

use std::collections::BTreeMap;

use svod_shared::id::DocId;
use svod_shared::leb::Writer;
use svod_shared::storage::StorageError;

use super::commands::random_tail;
use super::outbox::WriteError;
use super::{CommandError, Store, inbox};
use crate::documents::history::{Event, history};
use crate::documents::roadmap::{self, NewItem, NewPlan, NewSection, natural_roadmap_id};
use crate::documents::{Document, Op};
use crate::domain::plan::{Item, ItemField, Plan, PlanField, RowId, Section};
use crate::exchange::form_d::{FormD, FormRow, FormSection};
use crate::projections::plans;
use crate::requests::ImportOutcome;

/// The columns of form D, which a file can change.
const COLUMNS: [ItemField; 4] =
    [ItemField::Title, ItemField::Term, ItemField::Audience, ItemField::Responsible];

impl Store {
    /// Loads a table into the plan that its title and period name; makes the plan if there is none.
    pub fn import(&mut self, table: &FormD) -> Result<ImportOutcome, CommandError> {
        let id = self.meant_by(table)?;
        if plans::get(&self.connection, &id)?.is_none() {
            let plan = new_plan(table);
            let added = table.sections.iter().map(|it| it.rows.len()).sum();
            let message = self.message(Some("import"));
            let message = message.as_deref();
            self.write(id, |document, actor, now| roadmap::create(document, actor, now, message, &plan))?;
            return Ok(ImportOutcome { plan: id, added, unchanged: 0, updated: 0 });
        }
        self.update_from(id, table)
    }

    /// The plan that a table means: the one its title and period name. A table without a title, as a CSV is, means the
    /// plan that has most of its rows.
    fn meant_by(&self, table: &FormD) -> Result<DocId, StorageError> {
        if table.title.is_empty() {
            for known in self.plans()? {
                let Some(plan) = plans::get(&self.connection, &known.id)? else { continue };
                let rows = table.sections.iter().flat_map(|it| &it.rows);
                let (found, all) = rows.fold((0, 0), |(found, all), row| {
                    let same = standing(&plan, row).is_some_and(|it| it.text(ItemField::Title) == row.title);
                    (found + usize::from(same), all + 1)
                });
                if found * 2 > all {
                    return Ok(known.id);
                }
            }
        }
        Ok(id_of(table))
    }

    fn update_from(&mut self, id: DocId, table: &FormD) -> Result<ImportOutcome, CommandError> {
        let mut outcome = ImportOutcome { plan: id, added: 0, unchanged: 0, updated: 0 };
        let created = created_fields(&inbox::open(&self.connection, &id)?);
        for section in &table.sections {
            let row = self.section_row(id, section)?;
            for item in &section.rows {
                let now = self.existing(&id)?;
                match standing(&now, item) {
                    Some(stands) => {
                        let steps = differing(stands, created.get(&stands.row), item);
                        *(if steps.is_empty() { &mut outcome.unchanged } else { &mut outcome.updated }) += 1;
                        if !steps.is_empty() {
                            self.edit(id, Some("import"), |_| steps)?;
                        }
                    }
                    None => {
                        self.add_item(id, &row, &fields(item).into_iter().collect())?;
                        outcome.added += 1;
                    }
                }
            }
        }
        Ok(outcome)
    }

    /// The section of that number or title, made at the end of the plan if there is none.
    fn section_row(&mut self, id: DocId, section: &FormSection) -> Result<RowId, CommandError> {
        let now = self.existing(&id)?;
        let is_it = |it: &&Section| {
            it.text(ItemField::Number) == section.number && it.text(ItemField::Title) == section.title
        };
        let by_number = |it: &&Section| it.text(ItemField::Number) == section.number;
        if let Some(found) = now.sections.iter().find(is_it).or_else(|| now.sections.iter().find(by_number)) {
            return Ok(found.row.clone());
        }
        let given = heading(section);
        let steps = roadmap::add_section(&now, now.sections.len(), &given, random_tail(&self.random)?);
        let change = self.edit(id, Some("import"), |_| steps)?;
        let row = change.and_then(|it| it.rows.into_iter().next());
        row.ok_or(CommandError::Write(WriteError::NotAdmitted))
    }
}

/// The plan that a table means.
fn id_of(table: &FormD) -> DocId {
    let mut key = Writer::new();
    key.text(&normal(&table.title)).text(&normal(&table.period));
    natural_roadmap_id(key.as_slice())
}

/// Text without differences that a retyped file may have: case, spaces, quotation marks.
fn normal(text: &str) -> String {
    let kept = text.chars().filter(|it| it.is_alphanumeric());
    kept.flat_map(char::to_lowercase).map(|it| if it == 'ё' { 'е' } else { it }).collect()
}

fn new_plan(table: &FormD) -> NewPlan {
    let sections = table.sections.iter().map(|section| NewSection {
        fields: heading(section),
        items: section.rows.iter().map(|it| NewItem { fields: fields(it) }).collect(),
    });
    NewPlan {
        fields: vec![(PlanField::Title, table.title.clone()), (PlanField::Period, table.period.clone())],
        sections: sections.collect(),
    }
}

fn heading(section: &FormSection) -> Vec<(ItemField, String)> {
    vec![(ItemField::Number, section.number.clone()), (ItemField::Title, section.title.clone())]
}

fn fields(item: &FormRow) -> Vec<(ItemField, String)> {
    let mut all = vec![(ItemField::Number, item.number.clone())];
    all.extend(COLUMNS.map(|field| (field, column(item, field).to_owned())));
    all
}

fn column(item: &FormRow, field: ItemField) -> &str {
    match field {
        ItemField::Title => &item.title,
        ItemField::Term => &item.term,
        ItemField::Audience => &item.audience,
        ItemField::Responsible => &item.responsible,
        _ => "",
    }
}

/// The row that an imported one means, deleted or not: by printed number; without one, by title.
fn standing<'a>(plan: &'a Plan, item: &FormRow) -> Option<&'a Item> {
    let field = if item.number.is_empty() { ItemField::Title } else { ItemField::Number };
    let wanted = if item.number.is_empty() { &item.title } else { &item.number };
    plan.items().chain(&plan.deleted).find(|it| it.text(field) == wanted)
}

/// What every row was created with.
fn created_fields(document: &Document) -> BTreeMap<RowId, Vec<(String, String)>> {
    let events = history(document).into_iter().flat_map(|it| it.events);
    let created = events.filter_map(|event| match event {
        Event::Created { row, fields } => Some((row, fields)),
        _ => None,
    });
    created.collect()
}

/// The steps that bring into a row what the file changed since the row was created.
fn differing(stands: &Item, created: Option<&Vec<(String, String)>>, item: &FormRow) -> Vec<Op> {
    let first = |field: ItemField| {
        let found = created.and_then(|it| it.iter().find(|(key, _)| key == field.key()));
        found.map_or("", |(_, value)| value.as_str())
    };
    let changed = COLUMNS.into_iter().filter(|field| {
        let given = column(item, *field);
        given != first(*field) && given != stands.text(*field)
    });
    changed.map(|field| roadmap::set_item_field(&stands.row, field, column(item, field))).collect()
}
