//! Changes that stand in the log and not in their documents, and the lead's decision on them.

use axum::Form;
use axum::response::IntoResponse as _;
use maud::{Markup, html};
use svod_shared::id::ChangeHash;
use svod_shared::roster::BASIS_BYTES_MAX;

use super::error::{Answer, WebError};
use super::form::Fields;
use super::parts::{csrf, sign};
use super::visit::{Visit, back_to};
use crate::views::HeldLine;

/// So much of a hash tells one change from another on the telephone.
const SHORT_HASH: usize = 12;

/// Excludes a change.
pub(super) async fn exclude(visit: Visit, Form(pairs): Form<Vec<(String, String)>>) -> Answer {
    let fields = Fields::new(pairs)?;
    let change = ChangeHash::from_hex(fields.required("change")?).ok_or(WebError::BadForm)?;
    let basis = fields.required("basis")?;
    if basis.is_empty() || basis.len() > BASIS_BYTES_MAX {
        return Err(WebError::BadForm);
    }
    visit.node.exclude(change, basis.to_owned()).await?;
    Ok(back_to("/network").into_response())
}

/// The list; nothing where nothing is held.
pub(super) fn list(visit: &Visit, held: &[HeldLine]) -> Markup {
    let t = visit.t;
    html! {
        @if !held.is_empty() {
            section #held data-live {
                h2.part { (t.text("held-title")) }
                div.card.list { @for it in held { (line(visit, it)) } }
                p.hint { (t.text("held-hint")) }
            }
        }
    }
}

fn line(visit: &Visit, it: &HeldLine) -> Markup {
    let t = visit.t;
    let hash: String = it.change.to_string().chars().take(SHORT_HASH).collect();
    let plan = it.plan_title.clone().unwrap_or_else(|| t.text("held-unknown-plan"));
    html! {
        div.row {
            (sign("soon", "◔"))
            div {
                (t.text(&it.why))
                small {
                    @if let Some(author) = &it.author { (author.org_short) ", " (author.node) " · " }
                    @if let Some(org) = &it.sheet_of { (t.with("held-sheet", &[("org", org.clone().into()), ("plan", plan.into())])) }
                    @else { (plan) }
                    " · " (t.with("held-change", &[("hash", hash.into())]))
                }
                @if it.may_exclude { (exclude_form(visit, it)) }
            }
        }
    }
}

fn exclude_form(visit: &Visit, it: &HeldLine) -> Markup {
    let t = visit.t;
    html! {
        details {
            summary { (t.text("held-exclude")) }
            form.fields method="post" action="/network/exclude" {
                (csrf(visit))
                input type="hidden" name="change" value=(it.change);
                label.wide { (t.text("held-basis")) input name="basis" required maxlength="200"; }
                div.wide { button.btn { (t.text("held-exclude-now")) } }
            }
            p.hint { (t.text("held-exclude-hint")) }
        }
    }
}
