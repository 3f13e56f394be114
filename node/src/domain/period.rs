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
    /// «май 2022 года»
    Month,
    /// «2021/22 учебный год», September to August.
    SchoolYear,
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

    /// A month; `None` for one no calendar has.
    pub fn month(year: i16, month: i8) -> Option<Self> {
        Self::months(year, month, 1, PeriodKind::Month)
    }

    /// The school year that begins in September of `year`.
    pub fn school_year(year: i16) -> Option<Self> {
        Self::months(year, 9, 12, PeriodKind::SchoolYear)
    }

    /// Any days; `None` if they end before they begin.
    pub fn custom(from: Date, to: Date) -> Option<Self> {
        (from <= to).then_some(Self { from, to, kind: PeriodKind::Custom })
    }

    /// The half-year that `day` lies in.
    pub fn half_year_of(day: Date) -> Option<Self> {
        Self::half_year(day.year(), if day.month() <= 6 { Half::First } else { Half::Second })
    }

    /// The key in documents and files: `2022-H1`, `2022-Q3`, `2022`, `2022-05`, `2021/22`, `2022-03-01..2022-05-15`.
    pub fn key(&self) -> String {
        let year = self.from.year();
        match self.kind {
            PeriodKind::HalfYear(Half::First) => format!("{year:04}-H1"),
            PeriodKind::HalfYear(Half::Second) => format!("{year:04}-H2"),
            PeriodKind::Quarter(_) => format!("{year:04}-Q{}", (self.from.month() + 2) / 3),
            PeriodKind::Year => format!("{year:04}"),
            PeriodKind::Month => format!("{year:04}-{:02}", self.from.month()),
            PeriodKind::SchoolYear => format!("{year:04}/{:02}", (year + 1) % 100),
            PeriodKind::Custom => format!("{}..{}", self.from, self.to),
        }
    }

    /// The period of a key; only the form that [`Self::key`] writes.
    pub fn of_key(key: &str) -> Option<Self> {
        let period = match key.split_once("..") {
            Some((from, to)) => Self::custom(from.parse().ok()?, to.parse().ok()?),
            None => {
                let year = key.get(..4)?.parse().ok()?;
                match key.get(4..)? {
                    "" => Self::year(year),
                    "-H1" => Self::half_year(year, Half::First),
                    "-H2" => Self::half_year(year, Half::Second),
                    "-Q1" => Self::quarter(year, Quarter::First),
                    "-Q2" => Self::quarter(year, Quarter::Second),
                    "-Q3" => Self::quarter(year, Quarter::Third),
                    "-Q4" => Self::quarter(year, Quarter::Fourth),
                    rest if rest.starts_with('/') => Self::school_year(year),
                    rest => Self::month(year, rest.strip_prefix('-')?.parse().ok()?),
                }
            }
        };
        period.filter(|it| it.key() == key)
    }

    /// The period of the same kind before it; of any days, as many days before.
    pub fn previous(&self) -> Option<Self> {
        let months = match self.kind {
            PeriodKind::HalfYear(_) => 6,
            PeriodKind::Quarter(_) => 3,
            PeriodKind::Year | PeriodKind::SchoolYear => 12,
            PeriodKind::Month => 1,
            PeriodKind::Custom => {
                let to = self.from.yesterday().ok()?;
                let days = self.to.since(self.from).ok()?.get_days();
                return Self::custom(to.checked_sub(days.days()).ok()?, to);
            }
        };
        let from = self.from.checked_sub(months.months()).ok()?;
        let kind = match self.kind {
            PeriodKind::HalfYear(Half::First) => PeriodKind::HalfYear(Half::Second),
            PeriodKind::HalfYear(Half::Second) => PeriodKind::HalfYear(Half::First),
            PeriodKind::Quarter(Quarter::First) => PeriodKind::Quarter(Quarter::Fourth),
            PeriodKind::Quarter(Quarter::Second) => PeriodKind::Quarter(Quarter::First),
            PeriodKind::Quarter(Quarter::Third) => PeriodKind::Quarter(Quarter::Second),
            PeriodKind::Quarter(Quarter::Fourth) => PeriodKind::Quarter(Quarter::Third),
            kind => kind,
        };
        Self::months(from.year(), from.month(), months, kind)
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
    fn keys_read_back_and_the_period_before_is_of_the_same_kind() {
        let before = |key: &str| {
            let period = Period::of_key(key).unwrap();
            assert_eq!(period.key(), key);
            period.previous().unwrap().key()
        };
        assert_eq!(before("2022-H1"), "2021-H2");
        assert_eq!(before("2022-H2"), "2022-H1");
        assert_eq!(before("2022-Q1"), "2021-Q4");
        assert_eq!(before("2022-Q4"), "2022-Q3");
        assert_eq!(before("2022"), "2021");
        assert_eq!(before("2022-01"), "2021-12");
        assert_eq!(before("2099/00"), "2098/99");
        assert_eq!(before("2022-03-01..2022-03-10"), "2022-02-19..2022-02-28");
        for odd in ["", "22", "2022-H3", "2022-13", "2022-1", "2021/23", "2022-03-02..2022-03-01", "весна"]
        {
            assert_eq!(Period::of_key(odd), None, "{odd}");
        }
    }

    #[test]
    fn a_period_that_cannot_be_is_none() {
        assert_eq!(Period::custom(date(2022, 3, 2), date(2022, 3, 1)), None);
        assert_eq!(Period::year(i16::MAX), None);
    }
}
