//! Roadmaps: a plan's own fields, and rows that are sections and items.
//!
//! **Deleting a row** is a mark in it, whose value is the reason. The row is deleted if some visible mark had seen every
//! visible operation of the row's other fields; otherwise somebody edited the row without having seen the mark, and the
//! edit keeps it. Restoring takes the mark back.
//!
//! Rows stand in the order of their fractional keys, ties by row id. A row that says nothing of its kind is an item.

mod build;

use std::collections::{BTreeMap, BTreeSet};

use svod_shared::id::{DocId, Owner};

use super::document::{Document, Place};
use super::fields::{Scalar, Standing};
use super::genesis::{Kind, PLAN};
use crate::domain::plan::{Deletion, Item, ItemField, Plan, PlanField, RowId, Section};

pub(super) use build::Pieces;
pub use build::{
    NewItem, NewPlan, NewSection, add_item, add_section, create, delete_row, move_item, restore_row,
    set_item_field, set_plan_field,
};

/// The key that tells sections from items.
const KIND_KEY: &str = "kind";
/// The value of [`KIND_KEY`] in a section.
const SECTION: &str = "section";
/// The value of [`KIND_KEY`] in an item.
const ITEM: &str = "item";
/// The key of the deletion mark.
pub(super) const DELETED_KEY: &str = "deleted";

/// The id of a new roadmap.
pub fn roadmap_id(nonce: [u8; 13]) -> DocId {
    DocId::random(Kind::Roadmap.number(), Owner::Shared, nonce)
}

/// The id of a roadmap that comes from somewhere: every node that imports it means the same document. An import into a
/// document that is not empty must not be made, or its rows stand there twice.
pub fn natural_roadmap_id(natural_key: &[u8]) -> DocId {
    DocId::natural(Kind::Roadmap.number(), Owner::Shared, natural_key)
}

/// Reads the plan.
pub fn read(document: &Document) -> Plan {
    let own = document.fields(&Place::Container(PLAN));
    let fields = own.into_iter().filter_map(|(key, field)| Some((PlanField::of_key(&key)?, field))).collect();
    let mut rows: Vec<_> = document.past.rows().map(|(row, _)| Row::read(document, row)).collect();
    rows.sort_by(|a, b| a.order().cmp(&b.order()));
    let (sections, items): (Vec<_>, Vec<_>) = rows.into_iter().partition(|it| it.is_section);
    let mut sections: Vec<Section> =
        sections.into_iter().filter(|it| !it.is_deleted()).map(Row::into_section).collect();
    let (deleted, items): (Vec<_>, Vec<_>) = items.into_iter().partition(Row::is_deleted);
    put_into_sections(&mut sections, items.into_iter().map(Row::into_item));
    let deleted = deleted.into_iter().map(Row::into_item).collect();
    Plan { id: document.id(), fields, sections, deleted }
}

fn put_into_sections(sections: &mut Vec<Section>, items: impl Iterator<Item = Item>) {
    let places: BTreeMap<RowId, usize> =
        sections.iter().enumerate().map(|(at, it)| (it.row.clone(), at)).collect();
    let mut stray = Vec::new();
    for item in items {
        let place = places.get(&RowId(item.text(ItemField::Section).to_owned()));
        match place.and_then(|it| sections.get_mut(*it)) {
            Some(section) => section.items.push(item),
            None => stray.push(item),
        }
    }
    if !stray.is_empty() {
        let (row, fields) = (RowId(String::new()), BTreeMap::new());
        sections.push(Section { row, fields, deletion: Deletion::Present, items: stray });
    }
}

/// What became of a row.
pub fn deletion(document: &Document, row: &RowId) -> Deletion {
    deletion_of(document, &document.all_standing(&Place::Row(row.clone())))
}

fn deletion_of(document: &Document, fields: &BTreeMap<String, Vec<Standing>>) -> Deletion {
    let is_mark = |it: &&Standing| matches!(it.value, Scalar::Text(_));
    let marks: Vec<_> = fields
        .get(DELETED_KEY)
        .into_iter()
        .flatten()
        .filter(is_mark)
        .filter_map(|it| document.variant(it))
        .collect();
    if marks.is_empty() {
        return Deletion::Present;
    }
    let rest: Vec<_> = fields
        .iter()
        .flat_map(|(key, values)| values.iter().filter(move |it| key != DELETED_KEY || !is_mark(it)))
        .collect();
    let mut edits = BTreeSet::new();
    // The winner first, so that its reason is the one shown.
    for mark in marks.iter().rev() {
        let unseen: Vec<_> =
            rest.iter().filter(|it| !document.past.change_saw(&mark.change, &it.op)).collect();
        if unseen.is_empty() {
            return Deletion::Deleted(mark.clone());
        }
        edits.extend(unseen.iter().filter_map(|it| document.change_of(&it.op)));
    }
    Deletion::Contested { marks, edits: edits.into_iter().collect() }
}

/// A row before it is known to be a section or an item of the plan.
struct Row {
    item: Item,
    is_section: bool,
}

impl Row {
    fn read(document: &Document, row: &RowId) -> Self {
        let standing = document.all_standing(&Place::Row(row.clone()));
        let deletion = deletion_of(document, &standing);
        let is_section = standing
            .get(KIND_KEY)
            .and_then(|it| it.last())
            .is_some_and(|it| it.value.text() == Some(SECTION));
        let fields = standing
            .iter()
            .filter_map(|(key, values)| Some((ItemField::of_key(key)?, document.to_field(values))))
            .filter(|(_, field)| field.shown.is_some())
            .collect();
        Self { item: Item { row: row.clone(), fields, deletion }, is_section }
    }

    fn order(&self) -> (&str, &RowId) {
        (self.item.text(ItemField::Order), &self.item.row)
    }

    fn is_deleted(&self) -> bool {
        matches!(self.item.deletion, Deletion::Deleted(_))
    }

    fn into_item(self) -> Item {
        self.item
    }

    fn into_section(self) -> Section {
        let Item { row, fields, deletion } = self.item;
        Section { row, fields, deletion, items: Vec::new() }
    }
}
