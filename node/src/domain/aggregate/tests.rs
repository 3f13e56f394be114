//! The arithmetic against numbers worked out here by hand or in fractions, not by the code on trial.

use super::*;
use crate::domain::indicator::first_edition;

fn passport(code: &str) -> Passport {
    first_edition().passport(code).cloned().expect("ships")
}

fn cells(code: &str, said: &[&str]) -> Vec<(OrgNo, Cell)> {
    let read = |text: &&str| match *text {
        "не сдано" => Cell::NotSubmitted,
        text => Cell::parse(&passport(code), text).expect("reads"),
    };
    (1..).map(OrgNo).zip(said.iter().map(read)).collect()
}

fn total(code: &str, said: &[&str]) -> Total {
    over_orgs(&passport(code), &cells(code, said))
}

fn number(total: &Total) -> Option<String> {
    match &total.figure {
        Some(Figure::Number(it)) => Some(it.to_string()),
        _ => None,
    }
}

#[test]
fn a_share_is_the_sum_by_the_sum_and_never_a_mean_of_percentages() {
    // 9/10 and 10/100: the mean of 90 % and 10 % would be 50 %. Nineteen of a hundred and ten are 17.2727… %.
    let total = total("6.2", &["9/10", "10/100"]);
    assert_eq!(total.figure, Some(Figure::Ratio { part: Decimal::whole(19), whole: Decimal::whole(110) }));
    assert_eq!(total.percent().map(|it| it.to_string()).as_deref(), Some("17.3"));
    for mean in ["mean", "среднее", "Среднее арифметическое"] {
        let refused = Aggregation::of_key(mean);
        assert_eq!(refused, Err(crate::domain::indicator::NoAggregation::MeanOfPercentages));
    }
}

#[test]
fn a_webinar_of_five_centres_is_one_event_and_five_participations() {
    let typed = [
        "17.03.2022 Вебинар «Алгоритм построения проекта»",
        "2022-03-17 вебинар \"Алгоритм построения проекта\"",
        "17.03.2022; Вебинар  Алгоритм построения проекта.",
        "2022-03-17 ВЕБИНАР «АЛГОРИТМ ПОСТРОЕНИЯ ПРОЕКТА»",
        "2022-03-17 Вебинар «Алгоритм построения проекта»\n2022-04-20 Приём работ",
    ];
    let first = total("3.1", &typed);
    let Some(Figure::Events(events)) = &first.figure else { panic!("events") };
    assert_eq!((events.len(), first.participations), (2, 6));
    assert_eq!(
        events[0].title, "ВЕБИНАР «АЛГОРИТМ ПОСТРОЕНИЯ ПРОЕКТА»",
        "whoever reports first, one name is shown"
    );
    // Another day or another name is another event.
    let other = total("3.1", &["17.03.2022 Вебинар", "18.03.2022 Вебинар", "17.03.2022 Семинар"]);
    assert!(matches!(&other.figure, Some(Figure::Events(it)) if it.len() == 3));
}

#[test]
fn over_time_a_stock_is_the_last_one_and_a_sum_grows() {
    let stock = passport("4.2");
    // An award was withdrawn: three at midsummer, two at the end of the year. The year has two, and not five.
    let said = ["3", "2"].map(|it| (&stock, Cell::parse(&stock, it).expect("reads")));
    assert_eq!(over_time(&said), Ok(Cell::Figure(Figure::Number(Decimal::whole(2)))));
    let flow = passport("4.1");
    let said = ["3", "2"].map(|it| (&flow, Cell::parse(&flow, it).expect("reads")));
    assert_eq!(over_time(&said), Ok(Cell::Figure(Figure::Number(Decimal::whole(5)))));
    // Nothing was said at the end: the last that was said stands.
    let said = [(&stock, Cell::parse(&stock, "3").expect("reads")), (&stock, Cell::NotSubmitted)];
    assert_eq!(over_time(&said), Ok(Cell::Figure(Figure::Number(Decimal::whole(3)))));
    let ratio = passport("5.1");
    let said = ["1/2", "3/4"].map(|it| (&ratio, Cell::parse(&ratio, it).expect("reads")));
    let sums = Figure::Ratio { part: Decimal::whole(4), whole: Decimal::whole(6) };
    assert_eq!(over_time(&said), Ok(Cell::Figure(sums)));
    let joint = passport("3.1");
    let said = ["2022-02-01 Семинар", "2022-02-01 семинар\n2022-05-02 Конференция"];
    let said = said.map(|it| (&joint, Cell::parse(&joint, it).expect("reads")));
    assert!(matches!(over_time(&said), Ok(Cell::Figure(Figure::Events(it))) if it.len() == 2));
}

#[test]
fn zero_counts_and_nothing_does_not() {
    let with_zero =
        total("2.2", &["0", "не сдано", "нет данных: журнал у завуча", "не применимо: нет школ", ""]);
    assert_eq!(number(&with_zero).as_deref(), Some("0"));
    assert_eq!(with_zero.of, [OrgNo(1)]);
    let why: Vec<_> = with_zero.without.iter().map(|(_, why)| *why).collect();
    assert_eq!(why, [Absence::NotSubmitted, Absence::NoData, Absence::NotApplicable, Absence::Empty]);
    assert_eq!(with_zero.owing().collect::<Vec<_>>(), [OrgNo(2), OrgNo(3), OrgNo(5)]);
    let nothing = total("2.2", &["не сдано", "нет данных: болезнь"]);
    assert_eq!(nothing.figure, None, "a sum of nothing is not 0");
}

#[test]
fn of_nothing_there_is_no_share() {
    let none = total("6.2", &["0/0", "0/0"]);
    assert_eq!(none.figure, Some(Figure::Ratio { part: Decimal::ZERO, whole: Decimal::ZERO }));
    assert_eq!(none.percent(), None);
    // 0/0 beside 1/2 changes nothing.
    assert_eq!(total("6.2", &["0/0", "1/2"]).percent(), Some(Decimal::whole(50)));
}

#[test]
fn a_distribution_adds_up_by_category_and_rounded_parts_stay_as_they_are() {
    let total = total("1.3", &["1;0;0;0;0;0;0", "0;1;0;0;0;0;0", "0;0;1;0;0;0;0"]);
    let Some(Figure::Counts(counts)) = total.figure else { panic!("counts") };
    let shares = shares(&counts).expect("three schools");
    // A third is 33.3 %; three of them are 99.9 %, and no part is bent to hide it.
    assert_eq!(shares.parts.iter().take(3).map(Decimal::to_string).collect::<Vec<_>>(), ["33.3"; 3]);
    assert_eq!(shares.sum.to_string(), "99.9");
    // Six sixths are 100.2 %.
    let six = super::shares(&[Decimal::whole(1); 6]).expect("six");
    assert_eq!((six.parts[0].to_string(), six.sum.to_string()), ("16.7".to_owned(), "100.2".to_owned()));
    assert_eq!(super::shares(&[Decimal::ZERO; 7]), None);
}

#[test]
fn who_joined_in_march_is_in_the_half_year_and_not_in_february() {
    let day = |text: &str| text.parse().expect("a day");
    let joined = Membership { org: OrgNo(4), since: Some(day("2022-03-01")), until: None };
    let left = Membership { org: OrgNo(5), since: None, until: Some(day("2022-02-28")) };
    let is_in = |it: Membership, key: &str| it.is_in(&Period::of_key(key).expect("a period"));
    assert_eq!(
        ["2022-02", "2022-03", "2022-Q1", "2022-H1", "2021-H2"].map(|key| is_in(joined, key)),
        [false, true, true, true, false]
    );
    assert_eq!(
        ["2022-02", "2022-03", "2022-Q1", "2022-Q2"].map(|key| is_in(left, key)),
        [true, false, true, false]
    );
}

#[test]
fn periods_are_compared_on_the_same_membership() {
    let edition = first_edition();
    let now = cells("2.1", &["9", "6", "5", "7"]);
    let before = cells("2.1", &["8", "не сдано", "4"]);
    let (now, before) =
        compare("2.1", (&edition, &now), (&edition, &before)).expect("one formula").expect("two in both");
    // Only the first and the third are in both: 14 now, 12 before. 27 against 12 would be the newcomers' growth.
    assert_eq!((number(&now).as_deref(), number(&before).as_deref()), (Some("14"), Some("12")));
    assert_eq!(now.of, [OrgNo(1), OrgNo(3)]);
}

#[test]
fn figures_of_another_formula_are_neither_added_nor_compared() {
    let old = first_edition();
    let mut new = first_edition();
    new.number = 2;
    let changed = new.passports.iter_mut().find(|it| it.code == "2.1").expect("ships");
    changed.formula = "проекты, начатые за период".to_owned();
    changed.aggregation = Aggregation::Sum;
    let said = cells("2.1", &["9"]);
    assert_eq!(compare("2.1", (&new, &said), (&old, &said)), Err(OtherFormula));
    let pair = [&old, &new].map(|it| it.passport("2.1").expect("ships")).map(|it| (it, said[0].1.clone()));
    assert_eq!(over_time(&pair), Err(OtherFormula));
    // A better wording of the title is no other formula.
    let mut titled = first_edition();
    titled.passports[3].title.push_str(" (ОО)");
    assert!(matches!(compare("2.1", (&titled, &said), (&old, &said)), Ok(Some(_))));
}

#[test]
fn tenths_add_up_exactly() {
    let tenths = vec!["0,1"; 10];
    assert_eq!(number(&total("2.2", &tenths)).as_deref(), Some("1"), "ten times 0.1 in binary is 0.9999…");
}
