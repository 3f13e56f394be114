//! What a user does to plans.
//!
//! A form writes only the fields its user changed, and only where nothing moved since they were shown; where something
//! did, both values go back to the user. Otherwise a put would silently supersede what nobody has seen.

use std::collections::BTreeMap;

use svod_shared::id::DocId;
use svod_shared::storage::StorageError;

use super::outbox::WriteError;
use super::{FoundError, Random, Store, inbox};
use crate::documents::order::TAIL;
use crate::documents::{Document, EditError, Op, execution, execution_id, roadmap};
use crate::domain::execution::ExecutionField;
use crate::domain::field::Field;
use crate::domain::plan::{ItemField, Plan, PlanField, RowId};
use crate::projections::{meta, news, plans};
use crate::requests::{Edit, EditConflict, Edited};
use crate::views::Place;

/// Why a command was not carried out; nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// There is no such plan.
    #[error("no such plan")]
    NoPlan,
    /// There is no such row in the plan.
    #[error("no such row")]
    NoRow,
    /// No logged entry commits to such a change.
    #[error("no such change")]
    NoChange,
    /// Somebody has written over it meanwhile, or it cannot be undone as one.
    #[error("it was written over meanwhile")]
    Moved,
    /// What was typed is longer than a change may be.
    #[error("text is too long")]
    TooLong,
    /// Only its own organisation may say this.
    #[error("another organisation's")]
    NotYours,
    /// The command is the lead's.
    #[error(transparent)]
    Found(#[from] FoundError),
    /// The edit was not written.
    #[error(transparent)]
    Write(WriteError),
    /// The disk.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl CommandError {
    /// The key of a sentence in the catalogue.
    pub fn message_key(&self) -> &'static str {
        match self {
            Self::NoPlan => "error-no-plan",
            Self::NoRow => "error-no-row",
            Self::NoChange => "error-no-change",
            Self::Moved => "error-moved",
            Self::TooLong => "error-too-long",
            Self::NotYours => "error-not-yours",
            Self::Found(error) => error.message_key(),
            Self::Write(error) => error.message_key(),
            Self::Storage(StorageError::Full) => "error-disk-full",
            Self::Storage(_) => "error-not-written",
        }
    }
}

impl From<WriteError> for CommandError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Edit(EditError::TooLarge { .. }) => Self::TooLong,
            other => Self::Write(other),
        }
    }
}

impl Store {
    /// Edits fields of the plan itself.
    pub fn edit_plan(&mut self, plan: DocId, edits: Vec<Edit<PlanField>>) -> Result<Edited, CommandError> {
        let now = self.existing(&plan)?;
        let (fresh, moved) = sort_out(edits, |field| now.field(field).clone(), PlanField::key);
        let ops = fresh.into_iter().map(|it| roadmap::set_plan_field(it.field, &it.value)).collect();
        self.put(plan, ops, moved)
    }

    /// Edits fields of a section or item.
    pub fn edit_item(
        &mut self,
        plan: DocId,
        row: &RowId,
        edits: Vec<Edit<ItemField>>,
    ) -> Result<Edited, CommandError> {
        let now = self.existing(&plan)?;
        let fields = fields_of(&now, row).ok_or(CommandError::NoRow)?;
        let (fresh, moved) =
            sort_out(edits, |field| fields.get(&field).cloned().unwrap_or_default(), ItemField::key);
        let ops = fresh.into_iter().map(|it| roadmap::set_item_field(row, it.field, &it.value)).collect();
        self.put(plan, ops, moved)
    }

    /// Reports this organisation's execution of an item.
    pub fn report_execution(
        &mut self,
        plan: DocId,
        row: &RowId,
        edits: Vec<Edit<ExecutionField>>,
    ) -> Result<Edited, CommandError> {
        self.existing(&plan)?.item(row).ok_or(CommandError::NoRow)?;
        let me = self.me().ok_or(WriteError::NotAdmitted)?;
        let doc = execution_id(&plan, me.org);
        let sheet = execution::read(&inbox::open(&self.connection, &doc)?, plan, me.org);
        let stands = sheet.rows.get(row).cloned().unwrap_or_default();
        let (fresh, moved) = sort_out(edits, |field| stands.field(field).clone(), ExecutionField::key);
        if !fresh.is_empty() {
            self.edit(doc, None, |document| {
                let steps =
                    fresh.iter().flat_map(|it| execution::set(document, &plan, row, it.field, &it.value));
                without_repeats(steps)
            })?;
        }
        Ok(edited(moved))
    }

    /// Adds an item at the end of a section.
    pub fn add_item(
        &mut self,
        plan: DocId,
        section: &RowId,
        fields: &BTreeMap<ItemField, String>,
    ) -> Result<RowId, CommandError> {
        let now = self.existing(&plan)?;
        let section = now.sections.iter().find(|it| it.row == *section).ok_or(CommandError::NoRow)?;
        let last = section.items.last().map(|it| it.row.clone());
        let fields: Vec<_> = fields.iter().map(|(field, value)| (*field, value.clone())).collect();
        let ops = roadmap::add_item(section, last.as_ref(), &fields, random_tail(&self.random)?);
        let change = self.edit(plan, None, |_| ops)?;
        change.and_then(|it| it.rows.into_iter().next()).ok_or(CommandError::NoRow)
    }

    /// Deletes a row, with a reason.
    pub fn delete_row(&mut self, plan: DocId, row: &RowId, reason: &str) -> Result<(), CommandError> {
        fields_of(&self.existing(&plan)?, row).ok_or(CommandError::NoRow)?;
        self.edit(plan, Some(reason), |_| vec![roadmap::delete_row(row, reason)])?;
        Ok(())
    }

    /// Takes a deletion back: of a deleted row, and of one that an edit has kept.
    pub fn restore_row(&mut self, plan: DocId, row: &RowId) -> Result<(), CommandError> {
        self.existing(&plan)?.item(row).ok_or(CommandError::NoRow)?;
        self.edit(plan, None, |_| vec![roadmap::restore_row(row)])?;
        Ok(())
    }

    /// Settles a divergence with a value: one of those that stand, or another.
    pub fn settle(&mut self, plan: DocId, place: &Place, value: &str) -> Result<(), CommandError> {
        self.existing(&plan)?;
        match place {
            Place::Plan(field) => self.edit(plan, None, |_| vec![roadmap::set_plan_field(*field, value)])?,
            Place::Item(row, field) => {
                self.edit(plan, None, |_| vec![roadmap::set_item_field(row, *field, value)])?
            }
            Place::Row(row) => self.edit(plan, Some(value), |_| vec![roadmap::delete_row(row, value)])?,
            Place::Execution(org, row, field) => {
                let me = self.me().ok_or(WriteError::NotAdmitted)?;
                if me.org != *org {
                    return Err(CommandError::NotYours);
                }
                let doc = execution_id(&plan, *org);
                self.edit(doc, None, |document| execution::set(document, &plan, row, *field, value))?
            }
        };
        Ok(())
    }

    /// Notes that the user has read the news.
    pub fn mark_news_read(&mut self) -> Result<(), StorageError> {
        meta::put_number(&self.connection, meta::Key::NewsRead, news::last(&self.connection)?)
    }

    pub(super) fn existing(&self, plan: &DocId) -> Result<Plan, CommandError> {
        plans::get(&self.connection, plan)?.ok_or(CommandError::NoPlan)
    }

    fn put(&mut self, doc: DocId, ops: Vec<Op>, moved: Vec<EditConflict>) -> Result<Edited, CommandError> {
        if !ops.is_empty() {
            self.edit(doc, None, |_: &Document| ops)?;
        }
        Ok(edited(moved))
    }
}

/// Four random characters for an order key.
pub(super) fn random_tail(random: &Random) -> Result<[u8; TAIL], WriteError> {
    random.bytes().map_err(|_| WriteError::NoRandomness)
}

fn fields_of(plan: &Plan, row: &RowId) -> Option<BTreeMap<ItemField, Field>> {
    let section = plan.sections.iter().find(|it| it.row == *row && !row.0.is_empty());
    section.map(|it| it.fields.clone()).or_else(|| plan.item(row).map(|it| it.fields.clone()))
}

/// Edits of fields that stand as they were shown, and those of fields that moved. What the user did not change is
/// neither.
fn sort_out<F: Copy>(
    edits: Vec<Edit<F>>,
    stands: impl Fn(F) -> Field,
    key: impl Fn(F) -> &'static str,
) -> (Vec<Edit<F>>, Vec<EditConflict>) {
    let (mut fresh, mut moved) = (Vec::new(), Vec::new());
    for edit in edits {
        let now = stands(edit.field);
        if now.text() == edit.value {
            continue;
        }
        if now.ops() == edit.seen {
            fresh.push(edit);
        } else {
            moved.push(EditConflict { field: key(edit.field).to_owned(), now, typed: edit.value });
        }
    }
    (fresh, moved)
}

fn edited(moved: Vec<EditConflict>) -> Edited {
    if moved.is_empty() { Edited::Saved } else { Edited::Conflict(moved) }
}

/// Each step once: the first field of a new sheet also says which plan the sheet is about.
fn without_repeats(steps: impl Iterator<Item = Op>) -> Vec<Op> {
    let mut kept: Vec<Op> = Vec::new();
    for step in steps {
        if !kept.contains(&step) {
            kept.push(step);
        }
    }
    kept
}
