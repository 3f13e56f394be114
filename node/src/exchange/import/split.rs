//! Takes a file apart that holds several plans: each begins with a header of its own.

use super::header::{self, Found};
use crate::exchange::table::{Block, Document, Table};

/// The parts of a document, one for each plan in it; the whole document if there is at most one. Lines and tables
/// between two plans go to the later one, above whose table its title stands.
pub(super) fn plans(document: &Document) -> Vec<Document> {
    let mut parts: Vec<Vec<Block>> = vec![Vec::new()];
    let mut standing: Option<Found> = None;
    // What stands behind the last table of a plan may already belong to the next one.
    let mut between: Vec<Block> = Vec::new();
    for block in &document.blocks {
        let Block::Table(table) = block else {
            between.push(block.clone());
            continue;
        };
        for piece in pieces(table, standing.as_ref()) {
            match piece {
                Piece::Goes(table) => between.push(Block::Table(table)),
                Piece::Begins(table, found) => {
                    if standing.replace(found).is_some() {
                        parts.push(Vec::new());
                    }
                    between.push(Block::Table(table));
                }
            }
            if let Some(part) = parts.last_mut() {
                part.append(&mut between);
            }
        }
    }
    if let Some(part) = parts.last_mut() {
        part.append(&mut between);
    }
    parts.into_iter().map(|blocks| Document { format: document.format, blocks }).collect()
}

enum Piece {
    /// It belongs to the plan before it, or to none.
    Goes(Table),
    /// It begins a plan.
    Begins(Table, Found),
}

/// Cuts a table above every header that does not repeat the one before it, with the rows of its title.
fn pieces(table: &Table, standing: Option<&Found>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut standing = standing.cloned();
    let (mut start, mut begins) = (0, None);
    let mut index = 0;
    while index < table.rows.len() {
        let repeats =
            standing.as_ref().zip(table.rows.get(index)).is_some_and(|(it, row)| it.repeats_in(row));
        let found = if repeats { None } else { header::at(table, 0, index) };
        let Some(found) = found else {
            index += 1;
            continue;
        };
        let cut = if begins.is_some() { title_start(table, start, index) } else { start };
        if let Some(before) = begins.replace(found.clone()) {
            pieces.push(Piece::Begins(rows(table, start, cut), before));
            start = cut;
        }
        index += found.rows;
        standing = Some(found);
    }
    let rest = rows(table, start, table.rows.len());
    pieces.push(match begins {
        Some(found) => Piece::Begins(rest, found),
        None => Piece::Goes(rest),
    });
    pieces
}

/// Where the title of a header begins: the rows of one text above it.
fn title_start(table: &Table, start: usize, header: usize) -> usize {
    let is_line = |it: &usize| table.rows.get(*it).is_some_and(|row| header::texts_of(row) <= 1);
    (start..header).rev().take_while(is_line).take(TITLE_ROWS_MAX).last().unwrap_or(header)
}

fn rows(table: &Table, from: usize, to: usize) -> Table {
    Table { sheet: table.sheet.clone(), rows: table.rows.get(from..to).unwrap_or_default().to_vec() }
}

/// A title takes a row or two; more rows of one text are sections of the plan above.
const TITLE_ROWS_MAX: usize = 2;
