//! What is doubtful in items that are complete: empty cells, look-alike letters, terms, lists in titles.

use std::collections::{BTreeMap, BTreeSet};

use super::rows::is_balanced;
use super::{Doubt, DoubtKind, ImportedItem, ImportedSection, sub_items};
use crate::domain::plan::ItemField;
use crate::domain::schedule::{Part, Schedule, Window};

/// The doubts of all items of a table with these columns.
pub(super) fn of(sections: &[ImportedSection], columns: &[ItemField], window: Option<Window>) -> Vec<Doubt> {
    let items: Vec<_> = sections.iter().flat_map(|it| &it.items).collect();
    let words = cyrillic_words(&items);
    let mut doubts = Vec::new();
    for item in &items {
        let mut add = |column: Option<ItemField>, kind: DoubtKind| {
            doubts.push(Doubt { place: item.place, number: item.number().to_owned(), column, kind });
        };
        let schedule = Schedule::of_item(item.text(ItemField::Term), item.text(ItemField::Title), window);
        for column in columns {
            let is_empty = match column {
                ItemField::Number | ItemField::Note => false,
                ItemField::Term => schedule.parts == [Part::Undated],
                other => item.text(*other).is_empty(),
            };
            if is_empty {
                add(Some(*column), DoubtKind::Empty);
            }
        }
        if !is_balanced(item.text(ItemField::Title)) {
            add(Some(ItemField::Title), DoubtKind::Unbalanced);
        }
        let activities = sub_items(item.text(ItemField::Title));
        if !activities.is_empty() {
            let terms = schedule.paired(activities.len()).map(<[_]>::to_vec);
            let items = activities.into_iter().map(str::to_owned).collect();
            add(Some(ItemField::Title), DoubtKind::Composite { items, terms });
        }
        for (column, text) in item.row.fields() {
            for (found, proposal) in lookalikes(text, &words) {
                add(Some(column), DoubtKind::Lookalike { found, proposal });
            }
        }
        if columns.contains(&ItemField::Term) {
            for issue in schedule.issues {
                add(Some(ItemField::Term), DoubtKind::Term(issue));
            }
        }
    }
    doubts.extend(repeated_numbers(sections));
    doubts
}

/// Items with one number: within a section, or anywhere if the numbers say the section themselves («4.7»).
fn repeated_numbers(sections: &[ImportedSection]) -> Vec<Doubt> {
    let whole = |number: &str| number.trim_end_matches('.').contains('.');
    let numbered = sections.iter().enumerate().flat_map(|(section, it)| {
        let key = move |number: &str| (section * usize::from(!whole(number)), number.to_owned());
        it.items.iter().filter(|it| !it.number().is_empty()).map(move |it| (key(it.number()), it))
    });
    let mut found: BTreeMap<_, Vec<&ImportedItem>> = BTreeMap::new();
    for (key, item) in numbered {
        found.entry(key).or_default().push(item);
    }
    let doubt = |it: &ImportedItem| Doubt {
        place: it.place,
        number: it.number().to_owned(),
        column: Some(ItemField::Number),
        kind: DoubtKind::RepeatedNumber,
    };
    found.into_values().filter(|it| it.len() > 1).flatten().map(doubt).collect()
}

/// The words of the plan that are written in Cyrillic letters and could be written in Latin ones.
fn cyrillic_words<'a>(items: &[&'a ImportedItem]) -> BTreeSet<&'a str> {
    let texts = items.iter().flat_map(|item| item.row.fields().map(|(_, text)| text));
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
