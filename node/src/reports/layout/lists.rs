//! What is overdue and why, what has no term, what is done on request, what diverges.

use super::{Align, Block, Cell, Row, RowKind, Table, column};
use crate::domain::light::LightKind;
use crate::i18n::Catalog;
use crate::reports::model::{DivergenceLine, DivergentValue, ItemRef, OnRequestLine, OverdueLine, Report};
use crate::reports::words;
use crate::views::Place;

pub(super) fn lists(report: &Report, t: &Catalog) -> Vec<Block> {
    let mut blocks = vec![Block::Heading(t.text("report-overdue"))];
    blocks.push(if report.overdue.is_empty() {
        Block::Text(t.text("report-overdue-nothing"))
    } else {
        Block::Table(overdue(report, t))
    });
    if !report.undated.is_empty() {
        blocks.push(Block::Heading(t.text("report-undated")));
        blocks.push(Block::Table(undated(report, t)));
    }
    if !report.on_request.is_empty() {
        blocks.push(Block::Heading(t.text("report-on-request")));
        blocks.push(Block::Table(on_request(report, t)));
    }
    blocks.push(Block::Heading(t.text("report-divergences")));
    blocks.push(if report.divergences.is_empty() {
        Block::Text(t.text("report-divergences-nothing"))
    } else {
        Block::Table(divergences(report, t))
    });
    blocks
}

fn overdue(report: &Report, t: &Catalog) -> Table {
    let mut rows = Vec::new();
    // One item's lines stand together under one number and title.
    let one_item =
        |a: &OverdueLine, b: &OverdueLine| a.item.row == b.item.row && a.is_carried == b.is_carried;
    for group in report.overdue.chunk_by(one_item) {
        let is_carried = group.first().is_some_and(|it| it.is_carried);
        if is_carried && !rows.iter().any(|it: &Row| it.kind == RowKind::Section) {
            rows.push(Row::section(t.text("report-overdue-carried")));
        }
        for (index, it) in group.iter().enumerate() {
            let covers = if index == 0 { group.len() } else { 0 };
            rows.push(overdue_row(report, it, covers, t));
        }
    }
    Table {
        id: "overdue",
        columns: vec![
            column(t.text("report-number"), 11, Align::Left),
            column(t.text("report-item"), 70, Align::Left),
            column(t.text("report-member"), 27, Align::Left),
            column(t.text("report-term"), 26, Align::Left),
            column(t.text("report-reason"), 41, Align::Left),
        ],
        rows,
    }
}

/// `covers`: how many rows the item's number and title stand beside, 0 where they stand above.
fn overdue_row(report: &Report, it: &OverdueLine, covers: usize, t: &Catalog) -> Row {
    let reason = if it.reason.is_empty() { t.text("report-no-reason") } else { it.reason.clone() };
    let day = format!("{}\u{a0}{}", LightKind::Overdue.sign(), words::date_short(it.due));
    let [number, title] = item_cells(&it.item).map(|cell| Cell { covers, ..cell });
    Row::plain(vec![
        number,
        title,
        Cell::text(report.member_short(it.member)),
        Cell { light: Some(LightKind::Overdue), proof: it.proof, ..Cell::text(day) },
        Cell { missing: it.reason.is_empty(), ..Cell::text(reason) },
    ])
}

fn undated(report: &Report, t: &Catalog) -> Table {
    Table {
        id: "undated",
        columns: vec![
            column(t.text("report-number"), 11, Align::Left),
            column(t.text("report-item"), 164, Align::Left),
        ],
        rows: report.undated.iter().map(|it| Row::plain(item_cells(it).into())).collect(),
    }
}

fn on_request(report: &Report, t: &Catalog) -> Table {
    let row = |it: &OnRequestLine| {
        let names: Vec<_> = it.done_by.iter().map(|place| report.member_short(*place)).collect();
        let [number, title] = item_cells(&it.item);
        let done = if names.is_empty() { "–".to_owned() } else { names.join(", ") };
        Row::plain(vec![number, title, Cell::text(&it.item.term), Cell::text(done)])
    };
    Table {
        id: "on-request",
        columns: vec![
            column(t.text("report-number"), 11, Align::Left),
            column(t.text("report-item"), 84, Align::Left),
            column(t.text("report-term"), 40, Align::Left),
            column(t.text("report-done-by"), 40, Align::Left),
        ],
        rows: report.on_request.iter().map(row).collect(),
    }
}

fn divergences(report: &Report, t: &Catalog) -> Table {
    Table {
        id: "divergences",
        columns: vec![
            column(t.text("report-number"), 11, Align::Left),
            column(t.text("report-item"), 46, Align::Left),
            column(t.text("report-divergence-where"), 28, Align::Left),
            column(t.text("report-divergence-stands"), 45, Align::Left),
            column(t.text("report-divergence-beside"), 45, Align::Left),
        ],
        rows: report.divergences.iter().map(|it| divergence(it, t)).collect(),
    }
}

fn divergence(line: &DivergenceLine, t: &Catalog) -> Row {
    let mut place = vec![words::place(t, &line.place)];
    place.extend(line.org_short.clone());
    let mut values = line.values.iter();
    let stands = values.next().map(|it| value_lines(line, it, t)).unwrap_or_default();
    let beside = values.flat_map(|it| value_lines(line, it, t)).collect();
    Row::plain(vec![
        Cell::text(&line.number),
        Cell::text(&line.title),
        Cell::lines(place),
        Cell::lines(stands),
        Cell::lines(beside),
    ])
}

/// The value, and under it who wrote it.
fn value_lines(line: &DivergenceLine, it: &DivergentValue, t: &Catalog) -> Vec<String> {
    let value = match (&line.place, &it.value) {
        (Place::Row(_), Some(reason)) => {
            t.with("report-divergence-deleted", &[("reason", reason.as_str().into())])
        }
        (_, None) => t.text("report-divergence-edited"),
        (place, Some(value)) if !value.is_empty() => format!("«{}»", words::value(t, place, value)),
        (_, Some(_)) => "«»".to_owned(),
    };
    let args = [
        ("org", it.org_short.as_str().into()),
        ("node", it.node.as_str().into()),
        ("when", it.when.map(words::moment).unwrap_or_default().into()),
    ];
    vec![value, t.with("report-by", &args)]
}

fn item_cells(item: &ItemRef) -> [Cell; 2] {
    [Cell::text(&item.number), Cell::text(&item.title)]
}
