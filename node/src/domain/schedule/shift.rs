//! Terms and periods moved by whole years, for the plan of the next year: the words stay, the years change.

use super::YEARS;

/// The text with every year so many later: «Ноябрь 2021-февраль 2022», «15.03.2022», «2021-23г.г.», «(2021-22 уч.г.)».
/// What names no year, «ежемесячно» or «по мере запроса», stays as it is; a year that a plan may not name does too.
pub fn shift_years(text: &str, years: i16) -> String {
    let mut shifted = String::with_capacity(text.len());
    let mut rest = text;
    let mut after_year = false;
    while let Some(start) = rest.find(|it: char| it.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let length = from.find(|it: char| !it.is_ascii_digit()).unwrap_or(from.len());
        let (digits, after) = from.split_at(length);
        // The second year of a range is often cut to two digits, with nothing but a dash or a stroke before it.
        let is_short = after_year && length == 2 && matches!(before, "-" | "–" | "—" | "/");
        shifted.push_str(before);
        shifted.push_str(&moved(digits, years, is_short).unwrap_or_else(|| digits.to_owned()));
        after_year = is_year(digits);
        rest = after;
    }
    shifted.push_str(rest);
    shifted
}

/// The text with the years in its quoted names moved: «Инновационный поиск 2023», and not the date of an act outside of
/// them.
pub fn shift_names(text: &str, years: i16) -> String {
    let mut pieces = text.split_inclusive(['«', '»']);
    let mut depth = 0_usize;
    pieces.by_ref().fold(String::with_capacity(text.len()), |mut whole, piece| {
        whole.push_str(&if depth > 0 { shift_years(piece, years) } else { piece.to_owned() });
        depth = match piece.chars().last() {
            Some('«') => depth + 1,
            Some('»') => depth.saturating_sub(1),
            _ => depth,
        };
        whole
    })
}

/// The heading of a section with the period at its end moved, and with it the years of quoted names.
pub fn shift_heading(heading: &str, years: i16) -> String {
    let end = super::Schedule::of_heading(heading).map(|it| it.raw).unwrap_or_default();
    match heading.strip_suffix(end.as_str()) {
        Some(head) if !end.is_empty() => shift_names(head, years) + &shift_years(&end, years),
        _ => shift_names(heading, years),
    }
}

fn is_year(digits: &str) -> bool {
    digits.len() == 4 && digits.parse().is_ok_and(|it| YEARS.contains(&it))
}

fn moved(digits: &str, years: i16, is_short: bool) -> Option<String> {
    if is_short {
        let year: i16 = digits.parse().ok()?;
        return Some(format!("{:02}", (year + years).rem_euclid(100)));
    }
    let year: i16 = digits.parse().ok().filter(|_| is_year(digits))?;
    year.checked_add(years).filter(|it| YEARS.contains(it)).map(|it| it.to_string())
}

#[cfg(test)]
mod tests {
    use super::super::Schedule;
    use super::*;

    #[test]
    fn years_move_and_words_stay() {
        for (text, expected) in [
            ("Март 2022г.", "Март 2023г."),
            (
                "Ноябрь 2021- февраль 2022 (и по мере запроса)",
                "Ноябрь 2022- февраль 2023 (и по мере запроса)",
            ),
            ("Июнь, декабрь 2021", "Июнь, декабрь 2022"),
            ("15.03.2022", "15.03.2023"),
            ("2021-23г.г.", "2022-24г.г."),
            ("(2021-22 уч.г.)", "(2022-23 уч.г.)"),
            ("1999-00 уч.г.", "2000-01 уч.г."),
            ("2022 – 2024 годы", "2023 – 2025 годы"),
            ("ежемесячно", "ежемесячно"),
            ("По мере запроса", "По мере запроса"),
            ("Апрель, сентябрь (+ по мере необходимости)", "Апрель, сентябрь (+ по мере необходимости)"),
            ("15 марта 2022, каб. 1234", "15 марта 2023, каб. 1234"),
            ("", ""),
        ] {
            assert_eq!(shift_years(text, 1), expected, "{text}");
            assert_eq!(shift_years(&shift_years(text, 1), -1), text);
        }
        let moved = Schedule::parse(&shift_years("Декабрь 2021г., Июнь 2022г.", 2), None);
        assert_eq!(moved.canonical(), "{2023-12,2024-06}");
    }

    #[test]
    fn names_move_and_acts_do_not() {
        let title = "Проведение конкурса «Инновационный поиск 2023» по приказу от 15.03.2021 № 144";
        let moved = "Проведение конкурса «Инновационный поиск 2024» по приказу от 15.03.2021 № 144";
        assert_eq!(shift_names(title, 1), moved);
        assert_eq!(
            shift_heading("2 этап. Конференция «Поиск 2022»(2021-22 уч.г.)", 1),
            "2 этап. Конференция «Поиск 2023»(2022-23 уч.г.)"
        );
        assert_eq!(shift_heading("1 этап. Вводный Сентябрь 2021", 1), "1 этап. Вводный Сентябрь 2022");
        assert_eq!(shift_heading("Обобщение опыта", 1), "Обобщение опыта");
    }
}
