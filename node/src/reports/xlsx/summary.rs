//! The sheet «Свод»: heading, the sums by member, and the sections by member, with formulas.

use rust_xlsxwriter::{Formula, Worksheet, XlsxError};

use super::format::Formats;
use super::{clip, column_name, column_of, lines, set_lines, set_up};
use crate::i18n::Catalog;
use crate::reports::layout::summary::{COUNTS, presence, section_title};
use crate::reports::model::{Report, Totals};
use crate::reports::words;

pub(super) fn write(
    sheet: &mut Worksheet,
    report: &Report,
    t: &Catalog,
    f: &Formats,
) -> Result<(), XlsxError> {
    let mut widths = vec![LABEL_WIDTH];
    widths.resize(report.members.len() + 1, 15.0);
    widths.push(12.0);
    set_up(sheet, &t.text("report-sheet-summary"), &widths, (HEAD_ROW, HEAD_ROW))?;
    heading(sheet, report, t, f)?;
    header(sheet, HEAD_ROW, &t.text("report-indicator"), report, t, f)?;
    let mut row = HEAD_ROW;
    for (key, of) in COUNTS {
        row += 1;
        counts(sheet, row, (&t.text(key), of), report, t, f)?;
    }
    row += 1;
    shares(sheet, row, report, t, f)?;
    row += 1;
    counts(sheet, row, (&t.text("report-count-on-request"), |it| it.on_request), report, t, f)?;
    sections(sheet, row + 2, report, t, f)
}

fn heading(sheet: &mut Worksheet, report: &Report, t: &Catalog, f: &Formats) -> Result<(), XlsxError> {
    let period = words::period(t, &report.period);
    let title = format!("{} {}", t.text("report-title"), t.with("report-for", &[("period", period.into())]));
    sheet.write_with_format(0, 0, title, &f.title)?;
    let plan = format!("{} {}", report.plan_title, report.plan_period);
    sheet.write_with_format(1, 0, clip(&plan), &f.plain)?;
    let facts = [
        ("report-network", report.network.clone()),
        ("report-as-of", words::date(t, report.today)),
        ("report-compiled-by", format!("{}, {}", report.compiled_by, report.compiled_at)),
        ("report-code", report.code.clone()),
    ];
    for (row, (key, value)) in (2..).zip(facts) {
        sheet.write_with_format(row, 0, clip(&format!("{}: {value}", t.text(key))), &f.plain)?;
    }
    if report.missing().next().is_some() {
        let names: Vec<_> = report.missing().map(|it| it.short.as_str()).collect();
        let note = t.with("report-total-note", &[("names", names.join(", ").into())]);
        sheet.write_with_format(6, 0, clip(&note), &f.plain)?;
    }
    Ok(())
}

fn header(
    sheet: &mut Worksheet,
    row: u32,
    first: &str,
    report: &Report,
    t: &Catalog,
    f: &Formats,
) -> Result<(), XlsxError> {
    sheet.write_with_format(row, 0, first, &f.head)?;
    for (index, member) in report.members.iter().enumerate() {
        sheet.write_with_format(row, column_of(1, index), clip(&member.short), &f.head)?;
    }
    let total = if report.missing().next().is_some() { "report-total-without" } else { "report-total" };
    sheet.write_with_format(row, column_of(1, report.members.len()), t.text(total), &f.head)?;
    Ok(())
}

/// A row of counts, and their sum as a formula.
fn counts(
    sheet: &mut Worksheet,
    row: u32,
    (label, of): (&str, fn(&Totals) -> u32),
    report: &Report,
    t: &Catalog,
    f: &Formats,
) -> Result<(), XlsxError> {
    sheet.write_with_format(row, 0, label, &f.text)?;
    for (index, (member, totals)) in report.members.iter().zip(&report.totals).enumerate() {
        let column = column_of(1, index);
        match totals {
            Some(it) => sheet.write_with_format(row, column, of(it), &f.number)?,
            None => sheet.write_with_format(row, column, presence(member, t), &f.missing)?,
        };
    }
    let last = column_of(1, report.members.len());
    let sum = format!("=SUM(B{0}:{1}{0})", row + 1, column_name(last.saturating_sub(1)));
    let sum = Formula::new(sum).set_result(of(&report.total).to_string());
    sheet.write_formula_with_format(row, last, sum, &f.total_number)?;
    Ok(())
}

/// The row of shares: each a formula over the counts above it, Σ/Σ in the last column too.
fn shares(
    sheet: &mut Worksheet,
    row: u32,
    report: &Report,
    t: &Catalog,
    f: &Formats,
) -> Result<(), XlsxError> {
    let place = |key: &str| {
        let at = COUNTS.iter().position(|(it, _)| *it == key).unwrap_or_default();
        HEAD_ROW + 2 + u32::try_from(at).unwrap_or_default()
    };
    let (due, done) = (place("report-count-due"), place("report-count-done"));
    let not_applicable = place("report-count-not-applicable");
    sheet.write_with_format(row, 0, t.text("report-count-share"), &f.total)?;
    let all = report.totals.iter().copied().chain([Some(report.total)]);
    for (index, totals) in all.enumerate() {
        let column = column_of(1, index);
        let name = column_name(column);
        match totals {
            Some(it) => {
                let of = format!("{name}{due}-{name}{not_applicable}");
                share(sheet, (row, column), &format!("{name}{done}"), &of, &it, f)?;
            }
            None => {
                sheet.write_with_format(row, column, "–", &f.missing)?;
            }
        }
    }
    Ok(())
}

/// `done / of` as a formula that has a value of its own where nothing was due.
fn share(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    done: &str,
    of: &str,
    totals: &Totals,
    f: &Formats,
) -> Result<(), XlsxError> {
    let result = match totals.expected() {
        0 => "–".to_owned(),
        expected => (f64::from(totals.done) / f64::from(expected)).to_string(),
    };
    let formula = Formula::new(format!("=IF({of}=0,\"–\",{done}/({of}))")).set_result(result);
    sheet.write_formula_with_format(row, column, formula, &f.total_share)?;
    Ok(())
}

/// Sections: what was expected, what is done, and the share, a column each for the network; the share by member.
fn sections(
    sheet: &mut Worksheet,
    first: u32,
    report: &Report,
    t: &Catalog,
    f: &Formats,
) -> Result<(), XlsxError> {
    header(sheet, first, &t.text("report-by-section"), report, t, f)?;
    for (index, section) in report.sections.iter().enumerate() {
        let row = first + 1 + u32::try_from(index).unwrap_or_default();
        let title = section_title(section, t);
        set_lines(sheet, row, lines(&title, LABEL_WIDTH))?;
        sheet.write_with_format(row, 0, clip(&title), &f.text)?;
        for (index, (member, totals)) in report.members.iter().zip(&section.totals).enumerate() {
            let column = column_of(1, index);
            match totals {
                Some(it) => constant_share(sheet, (row, column), it, f, false)?,
                None => {
                    sheet.write_with_format(row, column, presence(member, t), &f.missing)?;
                }
            }
        }
        constant_share(sheet, (row, column_of(1, report.members.len())), &section.total, f, true)?;
    }
    Ok(())
}

/// A share whose counts stand on the sheet «По муниципалитетам»: written as `done/expected`, so that both are seen.
fn constant_share(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    totals: &Totals,
    f: &Formats,
    is_total: bool,
) -> Result<(), XlsxError> {
    let format = if is_total { &f.total_share } else { &f.share };
    if totals.expected() == 0 {
        sheet.write_with_format(row, column, "–", format)?;
        return Ok(());
    }
    let result = f64::from(totals.done) / f64::from(totals.expected());
    let formula =
        Formula::new(format!("={}/{}", totals.done, totals.expected())).set_result(result.to_string());
    sheet.write_formula_with_format(row, column, formula, format)?;
    Ok(())
}

const LABEL_WIDTH: f64 = 44.0;
/// Under the heading's lines and one empty row.
const HEAD_ROW: u32 = 8;
