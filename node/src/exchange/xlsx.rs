//! The sheets of an Excel workbook of today, cell by cell.

use std::io::Cursor;

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx};
use jiff::civil::DateTime;

use super::grid::{self, Budget, Grid, Merge};
use super::package::Package;
use super::read::ReadError;
use super::table::{Block, Row, Table};

/// Reads the sheets of a workbook whose package was checked.
pub(super) fn read(bytes: &[u8], package: &mut Package<'_>) -> Result<Vec<Block>, ReadError> {
    check_styles(package)?;
    // calamine promises nothing for malformed files: a cell named «A99999999999» overflows in it. Whatever it does
    // with a stranger's bytes is the file's fault, and what it had read is thrown away.
    std::panic::catch_unwind(|| sheets(bytes)).unwrap_or_else(|_| Err(damaged("xl/worksheets")))
}

fn sheets(bytes: &[u8]) -> Result<Vec<Block>, ReadError> {
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(|_| damaged("xl/workbook.xml"))?;
    let mut budget = Budget::default();
    let mut blocks = Vec::new();
    for (index, sheet) in workbook.sheet_names().into_iter().enumerate() {
        let rows = sheet_rows(&mut workbook, &sheet, index + 1, &mut budget)?;
        blocks.push(Block::Table(Table { sheet: Some(sheet), rows }));
    }
    Ok(blocks)
}

type Workbook<'a> = Xlsx<Cursor<&'a [u8]>>;

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
    let texts = sheet_texts(workbook, sheet, budget)?;
    let merges = workbook.merge_cells_by_sheet_name(sheet).map_err(|_| damaged(sheet))?;
    let merges: Vec<_> = merges.into_iter().map(|it| Merge { start: it.start, end: it.end }).collect();
    grid::rows(texts, &merges, table, budget)
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
        budget.put(&mut texts, cell.get_position(), text)?;
    }
    Ok(texts)
}

/// The text that the sheet shows.
fn shown(value: &DataRef<'_>, format: &str) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => grid::shown_number(*number, format),
        DataRef::Bool(true) => "ИСТИНА".to_owned(),
        DataRef::Bool(false) => "ЛОЖЬ".to_owned(),
        DataRef::DateTime(moment) if moment.is_datetime() => match datetime(*moment) {
            Some(at) => grid::shown_moment(at, format),
            None => moment.as_f64().to_string(),
        },
        DataRef::DateTime(moment) => moment.as_f64().to_string(),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
    }
}

fn datetime(moment: ExcelDateTime) -> Option<DateTime> {
    let (year, month, day, hour, minute, ..) = moment.to_ymd_hms_milli();
    let small = |it: u8| i8::try_from(it).ok();
    let year = i16::try_from(year).ok()?;
    DateTime::new(year, small(month)?, small(day)?, small(hour)?, small(minute)?, 0, 0).ok()
}

fn damaged(part: &str) -> ReadError {
    ReadError::Damaged { part: part.to_owned() }
}

/// Excel's own bound of cell styles.
const STYLES_MAX: usize = 65_490;
/// Styles of a plan take some kilobytes.
const STYLES_BYTES_MAX: usize = 8 << 20;
