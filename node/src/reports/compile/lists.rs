//! The lists of a report: overdue, without a term, on request, divergences.

use super::provenance::Provenance;
use super::state::state;
use super::{Compiler, is_in, item_ref};
use crate::domain::execution::{ExecutionField, Status};
use crate::domain::light::{Light, LightKind, light};
use crate::domain::member::Author;
use crate::domain::plan::Item;
use crate::domain::schedule::Schedule;
use crate::reports::model::{
    DivergenceLine, DivergentValue, ItemRef, MemberState, OnRequestLine, OverdueLine, PeriodState,
};
use crate::views::{Divergence, Place};

impl Compiler<'_> {
    pub(super) fn overdue(&self, members: &[MemberState], provenance: &Provenance) -> Vec<OverdueLine> {
        let mut lines = Vec::new();
        for item in self.input.plan.plan.items() {
            let schedule = self.schedule(item);
            for (place, member) in members.iter().enumerate().filter(|(place, _)| is_in(members, *place)) {
                lines.extend(self.overdue_line(item, &schedule, place, member, provenance));
            }
        }
        lines.sort_by_key(|it| it.is_carried);
        lines
    }

    fn overdue_line(
        &self,
        item: &Item,
        schedule: &Schedule,
        place: usize,
        member: &MemberState,
        provenance: &Provenance,
    ) -> Option<OverdueLine> {
        let (period, today) = (&self.input.period, self.input.today);
        let execution = self.execution(member.no, &item.row);
        let in_period = match state(schedule, self.window, execution, period, today) {
            PeriodState::Overdue(due) if self.is_due(schedule) => Some((due, false)),
            _ => None,
        };
        let carried = || match light(schedule, Some(self.window), execution, today) {
            Light { kind: LightKind::Overdue, date: Some(due) } if due < period.from() => Some((due, true)),
            _ => None,
        };
        let (due, is_carried) = in_period.or_else(carried)?;
        Some(OverdueLine {
            item: item_ref(item),
            member: place,
            due,
            is_carried,
            reason: execution
                .map(|it| it.text(ExecutionField::Comment).trim().to_owned())
                .unwrap_or_default(),
            proof: provenance.number(place, &item.row),
        })
    }

    /// Items without a term, and those whose term nobody understands; not those that wait for something.
    pub(super) fn undated(&self) -> Vec<ItemRef> {
        let items = self.input.plan.plan.items();
        items
            .filter(|it| {
                let schedule = self.schedule(it);
                !schedule.is_on_demand() && schedule.due_dates(Some(self.window)).is_empty()
            })
            .map(item_ref)
            .collect()
    }

    pub(super) fn on_request(&self, members: &[MemberState]) -> Vec<OnRequestLine> {
        let done = |item: &Item, member: &MemberState| {
            self.execution(member.no, &item.row).is_some_and(|it| it.status() == Status::Done)
        };
        let line = |item: &Item| OnRequestLine {
            item: item_ref(item),
            done_by: members
                .iter()
                .enumerate()
                .filter(|(_, it)| done(item, it))
                .map(|(place, _)| place)
                .collect(),
        };
        self.input.plan.plan.items().filter(|it| self.schedule(it).is_on_demand()).map(line).collect()
    }

    pub(super) fn divergences(&self) -> Vec<DivergenceLine> {
        let here = self.input.divergences.iter().filter(|it| it.plan == self.input.plan.plan.id);
        here.map(|it| self.divergence(it)).collect()
    }

    fn divergence(&self, divergence: &Divergence) -> DivergenceLine {
        let value = |value: Option<String>, author: &Author| DivergentValue {
            value,
            org_short: author.org_short.clone(),
            node: author.node.clone(),
            when: self.moment(author.time),
        };
        let written = divergence.variants.iter().map(|(it, author)| value(Some(it.value.clone()), author));
        let edited = divergence.editors.iter().map(|author| value(None, author));
        DivergenceLine {
            place: divergence.place.clone(),
            org_short: match &divergence.place {
                Place::Execution(org, _, _) => {
                    self.input.plan.members.iter().find(|it| it.no == *org).map(|it| it.short.clone())
                }
                Place::Plan(_) | Place::Item(..) | Place::Row(_) => None,
            },
            number: divergence.number.clone(),
            title: divergence.title.clone(),
            // A deletion against an edit: the edit keeps the row, so it stands first.
            values: match divergence.place {
                Place::Row(_) => edited.chain(written).collect(),
                _ => written.chain(edited).collect(),
            },
        }
    }
}
