//! A change in words: «Срок п. 4.5: «Ноябрь 2022»», who, when, and how it merged with what stood here.

use maud::{Markup, html};

use super::parts::{author, item_name, place_name, seal, sign, status_name, value_words, who};
use super::visit::Visit;
use crate::domain::execution::{ExecutionField, Status};
use crate::domain::plan::ItemField;
use crate::i18n::Catalog;
use crate::views::{ChangeLine, Place, What};

/// A change as a person reads it.
struct Told {
    tone: &'static str,
    sign: &'static str,
    title: String,
    details: Vec<String>,
}

/// A line of «Что изменилось без вас».
pub(super) fn news_line(visit: &Visit, line: &ChangeLine) -> Markup {
    let told = tell(visit.t, line);
    let details = told.details.join(" · ");
    html! {
        div.row {
            (sign(told.tone, told.sign))
            div {
                @if let Some(href) = address(line) { a.clamp href=(href) { (told.title) } } @else { (told.title) }
                @if !details.is_empty() { small.clamp { (details) } }
            }
            div.when { (who(visit.t, &line.author)) br; (visit.clock.seconds(visit.t, line.author.time)) }
        }
    }
}

/// The same in one line without a page around it.
pub(crate) fn news_sentence(t: &Catalog, line: &ChangeLine) -> String {
    let told = tell(t, line);
    let details =
        if told.details.is_empty() { String::new() } else { format!(" · {}", told.details.join(" · ")) };
    format!("{} {}{details} ({})", told.sign, told.title, who(t, &line.author))
}

/// A line of an item's history.
pub(super) fn history_line(visit: &Visit, line: &ChangeLine) -> Markup {
    let told = tell(visit.t, line);
    html! {
        li {
            b { (history_title(visit.t, line)) }
            @for detail in &told.details { " · " (detail) }
            br;
            (author(visit, &line.author)) " · " (seal(visit.t, &line.author))
        }
    }
}

/// In an item's own history its number need not be said.
fn history_title(t: &Catalog, line: &ChangeLine) -> String {
    match &line.what {
        What::Field { place, new, .. } => {
            let key =
                if matches!(place, Place::Execution(..)) { "history-execution" } else { "history-field" };
            let value = value_words(t, place, new);
            t.with(key, &[("field", place_name(t, place).into()), ("value", value.into())])
        }
        What::Added(_) | What::AddedMany(_) => t.text("history-added"),
        What::Deleted(..) => t.text("history-deleted"),
        What::Restored(_) => t.text("history-restored"),
        What::EditKept(_) => t.text("history-edit-kept"),
    }
}

fn tell(t: &Catalog, line: &ChangeLine) -> Told {
    let item = item_name(t, &line.number, &line.title);
    let titled = |key: &str| t.with(key, &[("item", item.clone().into())]);
    let mut told = match &line.what {
        What::Field { place, old, new, diverged, settled } => {
            let mut told = tell_field(t, &item, place, new);
            if let Some(old) = old.as_ref().filter(|it| *it != new && !it.is_empty()) {
                told.details.push(t.with("news-was", &[("value", value_words(t, place, old).into())]));
            }
            if *diverged {
                (told.tone, told.sign) = ("soon", "≠");
                told.details.push(t.text("news-diverged"));
            }
            if *settled {
                (told.tone, told.sign) = ("ok", "=");
                told.details.push(t.text("news-settled"));
            }
            told
        }
        What::Added(_) => Told::new("ok", "+", titled("news-added"), line.title.clone()),
        What::AddedMany(rows) => {
            let told = t.with("news-added-many", &[("rows", (*rows).into())]);
            Told::new("ok", "+", told, line.title.clone())
        }
        What::Deleted(_, reason) => Told::new("off", "−", titled("news-deleted"), reason.clone()),
        What::Restored(_) => Told::new("run", "↺", titled("news-restored"), String::new()),
        What::EditKept(_) => Told::new("soon", "↺", titled("news-edit-kept"), t.text("news-edit-kept-why")),
    };
    if let Some(reason) = &line.reason {
        told.details.push(reason_words(t, reason));
    }
    told
}

/// A reason as its author gave it; what the program gave itself, in words.
pub(super) fn reason_words(t: &Catalog, reason: &str) -> String {
    match reason {
        "import" | "undo" | "copy" => t.text(&format!("reason-{reason}")),
        other => other.to_owned(),
    }
}

fn tell_field(t: &Catalog, item: &str, place: &Place, new: &str) -> Told {
    let value = value_words(t, place, new);
    let execution = matches!(place, Place::Execution(..));
    let key = match place {
        Place::Plan(_) => "news-plan-field",
        Place::Execution(_, _, ExecutionField::Status) => "news-execution",
        _ => "news-field",
    };
    let field = place_name(t, place);
    let title = t.with(key, &[("field", field.into()), ("item", item.into()), ("value", value.into())]);
    let done = execution && Status::of_key(new) == Some(Status::Done);
    let (tone, sign) = if done { ("ok", "✓") } else { ("run", "⇄") };
    Told::new(tone, sign, title, String::new())
}

impl Told {
    fn new(tone: &'static str, sign: &'static str, title: String, detail: String) -> Self {
        let details = if detail.is_empty() { Vec::new() } else { vec![detail] };
        Self { tone, sign, title, details }
    }
}

/// The page on which the change can be seen.
fn address(line: &ChangeLine) -> Option<String> {
    let row = match &line.what {
        What::Field { place: Place::Plan(_), .. } | What::AddedMany(_) => {
            return Some(format!("/plans/{}", line.plan));
        }
        What::Field {
            place: Place::Item(row, _) | Place::Row(row) | Place::Execution(_, row, _), ..
        }
        | What::Added(row)
        | What::Restored(row)
        | What::EditKept(row) => row,
        What::Deleted(..) => return Some(format!("/plans/{}#deleted", line.plan)),
    };
    Some(format!("/plans/{}/items/{}", line.plan, row.0))
}

/// Whether a change is worth a line: places in the order of rows are not.
pub(super) fn worth_telling(line: &ChangeLine) -> bool {
    !matches!(
        &line.what,
        What::Field { place: Place::Item(_, ItemField::Order | ItemField::Section), diverged: false, .. }
    )
}

/// The statuses of a form.
pub(super) fn statuses(t: &Catalog) -> impl Iterator<Item = (&'static str, String)> + '_ {
    Status::ALL.into_iter().map(|it| (it.key(), status_name(t, it)))
}
