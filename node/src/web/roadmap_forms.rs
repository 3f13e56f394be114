//! What is done to a plan as a whole: its title and period, and a new item.

use axum::Form;
use axum::extract::{Path, Query};
use axum::response::IntoResponse as _;
use maud::{Markup, html};
use serde::Deserialize;

use super::conflict::{Saved, outcome};
use super::error::{Answer, WebError};
use super::form::{Fields, seen};
use super::frame::{Page, Section as Nav};
use super::item_forms::{section_box, text_boxes};
use super::parts::{csrf, plan_field};
use super::place::{doc_of, row_of};
use super::sheet::find;
use super::visit::{Visit, back_to};
use crate::domain::form::FormKind;
use crate::domain::plan::{ItemField, Plan, PlanField};
use crate::i18n::Catalog;
use crate::views::{Place, PlanView};

type Pairs = Form<Vec<(String, String)>>;

/// The form of the plan's own fields.
pub(super) async fn edit_page(visit: Visit, Path(plan): Path<String>) -> Answer {
    let t = visit.t;
    let view = find(&visit, &plan).await?;
    let here = format!("/plans/{}", view.plan.id);
    let content = html! {
        (crumb(&view))
        header.top { div { h1 { (t.text("plan-rename")) } } }
        form.card.fields.narrow-page method="post" action=(here) {
            (csrf(&visit))
            @for field in PlanField::ALL {
                label.wide { (plan_field(t, field))
                    (own_field(&visit, &view.plan, field))
                    (seen(field.key(), view.plan.field(field)))
                }
            }
            div.pair.wide { button.btn.main { (t.text("save")) } a.btn href=(here) { (t.text("cancel")) } }
        }
    };
    Page::new(Nav::Plans, t.text("plan-rename"), content).respond(&visit).await
}

fn own_field(visit: &Visit, plan: &Plan, field: PlanField) -> Markup {
    let text = plan.text(field);
    html! {
        @match field {
            PlanField::Title | PlanField::Period => {
                input name=(field.key()) value=(text) required[field == PlanField::Title];
            }
            PlanField::Approval => {
                textarea name=(field.key()) rows="3" { (text) }
                span.hint { (visit.t.text("plan-approval-hint")) }
            }
            PlanField::Form => {
                select name=(field.key()) {
                    // What was never said stays unsaid until somebody chooses.
                    @if FormKind::of_key(text).is_none() { option value=(text) selected { (form_name(visit.t, FormKind::default())) } }
                    @for kind in FormKind::ALL {
                        @if FormKind::of_key(text).is_some() || kind != FormKind::default() {
                            option value=(kind.key()) selected[text == kind.key()] { (form_name(visit.t, kind)) }
                        }
                    }
                }
            }
        }
    }
}

/// «форма C: содержание, форма, адресат, дата, исполнители»
pub(super) fn form_name(t: &Catalog, kind: FormKind) -> String {
    t.text(&format!("form-{}", kind.key()))
}

/// Writes what was changed.
pub(super) async fn save(visit: Visit, Path(plan): Path<String>, Form(pairs): Pairs) -> Answer {
    let plan = doc_of(&plan).ok_or(WebError::NotFound)?;
    let edits = Fields::new(pairs)?.edits(&PlanField::ALL, PlanField::key);
    let edited = visit.node.edit_plan(plan, edits).await?;
    let here = format!("/plans/{plan}");
    let place = |key: &str| PlanField::of_key(key).map(Place::Plan);
    outcome(&visit, edited, Saved { action: &here, back: &here }, place).await
}

/// Which section the new item shall stand in.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Where {
    #[serde(default)]
    section: String,
}

/// The form of a new item.
pub(super) async fn add_page(visit: Visit, Path(plan): Path<String>, Query(chosen): Query<Where>) -> Answer {
    let t = visit.t;
    let view = find(&visit, &plan).await?;
    let here = format!("/plans/{}", view.plan.id);
    let content = html! {
        (crumb(&view))
        header.top { div { h1 { (t.text("item-add")) } p.sub { (t.text("item-add-sub")) } } }
        form.card.fields.narrow-page method="post" action={ (here) "/add" } {
            (csrf(&visit))
            (section_box(&visit, &view.plan, None, &chosen.section))
            (text_boxes(&visit, &view.plan, None))
            div.pair.wide { button.btn.main { (t.text("item-add-now")) } a.btn href=(here) { (t.text("cancel")) } }
        }
    };
    Page::new(Nav::Plans, t.text("item-add"), content).respond(&visit).await
}

/// Adds the item and shows it in its table.
pub(super) async fn add(visit: Visit, Path(plan): Path<String>, Form(pairs): Pairs) -> Answer {
    let plan = doc_of(&plan).ok_or(WebError::NotFound)?;
    let fields = Fields::new(pairs)?;
    let section = row_of(fields.required("section")?).ok_or(WebError::BadForm)?;
    if fields.required(ItemField::Title.key())?.is_empty() {
        return Err(WebError::BadForm);
    }
    let typed = ItemField::TYPED.into_iter().filter_map(|it| Some((it, fields.get(it.key())?.to_owned())));
    let typed = typed.filter(|(_, value)| !value.is_empty()).collect();
    let row = visit.node.add_item(plan, section, typed).await?;
    Ok(back_to(&format!("/plans/{plan}#row-{}", row.0)).into_response())
}

fn crumb(view: &PlanView) -> Markup {
    html! { p.crumbs { a href={ "/plans/" (view.plan.id) } { "‹ " (view.plan.text(PlanField::Title)) } } }
}
