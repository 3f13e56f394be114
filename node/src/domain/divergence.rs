//! Where values stand side by side that nobody has chosen between.

use super::execution::{ExecutionField, ExecutionSheet};
use super::field::Field;
use super::plan::{Deletion, ItemField, Plan, PlanField, RowId};

/// An open divergence in a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InPlan<'a> {
    /// Of a field of the plan itself.
    Plan(PlanField, &'a Field),
    /// Of a field of a section or item.
    Row(&'a RowId, ItemField, &'a Field),
    /// A deletion that met an edit which had not seen it.
    Deletion(&'a RowId, &'a Deletion),
}

/// The open divergences of a plan, in the order of its rows. The order key is left out: two moves of one row end in one
/// place, and nobody has to choose.
pub fn in_plan(plan: &Plan) -> Vec<InPlan<'_>> {
    let own = plan.fields.iter().filter(|(_, it)| it.diverges()).map(|(field, it)| InPlan::Plan(*field, it));
    let mut found: Vec<_> = own.collect();
    for section in &plan.sections {
        in_row(&section.row, section.fields.iter(), &section.deletion, &mut found);
        for item in &section.items {
            in_row(&item.row, item.fields.iter(), &item.deletion, &mut found);
        }
    }
    found
}

fn in_row<'a>(
    row: &'a RowId,
    fields: impl Iterator<Item = (&'a ItemField, &'a Field)>,
    deletion: &'a Deletion,
    found: &mut Vec<InPlan<'a>>,
) {
    if matches!(deletion, Deletion::Contested { .. }) {
        found.push(InPlan::Deletion(row, deletion));
    }
    let open = fields.filter(|(field, it)| **field != ItemField::Order && it.diverges());
    found.extend(open.map(|(field, it)| InPlan::Row(row, *field, it)));
}

/// The open divergences of an execution sheet: two computers of one organisation wrote different things.
pub fn in_sheet(sheet: &ExecutionSheet) -> Vec<(&RowId, ExecutionField, &Field)> {
    let rows = sheet.rows.iter();
    let fields = rows.flat_map(|(row, it)| it.fields.iter().map(move |(field, value)| (row, *field, value)));
    fields.filter(|(_, _, it)| it.diverges()).collect()
}
