//! «Лист контроля на неделю»: what is overdue and due within a week for this organisation, on one sheet of A4 with room
//! for a mark by hand.

use jiff::ToSpan;
use maud::{Markup, html};

use super::error::Answer;
use super::frame::{Page, Section};
use super::lights::{Duty, duties};
use super::parts::empty;
use super::visit::Visit;
use crate::domain::plan::{ItemField, PlanField};
use crate::views::PlanView;

/// Rows of one upright sheet, each two lines high; the sheet says how many more there are.
const ROWS_MAX: usize = 24;

/// The page.
pub(super) async fn page(visit: Visit) -> Answer {
    let t = visit.t;
    let mut plans = Vec::new();
    for summary in visit.node.plans().await? {
        plans.extend(visit.node.plan(summary.id).await?);
    }
    let content = html! {
        p.crumbs { a href="/" { "‹ " (t.text("nav-today")) } }
        header.top.screen {
            div { h1 { (t.text("week-title")) } p.sub { (t.text("week-sub")) } }
            div.acts { button.btn.main type="button" data-print hidden { (t.text("print")) } }
        }
        (sheet(&visit, &plans))
    };
    Page::new(Section::Today, t.text("week-title"), content).respond(&visit).await
}

fn sheet(visit: &Visit, plans: &[PlanView]) -> Markup {
    let t = visit.t;
    let today = visit.clock.today();
    let until = today.checked_add(7.days()).unwrap_or(today);
    let mut due: Vec<(&PlanView, Duty<'_>)> =
        plans.iter().flat_map(|plan| duties(visit, plan).into_iter().map(move |it| (plan, it))).collect();
    due.retain(|(_, it)| it.due.is_some_and(|due| it.is_late || due <= until));
    due.sort_by_key(|(_, it)| it.due);
    let me = plans.first().and_then(|it| it.members.iter().find(|it| it.is_me)).map(|it| it.name.clone());
    let dates = [("from", visit.clock.date(t, today).into()), ("to", visit.clock.date(t, until).into())];
    html! {
        @if due.is_empty() {
            (empty(&t.text("week-nothing"), &t.text("week-nothing-text"), None))
        } @else {
            article.paper.week {
                h2 { (t.with("week-heading", &dates)) }
                @if let Some(me) = me { p.by-whom { (me) } }
                table.printed {
                    thead { tr {
                        th.w-number scope="col" { "№" }
                        th scope="col" { (t.text("column-title")) }
                        th.w-term scope="col" { (t.text("column-term")) }
                        th.w-who scope="col" { (t.text("column-responsible")) }
                        th.w-mark scope="col" { (t.text("week-mark")) }
                    } }
                    tbody { @for (plan, it) in due.iter().take(ROWS_MAX) { (row(visit, plan, it)) } }
                }
                @if due.len() > ROWS_MAX { p { (t.with("and-more", &[("n", (due.len() - ROWS_MAX).into())])) } }
            }
        }
    }
}

fn row(visit: &Visit, plan: &PlanView, it: &Duty<'_>) -> Markup {
    let t = visit.t;
    let said = it.due.map(|due| {
        let key = if it.is_late { "due-was" } else { "due-by" };
        t.with(key, &[("date", visit.clock.date(t, due).into())])
    });
    html! {
        tr {
            td { (it.item.text(ItemField::Number)) }
            td { (it.item.text(ItemField::Title)) br; small { (plan.plan.text(PlanField::Title)) } }
            td { (it.lamp.sign) " " (said.unwrap_or_default()) }
            td { (it.item.text(ItemField::Responsible)) }
            td {}
        }
    }
}
