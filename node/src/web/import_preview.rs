//! What was recognised in a file: of each plan the counters, and the table with every doubt at its cell, with a box to
//! agree where it proposes something. The boxes belong to the form that loads.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::doubts::{agree, doubt};
use super::import::{agree_name, take_name};
use super::parts::csrf;
use super::roadmap_forms::form_name;
use super::sheet::column_head;
use super::term;
use super::visit::Visit;
use crate::domain::plan::ItemField;
use crate::domain::schedule::{Schedule, Window};
use crate::exchange::import::{Doubt, ImportedItem, ImportedPlan};
use crate::exchange::table::Place;

/// Rows that are shown; a plan beyond it is loaded whole all the same, and the page says how many more there are.
const ROWS_SHOWN_MAX: usize = 2_000;

/// The page around it: the two ways on stand above and below the table.
pub(super) fn frame(visit: &Visit, token: &str, shown: &Markup) -> Markup {
    let t = visit.t;
    html! {
        p.crumbs { a href="/import" { "‹ " (t.text("import-title")) } }
        header.top {
            div { h1 { (t.text("import-preview")) } p.sub { (t.text("import-preview-sub")) } }
            form.pair #load method="post" action="/import/load" {
                (csrf(visit))
                input type="hidden" name="token" value=(token);
                button.btn.main { (t.text("import-now")) }
                a.btn href="/import" { (t.text("import-again")) }
            }
        }
        (shown)
        p.pair.below {
            button.btn.main form="load" { (t.text("import-now")) }
            a.btn href="/import" { (t.text("import-again")) }
        }
    }
}

/// The plans of a file.
pub(super) fn content(visit: &Visit, plans: &[ImportedPlan]) -> Markup {
    html! {
        @if plans.len() > 1 { p.problem { (visit.t.with("import-several", &[("n", plans.len().into())])) } }
        @for (index, plan) in plans.iter().enumerate() {
            @if plans.len() > 1 {
                h2.part { label {
                    input type="checkbox" form="load" name=(take_name(index)) value="1" checked;
                    " " (plan.title)
                } }
            }
            (one(visit, index, plan))
        }
    }
}

/// The counters and the table of one plan.
fn one(visit: &Visit, index: usize, plan: &ImportedPlan) -> Markup {
    let t = visit.t;
    let counts = plan.counts;
    let counters = [
        ("import-rows", counts.recognised + counts.doubtful, false),
        ("import-sections", plan.sections.len(), false),
        ("import-doubtful", counts.doubtful, counts.doubtful > 0),
        ("import-lost", counts.lost, counts.lost > 0),
    ];
    html! {
        ul.counters {
            @for (key, count, warn) in counters { li.warn[warn] { b { (count) } (t.text(key)) } }
        }
        p {
            span.strong { (plan.title) } @if !plan.period.is_empty() { " · " (plan.period) }
            " · " (form_name(t, plan.kind))
        }
        @if !plan.approval.is_empty() { p.hint { (t.text("plan-field-approval")) ": " (plan.approval) } }
        (table(&Shown { visit, index, plan, window: Window::parse(&plan.period), doubts: by_place(plan) }))
        @if !plan.outside.is_empty() {
            details.fold {
                summary { (t.with("import-outside", &[("n", plan.outside.len().into())])) }
                ul.hist { @for text in &plan.outside { li { (text) } } }
            }
        }
    }
}

/// A plan with what its rows are shown by.
struct Shown<'a> {
    visit: &'a Visit,
    index: usize,
    plan: &'a ImportedPlan,
    window: Option<Window>,
    doubts: BTreeMap<Place, Vec<(usize, &'a Doubt)>>,
}

/// The doubts of each row with their numbers.
fn by_place(plan: &ImportedPlan) -> BTreeMap<Place, Vec<(usize, &Doubt)>> {
    let mut places: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (number, doubt) in plan.doubts.iter().enumerate() {
        places.entry(doubt.place).or_default().push((number, doubt));
    }
    places
}

fn table(shown: &Shown<'_>) -> Markup {
    let (t, plan) = (shown.visit.t, shown.plan);
    let columns = plan.kind.columns();
    let all = plan.items().count();
    let mut left = ROWS_SHOWN_MAX;
    html! {
        div.card.scroll { table class={ "sheet-table preview form-" (plan.kind.key()) } {
            thead { tr { @for column in columns { (column_head(shown.visit, *column)) } } }
            @for section in &plan.sections {
                tbody {
                    tr.sec { th colspan=(columns.len()) scope="colgroup" {
                        @if section.title.is_empty() { (t.text("section-untitled")) }
                        @else if section.number.is_empty() { (section.title) }
                        @else { (section.number) ". " (section.title) }
                    } }
                    @for item in section.items.iter().take(left) { (row(shown, item)) }
                }
                @let () = { left = left.saturating_sub(section.items.len()); };
            }
        } }
        @if all > ROWS_SHOWN_MAX { p.hint { (t.with("and-more", &[("n", (all - ROWS_SHOWN_MAX).into())])) } }
    }
}

fn row(shown: &Shown<'_>, item: &ImportedItem) -> Markup {
    let columns = shown.plan.kind.columns();
    let doubts = shown.doubts.get(&item.place).map(Vec::as_slice).unwrap_or_default();
    // A doubt about the whole row, or about a field that this form does not print, stands at its title.
    let stands_at = |it: &Doubt| it.column.filter(|it| columns.contains(it)).unwrap_or(ItemField::Title);
    html! {
        tr {
            @for column in columns {
                @let here: Vec<_> = doubts.iter().filter(|(_, it)| stands_at(it) == *column).collect();
                td.num[*column == ItemField::Number].doubtful[!here.is_empty()] {
                    div.cell.still { @if item.text(*column).is_empty() { span.nothing { (shown.visit.t.text("cell-empty")) } } @else { (item.text(*column)) } }
                    @if *column == ItemField::Term { (understood(shown, item)) }
                    @for (number, it) in here { (doubt_line(shown, *number, it)) }
                }
            }
        }
    }
}

/// «Что я понял» under a term that says something.
fn understood(shown: &Shown<'_>, item: &ImportedItem) -> Markup {
    let term = item.text(ItemField::Term);
    let schedule = Schedule::of_item(term, item.text(ItemField::Title), shown.window);
    html! { @if !term.is_empty() { span.hint.read { "= " (term::understood(shown.visit.t, &schedule)) } } }
}

fn doubt_line(shown: &Shown<'_>, number: usize, it: &Doubt) -> Markup {
    let t = shown.visit.t;
    html! {
        span.doubt {
            "? " (doubt(t, &it.kind))
            @if let Some(proposal) = agree(t, &it.kind) {
                label.agree {
                    input type="checkbox" form="load" name=(agree_name(shown.index, number)) value="1";
                    " " (proposal)
                }
            }
        }
    }
}
