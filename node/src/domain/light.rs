//! The light of an item for one organisation: how its execution stands against its term, today.
//!
//! One status is kept per item, also where the term recurs. Rules:
//!
//! - an item that needs no date never becomes overdue, whatever is reported of it;
//! - a report of «done» on a day settles the occurrence that runs on that day and all before it (at least the first
//!   one); the light then follows the next occurrence. «Done» without a day settles them all: nobody said otherwise;
//! - what is moved is due on the new day; what is done in part, cancelled or not applicable waits for nobody;
//! - done without a word about the result is told apart: it counts, and it proves nothing.
//!
//! Pure: today is an argument.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::execution::{Execution, ExecutionField, Status};
use super::schedule::{Instance, Schedule, Window};

/// How an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum LightKind {
    /// Its day has passed.
    Overdue,
    /// It is due within [`SOON_DAYS`].
    Soon,
    /// Under way.
    Running,
    /// Its day is far.
    NotDue,
    /// Moved to another day.
    Moved,
    /// Done in part.
    Partially,
    /// Done, and nothing said about the result.
    DoneWithoutEvidence,
    /// Done.
    Done,
    /// It has no term, or its term was not understood.
    Undated,
    /// It waits for a request or for another event.
    OnRequest,
    /// The condition did not occur.
    NotApplicable,
    /// Given up.
    Cancelled,
}

/// The light of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Light {
    /// How it stands.
    pub kind: LightKind,
    /// The day it is about: when it is or was due, when it was done, where it was moved.
    pub date: Option<Date>,
}

/// How many days before its day an item begins to warn: «Март 2022» from the 17th.
pub const SOON_DAYS: i32 = 14;

/// The light of an item. Without a window, what recurs is looked at within this year.
pub fn light(
    schedule: &Schedule,
    window: Option<Window>,
    execution: Option<&Execution>,
    today: Date,
) -> Light {
    let status = execution.map_or(Status::Planned, Execution::status);
    let day = execution.and_then(|it| it.text(ExecutionField::Date).trim().parse().ok());
    let window = window.unwrap_or_else(|| Window::years(today.year(), today.year()));
    let instances = schedule.instances(Some(window));
    let kind_of = |kind, date| Light { kind, date };
    match status {
        Status::Cancelled => kind_of(LightKind::Cancelled, None),
        Status::NotApplicable => kind_of(LightKind::NotApplicable, None),
        Status::Partially => kind_of(LightKind::Partially, day),
        Status::Done => {
            let is_proved = execution.is_some_and(|it| !it.text(ExecutionField::Result).trim().is_empty());
            let done = if is_proved { LightKind::Done } else { LightKind::DoneWithoutEvidence };
            match first_open(&instances, day) {
                Some(due) if schedule.needs_date() => approaching(due, today, kind_of(done, day)),
                _ => kind_of(done, day),
            }
        }
        Status::Moved => match day {
            Some(due) if schedule.needs_date() => approaching(due, today, kind_of(LightKind::Moved, day)),
            _ => kind_of(LightKind::Moved, day),
        },
        Status::InProgress | Status::Planned => {
            let is_running = status == Status::InProgress;
            match instances.first().filter(|_| schedule.needs_date()).map(|it| it.due) {
                Some(due) if is_running && due >= today => kind_of(LightKind::Running, Some(due)),
                Some(due) => approaching(due, today, kind_of(LightKind::NotDue, Some(due))),
                None if is_running => kind_of(LightKind::Running, None),
                None if schedule.is_on_demand() => kind_of(LightKind::OnRequest, None),
                None => kind_of(LightKind::Undated, None),
            }
        }
    }
}

/// The due day of the first occurrence that a report of this day leaves open.
fn first_open(instances: &[Instance], done: Option<Date>) -> Option<Date> {
    let done = done?;
    instances.iter().skip(1).find(|it| it.from > done).map(|it| it.due)
}

/// Overdue or soon by its due day; otherwise what it is when its day is far.
fn approaching(due: Date, today: Date, far: Light) -> Light {
    let days = (due - today).get_days();
    let kind = match days {
        ..0 => LightKind::Overdue,
        0..=SOON_DAYS => LightKind::Soon,
        _ => return far,
    };
    Light { kind, date: Some(due) }
}

impl LightKind {
    /// All of them, the most urgent first.
    pub const ALL: [Self; 12] = [
        Self::Overdue,
        Self::Soon,
        Self::Running,
        Self::NotDue,
        Self::Moved,
        Self::Partially,
        Self::DoneWithoutEvidence,
        Self::Done,
        Self::Undated,
        Self::OnRequest,
        Self::NotApplicable,
        Self::Cancelled,
    ];

    /// Its sign, different for each: a light is never told by its colour alone.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Overdue => "!",
            Self::Soon => "◔",
            Self::Running => "◐",
            Self::NotDue => "○",
            Self::Moved => "→",
            Self::Partially => "◑",
            Self::DoneWithoutEvidence => "✓?",
            Self::Done => "✓",
            Self::Undated => "·",
            Self::OnRequest => "—",
            Self::NotApplicable => "∅",
            Self::Cancelled => "×",
        }
    }

    /// The message of the catalogue that says it in a word.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Overdue => "light-overdue",
            Self::Soon => "light-soon",
            Self::Running => "light-running",
            Self::NotDue => "light-not-due",
            Self::Moved => "light-moved",
            Self::Partially => "light-partially",
            Self::DoneWithoutEvidence => "light-done-without-evidence",
            Self::Done => "light-done",
            Self::Undated => "light-undated",
            Self::OnRequest => "light-on-request",
            Self::NotApplicable => "light-not-applicable",
            Self::Cancelled => "light-cancelled",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::civil::date;
    use svod_shared::id::ChangeHash;

    use super::*;
    use crate::domain::field::{Field, OpName, Variant};

    fn execution(status: Status, day: &str, result: &str) -> Execution {
        let field = |value: &str| {
            let shown = Variant {
                value: value.to_owned(),
                op: OpName("1@aa".to_owned()),
                change: ChangeHash([0; 32]),
                time: 0,
            };
            Field { shown: Some(shown), others: Vec::new() }
        };
        let fields = [
            (ExecutionField::Status, field(status.key())),
            (ExecutionField::Date, field(day)),
            (ExecutionField::Result, field(result)),
        ];
        Execution { fields: fields.into() }
    }

    fn check(term: &str, report: Option<(Status, &str)>, today: Date, kind: LightKind, day: &str) {
        let window = Window::parse("2021-23г.г.");
        let schedule = Schedule::parse(term, window);
        let execution = report.map(|(status, day)| execution(status, day, "протокол"));
        let light = light(&schedule, window, execution.as_ref(), today);
        let expected = Light { kind, date: day.parse().ok() };
        assert_eq!(light, expected, "{term:?} {report:?} on {today}");
    }

    #[test]
    fn a_month_warns_from_its_seventeenth_day_and_is_overdue_after_its_last() {
        let on = |day, kind| check("Март 2022", None, date(2022, 3, day), kind, "2022-03-31");
        on(16, LightKind::NotDue);
        on(17, LightKind::Soon);
        on(31, LightKind::Soon);
        check("Март 2022", None, date(2022, 4, 1), LightKind::Overdue, "2022-03-31");
    }

    #[test]
    fn what_needs_no_date_is_never_overdue() {
        let late = date(2030, 1, 1);
        check("По мере запроса", None, late, LightKind::OnRequest, "");
        check("В соответствии с планом проведения", None, late, LightKind::OnRequest, "");
        check("", None, late, LightKind::Undated, "");
        check("после отпуска", None, late, LightKind::Undated, "");
        check("По мере запроса", Some((Status::InProgress, "")), late, LightKind::Running, "");
        check("", Some((Status::Moved, "2022-05-01")), late, LightKind::Moved, "2022-05-01");
        check("По мере запроса", Some((Status::Done, "2022-05-01")), late, LightKind::Done, "2022-05-01");
    }

    #[test]
    fn what_is_moved_is_due_on_the_new_day() {
        let moved = Some((Status::Moved, "2022-05-20"));
        check("Март 2022", moved, date(2022, 4, 15), LightKind::Moved, "2022-05-20");
        check("Март 2022", moved, date(2022, 5, 6), LightKind::Soon, "2022-05-20");
        check("Март 2022", moved, date(2022, 5, 21), LightKind::Overdue, "2022-05-20");
        check("Март 2022", Some((Status::Moved, "скоро")), date(2022, 5, 21), LightKind::Moved, "");
    }

    #[test]
    fn a_single_term_that_is_done_stays_done() {
        for day in ["2022-02-01", "2022-03-20", "2023-07-01", ""] {
            check("Март 2022", Some((Status::Done, day)), date(2030, 1, 1), LightKind::Done, day);
        }
    }

    #[test]
    fn a_recurring_term_is_due_again_after_the_occurrence_that_was_reported() {
        let july = Some((Status::Done, "2022-07-20"));
        check("ежемесячно", july, date(2022, 8, 1), LightKind::Done, "2022-07-20");
        check("ежемесячно", july, date(2022, 8, 17), LightKind::Soon, "2022-08-31");
        check("ежемесячно", july, date(2022, 9, 1), LightKind::Overdue, "2022-08-31");
        check("ежемесячно", None, date(2021, 1, 20), LightKind::Soon, "2021-01-31");
        check(
            "ежемесячно",
            Some((Status::Done, "2023-12-05")),
            date(2030, 1, 1),
            LightKind::Done,
            "2023-12-05",
        );
        check("ежемесячно", Some((Status::Done, "")), date(2022, 9, 1), LightKind::Done, "");
        let june = Some((Status::Done, "2021-06-11"));
        check("Июнь, декабрь 2021", june, date(2021, 12, 20), LightKind::Soon, "2021-12-31");
        check("Июнь, декабрь 2021", june, date(2022, 1, 1), LightKind::Overdue, "2021-12-31");
    }

    #[test]
    fn what_runs_is_overdue_only_after_its_day() {
        let running = Some((Status::InProgress, ""));
        check("Март 2022", running, date(2022, 3, 30), LightKind::Running, "2022-03-31");
        check("Март 2022", running, date(2022, 4, 1), LightKind::Overdue, "2022-03-31");
    }

    #[test]
    fn what_is_given_up_or_partial_waits_for_nobody() {
        let late = date(2030, 1, 1);
        check("Март 2022", Some((Status::Cancelled, "")), late, LightKind::Cancelled, "");
        check("Март 2022", Some((Status::NotApplicable, "")), late, LightKind::NotApplicable, "");
        check("Март 2022", Some((Status::Partially, "2022-03-30")), late, LightKind::Partially, "2022-03-30");
    }

    #[test]
    fn done_without_a_result_is_told_apart() {
        let schedule = Schedule::parse("Март 2022", None);
        let silent = execution(Status::Done, "2022-03-20", " ");
        let light = light(&schedule, None, Some(&silent), date(2022, 4, 1));
        assert_eq!(light.kind, LightKind::DoneWithoutEvidence);
    }

    #[test]
    fn every_light_has_its_own_sign_and_message() {
        let signs: BTreeSet<_> = LightKind::ALL.iter().map(|it| it.sign()).collect();
        let messages: BTreeSet<_> = LightKind::ALL.iter().map(|it| it.message()).collect();
        assert_eq!((signs.len(), messages.len()), (LightKind::ALL.len(), LightKind::ALL.len()));
    }
}
