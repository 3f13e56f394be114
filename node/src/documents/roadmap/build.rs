//! The steps of an edit of a roadmap.

use svod_shared::entry::CHANGE_BYTES_MAX;
use svod_shared::id::Actor;
use svod_shared::time::Timestamp;

use super::{DELETED_KEY, ITEM, KIND_KEY, SECTION};
use crate::documents::document::{Document, Place};
use crate::documents::edit::{EditError, NewChange, Op};
use crate::documents::genesis::PLAN;
use crate::documents::order::{self, TAIL};
use crate::domain::plan::{Item, ItemField, Plan, PlanField, RowId, Section};

/// A plan to be created: typed in, or imported from a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewPlan {
    /// The plan's own fields.
    pub fields: Vec<(PlanField, String)>,
    /// Its sections in order.
    pub sections: Vec<NewSection>,
}

/// A section to be created.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewSection {
    /// Number and title; order is given by the place.
    pub fields: Vec<(ItemField, String)>,
    /// Its items in order.
    pub items: Vec<NewItem>,
}

/// An item to be created.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewItem {
    /// Its fields; section and order are given by the place.
    pub fields: Vec<(ItemField, String)>,
}

/// What a change is allowed to grow to before the next one begins: half the limit leaves room for what automerge adds.
const PIECE_BYTES: usize = CHANGE_BYTES_MAX / 2;
/// What automerge adds to a field or row, generously.
const STEP_BYTES: usize = 24;

/// Fills an empty roadmap, in as many changes as it takes.
///
/// If one of them fails, those before it have been made; the caller throws the document away.
pub fn create(
    document: &mut Document,
    actor: Actor,
    time: Timestamp,
    reason: Option<&str>,
    plan: &NewPlan,
) -> Result<Vec<NewChange>, EditError> {
    let mut pieces = Pieces::new(document, actor, time, reason);
    for (field, value) in &plan.fields {
        pieces.add(set_plan_field(*field, value))?;
    }
    let section_keys = order::spread(plan.sections.len());
    for (section, key) in plan.sections.iter().zip(section_keys) {
        let row = pieces.add_row(row(SECTION, None, &key, &section.fields))?;
        for (item, key) in section.items.iter().zip(order::spread(section.items.len())) {
            pieces.add_row(self::row(ITEM, Some(&row), &key, &item.fields))?;
        }
    }
    pieces.finish()
}

/// Sets a field of the plan itself.
pub fn set_plan_field(field: PlanField, value: &str) -> Op {
    let (place, value) = (Place::Container(PLAN), Some(value.to_owned()));
    Op::Set { place, key: field.key().to_owned(), value }
}

/// Sets a field of a section or item; in a divergence it settles it.
pub fn set_item_field(row: &RowId, field: ItemField, value: &str) -> Op {
    set(row, field.key(), Some(value))
}

/// Marks a row as deleted.
pub fn delete_row(row: &RowId, reason: &str) -> Op {
    set(row, DELETED_KEY, Some(reason))
}

/// Takes the mark back, of a deleted row and of a contested one.
pub fn restore_row(row: &RowId) -> Op {
    set(row, DELETED_KEY, None)
}

/// Adds a section at a place among the plan's sections, counted from 0.
pub fn add_section(plan: &Plan, index: usize, fields: &[(ItemField, String)], random: [u8; TAIL]) -> Vec<Op> {
    let (key, moved) = order::insert(&section_keys(plan), index, random);
    with_moved(row(SECTION, None, &key, fields), moved)
}

/// Adds an item to a section, after one of its items or before all of them.
pub fn add_item(
    section: &Section,
    after: Option<&RowId>,
    fields: &[(ItemField, String)],
    random: [u8; TAIL],
) -> Vec<Op> {
    let siblings = item_keys(section, None);
    let (key, moved) = order::insert(&siblings, index_after(&siblings, after), random);
    with_moved(row(ITEM, Some(&section.row), &key, fields), moved)
}

/// Moves an item into a section, after one of its items or before all of them.
pub fn move_item(item: &Item, section: &Section, after: Option<&RowId>, random: [u8; TAIL]) -> Vec<Op> {
    let siblings = item_keys(section, Some(&item.row));
    let (key, moved) = order::insert(&siblings, index_after(&siblings, after), random);
    let mut ops = with_moved(set(&item.row, ItemField::Order.key(), Some(&key)), moved);
    if item.text(ItemField::Section) != section.row.0 {
        ops.push(set_item_field(&item.row, ItemField::Section, &section.row.0));
    }
    ops
}

fn section_keys(plan: &Plan) -> Vec<(RowId, String)> {
    // The last section may be the place of stray items, which is no row.
    let rows = plan.sections.iter().filter(|it| !it.row.0.is_empty());
    rows.map(|it| (it.row.clone(), it.text(ItemField::Order).to_owned())).collect()
}

fn item_keys(section: &Section, without: Option<&RowId>) -> Vec<(RowId, String)> {
    let items = section.items.iter().filter(|it| Some(&it.row) != without);
    items.map(|it| (it.row.clone(), it.text(ItemField::Order).to_owned())).collect()
}

fn index_after(siblings: &[(RowId, String)], after: Option<&RowId>) -> usize {
    after.map_or(0, |row| siblings.iter().position(|it| it.0 == *row).map_or(siblings.len(), |at| at + 1))
}

fn with_moved(op: Op, moved: Vec<(RowId, String)>) -> Vec<Op> {
    let moved = moved.iter().map(|(row, key)| set_item_field(row, ItemField::Order, key));
    std::iter::once(op).chain(moved).collect()
}

fn set(row: &RowId, key: &str, value: Option<&str>) -> Op {
    Op::Set { place: Place::Row(row.clone()), key: key.to_owned(), value: value.map(str::to_owned) }
}

fn row(kind: &str, section: Option<&RowId>, order: &str, given: &[(ItemField, String)]) -> Op {
    let mut fields = vec![(KIND_KEY.to_owned(), kind.to_owned())];
    fields.extend(section.map(|it| (ItemField::Section.key().to_owned(), it.0.clone())));
    fields.push((ItemField::Order.key().to_owned(), order.to_owned()));
    let placed = [ItemField::Section, ItemField::Order];
    let given = given.iter().filter(|(field, value)| !placed.contains(field) && !value.is_empty());
    fields.extend(given.map(|(field, value)| (field.key().to_owned(), value.clone())));
    Op::CreateRow { fields }
}

/// Steps gathered into changes of admissible size.
pub(in crate::documents) struct Pieces<'a> {
    document: &'a mut Document,
    actor: Actor,
    time: Timestamp,
    reason: Option<&'a str>,
    ops: Vec<Op>,
    rows: u64,
    bytes: usize,
    changes: Vec<NewChange>,
}

impl<'a> Pieces<'a> {
    pub(in crate::documents) fn new(
        document: &'a mut Document,
        actor: Actor,
        time: Timestamp,
        reason: Option<&'a str>,
    ) -> Self {
        Self { document, actor, time, reason, ops: vec![], rows: 0, bytes: 0, changes: vec![] }
    }

    /// The changes made.
    pub(in crate::documents) fn finish(mut self) -> Result<Vec<NewChange>, EditError> {
        self.flush()?;
        Ok(self.changes)
    }

    /// The document as the steps so far leave it, but for those that are no change yet.
    pub(in crate::documents) fn document(&self) -> &Document {
        self.document
    }

    pub(in crate::documents) fn add(&mut self, op: Op) -> Result<(), EditError> {
        let bytes = op_bytes(&op);
        if self.bytes + bytes > PIECE_BYTES {
            self.flush()?;
        }
        self.bytes += bytes;
        self.ops.push(op);
        Ok(())
    }

    pub(in crate::documents) fn add_row(&mut self, op: Op) -> Result<RowId, EditError> {
        self.add(op)?;
        self.rows += 1;
        Ok(self.document.next_row_id(&self.actor, self.rows - 1))
    }

    fn flush(&mut self) -> Result<(), EditError> {
        let made = self.document.edit(self.actor, self.time, self.reason, &self.ops)?;
        self.changes.extend(made);
        (self.ops, self.rows, self.bytes) = (Vec::new(), 0, 0);
        Ok(())
    }
}

fn op_bytes(op: &Op) -> usize {
    match op {
        Op::Set { key, value, .. } => STEP_BYTES + key.len() + value.as_ref().map_or(0, String::len),
        Op::CreateRow { fields } => {
            STEP_BYTES + fields.iter().map(|(key, value)| STEP_BYTES + key.len() + value.len()).sum::<usize>()
        }
    }
}
