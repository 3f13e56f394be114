//! Takes the rows under the header one by one: section rows, items, halves of items that a page break cut.

use super::header::{self, Found};
use super::markup::without_tags;
use super::title::line_of;
use super::{Doubt, DoubtKind, ImportedItem, ImportedSection, RawCell};
use crate::domain::plan::ItemField;
use crate::exchange::table::{Block, Cell, Document, Row, Table};

/// What was taken.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pub(super) sections: Vec<ImportedSection>,
    pub(super) outside: Vec<String>,
    pub(super) doubts: Vec<Doubt>,
    /// How many texts it is made of.
    pub(super) placed: usize,
}

/// Takes everything below the header: the rest of its table, tables that carry it on, and what else there is.
pub(super) fn take(document: &Document, found: &Found) -> Taken {
    let numbered = is_numbered(document, found);
    let mut taking = Taking { found, taken: Taken::default(), numbered, sections_numbered: false };
    for (index, block) in document.blocks.iter().enumerate().skip(found.block) {
        match block {
            Block::Table(table) if index == found.block => taking.table(table, found.row + found.rows),
            Block::Table(table) if carries_on(table, found) => taking.table(table, 0),
            Block::Table(table) => {
                for row in &table.rows {
                    taking.taken.placed += header::texts_of(row);
                    taking.taken.outside.push(line_of(row));
                }
            }
            Block::Line(line) => {
                taking.taken.placed += 1;
                taking.taken.outside.push(line.trim().to_owned());
            }
        }
    }
    taking.taken.outside.retain(|it| !it.is_empty());
    taking.taken
}

/// Whether a further table belongs to the plan: it repeats the header, or it is a piece of a Word table that a page
/// break cut off. Another sheet, another header or another width is another table.
fn carries_on(table: &Table, found: &Found) -> bool {
    let Some(first) = table.rows.iter().find(|it| header::texts_of(it) > 0) else { return false };
    let widest = table.rows.iter().map(|it| it.cells.len()).max().unwrap_or(0);
    found.repeats_in(first)
        || (table.sheet.is_none()
            && !header::is_foreign(first)
            && (found.width()..=found.width() + DISPLACED_MAX).contains(&widest))
}

/// Whether the items of this plan have numbers at all.
fn is_numbered(document: &Document, found: &Found) -> bool {
    let Some(at) = found.columns.iter().position(|it| *it == Some(ItemField::Number)) else { return false };
    let Some(Block::Table(table)) = document.blocks.get(found.block) else { return false };
    let numbers = table.rows.iter().skip(found.row + found.rows).filter_map(|row| row.cells.get(at));
    numbers.filter(|it| it.text.trim().starts_with(|it: char| it.is_ascii_digit())).count() > 0
}

struct Taking<'a> {
    found: &'a Found,
    taken: Taken,
    /// Whether items have numbers.
    numbered: bool,
    /// Whether a section had one.
    sections_numbered: bool,
}

impl Taking<'_> {
    fn table(&mut self, table: &Table, skip: usize) {
        let mut is_first = true;
        for (index, row) in table.rows.iter().enumerate().skip(skip) {
            let texts = header::texts_of(row);
            self.taken.placed += texts;
            if texts == 0 || self.found.repeats_in(row) {
                continue;
            }
            let next = table.rows.iter().skip(index + 1).find(|it| header::texts_of(it) > 0);
            match self.section_of(row, next) {
                Some(section) => self.section(section, row),
                None => self.item(row, is_first),
            }
            is_first = false;
        }
    }

    /// The text of a section row: one merged cell, one text in the first cell, or a whole number with a title before an
    /// item «N.1».
    fn section_of(&self, row: &Row, next: Option<&Row>) -> Option<String> {
        let mut cells = row.cells.iter().filter(|it| !it.is_blank());
        let (first, second, third) = (cells.next()?, cells.next(), cells.next());
        let text = first.text.trim();
        let has_letters = text.chars().any(char::is_alphabetic);
        let starts = self.found.starts.first().copied().unwrap_or(0);
        let fills_row = first.span >= self.found.width().max(2) || row.cells.len() == 1;
        if second.is_none() && has_letters && (fills_row || first.column <= starts) && !first.continues {
            return Some(text.to_owned());
        }
        let number = text.trim_end_matches('.');
        let is_whole = !number.is_empty() && number.bytes().all(|it| it.is_ascii_digit());
        let below = next?.cells.iter().find(|it| !it.is_blank())?.text.trim();
        let heads = below.strip_prefix(number).is_some_and(|it| it.starts_with('.') && it.len() > 1);
        (is_whole && heads && third.is_none()).then(|| Some(format!("{number}. {}", second?.text.trim())))?
    }

    fn section(&mut self, text: String, row: &Row) {
        // Only the spelling that is printed again is taken apart; any other stays a title as it is.
        let (number, title) = match text.split_once(". ") {
            Some((number, title)) if is_number(number) && !title.starts_with(' ') => (number, title),
            _ => ("", text.as_str()),
        };
        let number = number.to_owned();
        self.sections_numbered |= !number.is_empty();
        if number.is_empty() && self.sections_numbered {
            self.doubt(row, "", None, DoubtKind::NoNumber);
        }
        self.taken.sections.push(ImportedSection { number, title: title.to_owned(), items: Vec::new() });
    }

    fn item(&mut self, row: &Row, is_first: bool) {
        let mut item = ImportedItem { place: row.place, ..ImportedItem::default() };
        let mut kinds = Vec::new();
        let placed = self.arrange(row, &mut kinds);
        let continues = |column| placed.iter().any(|(it, cell)| *it == Some(column) && cell.continues);
        let is_listed = placed.iter().any(|(it, cell)| *it == Some(ItemField::Number) && cell.is_listed);
        for (column, cell) in &placed {
            let plain = without_tags(&cell.text);
            if plain.is_some() {
                kinds.push((*column, DoubtKind::Markup));
            }
            let text = plain.as_deref().unwrap_or(&cell.text).trim();
            match column {
                _ if text.is_empty() => {}
                Some(column) => item.row.append(*column, text, between(*column)),
                None => {
                    item.row.append(ItemField::Note, &self.noted(cell, text), "\n");
                    kinds.push((None, DoubtKind::Unmapped { text: text.to_owned() }));
                }
            }
        }
        item.cells = raw_cells(row);
        let has_previous = self.taken.sections.last().is_some_and(|it| !it.items.is_empty());
        let is_half = self.is_half(&item, is_first, continues(ItemField::Number));
        if item.number().is_empty() && has_previous && !is_listed && is_half {
            self.glue(item, kinds);
            return;
        }
        if item.number().is_empty() && self.numbered {
            kinds.push((Some(ItemField::Number), DoubtKind::NoNumber));
        }
        for column in self.found.columns.clone().into_iter().flatten().filter(|it| continues(*it)) {
            if self.inherit(&mut item, column) {
                kinds.push((Some(column), DoubtKind::MergedDown));
            }
        }
        for (column, kind) in kinds {
            self.doubt(row, item.number(), column, kind);
        }
        if self.taken.sections.is_empty() {
            self.taken.sections.push(ImportedSection::default());
        }
        if let Some(section) = self.taken.sections.last_mut() {
            section.items.push(item);
        }
    }

    /// A text under a column that no form has, with the head of that column.
    fn noted(&self, cell: &Cell, text: &str) -> String {
        let index = self.found.starts.iter().rposition(|it| *it <= cell.column);
        let head = index.and_then(|it| self.found.heads.get(it)).filter(|_| cell.column <= self.found.last());
        match head {
            Some(head) if !head.is_empty() => format!("{head}: {text}"),
            _ => text.to_owned(),
        }
    }

    /// Which column each cell of a row belongs to.
    fn arrange<'r>(
        &self,
        row: &'r Row,
        kinds: &mut Vec<(Option<ItemField>, DoubtKind)>,
    ) -> Vec<(Option<ItemField>, &'r Cell)> {
        let start = self.found.starts.first().copied().unwrap_or(0);
        let (before, cells): (Vec<_>, Vec<_>) = row.cells.iter().partition(|it| it.column + it.span <= start);
        let mut placed: Vec<_> = before.into_iter().map(|it| (None, it)).collect();
        let width = self.found.width();
        let used = cells.iter().rposition(|it| !it.is_blank()).map_or(0, |it| it + 1);
        let column = |index: usize| self.found.columns.get(index).copied().flatten();
        if used > width {
            // More cells than the header: the first and the last are sure, the rest belongs to the last but one.
            kinds.push((None, DoubtKind::Displaced));
            let at = |(index, cell): (usize, &'r Cell)| match index {
                _ if index + 1 == used => (column(width - 1), cell),
                _ => (column(index.min(width.saturating_sub(2))), cell),
            };
            placed.extend(cells.into_iter().take(used).enumerate().map(at));
        } else if cells.len() >= width {
            placed.extend(cells.into_iter().enumerate().map(|(index, cell)| (column(index), cell)));
        } else {
            // Cells merged across: each belongs to the column it starts in.
            let at = |cell: &'r Cell| {
                let index = self.found.starts.iter().rposition(|it| *it <= cell.column);
                (index.and_then(column), cell)
            };
            placed.extend(cells.into_iter().map(at));
        }
        placed
    }

    /// Whether a row without a number is the second half of the row before it.
    fn is_half(&self, half: &ImportedItem, is_first: bool, continues: bool) -> bool {
        let Some(whole) = self.taken.sections.last().and_then(|it| it.items.last()) else { return false };
        if whole.cells.len() > GLUED_CELLS_MAX {
            return false;
        }
        let is_open = |column| !is_balanced(whole.text(column)) && !half.text(column).is_empty();
        let title = half.text(ItemField::Title);
        if !self.numbered {
            // Without numbers a row is known by what it says is done.
            let says = |column| !half.text(column).is_empty();
            let is_new = [ItemField::Task, ItemField::Title, ItemField::Form].into_iter().any(says);
            let open = [ItemField::Task, ItemField::Title, ItemField::Result].into_iter().any(is_open);
            return continues || !is_new || (is_first && open);
        }
        let is_rest = |(it, _): &(ItemField, &str)| !matches!(it, ItemField::Number | ItemField::Title);
        let only_title = !half.row.fields().any(|it| is_rest(&it));
        let goes_on = title.starts_with(|it: char| !it.is_uppercase() && !"«\"(-–—".contains(it));
        continues
            || title.is_empty()
            || !is_balanced(whole.text(ItemField::Title))
            || (only_title && (goes_on || is_first))
    }

    fn glue(&mut self, half: ImportedItem, kinds: Vec<(Option<ItemField>, DoubtKind)>) {
        let Some(whole) = self.taken.sections.last_mut().and_then(|it| it.items.last_mut()) else { return };
        let (place, number, with) = (whole.place, whole.number().to_owned(), half.place);
        for (column, text) in half.row.fields() {
            whole.row.append(column, text, between(column));
        }
        whole.cells.extend(half.cells);
        let glued = (Some(ItemField::Title), DoubtKind::Glued { with });
        for (column, kind) in std::iter::once(glued).chain(kinds) {
            self.taken.doubts.push(Doubt { place, number: number.clone(), column, kind });
        }
    }

    /// Takes a text of the row above for a cell that is merged with it.
    fn inherit(&self, item: &mut ImportedItem, column: ItemField) -> bool {
        let Some(above) = self.taken.sections.last().and_then(|it| it.items.last()) else { return false };
        let text = above.text(column);
        // A long text copied to each of ten thousand rows would be a bomb.
        let is_taken = item.text(column).is_empty() && !text.is_empty() && text.len() <= INHERITED_BYTES_MAX;
        if is_taken {
            item.row.set(column, text);
        }
        is_taken
    }

    fn doubt(&mut self, row: &Row, number: &str, column: Option<ItemField>, kind: DoubtKind) {
        self.taken.doubts.push(Doubt { place: row.place, number: number.to_owned(), column, kind });
    }
}

/// What stands between two pieces of a text: notes are a line each.
fn between(column: ItemField) -> &'static str {
    if column == ItemField::Note { "\n" } else { " " }
}

fn raw_cells(row: &Row) -> Vec<RawCell> {
    let cells = row.cells.iter().filter(|it| !it.is_blank());
    cells.map(|it| RawCell { place: row.place, column: it.column, text: it.text.clone() }).collect()
}

/// «1», «12», «4.7», «IV»
fn is_number(text: &str) -> bool {
    let is_arabic = text.split('.').all(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit()));
    is_arabic || (!text.is_empty() && text.bytes().all(|it| b"IVX".contains(&it)))
}

/// Whether every «, “ and ( is closed.
pub(super) fn is_balanced(text: &str) -> bool {
    let count = |sign: char| text.matches(sign).count();
    count('«') == count('»') && count('(') == count(')') && count('"') % 2 == 0
}

/// How many cells more than its header a displaced row may have.
const DISPLACED_MAX: usize = 2;
/// A page break cuts a row once, a very long one twice. Each half looks through the whole again.
const GLUED_CELLS_MAX: usize = 30;
const INHERITED_BYTES_MAX: usize = 1000;
