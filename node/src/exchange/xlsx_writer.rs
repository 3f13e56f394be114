//! Form D as an Excel workbook, ready to be printed: A4 across, fitted to the width, the header on every page.
//!
//! Every cell is a string: nothing that a member typed is ever run as a formula or turned into a date. The same form
//! gives the same bytes on every machine and day.

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::form_d::FormD;

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

/// Writes form D: the heading, an empty row, the columns' heads, merged section rows, rows.
pub fn export_xlsx(form: &FormD) -> Result<Vec<u8>, ExportError> {
    check_lengths(form)?;
    let formats = Formats::new();
    let mut workbook = Workbook::new();
    // A moment in the file would make equal forms differ.
    let properties = DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?);
    workbook.set_properties(&properties);
    let sheet = workbook.add_worksheet();
    sheet.set_name("Дорожная карта")?;
    set_page(sheet)?;
    let mut row = 0;
    let heading = form.heading();
    if !heading.is_empty() {
        sheet.merge_range(row, 0, row, LAST_COLUMN, &heading, &formats.heading)?;
        row += 2;
    }
    write_row(sheet, row, form.header.texts(), &formats.header)?;
    sheet.set_repeat_rows(row, row)?;
    sheet.set_freeze_panes(row + 1, 0)?;
    for section in &form.sections {
        if let Some(heading) = section.heading() {
            row += 1;
            sheet.merge_range(row, 0, row, LAST_COLUMN, &heading, &formats.section)?;
        }
        for item in &section.rows {
            row += 1;
            write_row(sheet, row, item.texts(), &formats.cell)?;
        }
    }
    Ok(workbook.save_to_buffer()?)
}

struct Formats {
    heading: Format,
    header: Format,
    section: Format,
    cell: Format,
}

impl Formats {
    fn new() -> Self {
        let cell = Format::new().set_text_wrap().set_align(FormatAlign::Top).set_border(FormatBorder::Thin);
        Self {
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

fn set_page(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0).set_footer("&C&P");
    for (column, width) in (0..).zip(WIDTHS) {
        sheet.set_column_width(column, width)?;
    }
    Ok(())
}

fn write_row(sheet: &mut Worksheet, row: u32, texts: [&str; 5], format: &Format) -> Result<(), XlsxError> {
    for (column, text) in (0..).zip(texts) {
        sheet.write_string_with_format(row, column, text, format)?;
    }
    Ok(())
}

fn check_lengths(form: &FormD) -> Result<(), ExportError> {
    let rows = form.sections.iter().flat_map(|it| &it.rows).flat_map(|it| it.texts());
    let headings = form.sections.iter().filter_map(super::form_d::FormSection::heading);
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

/// Excel's bound of a cell's text.
const CELL_LETTERS_MAX: usize = 32_767;
const LAST_COLUMN: u16 = 4;
/// Excel's number of the paper.
const A4: u8 = 9;
/// In letters: «№», what, when, for whom, by whom.
const WIDTHS: [u16; 5] = [7, 62, 26, 24, 26];
