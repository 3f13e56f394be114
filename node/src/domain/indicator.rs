//! Indicators: what is counted, how the parts become a sum, and what one organisation says of it.
//!
//! A [`Passport`] has the columns that such passports have on paper. Its [`Aggregation`] is obligatory, and there is no
//! mean among them: a share of the network is Σ of the parts by Σ of the wholes, never a mean of percentages. What an
//! organisation says is a [`Cell`], and five different things are five different cells: a figure (0 among them), «нет
//! данных», «не применимо», nothing entered, nothing submitted.
//!
//! A cell is kept and signed as one line of text, its only canonical form:
//!
//! ```text
//! 12 · 12.5                        a number
//! 34/120                           a part and its whole
//! 2;3;1;0;0;0;0                    counts in the order of the passport's categories
//! 2022-03-17 Вебинар «…»⏎…         events, a line each
//! no-data: причина · not-applicable: причина
//! ```

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::decimal::Decimal;

mod cell;
mod edition;

pub use cell::{CELL_BYTES_MAX, Fault, fold};
pub use edition::{Edition, EditionFault, PASSPORTS_MAX, first_edition};

/// How the parts of organisations become the network's figure, and those of periods a longer one's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aggregation {
    /// Figures add up.
    Sum,
    /// Parts add up and wholes add up; the share is of the sums.
    RatioOfSums,
    /// An event counts once, whoever took part.
    DistinctEvents,
    /// What there is at the end of the period: over time the last one counts, over organisations they add up.
    LastStock,
    /// Counts by category: over time the last ones, over organisations they add up category by category.
    Distribution,
}

/// Why a way of aggregating is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoAggregation {
    /// A mean of percentages weighs a school of ten like one of a thousand.
    #[error("percentages are not averaged: the share is the sum of parts by the sum of wholes")]
    MeanOfPercentages,
    /// Nobody knows it.
    #[error("no such way of aggregating")]
    Unknown,
}

/// Which way a figure should go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trend {
    /// More is better.
    Up,
    /// Less is better.
    Down,
    /// Neither.
    #[default]
    Level,
}

/// How often it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cadence {
    /// Every month.
    Month,
    /// Every quarter.
    Quarter,
    /// Every half-year.
    HalfYear,
    /// Every school year.
    SchoolYear,
    /// Every calendar year.
    Year,
}

/// The passport of an indicator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passport {
    /// «2.1»: unique in its edition.
    pub code: String,
    /// «Инновационная образовательная продукция»
    pub criterion: String,
    /// «Появление инновационных проектов образовательных организаций»
    pub title: String,
    /// «ед.», «чел.», «%»
    pub unit: String,
    /// How it is calculated, in words.
    pub formula: String,
    /// What the part is, of a ratio; empty otherwise.
    #[serde(default)]
    pub numerator: String,
    /// What the whole is, of a ratio; empty otherwise.
    #[serde(default)]
    pub denominator: String,
    /// How it is aggregated.
    pub aggregation: Aggregation,
    /// The categories of a distribution, in order; empty otherwise.
    #[serde(default)]
    pub categories: Vec<String>,
    /// How often.
    pub period: Cadence,
    /// Where the figures come from.
    pub source: String,
    /// Who answers for them, by post.
    pub responsible: String,
    /// Where it should go.
    #[serde(default)]
    pub trend: Trend,
    /// What is aimed at.
    #[serde(default)]
    pub target: Option<Decimal>,
    /// The code of an indicator that it cannot be less than: participants are no fewer than schools that took part.
    #[serde(default)]
    pub at_least: Option<String>,
}

/// An event that several organisations may report.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    /// Its day.
    pub date: Date,
    /// Its name, as typed.
    pub title: String,
}

/// A figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Figure {
    /// Of a sum or a stock.
    Number(Decimal),
    /// Of a ratio.
    Ratio {
        /// The part.
        part: Decimal,
        /// The whole.
        whole: Decimal,
    },
    /// Of distinct events; none is a figure too: 0.
    Events(Vec<Event>),
    /// Of a distribution, in the order of the categories.
    Counts(Vec<Decimal>),
}

/// What one organisation says of one indicator.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Cell {
    /// The organisation has submitted nothing.
    NotSubmitted,
    /// It has said nothing of this indicator.
    #[default]
    Empty,
    /// It has no data, for a reason.
    NoData(String),
    /// The indicator does not concern it, for a reason.
    NotApplicable(String),
    /// It says a figure; 0 is one.
    Figure(Figure),
}

impl Aggregation {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Sum, Self::RatioOfSums, Self::DistinctEvents, Self::LastStock, Self::Distribution];

    /// The key in passports.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::RatioOfSums => "ratio-of-sums",
            Self::DistinctEvents => "distinct-events",
            Self::LastStock => "last-stock",
            Self::Distribution => "distribution",
        }
    }

    /// The way of a key; what people call a mean is refused with the reason.
    pub fn of_key(key: &str) -> Result<Self, NoAggregation> {
        if let Some(found) = Self::ALL.into_iter().find(|it| it.key() == key) {
            return Ok(found);
        }
        let is_mean = ["mean", "average", "среднее", "среднее арифметическое"]
            .contains(&key.trim().to_lowercase().as_str());
        Err(if is_mean { NoAggregation::MeanOfPercentages } else { NoAggregation::Unknown })
    }
}

impl Event {
    /// What two reports of one event have in common: the day, and the name without signs, case and «ё».
    pub fn key(&self) -> (Date, String) {
        (self.date, fold(&self.title))
    }
}

impl Cell {
    /// The figure, if it says one.
    pub fn figure(&self) -> Option<&Figure> {
        match self {
            Self::Figure(figure) => Some(figure),
            Self::NotSubmitted | Self::Empty | Self::NoData(_) | Self::NotApplicable(_) => None,
        }
    }
}

#[cfg(test)]
mod tests;
