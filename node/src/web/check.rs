//! «Проверка»: what a careful reader would ask about a plan, each question at its item, and the answer «так и надо» with
//! a reason. Nothing in the plan is changed by it.

use axum::Form;
use axum::extract::Path;
use axum::response::IntoResponse as _;
use maud::{Markup, html};
use svod_shared::id::DocId;

use super::conflict::{Saved, outcome};
use super::error::{Answer, WebError};
use super::form::Fields;
use super::frame::{Page, Section as Nav};
use super::parts::{csrf, empty, item_field, item_name, sign};
use super::place::{doc_of, row_of};
use super::sheet::{Tab, find, head};
use super::visit::Visit;
use crate::domain::lint::{Finding, LintKind, lint, with_acceptance, without_acceptance};
use crate::domain::plan::{ItemField, Plan, PlanField, RowId};
use crate::i18n::Catalog;
use crate::requests::Edit;
use crate::views::Place;

/// The page.
pub(super) async fn page(visit: Visit, Path(plan): Path<String>) -> Answer {
    let t = visit.t;
    let view = find(&visit, &plan).await?;
    let findings = findings(&visit, &view.plan).await?;
    let (accepted, open): (Vec<_>, Vec<_>) = findings.iter().partition(|it| it.accepted.is_some());
    let content = html! {
        (head(&visit, &view, Tab::Check))
        div #check data-live {
            @if open.is_empty() {
                (empty(&t.text("check-nothing"), &t.text("check-nothing-text"), None))
            } @else {
                p.hint { (t.with("check-sub", &[("n", open.len().into())])) }
                div.card.list { @for it in &open { (question(&visit, &view.plan, it)) } }
            }
            @if !accepted.is_empty() {
                details.fold {
                    summary { (t.with("check-accepted", &[("n", accepted.len().into())])) }
                    div.card.list { @for it in &accepted { (question(&visit, &view.plan, it)) } }
                }
            }
        }
    };
    Page::new(Nav::Plans, view.plan.text(PlanField::Title).to_owned(), content).respond(&visit).await
}

/// Notes that a question is answered with «так и надо».
pub(super) async fn accept(
    visit: Visit,
    Path((plan, row)): Path<(String, String)>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Answer {
    let fields = Fields::new(pairs)?;
    let reason = fields.required("reason")?.to_owned();
    if reason.is_empty() || reason.chars().count() > REASON_CHARS_MAX {
        return Err(WebError::BadForm);
    }
    write(visit, &plan, &row, &fields, |text, finding| with_acceptance(text, finding, &reason)).await
}

/// Asks a question again.
pub(super) async fn ask_again(
    visit: Visit,
    Path((plan, row)): Path<(String, String)>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Answer {
    let fields = Fields::new(pairs)?;
    write(visit, &plan, &row, &fields, without_acceptance).await
}

/// Changes what is accepted of an item by the question that the form names. A question that is gone has been answered
/// by an edit meanwhile.
async fn write(
    visit: Visit,
    plan: &str,
    row: &str,
    fields: &Fields,
    changed: impl Fn(&str, &Finding) -> String,
) -> Answer {
    let (doc, row) = target(plan, row)?;
    let view = find(&visit, plan).await?;
    let here = format!("/plans/{doc}/check");
    let (kind, print) = (LintKind::of_key(fields.required("kind")?), fields.required("print")?);
    let found = findings(&visit, &view.plan).await?;
    let found = found.iter().find(|it| it.row == row && Some(it.kind) == kind && it.print() == print);
    let (Some(finding), Some(item)) = (found, view.plan.item(&row)) else {
        return Ok(super::visit::back_to(&here).into_response());
    };
    let field = item.field(ItemField::Accepted);
    let edit = Edit { field: ItemField::Accepted, value: changed(field.text(), finding), seen: field.ops() };
    let edited = visit.node.edit_item(doc, row.clone(), vec![edit]).await?;
    let place = |key: &str| Some(Place::Item(row.clone(), ItemField::of_key(key)?));
    outcome(&visit, edited, Saved { action: &here, back: &here }, place).await
}

async fn findings(visit: &Visit, plan: &Plan) -> Result<Vec<Finding>, WebError> {
    let mut others = Vec::new();
    for summary in visit.node.plans().await?.into_iter().filter(|it| it.id != plan.id).take(PLANS_MAX) {
        others.extend(visit.node.plan(summary.id).await?.map(|it| it.plan));
    }
    Ok(lint(plan, &others))
}

fn question(visit: &Visit, plan: &Plan, it: &Finding) -> Markup {
    let t = visit.t;
    let item = plan.item(&it.row);
    let text = |field| item.map_or("", |it| it.text(field));
    let address = format!("/plans/{}/items/{}", plan.id, it.row.0);
    let name = item_name(t, text(ItemField::Number), text(ItemField::Title));
    html! {
        div.row.question {
            (sign(if it.accepted.is_some() { "ok" } else { "soon" }, if it.accepted.is_some() { "✓" } else { "?" }))
            div {
                a href=(address) { (name) } " · " (item_field(t, it.field)) ": " (sentence(t, it))
                @if text(ItemField::Number).is_empty() { } @else { small.clamp.one { (text(ItemField::Title)) } }
                @if let Some(reason) = &it.accepted { small { (t.with("check-because", &[("reason", reason.clone().into())])) } }
            }
            (answer(visit, plan.id, it, &address))
        }
    }
}

fn answer(visit: &Visit, _plan: DocId, it: &Finding, address: &str) -> Markup {
    let t = visit.t;
    let hidden = html! {
        (csrf(visit))
        input type="hidden" name="kind" value=(it.kind.key());
        input type="hidden" name="print" value=(it.print());
    };
    html! {
        @if it.accepted.is_some() {
            form method="post" action={ (address) "/ask-again" } { (hidden) button.btn { (t.text("check-again")) } }
        } @else {
            div.acts-line {
                a.btn href={ (address) "/edit#field-" (it.field.key()) } { (t.text("item-edit")) }
                details.own {
                    summary { (t.text("check-accept")) }
                    form method="post" action={ (address) "/accept" } {
                        (hidden)
                        label { (t.text("check-reason")) input name="reason" required maxlength="300"; }
                        button.btn { (t.text("check-accept-now")) }
                    }
                }
            }
        }
    }
}

/// A question in words.
pub(super) fn sentence(t: &Catalog, it: &Finding) -> String {
    let is_month = matches!(it.kind, LintKind::RepeatedMonth | LintKind::MonthsOutOfOrder);
    let said = |text: &str| if is_month { month(t, text) } else { text.to_owned() };
    let args = [("found", said(&it.found).into()), ("other", said(&it.other).into())];
    let bare = it.kind == LintKind::RepeatedMonth && it.other.is_empty();
    t.with(&format!("lint-{}{}", it.kind.key(), if bare { "-bare" } else { "" }), &args)
}

/// «июнь 2023» for «2023-06».
fn month(t: &Catalog, text: &str) -> String {
    match text.split_once('-') {
        Some((year, month)) => {
            let name = t.text(&format!("month-name-{}", month.trim_start_matches('0')));
            format!("{name} {year}")
        }
        None => text.to_owned(),
    }
}

fn target(plan: &str, row: &str) -> Result<(DocId, RowId), WebError> {
    Ok((doc_of(plan).ok_or(WebError::NotFound)?, row_of(row).ok_or(WebError::NotFound)?))
}

/// A reason is a sentence.
const REASON_CHARS_MAX: usize = 300;
/// Plans that events are compared with.
const PLANS_MAX: usize = 40;
