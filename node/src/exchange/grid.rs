//! A sheet of a workbook as texts by row and column, whatever the format it was read from.
//!
//! Only cells with text are kept, so that a sheet that claims a million rows costs nothing. Numbers and dates become
//! the text that the sheet shows: «1.1», «15.03.2022», «март 2021».

use std::collections::BTreeMap;

use jiff::civil::DateTime;

use super::read::{CELLS_MAX, COLUMNS_MAX, ROWS_MAX, ReadError};
use super::table::{Cell, Place, Row};
use crate::domain::schedule::{Case, month_name};

/// Texts by row and column, both from zero.
pub(super) type Grid = BTreeMap<u32, BTreeMap<u32, String>>;

/// Cells that are shown as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Merge {
    /// The first row and column.
    pub(super) start: (u32, u32),
    /// The last row and column.
    pub(super) end: (u32, u32),
}

/// How much may still be read of a file.
#[derive(Debug)]
pub(super) struct Budget {
    cells: usize,
    rows: usize,
    bytes: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { cells: CELLS_MAX, rows: ROWS_MAX, bytes: TEXT_BYTES_MAX }
    }
}

impl Budget {
    /// Puts a text into a grid; a blank one is left out.
    pub(super) fn put(&mut self, grid: &mut Grid, at: (u32, u32), text: String) -> Result<(), ReadError> {
        if text.trim().is_empty() {
            return Ok(());
        }
        self.cells = self.cells.checked_sub(1).ok_or(ReadError::TooMany { what: "cells" })?;
        self.bytes = self.bytes.checked_sub(text.len()).ok_or(ReadError::TooMany { what: "letters" })?;
        grid.entry(at.0).or_default().insert(at.1, text);
        Ok(())
    }
}

/// The rows of a sheet, the `table`-th of its file.
pub(super) fn rows(
    grid: Grid,
    merges: &[Merge],
    table: usize,
    budget: &mut Budget,
) -> Result<Vec<Row>, ReadError> {
    if merges.len() > MERGES_MAX {
        return Err(ReadError::TooMany { what: "merged cells" });
    }
    let first = grid.values().filter_map(|it| it.keys().next()).min().copied().unwrap_or(0);
    let last = grid.values().filter_map(|it| it.keys().last()).max().copied().unwrap_or(0);
    let width = usize::try_from(last - first).unwrap_or(usize::MAX);
    if width >= COLUMNS_MAX {
        return Err(ReadError::TooMany { what: "columns" });
    }
    if grid.len().saturating_mul(width + 1) > GRID_CELLS_MAX {
        return Err(ReadError::TooMany { what: "cells" });
    }
    budget.rows = budget.rows.checked_sub(grid.len()).ok_or(ReadError::TooMany { what: "rows" })?;
    let row = |(at, texts): (u32, BTreeMap<u32, String>)| {
        let number = usize::try_from(at).unwrap_or(usize::MAX).saturating_add(1);
        // Merged cells do not overlap: no more of them cross a row than it has columns.
        let here = merges.iter().filter(|it| (it.start.0..=it.end.0).contains(&at));
        let here: Vec<_> = here.take(COLUMNS_MAX).collect();
        Row { place: Place { table, row: number }, cells: row_cells(at, first..=last, texts, &here) }
    };
    Ok(grid.into_iter().map(row).collect())
}

/// The cells of a row within the sheet's used columns: merged ones once, with their span.
fn row_cells(
    row: u32,
    columns: std::ops::RangeInclusive<u32>,
    mut texts: BTreeMap<u32, String>,
    merges: &[&Merge],
) -> Vec<Cell> {
    let (first, last) = (*columns.start(), *columns.end());
    let mut cells = Vec::new();
    let mut at = first;
    while at <= last {
        let merge = merges.iter().find(|it| (it.start.1..=it.end.1).contains(&at));
        let end = merge.map_or(at, |it| it.end.1.min(last));
        let mut cell = Cell::new((at - first) as usize, "");
        cell.span = (end - at) as usize + 1;
        cell.continues = merge.is_some_and(|it| it.start.0 < row);
        // A broken file may have texts under a merged cell: none is dropped.
        let hidden: Vec<_> = (at..=end).filter_map(|it| texts.remove(&it)).collect();
        cell.text = hidden.join(" ");
        cells.push(cell);
        at = end + 1;
    }
    cells
}

/// A number as a cell of this format shows it.
pub(super) fn shown_number(number: f64, format: &str) -> String {
    match format.strip_prefix("0.") {
        Some(zeros) if zeros.bytes().all(|it| it == b'0') && zeros.len() <= DECIMALS_MAX => {
            format!("{number:.*}", zeros.len())
        }
        _ => number.to_string(),
    }
}

/// A moment as a cell of this format shows it: the day, the month alone, or the time alone.
pub(super) fn shown_moment(moment: DateTime, format: &str) -> String {
    let code = bare_format(format);
    let has = |letter: char| code.contains(letter);
    if has('y') && has('m') && !has('d') {
        return format!("{} {}", month_name(moment.month(), Case::Nominative), moment.year());
    }
    if !has('y') && !has('d') && has('h') {
        return format!("{:02}:{:02}", moment.hour(), moment.minute());
    }
    format!("{:02}.{:02}.{:04}", moment.day(), moment.month(), moment.year())
}

/// Whether a format shows moments and not numbers.
pub(super) fn is_moment(format: &str) -> bool {
    let code = bare_format(format);
    !code.contains("general") && code.contains(['y', 'd', 'h', 'm'])
}

/// A format without what stands in brackets and quotation marks: `[$-419]mmmm yyyy"г."` is `mmmm yyyy`.
fn bare_format(format: &str) -> String {
    let mut closing = None;
    let mut code = String::new();
    for letter in format.chars().flat_map(char::to_lowercase) {
        match (closing, letter) {
            (Some(end), it) if it == end => closing = None,
            (Some(_), _) => {}
            (None, '[') => closing = Some(']'),
            (None, '"') => closing = Some('"'),
            (None, it) => code.push(it),
        }
    }
    code
}

/// Texts with the empty cells between them.
const GRID_CELLS_MAX: usize = 4 * CELLS_MAX;
/// Every row looks through all of them.
const MERGES_MAX: usize = 10_000;
/// More decimals than these are noise.
const DECIMALS_MAX: usize = 10;
/// All texts of a file together: one long text in each of a hundred thousand cells takes a few bytes in the file.
const TEXT_BYTES_MAX: usize = 64 << 20;
