//! What stands on the sheets of the joint report, in which order and in which words.

use svod_shared::id::OrgNo;

use super::tables::{Origin, origins};
use super::{Joint, cell_lines, period, said, total_lines};
use crate::acts::report::{FigureLine, ReportMember, cell_of, total_of};
use crate::domain::indicator::{Aggregation, Passport};
use crate::i18n::Catalog;
use crate::reports::layout::{Align, Block, Cell, Column, Part, Row, Table, column};

/// The whole report.
pub(super) fn layout(joint: &Joint, t: &Catalog) -> Vec<Part> {
    let mut body = head(joint, t);
    let origins = origins(joint, t);
    let places: Vec<_> = joint.report.members.iter().enumerate().collect();
    for members in places.chunks(MEMBERS_ABREAST_MAX) {
        body.push(Block::Table(figures(joint, members, &origins, t)));
    }
    body.push(Block::Note(notes(joint, t)));
    body.extend(differences(joint, t));
    body.extend(sections(joint, t));
    body.extend(signatures(joint, t));
    vec![Part { landscape: false, blocks: body }, Part { landscape: true, blocks: provenance(&origins, t) }]
}

fn head(joint: &Joint, t: &Catalog) -> Vec<Block> {
    let report = &joint.report;
    let of = [("period", period(joint, t).into())];
    let submitted = report.members.len() - report.absent().count();
    let count = [("n", submitted.into()), ("all", report.members.len().into())];
    let edition = match joint.is_draft {
        true => t.text("figures-draft"),
        false => t.with(
            "joint-frozen",
            &[("n", report.edition.to_string().into()), ("moment", said::moment(report.frozen_at).into())],
        ),
    };
    let mut facts = vec![
        (t.text("joint-network"), report.network_name.clone()),
        (t.text("joint-edition"), edition),
        (t.text("joint-by"), report.frozen_by.clone()),
        (t.text("figures-submitted"), t.with("joint-count", &count)),
    ];
    let absent: Vec<_> = report.absent().map(|it| it.short.clone()).collect();
    if !absent.is_empty() {
        facts.push((
            t.text("said-not-submitted"),
            t.with("joint-absent", &[("names", absent.join(", ").into())]),
        ));
    }
    for it in report.members.iter().filter_map(|it| Some((it, it.act.as_ref()?))) {
        let (member, act) = it;
        facts.push((
            member.short.clone(),
            t.with(
                "joint-as-of",
                &[("moment", said::moment(act.signed_at).into()), ("n", act.number.to_string().into())],
            ),
        ));
    }
    let mut blocks = vec![
        Block::Title(report.title.clone()),
        Block::Subtitle(t.with("joint-for", &of)),
        Block::Facts(facts),
    ];
    blocks.extend(
        report.preface.lines().filter(|it| !it.trim().is_empty()).map(|it| Block::Text(it.to_owned())),
    );
    blocks.push(Block::Heading(t.text("state-figures")));
    blocks
}

fn figures(joint: &Joint, members: &[(usize, &ReportMember)], origins: &[Origin], t: &Catalog) -> Table {
    let left = u16::try_from(MEMBERS_ABREAST_MAX - members.len()).unwrap_or(0) * MEMBER_MM;
    let mut columns = vec![
        column(t.text("entry-code"), 10, Align::Left),
        column(t.text("entry-indicator"), 45 + left, Align::Left),
    ];
    columns.extend(members.iter().map(|(_, it)| column(&it.short, MEMBER_MM, Align::Right)));
    columns.push(column(t.text(total_head(joint)), 25, Align::Right));
    let mut rows = Vec::new();
    let mut criterion = "";
    for line in &joint.report.figures {
        let Some(passport) = joint.indicators.passport(&line.code) else { continue };
        if passport.criterion != criterion {
            criterion = &passport.criterion;
            rows.push(Row::section(criterion));
        }
        rows.push(row(joint, passport, line, members, origins, t));
    }
    Table { id: "figures", columns, rows }
}

/// «Итого по сети», and what is missing in it is said at its head.
fn total_head(joint: &Joint) -> &'static str {
    if joint.report.absent().next().is_some() { "joint-total-without" } else { "state-total" }
}

fn row(
    joint: &Joint,
    passport: &Passport,
    line: &FigureLine,
    members: &[(usize, &ReportMember)],
    origins: &[Origin],
    t: &Catalog,
) -> Row {
    let mut cells =
        vec![Cell::text(&line.code), Cell::text(format!("{}, {}", passport.title, passport.unit))];
    for (place, member) in members {
        let text = line.cells.get(*place).map_or("", String::as_str);
        let cell = cell_of(passport, text).unwrap_or_default();
        let lines = cell_lines(passport, &cell, t);
        let proof =
            origins.iter().position(|it| it.code == line.code && it.member == member.short).map(|it| it + 1);
        cells.push(Cell { proof, missing: cell.figure().is_none(), ..Cell::lines(lines) });
    }
    let total = total_of(passport, &joint.orgs(), line);
    cells.push(Cell { bold: true, ..Cell::lines(total_lines(passport, &total)) });
    Row::plain(cells)
}

/// How the sums came about, and who is not in them.
fn notes(joint: &Joint, t: &Catalog) -> String {
    let has = |way: Aggregation| joint.indicators.passports.iter().any(|it| it.aggregation == way);
    let mut notes = Vec::new();
    if has(Aggregation::RatioOfSums) {
        notes.push(t.text("joint-note-ratio"));
    }
    if has(Aggregation::DistinctEvents) {
        notes.push(t.text("joint-note-events"));
    }
    let owing = joint.report.figures.iter().filter_map(|line| {
        let absent = |org: &u16| joint.report.absent().any(|it| it.org == *org);
        let names: Vec<_> = line.without.iter().filter(|it| !absent(it)).map(|it| joint.short(*it)).collect();
        (!names.is_empty()).then(|| format!("{}: {}", line.code, names.join(", ")))
    });
    let owing: Vec<_> = owing.collect();
    if !owing.is_empty() {
        notes.push(t.with("joint-note-owing", &[("list", owing.join("; ").into())]));
    }
    notes.join(" ")
}

fn differences(joint: &Joint, t: &Catalog) -> Vec<Block> {
    if joint.report.differences.is_empty() {
        return Vec::new();
    }
    let columns: Vec<Column> = vec![
        column(t.text("entry-code"), 12, Align::Left),
        column(t.text("state-org"), 32, Align::Left),
        column(t.text("joint-old"), 28, Align::Right),
        column(t.text("joint-new"), 28, Align::Right),
        column(t.text("joint-changed-by"), 30, Align::Left),
        column(t.text("entry-reason"), 45, Align::Left),
    ];
    let row = |it: &crate::acts::report::Difference| {
        let passport = joint.indicators.passport(&it.code);
        let who = it.org.map_or_else(|| t.text("state-total"), |org| joint.short(org));
        let by = if it.at == 0 { Vec::new() } else { vec![it.who.clone(), said::moment(it.at)] };
        let by: Vec<_> = by.into_iter().filter(|it| !it.is_empty()).collect();
        Row::plain(vec![
            Cell::text(&it.code),
            Cell::text(who),
            Cell::text(said::cell_text(t, passport, &it.old)),
            Cell::text(said::cell_text(t, passport, &it.new)),
            Cell::lines(if by.is_empty() { vec![String::new()] } else { by }),
            Cell::text(&it.why),
        ])
    };
    let table =
        Table { id: "differences", columns, rows: joint.report.differences.iter().map(row).collect() };
    vec![Block::Heading(t.text("joint-differences")), Block::Table(table)]
}

/// The municipalities' own sections.
fn sections(joint: &Joint, t: &Catalog) -> Vec<Block> {
    let mut blocks = Vec::new();
    for member in joint.report.members.iter().filter(|it| !it.text.is_empty()) {
        blocks.push(Block::Heading(member.name.clone()));
        blocks.extend(
            member.text.lines().filter(|it| !it.trim().is_empty()).map(|it| Block::Text(it.to_owned())),
        );
    }
    if !blocks.is_empty() {
        blocks.insert(0, Block::Heading(t.text("joint-sections")));
    }
    blocks
}

fn signatures(joint: &Joint, t: &Catalog) -> Vec<Block> {
    if joint.is_draft {
        return Vec::new();
    }
    let mut blocks = vec![Block::Heading(t.text("joint-signatures"))];
    blocks.extend(joint.signed.iter().map(|it| Block::Text(said::signed_line(t, it))));
    let has_signed = |org: u16| joint.signed.iter().any(|it| it.org == OrgNo(org));
    let silent: Vec<_> =
        joint.report.members.iter().filter(|it| !has_signed(it.org)).map(|it| it.short.clone()).collect();
    if !silent.is_empty() {
        blocks.push(Block::Note(t.with("verify-unsigned", &[("names", silent.join(", ").into())])));
    }
    blocks
}

fn provenance(origins: &[Origin], t: &Catalog) -> Vec<Block> {
    let columns = vec![
        column("№", 12, Align::Right),
        column(t.text("entry-code"), 14, Align::Left),
        column(t.text("state-org"), 34, Align::Left),
        column(t.text("entry-value"), 52, Align::Left),
        column(t.text("state-act"), 36, Align::Left),
        column(t.text("joint-signed-by"), 26, Align::Left),
        column(t.text("entry-reason"), 38, Align::Left),
        column(t.text("proof-record"), 50, Align::Left),
    ];
    let row = |(at, it): (usize, &Origin)| {
        let cells = vec![
            Cell::text((at + 1).to_string()),
            Cell::text(&it.code),
            Cell::text(&it.member),
            Cell::lines(it.value.lines().map(str::to_owned).collect()),
            Cell::text(&it.act),
            Cell::text(&it.who),
            Cell::text(&it.why),
            Cell { fixed: true, ..Cell::text(&it.record) },
        ];
        Row { proof: Some((at + 1, None)), ..Row::plain(cells) }
    };
    let table = Table { id: "origins", columns, rows: origins.iter().enumerate().map(row).collect() };
    vec![Block::Heading(t.text("joint-origins")), Block::Table(table)]
}

/// As many names as an upright sheet holds in letters that a director reads without glasses.
const MEMBERS_ABREAST_MAX: usize = 5;
const MEMBER_MM: u16 = 19;
