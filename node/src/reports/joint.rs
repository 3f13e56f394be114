//! The joint report of figures as files: Word, Excel, a page to print, CSV and JSON.
//!
//! What is printed is what is frozen ([`Report`]); the writers decide how it looks and nothing else, and the same report
//! gives the same bytes. Every figure leads to its line of the provenance: act, author, time, the record it was entered in.

mod layout;
mod tables;
pub mod xlsx;

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use svod_shared::id::OrgNo;

use super::layout::Part;
use crate::acts::verify::SignedBy;
use crate::acts::{Report, SignedAct};
use crate::domain::aggregate::Total;
use crate::domain::decimal::Decimal;
use crate::domain::indicator::{Cell, Edition, Figure, Passport};
use crate::exchange::csv;
use crate::i18n::{Catalog, Lang};
use crate::office::PackageError;
use crate::office::docx::Document;
use crate::views::figures::FrozenView;
use crate::web::figures::words as said;

/// What is written.
#[derive(Debug, Clone)]
pub struct Joint {
    /// The report.
    pub report: Report,
    /// Its passports.
    pub indicators: Edition,
    /// The acts it rests on.
    pub acts: BTreeMap<OrgNo, SignedAct>,
    /// Who signed, the lead first.
    pub signed: Vec<SignedBy>,
    /// Whether it is not frozen yet.
    pub is_draft: bool,
}

impl Joint {
    /// A frozen report.
    pub fn frozen(view: &FrozenView) -> Self {
        Self {
            report: view.report.clone(),
            indicators: view.indicators.clone(),
            acts: view.acts.clone(),
            signed: view.verdict.signed.clone(),
            is_draft: false,
        }
    }

    /// The moment in files' properties: that of the freezing, so that the same report gives the same bytes.
    fn created(&self) -> DateTime {
        let ms = i64::try_from(self.report.frozen_at).unwrap_or(i64::MAX);
        let moment = jiff::Timestamp::from_millisecond(ms).unwrap_or_default();
        moment.to_zoned(jiff::tz::TimeZone::UTC).datetime()
    }

    fn orgs(&self) -> Vec<OrgNo> {
        self.report.members.iter().map(|it| OrgNo(it.org)).collect()
    }

    fn short(&self, org: u16) -> String {
        let found = self.report.members.iter().find(|it| it.org == org);
        found.map_or_else(|| format!("№ {org}"), |it| it.short.clone())
    }
}

/// The sheets that Word and the page have in common.
pub(super) fn parts(joint: &Joint, t: &Catalog) -> Vec<Part> {
    layout::layout(joint, t)
}

/// «I полугодие 2022 года»
fn period(joint: &Joint, t: &Catalog) -> String {
    said::period(t, &joint.report.period)
}

/// A figure as a cell shows it: «9», «9 / 22» and its share, events by their number, categories line by line.
fn figure_lines(passport: &Passport, figure: &Figure) -> Vec<String> {
    match figure {
        Figure::Number(it) => vec![it.to_words()],
        Figure::Ratio { part, whole } => {
            let share = Decimal::percent(*part, *whole).map(|it| format!("{}\u{a0}%", it.to_words()));
            vec![format!("{}\u{a0}/\u{a0}{}", part.to_words(), whole.to_words())]
                .into_iter()
                .chain(share)
                .collect()
        }
        Figure::Events(events) => vec![events.len().to_string()],
        Figure::Counts(counts) => {
            let lines = passport.categories.iter().zip(counts).filter(|(_, it)| **it != Decimal::ZERO);
            let lines: Vec<_> = lines.map(|(name, it)| format!("{name}: {}", it.to_words())).collect();
            if lines.is_empty() { vec!["0".to_owned()] } else { lines }
        }
    }
}

fn cell_lines(passport: &Passport, cell: &Cell, t: &Catalog) -> Vec<String> {
    match cell {
        Cell::Figure(figure) => figure_lines(passport, figure),
        cell => vec![said::cell(t, cell)],
    }
}

fn total_lines(passport: &Passport, total: &Total) -> Vec<String> {
    total.figure.as_ref().map_or_else(|| vec!["—".to_owned()], |it| figure_lines(passport, it))
}

/// Writes the report as a Word file.
pub fn docx(joint: &Joint, t: &Catalog) -> Result<Vec<u8>, PackageError> {
    let document = Document {
        title: joint.report.title.clone(),
        author: joint.report.frozen_by.clone(),
        created: joint.created(),
        language: match t.lang() {
            Lang::Ru => "ru-RU",
            Lang::En => "en-GB",
        },
        sections: parts(joint, t).iter().map(super::docx::section).collect(),
    };
    document.to_bytes()
}

/// Writes the table as CSV: a row an indicator, a column a member.
pub fn csv(joint: &Joint, t: &Catalog) -> Vec<u8> {
    csv::rows(&tables::plain(joint, t))
}

#[cfg(test)]
mod tests;
