//! «Отменить последнее»: what the last action of this computer was, and the button that puts back what stood before.

use axum::Form;
use axum::extract::Query;
use axum::response::IntoResponse as _;
use maud::{Markup, html};
use serde::Deserialize;
use svod_shared::id::ChangeHash;

use super::error::{Answer, WebError};
use super::form::Fields;
use super::frame::{Page, Section};
use super::parts::{csrf, empty};
use super::visit::{Visit, back_to};
use super::words::history_line;
use crate::store::LastAction;

/// Where to go afterwards.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    back: String,
}

/// The page.
pub(super) async fn page(visit: Visit, Query(asked): Query<Asked>) -> Answer {
    let t = visit.t;
    let last = visit.node.last_action().await?;
    let back = super::visit::own_path(&asked.back).to_owned();
    let content = html! {
        p.crumbs { a href=(back) { "‹ " (t.text("undo-back")) } }
        header.top { div { h1 { (t.text("undo-title")) } } }
        @match &last {
            None => (empty(&t.text("undo-nothing"), &t.text("undo-nothing-text"), None)),
            Some(last) => (shown(&visit, last, &back)),
        }
    };
    Page::new(Section::Plans, t.text("undo-title"), content).respond(&visit).await
}

fn shown(visit: &Visit, last: &LastAction, back: &str) -> Markup {
    let t = visit.t;
    html! {
        div.card.drawer {
            ul.hist { @for line in &last.lines { (history_line(visit, line)) } }
            @if last.may_undo {
                form.pair method="post" action="/undo" {
                    (csrf(visit))
                    input type="hidden" name="change" value=(last.change);
                    input type="hidden" name="back" value=(back);
                    button.btn.main { (t.text("undo-now")) }
                    a.btn href=(back) { (t.text("cancel")) }
                }
                p.hint { (t.text("undo-hint")) }
            } @else {
                p.hint { (t.text("undo-may-not")) }
            }
        }
    }
}

/// Undoes what the page showed.
pub(super) async fn undo(visit: Visit, Form(pairs): Form<Vec<(String, String)>>) -> Answer {
    let fields = Fields::new(pairs)?;
    let change = ChangeHash::from_hex(fields.required("change")?).ok_or(WebError::BadForm)?;
    visit.node.undo(change).await?;
    Ok(back_to(fields.get("back").unwrap_or("/")).into_response())
}
