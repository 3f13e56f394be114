//! The rules, each a few lines: what they look at, and the question they ask.

use super::events::{EventKind, is_act, level_in, names_in, prepares};
use super::{Finding, LintKind, Part, Read, Subject};
use crate::domain::plan::ItemField;
use crate::domain::schedule::{Issue, Part as TermPart};

/// The questions about an item by itself.
pub(super) fn of_item(subject: &Subject<'_>, item: &Read<'_>) -> Vec<Finding> {
    let mut findings = of_term(subject, item);
    findings.extend(empty_cells(subject, item));
    findings.extend(result_of_another_event(item));
    findings.extend(form_differs(item));
    findings.extend(outside_executor(item));
    findings.extend(unknown_abbreviations(item));
    findings
}

fn of_term(subject: &Subject<'_>, item: &Read<'_>) -> Vec<Finding> {
    let term = item.text(ItemField::Term);
    let ask = |kind, found: &str, other: &str| item.finding(kind, ItemField::Term, found, other);
    let question = |issue: &Issue| match issue {
        Issue::Repeated { month, suggestion } => {
            let meant = suggestion.map(|it| it.to_string()).unwrap_or_default();
            Some(ask(LintKind::RepeatedMonth, &month.to_string(), &meant))
        }
        Issue::OutOfOrder { month } => Some(ask(LintKind::MonthsOutOfOrder, &month.to_string(), "")),
        Issue::OutsideWindow { from, to } => {
            let window = subject.window?;
            let kind = if *from < window.from() { LintKind::BeforePlan } else { LintKind::AfterPlan };
            Some(ask(kind, term, &format!("{from}/{to}")))
        }
        Issue::NotUnderstood { text } => Some(ask(LintKind::TermNotUnderstood, text, "")),
        Issue::YearGuessed { .. } => None,
    };
    item.issues().iter().filter_map(question).collect()
}

fn empty_cells(subject: &Subject<'_>, item: &Read<'_>) -> Vec<Finding> {
    let cells =
        [(ItemField::Responsible, LintKind::NobodyResponsible), (ItemField::Audience, LintKind::NoAudience)];
    let is_empty = |field: &ItemField| subject.columns.contains(field) && item.text(*field).trim().is_empty();
    let mut findings: Vec<_> = cells
        .into_iter()
        .filter(|it| is_empty(&it.0))
        .map(|(field, kind)| item.finding(kind, field, "", ""))
        .collect();
    if subject.columns.contains(&ItemField::Term) && item.schedule.parts == [TermPart::Undated] {
        findings.push(item.finding(LintKind::NoTerm, ItemField::Term, "", ""));
    }
    findings
}

fn result_of_another_event(item: &Read<'_>) -> Option<Finding> {
    let result = item.text(ItemField::Result);
    let said = [ItemField::Title, ItemField::Task, ItemField::Form].map(|it| item.text(it)).join(" ");
    let (of_item, of_result) = (EventKind::all_in(&said), EventKind::all_in(result));
    let differs =
        !of_item.is_empty() && !of_result.is_empty() && !of_result.iter().any(|it| of_item.contains(it));
    differs.then(|| {
        item.finding(LintKind::ResultOfAnotherEvent, ItemField::Result, result, item.text(ItemField::Title))
    })
}

fn form_differs(item: &Read<'_>) -> Option<Finding> {
    let (title, form) = (item.text(ItemField::Title), item.text(ItemField::Form));
    let (of_title, of_form) = (EventKind::all_in(title), EventKind::all_in(form));
    let differs =
        !of_title.is_empty() && !of_form.is_empty() && !of_form.iter().any(|it| of_title.contains(it));
    differs.then(|| item.finding(LintKind::FormDiffers, ItemField::Form, form, title))
}

/// The institute of the region is not one to carry out what a municipality holds.
fn outside_executor(item: &Read<'_>) -> Option<Finding> {
    let (title, who) = (item.text(ItemField::Title), item.text(ItemField::Responsible));
    let is_outside = who.split(|it: char| !it.is_alphanumeric()).any(|it| OUTSIDE.contains(&it));
    let is_municipal = level_in(title) == Some(super::events::Level::Municipal);
    (is_outside && is_municipal)
        .then(|| item.finding(LintKind::OutsideExecutor, ItemField::Responsible, who, title))
}

fn unknown_abbreviations(item: &Read<'_>) -> Vec<Finding> {
    let fields = [ItemField::Title, ItemField::Audience, ItemField::Responsible, ItemField::Result];
    let mut findings = Vec::new();
    for field in fields {
        for word in item.text(field).split(|it: char| !it.is_alphanumeric()) {
            let letters = word.chars().count();
            let is_abbreviation =
                (3..=6).contains(&letters) && word.chars().all(|it| matches!(it, 'А'..='Я' | 'Ё'));
            if is_abbreviation && !GLOSSARY.contains(&word) {
                findings.push(item.finding(LintKind::UnknownAbbreviation, field, word, ""));
            }
        }
    }
    findings.dedup();
    findings
}

/// The questions about the items of a section beside each other.
pub(super) fn of_section(section: &Part<'_>) -> Vec<Finding> {
    let mut findings = orders_after_work(section);
    findings.extend(other_years(section));
    findings
}

/// An order or regulation is due before what it orders: before the month in which the next event is held, and before any
/// other work of the section begins.
fn orders_after_work(section: &Part<'_>) -> Vec<Finding> {
    let is_order = |it: &&Read<'_>| {
        [ItemField::Form, ItemField::Result].iter().any(|field| is_act(it.text(*field)))
            || it.text(ItemField::Title).split_whitespace().next().is_some_and(is_act)
    };
    let late = |order: &Read<'_>| {
        let (first, _) = order.months?;
        let begins_earlier = |it: &&Read<'_>| {
            let begins = it.months.map(|it| it.0);
            let is_event = !EventKind::all_in(it.text(ItemField::Form)).is_empty()
                || !EventKind::all_in(it.text(ItemField::Title)).is_empty();
            begins.is_some_and(|begin| begin < first || (begin == first && is_event))
        };
        let work = section.items.iter().filter(|it| !is_order(it)).filter(begins_earlier);
        let earliest = work.min_by_key(|it| it.months)?;
        let (term, title) = (order.text(ItemField::Term), earliest.text(ItemField::Title));
        let other = format!("{} — {}", earliest.text(ItemField::Term), title);
        Some(order.finding(LintKind::OrderAfterWork, ItemField::Term, term, &other))
    };
    section.items.iter().filter(is_order).filter_map(late).collect()
}

/// A name with a year that only this item has, where its neighbours agree on another.
fn other_years(section: &Part<'_>) -> Vec<Finding> {
    let dated = || {
        section.items.iter().flat_map(|item| {
            names_in(item.text(ItemField::Title)).filter_map(move |it| Some((item, it.name, it.year?)))
        })
    };
    let mut findings = Vec::new();
    for (item, name, year) in dated() {
        let others: Vec<_> = dated().filter(|it| it.1 == name && it.0.item.row != item.item.row).collect();
        let agreed = others.first().map(|it| it.2).filter(|it| *it != year);
        let agree = others.len() > 1 && others.iter().all(|it| Some(it.2) == agreed);
        if let Some(other) = agreed.filter(|_| agree) {
            let (found, other) = (format!("«{name} {year}»"), format!("«{name} {other}»"));
            findings.push(item.finding(LintKind::OtherYear, ItemField::Title, &found, &other));
        }
    }
    findings
}

/// The questions about events that stand in other plans as well.
pub(super) fn across(subject: &Subject<'_>, others: &[Subject<'_>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for item in subject.items() {
        let same = others.iter().find_map(|plan| {
            let found = plan.items().find(|it| is_same_event(item, it))?;
            Some((plan.title, found))
        });
        if let Some((plan, found)) = same {
            let other = format!("{} ({plan})", found.text(ItemField::Title));
            findings.push(item.finding(
                LintKind::SameEventElsewhere,
                ItemField::Title,
                item.text(ItemField::Title),
                &other,
            ));
        }
    }
    findings
}

/// The same name with the same year, the same kind, and months that meet. Levels may differ: that is the question.
fn is_same_event(a: &Read<'_>, b: &Read<'_>) -> bool {
    let said = |it: &Read<'_>| {
        [ItemField::Form, ItemField::Title, ItemField::Task].map(|field| it.text(field)).join(" ")
    };
    let (of_a, of_b) = (said(a), said(b));
    if prepares(&of_a) || prepares(&of_b) {
        return false;
    }
    let (Some(months_a), Some(months_b)) = (a.months, b.months) else { return false };
    let meet = months_a.0 <= months_b.1 && months_b.0 <= months_a.1;
    let kinds = EventKind::all_in(&of_b);
    let one_kind = EventKind::all_in(&of_a).iter().any(|it| kinds.contains(it));
    let one_name = names_in(&of_a).any(|a| {
        names_in(&of_b)
            .any(|b| a.name == b.name && (a.year == b.year || a.year.is_none() || b.year.is_none()))
    });
    let regional = |text: &str| level_in(text) == Some(super::events::Level::Regional);
    meet && one_kind && one_name && regional(&of_a) == regional(&of_b)
}

/// Institutions of the region.
const OUTSIDE: &[&str] = &["ИРО", "МОН", "МОНиМП", "министерство"];

/// Abbreviations of the field that everybody reads.
const GLOSSARY: &[&str] = &[
    "ИМЦ",
    "МКУ",
    "МБУ",
    "МАУ",
    "ТМС",
    "ИРО",
    "ГБОУ",
    "МБОУ",
    "МАОУ",
    "МКОУ",
    "МОНМП",
    "МОН",
    "КИП",
    "РИП",
    "ФИП",
    "ДОУ",
    "СОШ",
    "ООШ",
    "ФГОС",
    "ФОП",
    "ЕГЭ",
    "ОГЭ",
    "ГИА",
    "ВПР",
    "РФ",
    "УМК",
    "НОО",
    "ООО",
    "СОО",
    "ОВЗ",
    "ИКТ",
    "ПМПК",
    "РМО",
    "ШМО",
];
