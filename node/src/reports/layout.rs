//! What stands on the sheets of a consolidated report, in which order and in which words: the same for the Word file
//! and for the page, so that the preview is what is printed.
//!
//! Widths are millimetres of an A4 sheet; how a heading or a line looks is the writers' business.

mod annexes;
mod lists;
pub(super) mod summary;

use super::model::{MemberState, Record, Report};
use crate::domain::light::LightKind;
use crate::i18n::Catalog;

/// Sheets of one orientation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) landscape: bool,
    pub(super) blocks: Vec<Block>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    Title(String),
    Subtitle(String),
    Heading(String),
    Text(String),
    /// A remark under a table.
    Note(String),
    /// «Сеть: …» line by line.
    Facts(Vec<(String, String)>),
    Table(Table),
    /// Label, line to sign on, date.
    Signature([String; 3]),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    /// A word for class names.
    pub(super) id: &'static str,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Row>,
}

impl Table {
    /// Whether it stays on one sheet: the sums do, while they are short, because they are read at one glance.
    pub(super) fn is_whole(&self) -> bool {
        matches!(self.id, "members" | "totals" | "sections") && self.rows.len() <= WHOLE_ROWS_MAX
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) head: String,
    pub(super) width_mm: u16,
    pub(super) align: Align,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) kind: RowKind,
    pub(super) cells: Vec<Cell>,
    /// The line of the provenance that this row is, with its entry.
    pub(super) proof: Option<(usize, Option<Record>)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowKind {
    Plain,
    /// Merged across, stays with the row after it.
    Section,
    Total,
}

/// A cell: lines of text, and what they say about an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) lines: Vec<String>,
    /// How many rows it stands beside, 1 as a rule; 0 where a cell above covers it.
    pub(super) covers: usize,
    /// Colours the sign that the text begins with.
    pub(super) light: Option<LightKind>,
    /// The line of the provenance that the cell leads to.
    pub(super) proof: Option<usize>,
    /// Whether it says that there is no data.
    pub(super) missing: bool,
    /// Whether it is a hash.
    pub(super) fixed: bool,
    /// Whether it is a sum.
    pub(super) bold: bool,
}

/// The whole report.
pub(super) fn layout(report: &Report, t: &Catalog) -> Vec<Part> {
    let mut body = summary::summary(report, t);
    body.extend(lists::lists(report, t));
    body.push(Block::Signature([
        t.text("report-signature"),
        t.text("report-signature-line"),
        t.text("report-signature-date"),
    ]));
    vec![
        Part { landscape: false, blocks: body },
        Part { landscape: true, blocks: annexes::items(report, t) },
        Part { landscape: true, blocks: annexes::provenance(report, t) },
    ]
}

/// Places of the members in groups that fit side by side on a sheet.
fn groups(members: &[MemberState]) -> Vec<Vec<(usize, &MemberState)>> {
    let places: Vec<_> = members.iter().enumerate().collect();
    places.chunks(MEMBERS_ABREAST_MAX).map(<[_]>::to_vec).collect()
}

/// Millimetres that members who are not there leave to another column, so that every table is as wide as its sheet.
fn left_over(members: &[(usize, &MemberState)], member_mm: u16) -> u16 {
    let absent = MEMBERS_ABREAST_MAX.saturating_sub(members.len());
    u16::try_from(absent).map_or(0, |it| it * member_mm)
}

pub(super) fn column(head: impl Into<String>, width_mm: u16, align: Align) -> Column {
    Column { head: head.into(), width_mm, align }
}

/// «Мостовской, Динской»
fn names<'a>(members: impl Iterator<Item = &'a MemberState>) -> String {
    members.map(|it| it.short.as_str()).collect::<Vec<_>>().join(", ")
}

impl Cell {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::lines(vec![text.into()])
    }

    pub(super) fn lines(lines: Vec<String>) -> Self {
        Self { lines, covers: 1, light: None, proof: None, missing: false, fixed: false, bold: false }
    }

    fn missing(text: impl Into<String>) -> Self {
        Self { missing: true, ..Self::text(text) }
    }
}

impl Row {
    pub(super) fn plain(cells: Vec<Cell>) -> Self {
        Self { kind: RowKind::Plain, cells, proof: None }
    }

    fn total(cells: Vec<Cell>) -> Self {
        Self { kind: RowKind::Total, ..Self::plain(cells) }
    }

    pub(super) fn section(text: impl Into<String>) -> Self {
        Self { kind: RowKind::Section, ..Self::plain(vec![Cell::text(text)]) }
    }
}

/// Half an upright sheet, if every row has two lines.
const WHOLE_ROWS_MAX: usize = 14;
/// More names than this do not fit an upright A4 in letters that a director reads without glasses.
const MEMBERS_ABREAST_MAX: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use crate::office::docx::Orientation;
    use crate::reports::sample;

    #[test]
    fn every_table_is_as_wide_as_its_sheet() {
        for members in [1, 4, 5] {
            let mut report = sample::report();
            report.members.truncate(members);
            for part in layout(&report, Catalog::of(Lang::Ru)) {
                let width = if part.landscape { Orientation::Landscape } else { Orientation::Portrait }
                    .text_width_mm();
                for table in tables(&part) {
                    let sum: u16 = table.columns.iter().map(|it| it.width_mm).sum();
                    assert_eq!(sum, width, "{} with {members} members", table.id);
                }
            }
        }
    }

    #[test]
    fn every_row_has_a_cell_for_every_column() {
        for part in layout(&sample::report(), Catalog::of(Lang::Ru)) {
            for table in tables(&part) {
                for row in &table.rows {
                    let expected = if row.kind == RowKind::Section { 1 } else { table.columns.len() };
                    assert_eq!(row.cells.len(), expected, "{}", table.id);
                }
            }
        }
    }

    #[test]
    fn many_members_stand_in_several_tables() {
        let mut report = sample::report();
        let copies: Vec<_> = report.members.clone();
        report.members.extend(copies);
        let [body, items, _] = layout(&report, Catalog::of(Lang::Ru)).try_into().unwrap();
        assert_eq!(tables(&items).count(), 2);
        assert_eq!(tables(&body).filter(|it| it.id == "totals").count(), 2);
    }

    fn tables(part: &Part) -> impl Iterator<Item = &Table> {
        part.blocks.iter().filter_map(|it| match it {
            Block::Table(table) => Some(table),
            _ => None,
        })
    }
}
