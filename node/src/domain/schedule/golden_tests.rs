//! The terms of the source: each of its sixteen shapes, and all 44 rows of its four plans.

use super::tests::roadmap;
use super::*;

/// Number of the shape, the term as it stands in the source, what it means.
const SHAPES: [(u8, &str, &str); 26] = [
    (1, "Сентябрь 2021", "2021-09"),
    (1, "Март 2022г", "2022-03"),
    (2, "декабрь 2021 – март 2022г", "2021-12/2022-03"),
    (3, "Сентябрь 2023-февраль 2024", "2023-09/2024-02"),
    (3, "Декабрь 2023-февраль 2024", "2023-12/2024-02"),
    (4, "Ноябрь 2021- февраль 2022", "2021-11/2022-02"),
    (5, "Октябрь-декабрь 2022", "2022-10/2022-12"),
    (5, "Январь – февраль 2023", "2023-01/2023-02"),
    (6, "Июнь, декабрь 2021", "{2021-06,2021-12}"),
    (7, REPEATED, "{2021-12,2022-06,2022-12,2023-06,2023-12}"),
    (8, "Апрель, сентябрь (+ по мере необходимости)", "FREQ=YEARLY;BYMONTH=4,9 + AsNeeded"),
    (9, "ежемесячно", "FREQ=MONTHLY"),
    (9, "Ежеквартально", "FREQ=MONTHLY;INTERVAL=3"),
    (10, "По мере запроса", "OnDemand"),
    (10, "(по необходимости)", "AsNeeded"),
    (11, "В соответствии с планом проведения", "RelativeToPlan"),
    (12, "Апрель 2021 Ноябрь 2021- февраль 2022 март 2022г. март 2023г.", FOUR),
    (12, "Январь 2022. Сентябрь 2022. Октябрь 2022г.", "2022-01; 2022-09; 2022-10"),
    (13, "", "null"),
    (14, "(2021-22 уч.г.)", "2021-09/2022-08"),
    (14, "(2022-23уч.г.)", "2022-09/2023-08"),
    (15, "на 2021-23г.г.", "2021/2023"),
    (15, "на 2022 – 2024 годы", "2022/2024"),
    (16, "к концу 2024г.", "../2024-12-31"),
    (16, "с ноября 2018г.", "2018-11/.."),
    (16, "от марта 2019г.", "2019-03"),
];

const REPEATED: &str =
    "Декабрь 2021г., Июнь 2022г., Декабрь 2022г., Июнь 2023г., Декабрь 2023г., Июнь 2023г.";
const FOUR: &str = "2021-04; 2021-11/2022-02; 2022-03; 2023-03";

/// The plan and the row of it, the term, what it means.
const ROWS: [(&str, &str, &str); 44] = [
    ("D 1.1", "Март 2021", "2021-03"),
    ("D 1.2", "Март 2021", "2021-03"),
    ("D 1.3", "", "null"),
    ("D 1.4", REPEATED, "{2021-12,2022-06,2022-12,2023-06,2023-12}"),
    ("D 2.1", "Апрель 2021", "2021-04"),
    ("D 2.2", "Апрель 2021, Ноябрь 2021-февраль 2022, март 2022г., март 2023г.", FOUR),
    ("D 3.1", "Июнь, декабрь 2021", "{2021-06,2021-12}"),
    ("D 3.2", "ежемесячно", "FREQ=MONTHLY"),
    ("D 3.3", "Ежеквартально", "FREQ=MONTHLY;INTERVAL=3"),
    ("D 3.4", "В соответствии с планом проведения", "RelativeToPlan"),
    ("D 4.1", "Апрель, сентябрь (+ по мере необходимости)", "FREQ=YEARLY;BYMONTH=4,9 + AsNeeded"),
    ("D 4.2", "Ноябрь 2021-февраль 2022 (и по мере запроса)", "2021-11/2022-02 + OnDemand"),
    ("D 4.3", "По мере запроса", "OnDemand"),
    ("D 4.4", "Март 2022г.", "2022-03"),
    ("D 4.5", "Октябрь-декабрь 2022г.", "2022-10/2022-12"),
    ("D 4.6", "", "AsNeeded"),
    ("D 4.7", "Март 2023г.", "2023-03"),
    ("D 4.8", "Январь 2022. Сентябрь 2022. Октябрь 2022г.", "2022-01; 2022-09; 2022-10"),
    ("D 5.1", "", "null"),
    ("D 5.2", "", "null"),
    ("C 1.1", "Сентябрь 2021", "2021-09"),
    ("C 1.2", "Сентябрь 2021", "2021-09"),
    ("C 2.1", "Март 2022", "2022-03"),
    ("C 2.2", "декабрь 2021 – март 2022г", "2021-12/2022-03"),
    ("C 2.3", "декабрь 2021 – март 2022г", "2021-12/2022-03"),
    ("C 2.4", "март 2022", "2022-03"),
    ("C 3.1", "Август 2022", "2022-08"),
    ("C 3.2", "Октябрь-декабрь 2022", "2022-10/2022-12"),
    ("C 3.3", "Январь – февраль 2023", "2023-01/2023-02"),
    ("C 3.4", "Март 2023", "2023-03"),
    ("C 4.1", "Август 2023", "2023-08"),
    ("C 4.2", "Сентябрь 2023- февраль 2024", "2023-09/2024-02"),
    ("C 4.3", "Декабрь 2023-февраль 2024", "2023-12/2024-02"),
    ("A 1.1", "Сентябрь 2021", "2021-09"),
    ("A 1.2", "Сентябрь 2021", "2021-09"),
    ("A 2.1", "Март 2022", "2022-03"),
    ("A 2.2", "Март 2022г", "2022-03"),
    ("A 3.1", "Август 2022", "2022-08"),
    ("A 3.2", "март 2023г", "2023-03"),
    ("A 4.1", "Сентябрь 2023-февраль 2024", "2023-09/2024-02"),
    ("A 4.2", "Декабрь 2023-февраль 2024", "2023-12/2024-02"),
    ("B 1", "", "null"),
    ("B 2", "", "null"),
    ("B 3", "", "null"),
];

#[test]
fn each_of_the_sixteen_shapes_is_read_and_kept_verbatim() {
    for (shape, raw, canonical) in SHAPES {
        let schedule = Schedule::parse(raw, None);
        assert_eq!(schedule.canonical(), canonical, "shape {shape}: {raw}");
        assert_eq!(schedule.raw, raw, "shape {shape}");
        let repeats = schedule.issues.iter().filter(|it| matches!(it, Issue::Repeated { .. })).count();
        assert_eq!((schedule.issues.len(), repeats), if shape == 7 { (1, 1) } else { (0, 0) }, "{raw}");
    }
    for shape in 1..=16 {
        assert!(SHAPES.iter().any(|it| it.0 == shape), "shape {shape} has an example");
    }
}

#[test]
fn all_44_terms_of_the_source_mean_what_the_appendix_says() {
    for (row, raw, canonical) in ROWS {
        let title = if row == "D 4.6" {
            "Консультирование в ИРО (по необходимости)"
        } else {
            ""
        };
        let schedule = Schedule::of_item(raw, title, roadmap());
        assert_eq!(schedule.canonical(), canonical, "{row}");
        assert_eq!(schedule.raw, raw, "{row}");
        let strange = schedule.issues.iter().filter(|it| matches!(it, Issue::NotUnderstood { .. })).count();
        assert_eq!(strange, 0, "{row}");
    }
}

/// How many dated instances the rows of the network's roadmap have within 2021–2023.
#[test]
fn the_roadmap_gives_its_dated_instances() {
    let count = |row: &str| {
        let (_, raw, _) = ROWS.iter().find(|it| it.0 == row).expect("a row");
        Schedule::of_item(raw, "", roadmap()).instances(roadmap()).len()
    };
    let dated = [("D 1.4", 5), ("D 2.2", 4), ("D 3.1", 2), ("D 3.2", 36), ("D 3.3", 12), ("D 4.1", 6)];
    for (row, instances) in dated {
        assert_eq!(count(row), instances, "{row}");
    }
    for row in ["D 1.3", "D 3.4", "D 4.3", "D 5.1"] {
        assert_eq!(count(row), 0, "{row}");
    }
}
