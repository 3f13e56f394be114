//! The joint report as a table file: figures with living formulas that carry their results, distinct events, provenance.

use rust_xlsxwriter::{
    DocProperties, Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet, XlsxError,
};
use svod_shared::id::OrgNo;

use super::tables::origins;
use super::{Joint, period, said};
use crate::acts::report::{FigureLine, cell_of, total_of};
use crate::domain::aggregate::Total;
use crate::domain::decimal::Decimal;
use crate::domain::indicator::{Aggregation, Cell, Event, Figure, Passport};
use crate::i18n::Catalog;
use crate::reports::xlsx::{clip, column_name, column_of, lines, moment, set_lines, set_up};

/// Writes the report.
pub fn xlsx(joint: &Joint, t: &Catalog) -> Result<Vec<u8>, XlsxError> {
    let looks = Looks::new();
    let mut book = Workbook::new();
    let properties = DocProperties::new().set_title(&joint.report.title).set_author(&joint.report.frozen_by);
    book.set_properties(&properties.set_creation_datetime(&moment(joint.created())?));
    let events_name = t.text("joint-sheet-events");
    let mut writer =
        Writer { joint, t, looks: &looks, row: 0, events: Vec::new(), events_name: &events_name };
    let sheet = book.add_worksheet();
    writer.head(sheet)?;
    for line in &joint.report.figures {
        writer.figure(sheet, line)?;
    }
    let events = std::mem::take(&mut writer.events);
    if !events.is_empty() {
        write_events(book.add_worksheet(), &events, (t, &looks), &events_name)?;
    }
    write_origins(book.add_worksheet(), joint, t, &looks)?;
    book.save_to_buffer()
}

struct Looks {
    title: Format,
    head: Format,
    text: Format,
    number: Format,
    total: Format,
    share: Format,
    missing: Format,
    fixed: Format,
}

impl Looks {
    fn new() -> Self {
        let plain = Format::new().set_font_name("Times New Roman").set_font_size(11);
        let text =
            plain.clone().set_border(FormatBorder::Thin).set_border_color(0x80_8080_u32).set_text_wrap();
        let text = text.set_align(FormatAlign::Top);
        let number = text.clone().set_num_format("#,##0.######").set_align(FormatAlign::Right);
        let share = number.clone().set_num_format("0.0");
        Self {
            title: plain.set_bold().set_font_size(14),
            head: text.clone().set_bold().set_background_color(0xef_efef_u32).set_align(FormatAlign::Center),
            total: number.clone().set_bold().set_background_color(0xf6_f6f6_u32),
            missing: text.clone().set_italic().set_font_color(0x4a_5160_u32).set_align(FormatAlign::Right),
            fixed: text.clone().set_font_name("Courier New").set_font_size(9),
            text,
            number,
            share,
        }
    }
}

/// The figures' sheet, row by row.
struct Writer<'a> {
    joint: &'a Joint,
    t: &'a Catalog,
    looks: &'a Looks,
    row: u32,
    /// Distinct events with their indicator, in the order of their sheet.
    events: Vec<(String, Event)>,
    events_name: &'a str,
}

impl Writer<'_> {
    fn head(&mut self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let (t, members) = (self.t, self.joint.report.members.len());
        let mut widths = vec![7.0, TITLE_WIDTH, 8.0, WHAT_WIDTH];
        widths.extend(std::iter::repeat_n(15.0, members + 1));
        set_up(sheet, &t.text("joint-sheet-figures"), &widths, (2, 2))?;
        let title = format!("{}, {}", self.joint.report.title, period(self.joint, t));
        sheet.write_with_format(0, 0, clip(&title), &self.looks.title)?;
        let edition = match self.joint.is_draft {
            true => t.text("figures-draft"),
            false => t.with("figures-edition", &[("n", self.joint.report.edition.into())]),
        };
        sheet.write(1, 0, edition)?;
        let heads = ["entry-code", "entry-indicator", "joint-unit", "joint-what"].map(|it| t.text(it));
        let names = self.joint.report.members.iter().map(|it| it.short.clone());
        for (at, text) in heads.into_iter().chain(names).chain([t.text("state-total")]).enumerate() {
            sheet.write_with_format(2, column_of(0, at), clip(&text), &self.looks.head)?;
        }
        self.row = 3;
        Ok(())
    }

    fn figure(&mut self, sheet: &mut Worksheet, line: &FigureLine) -> Result<(), XlsxError> {
        let Some(passport) = self.joint.indicators.passport(&line.code).cloned() else { return Ok(()) };
        let cells: Vec<_> = line.cells.iter().map(|it| cell_of(&passport, it).unwrap_or_default()).collect();
        let total = total_of(&passport, &self.joint.orgs(), line);
        match passport.aggregation {
            Aggregation::Sum | Aggregation::LastStock => {
                let number = |it: &Figure| if let Figure::Number(it) = it { Some(*it) } else { None };
                self.summed(sheet, &passport, "", &cells, &total, &number)
            }
            Aggregation::RatioOfSums => self.ratio(sheet, &passport, &cells, &total),
            Aggregation::Distribution => {
                for (at, name) in passport.categories.iter().enumerate() {
                    let count =
                        |it: &Figure| if let Figure::Counts(it) = it { it.get(at).copied() } else { None };
                    self.summed(sheet, &passport, name, &cells, &total, &count)?;
                }
                Ok(())
            }
            Aggregation::DistinctEvents => self.distinct(sheet, &passport, &cells, &total),
        }
    }

    fn label(&self, sheet: &mut Worksheet, passport: &Passport, what: &str) -> Result<(), XlsxError> {
        for (at, text) in [&passport.code, &passport.title, &passport.unit, what].into_iter().enumerate() {
            sheet.write_with_format(self.row, column_of(0, at), clip(text), &self.looks.text)?;
        }
        set_lines(sheet, self.row, lines(&passport.title, TITLE_WIDTH).max(lines(what, WHAT_WIDTH)))
    }

    fn last(&self) -> u16 {
        column_of(FIRST, self.joint.report.members.len())
    }

    /// A row of numbers with their sum as a formula.
    #[expect(clippy::too_many_arguments, reason = "what a row is made of")]
    fn summed(
        &mut self,
        sheet: &mut Worksheet,
        passport: &Passport,
        what: &str,
        cells: &[Cell],
        total: &Total,
        of: &dyn Fn(&Figure) -> Option<Decimal>,
    ) -> Result<(), XlsxError> {
        self.label(sheet, passport, what)?;
        for (at, cell) in cells.iter().enumerate() {
            match cell.figure().and_then(of) {
                Some(it) => sheet.write_with_format(
                    self.row,
                    column_of(FIRST, at),
                    it.to_f64(),
                    &self.looks.number,
                )?,
                None => sheet.write_with_format(
                    self.row,
                    column_of(FIRST, at),
                    said::cell(self.t, cell),
                    &self.looks.missing,
                )?,
            };
        }
        match total.figure.as_ref().and_then(of) {
            Some(it) => {
                let (row, last) = (self.row + 1, column_name(self.last().saturating_sub(1)));
                let sum = Formula::new(format!("=SUM({}{row}:{last}{row})", column_name(FIRST)))
                    .set_result(it.to_string());
                sheet.write_formula_with_format(self.row, self.last(), sum, &self.looks.total)?;
            }
            None => _ = sheet.write_with_format(self.row, self.last(), "—", &self.looks.missing)?,
        }
        self.row += 1;
        Ok(())
    }

    /// Parts, wholes, and the share of each and of the sums.
    fn ratio(
        &mut self,
        sheet: &mut Worksheet,
        passport: &Passport,
        cells: &[Cell],
        total: &Total,
    ) -> Result<(), XlsxError> {
        let part = |it: &Figure| if let Figure::Ratio { part, .. } = it { Some(*part) } else { None };
        let whole = |it: &Figure| if let Figure::Ratio { whole, .. } = it { Some(*whole) } else { None };
        self.summed(sheet, passport, &passport.numerator, cells, total, &part)?;
        self.summed(sheet, passport, &passport.denominator, cells, total, &whole)?;
        self.label(sheet, passport, &self.t.text("joint-share"))?;
        let figures = cells.iter().map(Cell::figure).chain([total.figure.as_ref()]);
        for (at, figure) in figures.enumerate() {
            let column = column_of(FIRST, at);
            let Some(Figure::Ratio { part, whole }) = figure else {
                sheet.write_with_format(self.row, column, "—", &self.looks.missing)?;
                continue;
            };
            let (name, row) = (column_name(column), self.row);
            let formula = format!("=IF({name}{row}=0,\"—\",ROUND(100*{name}{}/{name}{row},1))", row - 1);
            let result = Decimal::percent(*part, *whole).map_or_else(|| "—".to_owned(), |it| it.to_string());
            sheet.write_formula_with_format(
                row,
                column,
                Formula::new(formula).set_result(result),
                &self.looks.share,
            )?;
        }
        self.row += 1;
        Ok(())
    }

    /// Participations of each; the network's figure counts the rows of the events' sheet.
    fn distinct(
        &mut self,
        sheet: &mut Worksheet,
        passport: &Passport,
        cells: &[Cell],
        total: &Total,
    ) -> Result<(), XlsxError> {
        self.label(sheet, passport, "")?;
        for (at, cell) in cells.iter().enumerate() {
            match cell.figure() {
                Some(Figure::Events(it)) => {
                    let count = u32::try_from(it.len()).unwrap_or(u32::MAX);
                    sheet.write_with_format(self.row, column_of(FIRST, at), count, &self.looks.number)?
                }
                _ => sheet.write_with_format(
                    self.row,
                    column_of(FIRST, at),
                    said::cell(self.t, cell),
                    &self.looks.missing,
                )?,
            };
        }
        match &total.figure {
            Some(Figure::Events(events)) => {
                let first = self.events.len() + 2;
                let formula = match events.len() {
                    0 => "=0".to_owned(),
                    count => format!("=ROWS('{}'!C{first}:C{})", self.events_name, first + count - 1),
                };
                self.events.extend(events.iter().map(|it| (passport.code.clone(), it.clone())));
                let formula = Formula::new(formula).set_result(events.len().to_string());
                sheet.write_formula_with_format(self.row, self.last(), formula, &self.looks.total)?;
            }
            _ => _ = sheet.write_with_format(self.row, self.last(), "—", &self.looks.missing)?,
        }
        self.row += 1;
        Ok(())
    }
}

fn write_events(
    sheet: &mut Worksheet,
    events: &[(String, Event)],
    (t, looks): (&Catalog, &Looks),
    name: &str,
) -> Result<(), XlsxError> {
    set_up(sheet, name, &[8.0, 14.0, 90.0], (0, 0))?;
    for (at, key) in ["entry-code", "joint-day", "joint-event"].into_iter().enumerate() {
        sheet.write_with_format(0, column_of(0, at), t.text(key), &looks.head)?;
    }
    for (row, (code, event)) in (1..).zip(events) {
        let texts = [code.clone(), crate::reports::words::date_short(event.date), event.title.clone()];
        for (at, text) in texts.iter().enumerate() {
            sheet.write_with_format(row, column_of(0, at), clip(text), &looks.text)?;
        }
    }
    Ok(())
}

fn write_origins(sheet: &mut Worksheet, joint: &Joint, t: &Catalog, looks: &Looks) -> Result<(), XlsxError> {
    let widths = [6.0, 8.0, 18.0, 34.0, 26.0, 20.0, 30.0, 68.0, 68.0];
    set_up(sheet, &t.text("joint-sheet-origins"), &widths, (0, 0))?;
    let heads = [
        "entry-code",
        "state-org",
        "entry-value",
        "state-act",
        "joint-signed-by",
        "entry-reason",
        "proof-record",
        "proof-act-hash",
    ];
    sheet.write_with_format(0, 0, "№", &looks.head)?;
    for (at, key) in heads.into_iter().enumerate() {
        sheet.write_with_format(0, column_of(1, at), t.text(key), &looks.head)?;
    }
    for (row, it) in (1..).zip(&origins(joint, t)) {
        sheet.write_with_format(row, 0, row, &looks.number)?;
        let texts = [&it.code, &it.member, &it.value, &it.act, &it.who, &it.why];
        for (at, text) in texts.into_iter().enumerate() {
            sheet.write_with_format(row, column_of(1, at), clip(text), &looks.text)?;
        }
        set_lines(sheet, row, lines(&it.value, 34.0).max(lines(&it.why, 30.0)).max(lines(&it.act, 26.0)))?;
        sheet.write_with_format(row, 7, &it.record, &looks.fixed)?;
        sheet.write_with_format(row, 8, &it.act_hash, &looks.fixed)?;
    }
    let signed = joint.report.members.iter().filter(|it| !joint.acts.contains_key(&OrgNo(it.org)));
    let absent: Vec<_> = signed.map(|it| it.short.clone()).collect();
    if !absent.is_empty() {
        let row = u32::try_from(origins(joint, t).len()).unwrap_or(u32::MAX).saturating_add(2);
        sheet.write(row, 1, t.with("proof-without", &[("names", absent.join(", ").into())]))?;
    }
    Ok(())
}

/// The first member's column.
const FIRST: u16 = 4;
const TITLE_WIDTH: f64 = 52.0;
const WHAT_WIDTH: f64 = 22.0;
