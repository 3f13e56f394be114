//! The consolidated report as a table file: what the Word file says, to be counted on.
//!
//! Numbers are numbers. Sums and shares are formulas that carry their real values too, because some programs show the
//! stored value and never recalculate. The same report gives the same bytes.

mod format;
mod lists;
mod summary;

use jiff::civil::DateTime;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

use super::model::Report;
use crate::i18n::Catalog;
use format::Formats;

/// Writes the report. `created` is the moment in the file's properties.
pub fn xlsx(report: &Report, created: DateTime, t: &Catalog) -> Result<Vec<u8>, XlsxError> {
    let formats = Formats::new();
    let mut book = Workbook::new();
    book.set_properties(
        &DocProperties::new()
            .set_title(t.text("report-title"))
            .set_author(&report.compiled_by)
            .set_creation_datetime(&moment(created)?),
    );
    summary::write(book.add_worksheet(), report, t, &formats)?;
    lists::write_items(book.add_worksheet(), report, t, &formats)?;
    lists::write_overdue(book.add_worksheet(), report, t, &formats)?;
    lists::write_provenance(book.add_worksheet(), report, t, &formats)?;
    book.save_to_buffer()
}

pub(super) fn moment(it: DateTime) -> Result<ExcelDateTime, XlsxError> {
    let part = |value: i8| u8::try_from(value).unwrap_or_default();
    let year = u16::try_from(it.year()).unwrap_or_default();
    ExcelDateTime::from_ymd(year, part(it.month()), part(it.day()))?.and_hms(
        u16::from(part(it.hour())),
        part(it.minute()),
        part(it.second()),
    )
}

/// A sheet that prints lying, as wide as a sheet of paper, with the rows `header` repeated and always in sight.
pub(super) fn set_up(
    sheet: &mut Worksheet,
    name: &str,
    widths: &[f64],
    header: (u32, u32),
) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    sheet.set_paper_size(PAPER_A4).set_landscape().set_print_fit_to_pages(1, 0);
    sheet.set_margins(MARGIN_LEFT_INCH, MARGIN_INCH, MARGIN_TOP_INCH, MARGIN_INCH, MARGIN_INCH, MARGIN_INCH);
    sheet.set_header("&C&P");
    sheet.set_repeat_rows(header.0, header.1)?;
    sheet.set_freeze_panes(header.1 + 1, 0)?;
    for (column, width) in widths.iter().enumerate() {
        sheet.set_column_width(u16::try_from(column).unwrap_or(u16::MAX), *width)?;
    }
    Ok(())
}

/// What the format holds of a text: a longer one would make it refuse the whole file.
pub(super) fn clip(text: &str) -> &str {
    text.char_indices().nth(CELL_CHARS_MAX).and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

/// How many lines a text takes in a column that wraps. Widths are counted in digits; letters of a text face are on the
/// average narrower, but a line that breaks between words loses some of its length.
pub(super) fn lines(text: &str, width: f64) -> u32 {
    let of = |line: &str| {
        let letters = u32::try_from(line.chars().count()).unwrap_or(u32::MAX);
        (f64::from(letters) / width * WRAP_LOSS).ceil().max(1.0)
    };
    text.lines().map(of).fold(0, |sum: u32, it| sum.saturating_add(LINES_MAX.min(it as u32)))
}

/// Gives a row the height of so many lines: not every program does so on opening a file.
pub(super) fn set_lines(sheet: &mut Worksheet, row: u32, lines: u32) -> Result<(), XlsxError> {
    sheet.set_row_height(row, f64::from(lines.clamp(1, LINES_MAX)) * LINE_POINTS)?;
    Ok(())
}

/// A column's letters, for a formula.
pub(super) fn column_name(at: u16) -> String {
    rust_xlsxwriter::utility::column_number_to_name(at)
}

/// The place of the `index`-th member's column behind `first`.
pub(super) fn column_of(first: u16, index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX).saturating_add(first)
}

/// The format's 32 767, halved: it counts UTF-16 units where this counts characters.
const CELL_CHARS_MAX: usize = 16_383;
const LINE_POINTS: f64 = 15.0;
const WRAP_LOSS: f64 = 0.85;
/// A row cannot be higher than 409 points.
const LINES_MAX: u32 = 27;
const PAPER_A4: u8 = 9;
const MARGIN_INCH: f64 = 0.4;
const MARGIN_LEFT_INCH: f64 = 0.8;
const MARGIN_TOP_INCH: f64 = 0.8;

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Range, Reader, Xlsx};

    use super::*;
    use crate::i18n::Lang;
    use crate::reports::sample::{created, keep, report};

    fn bytes() -> Vec<u8> {
        xlsx(&report(), created(), Catalog::of(Lang::Ru)).unwrap()
    }

    fn open() -> Xlsx<Cursor<Vec<u8>>> {
        Xlsx::new(Cursor::new(bytes())).unwrap()
    }

    fn find(sheet: &Range<Data>, label: &str) -> Vec<Data> {
        let row = sheet.rows().find(|it| it[0] == Data::String(label.to_owned())).unwrap();
        row.to_vec()
    }

    #[test]
    fn the_same_report_gives_the_same_bytes() {
        let first = bytes();
        keep("report.xlsx", &first);
        assert_eq!(first, bytes());
    }

    #[test]
    fn the_sheets_are_those_of_the_report() {
        assert_eq!(open().sheet_names(), ["Свод", "По муниципалитетам", "Просрочено", "Происхождение"]);
    }

    #[test]
    fn sums_and_shares_are_formulas_with_their_real_values() {
        let (report, mut book) = (report(), open());
        let sheet = book.worksheet_range("Свод").unwrap();
        let due = find(&sheet, "Срок в периоде");
        assert_eq!(due.last(), Some(&Data::Float(f64::from(report.total.due))));
        let share = find(&sheet, "Доля выполнения");
        let expected = f64::from(report.total.done) / f64::from(report.total.expected());
        assert_eq!(share.last(), Some(&Data::Float(expected)));
        let formulas = book.worksheet_formula("Свод").unwrap();
        assert!(formulas.used_cells().any(|(_, _, it)| it == "SUM(B10:F10)"));
        assert!(formulas.used_cells().any(|(_, _, it)| it == "IF(G10-G17=0,\"–\",G11/(G10-G17))"));
    }

    #[test]
    fn who_reported_nothing_is_named_where_a_figure_would_stand() {
        let sheet = open().worksheet_range("Свод").unwrap();
        let due = find(&sheet, "Срок в периоде");
        assert_eq!(due[5], Data::String("не сдано".to_owned()));
        assert!(matches!(due[1], Data::Float(_)));
    }

    #[test]
    fn what_the_format_cannot_hold_does_not_cost_the_file() {
        let mut report = report();
        let long = "я".repeat(40_000);
        report.plan_title.clone_from(&long);
        report.members[0].short.clone_from(&long);
        report.overdue[0].reason.clone_from(&long);
        report.overdue[0].due = jiff::civil::Date::MIN;
        for line in &mut report.provenance {
            line.item.title.clone_from(&long);
            line.date = Some(jiff::civil::Date::MIN);
            line.record.as_mut().unwrap().when = Some(DateTime::MAX);
        }
        report.sections[0].title.clone_from(&long);
        report.sections[0].rows[0].item.term = long;
        xlsx(&report, created(), Catalog::of(Lang::Ru)).unwrap();
    }

    #[test]
    fn a_text_that_looks_like_a_formula_stays_a_text() {
        let mut report = report();
        report.overdue[0].reason = "=HYPERLINK(\"x\")".to_owned();
        let bytes = xlsx(&report, created(), Catalog::of(Lang::Ru)).unwrap();
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        assert!(book.worksheet_formula("Просрочено").unwrap().is_empty());
        let sheet = book.worksheet_range("Просрочено").unwrap();
        assert!(sheet.used_cells().any(|(_, _, it)| *it == Data::String("=HYPERLINK(\"x\")".to_owned())));
    }

    #[test]
    fn the_provenance_names_every_status_with_its_whole_hash() {
        let (report, mut book) = (report(), open());
        let sheet = book.worksheet_range("Происхождение").unwrap();
        assert_eq!(sheet.height(), report.provenance.len() + 1);
        for (row, line) in sheet.rows().skip(1).zip(&report.provenance) {
            let record = line.record.as_ref().unwrap();
            assert_eq!(row[10], Data::String(record.entry.to_string()));
            assert_eq!(row[9], Data::Float(record.seq as f64));
        }
    }
}
