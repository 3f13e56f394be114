//! Title, who is in, and the sums.

use super::{Align, Block, Cell, Column, Row, Table, column, groups, left_over, names};
use crate::i18n::Catalog;
use crate::reports::model::{MemberState, Presence, Report, SectionReport, Totals};
use crate::reports::words;

pub(super) fn summary(report: &Report, t: &Catalog) -> Vec<Block> {
    let mut blocks = title(report, t);
    blocks.push(Block::Heading(t.text("report-members")));
    blocks.push(Block::Table(freshness(report, t)));
    blocks.push(Block::Heading(t.text("report-by-member")));
    blocks.extend(groups(&report.members).iter().map(|it| Block::Table(by_member(report, it, t))));
    blocks.extend(without_note(report, t));
    blocks.push(Block::Heading(t.text("report-by-section")));
    blocks.extend(groups(&report.members).iter().map(|it| Block::Table(by_section(report, it, t))));
    blocks.push(Block::Note(t.text("report-share-note")));
    blocks
}

fn title(report: &Report, t: &Catalog) -> Vec<Block> {
    let period = words::period(t, &report.period);
    let plan = match report.plan_period.as_str() {
        "" => report.plan_title.clone(),
        period => {
            t.with("report-plan", &[("title", report.plan_title.as_str().into()), ("period", period.into())])
        }
    };
    let facts = [
        ("report-network", report.network.clone()),
        ("report-as-of", words::date(t, report.today)),
        ("report-compiled-by", report.compiled_by.clone()),
        ("report-compiled-at", report.compiled_at.clone()),
        ("report-code", report.code.clone()),
    ];
    vec![
        Block::Title(t.text("report-title")),
        Block::Subtitle(t.with("report-for", &[("period", period.into())])),
        Block::Subtitle(plan),
        Block::Facts(facts.into_iter().map(|(key, value)| (t.text(key), value)).collect()),
        Block::Text(format!("{} {}", sums(&report.total, t), completeness(report, t))),
    ]
}

fn sums(total: &Totals, t: &Catalog) -> String {
    if total.due == 0 {
        return t.text("report-summary-nothing");
    }
    let args = [
        ("due", total.due.into()),
        ("done", total.done.into()),
        ("partially", total.partially.into()),
        ("overdue", total.overdue.into()),
        ("moved", total.moved.into()),
    ];
    let mut text = t.with("report-summary", &args);
    if let Some(percent) = total.percent() {
        text.push(' ');
        text.push_str(&t.with("report-summary-share", &[("percent", percent.into())]));
    }
    text
}

fn completeness(report: &Report, t: &Catalog) -> String {
    let all = ("all", report.members.len().into());
    if report.missing().next().is_none() {
        return t.with("report-complete", &[all]);
    }
    let names = ("names", names(report.missing()).into());
    t.with("report-without", &[names, ("reported", report.reported().into()), all])
}

fn freshness(report: &Report, t: &Catalog) -> Table {
    let moment = |it: Option<jiff::civil::DateTime>| it.map_or_else(|| t.text("report-none"), words::moment);
    let row = |it: &MemberState| {
        let presence = Cell::text(presence(it, t));
        Row::plain(vec![
            Cell::text(&it.name),
            Cell { missing: it.presence != Presence::Reported, ..presence },
            Cell::text(it.statuses.to_string()),
            Cell::text(moment(it.newest_entry)),
            Cell::text(if it.is_me { t.text("report-own-node") } else { moment(it.last_seen) }),
        ])
    };
    Table {
        id: "members",
        columns: vec![
            column(t.text("report-organisation"), 63, Align::Left),
            column(t.text("report-presence"), 24, Align::Left),
            column(t.text("report-statuses"), 24, Align::Right),
            column(t.text("report-newest"), 32, Align::Left),
            column(t.text("report-last-seen"), 32, Align::Left),
        ],
        rows: report.members.iter().map(row).collect(),
    }
}

fn by_member(report: &Report, members: &[(usize, &MemberState)], t: &Catalog) -> Table {
    let count = |(key, of): Count| {
        let mut cells = vec![Cell::text(t.text(key))];
        cells.extend(members.iter().map(|(place, member)| match totals(&report.totals, *place) {
            Some(it) => Cell::text(of(it).to_string()),
            None => absent(member, t),
        }));
        cells.push(Cell::text(of(&report.total).to_string()));
        Row::plain(cells)
    };
    let mut shares = vec![Cell::text(t.text("report-count-share"))];
    shares.extend(members.iter().map(|(place, member)| match totals(&report.totals, *place) {
        Some(it) => Cell::text(share(it, t)),
        None => absent(member, t),
    }));
    shares.push(Cell::text(share(&report.total, t)));
    let mut rows: Vec<_> = COUNTS.into_iter().map(count).collect();
    rows.push(Row::total(shares));
    rows.push(count(("report-count-on-request", |it| it.on_request)));
    Table { id: "totals", columns: member_columns(report, members, t.text("report-indicator"), t), rows }
}

fn by_section(report: &Report, members: &[(usize, &MemberState)], t: &Catalog) -> Table {
    let cells = |head: String, of_members: &[Option<Totals>], of_all: &Totals| {
        let mut cells = vec![Cell::text(head)];
        cells.extend(members.iter().map(|(place, member)| match totals(of_members, *place) {
            Some(it) => progress(it, t),
            None => absent(member, t),
        }));
        cells.push(progress(of_all, t));
        cells
    };
    let row = |it: &SectionReport| Row::plain(cells(section_title(it, t), &it.totals, &it.total));
    let mut rows: Vec<_> = report.sections.iter().map(row).collect();
    rows.push(Row::total(cells(t.text("report-all-sections"), &report.totals, &report.total)));
    Table { id: "sections", columns: member_columns(report, members, t.text("report-section"), t), rows }
}

fn member_columns(
    report: &Report,
    members: &[(usize, &MemberState)],
    head: String,
    t: &Catalog,
) -> Vec<Column> {
    let mut columns = vec![column(head, 44 + left_over(members, MEMBER_MM), Align::Left)];
    columns.extend(members.iter().map(|(_, it)| column(&it.short, MEMBER_MM, Align::Right)));
    let total = if report.missing().next().is_some() { "report-total-without" } else { "report-total" };
    columns.push(column(t.text(total), 16, Align::Right));
    columns
}

fn without_note(report: &Report, t: &Catalog) -> Option<Block> {
    report.missing().next()?;
    Some(Block::Note(t.with("report-total-note", &[("names", names(report.missing()).into())])))
}

/// «3 из 4», «75 %», «! просрочено: 1»: a line each.
fn progress(totals: &Totals, t: &Catalog) -> Cell {
    if totals.due == 0 {
        return Cell::text("–");
    }
    let args = [("done", totals.done.into()), ("due", totals.expected().into())];
    let mut lines = vec![t.with("report-done-of", &args), share(totals, t)];
    if totals.overdue > 0 {
        lines.push(t.with("report-overdue-mark", &[("n", totals.overdue.into())]));
    }
    Cell::lines(lines)
}

fn share(totals: &Totals, t: &Catalog) -> String {
    totals.percent().map_or_else(|| "–".to_owned(), |it| t.with("report-share", &[("percent", it.into())]))
}

pub(super) fn absent(member: &MemberState, t: &Catalog) -> Cell {
    Cell::missing(presence(member, t))
}

/// «не сдано»
pub(in crate::reports) fn presence(member: &MemberState, t: &Catalog) -> String {
    t.text(presence_key(member.presence))
}

/// «1. Организационные мероприятия»
pub(in crate::reports) fn section_title(section: &SectionReport, t: &Catalog) -> String {
    match (section.number.as_str(), section.title.as_str()) {
        ("", "") => t.text("report-no-section"),
        ("", title) => title.to_owned(),
        (number, title) => format!("{number}. {title}"),
    }
}

const fn presence_key(presence: Presence) -> &'static str {
    match presence {
        Presence::Reported => "report-presence-reported",
        Presence::Silent => "report-presence-silent",
        Presence::Unknown => "report-presence-unknown",
    }
}

fn totals(of_members: &[Option<Totals>], place: usize) -> Option<&Totals> {
    of_members.get(place)?.as_ref()
}

/// Holds «Выселковский» in letters of a column head.
const MEMBER_MM: u16 = 23;

/// A message key, and what the row counts.
pub(in crate::reports) type Count = (&'static str, fn(&Totals) -> u32);

/// The rows of the sums by member, in the order of the report.
pub(in crate::reports) const COUNTS: [Count; 9] = [
    ("report-count-due", |it| it.due),
    ("report-count-done", |it| it.done),
    ("report-count-unproven", |it| it.unproven),
    ("report-count-partially", |it| it.partially),
    ("report-count-overdue", |it| it.overdue),
    ("report-count-moved", |it| it.moved),
    ("report-count-cancelled", |it| it.cancelled),
    ("report-count-not-applicable", |it| it.not_applicable),
    ("report-count-ahead", |it| it.ahead),
];
