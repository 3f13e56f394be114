//! «Что я понял»: a term in words, and what in it is doubtful.

use jiff::civil::Date;
use maud::{Markup, html};

use super::clock::date_long;
use super::visit::Visit;
use crate::domain::plan::{Item, ItemField, PlanField, Section};
use crate::domain::schedule::{Demand, Issue, Moment, Month, Part, Schedule, Understood, Window};
use crate::i18n::Catalog;
use crate::views::PlanView;

/// The term of an item within its plan's window.
pub(super) fn of_item(view: &PlanView, item: &Item) -> Schedule {
    let window = Window::parse(view.plan.text(PlanField::Period));
    Schedule::of_item(item.text(ItemField::Term), item.text(ItemField::Title), window)
}

/// «ноябрь 2021 – февраль 2022, и по запросу»
pub(super) fn understood(t: &Catalog, schedule: &Schedule) -> String {
    let pieces: Vec<_> = schedule.understood().iter().map(|it| piece(t, it)).collect();
    if pieces.is_empty() { t.text("term-nothing") } else { pieces.join("; ") }
}

/// The period that a section's heading ends with, in words.
pub(super) fn of_section(t: &Catalog, section: &Section) -> Option<String> {
    Schedule::of_heading(section.text(ItemField::Title)).map(|it| understood(t, &it))
}

/// «12 сроков; ближайшие: 31 марта 2022, 30 апреля 2022» of a term that has several; nothing of one that has one.
pub(super) fn occurrences(visit: &Visit, view: &PlanView, item: &Item) -> Option<String> {
    let window = Window::parse(view.plan.text(PlanField::Period));
    let due = of_item(view, item).due_dates(window);
    if due.len() < 2 {
        return None;
    }
    let today = visit.clock.today();
    let ahead: Vec<_> = due.iter().filter(|it| **it >= today).take(NEXT_SHOWN).collect();
    let count = ("n", due.len().into());
    if ahead.is_empty() {
        return Some(visit.t.with("term-instances-past", &[count]));
    }
    let next: Vec<_> = ahead.into_iter().map(|it| date_long(visit.t, *it)).collect();
    Some(visit.t.with("term-instances", &[count, ("next", next.join(", ").into())]))
}

/// How many of the days ahead are named.
const NEXT_SHOWN: usize = 3;

/// What a person should look at, under the term.
pub(super) fn doubts(visit: &Visit, view: &PlanView, item: &Item) -> Markup {
    let schedule = of_item(view, item);
    html! {
        @for issue in &schedule.issues { span.doubt { "? " (doubt(visit.t, issue)) } }
    }
}

/// One doubt in words.
pub(super) fn doubt(t: &Catalog, issue: &Issue) -> String {
    match issue {
        Issue::Repeated { month, suggestion: Some(meant) } => t.with(
            "term-repeated-meant",
            &[("month", month_year(t, *month).into()), ("meant", month_year(t, *meant).into())],
        ),
        Issue::Repeated { month, suggestion: None } => {
            t.with("term-repeated", &[("month", month_year(t, *month).into())])
        }
        Issue::OutOfOrder { month } => {
            t.with("term-out-of-order", &[("month", month_year(t, *month).into())])
        }
        Issue::OutsideWindow { from, to } if is_month(*from, *to) => {
            t.with("term-outside-window-month", &[("month", month_year(t, Month::of(*from)).into())])
        }
        Issue::OutsideWindow { from, to } => t.with(
            "term-outside-window",
            &[("from", date_long(t, *from).into()), ("to", date_long(t, *to).into())],
        ),
        Issue::YearGuessed { month } => {
            t.with("term-year-guessed", &[("month", month_year(t, *month).into())])
        }
        Issue::NotUnderstood { text } => t.with("term-not-understood", &[("text", text.clone().into())]),
    }
}

fn is_month(from: Date, to: Date) -> bool {
    Month::of(from).first_day() == from && Month::of(from).last_day() == to
}

fn piece(t: &Catalog, it: &Understood) -> String {
    match it {
        Understood::Says(part) => says(t, part),
        Understood::AlsoOn(demand) => t.with("term-also", &[("demand", on_demand(t, *demand).into())]),
    }
}

fn says(t: &Catalog, part: &Part) -> String {
    let range = |from: String, to: String| t.with("term-range", &[("from", from.into()), ("to", to.into())]);
    let months = |it: &[i8]| it.iter().map(|month| month_name(t, *month)).collect::<Vec<_>>().join(", ");
    match part {
        Part::Day(day) => date_long(t, *day),
        Part::Days(from, to) => range(date_long(t, *from), date_long(t, *to)),
        Part::Month(month) => month_year(t, *month),
        Part::MonthRange(from, to) => range(month_year(t, *from), month_year(t, *to)),
        Part::MonthSet(set) => set.iter().map(|it| month_year(t, *it)).collect::<Vec<_>>().join(", "),
        Part::Quarter(year, quarter) => {
            t.with("term-quarter", &[("quarter", (*quarter).into()), ("year", (*year).into())])
        }
        Part::Year(year) => t.with("term-year", &[("year", (*year).into())]),
        Part::YearRange(from, to) => t.with("term-years", &[("from", (*from).into()), ("to", (*to).into())]),
        Part::AcademicYear(from) => {
            t.with("term-academic-year", &[("from", (*from).into()), ("to", (from + 1).into())])
        }
        Part::Monthly => t.text("term-monthly"),
        Part::Quarterly => t.text("term-quarterly"),
        Part::Yearly(set) if set.is_empty() => t.text("term-yearly"),
        Part::Yearly(set) => t.with("term-yearly-in", &[("months", months(set).into())]),
        Part::YearlyRange(from, to) => {
            t.with("term-yearly-in", &[("months", range(month_name(t, *from), month_name(t, *to)).into())])
        }
        Part::Throughout => t.text("term-throughout"),
        Part::OnDemand(demand) => on_demand(t, *demand),
        Part::RelativeToPlan => t.text("term-relative"),
        Part::Deadline(day) => t.with("term-deadline", &[("date", date_long(t, *day).into())]),
        Part::Since(moment) => t.with("term-since", &[("date", since(t, *moment).into())]),
        Part::Undated => t.text("term-undated"),
    }
}

fn on_demand(t: &Catalog, demand: Demand) -> String {
    match demand {
        Demand::OnRequest => t.text("term-on-request"),
        Demand::AsNeeded => t.text("term-as-needed"),
    }
}

fn since(t: &Catalog, moment: Moment) -> String {
    match moment {
        Moment::Year(year) => t.with("term-since-year", &[("year", year.into())]),
        Moment::Month(month) => {
            let day: Date = month.first_day();
            let name = t.text(&format!("month-{}", day.month()));
            t.with("term-month-year", &[("month", name.into()), ("year", day.year().into())])
        }
        Moment::Day(day) => date_long(t, day),
    }
}

fn month_year(t: &Catalog, month: Month) -> String {
    let name = month_name(t, month.month());
    t.with("term-month-year", &[("month", name.into()), ("year", month.year().into())])
}

fn month_name(t: &Catalog, month: i8) -> String {
    t.text(&format!("month-name-{month}"))
}
