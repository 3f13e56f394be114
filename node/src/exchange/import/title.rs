//! What stands above the table: the title with its period, the block «УТВЕРЖДАЮ», and the rest.

use super::header::Found;
use crate::domain::schedule::Window;
use crate::exchange::table::{Block, Document, Row};

/// The title of a plan and what stands beside it.
#[derive(Debug, Default)]
pub(super) struct Title {
    pub(super) title: String,
    pub(super) period: String,
    /// Who approves the plan, line by line.
    pub(super) approval: String,
    pub(super) outside: Vec<String>,
    /// How many texts it is made of.
    pub(super) placed: usize,
}

/// Takes everything above the header. The title begins at the line that says «Дорожная карта» or «План», or is the
/// last line.
pub(super) fn take(document: &Document, found: &Found) -> Title {
    let mut lines = Vec::new();
    let mut placed = 0;
    for (index, block) in document.blocks.iter().enumerate().take(found.block + 1) {
        match block {
            Block::Line(line) => {
                placed += 1;
                lines.push(line.trim().to_owned());
            }
            Block::Table(table) => {
                let rows = if index == found.block { found.row } else { table.rows.len() };
                for row in table.rows.iter().take(rows) {
                    placed += super::header::texts_of(row);
                    lines.push(line_of(row));
                }
            }
        }
    }
    lines.retain(|it| !it.is_empty());
    let begins = |it: &String| {
        let lower = it.to_lowercase();
        BEGINNINGS.iter().any(|beginning| lower.starts_with(beginning))
    };
    let start = lines.iter().position(begins).unwrap_or(lines.len().saturating_sub(1));
    let whole = lines.split_off(start).join(" ");
    let approval = approval(&mut lines);
    let (title, period) = Window::split_title(&whole).unwrap_or((&whole, ""));
    Title { title: title.to_owned(), period: period.to_owned(), approval, outside: lines, placed }
}

/// Takes the block «УТВЕРЖДАЮ» out of the lines: who approves. The line for the signature and the line for the date
/// are printed again by themselves.
fn approval(lines: &mut Vec<String>) -> String {
    let Some(start) = lines.iter().position(|it| APPROVED.contains(&it.to_uppercase().trim())) else {
        return String::new();
    };
    let is_blank_line = |it: &String| it.contains("____");
    let end = lines.iter().skip(start + 1).position(is_blank_line);
    let Some(end) = end.map(|it| start + 1 + it).filter(|it| it - start <= APPROVAL_LINES_MAX) else {
        return String::new();
    };
    let posts = lines.get(start + 1..end).unwrap_or_default().join("\n");
    let after = lines.iter().skip(end).take_while(|it| is_blank_line(it)).count();
    lines.drain(start..end + after);
    posts
}

/// The texts of a row in one line.
pub(super) fn line_of(row: &Row) -> String {
    let texts: Vec<_> = row.cells.iter().map(|it| it.text.trim()).filter(|it| !it.is_empty()).collect();
    texts.join(" ")
}

const BEGINNINGS: &[&str] = &["дорожная карта", "план ", "план-график"];
const APPROVED: &[&str] = &["УТВЕРЖДАЮ", "УТВЕРЖДАЮ:", "APPROVED"];
/// A post with the name of an organisation takes some lines.
const APPROVAL_LINES_MAX: usize = 12;
