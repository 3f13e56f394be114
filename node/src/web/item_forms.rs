//! What is done to one item: edit, delete with a reason, restore, report its execution.

use axum::Form;
use axum::extract::Path;
use axum::response::IntoResponse as _;
use maud::{Markup, html};
use svod_shared::id::DocId;

use super::conflict::{Saved, outcome};
use super::error::{Answer, WebError};
use super::form::{Fields, seen};
use super::frame::{Page, Section as Nav};
use super::item::load;
use super::parts::{csrf, item_field, item_name};
use super::place::{doc_of, row_of};
use super::sheet::find;
use super::visit::{Visit, back_to};
use crate::domain::execution::ExecutionField;
use crate::domain::form::FormKind;
use crate::domain::plan::{Item, ItemField, Plan, RowId};
use crate::views::Place;

type Pairs = Form<Vec<(String, String)>>;
type Address = Path<(String, String)>;

/// The plain form of all fields.
pub(super) async fn edit_page(visit: Visit, Path((plan, row)): Address) -> Answer {
    let t = visit.t;
    let view = find(&visit, &plan).await?;
    let row = row_of(&row).ok_or(WebError::NotFound)?;
    let item = load(&visit, view.plan.id, row).await?.item;
    let here = format!("/plans/{}/items/{}", view.plan.id, item.row.0);
    let title = item_name(t, item.text(ItemField::Number), item.text(ItemField::Title));
    let content = html! {
        p.crumbs { a href=(here) { "‹ " (title) } }
        header.top { div { h1 { (t.text("item-edit-title")) } p.sub { (t.text("item-edit-sub")) } } }
        form.card.fields.narrow-page method="post" action=(here) {
            (csrf(&visit))
            input type="hidden" name="back" value=(here);
            (text_boxes(&visit, &view.plan, Some(&item)))
            (section_box(&visit, &view.plan, Some(&item), item.text(ItemField::Section)))
            div.pair.wide { button.btn.main { (t.text("save")) } a.btn href=(here) { (t.text("cancel")) } }
        }
    };
    Page::new(Nav::Plans, t.text("item-edit-title"), content).respond(&visit).await
}

/// The text boxes of an item: those of the plan's form, and folded away the other ones, unless something stands there.
pub(super) fn text_boxes(visit: &Visit, plan: &Plan, item: Option<&Item>) -> Markup {
    let columns = FormKind::of_plan(plan).columns();
    let has_text = |field: &ItemField| item.is_some_and(|it| !it.text(*field).is_empty());
    let (others, more): (Vec<_>, Vec<_>) =
        ItemField::TYPED.into_iter().filter(|it| !columns.contains(it)).partition(|it| has_text(it));
    html! {
        @for field in columns.iter().copied().chain(others) { (text_box(visit, field, item)) }
        details.fold.wide {
            summary { (visit.t.text("item-more-fields")) }
            div.fields { @for field in more { (text_box(visit, field, item)) } }
        }
    }
}

/// A text box of an item's field.
fn text_box(visit: &Visit, field: ItemField, item: Option<&Item>) -> Markup {
    let value = item.map_or("", |it| it.text(field));
    let is_long = matches!(field, ItemField::Title | ItemField::Task | ItemField::Result);
    html! {
        label.wide[field != ItemField::Number] { (item_field(visit.t, field))
            @if field == ItemField::Number {
                input #{ "field-" (field.key()) } name=(field.key()) value=(value) maxlength="20";
            } @else {
                textarea #{ "field-" (field.key()) } name=(field.key()) rows={ @if is_long { "3" } @else { "1" } }
                    required[field == ItemField::Title] { (value) }
            }
            @if let Some(item) = item { (seen(field.key(), item.field(field))) }
        }
    }
}

/// The choice of the section an item stands in.
pub(super) fn section_box(visit: &Visit, plan: &Plan, item: Option<&Item>, chosen: &str) -> Markup {
    let field = ItemField::Section;
    html! {
        label.wide { (item_field(visit.t, field))
            select name=(field.key()) {
                @for section in &plan.sections {
                    option value=(section.row.0) selected[section.row.0 == chosen] {
                        (section.text(ItemField::Number)) " " (section.text(ItemField::Title))
                    }
                }
            }
            @if let Some(item) = item { (seen(field.key(), item.field(field))) }
        }
    }
}

/// Writes what was changed.
pub(super) async fn save(visit: Visit, Path((plan, row)): Address, Form(pairs): Pairs) -> Answer {
    let (plan, row) = target(&plan, &row)?;
    let fields = Fields::new(pairs)?;
    let action = format!("/plans/{plan}/items/{}", row.0);
    let back = fields.get("back").unwrap_or(&action);
    let edits = fields.edits(&ItemField::ALL, ItemField::key);
    let edited = visit.node.edit_item(plan, row.clone(), edits).await?;
    let place = |key: &str| Some(Place::Item(row.clone(), ItemField::of_key(key)?));
    outcome(&visit, edited, Saved { action: &action, back }, place).await
}

/// Writes what this node's organisation says of the execution.
pub(super) async fn execution(visit: Visit, Path((plan, row)): Address, Form(pairs): Pairs) -> Answer {
    let (plan, row) = target(&plan, &row)?;
    let fields = Fields::new(pairs)?;
    let item = format!("/plans/{plan}/items/{}", row.0);
    let action = format!("{item}/execution");
    let back = fields.get("back").unwrap_or(&item);
    let edits = fields.edits(&ExecutionField::ALL, ExecutionField::key);
    let view = visit.node.plan(plan).await?.ok_or(WebError::NotFound)?;
    let me = view.members.iter().find(|it| it.is_me).map(|it| it.no).ok_or(WebError::NotFound)?;
    let edited = visit.node.report_execution(plan, row.clone(), edits).await?;
    let place = |key: &str| Some(Place::Execution(me, row.clone(), ExecutionField::of_key(key)?));
    outcome(&visit, edited, Saved { action: &action, back }, place).await
}

/// Marks the item as deleted, with the reason.
pub(super) async fn delete(visit: Visit, Path((plan, row)): Address, Form(pairs): Pairs) -> Answer {
    let (plan, row) = target(&plan, &row)?;
    let fields = Fields::new(pairs)?;
    let reason = fields.required("reason")?;
    if reason.is_empty() {
        return Err(WebError::BadForm);
    }
    visit.node.delete_row(plan, row, reason.to_owned()).await?;
    Ok(back_to(fields.get("back").unwrap_or("/plans")).into_response())
}

/// Takes the mark off.
pub(super) async fn restore(visit: Visit, Path((plan, row)): Address, Form(pairs): Pairs) -> Answer {
    let (plan, row) = target(&plan, &row)?;
    let fields = Fields::new(pairs)?;
    visit.node.restore_row(plan, row).await?;
    Ok(back_to(fields.get("back").unwrap_or("/plans")).into_response())
}

fn target(plan: &str, row: &str) -> Result<(DocId, RowId), WebError> {
    Ok((doc_of(plan).ok_or(WebError::NotFound)?, row_of(row).ok_or(WebError::NotFound)?))
}
