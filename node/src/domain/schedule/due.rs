//! When something is due: the days that a term names, and those its rhythm gives within the plan's window.

use jiff::civil::Date;

use super::window::{first_day_of, last_day_of};
use super::{Month, Part, Schedule, Window};

/// One occurrence: it can be done from its first day and is due on its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instance {
    /// The last day, when it is due.
    pub due: Date,
    /// The first day.
    pub from: Date,
}

impl Schedule {
    /// Every occurrence, by due date, one for each. What recurs needs the window to be expanded; without one it
    /// gives nothing.
    pub fn instances(&self, window: Option<Window>) -> Vec<Instance> {
        let mut instances: Vec<_> = self.parts.iter().flat_map(|it| it.instances(window)).collect();
        instances.sort();
        instances.dedup_by_key(|it| it.due);
        instances.truncate(INSTANCES_MAX);
        instances
    }

    /// The days on which something is due, ascending. A month is due on its last day.
    pub fn due_dates(&self, window: Option<Window>) -> Vec<Date> {
        self.instances(window).into_iter().map(|it| it.due).collect()
    }
}

impl Part {
    /// The first and last days of what it names by date. Nothing for what recurs or waits for something.
    pub(super) fn extents(&self) -> Vec<(Date, Date)> {
        let months = |from: Month, to: Month| vec![(from.first_day(), to.last_day())];
        match self {
            Self::Day(day) | Self::Deadline(day) => vec![(*day, *day)],
            Self::Days(from, to) => vec![(*from, *to)],
            Self::Month(month) => months(*month, *month),
            Self::MonthRange(from, to) => months(*from, *to),
            Self::MonthSet(set) => set.iter().map(|it| (it.first_day(), it.last_day())).collect(),
            Self::Quarter(year, quarter) => Month::new(*year, quarter.saturating_mul(3).saturating_sub(2))
                .map(|it| months(it, it.plus(2)))
                .unwrap_or_default(),
            Self::Year(year) => vec![(first_day_of(*year), last_day_of(*year))],
            Self::YearRange(first, last) => vec![(first_day_of(*first), last_day_of(*last))],
            Self::AcademicYear(year) => {
                Month::new(*year, 9).map(|it| months(it, it.plus(11))).unwrap_or_default()
            }
            Self::Monthly
            | Self::Quarterly
            | Self::Yearly(_)
            | Self::YearlyRange(..)
            | Self::Throughout
            | Self::OnDemand(_)
            | Self::RelativeToPlan
            | Self::Since(_)
            | Self::Undated => Vec::new(),
        }
    }

    fn instances(&self, window: Option<Window>) -> Vec<Instance> {
        let Some(window) = window else { return self.dated() };
        // The months in which an occurrence ends, and how many months it lasts.
        let (ends, length): (fn(&Self, Month) -> bool, i32) = match self {
            Self::Monthly => (|_, _| true, 1),
            Self::Quarterly => (|_, it| it.month() % 3 == 0, 3),
            Self::Yearly(months) if months.is_empty() => (|_, it| it.month() == 12, 12),
            Self::Yearly(_) => (|part, it| matches!(part, Self::Yearly(m) if m.contains(&it.month())), 1),
            Self::YearlyRange(from, to) => {
                let length = (i32::from(*to) - i32::from(*from)).rem_euclid(12) + 1;
                (|part, it| matches!(part, Self::YearlyRange(_, to) if *to == it.month()), length)
            }
            Self::Throughout => return vec![Instance { from: window.from(), due: window.to() }],
            _ => return self.dated(),
        };
        let instance = |it: Month| Instance { from: it.plus(1 - length).first_day(), due: it.last_day() };
        window.months().filter(|it| ends(self, *it)).map(instance).collect()
    }

    fn dated(&self) -> Vec<Instance> {
        self.extents().into_iter().map(|(from, due)| Instance { from, due }).collect()
    }
}

/// Every month of the longest window.
const INSTANCES_MAX: usize = 600;
