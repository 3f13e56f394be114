//! The grammar of dates: days, months, years, quarters, halves and academic years, and ranges of them.

use super::lexer::Kind;
use super::parser::{Cursor, Point, What};
use super::words::month_of;
use super::{Month, Part, YEARS};

impl Cursor<'_> {
    /// What names a stretch of the calendar by itself: an academic year, a quarter, a half-year.
    pub(super) fn calendar_part(&mut self) -> Option<Part> {
        self.attempt(Self::academic_year).or_else(|| self.attempt(Self::part_of_year))
    }

    /// A point or a range of two.
    pub(super) fn span(&mut self) -> Option<What> {
        // «10-15 марта 2022»
        let days = |it: &mut Self| {
            let from = it.bare_day()?;
            it.eat(Kind::Dash)?;
            it.point().filter(|to| to.day.is_some()).map(|to| What::Range(from, to))
        };
        if let Some(days) = self.attempt(days) {
            return Some(days);
        }
        let from = self.point()?;
        let to = |it: &mut Self| {
            it.eat(Kind::Dash).or_else(|| it.eat(Kind::Slash))?;
            it.point().or_else(|| it.attempt(|it| it.short_year(from)))
        };
        Some(self.attempt(to).map_or(What::Point(from), |to| What::Range(from, to)))
    }

    /// A date, a day of a month, a month, a year: with or without what its neighbours may supply.
    pub(super) fn point(&mut self) -> Option<Point> {
        self.attempt(Self::point_in_digits)
            .or_else(|| self.attempt(Self::point_in_words))
            .or_else(|| Some(Point { day: None, month: None, year: Some(self.attempt(Self::year)?) }))
    }

    /// The number of a day whose month comes later.
    pub(super) fn bare_day(&mut self) -> Option<Point> {
        Some(Point { day: Some(self.eat_small(2, 31)?), month: None, year: None })
    }

    /// «2021-09-15», «15.03.2022», «15.03.22», «03.2022», «15.03»
    fn point_in_digits(&mut self) -> Option<Point> {
        let iso = |it: &mut Self| {
            let year = it.full_year()?;
            it.eat(Kind::Dash)?;
            let month = it.eat_small(2, 12)?;
            it.eat(Kind::Dash)?;
            Some(Point { day: Some(it.eat_small(2, 31)?), month: Some(month), year: Some(year) })
        };
        let full = |it: &mut Self| {
            let day = it.eat_small(2, 31)?;
            it.eat(Kind::Stop)?;
            let month = it.eat_small(2, 12)?;
            it.eat(Kind::Stop)?;
            let year = it.full_year().or_else(|| it.eat_number(2, 0, 99).map(|it| 2000 + it))?;
            it.year_suffix();
            Some(Point { day: Some(day), month: Some(month), year: Some(year) })
        };
        let month = |it: &mut Self| {
            let month = it.eat_small(2, 12)?;
            it.eat(Kind::Stop)?;
            Some(Point { day: None, month: Some(month), year: Some(it.year()?) })
        };
        // Two digits each, or «1.1» would be a date.
        let day = |it: &mut Self| {
            let two = |kind| matches!(kind, Some(Kind::Number { digits: 2, .. }));
            if !two(it.peek(0).map(|it| it.kind)) || !two(it.peek(2).map(|it| it.kind)) {
                return None;
            }
            let day = it.eat_small(2, 31)?;
            it.eat(Kind::Stop)?;
            Some(Point { day: Some(day), month: Some(it.eat_small(2, 12)?), year: None })
        };
        self.attempt(iso)
            .or_else(|| self.attempt(full))
            .or_else(|| self.attempt(month))
            .or_else(|| self.attempt(day))
    }

    /// «17 марта 2022 г.», «Март 2022», «сент. 2022», «июнь»
    fn point_in_words(&mut self) -> Option<Point> {
        let day = self.eat_small(2, 31);
        let is_short = self.peek(0)?.word.chars().count() <= SHORT_LETTERS_MAX;
        let month = self.eat_as(month_of)?;
        let year = self.attempt(|it| {
            if is_short {
                it.eat(Kind::Stop);
            }
            it.year()
        });
        Some(Point { day, month: Some(month), year })
    }

    /// «2022», «2022г», «2022 г.», «2022 году», «2021-23г.г.» from its second number
    fn year(&mut self) -> Option<i16> {
        let year = self.full_year()?;
        self.year_suffix();
        Some(year)
    }

    /// The «23г.г.» of «2021-23г.г.».
    fn short_year(&mut self, from: Point) -> Option<Point> {
        let first = from.year.filter(|_| from.month.is_none())?;
        let last = first - first % 100 + self.eat_number(2, 0, 99)?;
        self.year_suffix();
        (last > first).then_some(Point { day: None, month: None, year: Some(last) })
    }

    fn full_year(&mut self) -> Option<i16> {
        self.eat_number(4, *YEARS.start(), *YEARS.end())
    }

    fn year_suffix(&mut self) {
        if self.eat_word(YEAR_WORDS).is_some() {
            return;
        }
        while self.eat_word(&["г", "гг"]).is_some() {
            self.eat(Kind::Stop);
        }
    }

    /// «2021-22 уч.г.», «2022-2023 учебный год»
    fn academic_year(&mut self) -> Option<Part> {
        let first = self.full_year()?;
        self.eat(Kind::Dash).or_else(|| self.eat(Kind::Slash))?;
        let last = self.full_year().or_else(|| self.eat_number(2, 0, 99))?;
        self.eat_as(|it| it.starts_with("уч").then_some(()))?;
        self.eat(Kind::Stop);
        self.year_suffix();
        ((first + 1) % 100 == last % 100).then_some(Part::AcademicYear(first))
    }

    /// «IV квартал 2026 года», «I – II кварталы 2022», «1-е полугодие 2022»; without a year it comes back every year.
    fn part_of_year(&mut self) -> Option<Part> {
        let first = self.ordinal()?;
        let last = self.attempt(|it| {
            it.eat(Kind::Dash)?;
            it.ordinal()
        });
        let is_quarter = |word: &str| word.starts_with("квартал") || word == "кв";
        let months = self.eat_as(|it| match it {
            it if is_quarter(it) => Some(3),
            it if it.starts_with("полугоди") => Some(6),
            _ => None,
        })?;
        self.eat(Kind::Stop);
        let last = last.unwrap_or(first);
        if first > last || last * months > 12 {
            return None;
        }
        let (from, to) = (first * months - months + 1, last * months);
        let Some(year) = self.attempt(Self::year) else { return Some(Part::YearlyRange(from, to)) };
        if months == 3 && first == last {
            return Some(Part::Quarter(year, first));
        }
        Some(Part::MonthRange(Month::new(year, from)?, Month::new(year, to)?))
    }

    /// «IV», «4», «4-й»
    fn ordinal(&mut self) -> Option<i8> {
        let roman = |word: &str| {
            let position = ["i", "ii", "iii", "iv"].iter().position(|it| *it == word)?;
            i8::try_from(position + 1).ok()
        };
        let ordinal = self.eat_as(roman).or_else(|| self.eat_small(1, 4))?;
        self.attempt(|it| {
            it.eat(Kind::Dash);
            it.eat_word(&["й", "ый", "ий", "е", "ое", "ом", "м", "го"])
        });
        Some(ordinal)
    }

    fn eat_small(&mut self, digits_max: usize, high: i16) -> Option<i8> {
        self.attempt(|it| i8::try_from(it.eat_number(digits_max, 1, high)?).ok())
    }
}

/// «сент», «нояб», «февр»: the longest words that take a full stop because they are cut short.
const SHORT_LETTERS_MAX: usize = 4;

const YEAR_WORDS: &[&str] = &["год", "года", "году", "годом", "годы", "годов", "годах", "годам"];
