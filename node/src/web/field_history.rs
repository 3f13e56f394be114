//! The history of one field: who, of which organisation, when, what stood before, what after, and under whose signature.

use axum::extract::Path;
use maud::{Markup, html};

use super::error::{Answer, WebError};
use super::frame::{Page, Section};
use super::item::load;
use super::parts::{empty, item_field, item_name, seal, value_words, who};
use super::place::row_of;
use super::sheet::find;
use super::visit::Visit;
use crate::domain::plan::{ItemField, RowId};
use crate::views::{ChangeLine, Place, What};

/// The page.
pub(super) async fn page(visit: Visit, Path((plan, row, field)): Path<(String, String, String)>) -> Answer {
    let t = visit.t;
    let view = find(&visit, &plan).await?;
    let row = row_of(&row).ok_or(WebError::NotFound)?;
    let field = ItemField::of_key(&field).ok_or(WebError::NotFound)?;
    let card = load(&visit, view.plan.id, row).await?;
    let item = &card.item;
    let name = item_name(t, item.text(ItemField::Number), item.text(ItemField::Title));
    let lines: Vec<_> = card.history.iter().filter(|it| is_about(it, &item.row, field)).collect();
    let title = t.with("field-history-title", &[("field", item_field(t, field).into())]);
    let content = html! {
        p.crumbs { a href={ "/plans/" (view.plan.id) "/items/" (item.row.0) } { "‹ " (name) } }
        header.top { div { h1 { (title) } p.sub { (item.text(ItemField::Title)) } } }
        div #history data-live {
            @if lines.is_empty() {
                (empty(&t.text("field-history-none"), &t.text("field-history-none-text"), None))
            } @else {
                (table(&visit, &lines))
            }
        }
    };
    Page::new(Section::Plans, title, content).respond(&visit).await
}

fn is_about(line: &ChangeLine, row: &RowId, field: ItemField) -> bool {
    matches!(&line.what, What::Field { place: Place::Item(of, it), .. } if of == row && *it == field)
}

fn table(visit: &Visit, lines: &[&ChangeLine]) -> Markup {
    let t = visit.t;
    html! {
        div.card.scroll { table.sheet-table.history {
            thead { tr {
                @for key in ["when", "who", "was", "now", "signature"] { th scope="col" { (t.text(&format!("field-history-{key}"))) } }
            } }
            tbody { @for line in lines { (row(visit, line)) } }
        } }
    }
}

fn row(visit: &Visit, line: &ChangeLine) -> Markup {
    let t = visit.t;
    let What::Field { place, old, new, diverged, settled } = &line.what else { return html! {} };
    let cell = |text: Markup| html! { td { div.cell.still { (text) } } };
    html! {
        tr {
            (cell(html! { (visit.clock.seconds(t, line.author.time)) }))
            (cell(html! { (who(t, &line.author)) br; span.hint { (line.author.org_short) ", " (line.author.node) } }))
            (cell(html! { (value_words(t, place, old.as_deref().unwrap_or_default())) }))
            (cell(html! {
                (value_words(t, place, new))
                @if *diverged { br; span.doubt { "≠ " (t.text("news-diverged")) } }
                @if *settled { br; span.hint { "= " (t.text("news-settled")) } }
                @if let Some(reason) = &line.reason { br; span.hint { (super::words::reason_words(t, reason)) } }
            }))
            (cell(html! { (seal(t, &line.author)) br; span.hint { (t.with("field-history-entry", &[("seq", line.author.seq.into())])) } }))
        }
    }
}
