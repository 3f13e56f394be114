//! Pieces that several pages are made of.

use maud::{Markup, html};

use super::clock::iso_in_words;
use super::visit::Visit;
use crate::domain::execution::{ExecutionField, Status};
use crate::domain::field::Field;
use crate::domain::form::FormKind;
use crate::domain::lint::Acceptance;
use crate::domain::member::Author;
use crate::domain::plan::{ItemField, PlanField};
use crate::i18n::Catalog;
use crate::views::Place;

/// A light: sign, word and colour, so that paper and every eye can read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lamp {
    /// The class of the colour: `ok`, `run`, `soon`, `late`, `off`.
    pub(super) tone: &'static str,
    /// The sign.
    pub(super) sign: &'static str,
    /// The short word inside.
    pub(super) word: String,
    /// The whole sentence, for a pointer and a screen reader.
    pub(super) said: String,
}

/// The hidden field every form carries.
pub(super) fn csrf(visit: &Visit) -> Markup {
    html! { input type="hidden" name="csrf" value=(visit.csrf); }
}

/// Draws a light.
pub(super) fn lamp(it: &Lamp) -> Markup {
    html! {
        span class={ "lamp l-" (it.tone) } title=(it.said) { i aria-hidden="true" { (it.sign) } (it.word) }
    }
}

/// The sign of a line of a list.
pub(super) fn sign(tone: &str, sign: &str) -> Markup {
    html! { span class={ "sig st-" (tone) } aria-hidden="true" { (sign) } }
}

/// What stands where there is nothing, and what to do about it.
pub(super) fn empty(title: &str, text: &str, way: Option<(&str, &str)>) -> Markup {
    html! {
        div.card.empty {
            h2 { (title) }
            p { (text) }
            @if let Some((href, label)) = way { a.btn.main href=(href) { (label) } }
        }
    }
}

/// «Динской, 12 марта 14:05» or «вы, 11 марта 9:30».
pub(super) fn author(visit: &Visit, it: &Author) -> String {
    format!("{}, {}", who(visit.t, it), visit.clock.seconds(visit.t, it.time))
}

/// «вы» or the organisation's short name, with the person where the node names one: «методист», «Динской, методист».
pub(super) fn who(t: &Catalog, it: &Author) -> String {
    match (&it.person, it.is_me) {
        (None, true) => t.text("you"),
        (None, false) => it.org_short.clone(),
        (Some(person), true) => person.clone(),
        (Some(person), false) => format!("{}, {person}", it.org_short),
    }
}

/// The proof behind an author's name: a signed entry, by its feed and place.
pub(super) fn seal(t: &Catalog, it: &Author) -> Markup {
    let proof = t.with(
        "seal-proof",
        &[("node", it.node.clone().into()), ("seq", it.seq.into()), ("entry", it.entry.to_string().into())],
    );
    html! { span.seal title=(proof) { (t.text("seal")) } }
}

/// The name of an item's field.
pub(super) fn item_field(t: &Catalog, field: ItemField) -> String {
    t.text(&format!("field-{}", field.key()))
}

/// The name of a plan's field.
pub(super) fn plan_field(t: &Catalog, field: PlanField) -> String {
    t.text(&format!("plan-field-{}", field.key()))
}

/// The name of an execution's field.
pub(super) fn execution_field(t: &Catalog, field: ExecutionField) -> String {
    t.text(&format!("execution-{}", field.key()))
}

/// The name of a status.
pub(super) fn status_name(t: &Catalog, status: Status) -> String {
    t.text(&format!("status-{}", status.key()))
}

/// The name of a place.
pub(super) fn place_name(t: &Catalog, place: &Place) -> String {
    match place {
        Place::Plan(field) => plan_field(t, *field),
        Place::Item(_, field) => item_field(t, *field),
        Place::Row(_) => t.text("place-row"),
        Place::Execution(_, _, field) => execution_field(t, *field),
    }
}

/// A value as it is read: a status by its name, a date in words, an emptied field as a dash.
pub(super) fn value_words(t: &Catalog, place: &Place, value: &str) -> String {
    match place {
        _ if value.is_empty() => t.text("value-empty"),
        Place::Execution(_, _, ExecutionField::Status) => {
            Status::of_key(value).map_or_else(|| value.to_owned(), |it| status_name(t, it))
        }
        Place::Execution(_, _, ExecutionField::Date) => iso_in_words(t, value),
        Place::Item(_, ItemField::Accepted) => {
            let said = |it: Acceptance| {
                format!("{}: {}", t.text(&format!("lint-name-{}", it.kind.key())), it.reason)
            };
            Acceptance::all(value).map(said).collect::<Vec<_>>().join("; ")
        }
        Place::Plan(PlanField::Form) => FormKind::of_key(value)
            .map_or_else(|| value.to_owned(), |it| t.text(&format!("form-{}", it.key()))),
        _ => value.to_owned(),
    }
}

/// «п. 4.2», or the title itself where no number is printed.
pub(super) fn item_name(t: &Catalog, number: &str, title: &str) -> String {
    if number.is_empty() {
        t.with("item-titled", &[("title", shorten(title, TITLE_CHARS).into())])
    } else {
        t.with("item-numbered", &[("number", number.into())])
    }
}

/// The mark beside a value that has others beside it.
pub(super) fn diverging(t: &Catalog, field: &Field) -> Markup {
    let count = field.variants().count();
    html! {
        @if field.diverges() {
            span.fork title=(t.with("fork-said", &[("n", count.into())])) { "≠ " (t.text("fork")) }
        }
    }
}

/// The first `chars` characters, with an ellipsis for the rest.
pub(super) fn shorten(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text).trim_end()),
        None => text.to_owned(),
    }
}

/// «а, б, в»
pub(super) fn list_of(names: &[String]) -> String {
    names.join(", ")
}

/// A title in a sentence: enough to know the item by.
const TITLE_CHARS: usize = 60;
