//! The sheets of an Excel workbook, cell by cell.
//!
//! Only cells with text are kept, so that a sheet that claims a million rows costs nothing. Numbers and dates become
//! the text that the sheet shows: «1.1», «15.03.2022», «март 2021».

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{DataRef, Dimensions, ExcelDateTime, Reader, Xlsx};

use super::package::Package;
use super::read::{CELLS_MAX, COLUMNS_MAX, ROWS_MAX, ReadError};
use super::table::{Block, Cell, Place, Row, Table};
use crate::domain::schedule::{Case, month_name};

/// Reads the sheets of a workbook whose package was checked.
pub(super) fn read(bytes: &[u8], package: &mut Package<'_>) -> Result<Vec<Block>, ReadError> {
    check_styles(package)?;
    // calamine promises nothing for malformed files: a cell named «A99999999999» overflows in it. Whatever it does
    // with a stranger's bytes is the file's fault, and what it had read is thrown away.
    std::panic::catch_unwind(|| sheets(bytes)).unwrap_or_else(|_| Err(damaged("xl/worksheets")))
}

fn sheets(bytes: &[u8]) -> Result<Vec<Block>, ReadError> {
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(|_| damaged("xl/workbook.xml"))?;
    let mut budget = Budget { cells: CELLS_MAX, rows: ROWS_MAX };
    let mut blocks = Vec::new();
    for (index, sheet) in workbook.sheet_names().into_iter().enumerate() {
        let rows = sheet_rows(&mut workbook, &sheet, index + 1, &mut budget)?;
        blocks.push(Block::Table(Table { sheet: Some(sheet), rows }));
    }
    Ok(blocks)
}

type Workbook<'a> = Xlsx<Cursor<&'a [u8]>>;

/// Texts by row and column.
type Grid = BTreeMap<u32, BTreeMap<u32, String>>;

/// How much may still be read of this file.
struct Budget {
    cells: usize,
    rows: usize,
}

/// A style takes a hundred times more memory than its four bytes of XML.
fn check_styles(package: &mut Package<'_>) -> Result<(), ReadError> {
    let Some(part) = package.find("xl/styles", ".xml") else { return Ok(()) };
    let styles = package.text(&part)?;
    if styles.len() > STYLES_BYTES_MAX || styles.matches("xf").count() > 2 * STYLES_MAX {
        return Err(ReadError::TooMany { what: "styles" });
    }
    Ok(())
}

fn sheet_rows(
    workbook: &mut Workbook<'_>,
    sheet: &str,
    table: usize,
    budget: &mut Budget,
) -> Result<Vec<Row>, ReadError> {
    let rows = sheet_texts(workbook, sheet, budget)?;
    let merges = workbook.merge_cells_by_sheet_name(sheet).map_err(|_| damaged(sheet))?;
    if merges.len() > MERGES_MAX {
        return Err(ReadError::TooMany { what: "merged cells" });
    }
    let first = rows.values().filter_map(|it| it.keys().next()).min().copied().unwrap_or(0);
    let last = rows.values().filter_map(|it| it.keys().last()).max().copied().unwrap_or(0);
    let width = usize::try_from(last - first).unwrap_or(usize::MAX);
    if width >= COLUMNS_MAX {
        return Err(ReadError::TooMany { what: "columns" });
    }
    if rows.len().saturating_mul(width + 1) > GRID_CELLS_MAX {
        return Err(ReadError::TooMany { what: "cells" });
    }
    budget.rows = budget.rows.checked_sub(rows.len()).ok_or(ReadError::TooMany { what: "rows" })?;
    let row = |(at, texts): (u32, BTreeMap<u32, String>)| {
        let number = usize::try_from(at).unwrap_or(usize::MAX).saturating_add(1);
        // Merged cells do not overlap: no more of them cross a row than it has columns.
        let here = merges.iter().filter(|it| (it.start.0..=it.end.0).contains(&at));
        let here: Vec<_> = here.take(COLUMNS_MAX).collect();
        Row { place: Place { table, row: number }, cells: row_cells(at, first..=last, texts, &here) }
    };
    Ok(rows.into_iter().map(row).collect())
}

/// The texts of a sheet.
fn sheet_texts(workbook: &mut Workbook<'_>, sheet: &str, budget: &mut Budget) -> Result<Grid, ReadError> {
    let mut reader = match workbook.worksheet_cells_reader(sheet) {
        Ok(reader) => reader,
        // A sheet that is a chart.
        Err(calamine::XlsxError::NotAWorksheet(_)) => return Ok(Grid::new()),
        Err(_) => return Err(damaged(sheet)),
    };
    let mut texts = Grid::new();
    while let Some((cell, style)) = reader.next_cell_with_style_id().map_err(|_| damaged(sheet))? {
        let format = reader.styles().get(style).and_then(|it| it.number_format.as_ref());
        let text = shown(cell.get_value(), format.map_or("", |it| it.format_code.as_str()));
        if text.trim().is_empty() {
            continue;
        }
        budget.cells = budget.cells.checked_sub(1).ok_or(ReadError::TooMany { what: "cells" })?;
        let (row, column) = cell.get_position();
        texts.entry(row).or_default().insert(column, text);
    }
    Ok(texts)
}

/// The cells of a row within the sheet's used columns: merged ones once, with their span.
fn row_cells(
    row: u32,
    columns: std::ops::RangeInclusive<u32>,
    mut texts: BTreeMap<u32, String>,
    merges: &[&Dimensions],
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

/// The text that the sheet shows.
fn shown(value: &DataRef<'_>, format: &str) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => match format.strip_prefix("0.") {
            Some(zeros) if zeros.bytes().all(|it| it == b'0') && zeros.len() <= DECIMALS_MAX => {
                format!("{number:.*}", zeros.len())
            }
            _ => number.to_string(),
        },
        DataRef::Bool(true) => "ИСТИНА".to_owned(),
        DataRef::Bool(false) => "ЛОЖЬ".to_owned(),
        DataRef::DateTime(moment) if moment.is_datetime() => shown_date(*moment, format),
        DataRef::DateTime(moment) => moment.as_f64().to_string(),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
    }
}

fn shown_date(moment: ExcelDateTime, format: &str) -> String {
    let (year, month, day, hour, minute, ..) = moment.to_ymd_hms_milli();
    let code = bare_format(format);
    let has = |letter: char| code.contains(letter);
    if has('y') && has('m') && !has('d') {
        let name = i8::try_from(month).map_or("", |it| month_name(it, Case::Nominative));
        return format!("{name} {year}");
    }
    if !has('y') && !has('d') && has('h') {
        return format!("{hour:02}:{minute:02}");
    }
    format!("{day:02}.{month:02}.{year:04}")
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

fn damaged(part: &str) -> ReadError {
    ReadError::Damaged { part: part.to_owned() }
}

/// Texts with the empty cells between them.
const GRID_CELLS_MAX: usize = 4 * CELLS_MAX;
/// Every row looks through all of them.
const MERGES_MAX: usize = 10_000;
/// Excel's own bound of cell styles.
const STYLES_MAX: usize = 65_490;
/// Styles of a plan take some kilobytes.
const STYLES_BYTES_MAX: usize = 8 << 20;
/// More decimals than these are noise.
const DECIMALS_MAX: usize = 10;
