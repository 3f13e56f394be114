//! What is doubtful in items that are complete: empty cells, look-alike letters, terms, lists in titles.

use std::collections::{BTreeMap, BTreeSet};

use super::rows::is_balanced;
use super::{Column, Doubt, DoubtKind, ImportedItem, ImportedSection, sub_items};
use crate::domain::schedule::{Part, Schedule, Window};

/// The doubts of all items.
pub(super) fn of(sections: &[ImportedSection], window: Option<Window>) -> Vec<Doubt> {
    let items: Vec<_> = sections.iter().flat_map(|it| &it.items).collect();
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    for item in &items {
        *numbers.entry(&item.number).or_default() += 1;
    }
    let words = cyrillic_words(&items);
    let mut doubts = Vec::new();
    for item in items {
        let mut add = |column: Option<Column>, kind: DoubtKind| {
            doubts.push(Doubt { place: item.place, number: item.number.clone(), column, kind });
        };
        if !item.number.is_empty() && numbers.get(item.number.as_str()).is_some_and(|it| *it > 1) {
            add(Some(Column::Number), DoubtKind::RepeatedNumber);
        }
        let schedule = Schedule::of_item(&item.term, &item.title, window);
        for column in [Column::Title, Column::Audience, Column::Responsible] {
            if item.text(column).is_empty() {
                add(Some(column), DoubtKind::Empty);
            }
        }
        if schedule.parts == [Part::Undated] {
            add(Some(Column::Term), DoubtKind::Empty);
        }
        if !is_balanced(&item.title) {
            add(Some(Column::Title), DoubtKind::Unbalanced);
        }
        let activities = sub_items(&item.title);
        if !activities.is_empty() {
            let terms = schedule.paired(activities.len()).map(<[_]>::to_vec);
            let items = activities.into_iter().map(str::to_owned).collect();
            add(Some(Column::Title), DoubtKind::Composite { items, terms });
        }
        for column in Column::ALL {
            for (found, proposal) in lookalikes(item.text(column), &words) {
                add(Some(column), DoubtKind::Lookalike { found, proposal });
            }
        }
        for issue in schedule.issues {
            add(Some(Column::Term), DoubtKind::Term(issue));
        }
    }
    doubts
}

/// The words of the plan that are written in Cyrillic letters and could be written in Latin ones.
fn cyrillic_words<'a>(items: &[&'a ImportedItem]) -> BTreeSet<&'a str> {
    let texts = items.iter().flat_map(|item| Column::ALL.map(|it| item.text(it)));
    texts.flat_map(words).filter(|it| it.chars().all(|it| CYRILLIC.contains(it))).collect()
}

/// Words in Latin letters that the plan also has in Cyrillic ones, and words that mix both.
fn lookalikes(text: &str, known: &BTreeSet<&str>) -> Vec<(String, String)> {
    let lookalike = |word: &str| {
        if !word.chars().any(|it| it.is_ascii_alphabetic()) {
            return None;
        }
        let is_mixed = word.chars().any(|it| ('\u{400}'..='\u{4ff}').contains(&it));
        let proposal: String = word.chars().map(cyrillic).collect();
        let is_whole = !proposal.chars().any(|it| it.is_ascii_alphabetic());
        (is_whole && (is_mixed || known.contains(proposal.as_str()))).then(|| (word.to_owned(), proposal))
    };
    words(text).filter_map(lookalike).collect()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|it: char| !it.is_alphanumeric()).filter(|it| !it.is_empty())
}

/// The Cyrillic letter that looks like a Latin one.
fn cyrillic(letter: char) -> char {
    let position = LATIN.chars().position(|it| it == letter);
    position.and_then(|it| CYRILLIC.chars().nth(it)).unwrap_or(letter)
}

const LATIN: &str = "ABCEHKMOPTXYaceopxy";
const CYRILLIC: &str = "АВСЕНКМОРТХУасеорху";
