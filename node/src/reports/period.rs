//! The period a report is about.

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Days from `from` to `to`, both included, and how the period is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Period {
    from: Date,
    to: Date,
    kind: PeriodKind,
}

/// How a period is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PeriodKind {
    /// «I полугодие 2022 года»
    HalfYear(Half),
    /// «III квартал 2022 года»
    Quarter(Quarter),
    /// «2022 год»
    Year,
    /// «с 1 марта по 15 мая 2022 г.»
    Custom,
}

/// A half of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Half {
    /// January to June.
    First,
    /// July to December.
    Second,
}

/// A quarter of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Quarter {
    /// January to March.
    First,
    /// April to June.
    Second,
    /// July to September.
    Third,
    /// October to December.
    Fourth,
}

impl Period {
    /// Half a year; `None` for a year no calendar has.
    pub fn half_year(year: i16, half: Half) -> Option<Self> {
        let first = match half {
            Half::First => 1,
            Half::Second => 7,
        };
        Self::months(year, first, 6, PeriodKind::HalfYear(half))
    }

    /// A quarter; `None` for a year no calendar has.
    pub fn quarter(year: i16, quarter: Quarter) -> Option<Self> {
        let first = match quarter {
            Quarter::First => 1,
            Quarter::Second => 4,
            Quarter::Third => 7,
            Quarter::Fourth => 10,
        };
        Self::months(year, first, 3, PeriodKind::Quarter(quarter))
    }

    /// A year; `None` for one no calendar has.
    pub fn year(year: i16) -> Option<Self> {
        Self::months(year, 1, 12, PeriodKind::Year)
    }

    /// Any days; `None` if they end before they begin.
    pub fn custom(from: Date, to: Date) -> Option<Self> {
        (from <= to).then_some(Self { from, to, kind: PeriodKind::Custom })
    }

    /// The half-year that `day` lies in.
    pub fn half_year_of(day: Date) -> Option<Self> {
        Self::half_year(day.year(), if day.month() <= 6 { Half::First } else { Half::Second })
    }

    /// The first day.
    pub fn from(&self) -> Date {
        self.from
    }

    /// The last day.
    pub fn to(&self) -> Date {
        self.to
    }

    /// How it is called.
    pub fn kind(&self) -> PeriodKind {
        self.kind
    }

    /// Whether `day` lies in it.
    pub fn contains(&self, day: Date) -> bool {
        self.from <= day && day <= self.to
    }

    fn months(year: i16, first: i8, count: i32, kind: PeriodKind) -> Option<Self> {
        let from = Date::new(year, first, 1).ok()?;
        let to = from.checked_add(count.months()).ok()?.yesterday().ok()?;
        Some(Self { from, to, kind })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn check(period: Option<Period>, expected: (Date, Date)) {
        let period = period.unwrap();
        assert_eq!((period.from(), period.to()), expected);
        assert!(period.contains(expected.0) && period.contains(expected.1));
        assert!(!period.contains(expected.0.yesterday().unwrap()));
        assert!(!period.contains(expected.1.tomorrow().unwrap()));
    }

    #[test]
    fn periods_begin_and_end_with_their_months() {
        check(Period::half_year(2022, Half::First), (date(2022, 1, 1), date(2022, 6, 30)));
        check(Period::half_year(2022, Half::Second), (date(2022, 7, 1), date(2022, 12, 31)));
        check(Period::quarter(2024, Quarter::First), (date(2024, 1, 1), date(2024, 3, 31)));
        check(Period::year(2022), (date(2022, 1, 1), date(2022, 12, 31)));
        check(Period::half_year_of(date(2022, 6, 30)), (date(2022, 1, 1), date(2022, 6, 30)));
        check(Period::half_year_of(date(2022, 7, 1)), (date(2022, 7, 1), date(2022, 12, 31)));
        check(Period::custom(date(2022, 3, 1), date(2022, 3, 1)), (date(2022, 3, 1), date(2022, 3, 1)));
    }

    #[test]
    fn a_period_that_cannot_be_is_none() {
        assert_eq!(Period::custom(date(2022, 3, 2), date(2022, 3, 1)), None);
        assert_eq!(Period::year(i16::MAX), None);
    }
}
