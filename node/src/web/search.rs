//! Search over everything: plans, sections, items, and what organisations say of their execution.

use axum::extract::Query;
use maud::{Markup, html};
use serde::Deserialize;

use super::error::Answer;
use super::frame::{Page, Section};
use super::visit::Visit;
use crate::domain::stem::places;
use crate::views::{SearchHit, SearchView};

/// What is looked for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    q: String,
}

/// The page.
pub(super) async fn page(visit: Visit, Query(asked): Query<Asked>) -> Answer {
    let t = visit.t;
    let query: String = asked.q.trim().chars().take(QUERY_CHARS_MAX).collect();
    let view = visit.node.search(query).await?;
    let content = html! {
        header.top { div { h1 { (t.text("search-title")) } } }
        form.search-form action="/search" role="search" {
            label.hidden for="q" { (t.text("search-label")) }
            input #q type="search" name="q" value=(view.query) maxlength=(QUERY_CHARS_MAX) autofocus
                placeholder=(t.text("search-placeholder"));
            button.btn.main { (t.text("search-now")) }
        }
        div #found role="status" { (found(&visit, &view)) }
    };
    Page::new(Section::Search, t.text("search-title"), content).respond(&visit).await
}

fn found(visit: &Visit, view: &SearchView) -> Markup {
    let t = visit.t;
    html! {
        @if view.query.is_empty() {
            p.hint { (t.text("search-hint")) }
        } @else if view.hits.is_empty() {
            p.card.calm { (t.with("search-nothing", &[("query", view.query.clone().into())])) }
        } @else {
            p.hint { (t.with("search-found", &[("n", view.hits.len().into())])) " " (t.text("search-keys")) }
            div.card.list data-arrows {
                @for hit in &view.hits { (line(visit, view, hit)) }
            }
            @if view.is_cut { p.hint { (t.text("search-cut")) } }
        }
    }
}

fn line(visit: &Visit, view: &SearchView, hit: &SearchHit) -> Markup {
    let t = visit.t;
    let plan = format!("/plans/{}", hit.plan);
    let (href, kind) = match &hit.row {
        None => (plan, t.text("search-plan")),
        Some(row) if hit.is_section => (format!("{plan}#section-{}", row.0), t.text("search-section")),
        Some(row) => (format!("{plan}/items/{}", row.0), hit.number.clone()),
    };
    let matching: Vec<_> =
        hit.texts.iter().filter(|it| !places(it, &view.wanted).is_empty()).take(TEXTS_SHOWN).collect();
    html! {
        div.row.hit {
            span.sig.st-off { (kind) }
            div {
                a.clamp href=(href) { (marked(&hit.title, &view.wanted)) }
                @for text in matching { small.clamp { (marked(text, &view.wanted)) } }
            }
            div.when { @if hit.row.is_some() { (hit.plan_title) } }
        }
    }
}

/// A text with the found words marked.
fn marked(text: &str, wanted: &[String]) -> Markup {
    let mut from = 0;
    let mut pieces = Vec::new();
    for (start, end) in places(text, wanted) {
        pieces.push((text.get(from..start).unwrap_or_default(), text.get(start..end).unwrap_or_default()));
        from = end;
    }
    html! {
        @for (before, word) in pieces { (before) mark { (word) } }
        (text.get(from..).unwrap_or_default())
    }
}

/// A query is some words.
const QUERY_CHARS_MAX: usize = 200;
/// Fields shown under a title.
const TEXTS_SHOWN: usize = 3;
