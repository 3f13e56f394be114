//! The joint report as data: who is in it, the figures that follow from their acts, and what changed since the edition before.
//!
//! The text of a report is JSON in the order of the fields, and nothing that would be written otherwise is read. Every
//! figure in it can be worked out again: [`derive()`] is the one function that compiling and verifying share.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use svod_shared::id::{DocId, NetworkId, OrgNo, StatementHash};

use super::act::SignedAct;
use crate::domain::aggregate::{Absence, Total, over_orgs};
use crate::domain::indicator::{Cell, Edition, Fault, Figure, Passport};

/// What a report file of this version calls itself.
pub const FORMAT: &str = "svod/1 report";
/// The text of a cell of an organisation that submitted nothing.
pub const NOT_SUBMITTED: &str = "not-submitted";
/// The text of a cell that an act says nothing of.
pub const EMPTY: &str = "empty";

/// A joint report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// [`FORMAT`].
    pub format: String,
    /// The network.
    pub network: NetworkId,
    /// Its name.
    pub network_name: String,
    /// The campaign.
    pub campaign: DocId,
    /// «Совместный отчёт о результатах реализации проекта»
    pub title: String,
    /// The key of the period, `2022-H1`.
    pub period: String,
    /// From 1 on; a correction is the next edition.
    pub edition: u32,
    /// The hash of the indicators, hexadecimal.
    pub indicators: String,
    /// The roster height at which it was frozen.
    pub roster: u64,
    /// The hash of the roster's last statement at that height.
    pub roster_hash: StatementHash,
    /// When it was frozen by the lead's clock, milliseconds since 1970.
    pub frozen_at: u64,
    /// Who froze it.
    pub frozen_by: String,
    /// The lead's text; may be empty.
    pub preface: String,
    /// Who was asked, in the order of the columns.
    pub members: Vec<ReportMember>,
    /// The indicators in the order of the form.
    pub figures: Vec<FigureLine>,
    /// The hash of the edition before, hexadecimal.
    pub previous: Option<String>,
    /// What differs from the edition before.
    pub differences: Vec<Difference>,
}

/// An organisation in a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportMember {
    /// Its number.
    pub org: u16,
    /// «ИМЦ, Кореновский район»
    pub name: String,
    /// «Кореновский»
    pub short: String,
    /// Its act; `None`: «не сдано».
    pub act: Option<ActLine>,
    /// Its section of the report; may be empty.
    pub text: String,
}

/// The act that a column rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActLine {
    /// Its number.
    pub number: u32,
    /// Its hash, hexadecimal.
    pub hash: String,
    /// When it was signed by its author's clock, milliseconds since 1970.
    pub signed_at: u64,
    /// Who signed, by post; may be empty.
    pub person: String,
}

/// An indicator's row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FigureLine {
    /// Its code.
    pub code: String,
    /// What each member said, in the order of the members.
    pub cells: Vec<String>,
    /// What the network says; empty if nobody said a figure.
    pub total: String,
    /// The share of a ratio in per cent, one place after the point.
    pub percent: Option<String>,
    /// Participations in distinct events.
    pub participations: u64,
    /// Who owes a figure and is not in the total.
    pub without: Vec<u16>,
}

/// A figure that is not what it was in the edition before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// The indicator.
    pub code: String,
    /// Whose figure; `None`: the network's.
    pub org: Option<u16>,
    /// What it was.
    pub old: String,
    /// What it is.
    pub new: String,
    /// Who changed it, by post; empty for the network's figure.
    pub who: String,
    /// When, by that act's clock; 0 for the network's figure.
    pub at: u64,
    /// Why; empty for the network's figure.
    pub why: String,
}

/// A value in an act is not a cell of its indicator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("value of {code} of organisation {}", .org.0)]
pub struct BadValue {
    /// Whose act.
    pub org: OrgNo,
    /// The indicator.
    pub code: String,
    /// What is wrong.
    #[source]
    pub fault: Fault,
}

impl Report {
    /// The canonical text.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).expect("plain values are JSON")
    }

    /// Reads a canonical text, and nothing that would be written otherwise.
    pub fn of_text(text: &str) -> Option<Self> {
        let report: Self = serde_json::from_str(text).ok()?;
        (report.format == FORMAT && report.to_text() == text).then_some(report)
    }

    /// The row of a code.
    pub fn figure(&self, code: &str) -> Option<&FigureLine> {
        self.figures.iter().find(|it| it.code == code)
    }

    /// Who was asked and submitted nothing.
    pub fn absent(&self) -> impl Iterator<Item = &ReportMember> {
        self.members.iter().filter(|it| it.act.is_none())
    }
}

/// What a member says of an indicator, as it stands in a row; the reverse of [`cell_text`].
pub fn cell_of(passport: &Passport, text: &str) -> Option<Cell> {
    match text {
        NOT_SUBMITTED => Some(Cell::NotSubmitted),
        EMPTY => Some(Cell::Empty),
        text => Cell::parse(passport, text).ok(),
    }
}

/// The text of a cell in a row.
pub fn cell_text(cell: &Cell) -> String {
    match cell {
        Cell::NotSubmitted => NOT_SUBMITTED.to_owned(),
        Cell::Empty => EMPTY.to_owned(),
        cell => cell.to_text(),
    }
}

/// Works out all rows from the acts of the members.
pub fn derive(
    edition: &Edition,
    members: &[OrgNo],
    acts: &BTreeMap<OrgNo, SignedAct>,
) -> Result<Vec<FigureLine>, BadValue> {
    edition.passports.iter().map(|passport| derive_line(passport, members, acts)).collect()
}

fn derive_line(
    passport: &Passport,
    members: &[OrgNo],
    acts: &BTreeMap<OrgNo, SignedAct>,
) -> Result<FigureLine, BadValue> {
    let mut cells = Vec::new();
    for org in members {
        let cell = match acts.get(org) {
            None => Cell::NotSubmitted,
            Some(signed) => {
                let value = signed.act.value(&passport.code).map_or("", |it| it.value.as_str());
                Cell::parse(passport, value).map_err(|fault| BadValue {
                    org: *org,
                    code: passport.code.clone(),
                    fault,
                })?
            }
        };
        cells.push((*org, cell));
    }
    let total = over_orgs(passport, &cells);
    Ok(FigureLine {
        code: passport.code.clone(),
        cells: cells.iter().map(|(_, cell)| cell_text(cell)).collect(),
        percent: total.percent().map(|it| it.to_string()),
        participations: total.participations,
        without: total.owing().map(|it| it.0).collect(),
        total: total.figure.map(|it| Cell::Figure(it).to_text()).unwrap_or_default(),
    })
}

/// A row as the arithmetic has it, for whoever shows it.
pub fn total_of(passport: &Passport, members: &[OrgNo], line: &FigureLine) -> Total {
    let cells = members.iter().zip(&line.cells);
    let cells: Vec<_> =
        cells.map(|(org, text)| (*org, cell_of(passport, text).unwrap_or_default())).collect();
    over_orgs(passport, &cells)
}

/// Whether an organisation's absence from a total is worth a word.
pub fn is_owing(absence: Absence) -> bool {
    absence != Absence::NotApplicable
}

/// A figure in words of numbers: «9», «9/22», «3», «2;3;1».
pub fn figure_words(figure: &Figure) -> String {
    match figure {
        Figure::Number(it) => it.to_words(),
        Figure::Ratio { part, whole } => format!("{}\u{a0}/\u{a0}{}", part.to_words(), whole.to_words()),
        Figure::Events(events) => events.len().to_string(),
        Figure::Counts(counts) => counts.iter().map(|it| it.to_words()).collect::<Vec<_>>().join("; "),
    }
}

/// Every figure that differs from the edition before: each member's with who changed it and why, then the network's.
/// Members and indicators that only one of the two has are none: they were not there to differ.
pub fn differences(
    before: &Report,
    members: &[OrgNo],
    figures: &[FigureLine],
    acts: &BTreeMap<OrgNo, SignedAct>,
) -> Vec<Difference> {
    let mut found = Vec::new();
    for line in figures {
        let Some(earlier) = before.figure(&line.code) else { continue };
        for (org, new) in members.iter().zip(&line.cells) {
            let column = before.members.iter().position(|it| it.org == org.0);
            let Some(old) = column.and_then(|it| earlier.cells.get(it)).filter(|it| *it != new) else {
                continue;
            };
            let act = acts.get(org).map(|it| &it.act);
            found.push(Difference {
                code: line.code.clone(),
                org: Some(org.0),
                old: old.clone(),
                new: new.clone(),
                who: act.map(|it| it.person.clone()).unwrap_or_default(),
                at: act.map_or(0, |it| it.time.0),
                why: act.and_then(|it| it.value(&line.code)).map(|it| it.reason.clone()).unwrap_or_default(),
            });
        }
        if earlier.total != line.total {
            let (old, new) = (earlier.total.clone(), line.total.clone());
            let (who, why) = (String::new(), String::new());
            found.push(Difference { code: line.code.clone(), org: None, old, new, who, at: 0, why });
        }
    }
    found
}
