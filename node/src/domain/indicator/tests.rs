use super::*;

fn passport(code: &str) -> Passport {
    first_edition().passport(code).cloned().expect("ships")
}

fn check(code: &str, typed: &str, expected: Result<&str, &str>) {
    let found = Cell::parse(&passport(code), typed);
    let found = found.as_ref().map(Cell::to_text);
    let found = found.as_ref().map(String::as_str).map_err(|it| it.key());
    assert_eq!(found, expected, "{code} {typed}");
}

#[test]
fn what_people_type_becomes_one_text_or_a_sentence() {
    check("2.2", " 1 234 ", Ok("1234"));
    check("2.2", "0", Ok("0"));
    check("2.2", "", Ok(""));
    check("2.2", "-1", Err("rule-negative"));
    check("2.2", "12 чел.", Err("rule-not-a-number"));
    check("2.2", "45%", Err("rule-percentage"));
    check("6.2", "9 / 22", Ok("9/22"));
    check("6.2", "9 из 22", Ok("9/22"));
    check("6.2", "41%", Err("rule-percentage"));
    check("6.2", "9", Err("rule-one-of-two"));
    check("6.2", "9/", Err("rule-one-of-two"));
    check("6.2", "23/22", Err("rule-part-exceeds-whole"));
    check("1.3", "1;2;;0;0;0;3", Ok("1;2;0;0;0;0;3"));
    check("1.3", "1;2", Err("rule-counts"));
    check("3.1", "0", Ok("0"));
    check("3.1", "20.04.2022 Б\n17.03.2022; «А»", Ok("2022-03-17 «А»\n2022-04-20 Б"));
    check("3.1", "весной вебинар", Err("rule-no-day"));
    check("3.1", "17.03.2022", Err("rule-no-name"));
    check("3.1", "17.03.2022 А\n2022-03-17 «а»", Err("rule-twice"));
    check("2.2", "Нет данных: журнал у завуча", Ok("no-data: журнал у завуча"));
    check("2.2", "не применимо (нет школ", Ok("not-applicable: нет школ"));
    check("2.2", "нет данных", Err("rule-no-reason"));
    check("2.2", &"1".repeat(20_000), Err("rule-too-long"));
}

#[test]
fn five_different_things_are_five_different_cells() {
    let read = |text| Cell::parse(&passport("2.2"), text).expect("reads");
    let cells = [Cell::NotSubmitted, read(""), read("0"), read("no-data: x"), read("not-applicable: x")];
    for (at, one) in cells.iter().enumerate() {
        assert!(cells.iter().skip(at + 1).all(|other| one != other));
    }
}

#[test]
fn the_edition_that_ships_has_ten_indicators_of_five_criteria_and_the_explicit_figures() {
    let edition = first_edition();
    assert_eq!(edition.check(), Ok(()));
    let of_the_seed = edition.passports.iter().filter(|it| !it.code.starts_with('6') && it.code != "2.3");
    let criteria: std::collections::BTreeSet<_> =
        of_the_seed.clone().map(|it| it.criterion.as_str()).collect();
    assert_eq!((of_the_seed.count(), criteria.len()), (10, 5));
    assert!(Aggregation::ALL.iter().all(|way| edition.passports.iter().any(|it| it.aggregation == *way)));
    assert_eq!(Edition::of_text(&edition.to_text()), Some(edition));
}

/// Acts are signed over this hash: the edition that ships never changes; another one is edition 2.
#[test]
fn the_hash_of_the_first_edition_is_frozen() {
    assert_eq!(
        data_encoding::HEXLOWER.encode(&first_edition().hash()),
        "029a351cc8447196b5038664e2056e691b76ace4f7f310c67f1373d518ba2478"
    );
}

#[test]
fn passports_that_would_mislead_are_no_edition() {
    let check = |spoil: fn(&mut Passport), code: &str, expected: fn(String) -> EditionFault| {
        let mut edition = first_edition();
        spoil(edition.passports.iter_mut().find(|it| it.code == code).expect("ships"));
        assert_eq!(edition.check(), Err(expected(code.to_owned())));
    };
    check(|it| it.unit = "%".to_owned(), "2.1", EditionFault::Percentage);
    check(|it| it.aggregation = Aggregation::Sum, "6.2", EditionFault::Percentage);
    check(|it| it.denominator.clear(), "6.2", EditionFault::Terms);
    check(|it| it.categories.clear(), "1.3", EditionFault::Categories);
    check(|it| it.title.clear(), "4.1", EditionFault::Nameless);
    check(|it| it.at_least = Some("9.9".to_owned()), "2.2", EditionFault::Bound);
    let mut twice = first_edition();
    twice.passports.push(passport("2.1"));
    assert_eq!(twice.check(), Err(EditionFault::Code("2.1".to_owned())));
}

#[test]
fn participants_are_no_fewer_than_the_schools_that_took_part() {
    let edition = first_edition();
    let found = |participants: &str, schools: &str| {
        let said = |code: &str| {
            let text = match code {
                "2.2" => participants,
                "2.3" => schools,
                _ => "",
            };
            Cell::parse(&passport(code), text).expect("reads")
        };
        edition
            .too_small(said)
            .iter()
            .map(|(it, bound)| (it.code.clone(), bound.code.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(found("3", "7"), [("2.2".to_owned(), "2.3".to_owned())]);
    assert_eq!(found("7", "7"), []);
    assert_eq!(found("нет данных: болезнь", "7"), []);
}
