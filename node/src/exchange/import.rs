//! Maps tables of any format to plans in the forms A–D.
//!
//! Nothing is dropped: a row that fits nowhere becomes an item, a line that is not the title stands in `outside`, a text
//! under a column that no form has goes to the item's note, the texts of each item's cells are kept as they were, and
//! `counts.lost` is counted, not claimed. Nothing is decided either: what the mapping glued, moved or merely suspects is
//! a [`Doubt`] for the preview, and a proposal is carried out by [`ImportedPlan::accept`] alone.

use std::collections::BTreeSet;

use super::form::{Form, FormKind, FormRow, FormSection, Header};
use super::read::{ReadError, read};
use super::table::{Document, Place};
use crate::domain::plan::ItemField;
use crate::domain::schedule::{Issue, Part, Window};

mod accept;
mod doubts;
#[cfg(test)]
mod forms_tests;
mod header;
#[cfg(test)]
mod lint_tests;
mod markup;
mod rows;
mod split;
mod sub_items;
#[cfg(test)]
mod tests;
mod title;

pub use sub_items::sub_items;

/// A plan as a file has it, with what a person should look at before it is loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedPlan {
    /// The line above the table without its period.
    pub title: String,
    /// «2021-23г.г.»; empty if the title names none.
    pub period: String,
    /// The lines under «УТВЕРЖДАЮ» that name who approves.
    pub approval: String,
    /// Which form its columns are.
    pub kind: FormKind,
    /// Which of the two headings form D had.
    pub header: Header,
    /// In order. Items before the first section row stand in a section without number and title.
    pub sections: Vec<ImportedSection>,
    /// Everything that stands beside the plan: notes, other tables.
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

/// An item of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportedItem {
    /// The row it stands in, or its first row.
    pub place: Place,
    /// Its texts verbatim, without spaces around them.
    pub row: FormRow,
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
    pub column: Option<ItemField>,
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
    /// A text under a column that no form has, or beside the table; it goes to the item's note.
    Unmapped {
        /// The text.
        text: String,
    },
    /// The text of a cell merged downwards was taken for this row as well.
    MergedDown,
    /// The cell held tags of a web page; its text without them was taken.
    Markup,
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

/// Why a file did not become a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// The file was not read.
    #[error("the file was not read")]
    Read(#[from] ReadError),
    /// No table has the columns of a plan.
    #[error("no table has the columns of a plan")]
    NoHeader {
        /// The texts of the row that looks most like a header.
        seen: Vec<String>,
    },
    /// There is a header and nothing under it.
    #[error("the table has no rows")]
    NoRows,
    /// More items than a plan can have.
    #[error("the table has {items} items, at most {ITEMS_MAX} are loaded")]
    TooManyItems {
        /// How many it has.
        items: usize,
    },
    /// A text longer than a cell of any office program.
    #[error("a cell of row {} has {letters} letters", place.row)]
    LongCell {
        /// Its row.
        place: Place,
        /// Its length.
        letters: usize,
    },
}

/// The most items of one plan: the largest known have some three hundred.
pub const ITEMS_MAX: usize = 2_000;
/// The longest text of a cell, Excel's own bound: what is longer could not be written out again.
pub const CELL_LETTERS_MAX: usize = 32_767;

/// Reads a file and maps its first plan.
pub fn import(bytes: &[u8]) -> Result<ImportedPlan, ImportError> {
    import_all(bytes)?.into_iter().next().ok_or(ImportError::NoRows)
}

/// Reads a file and maps every plan in it: tables with headers of their own, in their order.
pub fn import_all(bytes: &[u8]) -> Result<Vec<ImportedPlan>, ImportError> {
    let document = read(bytes)?;
    split::plans(&document).iter().map(map).collect()
}

/// Maps what was read.
pub fn map(document: &Document) -> Result<ImportedPlan, ImportError> {
    check_cells(document)?;
    let found =
        header::find(document).ok_or_else(|| ImportError::NoHeader { seen: header::seen(document) })?;
    let title = title::take(document, &found);
    let taken = rows::take(document, &found);
    let mut plan = ImportedPlan {
        title: title.title,
        period: title.period,
        approval: title.approval,
        kind: found.kind,
        header: found.header,
        sections: taken.sections,
        outside: title.outside.into_iter().chain(taken.outside).collect(),
        doubts: taken.doubts,
        counts: Counts::default(),
    };
    check_items(&plan)?;
    let window = Window::parse(&plan.period);
    let columns: Vec<_> = found.columns.iter().copied().flatten().collect();
    plan.doubts.extend(doubts::of(&plan.sections, &columns, window));
    plan.doubts.sort_by_key(|it| (it.place, it.column));
    let placed = title.placed + found.placed + taken.placed;
    plan.counts = counts(&plan, header::texts(document).saturating_sub(placed));
    Ok(plan)
}

fn check_cells(document: &Document) -> Result<(), ImportError> {
    let rows = document.tables().flat_map(|it| &it.rows);
    for row in rows {
        // Counting every text would cost more than it tells: a letter has at least one byte.
        for cell in row.cells.iter().filter(|it| it.text.len() > CELL_LETTERS_MAX) {
            let letters = cell.text.chars().count();
            if letters > CELL_LETTERS_MAX {
                return Err(ImportError::LongCell { place: row.place, letters });
            }
        }
    }
    Ok(())
}

fn check_items(plan: &ImportedPlan) -> Result<(), ImportError> {
    match plan.items().count() {
        0 if plan.sections.is_empty() => Err(ImportError::NoRows),
        items if items > ITEMS_MAX => Err(ImportError::TooManyItems { items }),
        _ => Ok(()),
    }
}

fn counts(plan: &ImportedPlan, lost: usize) -> Counts {
    let places: BTreeSet<_> = plan.doubts.iter().map(|it| it.place).collect();
    let is_doubtful = |it: &&ImportedItem| places.contains(&it.place);
    let all = plan.items().count();
    let doubtful = plan.items().filter(is_doubtful).count();
    Counts { recognised: all - doubtful, doubtful, lost }
}

impl ImportedPlan {
    /// The items of all sections.
    pub fn items(&self) -> impl Iterator<Item = &ImportedItem> {
        self.sections.iter().flat_map(|it| &it.items)
    }

    /// The same as a form to be printed.
    pub fn form(&self) -> Form {
        let section = |it: &ImportedSection| FormSection {
            number: it.number.clone(),
            title: it.title.clone(),
            rows: it.items.iter().map(|it| it.row.clone()).collect(),
        };
        Form {
            kind: self.kind,
            header: self.header,
            title: self.title.clone(),
            period: self.period.clone(),
            approval: self.approval.clone(),
            sections: self.sections.iter().map(section).collect(),
        }
    }
}

impl ImportedItem {
    /// The text of a field.
    pub fn text(&self, field: ItemField) -> &str {
        self.row.text(field)
    }

    /// Its printed number.
    pub fn number(&self) -> &str {
        self.text(ItemField::Number)
    }
}
