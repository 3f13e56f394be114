use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn check(raw: &str, canonical: &str) {
    let schedule = Schedule::parse(raw, None);
    assert_eq!(schedule.canonical(), canonical, "{raw:?}: {schedule:?}");
    assert_eq!(schedule.raw, raw);
    assert_eq!(schedule.issues, [], "{raw:?}");
}

fn month(year: i16, month: i8) -> Month {
    Month::new(year, month).expect("a month of the tests")
}

pub(super) fn roadmap() -> Option<Window> {
    Window::parse("2021-23г.г.")
}

#[test]
fn a_month_is_read_in_every_spelling() {
    for raw in ["Сентябрь 2021", "сентябрь 2021", "Сентябрь\u{a0}2021 г.", "в сентябре 2021 года", "09.2021"]
    {
        check(raw, "2021-09");
    }
    for raw in ["март 2022", "Март 2022", "Март 2022г", "Март 2022г.", " МАРТ  2022 Г. "]
    {
        check(raw, "2022-03");
    }
    check("март 2023г", "2023-03");
    check("от марта 2019г.", "2019-03");
    check("нояб. 2021", "2021-11");
}

#[test]
fn a_range_of_months_takes_any_dash() {
    check("декабрь 2021 – март 2022г", "2021-12/2022-03");
    check("Сентябрь 2023-февраль 2024", "2023-09/2024-02");
    check("Сентябрь 2023-февраль\n2024", "2023-09/2024-02");
    check("Декабрь 2023-февраль 2024", "2023-12/2024-02");
    check("Ноябрь 2021- февраль 2022", "2021-11/2022-02");
    check("Октябрь-декабрь 2022", "2022-10/2022-12");
    check("Январь – февраль 2023", "2023-01/2023-02");
    check("с ноября 2021 по февраль 2022", "2021-11/2022-02");
}

#[test]
fn a_list_of_months_shares_the_year_written_last() {
    check("Июнь, декабрь 2021", "{2021-06,2021-12}");
    check("июнь и декабрь 2021 г.", "{2021-06,2021-12}");
}

#[test]
fn the_repeated_june_is_reported_and_not_decided() {
    let raw = "Декабрь 2021г., Июнь 2022г., Декабрь 2022г., Июнь 2023г., Декабрь 2023г., Июнь 2023г.";
    let schedule = Schedule::parse(raw, roadmap());
    assert_eq!(schedule.canonical(), "{2021-12,2022-06,2022-12,2023-06,2023-12}");
    let suggestion = Some(month(2024, 6));
    assert_eq!(schedule.issues, [Issue::Repeated { month: month(2023, 6), suggestion }]);
    assert_eq!(schedule.raw, raw);
    assert_eq!(schedule.due_dates(roadmap()).len(), 5);
}

#[test]
fn a_repeat_without_a_rhythm_has_no_suggestion() {
    let schedule = Schedule::parse("Март 2022, май 2022, декабрь 2022, март 2022", None);
    assert_eq!(schedule.issues, [Issue::Repeated { month: month(2022, 3), suggestion: None }]);
    let schedule = Schedule::parse("Май 2022, март 2022", None);
    assert_eq!(schedule.issues, [Issue::OutOfOrder { month: month(2022, 3) }]);
}

#[test]
fn months_without_a_year_come_back_every_year() {
    let schedule = Schedule::parse("Апрель, сентябрь (+ по мере необходимости)", roadmap());
    assert_eq!(schedule.canonical(), "FREQ=YEARLY;BYMONTH=4,9 + AsNeeded");
    assert_eq!(schedule.demand, Some(Demand::AsNeeded));
    let dates = schedule.due_dates(roadmap());
    let expected = [(2021, 4, 30), (2021, 9, 30), (2022, 4, 30), (2022, 9, 30), (2023, 4, 30), (2023, 9, 30)];
    assert_eq!(dates, expected.map(|(y, m, d)| date(y, m, d)));
    check("ежегодно в марте", "FREQ=YEARLY;BYMONTH=3");
    check("ежегодно, март", "FREQ=YEARLY;BYMONTH=3");
    check("октябрь – декабрь", "FREQ=YEARLY;BYMONTH=10/12");
}

#[test]
fn what_recurs_is_expanded_within_the_window() {
    for raw in ["ежемесячно", "Ежемесячно.", "1 раз в месяц"] {
        check(raw, "FREQ=MONTHLY");
    }
    for raw in ["Ежеквартально", "раз в квартал"] {
        check(raw, "FREQ=MONTHLY;INTERVAL=3");
    }
    let monthly = Schedule::parse("ежемесячно", roadmap());
    assert_eq!(monthly.due_dates(roadmap()).len(), 36);
    assert_eq!(monthly.due_dates(None), []);
    let quarterly = Schedule::parse("Ежеквартально", None).instances(roadmap());
    assert_eq!(quarterly.len(), 12);
    assert_eq!(quarterly[0], Instance { from: date(2021, 1, 1), due: date(2021, 3, 31) });
    let ages = Schedule::parse("ежемесячно", None).due_dates(Some(Window::years(1950, 2149)));
    assert_eq!(ages.len(), 600);
}

#[test]
fn what_waits_for_somebody_needs_no_date() {
    for raw in ["По мере запроса", "(и по мере запроса)", "по запросу"] {
        check(raw, "OnDemand");
    }
    check("(по необходимости)", "AsNeeded");
    check("В соответствии с планом проведения", "RelativeToPlan");
    for raw in ["По мере запроса", "В соответствии с планом проведения", "", "с ноября 2018г."]
    {
        assert!(!Schedule::parse(raw, None).needs_date(), "{raw}");
    }
    assert!(Schedule::parse("Ноябрь 2021-февраль 2022 (и по мере запроса)", None).needs_date());
    check("Ноябрь 2021-февраль 2022 (и по мере запроса)", "2021-11/2022-02 + OnDemand");
}

#[test]
fn a_title_in_brackets_stands_in_for_an_empty_term() {
    let of = |term, title| Schedule::of_item(term, title, None).canonical();
    assert_eq!(of("", "Консультирование в ИРО (по необходимости)"), "AsNeeded");
    assert_eq!(of("", "Проведение конкурса (по номинациям)"), "null");
    assert_eq!(of("Март 2021", "Консультирование (по необходимости)"), "2021-03");
}

#[test]
fn a_list_for_sub_items_keeps_its_parts_apart() {
    let four = "2021-04; 2021-11/2022-02; 2022-03; 2023-03";
    check("Апрель 2021 Ноябрь 2021- февраль 2022 март 2022г. март 2023г.", four);
    check("Апрель 2021, Ноябрь 2021-февраль 2022, март 2022г., март 2023г.", four);
    check("Январь 2022. Сентябрь 2022. Октябрь 2022г.", "2022-01; 2022-09; 2022-10");
    let schedule = Schedule::parse("Январь 2022. Сентябрь 2022. Октябрь 2022г.", None);
    assert_eq!(schedule.paired(3).map(<[_]>::len), Some(3));
    assert_eq!(schedule.paired(2), None);
}

#[test]
fn an_empty_term_is_undated() {
    for raw in ["", " ", "—", "-", "\n"] {
        check(raw, "null");
    }
}

#[test]
fn an_academic_year_starts_in_september() {
    check("(2021-22 уч.г.)", "2021-09/2022-08");
    check("(2022-23уч.г.)", "2022-09/2023-08");
    check("»(2023-24 уч.г.)", "2023-09/2024-08");
    check("2021/2022 учебный год", "2021-09/2022-08");
}

#[test]
fn a_window_is_a_period_and_nothing_else() {
    let check = |text: &str, expected: Option<&str>| {
        assert_eq!(Window::parse(text).map(|it| it.to_string()).as_deref(), expected, "{text}");
    };
    check("2021-23г.г.", Some("2021/2023"));
    check("на 2022 – 2024 годы", Some("2022/2024"));
    check("на 2022 год", Some("2022"));
    check("2021-22 уч.г.", Some("2021-09/2022-08"));
    check("Дорожная карта", None);
    check("март 2022", None);
    check("", None);
    let title = "Дорожная карта «Поиск на пять» на 2021-23г.г.";
    assert_eq!(Window::split_title(title), Some(("Дорожная карта «Поиск на пять»", "2021-23г.г.")));
    assert_eq!(Window::split_title("План на понедельник"), None);
}

#[test]
fn deadlines_and_beginnings_are_open_at_one_end() {
    check("к концу 2024г.", "../2024-12-31");
    check("к 2024 году", "../2024-12-31");
    check("к началу 2024 года", "../2024-01-01");
    check("до 15.10.2026 г.", "../2026-10-15");
    check("не позднее марта 2022", "../2022-03-31");
    check("с ноября 2018г.", "2018-11/..");
}

#[test]
fn days_quarters_and_years_are_exact() {
    check("15.03.2022", "2022-03-15");
    check("17 марта 2022 г.", "2022-03-17");
    check("2022-03-17", "2022-03-17");
    check("10-15 марта 2022", "2022-03-10/2022-03-15");
    check("с 10 по 15 марта 2022", "2022-03-10/2022-03-15");
    check("15 марта, 20 апреля 2022", "2022-03-15; 2022-04-20");
    check("IV квартал 2026 года", "2026-36");
    check("I – II кварталы 2022", "2022-01/2022-06");
    check("2 полугодие 2022", "2022-07/2022-12");
    check("2022 год", "2022");
    check("в течение 2022 года", "2022");
    check("в течение года", "../..");
    let due = |raw| Schedule::parse(raw, None).due_dates(None);
    assert_eq!(due("IV квартал 2026 года"), [date(2026, 12, 31)]);
    assert_eq!(due("Февраль 2024"), [date(2024, 2, 29)]);
}

#[test]
fn what_lies_outside_the_window_is_said() {
    let window = Window::parse("на 2022 – 2024 годы");
    let issue = |from, to| Issue::OutsideWindow { from, to };
    let schedule = Schedule::parse("Сентябрь 2021", window);
    assert_eq!(schedule.issues, [issue(date(2021, 9, 1), date(2021, 9, 30))]);
    let schedule = Schedule::parse("Декабрь 2023-февраль 2024", roadmap());
    assert_eq!(schedule.issues, [issue(date(2023, 12, 1), date(2024, 2, 29))]);
}

#[test]
fn a_year_that_was_not_written_is_said_to_be_guessed() {
    let schedule = Schedule::parse("Ноябрь-февраль 2022", None);
    assert_eq!(schedule.canonical(), "2021-11/2022-02");
    assert_eq!(schedule.issues, [Issue::YearGuessed { month: month(2021, 11) }]);
    let schedule = Schedule::parse("Декабрь 2021, июнь", None);
    assert_eq!(schedule.canonical(), "{2021-12,2022-06}");
    assert_eq!(schedule.issues, [Issue::YearGuessed { month: month(2022, 6) }]);
}

#[test]
fn strange_words_are_reported_and_dates_beside_them_read() {
    let check = |raw: &str, canonical: &str, strange: &[&str]| {
        let schedule = Schedule::parse(raw, None);
        assert_eq!(schedule.canonical(), canonical, "{raw}");
        let text = |it: &&str| Issue::NotUnderstood { text: (*it).to_owned() };
        assert_eq!(schedule.issues, strange.iter().map(text).collect::<Vec<_>>(), "{raw}");
    };
    check("1 этап. Вводный Сентябрь 2021", "2021-09", &["1 этап", "Вводный"]);
    check("после утверждения бюджета", "?", &["после утверждения бюджета"]);
    check("31.02.2022", "?", &["31.02.2022"]);
    check("15 марта", "?", &["15 марта"]);
    check("март 2022 – январь 2022", "?", &["март 2022 – январь 2022"]);
    check("март 99999999999", "FREQ=YEARLY;BYMONTH=3", &["99999999999"]);
    let long = "март ".repeat(1000);
    assert_eq!(Schedule::parse(&long, None).canonical(), "?");
}

#[test]
fn what_was_understood_comes_in_pieces() {
    let schedule = Schedule::parse("Апрель, сентябрь (+ по мере необходимости)", None);
    let expected = [Understood::Says(Part::Yearly(vec![4, 9])), Understood::AlsoOn(Demand::AsNeeded)];
    assert_eq!(schedule.understood(), expected);
}

proptest! {
    #[test]
    fn any_text_is_kept_and_never_panics(raw in ".{0,60}") {
        let schedule = Schedule::parse(&raw, roadmap());
        prop_assert_eq!(&schedule.raw, &raw);
        schedule.canonical();
        schedule.due_dates(roadmap());
    }

    #[test]
    fn any_heap_of_words_is_kept_and_never_panics(
        words in prop::collection::vec(prop::sample::select(WORDS), 0..14)
    ) {
        let raw = words.concat();
        let schedule = Schedule::parse(&raw, roadmap());
        prop_assert_eq!(&schedule.raw, &raw);
        prop_assert!(schedule.due_dates(roadmap()).is_sorted());
        prop_assert_ne!(schedule.canonical(), "");
        prop_assert!(!(schedule.parts.is_empty() && schedule.issues.is_empty()));
    }
}

const WORDS: &[&str] = &[
    "январь",
    "мая",
    "декабрь ",
    " 2021",
    "2022",
    "23",
    "г.",
    "г.г.",
    "уч.г.",
    "-",
    " – ",
    ", ",
    ". ",
    ";",
    "(",
    ")",
    " и ",
    "с ",
    "по ",
    "до ",
    "к концу ",
    "31",
    "15.",
    "03.",
    "IV ",
    "квартал ",
    "полугодие",
    "ежегодно ",
    "ежемесячно",
    "по мере запроса",
    "\n",
    "/",
    "10",
    "слово ",
    "9999",
    "1950",
    "2149",
];
