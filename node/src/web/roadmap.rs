//! A roadmap by municipality: one light for each item and member, and the card of the item that was asked for.

use axum::extract::{Path, Query};
use maud::{Markup, html};
use serde::Deserialize;

use super::error::Answer;
use super::frame::{Page, Section as Nav};
use super::parts::lamp;
use super::place::row_of;
use super::sheet::{Tab, find, head, section_name};
use super::visit::Visit;
use super::{item, lights};
use crate::domain::execution::Status;
use crate::domain::plan::{Item, ItemField, PlanField, RowId, Section};
use crate::views::{ItemCard, PlanView};

/// Which item's card stands beside the table.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Chosen {
    #[serde(default)]
    item: String,
}

/// The page.
pub(super) async fn page(visit: Visit, Path(plan): Path<String>, Query(chosen): Query<Chosen>) -> Answer {
    let view = find(&visit, &plan).await?;
    let card = match row_of(&chosen.item) {
        Some(row) => visit.node.item(view.plan.id, row).await?,
        None => None,
    };
    let content = html! {
        (head(&visit, &view, Tab::Members))
        div.split {
            (table(&visit, &view, card.as_ref().map(|it| &it.item.row)))
            aside.card.drawer #panel data-live aria-label=(visit.t.text("panel-label")) { (panel(&visit, &view, card.as_ref())) }
        }
    };
    Page::new(Nav::Plans, view.plan.text(PlanField::Title).to_owned(), content).respond(&visit).await
}

fn table(visit: &Visit, view: &PlanView, chosen: Option<&RowId>) -> Markup {
    let t = visit.t;
    html! {
        div.card.scroll {
            table.lights #lights data-live {
                caption.hidden { (t.text("tab-members")) }
                thead { tr {
                    th.num scope="col" { "№" }
                    th scope="col" { (t.text("column-title-and-term")) }
                    @for member in &view.members { th.c scope="col" title=(member.name) { (member.short) } }
                } }
                @for section in &view.plan.sections {
                    tbody {
                        tr.sec { th colspan=(view.members.len() + 2) scope="colgroup" {
                            (section_name(section))
                            span { (progress(visit, view, section)) }
                        } }
                        @for item in &section.items { (row(visit, view, item, chosen)) }
                    }
                }
            }
        }
    }
}

fn row(visit: &Visit, view: &PlanView, item: &Item, chosen: Option<&RowId>) -> Markup {
    let here = format!("/plans/{}/members?item={}", view.plan.id, item.row.0);
    let is_chosen = chosen == Some(&item.row);
    html! {
        tr.sel[is_chosen] #{ "row-" (item.row.0) } {
            td.num { (item.text(ItemField::Number)) }
            th scope="row" {
                a.clamp.three href=(here) data-swap="panel lights" title=(item.text(ItemField::Title))
                    aria-current=[is_chosen.then_some("true")] { (item.text(ItemField::Title)) }
                div.hint.clamp { (item.text(ItemField::Term)) }
            }
            @for member in &view.members {
                td.c { a.light href=(here) data-swap="panel lights" tabindex="-1" { (lamp(&lights::lamp(visit, view, item, member.no))) } }
            }
        }
    }
}

/// «выполнено 11 из 20»: pairs of item and member, what does not apply left out.
fn progress(visit: &Visit, view: &PlanView, section: &Section) -> String {
    let statuses = section.items.iter().flat_map(|item| {
        view.members.iter().map(|member| {
            let said = view.executions.get(&member.no).and_then(|it| it.get(&item.row));
            said.map_or(Status::Planned, |it| it.status())
        })
    });
    let counted: Vec<_> =
        statuses.filter(|it| !matches!(it, Status::NotApplicable | Status::Cancelled)).collect();
    let done = counted.iter().filter(|it| **it == Status::Done).count();
    visit.t.with("progress", &[("done", done.into()), ("all", counted.len().into())])
}

fn panel(visit: &Visit, view: &PlanView, card: Option<&ItemCard>) -> Markup {
    let t = visit.t;
    html! {
        @if let Some(card) = card {
            a.close href={ "/plans/" (view.plan.id) "/members" } data-swap="panel lights" title=(t.text("panel-close")) {
                span aria-hidden="true" { "×" } span.hidden { (t.text("panel-close")) }
            }
            (item::panel(visit, view, card))
        } @else {
            h2.card-title { (t.text("legend")) }
            p.hint { (t.text("legend-hint")) }
            dl.legend { @for (it, meaning) in lights::legend(t) { dt { (lamp(&it)) } dd { (meaning) } } }
        }
    }
}
