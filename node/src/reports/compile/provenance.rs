//! Where every status comes from: numbered lines, each with its signed entry.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Compiler, item_ref};
use crate::domain::execution::{Execution, ExecutionField};
use crate::domain::plan::{Item, RowId};
use crate::reports::model::{ProvenanceLine, Record};

/// The lines so far, and the number of each by member's place and row.
#[derive(Default)]
pub(super) struct Provenance {
    pub(super) lines: Vec<ProvenanceLine>,
    numbers: BTreeMap<(usize, RowId), usize>,
}

impl Provenance {
    /// Adds the line of an execution's status and tells its number, from 1. `None`: no status was ever written.
    pub(super) fn add(
        &mut self,
        compiler: &Compiler<'_>,
        member: usize,
        item: &Item,
        execution: &Execution,
    ) -> Option<usize> {
        let written = execution.field(ExecutionField::Status).shown.as_ref()?;
        let author = compiler.input.plan.authors.get(&written.change);
        self.lines.push(ProvenanceLine {
            member,
            item: item_ref(item),
            status: execution.status(),
            date: execution.text(ExecutionField::Date).trim().parse::<Date>().ok(),
            record: author.map(|it| Record {
                node: it.node.clone(),
                when: compiler.moment(it.time),
                feed: it.feed,
                seq: it.seq,
                entry: it.entry,
            }),
        });
        let number = self.lines.len();
        self.numbers.insert((member, item.row.clone()), number);
        Some(number)
    }

    /// The number of the line of a member's item.
    pub(super) fn number(&self, member: usize, row: &RowId) -> Option<usize> {
        self.numbers.get(&(member, row.clone())).copied()
    }
}
