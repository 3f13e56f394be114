//! The four forms of the source: each row in each format, back and forth, and what is wrong with files.

use std::collections::BTreeSet;

use jiff::civil::DateTime;

use super::tests::{plan, ru, seed};
use super::*;
use crate::domain::schedule::Schedule;
use crate::exchange::csv::export_csv;
use crate::exchange::refusal::refusal;
use crate::exchange::xlsx_writer::export_xlsx;
use crate::i18n::{Catalog, Lang};
use crate::reports::form::docx;

const CREATED: DateTime = DateTime::constant(2022, 3, 17, 9, 0, 0, 0);

/// The four plans: file, form, period, rows of each section.
const PLANS: [(&str, FormKind, &str, &[usize]); 4] = [
    ("plan-implementation", FormKind::A, "2022 – 2024 годы", &[2, 2, 2, 2]),
    ("plan-interaction", FormKind::B, "", &[3]),
    ("roadmap-pilot", FormKind::C, "", &[2, 4, 4, 3]),
    ("roadmap-network", FormKind::D, "2021-23г.г.", &[4, 2, 4, 8, 2]),
];

/// The rows of form C: section and number, form, for whom, parsed term, by whom.
const PILOT: [(&str, &str, &str, &str, &str); 13] = [
    ("1 1.", "Вебинар", "Административный корпус ОУ, тьюторы", "2021-09", TWO),
    ("1 2.", "Публикация методических рекомендаций", "Административный корпус ОУ, тьюторы", "2021-09", TWO),
    ("2 1.", "Приказ УО", "Административный корпус ОУ (пилотные школы)", "2022-03", "УО, МКУ ИМЦ"),
    ("2 2.", "Метод.помощь", "(потенциальные участники)", "2021-12/2022-03", TWO),
    ("2 3.", "Метод.помощь", "Потенциальные участники.", "2021-12/2022-03", TWO),
    ("2 4.", "Конференция", "Потенциальные участники", "2022-03", "ИРО"),
    ("3 1.", "Приказ УО", "Административный корпус ОУ, тьюторы, педагоги", "2022-08", TWO),
    ("3 2.", "Вебинары", "Административный корпус ОУ, тьюторы, педагоги", "2022-10/2022-12", TWO),
    ("3 3.", "Метод.помощь", CONTEST, "2023-01/2023-02", TWO),
    ("3 4.", "Конкурс", CONTEST, "2023-03", "УО, МКУ ИМЦ"),
    ("4 1.", "Метод.помощь", KRAI, "2023-08", TWO),
    ("4 2.", "Конкурс", KRAI, "2023-09/2024-02", "ИРО"),
    (
        "4 3.",
        "Метод.помощь",
        "Участники краевого инновационного конкурса",
        "2023-12/2024-02",
        "Гл. специалист УО, специалист ИМЦ, административный корпус ОУ-конкурсанты",
    ),
];
const TWO: &str = "Гл. специалист УО, специалист ИМЦ";
const CONTEST: &str = "Участники муниципального инновационного конкурса";
const KRAI: &str = "Потенциальные участники краевого инновационного конкурса";

/// The rows of form A: section, what is done, parsed term, the beginning of the result.
const IMPLEMENTATION: [(&str, &str, &str, &str); 8] = [
    ("1", "Методический вебинар «Инновационная деятельность", "2021-09", "Вовлеченность пилотных"),
    ("1", "Организация инновационной деятельности.", "2021-09", "Распространение опубликованных"),
    ("2", "Положение о муниципальной образовательной", "2022-03", "Приказ УО"),
    ("2", "Конференция", "2022-03", "Участие образовательных организаций в муниципальной"),
    ("3", "Положение муниципального конкурса «Инновационный поиск 2023»", "2022-08", "Приказ УО"),
    ("3", "Конкурс", "2023-03", "Участие образовательных организаций в муниципальной"),
    ("4", "Конкурс", "2023-09/2024-02", "Участие образовательных организаций в краевой"),
    ("4", "Мониторинг", "2023-12/2024-02", "Анализ проведенной деятельности"),
];

fn canonical(plan: &ImportedPlan, item: &ImportedItem) -> String {
    let window = Window::parse(&plan.period);
    Schedule::of_item(item.text(ItemField::Term), item.text(ItemField::Title), window).canonical()
}

/// Each item with the number of its section, counted from one.
fn placed(plan: &ImportedPlan) -> Vec<(String, &ImportedItem)> {
    let sections = plan.sections.iter().enumerate();
    sections.flat_map(|(at, it)| it.items.iter().map(move |item| ((at + 1).to_string(), item))).collect()
}

#[test]
fn all_44_rows_are_the_same_in_five_formats() {
    let mut rows = 0;
    for (name, kind, period, sections) in PLANS {
        let word = plan(&format!("{name}.docx"));
        assert_eq!((word.kind, word.period.as_str(), word.counts.lost), (kind, period, 0), "{name}");
        assert_eq!(word.sections.iter().map(|it| it.items.len()).collect::<Vec<_>>(), sections, "{name}");
        rows += word.items().count();
        for ending in ["xlsx", "xls", "ods", "csv"] {
            let other = plan(&format!("{name}.{ending}"));
            assert_eq!(other.form().sections, word.form().sections, "{name}.{ending}");
            assert_eq!((other.kind, other.counts), (kind, word.counts), "{name}.{ending}");
            let titled = [word.title.as_str(), ""][usize::from(ending == "csv")];
            assert_eq!(other.title, titled, "{name}.{ending}");
            assert_eq!(other.outside, [""; 0], "{name}.{ending}");
        }
    }
    assert_eq!(rows, 44);
    let text = plan("roadmap-network.odt");
    assert_eq!(text.form(), plan("roadmap-network.docx").form());
}

#[test]
fn the_rows_of_the_pilot_roadmap_are_those_of_the_appendix() {
    let plan = plan("roadmap-pilot.docx");
    assert_eq!(
        plan.title,
        "Дорожная карта пилотного проекта «Внедрение инновационной деятельности в образовательное пространство Выселковского района»"
    );
    let rows: Vec<_> = placed(&plan)
        .into_iter()
        .map(|(section, it)| {
            let text = |field| it.text(field).to_owned();
            let place = format!("{section} {}", it.number());
            (
                place,
                text(ItemField::Form),
                text(ItemField::Audience),
                canonical(&plan, it),
                text(ItemField::Responsible),
            )
        })
        .collect();
    let golden =
        PILOT.map(|(a, b, c, d, e)| (a.to_owned(), b.to_owned(), c.to_owned(), d.to_owned(), e.to_owned()));
    assert_eq!(rows, golden);
    assert!(
        !plan.doubts.iter().any(|it| it.kind == DoubtKind::RepeatedNumber),
        "numbers begin anew in a section"
    );
}

#[test]
fn the_rows_of_the_plan_of_the_project_are_those_of_the_appendix() {
    let plan = plan("plan-implementation.docx");
    for ((section, item), golden) in placed(&plan).iter().zip(IMPLEMENTATION) {
        let (title, result) = (item.text(ItemField::Title), item.text(ItemField::Result));
        assert_eq!((section.as_str(), canonical(&plan, item).as_str()), (golden.0, golden.2));
        assert!(title.starts_with(golden.1) && result.starts_with(golden.3), "{title}: {result}");
        assert!(!item.text(ItemField::Task).is_empty(), "{title}");
    }
    assert_eq!(plan.sections[0].title, "1 этап. Вводный Сентябрь 2021");
    // T2: the first stage lies before the plan's own period.
    let early =
        plan.doubts.iter().filter(|it| matches!(it.kind, DoubtKind::Term(Issue::OutsideWindow { .. })));
    assert_eq!(early.count(), 2);
}

#[test]
fn the_rows_of_the_plan_of_interaction_are_those_of_the_appendix() {
    let plan = plan("plan-interaction.docx");
    let rows: Vec<_> = plan.items().map(|it| (it.text(ItemField::Form), it.text(ItemField::Title))).collect();
    assert!(
        rows[0].0.starts_with("Проведение сетевых методических вебинаров")
            && rows[0].1.starts_with("Методический вебинар")
    );
    assert_eq!(rows[1], ("Межмуниципальная образовательная конференция", "«Инновационный поиск»"));
    assert_eq!(rows[2], ("Межмуниципальный образовательный конкурс", "«Инновационный поиск»"));
    for item in plan.items() {
        assert_eq!(item.text(ItemField::Organisations), "Участники межмуниципальной сети");
        assert_eq!(
            item.text(ItemField::Municipalities),
            "Выселковский, Динской, Кореновский, Крыловской, Мостовской"
        );
    }
    assert_eq!(plan.doubts, [], "no column is empty, and this form has no terms");
}

#[test]
fn what_was_exported_comes_back_the_same_for_all_44_rows() {
    let mut rows = 0;
    for (name, ..) in PLANS {
        let mut form = plan(&format!("{name}.docx")).form();
        rows += form.sections.iter().map(|it| it.rows.len()).sum::<usize>();
        assert_eq!(import(&export_csv(&form)).expect("a plan").form(), form, "{name}.csv");
        form.approval = "Начальник управления образованием\nВыселковский район".to_owned();
        let sheet = export_xlsx(&form, ru()).expect("a workbook");
        assert_eq!(import(&sheet).expect("a plan").form(), form, "{name}.xlsx");
        let word = import(&docx(&form, CREATED, ru()).expect("a document")).expect("a plan");
        assert_eq!((word.form(), word.counts.lost, word.outside), (form, 0, Vec::new()), "{name}.docx");
    }
    assert_eq!(rows, 44);
}

#[test]
fn any_plan_prints_in_any_form_and_reads_back() {
    for (name, ..) in PLANS {
        let whole = plan(&format!("{name}.docx")).form();
        for kind in FormKind::ALL {
            let mut form = Form { kind, ..whole.clone() };
            for row in form.sections.iter_mut().flat_map(|it| &mut it.rows) {
                *row = FormRow::of(kind.columns().iter().map(|it| (*it, row.text(*it).to_owned())));
            }
            let sheet = import(&export_xlsx(&form, ru()).expect("a workbook")).expect("a plan");
            assert_eq!((sheet.kind, sheet.counts.lost), (kind, 0), "{name} as {kind:?}");
        }
    }
}

#[test]
fn a_row_without_a_number_that_a_page_cut_is_glued() {
    let text = "№п/п;Задача;Наименование мероприятия;Срок реализации;Полученный (ожидаемый) результат\n\
        4 этап. Краевые конкурсы;;;;\n\
        ;Участие победителей;Конкурс;Сентябрь 2023-февраль;Участие в конференции «Инновационный\n\
        ;;;2024;поиск»\n\
        ;Анализ участия;Мониторинг;Декабрь 2023;Анализ\n";
    let plan = import(text.as_bytes()).expect("a plan");
    let rows: Vec<_> =
        plan.items().map(|it| (it.text(ItemField::Term), it.text(ItemField::Result))).collect();
    let glued = ("Сентябрь 2023-февраль 2024", "Участие в конференции «Инновационный поиск»");
    assert_eq!(rows, [glued, ("Декабрь 2023", "Анализ")]);
    assert!(plan.doubts.iter().any(|it| matches!(it.kind, DoubtKind::Glued { .. })));
}

#[test]
fn a_column_that_no_form_has_goes_to_the_note() {
    let text = "№;Мероприятие;Сроки;Ответственный;Отметка;Примечание\n1;Отчёт;Март 2022;ТМС;сделано;важно\n";
    let plan = import(text.as_bytes()).expect("a plan");
    assert_eq!(plan.items().next().expect("an item").text(ItemField::Note), "Отметка: сделано\nважно");
    assert_eq!(plan.counts.lost, 0);
}

#[test]
fn remnants_of_web_pages_are_taken_off_and_said() {
    let text = "№;Мероприятие;Сроки;Ответственный\n1;<ul type=disc><li>Акты</li><li>Договор</li></ul>;Март 2022;ТМС\n";
    let plan = import(text.as_bytes()).expect("a plan");
    let item = plan.items().next().expect("an item");
    assert_eq!(item.text(ItemField::Title), "- Акты\n- Договор");
    assert!(item.cells.iter().any(|it| it.text.contains("<ul")), "the raw text is kept");
    assert!(plan.doubts.iter().any(|it| it.kind == DoubtKind::Markup));
}

#[test]
fn two_plans_of_one_file_are_two_plans() {
    let csv =
        |name: &str| String::from_utf8(seed(name)).expect("UTF-8").trim_start_matches('\u{feff}').to_owned();
    let pilot = format!("Дорожная карта пилотного проекта;;;;;\n{}", csv("roadmap-pilot.csv"));
    let text = csv("roadmap-network.csv") + &pilot;
    let plans = import_all(text.as_bytes()).expect("two plans");
    let seen: Vec<_> =
        plans.iter().map(|it| (it.kind, it.items().count(), it.title.as_str(), it.counts.lost)).collect();
    assert_eq!(seen, [(FormKind::D, 20, "", 0), (FormKind::C, 13, "Дорожная карта пилотного проекта", 0)]);
    assert_eq!(plans[0].form().sections, plan("roadmap-network.csv").form().sections);
    assert_eq!(plans[1].form().sections, plan("roadmap-pilot.csv").form().sections);
}

#[test]
fn what_is_agreed_to_is_done_and_nothing_else() {
    let found = plan("roadmap-network-asfound.docx");
    let mut same = found.clone();
    same.accept(&BTreeSet::new());
    assert_eq!(same, found);
    let mut changed = found.clone();
    changed.accept(&(0..found.doubts.len() + 7).collect());
    let texts = |number: &str| {
        let item = changed.items().find(|it| it.number() == number).expect("an item");
        (item.text(ItemField::Title).to_owned(), item.text(ItemField::Term).to_owned())
    };
    assert_eq!(changed.items().count(), 26, "three items become two, four and three");
    assert!(texts("1.4").1.ends_with("Декабрь 2023г., Июнь 2024г."));
    let poster = "Участие в мероприятиях ГБОУ ИРО Краснодарского края: Постер-сессия";
    assert_eq!(texts("4.8.1"), (poster.to_owned(), "январь 2022".to_owned()));
    assert_eq!(texts("4.8.3").1, "октябрь 2022");
    assert_eq!(texts("2.2.2").1, "ноябрь 2021 – февраль 2022");
    assert_eq!(texts("2.1.2").1, texts("2.1.1").1, "without a term for each all keep the whole");
    let responsible: Vec<_> =
        changed.sections[4].items.iter().map(|it| it.text(ItemField::Responsible)).collect();
    assert_eq!(responsible, ["ТМС", "ТМС"]);
}

fn check_refused(what: &str, bytes: &[u8], key: &str) {
    let error = import(bytes).expect_err(what);
    for lang in Lang::ALL {
        let t = Catalog::of(lang);
        let said = refusal(t, &error);
        let begins = t.text(key);
        let start = begins.split('{').next().unwrap_or_default();
        assert!(said.starts_with(start) && said != key, "{what}: {said}");
    }
}

#[test]
fn every_table_that_is_not_loaded_is_refused_with_a_sentence() {
    let header = "№;Мероприятие;Сроки;Целевая аудитория;Ответственный\n";
    let rows: String = (1..=5_000).map(|it| format!("{it};Вебинар;Март 2022;Школы;ТМС\n")).collect();
    let error = import((header.to_owned() + &rows).as_bytes()).expect_err("5 000 rows");
    assert_eq!(error, ImportError::TooManyItems { items: 5_000 });
    assert!(refusal(ru(), &error).contains("5\u{a0}000") || refusal(ru(), &error).contains("5000"));
    let long = format!("{header}1;{};Март 2022;Школы;ТМС\n", "я".repeat(50_000));
    let place = Place { table: 1, row: 2 };
    assert_eq!(import(long.as_bytes()), Err(ImportError::LongCell { place, letters: 50_000 }));
    assert!(refusal(ru(), &ImportError::LongCell { place, letters: 50_000 }).starts_with("В строке 2 "));
    check_refused("an empty table", header.as_bytes(), "refused-no-rows");
    let whole = seed("roadmap-network.xls");
    check_refused("a workbook that was cut off", &whole[..whole.len() / 3], "refused-damaged");
    let whole = seed("roadmap-network.ods");
    check_refused("a sheet that was cut off", &whole[..whole.len() / 2], "refused-damaged");
}
