//! Loading a table into a plan.
//!
//! A plan that comes from a table has a natural identity, its title and period, so that the same table means the same
//! document on every node. Loading into a plan that stands already is a three-way merge row by row: what the file changed
//! since a row was created goes in, what people changed in the plan stays, what is new is added, and nothing is deleted.
//! Loading the same file again therefore changes nothing.
//!
//! A row of the file is known by its section and printed number, by the number alone where the whole table has it once,
//! and without a number by what it says is done: as it stands now, or as it was when the row was created.

use std::collections::{BTreeMap, BTreeSet};

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
use crate::exchange::form::{Form, FormKind, FormRow, FormSection};
use crate::projections::plans;
use crate::requests::ImportOutcome;

impl Store {
    /// Loads a table into the plan that its title and period name; makes the plan if there is none.
    pub fn import(&mut self, table: &Form) -> Result<ImportOutcome, CommandError> {
        let id = self.meant_by(table)?;
        if plans::get(&self.connection, &id)?.is_none() {
            let added = table.sections.iter().map(|it| it.rows.len()).sum();
            self.make(id, table, "import")?;
            return Ok(ImportOutcome { plan: id, added, unchanged: 0, updated: 0 });
        }
        self.update_from(id, table)
    }

    /// Makes a plan of a table; `None` if its title and period name a plan that stands already.
    pub fn copy(&mut self, table: &Form) -> Result<Option<DocId>, CommandError> {
        let id = id_of(table);
        if plans::get(&self.connection, &id)?.is_some() {
            return Ok(None);
        }
        self.make(id, table, "copy")?;
        Ok(Some(id))
    }

    fn make(&mut self, id: DocId, table: &Form, why: &str) -> Result<(), CommandError> {
        let plan = new_plan(table);
        let message = self.message(Some(why));
        let message = message.as_deref();
        self.write(id, |document, actor, now| roadmap::create(document, actor, now, message, &plan))?;
        Ok(())
    }

    /// The plan that a table means: the one its title and period name. A table without a title, as a CSV is, means the
    /// plan that has most of its rows.
    fn meant_by(&self, table: &Form) -> Result<DocId, StorageError> {
        if table.title.is_empty() {
            for known in self.plans()? {
                let Some(plan) = plans::get(&self.connection, &known.id)? else { continue };
                let matched = Matches::of(&plan, &BTreeMap::new(), table);
                let same = |(row, stands): (&FormRow, &Option<RowId>)| {
                    let stands = stands.as_ref().and_then(|it| plan.item(it));
                    stands.is_some_and(|it| it.text(ItemField::Title) == row.text(ItemField::Title))
                };
                let rows = table.sections.iter().flat_map(|it| &it.rows);
                let found = rows.zip(&matched.0).filter(|it| same(*it)).count();
                if found * 2 > matched.0.len() {
                    return Ok(known.id);
                }
            }
        }
        Ok(id_of(table))
    }

    fn update_from(&mut self, id: DocId, table: &Form) -> Result<ImportOutcome, CommandError> {
        let mut outcome = ImportOutcome { plan: id, added: 0, unchanged: 0, updated: 0 };
        let created = created_fields(&inbox::open(&self.connection, &id)?);
        let now = self.existing(&id)?;
        let mut matched = Matches::of(&now, &created, table).0.into_iter();
        for section in &table.sections {
            let row = self.section_row(id, section)?;
            for item in &section.rows {
                let stands = matched.next().flatten();
                match stands.as_ref().and_then(|it| now.item(it)) {
                    Some(stands) => {
                        let steps = differing(stands, created.get(&stands.row), item, table.kind);
                        *(if steps.is_empty() { &mut outcome.unchanged } else { &mut outcome.updated }) += 1;
                        if !steps.is_empty() {
                            self.edit(id, Some("import"), |_| steps)?;
                        }
                    }
                    None => {
                        let fields = item.fields().map(|(field, text)| (field, text.to_owned()));
                        self.add_item(id, &row, &fields.collect())?;
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
        let by_number =
            |it: &&Section| !section.number.is_empty() && it.text(ItemField::Number) == section.number;
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
fn id_of(table: &Form) -> DocId {
    let mut key = Writer::new();
    key.text(&normal(&table.title)).text(&normal(&table.period));
    natural_roadmap_id(key.as_slice())
}

/// Text without differences that a retyped file may have: case, spaces, quotation marks.
fn normal(text: &str) -> String {
    let kept = text.chars().filter(|it| it.is_alphanumeric());
    kept.flat_map(char::to_lowercase).map(|it| if it == 'ё' { 'е' } else { it }).collect()
}

fn new_plan(table: &Form) -> NewPlan {
    let sections = table.sections.iter().map(|section| NewSection {
        fields: heading(section),
        items: section.rows.iter().map(new_item).collect(),
    });
    let mut fields = vec![(PlanField::Title, table.title.clone()), (PlanField::Period, table.period.clone())];
    if table.kind != FormKind::default() {
        fields.push((PlanField::Form, table.kind.key().to_owned()));
    }
    if !table.approval.is_empty() {
        fields.push((PlanField::Approval, table.approval.clone()));
    }
    NewPlan { fields, sections: sections.collect() }
}

fn new_item(row: &FormRow) -> NewItem {
    NewItem { fields: row.fields().map(|(field, text)| (field, text.to_owned())).collect() }
}

fn heading(section: &FormSection) -> Vec<(ItemField, String)> {
    vec![(ItemField::Number, section.number.clone()), (ItemField::Title, section.title.clone())]
}

/// For each row of a table in order the row of the plan that it means, each at most once.
struct Matches(Vec<Option<RowId>>);

impl Matches {
    fn of(plan: &Plan, created: &Created, table: &Form) -> Self {
        let known = Known::of(plan, created);
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for row in table.sections.iter().flat_map(|it| &it.rows) {
            *counts.entry(row.text(ItemField::Number)).or_default() += 1;
        }
        let mut used = BTreeSet::new();
        let mut matched = Vec::new();
        for section in &table.sections {
            for row in &section.rows {
                let number = row.text(ItemField::Number);
                let is_only = counts.get(number) == Some(&1);
                let found = known.find(section, row, is_only).find(|it| !used.contains(*it)).cloned();
                used.extend(found.clone());
                matched.push(found);
            }
        }
        Self(matched)
    }
}

/// The rows of a plan, deleted ones too, by everything a table may name them with.
#[derive(Default)]
struct Known {
    by_place: BTreeMap<(String, String), Vec<RowId>>,
    by_number: BTreeMap<String, Vec<RowId>>,
    by_words: BTreeMap<String, Vec<RowId>>,
}

impl Known {
    fn of(plan: &Plan, created: &Created) -> Self {
        let mut known = Self::default();
        let sections: BTreeMap<_, _> = plan.sections.iter().map(|it| (it.row.0.as_str(), it)).collect();
        for item in plan.items().chain(&plan.deleted) {
            let section = sections.get(item.text(ItemField::Section));
            let heading = section.map_or_else(String::new, |it| {
                heading_key(it.text(ItemField::Number), it.text(ItemField::Title))
            });
            let number = item.text(ItemField::Number).to_owned();
            if !number.is_empty() {
                known.by_place.entry((heading, number.clone())).or_default().push(item.row.clone());
                known.by_number.entry(number).or_default().push(item.row.clone());
            }
            let now = words_key(|field| item.text(field));
            let first = created.get(&item.row).map(|it| words_key(|field| created_text(it, field)));
            for words in std::iter::once(now).chain(first) {
                known.by_words.entry(words).or_default().push(item.row.clone());
            }
        }
        known
    }

    /// The rows that a row of a table may mean, the likeliest first.
    fn find(&self, section: &FormSection, row: &FormRow, is_only: bool) -> impl Iterator<Item = &RowId> {
        let number = row.text(ItemField::Number).to_owned();
        let heading = heading_key(&section.number, &section.title);
        let placed = self.by_place.get(&(heading, number.clone()));
        let numbered = self.by_number.get(&number).filter(|_| is_only);
        let worded = self.by_words.get(&words_key(|field| row.text(field))).filter(|_| number.is_empty());
        placed.into_iter().chain(numbered).chain(worded).flatten()
    }
}

fn heading_key(number: &str, title: &str) -> String {
    if number.is_empty() { normal(title) } else { number.to_owned() }
}

/// What a row without a number is known by: what is done, and when where two rows do the same.
fn words_key<'a>(text: impl Fn(ItemField) -> &'a str) -> String {
    [ItemField::Task, ItemField::Form, ItemField::Title].map(|it| normal(text(it))).join("/")
}

type Created = BTreeMap<RowId, Vec<(String, String)>>;

fn created_text(created: &[(String, String)], field: ItemField) -> &str {
    created.iter().find(|(key, _)| key == field.key()).map_or("", |(_, value)| value.as_str())
}

/// What every row was created with.
fn created_fields(document: &Document) -> Created {
    let events = history(document).into_iter().flat_map(|it| it.events);
    let created = events.filter_map(|event| match event {
        Event::Created { row, fields } => Some((row, fields)),
        _ => None,
    });
    created.collect()
}

/// The steps that bring into a row what the file changed since the row was created. A field that the table does not
/// have is nothing that it changed.
fn differing(
    stands: &Item,
    created: Option<&Vec<(String, String)>>,
    item: &FormRow,
    kind: FormKind,
) -> Vec<Op> {
    let first = |field| created.map_or("", |it| created_text(it, field));
    let changed = ItemField::TYPED.into_iter().filter(|field| {
        let given = item.text(*field);
        (!given.is_empty() || kind.columns().contains(field))
            && given != first(*field)
            && given != stands.text(*field)
    });
    changed.map(|field| roadmap::set_item_field(&stands.row, field, item.text(field))).collect()
}
