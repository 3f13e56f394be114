//! The sheets «По муниципалитетам», «Просрочено» and «Происхождение»: a record a row, to be filtered and counted.

use jiff::civil::{Date, DateTime};
use rust_xlsxwriter::{Worksheet, XlsxError};

use super::format::Formats;
use super::{clip, column_of, lines, moment, set_lines, set_up};
use crate::i18n::Catalog;
use crate::reports::layout::summary::{presence, section_title};
use crate::reports::model::{ProvenanceLine, Report, RowReport};
use crate::reports::words;

/// Items × members: sign, word and day.
pub(super) fn write_items(
    sheet: &mut Worksheet,
    report: &Report,
    t: &Catalog,
    f: &Formats,
) -> Result<(), XlsxError> {
    let mut widths = vec![7.0, TITLE_WIDTH, TERM_WIDTH];
    widths.resize(report.members.len() + 3, MEMBER_WIDTH);
    set_up(sheet, &t.text("report-sheet-members"), &widths, (0, 0))?;
    let members = report.members.iter().map(|it| it.short.clone());
    let heads =
        ["report-number", "report-item", "report-term"].map(|it| t.text(it)).into_iter().chain(members);
    head(sheet, heads, f)?;
    let last = column_of(3, report.members.len()).saturating_sub(1);
    let mut row = 0;
    for section in &report.sections {
        row += 1;
        sheet.merge_range(row, 0, row, last, clip(&section_title(section, t)), &f.section)?;
        for it in &section.rows {
            row += 1;
            item(sheet, row, it, report, t, f)?;
        }
    }
    Ok(())
}

fn item(
    sheet: &mut Worksheet,
    row: u32,
    it: &RowReport,
    report: &Report,
    t: &Catalog,
    f: &Formats,
) -> Result<(), XlsxError> {
    for (column, text) in (0..).zip([&it.item.number, &it.item.title, &it.item.term]) {
        sheet.write_with_format(row, column, clip(text), &f.text)?;
    }
    let mut height = lines(&it.item.title, TITLE_WIDTH).max(lines(&it.item.term, TERM_WIDTH));
    for (index, (member, cell)) in report.members.iter().zip(&it.cells).enumerate() {
        let column = column_of(3, index);
        match cell {
            Some(cell) => {
                let kind = cell.light.kind;
                let mut text = words::marked(t, kind);
                if let Some(date) = cell.light.date {
                    text = format!("{text}\n{}", words::date_short(date));
                }
                height = height.max(lines(&text, MEMBER_WIDTH));
                sheet.write_with_format(row, column, text, &f.light(kind))?;
            }
            None => {
                sheet.write_with_format(row, column, presence(member, t), &f.missing_text)?;
            }
        }
    }
    set_lines(sheet, row, height)
}

/// What is overdue, with the reason and the line of the provenance.
pub(super) fn write_overdue(
    sheet: &mut Worksheet,
    report: &Report,
    t: &Catalog,
    f: &Formats,
) -> Result<(), XlsxError> {
    set_up(
        sheet,
        &t.text("report-sheet-overdue"),
        &[7.0, TITLE_WIDTH, 18.0, 14.0, REASON_WIDTH, 16.0],
        (0, 0),
    )?;
    let heads = [
        "report-number",
        "report-item",
        "report-member",
        "report-term",
        "report-reason",
        "report-sheet-provenance",
    ];
    head(sheet, heads.map(|it| t.text(it)).into_iter(), f)?;
    for (row, it) in (1..).zip(&report.overdue) {
        sheet.write_with_format(row, 0, clip(&it.item.number), &f.text)?;
        sheet.write_with_format(row, 1, clip(&it.item.title), &f.text)?;
        sheet.write_with_format(row, 2, clip(report.member_short(it.member)), &f.text)?;
        day(sheet, (row, 3), Some(it.due), f)?;
        if it.reason.is_empty() {
            sheet.write_with_format(row, 4, t.text("report-no-reason"), &f.missing_text)?;
        } else {
            sheet.write_with_format(row, 4, clip(&it.reason), &f.text)?;
        }
        proof(sheet, row, 5, it.proof, f)?;
        set_lines(sheet, row, lines(&it.item.title, TITLE_WIDTH).max(lines(&it.reason, REASON_WIDTH)))?;
    }
    filter(sheet, report.overdue.len(), heads.len())
}

/// Every status with its signed entry, the hash in full.
pub(super) fn write_provenance(
    sheet: &mut Worksheet,
    report: &Report,
    t: &Catalog,
    f: &Formats,
) -> Result<(), XlsxError> {
    let widths = [6.0, 8.0, TITLE_WIDTH, 18.0, 18.0, 13.0, 17.0, 26.0, 34.0, 8.0, 68.0];
    set_up(sheet, &t.text("report-sheet-provenance"), &widths, (0, 0))?;
    let heads = [
        "report-number",
        "report-item-number",
        "report-item",
        "report-member",
        "report-status",
        "report-day",
        "report-recorded",
        "report-node",
        "report-feed",
        "report-seq",
        "report-entry",
    ];
    head(sheet, heads.map(|it| t.text(it)).into_iter(), f)?;
    for (row, it) in (1..).zip(&report.provenance) {
        provenance(sheet, row, it, report, t, f)?;
    }
    filter(sheet, report.provenance.len(), heads.len())
}

fn provenance(
    sheet: &mut Worksheet,
    row: u32,
    it: &ProvenanceLine,
    report: &Report,
    t: &Catalog,
    f: &Formats,
) -> Result<(), XlsxError> {
    sheet.write_with_format(row, 0, row, &f.number)?;
    sheet.write_with_format(row, 1, clip(&it.item.number), &f.text)?;
    sheet.write_with_format(row, 2, clip(&it.item.title), &f.text)?;
    sheet.write_with_format(row, 3, clip(report.member_short(it.member)), &f.text)?;
    sheet.write_with_format(row, 4, words::status(t, it.status), &f.text)?;
    day(sheet, (row, 5), it.date, f)?;
    set_lines(sheet, row, lines(&it.item.title, TITLE_WIDTH))?;
    let Some(record) = &it.record else {
        sheet.write_with_format(row, 6, t.text("report-no-record"), &f.missing_text)?;
        return Ok(());
    };
    time(sheet, (row, 6), record.when, f)?;
    sheet.write_with_format(row, 7, clip(&record.node), &f.text)?;
    sheet.write_with_format(
        row,
        8,
        record.feed.to_string().chars().take(FEED_DIGITS).collect::<String>(),
        &f.fixed,
    )?;
    // A table file's number is exact up to 2^53; a feed that long cannot be.
    sheet.write_with_format(row, 9, record.seq, &f.number)?;
    sheet.write_with_format(row, 10, record.entry.to_string(), &f.fixed)?;
    Ok(())
}

fn head(sheet: &mut Worksheet, heads: impl Iterator<Item = String>, f: &Formats) -> Result<(), XlsxError> {
    for (index, text) in heads.enumerate() {
        sheet.write_with_format(0, column_of(0, index), clip(&text), &f.head)?;
    }
    Ok(())
}

fn filter(sheet: &mut Worksheet, rows: usize, columns: usize) -> Result<(), XlsxError> {
    let last = u32::try_from(rows).unwrap_or_default();
    sheet.autofilter(0, 0, last, column_of(0, columns).saturating_sub(1))?;
    Ok(())
}

/// A day as the format's own date; one that the format cannot hold, as text.
fn day(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    it: Option<Date>,
    f: &Formats,
) -> Result<(), XlsxError> {
    match (it, it.map(|it| moment(it.into()))) {
        (_, Some(Ok(it))) => sheet.write_datetime_with_format(row, column, it, &f.date)?,
        (Some(it), _) => sheet.write_with_format(row, column, words::date_short(it), &f.text)?,
        (None, _) => sheet.write_blank(row, column, &f.date)?,
    };
    Ok(())
}

/// The same for a moment.
fn time(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    it: Option<DateTime>,
    f: &Formats,
) -> Result<(), XlsxError> {
    match (it, it.map(moment)) {
        (_, Some(Ok(it))) => sheet.write_datetime_with_format(row, column, it, &f.moment)?,
        (Some(it), _) => sheet.write_with_format(row, column, words::moment(it), &f.text)?,
        (None, _) => sheet.write_blank(row, column, &f.moment)?,
    };
    Ok(())
}

fn proof(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    it: Option<usize>,
    f: &Formats,
) -> Result<(), XlsxError> {
    match it.and_then(|it| u32::try_from(it).ok()) {
        Some(it) => sheet.write_with_format(row, column, it, &f.number)?,
        None => sheet.write_blank(row, column, &f.number)?,
    };
    Ok(())
}

const TITLE_WIDTH: f64 = 50.0;
const TERM_WIDTH: f64 = 22.0;
const MEMBER_WIDTH: f64 = 18.0;
const REASON_WIDTH: f64 = 44.0;
/// 128 bits: the feed's name as an automerge actor carries it.
const FEED_DIGITS: usize = 32;
