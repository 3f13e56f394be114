//! What became of the occurrences of an item that are due in the period.

use jiff::civil::Date;

use crate::domain::execution::{Execution, ExecutionField, Status};
use crate::domain::period::Period;
use crate::domain::schedule::{Instance, Schedule, Window};
use crate::reports::model::PeriodState;

/// The state of an item that is due in the period, on the report's day.
pub(super) fn state(
    schedule: &Schedule,
    window: Window,
    execution: Option<&Execution>,
    period: &Period,
    today: Date,
) -> PeriodState {
    let status = execution.map_or(Status::Planned, Execution::status);
    let day = execution.and_then(|it| it.text(ExecutionField::Date).trim().parse::<Date>().ok());
    let instances = schedule.instances(Some(window));
    // Like the light: a report of an early day settles the first occurrence in any case.
    let first = instances.first().copied();
    let is_open = |it: &Instance| match (status, day) {
        (Status::Done, None) => false,
        (Status::Done, Some(done)) => it.from > done && Some(*it) != first,
        _ => true,
    };
    let open = instances.iter().filter(|it| period.contains(it.due)).find(|it| is_open(it)).map(|it| it.due);
    match status {
        Status::Partially => PeriodState::Partially,
        Status::Cancelled => PeriodState::Cancelled,
        Status::NotApplicable => PeriodState::NotApplicable,
        Status::Moved => day.filter(|it| *it < today).map_or(PeriodState::Moved, PeriodState::Overdue),
        Status::Planned | Status::InProgress | Status::Done => match open {
            Some(due) if due < today => PeriodState::Overdue(due),
            Some(_) => PeriodState::Ahead,
            None if execution.is_some_and(has_result) => PeriodState::Done,
            None => PeriodState::DoneWithoutEvidence,
        },
    }
}

fn has_result(execution: &Execution) -> bool {
    !execution.text(ExecutionField::Result).trim().is_empty()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::period::Half;
    use crate::reports::sample::execution;

    const OVERDUE_JUNE: PeriodState = PeriodState::Overdue(date(2022, 6, 30));

    fn check(term: &str, report: Option<(Status, &str)>, today: Date, expected: PeriodState) {
        let window = Window::years(2021, 2023);
        let schedule = Schedule::parse(term, Some(window));
        let execution = report.map(|(status, day)| execution(status, day, "протокол", ""));
        let period = Period::half_year(2022, Half::First).unwrap();
        let state = state(&schedule, window, execution.as_ref(), &period, today);
        assert_eq!(state, expected, "{term:?} {report:?} on {today}");
    }

    #[test]
    fn what_nobody_reported_is_ahead_until_its_day_has_passed() {
        check("Июнь 2022", None, date(2022, 6, 30), PeriodState::Ahead);
        check("Июнь 2022", None, date(2022, 7, 1), OVERDUE_JUNE);
        check("Июнь 2022", Some((Status::InProgress, "")), date(2022, 7, 1), OVERDUE_JUNE);
    }

    #[test]
    fn a_report_of_an_earlier_occurrence_says_nothing_of_this_one() {
        let december = Some((Status::Done, "2021-12-20"));
        check("Декабрь 2021, Июнь 2022", december, date(2022, 7, 1), OVERDUE_JUNE);
        check("Декабрь 2021, Июнь 2022", december, date(2022, 5, 1), PeriodState::Ahead);
        check(
            "Декабрь 2021, Июнь 2022",
            Some((Status::Done, "2022-06-02")),
            date(2022, 7, 1),
            PeriodState::Done,
        );
    }

    #[test]
    fn a_later_occurrence_does_not_undo_what_was_done_in_the_period() {
        let june = Some((Status::Done, "2022-06-02"));
        check("Июнь 2022, Декабрь 2022", june, date(2023, 2, 1), PeriodState::Done);
        check("ежемесячно", Some((Status::Done, "2022-06-15")), date(2022, 9, 1), PeriodState::Done);
        check("ежемесячно", Some((Status::Done, "2022-05-15")), date(2022, 9, 1), OVERDUE_JUNE);
    }

    #[test]
    fn done_ahead_of_time_or_without_a_day_is_done() {
        check("Июнь 2022", Some((Status::Done, "2021-11-01")), date(2022, 7, 1), PeriodState::Done);
        check("ежемесячно", Some((Status::Done, "")), date(2022, 7, 1), PeriodState::Done);
    }

    #[test]
    fn what_is_moved_is_late_after_the_new_day() {
        let moved = Some((Status::Moved, "2022-09-10"));
        check("Июнь 2022", moved, date(2022, 7, 1), PeriodState::Moved);
        check("Июнь 2022", moved, date(2022, 9, 11), PeriodState::Overdue(date(2022, 9, 10)));
        check("Июнь 2022", Some((Status::Moved, "")), date(2022, 9, 11), PeriodState::Moved);
    }

    #[test]
    fn what_waits_for_nobody_keeps_its_word() {
        let late = date(2030, 1, 1);
        check("Июнь 2022", Some((Status::Partially, "")), late, PeriodState::Partially);
        check("Июнь 2022", Some((Status::Cancelled, "")), late, PeriodState::Cancelled);
        check("Июнь 2022", Some((Status::NotApplicable, "")), late, PeriodState::NotApplicable);
    }

    #[test]
    fn done_without_a_word_about_the_result_is_told_apart() {
        let window = Window::years(2022, 2022);
        let schedule = Schedule::parse("Июнь 2022", Some(window));
        let period = Period::half_year(2022, Half::First).unwrap();
        let silent = execution(Status::Done, "2022-06-10", " ", "");
        let state = state(&schedule, window, Some(&silent), &period, date(2022, 7, 1));
        assert_eq!(state, PeriodState::DoneWithoutEvidence);
    }
}
