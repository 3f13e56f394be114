//! A small writer of word-processing files (ECMA-376, transitional).
//!
//! A [`Document`] is plain data: sections of paragraphs and tables. The writer guarantees that the same document gives
//! the same bytes, that children stand in the order the schema fixes (LibreOffice forgives a wrong one, Word may not),
//! that header rows of tables repeat on every page, that rows do not break inside, and that pages are numbered top
//! centre from the second one on. It does not measure text, hyphenate, or hold pictures.

mod body;
#[cfg(test)]
mod order;
mod parts;

use jiff::civil::DateTime;

use super::package::{PackageError, pack};

/// A whole file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The title in the file's properties.
    pub title: String,
    /// The author in the file's properties.
    pub author: String,
    /// The moment in the file's properties: an argument, so that bytes do not depend on the clock.
    pub created: DateTime,
    /// BCP 47 language of the text, «ru-RU».
    pub language: &'static str,
    /// Parts of different orientation, each on new pages.
    pub sections: Vec<Section>,
}

/// Pages of one orientation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// How its sheets lie.
    pub orientation: Orientation,
    /// What stands on them.
    pub blocks: Vec<Block>,
}

/// How an A4 sheet lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Orientation {
    /// Upright.
    Portrait,
    /// On its long side.
    Landscape,
}

/// What can stand in a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A paragraph.
    Paragraph(Paragraph),
    /// A table.
    Table(Table),
}

/// Named paragraph styles; what they look like is in `parts`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Style {
    /// The document's title, centred.
    Title,
    /// What stands under the title, centred.
    Subtitle,
    /// A heading, in the document's outline.
    Heading,
    /// Running text.
    Body,
    /// A remark under a table.
    Note,
    /// A narrow empty line, between a table and what is not its remark.
    Gap,
    /// Text in a cell.
    Cell,
    /// Text in a cell of a header row.
    CellHead,
    /// Text in a cell of a printed form, as large as running text.
    Form,
    /// Text in a header cell of a printed form.
    FormHead,
    /// The block of approval at the top right.
    Stamp,
}

/// How a paragraph's lines stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// At the left edge.
    Left,
    /// In the middle.
    Center,
    /// At the right edge.
    Right,
}

/// A paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paragraph {
    style: Style,
    align: Option<Align>,
    keep_next: bool,
    anchor: Option<Anchor>,
    runs: Vec<Run>,
}

/// A piece of text of one look.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Run {
    /// The text; a line feed breaks the line, a tab stays a tab.
    pub text: String,
    /// Bold.
    pub bold: bool,
    /// Italic.
    pub italic: bool,
    /// Raised and small, for references.
    pub superscript: bool,
    /// In a font of fixed width and small, for hashes.
    pub fixed: bool,
    /// `RRGGBB`.
    pub color: Option<&'static str>,
    /// Leads to the paragraph with this anchor.
    pub link: Option<Anchor>,
}

/// A place that runs can lead to: a number unique in the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Anchor(pub u32);

/// A table with lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Widths of the columns in millimetres.
    pub widths_mm: Vec<u16>,
    /// Its rows.
    pub rows: Vec<Row>,
    /// Whether its lines are drawn.
    pub lines: bool,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Whether it repeats on every page; such rows stand first.
    pub header: bool,
    /// Whether it stays on the page of the row after it.
    pub keep_next: bool,
    /// Its cells; their spans add up to the number of columns.
    pub cells: Vec<Cell>,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// How many columns it covers, at least 1.
    pub span: u16,
    /// Its part in a cell that covers several rows.
    pub merge: Merge,
    /// Background, `RRGGBB`.
    pub shade: Option<&'static str>,
    /// What it holds; an empty cell gets an empty paragraph, which the schema demands.
    pub paragraphs: Vec<Paragraph>,
}

/// A cell's part in a cell that covers several rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Merge {
    /// None.
    #[default]
    Single,
    /// The first row of it.
    First,
    /// A further row of it.
    Further,
}

impl Document {
    /// The file's bytes: the same for the same document.
    pub fn to_bytes(&self) -> Result<Vec<u8>, PackageError> {
        pack(vec![
            ("[Content_Types].xml", parts::content_types()),
            ("_rels/.rels", parts::package_relations()),
            ("docProps/core.xml", parts::core_properties(self)),
            ("docProps/app.xml", parts::app_properties()),
            ("word/document.xml", body::document(self)),
            ("word/_rels/document.xml.rels", parts::document_relations()),
            ("word/styles.xml", parts::styles(self.language)),
            ("word/settings.xml", parts::settings(self.language)),
            ("word/header.xml", parts::header(true)),
            ("word/header-first.xml", parts::header(false)),
        ])
    }
}

impl Paragraph {
    /// An empty paragraph.
    pub fn new(style: Style) -> Self {
        Self { style, align: None, keep_next: false, anchor: None, runs: Vec::new() }
    }

    /// A paragraph of one piece of text.
    pub fn of(style: Style, text: impl Into<String>) -> Self {
        Self::new(style).text(text)
    }

    /// Adds plain text.
    pub fn text(self, text: impl Into<String>) -> Self {
        self.run(Run { text: text.into(), ..Run::default() })
    }

    /// Adds bold text.
    pub fn bold(self, text: impl Into<String>) -> Self {
        self.run(Run { text: text.into(), bold: true, ..Run::default() })
    }

    /// Adds a piece of text.
    pub fn run(mut self, run: Run) -> Self {
        self.runs.push(run);
        self
    }

    /// Sets its lines otherwise than its style does.
    pub fn align(mut self, align: Align) -> Self {
        self.align = Some(align);
        self
    }

    /// Keeps it on the page of what follows.
    pub fn keep_next(mut self) -> Self {
        self.keep_next = true;
        self
    }

    /// Lets runs lead to it.
    pub fn anchor(mut self, anchor: Anchor) -> Self {
        self.anchor = Some(anchor);
        self
    }
}

impl Row {
    /// A row of cells.
    pub fn new(cells: Vec<Cell>) -> Self {
        Self { header: false, keep_next: false, cells }
    }

    /// A row that repeats on every page.
    pub fn header(cells: Vec<Cell>) -> Self {
        Self { header: true, keep_next: true, cells }
    }
}

impl Cell {
    /// A cell of one paragraph.
    pub fn new(paragraph: Paragraph) -> Self {
        Self { span: 1, merge: Merge::Single, shade: None, paragraphs: vec![paragraph] }
    }

    /// A cell of plain text; every line of it becomes a paragraph of its own.
    pub fn text(text: &str) -> Self {
        Self { paragraphs: text.lines().map(|it| Paragraph::of(Style::Cell, it)).collect(), ..Self::empty() }
    }

    /// A cell of a header row.
    pub fn head(text: impl Into<String>) -> Self {
        Self { shade: Some(HEAD_SHADE), ..Self::new(Paragraph::of(Style::CellHead, text)) }
    }

    /// A cell without text.
    pub fn empty() -> Self {
        Self { span: 1, merge: Merge::Single, shade: None, paragraphs: Vec::new() }
    }

    /// Lets it cover several columns.
    pub fn span(mut self, columns: u16) -> Self {
        self.span = columns.max(1);
        self
    }

    /// Makes it a part of a cell that covers several rows.
    pub fn merge(mut self, merge: Merge) -> Self {
        self.merge = merge;
        self
    }

    /// Gives it a background, `RRGGBB`.
    pub fn shade(mut self, shade: &'static str) -> Self {
        self.shade = Some(shade);
        self
    }

    /// Gives all its paragraphs a style.
    pub fn style(mut self, style: Style) -> Self {
        for paragraph in &mut self.paragraphs {
            paragraph.style = style;
        }
        self
    }

    /// Sets the lines of all its paragraphs.
    pub fn align(mut self, align: Align) -> Self {
        for paragraph in &mut self.paragraphs {
            paragraph.align = Some(align);
        }
        self
    }
}

impl From<Paragraph> for Block {
    fn from(paragraph: Paragraph) -> Self {
        Self::Paragraph(paragraph)
    }
}

impl From<Table> for Block {
    fn from(table: Table) -> Self {
        Self::Table(table)
    }
}

impl Orientation {
    /// Width between the margins, in millimetres.
    pub const fn text_width_mm(self) -> u16 {
        let [_, right, _, left] = self.margins_mm();
        match self {
            Self::Portrait => 210 - left - right,
            Self::Landscape => 297 - left - right,
        }
    }

    /// Top, right, bottom, left: not less than ГОСТ Р 7.0.97-2016 asks for, and room for the binder.
    const fn margins_mm(self) -> [u16; 4] {
        match self {
            Self::Portrait => [20, 10, 20, 25],
            Self::Landscape => [20, 15, 15, 20],
        }
    }
}

/// The background of header rows: seen on paper, and letters on it stay black.
pub const HEAD_SHADE: &str = "EFEFEF";

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::io::Read;

    fn sample() -> Document {
        let head = Row::header(vec![Cell::head("№"), Cell::head("Мероприятие").span(2)]);
        let section = Row {
            keep_next: true,
            ..Row::new(vec![Cell::new(Paragraph::new(Style::Cell).bold("1. Раздел")).span(3).shade("F7F7F7")])
        };
        let merged = Row::new(vec![
            Cell::text("1.1").merge(Merge::First),
            Cell::text("<договор> & \"согласие\"\nвторая строка"),
            Cell::new(Paragraph::new(Style::Cell).run(Run {
                text: "12".into(),
                link: Some(Anchor(12)),
                superscript: true,
                bold: true,
                italic: true,
                fixed: true,
                color: Some("555555"),
            })),
        ]);
        let further = Row::new(vec![
            Cell::empty().merge(Merge::Further),
            Cell::text("а\tб").align(Align::Right),
            Cell::empty(),
        ]);
        let table =
            Table { widths_mm: vec![15, 100, 50], rows: vec![head, section, merged, further], lines: true };
        Document {
            title: "Сводный отчёт".into(),
            author: "ИМЦ".into(),
            created: jiff::civil::date(2022, 7, 1).at(9, 0, 0, 0),
            language: "ru-RU",
            sections: vec![
                Section {
                    orientation: Orientation::Portrait,
                    blocks: vec![
                        Paragraph::of(Style::Title, "Отчёт").into(),
                        Paragraph::of(Style::Heading, "Итоги").keep_next().into(),
                        table.into(),
                    ],
                },
                Section {
                    orientation: Orientation::Landscape,
                    blocks: vec![Paragraph::of(Style::Body, "Приложение").anchor(Anchor(12)).into()],
                },
            ],
        }
    }

    /// Children out of the schema's order.
    pub(crate) fn order_violations(xml: &str) -> Vec<String> {
        order::violations(xml)
    }

    /// A part of a file, as text.
    pub(crate) fn part(bytes: &[u8], name: &str) -> String {
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let mut text = String::new();
        zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn the_same_document_gives_the_same_bytes() {
        assert_eq!(sample().to_bytes().unwrap(), sample().to_bytes().unwrap());
    }

    #[test]
    fn every_part_has_its_children_in_the_order_of_the_schema() {
        let bytes = sample().to_bytes().unwrap();
        for name in ["word/document.xml", "word/styles.xml", "word/settings.xml", "word/header.xml"] {
            assert_eq!(order::violations(&part(&bytes, name)), Vec::<String>::new(), "{name}");
        }
    }

    #[test]
    fn container_times_are_fixed_and_parts_are_compressed() {
        let bytes = sample().to_bytes().unwrap();
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        assert_eq!(zip.by_index(0).unwrap().name().unwrap(), "[Content_Types].xml");
        for index in 0..zip.len() {
            let file = zip.by_index(index).unwrap();
            assert_eq!(file.last_modified(), Some(zip::DateTime::DEFAULT));
            assert_eq!(file.compression(), zip::CompressionMethod::Deflated);
        }
    }

    #[test]
    fn header_rows_repeat_rows_do_not_break_and_cells_merge() {
        let body = part(&sample().to_bytes().unwrap(), "word/document.xml");
        assert_eq!(body.matches("<w:tblHeader/>").count(), 1);
        assert_eq!(body.matches("<w:cantSplit/>").count(), 4);
        assert!(body.contains("<w:gridSpan w:val=\"3\"/>"));
        assert!(body.contains("<w:vMerge w:val=\"restart\"/>"));
        assert!(body.contains("<w:vMerge/>"));
        assert!(body.contains("&lt;договор&gt; &amp; &quot;согласие&quot;</w:t></w:r></w:p><w:p>"));
    }

    #[test]
    fn only_the_first_page_of_the_document_goes_without_a_number() {
        let body = part(&sample().to_bytes().unwrap(), "word/document.xml");
        assert_eq!(body.matches("<w:titlePg/>").count(), 1);
        assert_eq!(body.matches("<w:sectPr>").count(), 2);
        let (first, second) = body.split_once("</w:sectPr>").unwrap();
        assert!(first.contains("<w:titlePg/>") && first.contains("w:w=\"11906\" w:h=\"16838\""));
        assert!(second.contains("w:w=\"16838\" w:h=\"11906\" w:orient=\"landscape\""));
    }

    #[test]
    fn properties_carry_the_given_moment() {
        let core = part(&sample().to_bytes().unwrap(), "docProps/core.xml");
        assert!(core.contains("2022-07-01T09:00:00Z"));
        assert!(core.contains("Сводный отчёт"));
    }
}
