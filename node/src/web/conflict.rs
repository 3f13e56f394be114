//! A field that moved while its form was open: what stands there now beside what was typed, and two ways on.

use axum::http::StatusCode;
use maud::{Markup, html};

use super::error::Answer;
use super::form::seen;
use super::frame::{Page, Section};
use super::parts::{csrf, place_name, value_words};
use super::visit::{Visit, back_to};
use crate::requests::{EditConflict, Edited};
use crate::views::Place;
use axum::response::IntoResponse as _;

/// Where the form went and where it leads.
pub(super) struct Saved<'a> {
    /// The form's own address.
    pub(super) action: &'a str,
    /// The page to lead back to.
    pub(super) back: &'a str,
}

/// Leads back if everything was written; else shows both values and asks.
pub(super) async fn outcome(
    visit: &Visit,
    edited: Edited,
    saved: Saved<'_>,
    place: impl Fn(&str) -> Option<Place>,
) -> Answer {
    let conflicts = match edited {
        Edited::Saved => return Ok(back_to(saved.back).into_response()),
        Edited::Conflict(conflicts) => conflicts,
    };
    let t = visit.t;
    let content = html! {
        header.top { div { h1 { (t.text("conflict-title")) } p.sub { (t.text("conflict-sub")) } } }
        section.narrow-page #conflict role="alert" {
            @for it in &conflicts {
                @if let Some(place) = place(&it.field) { (question(visit, it, &place, &saved)) }
            }
        }
    };
    let page =
        Page { status: StatusCode::CONFLICT, ..Page::new(Section::Plans, t.text("conflict-title"), content) };
    page.respond(visit).await
}

fn question(visit: &Visit, it: &EditConflict, place: &Place, saved: &Saved<'_>) -> Markup {
    let t = visit.t;
    html! {
        div.two {
            h3 { (place_name(t, place)) }
            div.opt {
                div { p.hint { (t.text("conflict-now")) }
                    @for variant in it.now.variants() { div.value { (value_words(t, place, &variant.value)) } }
                    @if it.now.shown.is_none() { div.value { (t.text("value-empty")) } }
                }
                a.btn href=(saved.back) { (t.text("conflict-keep")) }
            }
            div.opt {
                div { p.hint { (t.text("conflict-typed")) } div.value { (value_words(t, place, &it.typed)) } }
                form method="post" action=(saved.action) {
                    (csrf(visit))
                    input type="hidden" name="back" value=(saved.back);
                    input type="hidden" name=(it.field) value=(it.typed);
                    (seen(&it.field, &it.now))
                    button.btn.main { (t.text("conflict-write")) }
                }
            }
        }
    }
}
