//! What a careful reader would ask about a plan: months said twice, orders later than the work they order, a result
//! copied from another row, one event under two names.
//!
//! Every [`Finding`] is a question and never a correction: it stands at a field of an item until the text changes or
//! somebody says, with a reason, that it is meant so. Which doubts were accepted stands in the item's field
//! `accepted`, one line each: the kind, a print of the text it was accepted for, the reason. A doubt about a text that
//! has changed since is a new one.
//!
//! Pure: the other plans of the network are an argument.

use std::collections::BTreeMap;

use super::form::FormKind;
use super::plan::{Item, ItemField, Plan, PlanField, RowId, Section};
use super::schedule::{Issue, Month, Schedule, Window};

mod accepted;
mod events;
mod names;
mod rules;

pub use accepted::{Acceptance, with_acceptance, without_acceptance};
pub use names::{Party, group_key, parties, same_but_for_spelling};

/// What there is to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LintKind {
    /// A list of months names one twice.
    RepeatedMonth,
    /// A list of months runs backwards.
    MonthsOutOfOrder,
    /// Before the period of the plan.
    BeforePlan,
    /// After the period of the plan.
    AfterPlan,
    /// A part of the term was not understood.
    TermNotUnderstood,
    /// The result speaks of another kind of event than the item.
    ResultOfAnotherEvent,
    /// A name with one year, and neighbours have it with another.
    OtherYear,
    /// An event of the same name, kind and month in another plan.
    SameEventElsewhere,
    /// The order is due when the work it orders has begun.
    OrderAfterWork,
    /// One organisation or role in two spellings.
    TwoSpellings,
    /// An outside organisation is to carry out a municipal event.
    OutsideExecutor,
    /// An abbreviation that nobody has spelled out.
    UnknownAbbreviation,
    /// The text names one kind of event, the column «Форма» another.
    FormDiffers,
    /// No term.
    NoTerm,
    /// Nobody is responsible.
    NobodyResponsible,
    /// For nobody.
    NoAudience,
}

/// A question about a field of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What is asked.
    pub kind: LintKind,
    /// The item.
    pub row: RowId,
    /// The field it stands at.
    pub field: ItemField,
    /// What it is about, as written; may be empty.
    pub found: String,
    /// What it is compared with or what was probably meant; may be empty.
    pub other: String,
    /// Why it is meant so, if somebody said it of this very text.
    pub accepted: Option<String>,
}

impl Finding {
    /// A print of what is asked: it tells one question about an item from the others, and one about a text that has
    /// changed since from the same question before.
    pub fn print(&self) -> String {
        accepted::print(self)
    }
}

impl LintKind {
    /// All of them, the weightiest first.
    pub const ALL: [Self; 16] = [
        Self::RepeatedMonth,
        Self::MonthsOutOfOrder,
        Self::OrderAfterWork,
        Self::OtherYear,
        Self::ResultOfAnotherEvent,
        Self::FormDiffers,
        Self::SameEventElsewhere,
        Self::BeforePlan,
        Self::AfterPlan,
        Self::TermNotUnderstood,
        Self::TwoSpellings,
        Self::OutsideExecutor,
        Self::UnknownAbbreviation,
        Self::NoTerm,
        Self::NobodyResponsible,
        Self::NoAudience,
    ];

    /// Its key in addresses, in the catalogue and in the field `accepted`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::RepeatedMonth => "repeated-month",
            Self::MonthsOutOfOrder => "months-out-of-order",
            Self::BeforePlan => "before-plan",
            Self::AfterPlan => "after-plan",
            Self::TermNotUnderstood => "term-not-understood",
            Self::ResultOfAnotherEvent => "result-of-another-event",
            Self::OtherYear => "other-year",
            Self::SameEventElsewhere => "same-event-elsewhere",
            Self::OrderAfterWork => "order-after-work",
            Self::TwoSpellings => "two-spellings",
            Self::OutsideExecutor => "outside-executor",
            Self::UnknownAbbreviation => "unknown-abbreviation",
            Self::FormDiffers => "form-differs",
            Self::NoTerm => "no-term",
            Self::NobodyResponsible => "nobody-responsible",
            Self::NoAudience => "no-audience",
        }
    }

    /// The kind of a key.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.key() == key)
    }
}

/// The questions about a plan, in the order of its items; `others` are the network's other plans.
pub fn lint(plan: &Plan, others: &[Plan]) -> Vec<Finding> {
    let subject = Subject::of(plan);
    let mut findings = Vec::new();
    for section in &subject.sections {
        for item in &section.items {
            findings.extend(rules::of_item(&subject, item));
        }
        findings.extend(rules::of_section(section));
    }
    findings.extend(rules::across(&subject, &others.iter().map(Subject::of).collect::<Vec<_>>()));
    findings.extend(names::spellings(&subject));
    let accepted: BTreeMap<&RowId, &Item> = plan.items().map(|it| (&it.row, it)).collect();
    for finding in &mut findings {
        finding.accepted = accepted.get(&finding.row).and_then(|it| accepted::reason(it, finding));
    }
    let order: BTreeMap<&RowId, usize> = plan.items().enumerate().map(|(at, it)| (&it.row, at)).collect();
    findings.sort_by_key(|it| (order.get(&it.row).copied(), weight(it.kind)));
    findings
}

fn weight(kind: LintKind) -> Option<usize> {
    LintKind::ALL.iter().position(|it| *it == kind)
}

/// A plan as its rules look at it: each term read once.
struct Subject<'a> {
    title: &'a str,
    columns: &'static [ItemField],
    window: Option<Window>,
    sections: Vec<Part<'a>>,
}

struct Part<'a> {
    items: Vec<Read<'a>>,
}

/// An item with what its term says.
struct Read<'a> {
    item: &'a Item,
    schedule: Schedule,
    /// The first and the last month of everything that its term dates.
    months: Option<(Month, Month)>,
}

impl<'a> Subject<'a> {
    fn of(plan: &'a Plan) -> Self {
        let window = Window::parse(plan.text(PlanField::Period));
        let part = |it: &'a Section| Part { items: it.items.iter().map(|it| Read::of(it, window)).collect() };
        Self {
            title: plan.text(PlanField::Title),
            columns: FormKind::of_plan(plan).columns(),
            window,
            sections: plan.sections.iter().map(part).collect(),
        }
    }

    fn items(&self) -> impl Iterator<Item = &Read<'a>> {
        self.sections.iter().flat_map(|it| &it.items)
    }
}

impl<'a> Read<'a> {
    fn of(item: &'a Item, window: Option<Window>) -> Self {
        let term = item.text(ItemField::Term);
        let schedule = Schedule::of_item(term, item.text(ItemField::Title), window);
        // Without a window: what comes back every year dates nothing here.
        let dates = schedule.instances(None);
        let first = dates.iter().map(|it| it.from).min();
        let last = dates.iter().map(|it| it.due).max();
        Self { item, months: first.zip(last).map(|(a, b)| (Month::of(a), Month::of(b))), schedule }
    }

    fn text(&self, field: ItemField) -> &'a str {
        self.item.text(field)
    }

    fn finding(&self, kind: LintKind, field: ItemField, found: &str, other: &str) -> Finding {
        Finding {
            kind,
            row: self.item.row.clone(),
            field,
            found: found.to_owned(),
            other: other.to_owned(),
            accepted: None,
        }
    }

    fn issues(&self) -> &[Issue] {
        &self.schedule.issues
    }
}
