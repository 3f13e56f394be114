//! The period that a section's heading ends with: «1 этап. Вводный Сентябрь 2021», «…«Поиск»(2021-22 уч.г.)».

use super::{Part, Schedule, TERM_BYTES_MAX};

impl Schedule {
    /// Reads the longest end of a heading that is a period and nothing else. A bare year is none: names of events end
    /// with one. The heading itself is kept by whoever prints it.
    pub fn of_heading(heading: &str) -> Option<Self> {
        if heading.len() > TERM_BYTES_MAX {
            return None;
        }
        let starts = heading.char_indices().filter(|(_, it)| it.is_whitespace() || matches!(it, '(' | '»'));
        let ends = starts.filter_map(|(at, _)| heading.get(at..));
        ends.rev().take(WORDS_MAX).filter_map(period).last()
    }
}

fn period(end: &str) -> Option<Schedule> {
    let schedule = Schedule::parse(end.trim(), None);
    let is_period = |it: &Part| {
        matches!(
            it,
            Part::Month(_)
                | Part::MonthRange(..)
                | Part::Quarter(..)
                | Part::YearRange(..)
                | Part::AcademicYear(_)
                | Part::Days(..)
        )
    };
    (schedule.issues.is_empty() && matches!(schedule.parts.as_slice(), [one] if is_period(one)))
        .then_some(schedule)
}

/// «с сентября 2021 года по февраль 2022 года» has eight words.
const WORDS_MAX: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_headings_of_the_stages_say_their_periods() {
        let check = |heading: &str, expected: Option<&str>| {
            let read = Schedule::of_heading(heading).map(|it| it.canonical());
            assert_eq!(read.as_deref(), expected, "{heading}");
        };
        check("1 этап. Вводный Сентябрь 2021", Some("2021-09"));
        check("1 этап. Вводный.", None);
        let conference =
            "2 этап. Муниципальная образовательная конференция «Инновационный поиск»(2021-22 уч.г.)";
        check(conference, Some("2021-09/2022-08"));
        let contest = "3 этап. Муниципальный образовательный конкурс «Инновационный поиск»(2022-23уч.г.)";
        check(contest, Some("2022-09/2023-08"));
        check("4 этап. Краевые образовательные конкурсы »(2023-24 уч.г.)", Some("2023-09/2024-08"));
        check("Подготовка с ноября 2021 по февраль 2022", Some("2021-11/2022-02"));
        check("Конкурс «Инновационный поиск 2023»", None);
        check("Нормативно-правовое обеспечение деятельности", None);
        check("", None);
    }
}
