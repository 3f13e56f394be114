//! A term in the words of EDTF and iCalendar: one spelling for whatever people wrote, for tests, search and exchange.

use super::{Demand, Moment, Part, Schedule};

impl Schedule {
    /// `2021-11/2022-02`, `{2021-06,2021-12}`, `FREQ=YEARLY;BYMONTH=4,9 + AsNeeded`; the parts of a list stand apart by
    /// `; `. A term that was not understood is `?`.
    pub fn canonical(&self) -> String {
        if self.parts.is_empty() {
            return "?".to_owned();
        }
        let parts: Vec<_> = self.parts.iter().map(Part::canonical).collect();
        let demand = self.demand.map(|it| format!(" + {}", it.canonical())).unwrap_or_default();
        parts.join("; ") + &demand
    }
}

impl Part {
    fn canonical(&self) -> String {
        match self {
            Self::Day(day) => day.to_string(),
            Self::Days(from, to) => format!("{from}/{to}"),
            Self::Month(month) => month.to_string(),
            Self::MonthRange(from, to) => format!("{from}/{to}"),
            Self::MonthSet(months) => format!("{{{}}}", join(months)),
            // EDTF counts quarters from 33.
            Self::Quarter(year, quarter) => format!("{year:04}-{}", i16::from(*quarter) + 32),
            Self::Year(year) => format!("{year:04}"),
            Self::YearRange(first, last) => format!("{first:04}/{last:04}"),
            Self::AcademicYear(year) => format!("{year:04}-09/{:04}-08", year.saturating_add(1)),
            Self::Monthly => "FREQ=MONTHLY".to_owned(),
            Self::Quarterly => "FREQ=MONTHLY;INTERVAL=3".to_owned(),
            Self::Yearly(months) if months.is_empty() => "FREQ=YEARLY".to_owned(),
            Self::Yearly(months) => format!("FREQ=YEARLY;BYMONTH={}", join(months)),
            Self::YearlyRange(from, to) => format!("FREQ=YEARLY;BYMONTH={from}/{to}"),
            Self::Throughout => "../..".to_owned(),
            Self::OnDemand(demand) => demand.canonical().to_owned(),
            Self::RelativeToPlan => "RelativeToPlan".to_owned(),
            Self::Deadline(day) => format!("../{day}"),
            Self::Since(Moment::Year(year)) => format!("{year:04}/.."),
            Self::Since(Moment::Month(month)) => format!("{month}/.."),
            Self::Since(Moment::Day(day)) => format!("{day}/.."),
            Self::Undated => "null".to_owned(),
        }
    }
}

impl Demand {
    const fn canonical(self) -> &'static str {
        match self {
            Self::OnRequest => "OnDemand",
            Self::AsNeeded => "AsNeeded",
        }
    }
}

fn join<T: ToString>(items: &[T]) -> String {
    items.iter().map(T::to_string).collect::<Vec<_>>().join(",")
}
