//! The execution of an item on its card: a form for this node's organisation, plain facts of the others.

use maud::{Markup, html};

use super::clock::iso_in_words;
use super::form::seen;
use super::item::fork;
use super::lights;
use super::parts::{author, csrf, execution_field, lamp, seal};
use super::variants::variants_box;
use super::visit::Visit;
use super::words::statuses;
use crate::domain::execution::{Execution, ExecutionField};
use crate::domain::member::Member;
use crate::domain::plan::Item;
use crate::views::{Place, PlanView};

/// «У нас»: the light and the form.
pub(super) fn own(visit: &Visit, view: &PlanView, item: &Item) -> Markup {
    let t = visit.t;
    let Some(me) = view.members.iter().find(|it| it.is_me) else {
        return html! {};
    };
    let execution = of(view, me, item);
    let action = format!("/plans/{}/items/{}/execution", view.plan.id, item.row.0);
    html! {
        section.own-execution {
            h2.part { (t.text("execution-own")) " " (lamp(&lights::lamp(visit, view, item, me.no))) }
            @for (field, value) in &execution.fields {
                @if value.diverges() {
                    (variants_box(visit, &fork(view, Place::Execution(me.no, item.row.clone(), *field), value, true)))
                }
            }
            form.fields #{ "execution-" (item.row.0) } method="post" action=(action) data-autosave data-live {
                (csrf(visit))
                input type="hidden" name="back" value=(visit.address);
                (status(visit, &execution))
                (date(visit, &execution))
                (text(visit, &execution, ExecutionField::Result))
                (text(visit, &execution, ExecutionField::Comment))
                div.pair {
                    button.btn { (t.text("save")) }
                    span.saved role="status" data-saved-at {}
                }
            }
        }
    }
}

fn status(visit: &Visit, execution: &Execution) -> Markup {
    let field = ExecutionField::Status;
    let now = execution.status();
    html! {
        label { (execution_field(visit.t, field))
            select #execution-status name=(field.key()) {
                @for (key, name) in statuses(visit.t) {
                    option value=(key) selected[now.key() == key] { (name) }
                }
            }
            // An absent status is shown as «planned»: to leave it so is no change.
            input type="hidden" name="was-status" value=(now.key());
            input type="hidden" name="seen-status" value=(super::form::seen_text(execution.field(field)));
        }
    }
}

fn date(visit: &Visit, execution: &Execution) -> Markup {
    let field = ExecutionField::Date;
    html! {
        label { (execution_field(visit.t, field))
            input #execution-date type="date" name=(field.key()) value=(execution.text(field));
            (seen(field.key(), execution.field(field)))
        }
    }
}

fn text(visit: &Visit, execution: &Execution, field: ExecutionField) -> Markup {
    html! {
        label.wide { (execution_field(visit.t, field))
            textarea #{ "execution-" (field.key()) } name=(field.key()) rows="2" { (execution.text(field)) }
            (seen(field.key(), execution.field(field)))
        }
    }
}

/// What the other organisations say; nobody here can change it.
pub(super) fn others(visit: &Visit, view: &PlanView, item: &Item) -> Markup {
    let t = visit.t;
    html! {
        h2.part { (t.text("execution-others")) }
        dl.kv.members {
            @for member in view.members.iter().filter(|it| !it.is_me) {
                dt { (member.short) }
                dd { (facts(visit, view, member, item)) }
            }
        }
        p.hint { (t.text("execution-others-hint")) }
    }
}

fn facts(visit: &Visit, view: &PlanView, member: &Member, item: &Item) -> Markup {
    let t = visit.t;
    let execution = of(view, member, item);
    let newest = execution.fields.values().filter_map(|it| it.shown.as_ref()).max_by_key(|it| it.time);
    let by = newest.and_then(|it| view.authors.get(&it.change));
    let date = execution.text(ExecutionField::Date);
    html! {
        (lamp(&lights::lamp(visit, view, item, member.no)))
        @if !date.is_empty() { " " (iso_in_words(t, date)) }
        @for field in [ExecutionField::Result, ExecutionField::Comment] {
            @if !execution.text(field).is_empty() { div { (execution.text(field)) } }
        }
        @if let Some(by) = by { div.hint { (author(visit, by)) " · " (seal(t, by)) } }
    }
}

/// The execution of an item by a member; empty if it never said anything.
pub(super) fn of(view: &PlanView, member: &Member, item: &Item) -> Execution {
    view.executions.get(&member.no).and_then(|it| it.get(&item.row)).cloned().unwrap_or_default()
}
