//! Compiles the consolidated report of a plan's execution from the plan's view: pure, so that the same input gives the
//! same report.
//!
//! What counts:
//!
//! - an item is due in the period if one of the days it is due on lies in the period;
//! - a report of «done» on a day settles the occurrences that had begun by that day (as the light has it), so a report
//!   of December's work says nothing of June's;
//! - who reported nothing on this plan is in no total, and is named;
//! - items on request and items without a term are listed apart and never make anybody late.

mod lists;
mod provenance;
mod state;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use svod_shared::id::OrgNo;
use svod_shared::time::Timestamp;

use super::model::{Cell, ItemRef, MemberState, Presence, Report, RowReport, SectionReport, Totals};
use crate::domain::execution::{Execution, ExecutionField, Status};
use crate::domain::light::light;
use crate::domain::member::{Freshness, Member};
use crate::domain::period::Period;
use crate::domain::plan::{Item, ItemField, PlanField, RowId, Section};
use crate::domain::schedule::{Schedule, Window};
use crate::views::{Divergence, PlanView};
use provenance::Provenance;
use state::state;

/// What a report is compiled from.
#[derive(Debug, Clone)]
pub struct ReportInput<'a> {
    /// The network's name.
    pub network: &'a str,
    /// The period.
    pub period: Period,
    /// The day whose state is shown.
    pub today: Date,
    /// The time zone in which moments are printed.
    pub zone: TimeZone,
    /// The moment of compiling, as it is to be printed.
    pub compiled_at: &'a str,
    /// The organisation or post that compiles.
    pub compiled_by: &'a str,
    /// The plan.
    pub plan: &'a PlanView,
    /// The other members' freshness.
    pub freshness: &'a [Freshness],
    /// Open divergences; those of other plans are left out.
    pub divergences: &'a [Divergence],
    /// The network's control code.
    pub code: &'a str,
}

/// Compiles the report.
pub fn compile(input: &ReportInput<'_>) -> Report {
    let plan = &input.plan.plan;
    let compiler = Compiler { input, window: window(input) };
    let mut provenance = Provenance::default();
    let members: Vec<_> = input.plan.members.iter().map(|it| compiler.member(it)).collect();
    let sections: Vec<_> =
        plan.sections.iter().map(|it| compiler.section(it, &members, &mut provenance)).collect();
    let totals = (0..members.len())
        .map(|place| {
            let parts: Option<Vec<_>> = sections.iter().map(|it| *it.totals.get(place)?).collect();
            parts.filter(|_| is_in(&members, place)).map(|it| sum(&it))
        })
        .collect();
    let total = sum(&sections.iter().map(|it| it.total).collect::<Vec<_>>());
    Report {
        network: input.network.to_owned(),
        plan_title: plan.text(PlanField::Title).to_owned(),
        plan_period: plan.text(PlanField::Period).to_owned(),
        period: input.period,
        today: input.today,
        compiled_at: input.compiled_at.to_owned(),
        compiled_by: input.compiled_by.to_owned(),
        code: input.code.to_owned(),
        overdue: compiler.overdue(&members, &provenance),
        undated: compiler.undated(),
        on_request: compiler.on_request(&members),
        divergences: compiler.divergences(),
        provenance: provenance.lines,
        members,
        sections,
        totals,
        total,
    }
}

struct Compiler<'a> {
    input: &'a ReportInput<'a>,
    window: Window,
}

impl Compiler<'_> {
    fn member(&self, member: &Member) -> MemberState {
        let reports = self.input.plan.executions.get(&member.no);
        let said = |it: &&Execution| it.field(ExecutionField::Status).shown.is_some();
        let rows = self.input.plan.plan.items().filter_map(|it| reports?.get(&it.row));
        let statuses = rows.filter(said).count();
        let freshness = self.input.freshness.iter().find(|it| it.org == member.no);
        let newest_entry = freshness.and_then(|it| it.newest_entry);
        let presence = match (statuses, newest_entry) {
            (1.., _) => Presence::Reported,
            (0, Some(_)) => Presence::Silent,
            (0, None) if member.is_me => Presence::Silent,
            (0, None) => Presence::Unknown,
        };
        let own =
            || self.input.plan.authors.values().filter(|it| it.org == member.no).map(|it| it.time).max();
        MemberState {
            no: member.no,
            name: member.name.clone(),
            short: member.short.clone(),
            is_lead: member.is_lead,
            is_me: member.is_me,
            presence,
            statuses,
            newest_entry: match newest_entry {
                Some(it) => self.moment(it.seconds()),
                None => own().and_then(|it| self.moment(it)),
            },
            last_seen: freshness
                .and_then(|it| it.last_seen)
                .map(Timestamp::seconds)
                .and_then(|it| self.moment(it)),
        }
    }

    fn section(
        &self,
        section: &Section,
        members: &[MemberState],
        provenance: &mut Provenance,
    ) -> SectionReport {
        let mut by_member: Vec<_> =
            members.iter().map(|it| (it.presence == Presence::Reported).then(Totals::default)).collect();
        let mut rows = Vec::new();
        for item in &section.items {
            let schedule = self.schedule(item);
            let mut cells = Vec::new();
            for (place, (member, totals)) in members.iter().zip(&mut by_member).enumerate() {
                let Some(totals) = totals else {
                    cells.push(None);
                    continue;
                };
                let execution = self.execution(member.no, &item.row);
                self.count(totals, &schedule, execution);
                cells.push(Some(Cell {
                    light: light(&schedule, Some(self.window), execution, self.input.today),
                    proof: execution.and_then(|it| provenance.add(self, place, item, it)),
                }));
            }
            rows.push(RowReport { item: item_ref(item), is_due: self.is_due(&schedule), cells });
        }
        let present: Vec<_> = by_member.iter().copied().flatten().collect();
        SectionReport {
            number: section.text(ItemField::Number).to_owned(),
            title: section.text(ItemField::Title).to_owned(),
            rows,
            total: sum(&present),
            totals: by_member,
        }
    }

    fn count(&self, totals: &mut Totals, schedule: &Schedule, execution: Option<&Execution>) {
        if self.is_due(schedule) {
            totals.count_due(state(schedule, self.window, execution, &self.input.period, self.input.today));
        } else if schedule.is_on_demand() && execution.is_some_and(|it| it.status() == Status::Done) {
            totals.on_request += 1;
        }
    }

    fn is_due(&self, schedule: &Schedule) -> bool {
        schedule.due_dates(Some(self.window)).iter().any(|it| self.input.period.contains(*it))
    }

    fn schedule(&self, item: &Item) -> Schedule {
        Schedule::of_item(item.text(ItemField::Term), item.text(ItemField::Title), Some(self.window))
    }

    fn execution(&self, org: OrgNo, row: &RowId) -> Option<&Execution> {
        self.input.plan.executions.get(&org)?.get(row)
    }

    fn moment(&self, seconds: i64) -> Option<jiff::civil::DateTime> {
        let moment = jiff::Timestamp::from_second(seconds).ok()?;
        Some(moment.to_zoned(self.input.zone.clone()).datetime())
    }
}

/// The plan's window; of a plan that names none, the years that the report looks at.
fn window(input: &ReportInput<'_>) -> Window {
    Window::parse(input.plan.plan.text(PlanField::Period)).unwrap_or_else(|| {
        let (from, to) = (input.period.from().min(input.today), input.period.to().max(input.today));
        Window::years(from.year(), to.year())
    })
}

fn item_ref(item: &Item) -> ItemRef {
    ItemRef {
        row: item.row.clone(),
        number: item.text(ItemField::Number).to_owned(),
        title: item.text(ItemField::Title).to_owned(),
        term: item.text(ItemField::Term).to_owned(),
    }
}

fn is_in(members: &[MemberState], place: usize) -> bool {
    members.get(place).is_some_and(|it| it.presence == Presence::Reported)
}

fn sum(parts: &[Totals]) -> Totals {
    let mut sum = Totals::default();
    for part in parts {
        sum.add(part);
    }
    sum
}

#[cfg(test)]
mod tests;
