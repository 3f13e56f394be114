//! A moment and a day as data. The core never asks a clock: `now` is always an argument.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z. Shown to people and used for timers; never decides validity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// The moment `ms` milliseconds later.
    pub fn plus_ms(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Whole seconds since 1970, as automerge keeps them.
    pub fn seconds(self) -> i64 {
        i64::try_from(self.0 / 1000).unwrap_or(i64::MAX)
    }
}

/// A day of the calendar, as an order or agreement names it: days since 1970-01-01, no time zone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub u32);

impl Day {
    /// The last day that has four digits for its year: 9999-12-31.
    pub const LAST: Self = Self(2_932_896);

    /// The day of a date in the Gregorian calendar; `None` if there is no such date, or it lies before 1970 or after
    /// 9999.
    pub fn of(year: u32, month: u32, day: u32) -> Option<Self> {
        let it = Self::counted(year, month, day)?;
        (it <= Self::LAST && it.date() == (year, month, day)).then_some(it)
    }

    /// Year, month and day.
    pub fn date(self) -> (u32, u32, u32) {
        // Counted from 0000-03-01, so that the leap day is a year's last one.
        let days = self.0.saturating_add(719_468);
        let (era, of_era) = (days / 146_097, days % 146_097);
        let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        (year + era * 400 + u32::from(month <= 2), month, day)
    }

    fn counted(year: u32, month: u32, day: u32) -> Option<Self> {
        if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return None;
        }
        let year = year - u32::from(month <= 2);
        let (era, of_era) = (year / 400, year % 400);
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year;
        days.checked_sub(719_468).map(Self)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.date();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_has_one_date_and_every_date_one_day() {
        assert_eq!(Day(0).date(), (1970, 1, 1));
        assert_eq!(Day::LAST.date(), (9999, 12, 31));
        assert_eq!(Day::of(2024, 2, 29).map(|it| it.to_string()).as_deref(), Some("2024-02-29"));
        assert_eq!(Day::of(2026, 9, 1), Some(Day(20_697)));
        for number in 0..=Day::LAST.0 {
            let (year, month, day) = Day(number).date();
            assert_eq!(Day::of(year, month, day), Some(Day(number)));
        }
    }

    #[test]
    fn what_is_no_date_is_no_day() {
        for (year, month, day) in [
            (2023, 2, 29),
            (1969, 12, 31),
            (10_000, 1, 1),
            (2024, 0, 1),
            (2024, 13, 1),
            (2024, 4, 31),
            (2024, 1, 0),
        ] {
            assert_eq!(Day::of(year, month, day), None, "{year}-{month}-{day}");
        }
    }
}
