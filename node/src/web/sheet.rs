//! A plan as it is printed in its form, edited in place.
//!
//! Every cell is a link to the plain form of its field; the script turns it into a text box where it stands. Rows are
//! live blocks of their own, so that what arrives by exchange never touches the one being edited.

use axum::extract::Path;
use maud::{Markup, html};

use super::error::{Answer, WebError};
use super::form::seen_text;
use super::frame::{Page, Section as Nav};
use super::parts::{author, csrf, diverging, item_name, place_name};
use super::place::doc_of;
use super::term;
use super::visit::Visit;
use crate::domain::field::Field;
use crate::domain::form::FormKind;
use crate::domain::plan::{Deletion, Item, ItemField, Plan, PlanField, Section};
use crate::views::{Place, PlanView};

/// Which view of a plan is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    Table,
    Members,
    Scale,
    Check,
}

/// The page.
pub(super) async fn page(visit: Visit, Path(plan): Path<String>) -> Answer {
    let view = find(&visit, &plan).await?;
    let content = html! {
        (head(&visit, &view, Tab::Table))
        (table(&visit, &view))
        (deleted(&visit, &view))
    };
    Page::new(Nav::Plans, view.plan.text(PlanField::Title).to_owned(), content).respond(&visit).await
}

/// The plan that an address names.
pub(super) async fn find(visit: &Visit, plan: &str) -> Result<PlanView, WebError> {
    let id = doc_of(plan).ok_or(WebError::NotFound)?;
    visit.node.plan(id).await?.ok_or(WebError::NotFound)
}

/// The title, what can be done with the plan, and its views.
pub(super) fn head(visit: &Visit, view: &PlanView, tab: Tab) -> Markup {
    let t = visit.t;
    let plan = &view.plan;
    let here = format!("/plans/{}", plan.id);
    let tabs = [
        (Tab::Table, here.clone(), "tab-table"),
        (Tab::Members, format!("{here}/members"), "tab-members"),
        (Tab::Scale, format!("{here}/scale"), "tab-scale"),
        (Tab::Check, format!("{here}/check"), "tab-check"),
    ];
    html! {
        header.top #head data-live {
            div {
                h1 { (plan.text(PlanField::Title)) (diverging(t, plan.field(PlanField::Title))) }
                p.sub {
                    @if !plan.text(PlanField::Period).is_empty() { (plan.text(PlanField::Period)) " · " }
                    (t.with("plan-items", &[("n", plan.items().count().into())]))
                    span.screen { " · " a href={ (here) "/edit" } { (t.text("plan-rename")) } }
                }
            }
            div.acts {
                a.btn href={ "/undo?back=" (here) } data-undo { (t.text("undo-title")) }
                a.btn href={ (here) "/print" } { (t.text("print-and-files")) }
                a.btn.main href={ (here) "/add" } { (t.text("item-add")) }
            }
        }
        nav.tabs aria-label=(t.text("tabs-label")) {
            @for (it, href, key) in tabs {
                a.on[it == tab] href=(href) aria-current=[(it == tab).then_some("page")] { (t.text(key)) }
            }
        }
    }
}

/// The head of a column, as wide as its class says.
pub(super) fn column_head(visit: &Visit, field: ItemField) -> Markup {
    html! { th class={ "w-" (field.key()) } scope="col" { (visit.t.text(&format!("column-{}", field.key()))) } }
}

fn table(visit: &Visit, view: &PlanView) -> Markup {
    let t = visit.t;
    let kind = FormKind::of_plan(&view.plan);
    html! {
        div.card.scroll {
            table class={ "sheet-table form-" (kind.key()) } #sheet data-grid data-live {
                caption.hidden { (view.plan.text(PlanField::Title)) }
                thead { tr {
                    @for field in kind.columns() { (column_head(visit, *field)) }
                    th.narrow scope="col" { span.hidden { (t.text("item-open")) } }
                } }
                @for section in &view.plan.sections { (section_rows(visit, view, section)) }
            }
        }
        p.hint.keys { (t.text("sheet-keys")) }
    }
}

/// «1. Организационные мероприятия», or the title alone where no number is printed.
pub(super) fn section_name(section: &Section) -> String {
    let (number, title) = (section.text(ItemField::Number), section.text(ItemField::Title));
    if number.is_empty() { title.to_owned() } else { format!("{number}. {title}") }
}

fn section_rows(visit: &Visit, view: &PlanView, section: &Section) -> Markup {
    let t = visit.t;
    let plan = &view.plan;
    let title = section.text(ItemField::Title);
    html! {
        tbody #{ "section-" (section.row.0) } data-live {
            tr.sec {
                th colspan=(FormKind::of_plan(plan).columns().len()) scope="colgroup" {
                    @if title.is_empty() { (t.text("section-untitled")) } @else {
                        (section_name(section))
                        (diverging(t, section.field(ItemField::Title)))
                        @if let Some(period) = term::of_section(t, section) { span title=(t.text("term-understood")) { (period) } }
                    }
                }
                td.narrow {
                    a.open href={ "/plans/" (plan.id) "/add?section=" (section.row.0) } title=(t.text("item-add")) {
                        span aria-hidden="true" { "+" } span.hidden { (t.text("item-add")) }
                    }
                }
            }
            @for item in &section.items { (row(visit, view, item)) }
        }
    }
}

fn row(visit: &Visit, view: &PlanView, item: &Item) -> Markup {
    let t = visit.t;
    let address = format!("/plans/{}/items/{}", view.plan.id, item.row.0);
    let name = item_name(t, item.text(ItemField::Number), item.text(ItemField::Title));
    html! {
        tr #{ "row-" (item.row.0) } data-live data-action=(address) {
            @for field in FormKind::of_plan(&view.plan).columns() { (cell(visit, view, item, *field, &address)) }
            td.narrow {
                a.open href=(address) title=(t.text("item-open")) {
                    span aria-hidden="true" { "›" } span.hidden { (t.text("item-open")) " " (name) }
                }
            }
        }
    }
}

fn cell(visit: &Visit, view: &PlanView, item: &Item, field: ItemField, address: &str) -> Markup {
    let t = visit.t;
    let value = item.field(field);
    let label = place_name(t, &Place::Item(item.row.clone(), field));
    let contested = field == ItemField::Title && matches!(item.deletion, Deletion::Contested { .. });
    html! {
        td.num[field == ItemField::Number] {
            a.cell #{ "cell-" (item.row.0) "-" (field.key()) } href={ (address) "/edit#field-" (field.key()) }
                data-live data-edit=(field.key()) data-seen=(seen_text(value)) data-label=(label) {
                @if value.text().is_empty() { span.nothing { (t.text("cell-empty")) } } @else { (value.text()) }
            }
            (marks(visit, view, item, field, value))
            @if contested { a.fork href="/divergences" { "↺ " (t.text("row-contested")) } }
        }
    }
}

/// What stands under a cell: «два варианта», and of a term what was not understood.
fn marks(visit: &Visit, view: &PlanView, item: &Item, field: ItemField, value: &Field) -> Markup {
    html! {
        @if value.diverges() { a.plain href="/divergences" { (diverging(visit.t, value)) } }
        @if field == ItemField::Term { (term::doubts(visit, view, item)) }
    }
}

fn deleted(visit: &Visit, view: &PlanView) -> Markup {
    let t = visit.t;
    let plan: &Plan = &view.plan;
    html! {
        section #deleted data-live {
            @if !plan.deleted.is_empty() {
                details.fold {
                    summary { (t.with("deleted-rows", &[("n", plan.deleted.len().into())])) }
                    div.card.list {
                        @for item in &plan.deleted { (deleted_row(visit, view, item)) }
                    }
                }
            }
        }
    }
}

fn deleted_row(visit: &Visit, view: &PlanView, item: &Item) -> Markup {
    let t = visit.t;
    let mark = match &item.deletion {
        Deletion::Deleted(mark) => Some(mark),
        Deletion::Present | Deletion::Contested { .. } => None,
    };
    let by = mark.and_then(|it| view.authors.get(&it.change));
    html! {
        div.row {
            span.sig.st-off aria-hidden="true" { "−" }
            div {
                (item.text(ItemField::Number)) " " (item.text(ItemField::Title))
                small {
                    @if let Some(mark) = mark { (t.with("deleted-because", &[("reason", mark.value.clone().into())])) }
                    @if let Some(by) = by { " · " (author(visit, by)) }
                }
            }
            form method="post" action={ "/plans/" (view.plan.id) "/items/" (item.row.0) "/restore" } {
                (csrf(visit))
                input type="hidden" name="back" value=(visit.address);
                button.btn { (t.text("restore")) }
            }
        }
    }
}
