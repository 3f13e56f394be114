//! What was recognised in a file: the counters, and the table with every doubt at its cell.

use maud::{Markup, html};

use super::doubts::doubt;
use super::parts::csrf;
use super::visit::Visit;
use crate::exchange::import::{Column, Doubt, ImportedItem, ImportedPlan};

/// Rows that are shown; a plan beyond it is loaded whole all the same, and the page says how many more there are.
const ROWS_SHOWN_MAX: usize = 2_000;

/// The page around it: the two ways on stand above and below the table.
pub(super) fn frame(visit: &Visit, token: &str, shown: &Markup) -> Markup {
    let t = visit.t;
    let ways = html! {
        form.pair method="post" action="/import/load" {
            (csrf(visit))
            input type="hidden" name="token" value=(token);
            button.btn.main { (t.text("import-now")) }
            a.btn href="/import" { (t.text("import-again")) }
        }
    };
    html! {
        p.crumbs { a href="/import" { "‹ " (t.text("import-title")) } }
        header.top {
            div { h1 { (t.text("import-preview")) } p.sub { (t.text("import-sub")) } }
            (ways)
        }
        (shown)
        div.below { (ways) }
    }
}

/// The counters and the table.
pub(super) fn content(visit: &Visit, plan: &ImportedPlan) -> Markup {
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
        p { span.strong { (plan.title) } @if !plan.period.is_empty() { " · " (plan.period) } }
        (table(visit, plan))
        @if !plan.outside.is_empty() {
            details.fold {
                summary { (t.with("import-outside", &[("n", plan.outside.len().into())])) }
                ul.hist { @for text in &plan.outside { li { (text) } } }
            }
        }
    }
}

fn table(visit: &Visit, plan: &ImportedPlan) -> Markup {
    let t = visit.t;
    let all = plan.items().count();
    let mut left = ROWS_SHOWN_MAX;
    html! {
        div.card.scroll { table.sheet-table.preview {
            thead { tr { @for column in Column::ALL { th scope="col" { (t.text(&format!("column-{}", key(column)))) } } } }
            @for section in &plan.sections {
                tbody {
                    tr.sec { th colspan="5" scope="colgroup" {
                        @if section.title.is_empty() { (t.text("section-untitled")) }
                        @else { (section.number) ". " (section.title) }
                    } }
                    @for item in section.items.iter().take(left) { (row(visit, plan, item)) }
                }
                @let () = { left = left.saturating_sub(section.items.len()); };
            }
        } }
        @if all > ROWS_SHOWN_MAX { p.hint { (t.with("and-more", &[("n", (all - ROWS_SHOWN_MAX).into())])) } }
    }
}

fn row(visit: &Visit, plan: &ImportedPlan, item: &ImportedItem) -> Markup {
    let doubts: Vec<&Doubt> = plan.doubts.iter().filter(|it| it.place == item.place).collect();
    html! {
        tr {
            @for column in Column::ALL {
                // A doubt about the whole row stands at its title.
                @let here: Vec<_> = doubts.iter().filter(|it| it.column.unwrap_or(Column::Title) == column).collect();
                td.num[column == Column::Number].doubtful[!here.is_empty()] {
                    div.cell.still { @if item.text(column).is_empty() { span.nothing { (visit.t.text("cell-empty")) } } @else { (item.text(column)) } }
                    @for it in here { span.doubt { "? " (doubt(visit.t, &it.kind)) } }
                }
            }
        }
    }
}

fn key(column: Column) -> &'static str {
    match column {
        Column::Number => "number",
        Column::Title => "title",
        Column::Term => "term",
        Column::Audience => "audience",
        Column::Responsible => "responsible",
    }
}
