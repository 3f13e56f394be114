//! Values that stand side by side: who wrote which, which one stands now and why, and the buttons that settle it.

use maud::{Markup, html};
use svod_shared::id::DocId;

use super::parts::{author, csrf, place_name, seal, value_words};
use super::place::to_text;
use super::visit::Visit;
use crate::domain::field::Variant;
use crate::domain::member::Author;
use crate::i18n::Catalog;
use crate::views::Place;

/// What a box of variants is about.
pub(super) struct Fork<'a> {
    /// The plan.
    pub(super) plan: DocId,
    /// The field.
    pub(super) place: Place,
    /// The one that stands now first.
    pub(super) variants: Vec<(&'a Variant, Option<&'a Author>)>,
    /// Whether this node's organisation may settle it.
    pub(super) may_settle: bool,
}

/// The box with its buttons.
pub(super) fn variants_box(visit: &Visit, fork: &Fork<'_>) -> Markup {
    let t = visit.t;
    let heading = t.with(
        "fork-heading",
        &[("n", fork.variants.len().into()), ("field", place_name(t, &fork.place).into())],
    );
    html! {
        div.two {
            h3 { (heading) }
            @for (index, (variant, by)) in fork.variants.iter().enumerate() {
                (option(visit, fork, index, variant, *by))
            }
            @if fork.may_settle {
                details.own {
                    summary { (t.text("fork-own")) }
                    form method="post" action="/divergences/settle" {
                        (hidden(visit, fork))
                        textarea name="value" rows="2" required aria-label=(t.text("fork-own")) {
                            (fork.variants.first().map_or("", |(it, _)| it.value.as_str()))
                        }
                        button.btn.main { (t.text("fork-own-save")) }
                    }
                }
            } @else {
                p.hint { (t.text("fork-not-yours")) }
            }
            p.hint { (t.text("fork-why")) }
        }
    }
}

fn option(visit: &Visit, fork: &Fork<'_>, index: usize, variant: &Variant, by: Option<&Author>) -> Markup {
    let t = visit.t;
    let shown = fork.variants.first().map_or("", |(it, _)| it.value.as_str());
    let rival = if index == 0 { fork.variants.get(1).map_or("", |(it, _)| it.value.as_str()) } else { shown };
    html! {
        div.opt {
            div {
                div.value { (value(t, &fork.place, &variant.value, rival)) }
                p.hint {
                    @if let Some(by) = by { (author(visit, by)) " · " (seal(t, by)) }
                    @if index == 0 { " · " b { (t.text("fork-stands")) } }
                }
            }
            @if fork.may_settle {
                form method="post" action="/divergences/settle" {
                    (hidden(visit, fork))
                    input type="hidden" name="value" value=(variant.value);
                    button.btn.main[index == 0] { @if index == 0 { (t.text("fork-keep")) } @else { (t.text("fork-take")) } }
                }
            }
        }
    }
}

fn hidden(visit: &Visit, fork: &Fork<'_>) -> Markup {
    html! {
        (csrf(visit))
        input type="hidden" name="plan" value=(fork.plan);
        input type="hidden" name="place" value=(to_text(&fork.place));
        input type="hidden" name="back" value=(visit.address);
    }
}

/// The value with the words in bold that its rival has otherwise.
fn value(t: &Catalog, place: &Place, value: &str, rival: &str) -> Markup {
    let (value, rival) = (value_words(t, place, value), value_words(t, place, rival));
    let [before, differs, after] = differing(&value, &rival);
    html! { (before) @if !differs.is_empty() { mark { (differs) } } (after) }
}

/// Cuts `text` into what it shares with `rival` in front, what differs, and what it shares at the end; whole words.
fn differing<'a>(text: &'a str, rival: &str) -> [&'a str; 3] {
    let words: Vec<&str> = text.split_inclusive([' ', '-', '–', ',', '\n']).collect();
    let others: Vec<&str> = rival.split_inclusive([' ', '-', '–', ',', '\n']).collect();
    let front = words.iter().zip(&others).take_while(|(a, b)| a == b).count();
    let rest = words.len().min(others.len()) - front;
    let back = words.iter().rev().zip(others.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let bytes = |it: &[&str]| it.iter().map(|word| word.len()).sum::<usize>();
    let start = bytes(words.get(..front).unwrap_or_default());
    let end = text.len() - bytes(words.get(words.len() - back..).unwrap_or_default());
    let (before, tail) = text.split_at_checked(start).unwrap_or((text, ""));
    let (differs, after) = tail.split_at_checked(end.saturating_sub(start)).unwrap_or((tail, ""));
    [before, differs, after]
}

#[cfg(test)]
mod tests {
    use super::differing;

    fn check(text: &str, rival: &str, expected: [&str; 3]) {
        assert_eq!(differing(text, rival), expected);
    }

    #[test]
    fn only_the_words_that_differ_stand_out() {
        check("Ноябрь 2021-март 2022", "Ноябрь 2021-февраль 2022", ["Ноябрь 2021-", "март ", "2022"]);
        check("Март", "Март", ["Март", "", ""]);
        check("", "Март", ["", "", ""]);
        check("а а", "а", ["", "а ", "а"]);
        check("ТМС", "Участники сети", ["", "ТМС", ""]);
    }
}
