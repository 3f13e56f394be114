//! The annexes: every item at every member, and where every status comes from.

use super::summary::{absent, section_title};
use super::{Align, Block, Cell, Row, Table, column, groups, left_over};
use crate::domain::light::{Light, LightKind};
use crate::i18n::Catalog;
use crate::reports::model::{self, MemberState, ProvenanceLine, Report, RowReport};
use crate::reports::words;

pub(super) fn items(report: &Report, t: &Catalog) -> Vec<Block> {
    let signs: Vec<_> = LightKind::ALL.iter().map(|it| words::marked(t, *it)).collect();
    let legend = t.with("report-legend", &[("signs", signs.join(", ").into())]);
    let mut blocks = vec![Block::Heading(t.text("report-annex-items")), Block::Note(legend)];
    blocks.extend(groups(&report.members).iter().map(|it| Block::Table(table(report, it, t))));
    blocks
}

fn table(report: &Report, members: &[(usize, &MemberState)], t: &Catalog) -> Table {
    let mut columns = vec![
        column(t.text("report-number"), 12, Align::Left),
        column(t.text("report-item"), 80 + left_over(members, MEMBER_MM), Align::Left),
        column(t.text("report-term"), 30, Align::Left),
    ];
    columns.extend(members.iter().map(|(_, it)| column(&it.short, MEMBER_MM, Align::Left)));
    let mut rows = Vec::new();
    for section in &report.sections {
        rows.push(Row::section(section_title(section, t)));
        rows.extend(section.rows.iter().map(|it| row(it, members, t)));
    }
    Table { id: "items", columns, rows }
}

fn row(row: &RowReport, members: &[(usize, &MemberState)], t: &Catalog) -> Row {
    let mut cells =
        vec![Cell::text(&row.item.number), Cell::text(&row.item.title), Cell::text(&row.item.term)];
    cells.extend(members.iter().map(|(place, member)| match row.cells.get(*place) {
        Some(Some(it)) => light(it, t),
        Some(None) | None => absent(member, t),
    }));
    Row::plain(cells)
}

fn light(cell: &model::Cell, t: &Catalog) -> Cell {
    let Light { kind, date } = cell.light;
    let mut lines = vec![words::marked(t, kind)];
    lines.extend(date.map(words::date_short));
    Cell { light: Some(kind), proof: cell.proof, ..Cell::lines(lines) }
}

pub(super) fn provenance(report: &Report, t: &Catalog) -> Vec<Block> {
    let columns = vec![
        column(t.text("report-number"), 11, Align::Right),
        column(t.text("report-item-number"), 14, Align::Left),
        column(t.text("report-member"), 27, Align::Left),
        column(t.text("report-status"), 30, Align::Left),
        column(t.text("report-day"), 20, Align::Left),
        column(t.text("report-recorded"), 30, Align::Left),
        column(t.text("report-node"), 37, Align::Left),
        column(t.text("report-feed"), 25, Align::Left),
        column(t.text("report-seq"), 14, Align::Right),
        column(t.text("report-entry"), 54, Align::Left),
    ];
    let rows = report.provenance.iter().enumerate().map(|(index, it)| line(index + 1, it, report, t));
    vec![
        Block::Heading(t.text("report-annex-provenance")),
        Block::Text(t.text("report-provenance-note")),
        Block::Table(Table { id: "provenance", columns, rows: rows.collect() }),
    ]
}

fn line(number: usize, it: &ProvenanceLine, report: &Report, t: &Catalog) -> Row {
    let mut cells = vec![
        Cell::text(number.to_string()),
        Cell::text(&it.item.number),
        Cell::text(report.member_short(it.member)),
        Cell::text(words::status(t, it.status)),
        Cell::text(it.date.map(words::date_short).unwrap_or_default()),
    ];
    match &it.record {
        Some(record) => cells.extend([
            Cell::text(record.when.map(words::moment).unwrap_or_default()),
            Cell::text(&record.node),
            Cell { fixed: true, ..Cell::text(feed_short(record)) },
            Cell::text(record.seq.to_string()),
            Cell { fixed: true, ..Cell::lines(halves(&record.entry.to_string())) },
        ]),
        None => {
            cells.push(Cell::missing(t.text("report-no-record")));
            cells.resize_with(COLUMNS_OF_PROVENANCE, || Cell::text(""));
        }
    }
    Row { proof: Some((number, it.record.clone())), ..Row::plain(cells) }
}

/// Enough of a feed's name to find it in a network: 48 bits.
fn feed_short(record: &model::Record) -> String {
    record.feed.to_string().chars().take(12).collect()
}

/// A hash in two lines of equal length.
fn halves(hash: &str) -> Vec<String> {
    match hash.split_at_checked(hash.len() / 2) {
        Some((first, second)) => vec![first.to_owned(), second.to_owned()],
        None => vec![hash.to_owned()],
    }
}

/// Holds «● выполнено» and a date.
const MEMBER_MM: u16 = 28;
const COLUMNS_OF_PROVENANCE: usize = 10;
