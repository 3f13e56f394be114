use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::exchange::csv::export_csv;
use crate::exchange::xlsx_writer::export_xlsx;
use crate::i18n::{Catalog, Lang};

/// The golden rows of form D: number, parsed term, audience, responsible.
const GOLDEN: [(&str, &str, &str, &str); 20] = [
    ("1.1", "2021-03", "ТМС", "Гл. специалист УО"),
    ("1.2", "2021-03", "ТМС", "Гл. специалист УО, специалист ИМЦ (ТМС)"),
    ("1.3", "null", "Участники сети", "ТМС"),
    ("1.4", "{2021-12,2022-06,2022-12,2023-06,2023-12}", "", "ТМС, участники сети"),
    ("2.1", "2021-04", "Участники сети", "Директор МКУ ИМЦ"),
    ("2.2", "2021-04; 2021-11/2022-02; 2022-03; 2023-03", "Участники сети", "ТМС"),
    ("3.1", "{2021-06,2021-12}", "Участники сети", "ТМС"),
    ("3.2", "FREQ=MONTHLY", "Участники сети", "ТМС"),
    ("3.3", "FREQ=MONTHLY;INTERVAL=3", "", "Участники сети, ТМС"),
    ("3.4", "RelativeToPlan", "", "Участники сети, ТМС"),
    ("4.1", "FREQ=YEARLY;BYMONTH=4,9 + AsNeeded", "Участники сети", "ТМС"),
    ("4.2", "2021-11/2022-02 + OnDemand", "Участники сети", "ТМС"),
    ("4.3", "OnDemand", "Участники сети", "ТМС"),
    ("4.4", "2022-03", "Участники сети", "ТМС"),
    ("4.5", "2022-10/2022-12", "Участники сети", "ТМС"),
    ("4.6", "AsNeeded", "", ""),
    ("4.7", "2023-03", "Участники сети", "ТМС"),
    ("4.8", "2022-01; 2022-09; 2022-10", "Участники сети", ""),
    ("5.1", "null", "", "ТМС"),
    ("5.2", "null", "", "ТМС"),
];

const TITLE: &str = "Дорожная карта проекта «Совершенствование инновационной инфраструктуры межмуниципального взаимодействия»";

pub(super) fn ru() -> &'static Catalog {
    Catalog::of(Lang::Ru)
}

pub(super) fn seed(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/seed").join(name);
    std::fs::read(path).expect("the seed's file")
}

pub(super) fn plan(name: &str) -> ImportedPlan {
    import(&seed(name)).expect("a roadmap")
}

/// The plan of a CSV text under form D's short header.
fn of_rows(rows: &str) -> ImportedPlan {
    let text = format!("№;Мероприятие;Сроки;Целевая аудитория;Ответственный\n{rows}");
    import(text.as_bytes()).expect("a roadmap")
}

fn kinds(plan: &ImportedPlan, number: &str) -> Vec<(Option<ItemField>, DoubtKind)> {
    let of = plan.doubts.iter().filter(|it| it.number == number);
    of.map(|it| (it.column, it.kind.clone())).collect()
}

fn check_golden(plan: &ImportedPlan) {
    let sections: Vec<_> = plan.sections.iter().map(|it| (it.number.as_str(), it.items.len())).collect();
    assert_eq!(sections, [("1", 4), ("2", 2), ("3", 4), ("4", 8), ("5", 2)]);
    assert_eq!(plan.sections[0].title, "Организационные мероприятия");
    assert_eq!(plan.sections[3].title, "Методическая деятельность. Проведение сетевых мероприятий");
    let window = Window::parse("2021-23г.г.");
    let term = |it: &ImportedItem| {
        crate::domain::schedule::Schedule::of_item(
            it.text(ItemField::Term),
            it.text(ItemField::Title),
            window,
        )
        .canonical()
    };
    let rows: Vec<_> = plan
        .items()
        .map(|it| {
            let text = |field| it.text(field).replace("TMC", "ТМС");
            (text(ItemField::Number), term(it), text(ItemField::Audience), text(ItemField::Responsible))
        })
        .collect();
    let golden = GOLDEN.map(|(a, b, c, d)| (a.to_owned(), b.to_owned(), c.to_owned(), d.to_owned()));
    assert_eq!(rows, golden);
    assert_eq!(plan.counts.lost, 0);
}

#[test]
fn the_clean_roadmap_is_the_same_in_three_formats() {
    let (docx, xlsx, csv) =
        (plan("roadmap-network.docx"), plan("roadmap-network.xlsx"), plan("roadmap-network.csv"));
    check_golden(&docx);
    assert_eq!((docx.title.as_str(), docx.period.as_str()), (TITLE, "2021-23г.г."));
    assert_eq!(docx.form(), xlsx.form());
    assert_eq!(docx.form().sections, csv.form().sections);
    assert_eq!((csv.title.as_str(), csv.period.as_str()), ("", ""));
    for plan in [&docx, &xlsx, &csv] {
        assert_eq!(plan.counts, docx.counts);
        assert_eq!(plan.outside, [""; 0]);
        assert!(
            !plan.doubts.iter().any(|it| matches!(it.kind, DoubtKind::Glued { .. } | DoubtKind::Displaced))
        );
    }
}

#[test]
fn the_roadmap_as_found_differs_only_as_the_source_does() {
    let found = plan("roadmap-network-asfound.docx");
    check_golden(&found);
    let clean = plan("roadmap-network.docx");
    let mut form = found.form();
    let title = form.sections[2].rows[1].text(ItemField::Title);
    let title = title.replace("сетевое взаимодействие", "сетевого взаимодействия");
    form.sections[2].rows[1].set(ItemField::Title, title);
    for row in &mut form.sections[4].rows {
        let responsible = row.text(ItemField::Responsible).replace("TMC", "ТМС");
        row.set(ItemField::Responsible, responsible);
    }
    assert_eq!(form, clean.form());
}

#[test]
fn rows_that_a_page_cut_are_glued_and_said_to_be() {
    let plan = plan("roadmap-network-asfound.docx");
    let with = Place { table: 2, row: 1 };
    assert_eq!(kinds(&plan, "3.2"), [(Some(ItemField::Title), DoubtKind::Glued { with })]);
    let with = Place { table: 3, row: 1 };
    let displaced = (None, DoubtKind::Displaced);
    assert_eq!(kinds(&plan, "4.7"), [displaced, (Some(ItemField::Title), DoubtKind::Glued { with })]);
    let item = plan.items().find(|it| it.number() == "4.7").expect("4.7");
    assert!(item.text(ItemField::Title).ends_with("«Инновационный поиск 2023» (по номинациям)"));
    assert_eq!(item.cells.iter().filter(|it| it.place == with).count(), 1);
}

#[test]
fn displaced_cells_go_to_the_last_column_with_a_doubt() {
    let plan = plan("roadmap-network-asfound.docx");
    for number in ["3.3", "3.4", "4.1", "4.5"] {
        assert!(kinds(&plan, number).contains(&(None, DoubtKind::Displaced)), "{number}");
    }
    assert!(!kinds(&plan, "4.8").contains(&(None, DoubtKind::Displaced)));
}

#[test]
fn latin_letters_are_proposed_and_not_replaced() {
    let plan = plan("roadmap-network-asfound.docx");
    let lookalike = DoubtKind::Lookalike { found: "TMC".to_owned(), proposal: "ТМС".to_owned() };
    for number in ["5.1", "5.2"] {
        assert!(
            kinds(&plan, number).contains(&(Some(ItemField::Responsible), lookalike.clone())),
            "{number}"
        );
    }
    assert_eq!(plan.sections[4].items[0].text(ItemField::Responsible), "TMC");
    let mixed = of_rows("1;Отчёт CМИ, журнал OK;Март 2022;Школы;ТМС\n");
    let lookalike = DoubtKind::Lookalike { found: "CМИ".to_owned(), proposal: "СМИ".to_owned() };
    assert_eq!(kinds(&mixed, "1"), [(Some(ItemField::Title), lookalike)]);
}

#[test]
fn empty_cells_are_kept_and_doubted() {
    let plan = plan("roadmap-network.docx");
    let empty = |number| {
        let of = kinds(&plan, number).into_iter().filter(|(_, kind)| *kind == DoubtKind::Empty);
        of.filter_map(|(column, _)| column).collect::<Vec<_>>()
    };
    assert_eq!(empty("1.3"), [ItemField::Term]);
    assert_eq!(empty("1.4"), [ItemField::Audience]);
    assert_eq!(empty("4.6"), [ItemField::Audience, ItemField::Responsible]);
    assert_eq!(empty("4.8"), [ItemField::Responsible]);
    assert_eq!(empty("5.1"), [ItemField::Term, ItemField::Audience]);
    let repeated = |it: &(Option<ItemField>, DoubtKind)| {
        matches!(it, (Some(ItemField::Term), DoubtKind::Term(Issue::Repeated { suggestion: Some(_), .. })))
    };
    assert_eq!(kinds(&plan, "1.4").iter().filter(|it| repeated(it)).count(), 1);
    assert_eq!((plan.counts.recognised, plan.counts.doubtful), (10, 10));
}

#[test]
fn lists_in_titles_are_offered_with_their_terms() {
    let plan = plan("roadmap-network-asfound.docx");
    let offered = |number: &str| {
        kinds(&plan, number).into_iter().find_map(|it| match it.1 {
            DoubtKind::Composite { items, terms } => Some((items.len(), terms.map(|it| it.len()))),
            _ => None,
        })
    };
    assert_eq!(offered("2.1"), Some((2, None)));
    assert_eq!(offered("2.2"), Some((4, Some(4))));
    assert_eq!(offered("4.8"), Some((3, Some(3))));
    assert_eq!(plan.items().filter(|it| offered(it.number()).is_some()).count(), 3);
}

#[test]
fn a_header_is_known_in_any_order_and_cut_in_two() {
    let text = "Утверждаю\nПлан сети на 2022 год\n№ п/п;Срок реализа;Исполнители;Мероприятие;Адресат*\n\
        ;ции;;;\n1;2;3;4;5\n1.1;Март 2022;ТМС;Конференция;Школы\n\
        № п/п;Срок реализации;Исполнители;Мероприятие;Адресат*\n1.2;Май 2022;ТМС;Отчёт;Школы\n";
    let plan = import(text.as_bytes()).expect("a roadmap");
    assert_eq!((plan.title.as_str(), plan.period.as_str()), ("План сети", "2022 год"));
    assert_eq!(plan.outside, ["Утверждаю"]);
    let rows: Vec<_> = plan
        .items()
        .map(|it| FormKind::D.columns().iter().map(|column| it.text(*column)).collect::<Vec<_>>())
        .collect();
    let expected =
        [["1.1", "Конференция", "Март 2022", "Школы", "ТМС"], ["1.2", "Отчёт", "Май 2022", "Школы", "ТМС"]];
    assert_eq!(rows, expected);
    assert_eq!((plan.counts.recognised, plan.counts.lost), (2, 0));
}

#[test]
fn a_row_that_fits_nowhere_is_an_item_with_a_doubt() {
    let plan = of_rows("1;Отчёт;Март 2022;Школы;ТМС\n;Новое дело;Май 2022;Школы;ТМС\n");
    let titles: Vec<_> = plan.items().map(|it| it.text(ItemField::Title)).collect();
    assert_eq!(titles, ["Отчёт", "Новое дело"]);
    assert_eq!(kinds(&plan, ""), [(Some(ItemField::Number), DoubtKind::NoNumber)]);
    let plan = of_rows("1;Отчёт;Март 2022;Школы;ТМС\n1;Отчёт;Май 2022;Школы;ТМС\n");
    assert_eq!(plan.counts, Counts { recognised: 0, doubtful: 2, lost: 0 });
}

#[test]
fn a_section_may_have_its_number_in_a_cell_of_its_own() {
    let plan = of_rows("1;Организация;;;\n1.1;Отчёт;Март 2022;Школы;ТМС\n2;Отдельное дело;;;\n3.1;Сбор;;;\n");
    let sections: Vec<_> = plan.sections.iter().map(|it| (it.number.as_str(), it.items.len())).collect();
    assert_eq!(sections, [("1", 3)]);
}

#[test]
fn a_table_that_is_no_roadmap_is_refused_with_what_was_seen() {
    let seen = ["Критерии", "Показатели", "Итог"].map(str::to_owned).to_vec();
    assert_eq!(import("Критерии;Показатели;Итог\n1;2;3\n".as_bytes()), Err(ImportError::NoHeader { seen }));
}

#[test]
fn what_was_exported_comes_back_the_same() {
    let form = plan("roadmap-network.docx").form();
    for header in [Header::Full, Header::Short] {
        check_round_trip(&Form { header, ..form.clone() });
    }
    let mut odd = form;
    let row = &mut odd.sections[0].rows[0];
    row.set(ItemField::Title, "- договор\n- «=согласие»; \"кавычки\"");
    row.set(ItemField::Audience, "=HYPERLINK(1)");
    row.set(ItemField::Term, "'=1");
    row.set(ItemField::Responsible, "<&>' \t +7");
    check_round_trip(&odd);
}

#[test]
fn an_export_is_the_same_bytes_every_time() {
    let form = plan("roadmap-network.docx").form();
    assert_eq!(export_xlsx(&form, ru()).expect("a workbook"), export_xlsx(&form, ru()).expect("a workbook"));
    assert!(export_csv(&form).starts_with("\u{feff}Дорожная карта".as_bytes()));
}

fn check_round_trip(form: &Form) {
    let csv = import(&export_csv(form)).expect("a roadmap");
    assert_eq!(csv.form(), *form);
    let xlsx = import(&export_xlsx(form, ru()).expect("a workbook")).expect("a roadmap");
    assert_eq!(xlsx.form(), *form);
    assert_eq!((csv.counts.lost, xlsx.counts.lost), (0, 0));
}

prop_compose! {
    fn row(section: usize, index: usize)(
        title in "[А-Я][а-я :;,=+@-]{0,20}[а-я]",
        term in "|Март 2022|ежемесячно|-слово",
        audience in "|Школы|=1|'ц",
        responsible in "|ТМС|[+]7|@кто",
    ) -> FormRow {
        FormRow::of(FormKind::D.columns().iter().copied().zip([format!("{section}.{index}"), title, term, audience, responsible]))
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_numbered_form_comes_back_the_same(
        rows in (row(1, 1), row(1, 2), row(2, 1)),
        title in "Дорожная карта [а-я]{1,9}",
    ) {
        let section = |number: &str, rows| FormSection {
            number: number.to_owned(), title: "Раздел".to_owned(), rows,
        };
        check_round_trip(&Form {
            title,
            period: "2022 год".to_owned(),
            sections: vec![section("1", vec![rows.0, rows.1]), section("2", vec![rows.2])],
            ..Form::default()
        });
    }

    #[test]
    fn any_table_is_taken_whole(rows in prop::collection::vec("[0-9]?[.;; а-яА-Я«(]{0,24}", 0..12)) {
        let texts = rows.concat();
        let letters = |it: &str| it.chars().filter(|it| it.is_alphabetic()).count();
        let header = "№;Мероприятие;Сроки;Целевая аудитория;Ответственный\n";
        let read = import((header.to_owned() + &rows.join("\n")).as_bytes());
        if read == Err(ImportError::NoRows) {
            prop_assert_eq!(letters(&texts), 0);
            return Ok(());
        }
        let plan = read.expect("a roadmap");
        prop_assert_eq!(plan.counts.lost, 0);
        let items = plan.items().flat_map(|it| &it.cells).map(|it| letters(&it.text)).sum::<usize>();
        let sections = plan.sections.iter().map(|it| letters(&it.title)).sum::<usize>();
        let outside = plan.outside.iter().map(|it| letters(it)).sum::<usize>();
        prop_assert_eq!(items + sections + outside, letters(&texts));
    }
}
