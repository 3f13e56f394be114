//! Terms as people write them: «Июнь, декабрь 2021», «ежемесячно», «Апрель, сентябрь (+ по мере необходимости)».
//!
//! [`Schedule::parse`] reads a term and never changes it: `raw` is what a table prints. What it understood stands in
//! `parts` and `demand`; what a person has to look at, in `issues`. It guesses little and decides nothing: the month
//! that a list names twice is reported together with the month that was probably meant, and stays a single due date
//! until somebody chooses.
//!
//! Pure: no clock, no locale. The words of issues and parts belong to the caller's catalogue.

use std::fmt;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

mod canonical;
mod due;
#[cfg(test)]
mod golden_tests;
mod heading;
mod lexer;
mod parser;
mod points;
mod resolve;
mod shift;
#[cfg(test)]
mod tests;
mod window;
mod words;

pub use due::Instance;
pub use shift::{shift_heading, shift_names, shift_years};
pub use window::Window;
pub use words::{Case, month_name};

/// A term: what was written, what was understood of it, what is doubtful.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// The text as it was written.
    pub raw: String,
    /// What it says, in the order it says so. Several parts are a list paired with the item's sub-items; nothing at
    /// all means that not a word was understood.
    pub parts: Vec<Part>,
    /// «(+ по мере необходимости)» beside the dates.
    pub demand: Option<Demand>,
    /// What a person should look at.
    pub issues: Vec<Issue>,
}

/// One thing a term says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// «15.03.2022»
    Day(Date),
    /// «с 10 по 15 марта 2022»
    Days(Date, Date),
    /// «Март 2022г.»
    Month(Month),
    /// «Октябрь-декабрь 2022г.»
    MonthRange(Month, Month),
    /// «Июнь, декабрь 2021»: different months in the order they were written.
    MonthSet(Vec<Month>),
    /// «IV квартал 2026 года»
    Quarter(i16, i8),
    /// «2022 год»
    Year(i16),
    /// «2022 – 2024 годы»
    YearRange(i16, i16),
    /// «2021-22 уч.г.»: from September of this year.
    AcademicYear(i16),
    /// «ежемесячно»
    Monthly,
    /// «Ежеквартально»
    Quarterly,
    /// «Апрель, сентябрь»: in these months of every year; no months at all is «ежегодно».
    Yearly(Vec<i8>),
    /// «октябрь – декабрь»: between these months of every year.
    YearlyRange(i8, i8),
    /// «в течение года», «постоянно»: as long as the plan runs.
    Throughout,
    /// «По мере запроса»
    OnDemand(Demand),
    /// «В соответствии с планом проведения»
    RelativeToPlan,
    /// «к концу 2024г.», «до 15.10.2026»: on this day at the latest.
    Deadline(Date),
    /// «с ноября 2018г.»: no end is named.
    Since(Moment),
    /// Nothing was written.
    Undated,
}

/// What an item without a date waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Demand {
    /// «по мере запроса»
    OnRequest,
    /// «по мере необходимости»
    AsNeeded,
}

/// A month of a year.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Month(Date);

/// A point in time as exact as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Moment {
    /// «2018»
    Year(i16),
    /// «ноябрь 2018»
    Month(Month),
    /// «01.11.2018»
    Day(Date),
}

/// What a person should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Issue {
    /// A list names this month twice.
    Repeated {
        /// The month.
        month: Month,
        /// What was probably meant, where the list has a rhythm. A proposal, never applied.
        suggestion: Option<Month>,
    },
    /// A list names this month after a later one.
    OutOfOrder {
        /// The month.
        month: Month,
    },
    /// It lies, at least in part, outside the plan's window.
    OutsideWindow {
        /// Its first day.
        from: Date,
        /// Its last day.
        to: Date,
    },
    /// The year of this month was not written and could be another one.
    YearGuessed {
        /// The month with the year that was taken.
        month: Month,
    },
    /// These words mean nothing here, or a date in them does not exist.
    NotUnderstood {
        /// As they were written.
        text: String,
    },
}

/// A piece of «Что я понял», for the catalogue to put into words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Understood {
    /// What the term says.
    Says(Part),
    /// And on demand besides.
    AlsoOn(Demand),
}

/// The longest term that is looked at. The longest of the source has 90 characters; a longer text than this is
/// not a term.
pub const TERM_BYTES_MAX: usize = 4096;

/// The years a term may name: others are numbers of something else.
const YEARS: std::ops::RangeInclusive<i16> = 1950..=2149;

impl Schedule {
    /// Reads a term. The plan's window only serves to say what lies outside of it.
    pub fn parse(raw: &str, window: Option<Window>) -> Self {
        let read = if raw.len() > TERM_BYTES_MAX {
            parser::Read { pieces: Vec::new(), strange: vec![raw.to_owned()] }
        } else {
            parser::read(raw)
        };
        let resolved = resolve::resolve(&read.pieces);
        let mut schedule =
            Self { raw: raw.to_owned(), parts: resolved.parts, demand: None, issues: resolved.issues };
        schedule.issues.extend(read.strange.into_iter().map(|text| Issue::NotUnderstood { text }));
        schedule.qualify();
        let outside = window.map(|it| schedule.outside(it));
        schedule.issues.extend(outside.unwrap_or_default());
        if schedule.parts.is_empty() && schedule.issues.is_empty() {
            schedule.parts.push(Part::Undated);
        }
        schedule
    }

    /// Reads the term of an item. Where it is empty, a title like «Консультирование в ИРО (по необходимости)» says
    /// what the item waits for.
    pub fn of_item(term: &str, title: &str, window: Option<Window>) -> Self {
        let mut schedule = Self::parse(term, window);
        if schedule.parts == [Part::Undated] {
            schedule.parts = vec![parser::demand_in_brackets(title).map_or(Part::Undated, Part::OnDemand)];
        }
        schedule
    }

    /// Whether somebody has to do something by some day: not on demand, not after another event, not undated, and
    /// understood at all.
    pub fn needs_date(&self) -> bool {
        self.parts.iter().any(Part::needs_date)
    }

    /// Whether the item is done when somebody asks for it or something else happens.
    pub fn is_on_demand(&self) -> bool {
        !self.needs_date()
            && self.parts.iter().any(|it| matches!(it, Part::OnDemand(_) | Part::RelativeToPlan))
    }

    /// The parts for an item's sub-items, if there is one for each.
    pub fn paired(&self, sub_items: usize) -> Option<&[Part]> {
        (sub_items > 1 && self.parts.len() == sub_items).then_some(&self.parts)
    }

    /// What was understood, piece by piece.
    pub fn understood(&self) -> Vec<Understood> {
        let says = self.parts.iter().cloned().map(Understood::Says);
        says.chain(self.demand.map(Understood::AlsoOn)).collect()
    }

    /// Makes a demand that stands beside dates a qualifier of them.
    fn qualify(&mut self) {
        if !self.parts.iter().any(|it| !matches!(it, Part::OnDemand(_))) {
            self.parts.dedup();
            return;
        }
        let demand = self.parts.iter().find_map(|it| match it {
            Part::OnDemand(demand) => Some(*demand),
            _ => None,
        });
        self.demand = demand;
        self.parts.retain(|it| !matches!(it, Part::OnDemand(_)));
    }

    fn outside(&self, window: Window) -> Vec<Issue> {
        let extents = self.parts.iter().flat_map(Part::extents);
        extents
            .filter(|(from, to)| !window.holds(*from) || !window.holds(*to))
            .map(|(from, to)| Issue::OutsideWindow { from, to })
            .collect()
    }
}

impl Part {
    /// Whether it names or implies a day by which something is due.
    fn needs_date(&self) -> bool {
        !matches!(self, Self::OnDemand(_) | Self::RelativeToPlan | Self::Since(_) | Self::Undated)
    }
}

impl Month {
    /// The month, 1 to 12, of a year that a plan may name.
    pub fn new(year: i16, month: i8) -> Option<Self> {
        YEARS.contains(&year).then(|| Date::new(year, month, 1).ok()).flatten().map(Self)
    }

    /// The month a day lies in.
    pub fn of(day: Date) -> Self {
        Self(day.first_of_month())
    }

    /// Its year.
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// Its number, 1 to 12.
    pub fn month(self) -> i8 {
        self.0.month()
    }

    /// Its first day.
    pub fn first_day(self) -> Date {
        self.0
    }

    /// Its last day.
    pub fn last_day(self) -> Date {
        self.0.last_of_month()
    }

    /// The month so many later.
    fn plus(self, months: i32) -> Self {
        Self(self.0.saturating_add(months.months()))
    }

    /// How many months later than another it is.
    fn since(self, other: Self) -> i32 {
        (i32::from(self.year()) - i32::from(other.year())) * 12 + i32::from(self.month())
            - i32::from(other.month())
    }
}

impl Moment {
    /// Its first day.
    pub fn first_day(self) -> Date {
        match self {
            Self::Year(year) => window::first_day_of(year),
            Self::Month(month) => month.first_day(),
            Self::Day(day) => day,
        }
    }

    /// Its last day.
    pub fn last_day(self) -> Date {
        match self {
            Self::Year(year) => window::last_day_of(year),
            Self::Month(month) => month.last_day(),
            Self::Day(day) => day,
        }
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.month())
    }
}

impl fmt::Debug for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
