//! The sheets of an Excel workbook of 1997–2003 (BIFF8): records in the stream «Workbook» of a compound file.
//!
//! ```text
//! record = type u16 · length u16 · data
//! globals: BOF · … FORMAT, XF (formats) … BOUNDSHEET (where each sheet begins) … SST (all texts) … EOF
//! sheet:   BOF · … cells … MERGEDCELLS … EOF
//! ```
//!
//! Read here and not by the library that reads workbooks of today: it reserves what a file claims and keeps what a file
//! repeats, and a stranger's file of a kilobyte can claim all memory there is (decision 0020). Formulas are not looked
//! at, only what they came to. Workbooks from before 1997 are refused by name.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, date};

use super::compound::{Compound, u16_at, u32_at};
use super::grid::{self, Budget, Grid, Merge};
use super::read::ReadError;
use super::table::{Block, Table};

/// Reads the sheets.
pub(super) fn read(file: &Compound<'_>) -> Result<Vec<Block>, ReadError> {
    let Some(stream) = file.stream("Workbook")? else { return Err(ReadError::OldExcel) };
    let globals = Globals::read(&stream)?;
    let mut budget = Budget::default();
    let mut blocks = Vec::new();
    for (index, sheet) in globals.sheets.iter().enumerate() {
        let (texts, merges) = sheet_texts(&stream, sheet, &globals, &mut budget)?;
        let rows = grid::rows(texts, &merges, index + 1, &mut budget)?;
        blocks.push(Block::Table(Table { sheet: Some(sheet.name.clone()), rows }));
    }
    Ok(blocks)
}

/// The records from a place on.
fn records(stream: &[u8], from: usize) -> impl Iterator<Item = (u16, &[u8])> {
    let mut at = from;
    std::iter::from_fn(move || {
        let (kind, length) = (u16_at(stream, at).ok()?, usize::from(u16_at(stream, at + 2).ok()?));
        let data = stream.get(at + 4..at + 4 + length)?;
        at += 4 + length;
        Some((kind, data))
    })
}

/// What all sheets share.
#[derive(Debug, Default)]
struct Globals {
    sheets: Vec<Sheet>,
    texts: Vec<String>,
    /// The code of each format by its number.
    formats: Vec<(u16, String)>,
    /// The number of the format of each cell style.
    styles: Vec<u16>,
    since_1904: bool,
}

#[derive(Debug)]
struct Sheet {
    name: String,
    begins: usize,
}

impl Globals {
    fn read(stream: &[u8]) -> Result<Self, ReadError> {
        let mut globals = Self::default();
        let mut all = records(stream, 0).peekable();
        match all.next() {
            Some((BOF, data)) if u16_at(data, 0)? == BIFF8 => {}
            Some((BOF, _)) => return Err(ReadError::OldExcel),
            _ => return Err(damaged()),
        }
        while let Some((kind, data)) = all.next() {
            match kind {
                EOF => return Ok(globals),
                FILE_PASS => return Err(ReadError::Encrypted),
                BOUND_SHEET if data.get(5) == Some(&WORKSHEET) && globals.sheets.len() < SHEETS_MAX => {
                    let begins = u32_at(data, 0)? as usize;
                    let name = short_text(data.get(6..).unwrap_or_default())?;
                    globals.sheets.push(Sheet { name, begins });
                }
                FORMAT => globals.formats.push((u16_at(data, 0)?, text(data, 2)?)),
                STYLE => globals.styles.push(u16_at(data, 2)?),
                DATE_MODE => globals.since_1904 = u16_at(data, 0)? == 1,
                SHARED_TEXTS => {
                    let mut pieces = vec![data];
                    while let Some((_, more)) = all.next_if(|(kind, _)| *kind == CONTINUE) {
                        pieces.push(more);
                    }
                    globals.texts = shared_texts(pieces)?;
                }
                _ => {}
            }
        }
        Err(damaged())
    }

    /// The code of a cell style's format.
    fn format(&self, style: u16) -> &str {
        let number = self.styles.get(usize::from(style)).copied().unwrap_or(0);
        let own = self.formats.iter().find(|it| it.0 == number).map(|it| it.1.as_str());
        own.unwrap_or(match number {
            2 => "0.00",
            14..=16 | 22 | 27..=31 | 50..=54 => "dd.mm.yyyy",
            17 => "mmm yyyy",
            18..=21 | 45..=47 => "h:mm",
            _ => "",
        })
    }

    fn number(&self, number: f64, style: u16) -> String {
        let format = self.format(style);
        let moment = if grid::is_moment(format) { self.moment(number) } else { None };
        moment.map_or_else(|| grid::shown_number(number, format), |it| grid::shown_moment(it, format))
    }

    /// A day since the beginning of 1900 or 1904, with its fraction.
    fn moment(&self, serial: f64) -> Option<DateTime> {
        // Excel takes 1900 for a leap year; only days before March 1900 notice.
        let zero: Date = if self.since_1904 { date(1904, 1, 1) } else { date(1899, 12, 30) };
        if !(0.0..SERIAL_MAX).contains(&serial) {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "the number lies between the bounds above")]
        let minutes = (serial * 1440.0).round() as i64;
        zero.to_datetime(jiff::civil::Time::midnight()).checked_add(minutes.minutes()).ok()
    }
}

/// The texts and merged cells of a sheet.
fn sheet_texts(
    stream: &[u8],
    sheet: &Sheet,
    globals: &Globals,
    budget: &mut Budget,
) -> Result<(Grid, Vec<Merge>), ReadError> {
    let (mut texts, mut merges) = (Grid::new(), Vec::new());
    // Charts inside a sheet have records like cells.
    let mut depth = 0_usize;
    // Where the text that a formula came to belongs.
    let mut formula = (0, 0);
    for (kind, data) in records(stream, sheet.begins) {
        match kind {
            BOF => depth += 1,
            EOF if depth <= 1 => break,
            EOF => depth -= 1,
            _ if depth != 1 => {}
            MERGED_CELLS => {
                merges.extend(data.get(2..).unwrap_or_default().chunks_exact(8).filter_map(merge));
            }
            FORMULA_TEXT => budget.put(&mut texts, formula, text(data, 0)?)?,
            MANY_NUMBERS => {
                let (row, first) = place(data)?;
                let cells = data.get(4..data.len().saturating_sub(2)).unwrap_or_default().chunks_exact(6);
                for (column, cell) in (first..).zip(cells) {
                    let shown = globals.number(packed_number(u32_at(cell, 2)?), u16_at(cell, 0)?);
                    budget.put(&mut texts, (row, column), shown)?;
                }
            }
            NUMBER | PACKED_NUMBER | SHARED_TEXT | TEXT | RICH_TEXT | FORMULA | TRUTH => {
                formula = place(data)?;
                budget.put(&mut texts, formula, cell_text(kind, data, globals)?)?;
            }
            _ => {}
        }
    }
    Ok((texts, merges))
}

fn cell_text(kind: u16, data: &[u8], globals: &Globals) -> Result<String, ReadError> {
    let style = u16_at(data, 4)?;
    Ok(match kind {
        NUMBER => globals.number(float(data, 6)?, style),
        PACKED_NUMBER => globals.number(packed_number(u32_at(data, 6)?), style),
        SHARED_TEXT => globals.texts.get(u32_at(data, 6)? as usize).cloned().ok_or_else(damaged)?,
        TEXT | RICH_TEXT => text(data, 6)?,
        TRUTH => truth(data.get(6).copied(), data.get(7).copied()),
        _ if u16_at(data, 12)? != 0xffff => globals.number(float(data, 6)?, style),
        // What a formula came to, if it is no number; a text follows in a record of its own.
        _ if data.get(6) == Some(&1) => truth(data.get(8).copied(), Some(0)),
        _ => String::new(),
    })
}

fn truth(value: Option<u8>, is_error: Option<u8>) -> String {
    match (is_error, value) {
        (Some(0), Some(0)) => "ЛОЖЬ".to_owned(),
        (Some(0), Some(_)) => "ИСТИНА".to_owned(),
        _ => "#ОШИБКА".to_owned(),
    }
}

fn place(data: &[u8]) -> Result<(u32, u32), ReadError> {
    Ok((u16_at(data, 0)?.into(), u16_at(data, 2)?.into()))
}

fn merge(it: &[u8]) -> Option<Merge> {
    let at = |index| u16_at(it, index).ok().map(u32::from);
    Some(Merge { start: (at(0)?, at(4)?), end: (at(2)?, at(6)?) })
}

fn float(data: &[u8], at: usize) -> Result<f64, ReadError> {
    let bytes = data.get(at..at + 8).and_then(|it| it.try_into().ok());
    bytes.map(f64::from_le_bytes).ok_or_else(damaged)
}

/// A number in four bytes: the upper half of a float or an integer, perhaps of hundredths.
fn packed_number(packed: u32) -> f64 {
    let number = if packed & 2 == 0 {
        f64::from_bits(u64::from(packed & !3) << 32)
    } else {
        f64::from(packed.cast_signed() >> 2)
    };
    if packed & 1 == 0 { number } else { number / 100.0 }
}

/// A text with its length in one byte.
fn short_text(data: &[u8]) -> Result<String, ReadError> {
    let letters = usize::from(*data.first().ok_or_else(damaged)?);
    Pieces::of(vec![data.get(1..).unwrap_or_default()]).letters(letters, None)
}

/// A text with its length in two bytes.
fn text(data: &[u8], at: usize) -> Result<String, ReadError> {
    let letters = usize::from(u16_at(data, at)?);
    Pieces::of(vec![data.get(at + 2..).unwrap_or_default()]).letters(letters, None)
}

/// The texts that cells name by number.
fn shared_texts(pieces: Vec<&[u8]>) -> Result<Vec<String>, ReadError> {
    let mut pieces = Pieces::of(pieces);
    pieces.skip(4)?;
    let count = pieces.u32()? as usize;
    let mut texts = Vec::new();
    // Each takes three bytes at least: a claim beyond the bytes ends with an error, not with memory.
    for _ in 0..count {
        let letters = usize::from(pieces.u16()?);
        let flags = pieces.u8()?;
        let runs = if flags & RICH == 0 { 0 } else { usize::from(pieces.u16()?) };
        let extra = if flags & FAR_EAST == 0 { 0 } else { pieces.u32()? as usize };
        texts.push(pieces.letters(letters, Some(flags))?);
        pieces.skip(runs.saturating_mul(4).saturating_add(extra))?;
    }
    Ok(texts)
}

/// Bytes of a record and of those that continue it.
struct Pieces<'a> {
    pieces: std::vec::IntoIter<&'a [u8]>,
    rest: &'a [u8],
}

impl<'a> Pieces<'a> {
    fn of(pieces: Vec<&'a [u8]>) -> Self {
        let mut pieces = pieces.into_iter();
        Self { rest: pieces.next().unwrap_or_default(), pieces }
    }

    fn u8(&mut self) -> Result<u8, ReadError> {
        while self.rest.is_empty() {
            self.rest = self.pieces.next().ok_or_else(damaged)?;
        }
        let (first, rest) = self.rest.split_first().ok_or_else(damaged)?;
        self.rest = rest;
        Ok(*first)
    }

    fn u16(&mut self) -> Result<u16, ReadError> {
        Ok(u16::from_le_bytes([self.u8()?, self.u8()?]))
    }

    fn u32(&mut self) -> Result<u32, ReadError> {
        Ok(u32::from_le_bytes([self.u8()?, self.u8()?, self.u8()?, self.u8()?]))
    }

    fn skip(&mut self, mut bytes: usize) -> Result<(), ReadError> {
        while bytes > self.rest.len() {
            bytes -= self.rest.len();
            self.rest = self.pieces.next().ok_or_else(damaged)?;
        }
        self.rest = self.rest.get(bytes..).unwrap_or_default();
        Ok(())
    }

    /// So many letters of one or two bytes, as flags say: those given, or those that stand first. Where a record goes on
    /// in the middle of a text, the flags stand there again.
    fn letters(&mut self, count: usize, flags: Option<u8>) -> Result<String, ReadError> {
        let mut flags = flags.map_or_else(|| self.u8(), Ok)?;
        let mut units = Vec::new();
        while units.len() < count {
            if self.rest.is_empty() {
                flags = self.u8()?;
            }
            units.push(if flags & WIDE == 0 { self.u8()?.into() } else { self.u16()? });
        }
        Ok(String::from_utf16_lossy(&units))
    }
}

fn damaged() -> ReadError {
    ReadError::Damaged { part: "Workbook".to_owned() }
}

const BOF: u16 = 0x0809;
const EOF: u16 = 0x000a;
const BIFF8: u16 = 0x0600;
const FILE_PASS: u16 = 0x002f;
const BOUND_SHEET: u16 = 0x0085;
/// The kind of a sheet that is neither a chart nor a macro.
const WORKSHEET: u8 = 0;
const FORMAT: u16 = 0x041e;
const STYLE: u16 = 0x00e0;
const DATE_MODE: u16 = 0x0022;
const SHARED_TEXTS: u16 = 0x00fc;
const CONTINUE: u16 = 0x003c;
const MERGED_CELLS: u16 = 0x00e5;
const NUMBER: u16 = 0x0203;
const PACKED_NUMBER: u16 = 0x027e;
const MANY_NUMBERS: u16 = 0x00bd;
const SHARED_TEXT: u16 = 0x00fd;
const TEXT: u16 = 0x0204;
const RICH_TEXT: u16 = 0x00d6;
const TRUTH: u16 = 0x0205;
const FORMULA: u16 = 0x0006;
const FORMULA_TEXT: u16 = 0x0207;
/// Flags of a text: letters of two bytes, runs of fonts, phonetic signs.
const WIDE: u8 = 1;
const FAR_EAST: u8 = 4;
const RICH: u8 = 8;
/// A workbook of plans has some ten sheets.
const SHEETS_MAX: usize = 256;
/// The end of the year 9999.
const SERIAL_MAX: f64 = 2_958_466.0;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len()).expect("a short record");
        [kind.to_le_bytes().as_slice(), &length.to_le_bytes(), data].concat()
    }

    /// A stream of globals and one sheet with these records.
    fn stream(globals: &[u8], cells: &[u8]) -> Vec<u8> {
        let begin = record(BOF, &BIFF8.to_le_bytes());
        let end = record(EOF, &[]);
        // BOUNDSHEET: the place, the kind, the name «A».
        let length = begin.len() + 13 + globals.len() + end.len();
        let place = u32::try_from(length).expect("a short stream").to_le_bytes();
        let bound = record(BOUND_SHEET, &[place.as_slice(), &[0, 0, 1, 0, b'A']].concat());
        [begin.as_slice(), &bound, globals, &end, &begin, cells, &end].concat()
    }

    fn texts(stream: &[u8]) -> Result<Grid, ReadError> {
        let globals = Globals::read(stream)?;
        sheet_texts(stream, &globals.sheets[0], &globals, &mut Budget::default()).map(|it| it.0)
    }

    fn only(stream: &[u8]) -> String {
        let grid = texts(stream).expect("a sheet");
        grid.into_values().flat_map(BTreeMap::into_values).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn a_text_that_goes_on_in_the_next_record_is_whole() {
        let units: Vec<u8> = "Март".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let head = [1, 0, 0, 0, 1, 0, 0, 0, 6, 0, WIDE];
        let first = record(SHARED_TEXTS, &[head.as_slice(), &units].concat());
        // The rest has letters of one byte: its own flags say so.
        let globals = [first, record(CONTINUE, &[0, b' ', b'5'])].concat();
        let cell = record(SHARED_TEXT, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(only(&stream(&globals, &cell)), "Март 5");
        let missing = record(SHARED_TEXT, &[0, 0, 0, 0, 0, 0, 9, 0, 0, 0]);
        assert_eq!(texts(&stream(&globals, &missing)), Err(damaged()));
    }

    #[test]
    fn dates_are_shown_as_their_format_shows_them() {
        let format = |number: u16| record(STYLE, &[[0, 0].as_slice(), &number.to_le_bytes()].concat());
        let globals = [format(0), format(14), format(17), format(2)].concat();
        let cell = |style: u16, value: f64| {
            let head = [0, 0, style.to_le_bytes()[0], 0, style.to_le_bytes()[0], 0];
            record(NUMBER, &[head.as_slice(), &value.to_le_bytes()].concat())
        };
        let cells = [cell(0, 2022.0), cell(1, 44_635.0), cell(2, 44_635.0), cell(3, 1.1)].concat();
        assert_eq!(only(&stream(&globals, &cells)), "2022|15.03.2022|март 2022|1.10");
    }

    #[test]
    fn packed_numbers_are_halves_of_floats_or_integers() {
        assert_eq!(packed_number((5 << 2) | 2), 5.0);
        assert_eq!(packed_number((-5_i32 << 2).cast_unsigned() | 2), -5.0);
        assert_eq!(packed_number((110 << 2) | 3), 1.1);
        assert_eq!(packed_number(u32::try_from(1.5_f64.to_bits() >> 32).expect("four bytes")), 1.5);
    }

    #[test]
    fn what_claims_more_than_it_has_is_damaged_and_a_password_is_said() {
        let claims = record(SHARED_TEXTS, &[0, 0, 0, 0, 255, 255, 255, 255]);
        assert_eq!(texts(&stream(&claims, &[])).err(), Some(damaged()));
        assert_eq!(texts(&stream(&record(FILE_PASS, &[0; 6]), &[])).err(), Some(ReadError::Encrypted));
        let older = record(BOF, &0x0500_u16.to_le_bytes());
        assert_eq!(Globals::read(&older).err(), Some(ReadError::OldExcel));
    }

    #[test]
    fn one_long_text_in_very_many_cells_is_refused_before_it_fills_the_memory() {
        let long: Vec<u8> = std::iter::repeat_n(b'a', 8000).collect();
        let globals = record(SHARED_TEXTS, &[[1, 0, 0, 0, 1, 0, 0, 0, 64, 31, 0].as_slice(), &long].concat());
        let cell = |row: u16| record(SHARED_TEXT, &[row.to_le_bytes().as_slice(), &[0; 8]].concat());
        let cells: Vec<u8> = (0..20_000).flat_map(cell).collect();
        assert_eq!(texts(&stream(&globals, &cells)).err(), Some(ReadError::TooMany { what: "letters" }));
    }
}
