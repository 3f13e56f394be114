//! The tables and paragraphs of a Word document.
//!
//! Reads `word/document.xml` as a stream. Kept: texts with their line breaks and tabs, cells with the columns and rows
//! they span, paragraphs outside of tables. A table inside a cell is flattened to lines. Of tracked changes, what was
//! inserted counts and what was deleted does not. Numbers and bullets that Word draws itself are not in the file; a
//! cell that has them says so.

use quick_xml::events::BytesStart;
use quick_xml::name::{Namespace, ResolveResult};

use super::read::{CELLS_MAX, COLUMNS_MAX, ROWS_MAX, ReadError};
use super::table::{Block, Cell, Place, Row, Table};
use super::xml::{self, Elements, attribute};

/// The transitional and the strict name of WordprocessingML.
const WORD: [&str; 2] = [
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
];

/// Of two forms of a drawing, the second is for old programs and repeats the first.
const COMPATIBILITY: &str = "http://schemas.openxmlformats.org/markup-compatibility/2006";

/// Reads the XML of a document.
pub(super) fn read(xml: &str) -> Result<Vec<Block>, ReadError> {
    Ok(xml::walk(xml, "word/document.xml", Walk::default())?.blocks)
}

/// An element as far as tables are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Table,
    Row,
    Cell,
    Paragraph,
    Text,
    /// How many columns a cell takes, or a row leaves out before its first cell.
    Span,
    Before,
    MergedDown,
    Numbered,
    Tab,
    Break,
    Hyphen,
    /// Neither it nor anything in it is looked at.
    Skipped,
    /// Transparent.
    Other,
}

fn kind(namespace: &ResolveResult<'_>, element: &BytesStart<'_>) -> Kind {
    let ResolveResult::Bound(Namespace(namespace)) = namespace else { return Kind::Other };
    let local = element.local_name();
    let name: &str = local.as_ref();
    if *namespace == COMPATIBILITY {
        return if name == "Fallback" { Kind::Skipped } else { Kind::Other };
    }
    if !WORD.contains(namespace) {
        return Kind::Other;
    }
    match name {
        "tbl" => Kind::Table,
        "tr" => Kind::Row,
        "tc" => Kind::Cell,
        "p" => Kind::Paragraph,
        "t" => Kind::Text,
        "gridSpan" => Kind::Span,
        "gridBefore" => Kind::Before,
        "vMerge" => Kind::MergedDown,
        "numPr" => Kind::Numbered,
        "tab" => Kind::Tab,
        "br" | "cr" => Kind::Break,
        "noBreakHyphen" => Kind::Hyphen,
        // `tabs` defines tab stops; `…Change` holds properties as they were before a tracked change.
        "tabs" | "del" | "moveFrom" | "instrText" | "sectPr" => Kind::Skipped,
        _ if name.ends_with("Change") => Kind::Skipped,
        _ => Kind::Other,
    }
}

/// What has been read, and where the walk stands.
#[derive(Debug, Default)]
struct Walk {
    blocks: Vec<Block>,
    /// How many open elements are skipped, tables, texts, paragraphs outside of cells.
    skipped: usize,
    tables_open: usize,
    texts_open: usize,
    paragraphs_open: usize,
    /// What is being filled.
    table: Table,
    row: Option<Row>,
    cell: Option<Cell>,
    cell_has_paragraph: bool,
    line: String,
    /// The column of the grid where the next cell starts.
    column: usize,
    tables: usize,
    rows: usize,
    cells: usize,
}

impl Elements for Walk {
    type Kind = Kind;

    fn kind(namespace: &ResolveResult<'_>, element: &BytesStart<'_>) -> Kind {
        kind(namespace, element)
    }

    fn open(&mut self, kind: Kind, element: &BytesStart<'_>) -> Result<(), ReadError> {
        if kind == Kind::Skipped {
            self.skipped += 1;
        }
        if self.skipped > 0 {
            return Ok(());
        }
        match kind {
            Kind::Table => {
                self.tables_open += 1;
                self.tables += usize::from(self.tables_open == 1);
            }
            Kind::Row if self.tables_open == 1 => self.open_row()?,
            Kind::Cell if self.tables_open == 1 => self.open_cell()?,
            Kind::Paragraph => self.open_paragraph(),
            Kind::Text => self.texts_open += 1,
            Kind::Span if self.tables_open == 1 => {
                if let Some(cell) = &mut self.cell {
                    cell.span = number(element).clamp(1, COLUMNS_MAX);
                }
            }
            Kind::Before if self.tables_open == 1 => self.column += number(element).min(COLUMNS_MAX),
            Kind::MergedDown if self.tables_open == 1 => {
                if let Some(cell) = &mut self.cell {
                    cell.continues = value(element).as_deref() != Some("restart");
                }
            }
            Kind::Numbered => {
                if let Some(cell) = &mut self.cell {
                    cell.is_listed = true;
                }
            }
            Kind::Tab => self.write("\t"),
            Kind::Break if matches!(attribute(element, "type").as_deref(), None | Some("textWrapping")) => {
                self.write("\n");
            }
            Kind::Hyphen => self.write("-"),
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, kind: Kind) -> Result<(), ReadError> {
        if kind == Kind::Skipped {
            self.skipped -= 1;
            return Ok(());
        }
        if self.skipped > 0 {
            return Ok(());
        }
        match kind {
            Kind::Table => {
                self.tables_open -= 1;
                if self.tables_open == 0 {
                    self.blocks.push(Block::Table(std::mem::take(&mut self.table)));
                }
            }
            Kind::Row if self.tables_open == 1 => self.table.rows.extend(self.row.take()),
            Kind::Cell if self.tables_open == 1 => self.close_cell()?,
            Kind::Paragraph if self.cell.is_none() => {
                self.paragraphs_open = self.paragraphs_open.saturating_sub(1);
                if self.paragraphs_open == 0 && !self.line.trim().is_empty() {
                    self.blocks.push(Block::Line(std::mem::take(&mut self.line)));
                }
            }
            Kind::Text => self.texts_open -= 1,
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        if self.texts_open > 0 && self.skipped == 0 {
            self.write(text);
        }
    }
}

impl Walk {
    fn open_row(&mut self) -> Result<(), ReadError> {
        self.rows += 1;
        if self.rows > ROWS_MAX {
            return Err(ReadError::TooMany { what: "rows" });
        }
        let place = Place { table: self.tables, row: self.table.rows.len() + 1 };
        self.row = Some(Row { place, cells: Vec::new() });
        self.column = 0;
        Ok(())
    }

    fn open_cell(&mut self) -> Result<(), ReadError> {
        self.cells += 1;
        if self.cells > CELLS_MAX {
            return Err(ReadError::TooMany { what: "cells" });
        }
        self.cell = Some(Cell::new(self.column, ""));
        self.cell_has_paragraph = false;
        Ok(())
    }

    fn close_cell(&mut self) -> Result<(), ReadError> {
        let Some(cell) = self.cell.take() else { return Ok(()) };
        self.column = cell.column + cell.span;
        let Some(row) = &mut self.row else { return Ok(()) };
        row.cells.push(cell);
        if row.cells.len() > COLUMNS_MAX {
            return Err(ReadError::TooMany { what: "columns" });
        }
        Ok(())
    }

    fn open_paragraph(&mut self) {
        if self.cell.is_some() {
            if std::mem::replace(&mut self.cell_has_paragraph, true) {
                self.write("\n");
            }
        } else {
            self.paragraphs_open += 1;
            if self.paragraphs_open > 1 {
                self.write("\n");
            }
        }
    }

    fn write(&mut self, text: &str) {
        match &mut self.cell {
            Some(cell) => cell.text.push_str(text),
            None if self.paragraphs_open > 0 => self.line.push_str(text),
            None => {}
        }
    }
}

fn value(element: &BytesStart<'_>) -> Option<String> {
    attribute(element, "val")
}

fn number(element: &BytesStart<'_>) -> usize {
    value(element).and_then(|it| it.parse().ok()).unwrap_or(1)
}
