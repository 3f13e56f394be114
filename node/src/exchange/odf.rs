//! The tables of an OpenDocument file: a spreadsheet (.ods) or a text (.odt).
//!
//! Reads `content.xml` as a stream. Kept: texts as the cell shows them with their line breaks, cells with the columns
//! they span, paragraphs outside of tables. What repeats by a number («the next 16 384 cells are empty») is taken as
//! often as it has text, within the bounds of every file. A table inside a cell is flattened to lines. Remarks, notes
//! and the texts that tracked changes have deleted are left out.

use quick_xml::events::BytesStart;
use quick_xml::name::{Namespace, ResolveResult};

use super::read::{CELLS_MAX, COLUMNS_MAX, ROWS_MAX, ReadError};
use super::table::{Block, Cell, Place, Row, Table};
use super::xml::{self, Elements, attribute};

const TABLE: &str = "urn:oasis:names:tc:opendocument:xmlns:table:1.0";
const TEXT: &str = "urn:oasis:names:tc:opendocument:xmlns:text:1.0";
const OFFICE: &str = "urn:oasis:names:tc:opendocument:xmlns:office:1.0";

/// Reads the XML of a document; a text has lines between its tables, a spreadsheet names its sheets.
pub(super) fn read(xml: &str) -> Result<Vec<Block>, ReadError> {
    Ok(xml::walk(xml, "content.xml", Walk::default())?.blocks)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Spreadsheet,
    Table,
    Row,
    Cell,
    /// A place that a merged cell covers.
    Covered,
    Paragraph,
    Spaces,
    Tab,
    Break,
    Skipped,
    Other,
}

fn kind(namespace: &ResolveResult<'_>, element: &BytesStart<'_>) -> Kind {
    let ResolveResult::Bound(Namespace(namespace)) = namespace else { return Kind::Other };
    let local = element.local_name();
    let name: &str = local.as_ref();
    match (&**namespace, name) {
        (OFFICE, "spreadsheet") => Kind::Spreadsheet,
        (OFFICE, "annotation") | (TEXT, "tracked-changes" | "note") => Kind::Skipped,
        (TABLE, "table") => Kind::Table,
        (TABLE, "table-row") => Kind::Row,
        (TABLE, "table-cell") => Kind::Cell,
        (TABLE, "covered-table-cell") => Kind::Covered,
        (TABLE, "tracked-changes" | "shapes") => Kind::Skipped,
        (TEXT, "p" | "h") => Kind::Paragraph,
        (TEXT, "s") => Kind::Spaces,
        (TEXT, "tab") => Kind::Tab,
        (TEXT, "line-break") => Kind::Break,
        _ => Kind::Other,
    }
}

/// What has been read, and where the walk stands.
#[derive(Debug, Default)]
struct Walk {
    blocks: Vec<Block>,
    skipped: usize,
    tables_open: usize,
    paragraphs_open: usize,
    is_spreadsheet: bool,
    table: Table,
    row: Row,
    /// How often the row stands there.
    row_repeats: usize,
    /// How many rows the table has so far, those without text included.
    rows_passed: usize,
    cell: Option<OpenCell>,
    line: String,
    /// The column where the next cell starts, and up to which the last one spans.
    column: usize,
    spanned_to: usize,
    tables: usize,
    rows: usize,
    cells: usize,
}

#[derive(Debug)]
struct OpenCell {
    cell: Cell,
    repeats: usize,
    has_paragraph: bool,
}

impl Elements for Walk {
    type Kind = Kind;

    fn kind(namespace: &ResolveResult<'_>, element: &BytesStart<'_>) -> Kind {
        kind(namespace, element)
    }

    fn open(&mut self, kind: Kind, element: &BytesStart<'_>) -> Result<(), ReadError> {
        self.skipped += usize::from(kind == Kind::Skipped);
        if self.skipped > 0 {
            return Ok(());
        }
        match kind {
            Kind::Spreadsheet => self.is_spreadsheet = true,
            Kind::Table => {
                self.tables_open += 1;
                if self.tables_open == 1 {
                    self.tables += 1;
                    self.rows_passed = 0;
                    self.table.sheet = attribute(element, "name").filter(|_| self.is_spreadsheet);
                }
            }
            Kind::Row if self.tables_open == 1 => {
                self.row_repeats = number(element, "number-rows-repeated");
                self.row =
                    Row { place: Place { table: self.tables, row: self.rows_passed + 1 }, cells: Vec::new() };
                (self.column, self.spanned_to) = (0, 0);
            }
            Kind::Cell | Kind::Covered if self.tables_open == 1 => {
                let mut cell = Cell::new(self.column, "");
                cell.span = number(element, "number-columns-spanned").min(COLUMNS_MAX);
                // What is covered within the last span belongs to it; what lies further on is covered from above.
                cell.continues = kind == Kind::Covered && self.column >= self.spanned_to;
                if kind == Kind::Cell {
                    self.spanned_to = self.column.saturating_add(cell.span);
                }
                let repeats = number(element, "number-columns-repeated");
                self.cell = Some(OpenCell { cell, repeats, has_paragraph: false });
            }
            Kind::Paragraph => self.open_paragraph(),
            Kind::Spaces => {
                let spaces = number(element, "c").min(SPACES_MAX);
                self.write(&" ".repeat(spaces));
            }
            Kind::Tab => self.write("\t"),
            Kind::Break => self.write("\n"),
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
            Kind::Row if self.tables_open == 1 => self.close_row()?,
            Kind::Cell | Kind::Covered if self.tables_open == 1 => self.close_cell()?,
            Kind::Paragraph => {
                self.paragraphs_open = self.paragraphs_open.saturating_sub(1);
                let is_line =
                    self.cell.is_none() && self.paragraphs_open == 0 && !self.line.trim().is_empty();
                if is_line {
                    self.blocks.push(Block::Line(std::mem::take(&mut self.line)));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        if self.paragraphs_open > 0 && self.skipped == 0 {
            self.write(text);
        }
    }
}

impl Walk {
    /// Keeps a row as often as it stands there; one without text takes no room.
    fn close_row(&mut self) -> Result<(), ReadError> {
        let row = std::mem::take(&mut self.row);
        let repeats = self.row_repeats;
        if row.cells.iter().any(|it| !it.is_blank()) {
            self.rows = self.rows.saturating_add(repeats);
            self.cells = self.cells.saturating_add(row.cells.len().saturating_mul(repeats - 1));
            if self.rows > ROWS_MAX || self.cells > CELLS_MAX {
                return Err(ReadError::TooMany { what: "rows" });
            }
            for copy in 0..repeats {
                let place = Place { row: row.place.row + copy, ..row.place };
                self.table.rows.push(Row { place, cells: row.cells.clone() });
            }
        }
        self.rows_passed = self.rows_passed.saturating_add(repeats);
        Ok(())
    }

    fn close_cell(&mut self) -> Result<(), ReadError> {
        let Some(OpenCell { cell, repeats, .. }) = self.cell.take() else { return Ok(()) };
        let start = self.column;
        self.column = self.column.saturating_add(repeats);
        let is_covered = self.covers(start);
        if cell.is_blank() && !cell.continues {
            return Ok(());
        }
        if is_covered {
            // A text under a merged cell: none is dropped.
            if let Some(whole) = self.row.cells.last_mut() {
                whole.text.push(' ');
                whole.text.push_str(&cell.text);
            }
            return Ok(());
        }
        self.cells = self.cells.saturating_add(repeats);
        if start.saturating_add(repeats) > COLUMNS_MAX || self.cells > CELLS_MAX {
            return Err(ReadError::TooMany { what: "columns" });
        }
        self.fill_up_to(start);
        for copy in 0..repeats {
            self.row.cells.push(Cell { column: start + copy, ..cell.clone() });
        }
        Ok(())
    }

    /// Whether a column lies inside the last cell of the row and is not its first one.
    fn covers(&self, column: usize) -> bool {
        self.row.cells.last().is_some_and(|it| it.column < column && column < it.column + it.span)
    }

    /// Empty cells up to a column: rows are read by the places of their cells.
    fn fill_up_to(&mut self, column: usize) {
        let next = self.row.cells.last().map_or(0, |it| it.column + it.span);
        self.row.cells.extend((next..column).map(|it| Cell::new(it, "")));
    }

    fn open_paragraph(&mut self) {
        self.paragraphs_open += 1;
        let again = match &mut self.cell {
            Some(cell) => std::mem::replace(&mut cell.has_paragraph, true),
            None => self.paragraphs_open > 1,
        };
        if again {
            self.write("\n");
        }
    }

    fn write(&mut self, text: &str) {
        match &mut self.cell {
            Some(cell) => cell.cell.text.push_str(text),
            None if self.paragraphs_open > 0 => self.line.push_str(text),
            None => {}
        }
    }
}

/// A count, one where none is given.
fn number(element: &BytesStart<'_>, name: &str) -> usize {
    attribute(element, name).and_then(|it| it.parse().ok()).unwrap_or(1).max(1)
}

/// More spaces in a row than these are no text.
const SPACES_MAX: usize = 200;
