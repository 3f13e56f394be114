//! Text with separators: recognises its encoding and separator, reads it, and writes it so that Excel opens it whole.
//!
//! Excel runs a cell that begins like a formula. A writer puts an apostrophe before such a cell, and a reader takes
//! exactly that apostrophe away: reading what was written gives the same texts, «- пункт» as well as «'=1».

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use csv::{ReaderBuilder, StringRecord, Terminator, WriterBuilder};

use super::form::Form;
use super::read::{CELLS_MAX, COLUMNS_MAX, ROWS_MAX, ReadError};
use super::table::{Block, Cell, Place, Row, Table};

/// Whether these bytes can be text at all.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    encoding_rs::Encoding::for_bom(bytes).is_some() || !head.contains(&0)
}

/// Reads a file.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Block>, ReadError> {
    let text = decode(bytes);
    let delimiter = guess_delimiter(&text);
    let mut table = Table::default();
    let mut cells = 0;
    for record in records(&text, delimiter) {
        if record.len() > COLUMNS_MAX {
            return Err(ReadError::TooMany { what: "columns" });
        }
        cells += record.len();
        if table.rows.len() >= ROWS_MAX || cells > CELLS_MAX {
            return Err(ReadError::TooMany { what: "rows" });
        }
        let line = record.position().map_or(0, |it| it.line());
        let place = Place { table: 1, row: usize::try_from(line).unwrap_or(0) };
        let cell = |(column, text): (usize, &str)| Cell::new(column, unguarded(text));
        table.rows.push(Row { place, cells: record.iter().enumerate().map(cell).collect() });
    }
    Ok(vec![Block::Table(table)])
}

/// Writes rows of texts, guarded. UTF-8 with a byte order mark and `;`, as Excel in Russia opens it.
pub fn rows(rows: &[Vec<String>]) -> Vec<u8> {
    let mut writer = WriterBuilder::new()
        .delimiter(b';')
        .flexible(true)
        .terminator(Terminator::CRLF)
        .from_writer("\u{feff}".as_bytes().to_vec());
    for row in rows {
        // Writing to memory cannot fail.
        let _ = writer
            .write_record(row.iter().map(|it| guarded(it)).collect::<Vec<_>>().iter().map(AsRef::as_ref));
    }
    writer.into_inner().unwrap_or_default()
}

/// Writes a form: the heading if there is one, the columns' heads, section rows, rows. UTF-8 with a byte order mark and
/// `;`, as Excel in Russia opens it. The block «УТВЕРЖДАЮ» belongs to paper and is left out.
pub fn export_csv(form: &Form) -> Vec<u8> {
    let mut writer = WriterBuilder::new()
        .delimiter(b';')
        .flexible(true)
        .terminator(Terminator::CRLF)
        .from_writer("\u{feff}".as_bytes().to_vec());
    let mut write = |texts: Vec<&str>| {
        // Writing to memory cannot fail.
        let _ =
            writer.write_record(texts.into_iter().map(guarded).collect::<Vec<_>>().iter().map(AsRef::as_ref));
    };
    let heading = form.heading();
    if !heading.is_empty() {
        write(across(&heading, form.heads().len()));
    }
    write(form.heads().to_vec());
    for section in &form.sections {
        if let Some(heading) = section.heading() {
            write(across(&heading, form.heads().len()));
        }
        for row in &section.rows {
            write(form.texts(row));
        }
    }
    writer.into_inner().unwrap_or_default()
}

/// A text in the first of so many columns.
fn across(text: &str, columns: usize) -> Vec<&str> {
    std::iter::once(text).chain(std::iter::repeat("")).take(columns).collect()
}

fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(Some(b"ru"), Utf8Detection::Deny).decode(bytes).0
}

fn records(text: &str, delimiter: u8) -> impl Iterator<Item = StringRecord> {
    let mut builder = ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(delimiter);
    // The text is UTF-8 and records may differ in length: nothing is left that could be an error.
    builder.from_reader(std::io::Cursor::new(text.as_bytes().to_vec())).into_records().flatten()
}

/// The separator that gives the most rows of one length. Commas abound inside Russian sentences, but never equally
/// many in each row.
fn guess_delimiter(text: &str) -> u8 {
    let score = |delimiter: u8| {
        let lengths: Vec<_> = records(text, delimiter).take(SAMPLE_ROWS).map(|it| it.len()).collect();
        let alike = |length: &usize| lengths.iter().filter(|it| *it == length).count();
        lengths.iter().filter(|it| **it > 1).map(|it| (alike(it), *it)).max().unwrap_or_default()
    };
    // Of equals, `max_by_key` takes the last.
    [b'|', b',', b'\t', b';'].into_iter().max_by_key(|it| score(*it)).unwrap_or(b';')
}

/// A text that no program takes for a formula.
fn guarded(text: &str) -> Cow<'_, str> {
    if looks_like_formula(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// What was written for this text.
fn unguarded(text: &str) -> &str {
    text.strip_prefix('\'').filter(|it| looks_like_formula(it)).unwrap_or(text)
}

/// Whether it begins with a sign of a formula, in any width, after signs that do not show and apostrophes: a text with
/// its own apostrophe gets one more, so that taking one away always gives the text.
fn looks_like_formula(text: &str) -> bool {
    let first = text.chars().find(|it| is_control(*it) || !is_passed_over(*it));
    first.is_some_and(|it| is_control(it) || FORMULA_SIGNS.contains(&it))
}

/// Tab and line ends begin a formula in some programs.
fn is_control(sign: char) -> bool {
    matches!(sign, '\t' | '\r' | '\n')
}

fn is_passed_over(sign: char) -> bool {
    sign == '\'' || sign.is_whitespace() || matches!(sign, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// `= + - @` as they are, full-width and small.
const FORMULA_SIGNS: [char; 12] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '﹦', '﹢', '﹣', '﹫'];

/// How many rows a guess looks at.
const SAMPLE_ROWS: usize = 64;
/// How many bytes tell a binary file by its zeros.
const HEAD_BYTES: usize = 4096;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(bytes: &[u8], expected: &[&[&str]]) {
        let blocks = read(bytes).expect("a table");
        let Some(Block::Table(table)) = blocks.first() else { panic!("a table comes first") };
        let rows: Vec<Vec<_>> =
            table.rows.iter().map(|it| it.cells.iter().map(|it| it.text.as_str()).collect()).collect();
        assert_eq!(rows, expected);
    }

    #[test]
    fn the_separator_is_the_one_that_makes_rows_alike() {
        check("а;б, в, г, д\nе;ж, з\n".as_bytes(), &[&["а", "б, в, г, д"], &["е", "ж, з"]]);
        check("а,б\n\"в, г\",д\n".as_bytes(), &[&["а", "б"], &["в, г", "д"]]);
        check("а\tб, в\nг\tд\n".as_bytes(), &[&["а", "б, в"], &["г", "д"]]);
        check("а|б; в\nг|д, е\n".as_bytes(), &[&["а", "б; в"], &["г", "д, е"]]);
    }

    #[test]
    fn encodings_are_recognised() {
        let text = "Сроки выполнения;Целевая аудитория\nМарт 2021;Участники сети\n";
        let expected: &[&[&str]] =
            &[&["Сроки выполнения", "Целевая аудитория"], &["Март 2021", "Участники сети"]];
        check(text.as_bytes(), expected);
        check(format!("\u{feff}{text}").as_bytes(), expected);
        check(&encoding_rs::WINDOWS_1251.encode(text).0, expected);
        let utf16: Vec<u8> =
            std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        assert!(is_text(&utf16));
        check(&utf16, expected);
    }

    #[test]
    fn a_cell_like_a_formula_is_guarded_and_read_back() {
        for text in [
            "=1+1",
            "- пункт",
            "+7",
            "@а",
            "\tа",
            "＝1",
            "﹫а",
            " =1",
            "\u{200b}=1",
            "\u{3000}+1",
            "'=1",
            "''-а",
        ] {
            assert_eq!(guarded(text), format!("'{text}"));
            assert_eq!(unguarded(&guarded(text)), text);
        }
        for text in ["", "а", "'а'", "2-3", "'"] {
            assert_eq!(guarded(text), text);
            assert_eq!(unguarded(text), text);
        }
    }

    proptest! {
        #[test]
        fn no_cell_begins_like_a_formula_whatever_it_began_with(first in any::<char>(), rest in "[=+а-]{0,3}") {
            let text = format!("{first}{rest}");
            let written = guarded(&text);
            let folded = match written.chars().next().unwrap_or('a') {
                '＝' | '﹦' => '=',
                '＋' | '﹢' => '+',
                '－' | '﹣' => '-',
                '＠' | '﹫' => '@',
                sign => sign,
            };
            prop_assert!(!"=+-@\t\r\n".contains(folded), "{written:?}");
            prop_assert_eq!(unguarded(&written), &text);
        }

        #[test]
        fn guarding_is_undone_exactly(text in "[ '=+@а\u{200b}＝-]{0,6}") {
            let written = guarded(&text);
            prop_assert_eq!(unguarded(&written), &text);
        }
    }
}
