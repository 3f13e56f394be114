//! A plan on the scale of months: which item runs when, today's month, and what has no day.

use axum::extract::Path;
use jiff::ToSpan;
use jiff::civil::Date;
use maud::{Markup, html};

use super::error::Answer;
use super::frame::{Page, Section as Nav};
use super::lights;
use super::parts::lamp;
use super::sheet::{Tab, find, head, section_name};
use super::term;
use super::visit::Visit;
use crate::domain::plan::{Item, ItemField, PlanField, Section};
use crate::domain::schedule::{Instance, Window};
use crate::views::PlanView;

/// The widest scale that prints on a lying A4: four years.
const MONTHS_MAX: usize = 48;

/// The page.
pub(super) async fn page(visit: Visit, Path(plan): Path<String>) -> Answer {
    let view = find(&visit, &plan).await?;
    let content = html! {
        (head(&visit, &view, Tab::Scale))
        (scale(&visit, &view))
    };
    Page::new(Nav::Plans, view.plan.text(PlanField::Title).to_owned(), content).respond(&visit).await
}

fn scale(visit: &Visit, view: &PlanView) -> Markup {
    let t = visit.t;
    let months = months(visit, view);
    let years = years(&months);
    let undated: Vec<_> = view.plan.items().filter(|it| instances(visit, view, it).is_empty()).collect();
    html! {
        div.card.scroll {
            table.scale #scale data-live {
                caption.hidden { (t.text("tab-scale")) }
                thead {
                    tr {
                        th.w-number rowspan="2" scope="col" { "№" }
                        th rowspan="2" scope="col" { (t.text("column-title")) }
                        @for (year, count) in years { th.year colspan=(count) scope="colgroup" { (year) } }
                        th.w-light rowspan="2" scope="col" { (t.text("scale-own")) }
                    }
                    tr { @for month in &months {
                        th.month.now[is_now(visit, *month)] scope="col" title=(name(visit, *month)) { (month.month()) }
                    } }
                }
                @for section in &view.plan.sections { (section_rows(visit, view, section, &months)) }
            }
        }
        p.hint { (t.text("scale-hint")) }
        @if !undated.is_empty() {
            h2.part { (t.text("scale-undated")) }
            ul.hist { @for item in undated {
                li { a href={ "/plans/" (view.plan.id) "/items/" (item.row.0) } { (item.text(ItemField::Number)) " " (item.text(ItemField::Title)) }
                    " · " (term::understood(t, &term::of_item(view, item))) }
            } }
        }
    }
}

fn section_rows(visit: &Visit, view: &PlanView, section: &Section, months: &[Date]) -> Markup {
    let me = view.members.iter().find(|it| it.is_me).map(|it| it.no);
    let dated = section.items.iter().map(|it| (it, instances(visit, view, it))).filter(|it| !it.1.is_empty());
    html! {
        tbody {
            tr.sec { th colspan=(months.len() + 3) scope="colgroup" { (section_name(section)) } }
            @for (item, instances) in dated {
                tr {
                    td.num { (item.text(ItemField::Number)) }
                    th scope="row" {
                        a.clamp href={ "/plans/" (view.plan.id) "/items/" (item.row.0) } title=(item.text(ItemField::Title)) { (item.text(ItemField::Title)) }
                    }
                    @for month in months { (cell(visit, &instances, *month)) }
                    td.c { @if let Some(me) = me { (lamp(&lights::lamp(visit, view, item, me))) } }
                }
            }
        }
    }
}

/// A month of an item: a bar where it runs, a full sign where it is due.
fn cell(visit: &Visit, instances: &[Instance], month: Date) -> Markup {
    let (from, to) = (month, month.last_of_month());
    let is_due = instances.iter().any(|it| (from..=to).contains(&it.due));
    let runs = instances.iter().any(|it| it.from <= to && it.due >= from);
    let (sign, key) = match (is_due, runs) {
        (true, _) => ("■", "scale-due"),
        (false, true) => ("▬", "scale-runs"),
        _ => ("", ""),
    };
    html! {
        td.month.now[is_now(visit, month)].due[is_due].runs[runs && !is_due]
            title=[(!key.is_empty()).then(|| format!("{}: {}", name(visit, month), visit.t.text(key)))] { (sign) }
    }
}

/// The occurrences of an item within the plan's period; without one, within this year.
fn instances(visit: &Visit, view: &PlanView, item: &Item) -> Vec<Instance> {
    term::of_item(view, item).instances(Some(window(visit, view)))
}

fn window(visit: &Visit, view: &PlanView) -> Window {
    let year = visit.clock.today().year();
    Window::parse(view.plan.text(PlanField::Period)).unwrap_or_else(|| Window::years(year, year))
}

/// The months from the first to the last that anything of the plan touches.
fn months(visit: &Visit, view: &PlanView) -> Vec<Date> {
    let all: Vec<_> = view.plan.items().flat_map(|it| instances(visit, view, it)).collect();
    let first = all.iter().map(|it| it.from).min().unwrap_or_else(|| visit.clock.today()).first_of_month();
    let last = all.iter().map(|it| it.due).max().unwrap_or(first);
    let month = |it: i32| first.checked_add(it.months()).ok();
    (0..).map_while(month).take_while(|it| *it <= last).take(MONTHS_MAX).collect()
}

/// Each year with how many of its months are shown.
fn years(months: &[Date]) -> Vec<(i16, usize)> {
    let mut years: Vec<(i16, usize)> = Vec::new();
    for month in months {
        match years.last_mut() {
            Some((year, count)) if *year == month.year() => *count += 1,
            _ => years.push((month.year(), 1)),
        }
    }
    years
}

fn is_now(visit: &Visit, month: Date) -> bool {
    visit.clock.today().first_of_month() == month
}

fn name(visit: &Visit, month: Date) -> String {
    format!("{} {}", visit.t.text(&format!("month-name-{}", month.month())), month.year())
}
