//! Execution sheets: what one organisation says of its execution of one roadmap's items.
//!
//! The document belongs to the pair of roadmap and organisation, so that all nodes of the organisation write into one.
//! Everything in it has a natural key and is a scalar under a path, `<row>/<field>`: what two nodes of one organisation
//! fill in at once stands side by side as a divergence, and nothing is hidden.

use std::collections::BTreeMap;

use svod_shared::id::{DocId, OrgNo, Owner};

use super::document::{Document, Place};
use super::edit::Op;
use super::genesis::{Kind, MARKS, META};
use crate::domain::execution::{Execution, ExecutionField, ExecutionSheet};
use crate::domain::plan::RowId;

/// The key of the roadmap's id in [`META`].
const PLAN_KEY: &str = "plan";

/// The id of an organisation's execution sheet of a plan.
pub fn execution_id(plan: &DocId, org: OrgNo) -> DocId {
    DocId::natural(Kind::Execution.number(), Owner::Org(org), plan.as_bytes())
}

/// The plan that a sheet is about: said in the sheet, believed because the sheet's id is derived from it.
pub fn plan_of(document: &Document) -> Option<(DocId, OrgNo)> {
    let Owner::Org(org) = document.id().owner() else { return None };
    let said = document.field(&Place::Container(META), PLAN_KEY);
    let plan = said.variants().filter_map(|it| DocId::from_hex(&it.value));
    plan.into_iter().find(|it| execution_id(it, org) == document.id()).map(|it| (it, org))
}

/// Reads the sheet of `org` about `plan`.
pub fn read(document: &Document, plan: DocId, org: OrgNo) -> ExecutionSheet {
    let mut rows: BTreeMap<RowId, Execution> = BTreeMap::new();
    for (path, field) in document.fields(&Place::Container(MARKS)) {
        if let Some((row, key)) = of_path(&path)
            && field.shown.is_some()
        {
            rows.entry(row).or_default().fields.insert(key, field);
        }
    }
    ExecutionSheet { id: document.id(), plan, org, rows }
}

/// The steps that set a field; the first of a sheet also says which plan it is about.
pub fn set(document: &Document, plan: &DocId, row: &RowId, field: ExecutionField, value: &str) -> Vec<Op> {
    let mut ops = Vec::new();
    if document.is_empty() {
        let (place, value) = (Place::Container(META), Some(plan.to_string()));
        ops.push(Op::Set { place, key: PLAN_KEY.to_owned(), value });
    }
    let (place, value) = (Place::Container(MARKS), Some(value.to_owned()));
    ops.push(Op::Set { place, key: to_path(row, field), value });
    ops
}

/// The key of a row's field.
pub fn to_path(row: &RowId, field: ExecutionField) -> String {
    format!("{}/{}", row.0, field.key())
}

/// The row and field of a key; `None` for a field of a later version.
pub fn of_path(path: &str) -> Option<(RowId, ExecutionField)> {
    let (row, key) = path.split_once('/')?;
    Some((RowId(row.to_owned()), ExecutionField::of_key(key)?))
}
