//! Carries out the proposals that a person agreed to in the preview.

use std::collections::BTreeSet;

use super::{Doubt, DoubtKind, ImportedItem, ImportedPlan, sub_items};
use crate::domain::plan::ItemField;
use crate::domain::schedule::{Case, Issue, Month, Part, month_name};

impl DoubtKind {
    /// Whether it proposes something that can be agreed to.
    pub fn proposes(&self) -> bool {
        match self {
            Self::Lookalike { .. } | Self::Composite { .. } => true,
            Self::Term(Issue::Repeated { suggestion, .. }) => suggestion.is_some(),
            _ => false,
        }
    }
}

impl ImportedPlan {
    /// Does what the doubts of these indices propose. Anything else stays as it was read; what no proposal stands
    /// behind is passed over.
    pub fn accept(&mut self, agreed: &BTreeSet<usize>) {
        let doubts: Vec<Doubt> = agreed
            .iter()
            .filter_map(|it| self.doubts.get(*it))
            .filter(|it| it.kind.proposes())
            .cloned()
            .collect();
        // Splitting last: it takes the texts as the other proposals leave them.
        let (splits, texts): (Vec<_>, Vec<_>) =
            doubts.into_iter().partition(|it| matches!(it.kind, DoubtKind::Composite { .. }));
        for doubt in &texts {
            if let Some(item) = self.item_mut(doubt) {
                change_text(item, doubt);
            }
        }
        for doubt in &splits {
            self.split(doubt);
        }
    }

    fn item_mut(&mut self, doubt: &Doubt) -> Option<&mut ImportedItem> {
        self.sections.iter_mut().flat_map(|it| &mut it.items).find(|it| it.place == doubt.place)
    }

    /// Puts an item for each activity in the place of the item that lists them.
    fn split(&mut self, doubt: &Doubt) {
        let DoubtKind::Composite { terms, .. } = &doubt.kind else { return };
        for section in &mut self.sections {
            let Some(at) = section.items.iter().position(|it| it.place == doubt.place) else { continue };
            if let Some(whole) = section.items.get(at).cloned() {
                section.items.splice(at..=at, parts_of(&whole, terms.as_deref()));
            }
            return;
        }
    }
}

fn change_text(item: &mut ImportedItem, doubt: &Doubt) {
    let Some(column) = doubt.column else { return };
    let text = item.text(column).to_owned();
    match &doubt.kind {
        DoubtKind::Lookalike { found, proposal } => item.row.set(column, text.replace(found, proposal)),
        DoubtKind::Term(Issue::Repeated { month, suggestion: Some(meant) }) => {
            if let Some(changed) = with_last_month(&text, *month, *meant) {
                item.row.set(column, changed);
            }
        }
        _ => {}
    }
}

/// The term with the year of the last mention of a month changed: both months have one name.
fn with_last_month(term: &str, month: Month, meant: Month) -> Option<String> {
    let stem: String = month_name(month.month(), Case::Nominative).chars().take(STEM_LETTERS).collect();
    // Lower case of Russian letters has as many bytes, and dates hold no others.
    let lower = term.to_lowercase();
    let at = lower.rfind(&stem).filter(|_| lower.len() == term.len())?;
    let year = month.year().to_string();
    let from = at + term.get(at..)?.find(&year)?;
    Some(format!("{}{}{}", term.get(..from)?, meant.year(), term.get(from + year.len()..)?))
}

/// An item for each activity of a title: its number goes on from the whole's, its title keeps what stands before the
/// list, its term is its own where there is one for each.
fn parts_of(whole: &ImportedItem, terms: Option<&[Part]>) -> Vec<ImportedItem> {
    let title = whole.text(ItemField::Title);
    let lead = title.split_once(':').map(|(lead, _)| lead.trim());
    let number = whole.number().trim_end_matches('.');
    let part = |(index, activity): (usize, &str)| {
        let mut item = whole.clone();
        if !number.is_empty() {
            item.row.set(ItemField::Number, format!("{number}.{}", index + 1));
        }
        let named = lead.map_or_else(|| activity.to_owned(), |lead| format!("{lead}: {activity}"));
        item.row.set(ItemField::Title, named);
        if let Some(term) = terms.and_then(|it| it.get(index)).and_then(written) {
            item.row.set(ItemField::Term, term);
        }
        item
    };
    sub_items(title).into_iter().enumerate().map(part).collect()
}

/// A part of a term as people write it; `None` for one that such lists do not have.
fn written(part: &Part) -> Option<String> {
    let month = |it: &Month| {
        let name = month_name(it.month(), Case::Nominative);
        format!("{name} {}", it.year())
    };
    match part {
        Part::Month(it) => Some(month(it)),
        Part::MonthRange(from, to) => Some(format!("{} – {}", month(from), month(to))),
        Part::MonthSet(months) => Some(months.iter().map(month).collect::<Vec<_>>().join(", ")),
        Part::Day(day) => Some(day.strftime("%d.%m.%Y").to_string()),
        Part::Year(year) => Some(format!("{year} год")),
        _ => None,
    }
}

/// «июнь» and «июль» differ in the third letter.
const STEM_LETTERS: usize = 3;
