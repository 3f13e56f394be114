//! A form as an Excel workbook, ready to be printed: A4 across, fitted to the width, the header on every page.
//!
//! Every cell is a string: nothing that a member typed is ever run as a formula or turned into a date. The same form
//! gives the same bytes on every machine and day.

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::form::{Form, FormSection, widths_mm};
use crate::i18n::Catalog;

/// Why a form did not become a workbook.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A text is longer than Excel's cells are.
    #[error("a text has {letters} letters, a cell holds {CELL_LETTERS_MAX}")]
    TooLong {
        /// Its length.
        letters: usize,
    },
    /// The workbook was not written.
    #[error("the workbook was not written")]
    Write(#[from] XlsxError),
}

/// Writes a form: the block «УТВЕРЖДАЮ», the heading, an empty row, the columns' heads, merged section rows, rows.
pub fn export_xlsx(form: &Form, t: &Catalog) -> Result<Vec<u8>, ExportError> {
    check_lengths(form)?;
    let formats = Formats::new();
    let mut workbook = Workbook::new();
    // A moment in the file would make equal forms differ.
    let properties = DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?);
    workbook.set_properties(&properties);
    let sheet = workbook.add_worksheet();
    sheet.set_name("Дорожная карта")?;
    let last = last_column(form);
    let widths: Vec<_> = widths_mm(form.kind).iter().map(|it| f64::from(*it) * LETTERS_PER_MM).collect();
    let whole: f64 = widths.iter().sum();
    set_page(sheet, &widths)?;
    let mut row = 0;
    for line in form.stamp(t) {
        sheet.merge_range(row, last.saturating_sub(1), row, last, &line, &formats.stamp)?;
        row += 1;
    }
    let heading = form.heading();
    if !heading.is_empty() {
        sheet.merge_range(row, 0, row, last, &heading, &formats.heading)?;
        sheet.set_row_height(row, height(&[&heading], &[whole]))?;
        row += 2;
    }
    write_row(sheet, row, form.heads(), &formats.header)?;
    sheet.set_repeat_rows(row, row)?;
    sheet.set_freeze_panes(row + 1, 0)?;
    for section in &form.sections {
        if let Some(heading) = section.heading() {
            row += 1;
            sheet.merge_range(row, 0, row, last, &heading, &formats.section)?;
            sheet.set_row_height(row, height(&[&heading], &[whole]))?;
        }
        for item in &section.rows {
            row += 1;
            write_row(sheet, row, &form.texts(item), &formats.cell)?;
            sheet.set_row_height(row, height(&form.texts(item), &widths))?;
        }
    }
    Ok(workbook.save_to_buffer()?)
}

struct Formats {
    stamp: Format,
    heading: Format,
    header: Format,
    section: Format,
    cell: Format,
}

impl Formats {
    fn new() -> Self {
        let cell = Format::new().set_text_wrap().set_align(FormatAlign::Top).set_border(FormatBorder::Thin);
        Self {
            stamp: Format::new().set_text_wrap(),
            heading: Format::new()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::Center)
                .set_align(FormatAlign::VerticalCenter),
            header: cell.clone().set_bold().set_align(FormatAlign::Center),
            section: cell.clone().set_bold(),
            cell,
        }
    }
}

fn set_page(sheet: &mut Worksheet, widths: &[f64]) -> Result<(), XlsxError> {
    sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0).set_footer("&C&P");
    for (column, width) in (0..).zip(widths) {
        sheet.set_column_width(column, *width)?;
    }
    Ok(())
}

fn write_row(sheet: &mut Worksheet, row: u32, texts: &[&str], format: &Format) -> Result<(), XlsxError> {
    for (column, text) in (0..).zip(texts) {
        sheet.write_string_with_format(row, column, *text, format)?;
    }
    Ok(())
}

/// How high a row is in which these texts stand in columns so wide: not every program measures wrapped text by itself,
/// and none measures merged cells.
fn height(texts: &[&str], widths: &[f64]) -> f64 {
    let lines = |(text, width): (&&str, &f64)| -> f64 {
        let letters = |it: &str| f64::from(u32::try_from(it.chars().count()).unwrap_or(u32::MAX));
        text.lines().map(|line| (letters(line) * WRAP_LOSS / width).ceil().max(1.0)).sum()
    };
    let most = texts.iter().zip(widths).map(lines).fold(1.0, f64::max);
    (most * LINE_POINTS).min(ROW_POINTS_MAX)
}

fn last_column(form: &Form) -> u16 {
    u16::try_from(form.heads().len()).unwrap_or(1).saturating_sub(1)
}

fn check_lengths(form: &Form) -> Result<(), ExportError> {
    let rows = form.sections.iter().flat_map(|it| &it.rows).flat_map(|it| form.texts(it));
    let headings = form.sections.iter().filter_map(FormSection::heading);
    let lengths = rows.map(utf16_len).chain(headings.map(|it| utf16_len(&it)));
    match lengths.chain([utf16_len(&form.heading())]).max() {
        Some(letters) if letters > CELL_LETTERS_MAX => Err(ExportError::TooLong { letters }),
        _ => Ok(()),
    }
}

/// Excel counts UTF-16 units.
fn utf16_len(text: &str) -> usize {
    text.encode_utf16().count()
}

/// What a line loses at its end, where the next word does not fit.
const WRAP_LOSS: f64 = 1.2;
/// A line of the default font, in points.
const LINE_POINTS: f64 = 15.0;
/// Excel's bound of a row's height.
const ROW_POINTS_MAX: f64 = 409.0;
/// Excel's bound of a cell's text.
const CELL_LETTERS_MAX: usize = 32_767;
/// Excel's number of the paper.
const A4: u8 = 9;
/// A column that is as wide as on paper: letters of the default font, which the sheet shrinks to fit.
const LETTERS_PER_MM: f64 = 0.55;
