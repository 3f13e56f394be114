//! «Расхождения»: values that were written without seeing each other, and deletions that met an edit.

use axum::Form;
use axum::response::IntoResponse as _;
use maud::{Markup, html};

use super::error::{Answer, WebError};
use super::form::Fields;
use super::frame::{Page, Section};
use super::item::contested_buttons;
use super::parts::{author, empty, item_name};
use super::place::{doc_of, of_text};
use super::variants::{Fork, variants_box};
use super::visit::{Visit, back_to};
use crate::domain::plan::RowId;
use crate::views::{Divergence, Place};

/// The page.
pub(super) async fn page(visit: Visit) -> Answer {
    let t = visit.t;
    let (mine, theirs): (Vec<_>, Vec<_>) =
        visit.node.divergences().await?.into_iter().partition(|it| it.may_settle);
    let content = html! {
        header.top { div { h1 { (t.text("nav-divergences")) } p.sub { (t.text("divergences-sub")) } } }
        div #divergences data-live {
            @if mine.is_empty() && theirs.is_empty() {
                (empty(&t.text("divergences-empty"), &t.text("divergences-empty-text"), None))
            }
            @for it in &mine { (card(&visit, it)) }
            @if !theirs.is_empty() {
                h2.part { (t.text("divergences-theirs")) }
                @for it in &theirs { (card(&visit, it)) }
            }
        }
    };
    Page::new(Section::Divergences, t.text("nav-divergences"), content).respond(&visit).await
}

fn card(visit: &Visit, it: &Divergence) -> Markup {
    html! {
        article.card.divergence {
            div.about {
                h2.card-title {
                    @if let Some(row) = row_of(&it.place) {
                        a href={ "/plans/" (it.plan) "/items/" (row.0) } { (it.number) " " (it.title) }
                    } @else { (it.title) }
                }
                p.hint { a href={ "/plans/" (it.plan) } { (it.plan_title) } }
            }
            @match &it.place {
                Place::Row(row) => (deletion(visit, it, row)),
                place => (variants_box(visit, &fork(it, place))),
            }
        }
    }
}

fn fork<'a>(it: &'a Divergence, place: &Place) -> Fork<'a> {
    Fork {
        plan: it.plan,
        place: place.clone(),
        variants: it.variants.iter().map(|(variant, by)| (variant, Some(by))).collect(),
        may_settle: it.may_settle,
    }
}

/// «Пункт удалён …, но … дополнил — пункт оставлен; решите»
fn deletion(visit: &Visit, it: &Divergence, row: &RowId) -> Markup {
    let t = visit.t;
    let item = item_name(t, &it.number, &it.title);
    let reason = it.variants.first().map_or("", |(mark, _)| mark.value.as_str());
    html! {
        div.two {
            h3 { (t.with("contested-item", &[("item", item.into())])) }
            @for (mark, by) in &it.variants {
                p { (t.with("contested-deleted", &[("who", author(visit, by).into()), ("reason", mark.value.clone().into())])) }
            }
            @for by in &it.editors { p { (t.with("contested-edited", &[("who", author(visit, by).into())])) } }
            p.hint { (t.text("contested-why")) }
            @if it.may_settle { (contested_buttons(visit, it.plan, row, reason)) }
        }
    }
}

fn row_of(place: &Place) -> Option<&RowId> {
    match place {
        Place::Plan(_) => None,
        Place::Item(row, _) | Place::Row(row) | Place::Execution(_, row, _) => Some(row),
    }
}

/// Writes the chosen value; the other author sees it come.
pub(super) async fn settle(visit: Visit, Form(pairs): Form<Vec<(String, String)>>) -> Answer {
    let fields = Fields::new(pairs)?;
    let plan = doc_of(fields.required("plan")?).ok_or(WebError::BadForm)?;
    let place = of_text(fields.required("place")?).ok_or(WebError::BadForm)?;
    if matches!(place, Place::Row(_)) {
        // A row is kept or deleted by its own routes: a value means nothing there.
        return Err(WebError::BadForm);
    }
    visit.node.settle(plan, place, fields.exact("value")?.to_owned()).await?;
    Ok(back_to(fields.get("back").unwrap_or("/divergences")).into_response())
}
