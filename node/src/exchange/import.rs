//! Maps tables of any format to form D, the roadmap of a network.
//!
//! Nothing is dropped: a row that fits nowhere becomes an item, a line that is not the title stands in `outside`, the
//! texts of each item's cells are kept as they were, and `counts.lost` is counted, not claimed. Nothing is decided
//! either: what the mapping glued, moved or merely suspects is a [`Doubt`] for the preview.

use std::collections::BTreeSet;

use super::form_d::{FormD, FormRow, FormSection, Header};
use super::read::{ReadError, read};
use super::table::{Document, Place};
use crate::domain::schedule::{Issue, Part, Window};

mod doubts;
mod header;
mod rows;
mod sub_items;
#[cfg(test)]
mod tests;
mod title;

pub use sub_items::sub_items;

/// A column of form D.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// «№»
    Number,
    /// «Деятельность/Мероприятия/Содержание»
    Title,
    /// «Сроки выполнения»
    Term,
    /// «Целевая аудитория»
    Audience,
    /// «Ответственный»
    Responsible,
}

/// A roadmap as a file has it, with what a person should look at before it is loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedPlan {
    /// The line above the table without its period.
    pub title: String,
    /// «2021-23г.г.»; empty if the title names none.
    pub period: String,
    /// Which of the two headings the table had.
    pub header: Header,
    /// In order. Items before the first section row stand in a section without number and title.
    pub sections: Vec<ImportedSection>,
    /// Everything that stands beside the plan: «УТВЕРЖДАЮ», notes, other tables.
    pub outside: Vec<String>,
    /// In the order of the rows.
    pub doubts: Vec<Doubt>,
    /// The counters of the preview.
    pub counts: Counts,
}

/// A section of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportedSection {
    /// «1»
    pub number: String,
    /// «Организационные мероприятия»
    pub title: String,
    /// In order.
    pub items: Vec<ImportedItem>,
}

/// An item of it; texts verbatim, without spaces around them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportedItem {
    /// The row it stands in, or its first row.
    pub place: Place,
    /// As printed: «4.7».
    pub number: String,
    /// What is done.
    pub title: String,
    /// The term verbatim.
    pub term: String,
    /// For whom.
    pub audience: String,
    /// By whom.
    pub responsible: String,
    /// The cells it was made of, empty ones left out.
    pub cells: Vec<RawCell>,
}

/// A cell as it stood in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawCell {
    /// Its row.
    pub place: Place,
    /// The column of the grid, from zero.
    pub column: usize,
    /// Its text, untrimmed.
    pub text: String,
}

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// The row.
    pub place: Place,
    /// The printed number of the item, empty where there is none.
    pub number: String,
    /// The column it is about; `None`: the whole row.
    pub column: Option<Column>,
    /// What it is.
    pub kind: DoubtKind,
}

/// What there is to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DoubtKind {
    /// The cell is empty: «без срока», «без ответственного».
    Empty,
    /// The row was glued from two, as a page break cuts them.
    Glued {
        /// The row of the second half.
        with: Place,
    },
    /// The row has more cells than the header; the last was taken for the last column.
    Displaced,
    /// A text under a column that form D does not have, or beside the table; it stands in the item's raw cells only.
    Unmapped {
        /// The text.
        text: String,
    },
    /// The text of a cell merged downwards was taken for this row as well.
    MergedDown,
    /// A section or item has no number, or Word draws it and the file does not hold it.
    NoNumber,
    /// Another item has the same number.
    RepeatedNumber,
    /// A word in Latin letters that look like Cyrillic ones.
    Lookalike {
        /// As written.
        found: String,
        /// The same in Cyrillic letters. A proposal: the text is kept.
        proposal: String,
    },
    /// Quotation marks or brackets do not match: a piece may be missing.
    Unbalanced,
    /// The title lists several activities, which may become items of their own.
    Composite {
        /// The activities.
        items: Vec<String>,
        /// A term for each, where the term has as many parts.
        terms: Option<Vec<Part>>,
    },
    /// Something in the term.
    Term(Issue),
}

/// The counters of the preview.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Items without a doubt.
    pub recognised: usize,
    /// Items with a doubt.
    pub doubtful: usize,
    /// Cells and lines of the file that stand nowhere in the result.
    pub lost: usize,
}

/// Why a file did not become a roadmap.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// The file was not read.
    #[error("the file was not read")]
    Read(#[from] ReadError),
    /// No table has the columns of form D.
    #[error("no table has the columns of a roadmap")]
    NoHeader {
        /// The texts of the row that looks most like a header.
        seen: Vec<String>,
    },
}

/// Reads a file and maps it.
pub fn import(bytes: &[u8]) -> Result<ImportedPlan, ImportError> {
    map(&read(bytes)?)
}

/// Maps what was read.
pub fn map(document: &Document) -> Result<ImportedPlan, ImportError> {
    let found =
        header::find(document).ok_or_else(|| ImportError::NoHeader { seen: header::seen(document) })?;
    let title = title::take(document, &found);
    let taken = rows::take(document, &found);
    let mut plan = ImportedPlan {
        title: title.title,
        period: title.period,
        header: found.header,
        sections: taken.sections,
        outside: title.outside.into_iter().chain(taken.outside).collect(),
        doubts: taken.doubts,
        counts: Counts::default(),
    };
    let window = Window::parse(&plan.period);
    plan.doubts.extend(doubts::of(&plan.sections, window));
    plan.doubts.sort_by_key(|it| (it.place, it.column));
    let placed = title.placed + found.placed + taken.placed;
    plan.counts = counts(&plan, header::texts(document).saturating_sub(placed));
    Ok(plan)
}

fn counts(plan: &ImportedPlan, lost: usize) -> Counts {
    let places: BTreeSet<_> = plan.doubts.iter().map(|it| it.place).collect();
    let is_doubtful = |it: &&ImportedItem| places.contains(&it.place);
    let all = plan.items().count();
    let doubtful = plan.items().filter(is_doubtful).count();
    Counts { recognised: all - doubtful, doubtful, lost }
}

impl Column {
    /// All of them, as printed.
    pub const ALL: [Self; 5] = [Self::Number, Self::Title, Self::Term, Self::Audience, Self::Responsible];
}

impl ImportedPlan {
    /// The items of all sections.
    pub fn items(&self) -> impl Iterator<Item = &ImportedItem> {
        self.sections.iter().flat_map(|it| &it.items)
    }

    /// The same as a form to be printed.
    pub fn form(&self) -> FormD {
        let row = |it: &ImportedItem| FormRow {
            number: it.number.clone(),
            title: it.title.clone(),
            term: it.term.clone(),
            audience: it.audience.clone(),
            responsible: it.responsible.clone(),
        };
        let section = |it: &ImportedSection| FormSection {
            number: it.number.clone(),
            title: it.title.clone(),
            rows: it.items.iter().map(row).collect(),
        };
        FormD {
            title: self.title.clone(),
            period: self.period.clone(),
            header: self.header,
            sections: self.sections.iter().map(section).collect(),
        }
    }
}

impl ImportedItem {
    /// The text of a column.
    pub fn text(&self, column: Column) -> &str {
        match column {
            Column::Number => &self.number,
            Column::Title => &self.title,
            Column::Term => &self.term,
            Column::Audience => &self.audience,
            Column::Responsible => &self.responsible,
        }
    }

    fn text_mut(&mut self, column: Column) -> &mut String {
        match column {
            Column::Number => &mut self.number,
            Column::Title => &mut self.title,
            Column::Term => &mut self.term,
            Column::Audience => &mut self.audience,
            Column::Responsible => &mut self.responsible,
        }
    }
}
