//! The consolidated report as a Word file.
//!
//! Upright sheets hold what is signed, lying ones the annexes. A mark's raised number leads to its line in the annex
//! «Происхождение». The same report gives the same bytes.

use jiff::civil::DateTime;

use super::layout::{self, Align, Block, Part, RowKind};
use super::model::Report;
use crate::domain::light::LightKind;
use crate::i18n::{Catalog, Lang};
use crate::office::PackageError;
use crate::office::docx::{self, Anchor, Document, Orientation, Paragraph, Run, Section, Style};

/// Writes the report. `created` is the moment in the file's properties.
pub fn docx(report: &Report, created: DateTime, t: &Catalog) -> Result<Vec<u8>, PackageError> {
    let document = Document {
        title: t.text("report-title"),
        author: report.compiled_by.clone(),
        created,
        language: language(t),
        sections: layout::layout(report, t).iter().map(section).collect(),
    };
    document.to_bytes()
}

/// The tag that spelling checkers of office programs know.
pub(super) fn language(t: &Catalog) -> &'static str {
    match t.lang() {
        Lang::Ru => "ru-RU",
        Lang::En => "en-GB",
    }
}

pub(super) fn section(part: &Part) -> Section {
    let orientation = if part.landscape { Orientation::Landscape } else { Orientation::Portrait };
    let mut blocks = Vec::new();
    for (index, block) in part.blocks.iter().enumerate() {
        let follows_table = index.checked_sub(1).and_then(|it| part.blocks.get(it));
        if matches!((follows_table, block), (Some(Block::Table(_)), Block::Table(_))) {
            // Two tables that touch would become one.
            blocks.push(Paragraph::new(Style::Gap).into());
        }
        push(block, &mut blocks);
    }
    Section { orientation, blocks }
}

fn push(block: &Block, blocks: &mut Vec<docx::Block>) {
    match block {
        Block::Title(text) => blocks.push(Paragraph::of(Style::Title, text).into()),
        Block::Subtitle(text) => blocks.push(Paragraph::of(Style::Subtitle, text).into()),
        Block::Heading(text) => blocks.push(Paragraph::of(Style::Heading, text).into()),
        Block::Text(text) => blocks.push(Paragraph::of(Style::Body, text).into()),
        Block::Note(text) => blocks.push(Paragraph::of(Style::Note, text).into()),
        Block::Facts(facts) => {
            blocks.push(Paragraph::new(Style::Gap).into());
            blocks.push(fact_table(facts).into());
            blocks.push(Paragraph::new(Style::Gap).into());
        }
        Block::Table(it) => blocks.push(table(it).into()),
        Block::Signature([label, line, date]) => {
            blocks.push(Paragraph::new(Style::Body).keep_next().into());
            let text = format!("{label}   {line}");
            blocks.push(Paragraph::of(Style::Body, text).keep_next().into());
            blocks.push(Paragraph::of(Style::Body, date).into());
        }
    }
}

fn fact_table(facts: &[(String, String)]) -> docx::Table {
    let cell = |style, text: &str| docx::Cell::new(Paragraph::of(style, text));
    let row = |(label, value): &(String, String)| {
        docx::Row::new(vec![cell(Style::Cell, &format!("{label}:")), cell(Style::Cell, value)])
    };
    docx::Table { widths_mm: vec![45, 130], rows: facts.iter().map(row).collect(), lines: false }
}

fn table(table: &layout::Table) -> docx::Table {
    let heads = table.columns.iter().map(|it| docx::Cell::head(&it.head)).collect();
    let mut rows = vec![docx::Row::header(heads)];
    rows.extend(table.rows.iter().map(|it| row(it, table)));
    if let (true, [first @ .., _]) = (table.is_whole(), rows.as_mut_slice()) {
        first.iter_mut().for_each(|it| it.keep_next = true);
    }
    docx::Table { widths_mm: table.columns.iter().map(|it| it.width_mm).collect(), rows, lines: true }
}

fn row(row: &layout::Row, table: &layout::Table) -> docx::Row {
    if row.kind == RowKind::Section {
        let text =
            row.cells.iter().flat_map(|it| &it.lines).map(String::as_str).collect::<Vec<_>>().join(" ");
        let columns = u16::try_from(table.columns.len()).unwrap_or(u16::MAX);
        let cell = docx::Cell::new(Paragraph::new(Style::Cell).bold(text)).span(columns).shade(SECTION_SHADE);
        return docx::Row { keep_next: true, ..docx::Row::new(vec![cell]) };
    }
    let mut cells: Vec<_> =
        row.cells.iter().zip(&table.columns).map(|(it, column)| cell(it, row.kind, column.align)).collect();
    if let (Some((number, _)), Some(first)) = (&row.proof, cells.first_mut()) {
        first.paragraphs = std::mem::take(&mut first.paragraphs)
            .into_iter()
            .map(|it| match anchor(*number) {
                Some(anchor) => it.anchor(anchor),
                None => it,
            })
            .collect();
    }
    docx::Row::new(cells)
}

fn cell(cell: &layout::Cell, kind: RowKind, align: Align) -> docx::Cell {
    let mut paragraphs: Vec<_> = cell.lines.iter().map(|it| line(it, cell, kind)).collect();
    if let Some((number, anchor)) = cell.proof.and_then(|it| Some((it, anchor(it)?))) {
        let reference = Run {
            text: format!("\u{a0}{number}"),
            superscript: true,
            color: Some(REFERENCE_COLOR),
            link: Some(anchor),
            ..Run::default()
        };
        // Beside the sign, on the first line.
        if let Some(first) = paragraphs.first_mut() {
            *first = first.clone().run(reference);
        }
    }
    let merge = match cell.covers {
        0 => return docx::Cell::empty().merge(docx::Merge::Further),
        1 => docx::Merge::Single,
        _ => docx::Merge::First,
    };
    let shade = (kind == RowKind::Total).then_some(SECTION_SHADE);
    let cell = docx::Cell { shade, paragraphs, merge, ..docx::Cell::empty() };
    match align {
        Align::Left => cell,
        Align::Right => cell.align(docx::Align::Right),
    }
}

fn line(text: &str, cell: &layout::Cell, kind: RowKind) -> Paragraph {
    let paragraph = Paragraph::new(Style::Cell);
    paragraph.run(Run {
        text: text.to_owned(),
        bold: kind == RowKind::Total || cell.bold || cell.light == Some(LightKind::Overdue),
        italic: cell.missing,
        fixed: cell.fixed,
        color: cell.light.map(ink).or_else(|| cell.missing.then_some(MISSING_COLOR)),
        ..Run::default()
    })
}

fn anchor(number: usize) -> Option<Anchor> {
    u32::try_from(number).ok().map(Anchor)
}

/// Dark enough to stay readable in black and white; the sign and the word tell the same.
pub(super) const fn ink(light: LightKind) -> &'static str {
    match light {
        LightKind::Done | LightKind::DoneWithoutEvidence => "1D7A46",
        LightKind::Partially | LightKind::Soon => "7A5000",
        LightKind::Running | LightKind::Moved => "2B50C7",
        LightKind::Overdue => "B3261E",
        LightKind::NotDue
        | LightKind::Undated
        | LightKind::OnRequest
        | LightKind::NotApplicable
        | LightKind::Cancelled => "4A5160",
    }
}

const SECTION_SHADE: &str = "F6F6F6";
const REFERENCE_COLOR: &str = "6B7280";
const MISSING_COLOR: &str = "6B7280";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::office::docx::tests::{order_violations, part};
    use crate::reports::sample::{created, keep, report};

    fn ru() -> &'static Catalog {
        Catalog::of(Lang::Ru)
    }

    fn body() -> String {
        part(&docx(&report(), created(), ru()).unwrap(), "word/document.xml")
    }

    #[test]
    fn the_same_report_gives_the_same_bytes() {
        let bytes = docx(&report(), created(), ru()).unwrap();
        keep("report.docx", &bytes);
        assert_eq!(bytes, docx(&report(), created(), ru()).unwrap());
    }

    #[test]
    fn the_file_keeps_the_order_of_the_schema() {
        assert_eq!(order_violations(&body()), Vec::<String>::new());
    }

    #[test]
    fn every_mark_leads_to_a_line_of_the_provenance() {
        let body = body();
        let targets: Vec<_> =
            body.split("w:anchor=\"").skip(1).filter_map(|it| it.split('"').next()).collect();
        assert!(targets.len() > 30);
        for target in targets {
            assert!(body.contains(&format!("w:name=\"{target}\"")), "{target}");
        }
    }

    #[test]
    fn every_table_repeats_its_header() {
        let body = body();
        let bordered = body.matches("<w:tblBorders>").count();
        assert_eq!(body.matches("<w:tblHeader/>").count(), bordered);
    }

    #[test]
    fn who_is_missing_is_named_and_in_no_total() {
        let body = body();
        assert!(body.contains("Не сдано: Мостовской. Итоги приведены без этих данных (4 из 5)."));
        assert!(body.contains("Итого*") && body.contains("* Без данных: Мостовской."));
    }
}
