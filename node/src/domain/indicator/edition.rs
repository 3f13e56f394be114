//! An edition of the indicators: the passports that are in force together, frozen once published.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use svod_shared::id::sha256;
use svod_shared::leb::Writer;

use super::{Aggregation, Cell, Figure, Passport};

/// The most indicators an edition may have: a form of more is not filled in by anybody.
pub const PASSPORTS_MAX: usize = 200;

/// «Показатели проекта, ред. 1»
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// From 1 on.
    pub number: u32,
    /// «Показатели проекта»
    pub title: String,
    /// In the order of the form.
    pub passports: Vec<Passport>,
}

/// Why passports are no edition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditionFault {
    /// There is none, or more than [`PASSPORTS_MAX`].
    #[error("{0} indicators")]
    Count(usize),
    /// A code is empty, repeated, or has other signs than digits and full stops.
    #[error("code of an indicator: {0}")]
    Code(String),
    /// A title or unit is missing.
    #[error("indicator {0} has no title or no unit")]
    Nameless(String),
    /// A ratio needs words for part and whole.
    #[error("indicator {0} does not say what its part and its whole are")]
    Terms(String),
    /// A percentage that is summed or carried as a stock would be averaged somewhere.
    #[error("indicator {0} is a percentage, and percentages are neither summed nor averaged")]
    Percentage(String),
    /// A distribution needs two categories at least; others have none.
    #[error("categories of indicator {0}")]
    Categories(String),
    /// It is bounded by an indicator that is not there or that is no number.
    #[error("indicator {0} is bounded by one that is not a number here")]
    Bound(String),
}

impl EditionFault {
    /// The key of its sentence in the catalogue.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Count(_) => "edition-count",
            Self::Code(_) => "edition-code",
            Self::Nameless(_) => "edition-nameless",
            Self::Terms(_) => "edition-terms",
            Self::Percentage(_) => "edition-percentage",
            Self::Categories(_) => "edition-categories",
            Self::Bound(_) => "edition-bound",
        }
    }
}

/// The edition that ships: the five criteria and ten indicators of the project's application, and the figures that it
/// names elsewhere.
pub fn first_edition() -> Edition {
    serde_json::from_str(FIRST).expect("a test reads the edition that ships")
}

const FIRST: &str = include_str!("edition-1.json");

impl Edition {
    /// Checks, in this order for each passport: code, names, the terms of a ratio, that no percentage is added up,
    /// categories, bound.
    pub fn check(&self) -> Result<(), EditionFault> {
        if self.passports.is_empty() || self.passports.len() > PASSPORTS_MAX {
            return Err(EditionFault::Count(self.passports.len()));
        }
        let mut seen = BTreeSet::new();
        for it in &self.passports {
            let code = it.code.clone();
            let is_code = !code.is_empty() && code.bytes().all(|it| it.is_ascii_digit() || it == b'.');
            if !is_code || !seen.insert(&it.code) {
                return Err(EditionFault::Code(code));
            }
            if it.title.trim().is_empty() || it.unit.trim().is_empty() {
                return Err(EditionFault::Nameless(code));
            }
            let is_ratio = it.aggregation == Aggregation::RatioOfSums;
            if is_ratio && (it.numerator.trim().is_empty() || it.denominator.trim().is_empty()) {
                return Err(EditionFault::Terms(code));
            }
            if it.unit.contains('%') && !is_ratio {
                return Err(EditionFault::Percentage(code));
            }
            let is_spread = it.aggregation == Aggregation::Distribution;
            if is_spread != (it.categories.len() >= 2) || !(is_spread || it.categories.is_empty()) {
                return Err(EditionFault::Categories(code));
            }
            self.check_bound(it)?;
        }
        Ok(())
    }

    fn check_bound(&self, passport: &Passport) -> Result<(), EditionFault> {
        let Some(bound) = &passport.at_least else { return Ok(()) };
        let is_number = |it: &Passport| matches!(it.aggregation, Aggregation::Sum | Aggregation::LastStock);
        let found = self.passport(bound).is_some_and(is_number) && is_number(passport);
        if found { Ok(()) } else { Err(EditionFault::Bound(passport.code.clone())) }
    }

    /// The passport of a code.
    pub fn passport(&self, code: &str) -> Option<&Passport> {
        self.passports.iter().find(|it| it.code == code)
    }

    /// The canonical text: JSON in the order of the fields, one line.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).expect("plain values are JSON")
    }

    /// Reads a canonical text, and nothing that would be written otherwise.
    pub fn of_text(text: &str) -> Option<Self> {
        let edition: Self = serde_json::from_str(text).ok()?;
        (edition.to_text() == text && edition.check().is_ok()).then_some(edition)
    }

    /// What names the edition in acts: SHA-256("svod/1 indicators" ‖ text).
    pub fn hash(&self) -> [u8; 32] {
        let mut writer = Writer::domain("svod/1 indicators");
        writer.raw(self.to_text().as_bytes());
        sha256(writer.as_slice())
    }

    /// Codes whose figure is less than the one it must reach, with that one's code, in the order of the form. `cell`
    /// gives what stands in a row.
    pub fn too_small(&self, cell: impl Fn(&str) -> Cell) -> Vec<(&Passport, &Passport)> {
        let number = |code: &str| match cell(code) {
            Cell::Figure(Figure::Number(value)) => Some(value),
            _ => None,
        };
        let pairs = self.passports.iter().filter_map(|it| Some((it, self.passport(it.at_least.as_ref()?)?)));
        pairs
            .filter(|(it, bound)| {
                number(&it.code).zip(number(&bound.code)).is_some_and(|(it, bound)| it < bound)
            })
            .collect()
    }
}
