//! The neutral table: what any reader gives and any mapping takes.
//!
//! Lines and tables stand in the order of the file. Texts are as shown, untrimmed. A cell knows where it starts in the
//! grid and how many columns it takes, and whether it only continues the cell above it.

/// What a file held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// What the file turned out to be.
    pub format: Format,
    /// In order.
    pub blocks: Vec<Block>,
}

/// The formats that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A Word document.
    Docx,
    /// An Excel workbook.
    Xlsx,
    /// An Excel workbook of 1997–2003.
    Xls,
    /// An OpenDocument spreadsheet or text.
    Odf,
    /// Text with separators.
    Csv,
}

/// A line of text or a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A paragraph outside of any table.
    Line(String),
    /// A table.
    Table(Table),
}

/// A table, or a sheet of a workbook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// The sheet's name.
    pub sheet: Option<String>,
    /// In order.
    pub rows: Vec<Row>,
}

/// A row of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// Where it stands.
    pub place: Place,
    /// In order, empty ones included.
    pub cells: Vec<Cell>,
}

/// Where a row stands, counted from one as people do: the table or sheet, the row of the table or sheet, the line of a
/// CSV file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The table or sheet.
    pub table: usize,
    /// The row or line.
    pub row: usize,
}

/// A cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    /// Its text; lines are parted by `\n`.
    pub text: String,
    /// The column of the grid it starts in, from zero.
    pub column: usize,
    /// How many columns of the grid it takes.
    pub span: usize,
    /// Whether it belongs to the cell above, merged downwards.
    pub continues: bool,
    /// Whether the program that shows the file puts a list's number or bullet before the text.
    pub is_listed: bool,
}

impl Document {
    /// Its tables.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.blocks.iter().filter_map(|it| match it {
            Block::Table(table) => Some(table),
            Block::Line(_) => None,
        })
    }
}

impl Cell {
    /// A cell of one column.
    pub fn new(column: usize, text: impl Into<String>) -> Self {
        Self { text: text.into(), column, span: 1, ..Self::default() }
    }

    /// Whether nothing is written in it.
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}
