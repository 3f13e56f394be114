//! «Дорожные карты»: the list.

use maud::{Markup, html};

use super::error::Answer;
use super::frame::{Page, Section};
use super::parts::empty;
use super::visit::Visit;
use crate::views::PlanSummary;

/// The page.
pub(super) async fn page(visit: Visit) -> Answer {
    let plans = visit.node.plans().await?;
    let title = visit.t.text("nav-plans");
    Page::new(Section::Plans, title, content(&visit, &plans)).respond(&visit).await
}

fn content(visit: &Visit, plans: &[PlanSummary]) -> Markup {
    let t = visit.t;
    html! {
        header.top {
            div { h1 { (t.text("nav-plans")) } p.sub { (t.text("plans-sub")) } }
            div.acts { a.btn.main href="/import" { (t.text("plans-import")) } }
        }
        section #plans data-live {
            @if plans.is_empty() {
                (empty(&t.text("plans-empty"), &t.text("plans-empty-text"), None))
            } @else {
                div.card.scroll { table {
                    thead { tr {
                        th scope="col" { (t.text("plans-title")) }
                        th scope="col" { (t.text("plan-field-period")) }
                        th.n scope="col" { (t.text("plans-sections")) }
                        th.n scope="col" { (t.text("plans-items")) }
                        th.n scope="col" { (t.text("nav-divergences")) }
                    } }
                    tbody { @for plan in plans { (line(plan)) } }
                } }
            }
        }
    }
}

fn line(plan: &PlanSummary) -> Markup {
    html! {
        tr {
            th scope="row" { a.strong href={ "/plans/" (plan.id) } { (plan.title) } }
            td { (plan.period) }
            td.n { (plan.sections) }
            td.n { (plan.items) }
            td.n {
                @if plan.divergences > 0 { a.fork href="/divergences" { "≠ " (plan.divergences) } } @else { "—" }
            }
        }
    }
}
