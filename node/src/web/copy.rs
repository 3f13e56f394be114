//! «Скопировать на следующий год»: the same plan with its years moved, looked at before it is made.

use axum::Form;
use axum::extract::{Path, Query};
use axum::response::IntoResponse as _;
use maud::{Markup, html};
use serde::Deserialize;

use super::error::{Answer, WebError};
use super::form::Fields;
use super::frame::{Page, Section as Nav};
use super::parts::csrf;
use super::sheet::find;
use super::visit::{Visit, back_to};
use crate::domain::plan::{ItemField, PlanField};
use crate::exchange::form::{Form as Table, FormRow};
use crate::views::PlanView;

/// By how many years.
#[derive(Debug, Default, Deserialize)]
pub(super) struct By {
    #[serde(default)]
    years: Option<i16>,
}

/// The furthest a plan is moved.
const YEARS_MAX: i16 = 10;

/// The page.
pub(super) async fn page(visit: Visit, Path(plan): Path<String>, Query(by): Query<By>) -> Answer {
    let view = find(&visit, &plan).await?;
    let years = by.years.unwrap_or(1).clamp(1, YEARS_MAX);
    show(&visit, &view, years, None).await
}

async fn show(visit: &Visit, view: &PlanView, years: i16, problem: Option<String>) -> Answer {
    let t = visit.t;
    let here = format!("/plans/{}", view.plan.id);
    let (now, moved) = (Table::whole(&view.plan), Table::whole(&view.plan).shifted(years));
    let content = html! {
        p.crumbs { a href=(here) { "‹ " (view.plan.text(PlanField::Title)) } }
        header.top { div { h1 { (t.text("copy-title")) } p.sub { (t.text("copy-sub")) } } }
        @if let Some(problem) = problem { div.problem role="alert" { p { (problem) } } }
        nav.tabs aria-label=(t.text("copy-years")) {
            @for it in 1..=3 {
                a.on[it == years] href={ (here) "/copy?years=" (it) } { (t.with("copy-by", &[("n", it.into())])) }
            }
        }
        form.card.fields.narrow-page method="post" action={ (here) "/copy" } {
            (csrf(visit))
            input type="hidden" name="years" value=(years);
            label.wide { (t.text("plan-field-title")) input name="title" required value=(moved.title); }
            label.wide { (t.text("plan-field-period")) input name="period" value=(moved.period); }
            div.pair.wide { button.btn.main { (t.text("copy-now")) } a.btn href=(here) { (t.text("cancel")) } }
        }
        (differences(visit, &now, &moved))
    };
    Page::new(Nav::Plans, t.text("copy-title"), content).respond(visit).await
}

/// What the copy says otherwise, row by row.
fn differences(visit: &Visit, now: &Table, moved: &Table) -> Markup {
    let t = visit.t;
    let rows = |it: &Table| it.sections.iter().flat_map(|it| it.rows.clone()).collect::<Vec<_>>();
    let pairs: Vec<(FormRow, FormRow)> = rows(now).into_iter().zip(rows(moved)).collect();
    html! {
        h2.part { (t.text("copy-differences")) }
        div.card.scroll { table.sheet-table.copy {
            thead { tr {
                th.w-number scope="col" { "№" } th.w-title scope="col" { (t.text("column-title")) }
                th scope="col" { (t.text("copy-was")) } th scope="col" { (t.text("copy-will-be")) }
            } }
            tbody { @for (was, will) in &pairs {
                tr {
                    td.num { div.cell.still { (will.text(ItemField::Number)) } }
                    td { div.cell.still { (will.text(ItemField::Title)) } }
                    td { div.cell.still { (was.text(ItemField::Term)) } }
                    td { div.cell.still { @if was.text(ItemField::Term) == will.text(ItemField::Term) { span.nothing { (t.text("copy-same")) } } @else { (will.text(ItemField::Term)) } } }
                }
            } }
        } }
    }
}

/// Makes the copy and shows it.
pub(super) async fn make(
    visit: Visit,
    Path(plan): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Answer {
    let fields = Fields::new(pairs)?;
    let view = find(&visit, &plan).await?;
    let years = fields.required("years")?.parse().ok().filter(|it| (1..=YEARS_MAX).contains(it));
    let years = years.ok_or(WebError::BadForm)?;
    let mut copy = Table::whole(&view.plan).shifted(years);
    fields.required("title")?.clone_into(&mut copy.title);
    fields.get("period").unwrap_or_default().clone_into(&mut copy.period);
    if copy.title.is_empty() {
        return Err(WebError::BadForm);
    }
    match visit.node.copy(copy).await? {
        Some(made) => Ok(back_to(&format!("/plans/{made}")).into_response()),
        None => show(&visit, &view, years, Some(visit.t.text("copy-exists"))).await,
    }
}
