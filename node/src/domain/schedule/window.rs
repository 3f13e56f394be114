//! The years a plan runs: «2021-23г.г.», «на 2022 – 2024 годы», «2021-22 уч.г.».

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Month, Part, parser, resolve};

/// The first and the last day of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    from: Date,
    to: Date,
}

impl Window {
    /// The whole of these years. The order does not matter; a window longer than fifty years is cut.
    pub fn years(first: i16, last: i16) -> Self {
        let (first, last) = (first.min(last), first.max(last));
        Self { from: first_day_of(first), to: last_day_of(last.min(first.saturating_add(YEARS_MAX - 1))) }
    }

    /// Reads a period. `None` if it is not all of the text: a title is not a period.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > TEXT_BYTES_MAX {
            return None;
        }
        let read = parser::read(text);
        let parts = resolve::resolve(&read.pieces).parts;
        match (parts.as_slice(), read.strange.is_empty()) {
            ([Part::Year(year)], true) => Some(Self::years(*year, *year)),
            ([Part::YearRange(first, last)], true) => Some(Self::years(*first, *last)),
            ([part @ Part::AcademicYear(_)], true) => {
                part.extents().first().map(|(from, to)| Self { from: *from, to: *to })
            }
            _ => None,
        }
    }

    /// Cuts «на 2021-23г.г.» off the end of a title: the title without it, the period as it was written.
    pub fn split_title(title: &str) -> Option<(&str, &str)> {
        let (start, _) = title.match_indices(" на ").last()?;
        let (head, tail) = (title.get(..start)?, title.get(start + " на ".len()..)?);
        Self::parse(tail).map(|_| (head, tail))
    }

    /// The first day.
    pub fn from(self) -> Date {
        self.from
    }

    /// The last day.
    pub fn to(self) -> Date {
        self.to
    }

    /// Whether a day lies in it.
    pub fn holds(self, day: Date) -> bool {
        (self.from..=self.to).contains(&day)
    }

    /// Its months, first to last.
    pub(super) fn months(self) -> impl Iterator<Item = Month> {
        let first = Month::of(self.from);
        let count = Month::of(self.to).since(first);
        (0..=count).map(move |it| first.plus(it))
    }
}

/// EDTF: `2021/2023`, `2022`, `2021-09/2022-08`.
impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole_years =
            self.from == first_day_of(self.from.year()) && self.to == last_day_of(self.to.year());
        match (whole_years, self.from.year() == self.to.year()) {
            (true, true) => write!(f, "{}", self.from.year()),
            (true, false) => write!(f, "{}/{}", self.from.year(), self.to.year()),
            (false, _) => write!(f, "{}/{}", Month::of(self.from), Month::of(self.to)),
        }
    }
}

/// The first of January.
pub(super) fn first_day_of(year: i16) -> Date {
    Date::new(year, 1, 1).unwrap_or(Date::MAX)
}

/// The last of December.
pub(super) fn last_day_of(year: i16) -> Date {
    Date::new(year, 12, 31).unwrap_or(Date::MAX)
}

/// A period has some twenty letters.
const TEXT_BYTES_MAX: usize = 200;

/// The longest plan. It bounds how many due dates a term can have.
const YEARS_MAX: i16 = 50;
