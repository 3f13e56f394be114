//! Files of a joint report of three centres, one of which has submitted nothing.

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use svod_shared::id::{ChangeHash, DocId, NetworkId, StatementHash};
use svod_shared::keys::KeyPair;
use svod_shared::time::Timestamp;

use super::*;
use crate::acts::report::{ActLine, FORMAT, ReportMember, derive};
use crate::acts::{Act, ActValue, Answers, Signer};
use crate::domain::indicator::{Aggregation, first_edition};
use crate::reports::html;

fn act(org: u16, n: u32) -> SignedAct {
    let value = |passport: &Passport| {
        let value = match passport.aggregation {
            Aggregation::Sum | Aggregation::LastStock => format!("{}", 10 + n),
            Aggregation::RatioOfSums => format!("{n}/20"),
            Aggregation::DistinctEvents => format!("2022-03-17 Вебинар\n2022-04-1{n} =СУММ(1)"),
            Aggregation::Distribution => format!("{n};1;0;0;0;0;0"),
        };
        let (note, reason) = (String::new(), String::new());
        ActValue { code: passport.code.clone(), value, note, reason, record: ChangeHash([7; 32]) }
    };
    let act = Act {
        network: NetworkId([1; 32]),
        campaign: DocId([2; 16]),
        indicators: first_edition().hash(),
        org: OrgNo(org),
        number: 1,
        answers: Answers::Nothing,
        roster: 3,
        roster_hash: StatementHash([3; 32]),
        time: Timestamp(1_656_400_000_000),
        person: "методист".to_owned(),
        text: format!("Раздел <{org}>"),
        values: first_edition().passports.iter().map(value).collect(),
    };
    act.sign(Signer::Org, &KeyPair::from_seed(&[9; 32]))
}

fn sample() -> Joint {
    let acts = BTreeMap::from([(OrgNo(1), act(1, 9)), (OrgNo(2), act(2, 3))]);
    let orgs = [OrgNo(1), OrgNo(2), OrgNo(3)];
    let member = |org: u16, short: &str| ReportMember {
        org,
        name: format!("ИМЦ, {short} район"),
        short: short.to_owned(),
        act: acts.get(&OrgNo(org)).map(|it| ActLine {
            number: 1,
            hash: data_encoding::HEXLOWER.encode(&it.act.hash()),
            signed_at: it.act.time.0,
            person: it.act.person.clone(),
        }),
        text: acts.get(&OrgNo(org)).map(|it| it.act.text.clone()).unwrap_or_default(),
    };
    let report = Report {
        format: FORMAT.to_owned(),
        network: NetworkId([1; 32]),
        network_name: "Сеть".to_owned(),
        campaign: DocId([2; 16]),
        title: "Совместный отчёт".to_owned(),
        period: "2022-H1".to_owned(),
        edition: 1,
        indicators: data_encoding::HEXLOWER.encode(&first_edition().hash()),
        roster: 3,
        roster_hash: StatementHash([3; 32]),
        frozen_at: 1_656_500_000_000,
        frozen_by: "ИМЦ, Выселковский район".to_owned(),
        preface: "Сеть работала по плану.".to_owned(),
        members: vec![member(1, "Выселковский"), member(2, "Динской"), member(3, "Мостовской")],
        figures: derive(&first_edition(), &orgs, &acts).expect("derives"),
        previous: None,
        differences: Vec::new(),
    };
    Joint { report, indicators: first_edition(), acts, signed: Vec::new(), is_draft: false }
}

fn ru() -> &'static Catalog {
    Catalog::of(Lang::Ru)
}

#[test]
fn the_same_joint_report_gives_the_same_bytes_in_every_format() {
    let joint = sample();
    let files = |t| {
        [
            docx(&joint, t).expect("writes"),
            xlsx::xlsx(&joint, t).expect("writes"),
            html::joint_page(&joint, t).into_bytes(),
            csv(&joint, t),
            joint.report.to_text().into_bytes(),
        ]
    };
    for t in Lang::ALL.map(Catalog::of) {
        assert_eq!(files(t), files(t));
    }
}

#[test]
fn the_table_file_has_living_formulas_with_their_results() {
    let mut book: Xlsx<_> =
        Xlsx::new(Cursor::new(xlsx::xlsx(&sample(), ru()).expect("writes"))).expect("opens");
    let (values, formulas) = (
        book.worksheet_range("Показатели").expect("reads"),
        book.worksheet_formula("Показатели").expect("reads"),
    );
    let row = |code: &str, what: &str| {
        let is_it =
            |row: &&[Data]| row[0] == Data::String(code.into()) && row[3].to_string().starts_with(what);
        let at = values.rows().position(|row| is_it(&row)).expect("is there");
        u32::try_from(at).expect("small")
    };
    let at = |row: u32| {
        (values.get_value((row, 7)).cloned(), formulas.get_value((row, 7)).cloned().unwrap_or_default())
    };
    let projects = row("2.1", "");
    assert_eq!(at(projects), (Some(Data::Float(32.0)), format!("SUM(E{0}:G{0})", projects + 1)));
    let share = row("6.2", "доля");
    // (9 + 3) of 40.
    assert_eq!(at(share).0, Some(Data::Float(30.0)));
    assert!(at(share).1.starts_with("IF(H"), "{}", at(share).1);
    let joint = row("3.1", "");
    // One webinar of two, and a meeting of each.
    assert_eq!(at(joint), (Some(Data::Float(3.0)), "ROWS('Мероприятия'!C2:C4)".to_owned()));
    assert_eq!(values.get_value((projects, 6)), Some(&Data::String("не сдано".into())));
    let events = book.worksheet_range("Мероприятия").expect("reads");
    assert!(
        events.used_cells().any(|(_, _, it)| *it == Data::String("=СУММ(1)".into())),
        "a text stays a text"
    );
    let origins = book.worksheet_range("Происхождение").expect("reads");
    assert!(origins.rows().filter(|row| row[7] == Data::String("07".repeat(32))).count() == 26);
}

#[test]
fn the_page_names_who_is_missing_and_leads_each_figure_to_its_line() {
    let page = html::joint_page(&sample(), ru());
    assert!(page.contains("Мостовской; итоги приведены без них"));
    assert!(page.contains("Раздел &lt;1&gt;"), "texts of people are escaped");
    let links = page.matches("href=\"#proof-").count();
    assert_eq!(links, 26, "thirteen indicators of two");
    for lang in Lang::ALL.map(Catalog::of) {
        let page = html::joint_page(&sample(), lang);
        for key in ["joint-", "state-", "entry-", "proof-", "said-", "figures-"] {
            assert!(!page.replace("t-figures", "").contains(&format!(">{key}")), "{key}");
        }
    }
}

#[test]
fn csv_is_guarded_and_has_a_column_of_each() {
    let text = String::from_utf8(csv(&sample(), ru())).expect("is UTF-8");
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(
        lines[0].trim_start_matches('\u{feff}'),
        "Код;Показатель;Единица;Выселковский;Динской;Мостовской;Итого по сети"
    );
    assert_eq!(lines.len(), 14);
    assert!(lines[4].ends_with("19;13;не сдано;32"), "{}", lines[4]);
}

#[test]
fn every_table_of_the_joint_report_is_as_wide_as_its_sheet() {
    use crate::office::docx::Orientation;
    use crate::reports::layout::Block;
    for members in [1, 3] {
        let mut joint = sample();
        joint.report.members.truncate(members);
        for part in parts(&joint, ru()) {
            let width =
                if part.landscape { Orientation::Landscape } else { Orientation::Portrait }.text_width_mm();
            for block in &part.blocks {
                if let Block::Table(table) = block {
                    assert_eq!(
                        table.columns.iter().map(|it| it.width_mm).sum::<u16>(),
                        width,
                        "{}",
                        table.id
                    );
                    assert!(
                        table
                            .rows
                            .iter()
                            .all(|it| it.cells.len() == table.columns.len() || it.cells.len() == 1)
                    );
                }
            }
        }
    }
}
