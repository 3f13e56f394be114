//! An item's card: its fields, what was understood of its term, what stands side by side, who executes it how, and
//! its whole history. The same card is a page of its own and the panel beside the table of municipalities.

use axum::extract::Path;
use maud::{Markup, html};
use svod_shared::id::DocId;

use super::error::{Answer, WebError};
use super::execution;
use super::frame::{Page, Section};
use super::parts::{author, csrf, diverging, item_field, item_name, who};
use super::place::row_of;
use super::sheet::find;
use super::term;
use super::variants::{Fork, variants_box};
use super::visit::Visit;
use super::words::history_line;
use crate::domain::field::Field;
use crate::domain::plan::{Deletion, Item, ItemField, PlanField, RowId};
use crate::views::{ItemCard, Place, PlanView};

/// The fields of the card below its title.
const LISTED: [ItemField; 9] = [
    ItemField::Term,
    ItemField::Task,
    ItemField::Audience,
    ItemField::Responsible,
    ItemField::Form,
    ItemField::Organisations,
    ItemField::Municipalities,
    ItemField::Result,
    ItemField::Note,
];

/// The page.
pub(super) async fn page(visit: Visit, Path((plan, row)): Path<(String, String)>) -> Answer {
    let view = find(&visit, &plan).await?;
    let row = row_of(&row).ok_or(WebError::NotFound)?;
    let card = load(&visit, view.plan.id, row).await?;
    let t = visit.t;
    let title = item_name(t, card.item.text(ItemField::Number), card.item.text(ItemField::Title));
    let content = html! {
        p.crumbs { a href={ "/plans/" (view.plan.id) } { "‹ " (view.plan.text(PlanField::Title)) } }
        div.card-page #card data-live {
            div.card.drawer { (heading(&visit, &view, &card.item, true)) (facts(&visit, &view, &card.item)) (actions(&visit, view.plan.id, &card.item)) }
            div {
                div.card.drawer { (execution::own(&visit, &view, &card.item)) (execution::others(&visit, &view, &card.item)) }
                div.card.drawer { (history(&visit, &card)) }
            }
        }
    };
    Page::new(Section::Plans, title, content).respond(&visit).await
}

/// The card of a row, or the page that says there is none.
pub(super) async fn load(visit: &Visit, plan: DocId, row: RowId) -> Result<ItemCard, WebError> {
    visit.node.item(plan, row).await?.ok_or(WebError::NotFound)
}

/// The card as the panel beside a table.
pub(super) fn panel(visit: &Visit, view: &PlanView, card: &ItemCard) -> Markup {
    html! {
        (heading(visit, view, &card.item, false))
        (facts(visit, view, &card.item))
        (execution::own(visit, view, &card.item))
        (execution::others(visit, view, &card.item))
        (history(visit, card))
        (actions(visit, view.plan.id, &card.item))
    }
}

fn heading(visit: &Visit, view: &PlanView, item: &Item, is_page: bool) -> Markup {
    let t = visit.t;
    let number = item.text(ItemField::Number);
    let title = item.field(ItemField::Title);
    html! {
        @if !number.is_empty() { p.hint { (t.with("card-number", &[("number", number.into())])) } }
        @if is_page { h1.card-title { (title.text()) (diverging(t, title)) } }
        @else { h2.card-title { (title.text()) (diverging(t, title)) } }
        (contested(visit, view, item))
        @for (field, value) in &item.fields {
            @if value.diverges() && *field != ItemField::Order {
                (variants_box(visit, &fork(view, Place::Item(item.row.clone(), *field), value, true)))
            }
        }
    }
}

/// The variants of a field as a box shows them.
pub(super) fn fork<'a>(view: &'a PlanView, place: Place, field: &'a Field, may_settle: bool) -> Fork<'a> {
    let variants = field.variants().map(|it| (it, view.authors.get(&it.change))).collect();
    Fork { plan: view.plan.id, place, variants, may_settle }
}

/// A deletion that met an edit.
fn contested(visit: &Visit, view: &PlanView, item: &Item) -> Markup {
    let t = visit.t;
    let Deletion::Contested { marks, edits } = &item.deletion else {
        return html! {};
    };
    let editors: Vec<_> = edits.iter().filter_map(|it| view.authors.get(it)).collect();
    html! {
        div.two {
            h3 { (t.text("contested-heading")) }
            @for mark in marks {
                p {
                    @if let Some(by) = view.authors.get(&mark.change) {
                        (t.with("contested-deleted", &[("who", author(visit, by).into()), ("reason", mark.value.clone().into())]))
                    }
                }
            }
            @for by in editors { p { (t.with("contested-edited", &[("who", author(visit, by).into())])) } }
            (contested_buttons(visit, view.plan.id, &item.row, marks.first().map_or("", |it| it.value.as_str())))
        }
    }
}

/// «Оставить пункт» and «Удалить».
pub(super) fn contested_buttons(visit: &Visit, plan: DocId, row: &RowId, reason: &str) -> Markup {
    let t = visit.t;
    let item = format!("/plans/{plan}/items/{}", row.0);
    html! {
        div.pair {
            form method="post" action={ (item) "/restore" } {
                (csrf(visit))
                input type="hidden" name="back" value=(visit.address);
                button.btn.main { (t.text("contested-keep")) }
            }
            form method="post" action={ (item) "/delete" } {
                (csrf(visit))
                input type="hidden" name="back" value=(visit.address);
                input type="hidden" name="reason" value=(reason);
                button.btn.danger { (t.text("contested-delete")) }
            }
        }
    }
}

fn facts(visit: &Visit, view: &PlanView, item: &Item) -> Markup {
    let t = visit.t;
    let schedule = term::of_item(view, item);
    html! {
        dl.kv {
            @for field in LISTED {
                @let value = item.field(field);
                @if !value.text().is_empty() || field == ItemField::Term {
                    dt { (item_field(t, field)) }
                    dd {
                        @if value.text().is_empty() { span.nothing { (t.text("value-empty")) } } @else { (value.text()) }
                        (last_author(visit, view, value))
                        @if value.shown.is_some() {
                            " " a.hint.past href={ "/plans/" (view.plan.id) "/items/" (item.row.0) "/history/" (field.key()) } { (t.text("field-history")) }
                        }
                    }
                }
                @if field == ItemField::Term {
                    dt { (t.text("term-understood")) }
                    dd {
                        (term::understood(t, &schedule))
                        @if let Some(dates) = term::occurrences(visit, view, item) { br; span.hint { (dates) } }
                        (term::doubts(visit, view, item))
                    }
                }
            }
        }
    }
}

/// Who wrote what stands, for a pointer.
fn last_author(visit: &Visit, view: &PlanView, value: &Field) -> Markup {
    let by =
        value.shown.as_ref().filter(|it| !it.value.is_empty()).and_then(|it| view.authors.get(&it.change));
    html! {
        @if let Some(by) = by { " " span.by title=(author(visit, by)) { (who(visit.t, by)) } }
    }
}

fn history(visit: &Visit, card: &ItemCard) -> Markup {
    html! {
        h2.part { (visit.t.text("history")) }
        ul.hist { @for line in &card.history { (history_line(visit, line)) } }
    }
}

fn actions(visit: &Visit, plan: DocId, item: &Item) -> Markup {
    let t = visit.t;
    let here = format!("/plans/{plan}/items/{}", item.row.0);
    html! {
        div.pair.end {
            a.btn href={ (here) "/edit" } { (t.text("item-edit")) }
            @if let Deletion::Deleted(_) = item.deletion {
                form method="post" action={ (here) "/restore" } {
                    (csrf(visit))
                    input type="hidden" name="back" value=(here);
                    button.btn { (t.text("restore")) }
                }
            } @else {
                details.own {
                    summary { (t.text("item-delete")) }
                    form method="post" action={ (here) "/delete" } {
                        (csrf(visit))
                        input type="hidden" name="back" value={ "/plans/" (plan) "#deleted" };
                        label { (t.text("item-delete-reason")) input name="reason" required maxlength="300"; }
                        p.hint { (t.text("item-delete-hint")) }
                        button.btn.danger { (t.text("item-delete-now")) }
                    }
                }
            }
        }
    }
}
