//! Finds the header of a plan: by the beginnings of its texts, in any order of columns, cut by a page break or not.

use crate::domain::plan::ItemField;
use crate::exchange::form::{FormKind, Header};
use crate::exchange::table::{Block, Cell, Document, Row, Table};

/// Where the header stands and which cell heads which column.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// The index of the table's block.
    pub(super) block: usize,
    /// The index of the header's row.
    pub(super) row: usize,
    /// How many rows it takes.
    pub(super) rows: usize,
    /// The column of each cell, `None` for one that no form has.
    pub(super) columns: Vec<Option<ItemField>>,
    /// The texts of the cells, as written.
    pub(super) heads: Vec<String>,
    /// Where each cell starts in the grid.
    pub(super) starts: Vec<usize>,
    /// The normal form of its texts.
    normal: Vec<String>,
    /// Which form the columns are.
    pub(super) kind: FormKind,
    pub(super) header: Header,
    /// How many texts it is made of.
    pub(super) placed: usize,
}

/// The first header of the document.
pub(super) fn find(document: &Document) -> Option<Found> {
    document.blocks.iter().enumerate().find_map(|(block, it)| match it {
        Block::Table(table) => (0..table.rows.len().min(LOOKED_AT_MAX)).find_map(|row| at(table, block, row)),
        Block::Line(_) => None,
    })
}

/// What to show when there is no header: the first row with three texts, or else the first row.
pub(super) fn seen(document: &Document) -> Vec<String> {
    let rows = || document.tables().flat_map(|it| &it.rows);
    let row = rows().find(|it| texts_of(it) >= 3).or_else(|| rows().next());
    let texts = row.into_iter().flat_map(|it| &it.cells).filter(|it| !it.is_blank());
    texts.map(|it| it.text.trim().chars().take(SEEN_LETTERS).collect()).take(SEEN_CELLS).collect()
}

/// How many texts the document holds: cells that are not blank, and lines.
pub(super) fn texts(document: &Document) -> usize {
    let of = |it: &Block| match it {
        Block::Line(_) => 1,
        Block::Table(table) => table.rows.iter().map(texts_of).sum(),
    };
    document.blocks.iter().map(of).sum()
}

/// How many cells of a row are not blank.
pub(super) fn texts_of(row: &Row) -> usize {
    row.cells.iter().filter(|it| !it.is_blank()).count()
}

impl Found {
    /// Whether a row repeats the header, as on each page, or numbers its columns.
    pub(super) fn repeats_in(&self, row: &Row) -> bool {
        let texts: Vec<_> = row.cells.iter().map(|it| it.text.trim()).filter(|it| !it.is_empty()).collect();
        let is_count = |(index, text): (usize, &&str)| **text == (index + 1).to_string();
        let counts = texts.len() == self.columns.len() && texts.iter().enumerate().all(is_count);
        let texts = row.cells.iter().map(|it| normal(&it.text)).filter(|it| !it.is_empty());
        counts || texts.eq(self.normal.iter().filter(|it| !it.is_empty()).cloned())
    }

    /// Where the last cell starts in the grid.
    pub(super) fn last(&self) -> usize {
        self.starts.last().copied().unwrap_or(0)
    }

    /// The number of columns.
    pub(super) fn width(&self) -> usize {
        self.columns.len()
    }
}

/// Whether a row looks like the header of some other table.
pub(super) fn is_foreign(row: &Row) -> bool {
    row.cells.first().is_some_and(|it| column_of(&normal(&it.text)) == Some(ItemField::Number))
}

pub(super) fn at(table: &Table, block: usize, index: usize) -> Option<Found> {
    let row = table.rows.get(index)?;
    let first = row.cells.iter().position(|it| !it.is_blank())?;
    let used = row.cells.iter().rposition(|it| !it.is_blank())? + 1;
    let cells = row.cells.get(first..used)?;
    let second = table.rows.get(index + 1).filter(|it| continues(cells, first, it));
    let glued = |(index, text): (usize, &str)| {
        let more = second.and_then(|it| it.cells.get(first + index)).map_or("", |it| it.text.as_str());
        normal(text) + &normal(more)
    };
    let normal: Vec<_> = cells.iter().map(|it| it.text.as_str()).enumerate().map(glued).collect();
    let mut columns: Vec<Option<ItemField>> = Vec::new();
    for text in &normal {
        let column = column_of(text).filter(|it| !columns.contains(&Some(*it)));
        columns.push(column);
    }
    let kind = kind_of(&columns)?;
    let is_short =
        columns.iter().zip(&normal).any(|(it, text)| *it == Some(ItemField::Term) && text == "сроки");
    Some(Found {
        block,
        row: index,
        rows: 1 + usize::from(second.is_some()),
        starts: cells.iter().map(|it| it.column).collect(),
        heads: cells.iter().map(|it| it.text.trim().to_owned()).collect(),
        columns,
        normal,
        kind,
        header: if is_short && kind == FormKind::D { Header::Short } else { Header::Full },
        placed: texts_of(row) + second.map_or(0, texts_of),
    })
}

/// The form whose columns these are, as far as they go: what is done and when, with one column more; or of form B, which
/// has no terms, with two. `None` for another table.
fn kind_of(columns: &[Option<ItemField>]) -> Option<FormKind> {
    let has = |column| columns.contains(&Some(column));
    let any = |of: &[ItemField]| of.iter().any(|it| has(*it));
    let dated = has(ItemField::Term)
        && any(&[ItemField::Audience, ItemField::Responsible, ItemField::Result, ItemField::Form]);
    let undated = has(ItemField::Form) && any(&[ItemField::Organisations, ItemField::Municipalities]);
    if !has(ItemField::Title) || !(dated || undated) {
        return None;
    }
    let found = columns.iter().flatten().count();
    // Columns that fit less those that are missing or left over.
    let fit = |kind: FormKind| {
        let fitting = kind.columns().iter().filter(|it| has(**it)).count();
        let (missing, over) = (kind.columns().len() - fitting, found - fitting);
        fitting as i64 - missing as i64 - over as i64
    };
    // Of equals, `max_by_key` takes the last.
    [FormKind::B, FormKind::A, FormKind::C, FormKind::D].into_iter().max_by_key(|it| fit(*it))
}

/// Whether the next row holds the ends of the header's texts: «Срок реализа» / «ции».
fn continues(cells: &[Cell], first: usize, next: &Row) -> bool {
    let halves = |(index, cell): (usize, &Cell)| {
        let more = next.cells.get(first + index).map(|it| normal(&it.text)).filter(|it| !it.is_empty())?;
        Some((normal(&cell.text), more))
    };
    let halves: Vec<_> = cells.iter().enumerate().filter_map(halves).collect();
    let is_end = |(head, end): &(String, String)| {
        let whole = head.clone() + end;
        !head.is_empty() && WHOLE.contains(&whole.as_str())
    };
    halves.iter().any(is_end)
        && !next
            .cells
            .iter()
            .any(|it| it.text.trim_start().starts_with(|it: char| it.is_numeric() || it.is_uppercase()))
}

fn column_of(normal: &str) -> Option<ItemField> {
    BEGINNINGS.iter().find(|(beginning, _)| normal.starts_with(beginning)).map(|(_, column)| *column)
}

/// Letters and «№» only, in lower case.
fn normal(text: &str) -> String {
    let letters = text.chars().filter(|it| it.is_alphabetic() || *it == '№');
    letters.flat_map(char::to_lowercase).map(|it| if it == 'ё' { 'е' } else { it }).collect()
}

/// The longer beginning before the one it begins with.
const BEGINNINGS: &[(&str, ItemField)] = &[
    ("№", ItemField::Number),
    ("номер", ItemField::Number),
    ("пп", ItemField::Number),
    ("задач", ItemField::Task),
    ("деятельность", ItemField::Title),
    ("мероприяти", ItemField::Title),
    ("содержание", ItemField::Title),
    ("наименованиемероприяти", ItemField::Title),
    ("темамероприяти", ItemField::Title),
    ("форма", ItemField::Form),
    ("срок", ItemField::Term),
    ("дата", ItemField::Term),
    ("целевая", ItemField::Audience),
    ("аудитория", ItemField::Audience),
    ("адресат", ItemField::Audience),
    ("ответственн", ItemField::Responsible),
    ("исполнител", ItemField::Responsible),
    ("полученный", ItemField::Result),
    ("ожидаемый", ItemField::Result),
    ("результат", ItemField::Result),
    ("наименованиеорганизаци", ItemField::Organisations),
    ("организаци", ItemField::Organisations),
    ("муниципалитет", ItemField::Municipalities),
    ("муниципальноеобразование", ItemField::Municipalities),
    ("муниципальныеобразования", ItemField::Municipalities),
    ("примечани", ItemField::Note),
];

/// Texts that a page break may cut.
const WHOLE: &[&str] = &[
    "№пп",
    "деятельностьмероприятиясодержание",
    "наименованиемероприятия",
    "мероприятие",
    "мероприятия",
    "содержаниедеятельности",
    "срокиреализации",
    "срокреализации",
    "срокивыполнения",
    "сроквыполнения",
    "срокипроведения",
    "датапроведения",
    "целеваяаудитория",
    "ответственный",
    "ответственные",
    "ответственныеисполнители",
    "исполнители",
    "формасетевоговзаимодействия",
    "формапроведения",
    "темамероприятия",
    "наименованиеорганизации",
    "муниципалитет",
    "муниципалитеты",
    "адресат",
    "полученныйожидаемыйрезультат",
    "ожидаемыйрезультат",
];

/// How far down a header is looked for: titles and approvals take a page at most.
const LOOKED_AT_MAX: usize = 200;
const SEEN_CELLS: usize = 12;
const SEEN_LETTERS: usize = 80;
