//! A realistic network for the tests: five municipalities, the roadmap of the seed, reports of four of them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::civil::{DateTime, date};
use jiff::tz::TimeZone;
use svod_shared::id::{ChangeHash, DocId, EntryHash, FeedId, OrgNo, Owner, sha256};
use svod_shared::time::Timestamp;

use super::compile::{ReportInput, compile};
use super::model::Report;
use crate::domain::execution::{Execution, ExecutionField, Status};
use crate::domain::field::{Field, OpName, Variant};
use crate::domain::member::{Author, Freshness, Member};
use crate::domain::period::{Half, Period};
use crate::domain::plan::{Deletion, Item, ItemField, Plan, PlanField, RowId, Section};
use crate::views::{Divergence, Place, PlanView};

/// The report on the first half of 2022, compiled on its morrow.
pub(crate) fn report() -> Report {
    with_input(compile)
}

/// Calls `read` with the sample's input.
pub(crate) fn with_input<T>(read: impl FnOnce(&ReportInput<'_>) -> T) -> T {
    let plan = plan_view();
    let divergences = divergences(&plan);
    read(&ReportInput {
        network: "Межмуниципальная сеть «Инновационный поиск»",
        period: Period::half_year(2022, Half::First).unwrap(),
        today: date(2022, 7, 1),
        zone: TimeZone::fixed(jiff::tz::offset(3)),
        compiled_at: "1 июля 2022 г., 10:40",
        compiled_by: "Методист ИМЦ, Выселковский район",
        plan: &plan,
        freshness: &freshness(),
        divergences: &divergences,
        code: "41-07-93-28",
    })
}

/// The moment in the files' properties.
pub(crate) fn created() -> DateTime {
    date(2022, 7, 1).at(10, 40, 0, 0)
}

/// Writes what a test made where a person can look at it, if `SVOD_REPORTS_OUT` names a folder.
pub(crate) fn keep(name: &str, bytes: &[u8]) {
    if let Some(folder) = std::env::var_os("SVOD_REPORTS_OUT") {
        std::fs::write(PathBuf::from(folder).join(name), bytes).unwrap();
    }
}

/// An execution with all of its fields.
pub(crate) fn execution(status: Status, day: &str, result: &str, comment: &str) -> Execution {
    let change = ChangeHash(sha256(format!("{status:?}{day}{result}{comment}").as_bytes()));
    let fields = [
        (ExecutionField::Status, status.key()),
        (ExecutionField::Date, day),
        (ExecutionField::Result, result),
        (ExecutionField::Comment, comment),
    ];
    let fields = fields.into_iter().map(|(key, value)| (key, field(value, change))).collect();
    Execution { fields }
}

fn field(value: &str, change: ChangeHash) -> Field {
    let shown =
        Variant { value: value.to_owned(), op: OpName("1@aa".to_owned()), change, time: 1_656_000_000 };
    Field { shown: Some(shown), others: Vec::new() }
}

pub(crate) fn plan_view() -> PlanView {
    let mut executions = BTreeMap::<OrgNo, BTreeMap<RowId, Execution>>::new();
    let mut authors = BTreeMap::new();
    for (seq, (org, number, status, day, result, comment)) in (1..).zip(REPORTS) {
        let org = OrgNo(*org);
        let mut it = execution(*status, day, result, comment);
        let change = ChangeHash(sha256(format!("change {org:?} {number}").as_bytes()));
        for field in it.fields.values_mut() {
            field.shown.as_mut().unwrap().change = change;
        }
        authors.insert(change, author(org, seq));
        executions.entry(org).or_default().insert(RowId((*number).to_owned()), it);
    }
    PlanView { plan: plan(), members: members(), executions, authors }
}

/// The roadmap of the seed, row by row.
fn plan() -> Plan {
    let text = include_str!("../../../tests/data/seed/roadmap-network.csv").trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(text.as_bytes());
    let mut sections: Vec<Section> = Vec::new();
    for record in reader.records() {
        let record = record.unwrap();
        match record[0].split_once(". ") {
            Some((number, title)) => sections.push(Section {
                row: RowId(format!("section {number}")),
                fields: fields(&[(ItemField::Number, number), (ItemField::Title, title)]),
                deletion: Deletion::Present,
                items: Vec::new(),
            }),
            None => sections.last_mut().unwrap().items.push(Item {
                row: RowId(record[0].to_owned()),
                fields: fields(&[
                    (ItemField::Number, &record[0]),
                    (ItemField::Title, &record[1]),
                    (ItemField::Term, &record[2]),
                    (ItemField::Audience, &record[3]),
                    (ItemField::Responsible, &record[4]),
                ]),
                deletion: Deletion::Present,
            }),
        }
    }
    let title = "Дорожная карта проекта «Совершенствование инновационной инфраструктуры межмуниципального взаимодействия»";
    let change = ChangeHash([1; 32]);
    Plan {
        id: DocId::natural(1, Owner::Shared, b"roadmap"),
        fields: [(PlanField::Title, field(title, change)), (PlanField::Period, field("2021-23г.г.", change))]
            .into(),
        sections,
        deleted: Vec::new(),
    }
}

fn fields(values: &[(ItemField, &str)]) -> BTreeMap<ItemField, Field> {
    let written = values.iter().filter(|(_, value)| !value.is_empty());
    written.map(|(key, value)| (*key, field(value, ChangeHash([1; 32])))).collect()
}

fn members() -> Vec<Member> {
    let short = ["Выселковский", "Динской", "Кореновский", "Крыловской", "Мостовской"];
    let member = |(no, short): (u16, &str)| Member {
        no: OrgNo(no),
        name: format!("ИМЦ, {short} район"),
        short: short.to_owned(),
        is_lead: no == 1,
        is_me: no == 1,
    };
    (1..).zip(short).map(member).collect()
}

fn author(org: OrgNo, seq: u64) -> Author {
    let member = members().into_iter().find(|it| it.no == org).unwrap();
    Author {
        person: None,
        org,
        org_short: member.short,
        node: "кабинет методистов".to_owned(),
        is_me: member.is_me,
        // 24 June 2022, 9:00 in Moscow, and a quarter of an hour more for each entry.
        time: 1_656_050_400 + i64::try_from(seq).unwrap() * 900,
        feed: FeedId(sha256(format!("feed {org:?}").as_bytes())),
        seq,
        entry: EntryHash(sha256(format!("entry {seq}").as_bytes())),
    }
}

fn freshness() -> Vec<Freshness> {
    let of = |org, newest: Option<u64>, seen: Option<u64>| Freshness {
        org: OrgNo(org),
        newest_entry: newest.map(|it| Timestamp(it * 1000)),
        last_seen: seen.map(|it| Timestamp(it * 1000)),
        lacks: Some(0),
    };
    vec![
        of(2, Some(1_656_412_800), Some(1_656_658_800)),
        of(3, Some(1_656_512_340), Some(1_656_660_000)),
        of(4, Some(1_656_399_900), Some(1_656_572_400)),
        of(5, Some(1_646_300_000), Some(1_654_250_000)),
    ]
}

fn divergences(view: &PlanView) -> Vec<Divergence> {
    let written = |value: &str, org| {
        let it = Variant {
            value: value.to_owned(),
            op: OpName("1@aa".to_owned()),
            change: ChangeHash([2; 32]),
            time: 0,
        };
        (it, author(OrgNo(org), 30 + u64::from(org)))
    };
    let at = |place, number: &str, variants, editors| Divergence {
        plan: view.plan.id,
        plan_title: view.plan.text(PlanField::Title).to_owned(),
        place,
        number: number.to_owned(),
        title: view.plan.item(&RowId(number.to_owned())).unwrap().text(ItemField::Title).to_owned(),
        variants,
        editors,
        may_settle: true,
    };
    let row = |number: &str| RowId(number.to_owned());
    vec![
        at(
            Place::Item(row("4.4"), ItemField::Term),
            "4.4",
            vec![written("Март 2022г.", 2), written("Апрель 2022г.", 3)],
            Vec::new(),
        ),
        at(
            Place::Execution(OrgNo(3), row("4.1"), ExecutionField::Status),
            "4.1",
            vec![written("done", 3), written("partially", 3)],
            Vec::new(),
        ),
        at(Place::Row(row("1.3")), "1.3", vec![written("график не нужен", 4)], vec![author(OrgNo(2), 40)]),
    ]
}

/// Organisation, item, status, day, result, comment. The fifth organisation reported nothing.
const REPORTS: &[(u16, &str, Status, &str, &str, &str)] = &[
    (1, "1.1", Status::Done, "2021-03-20", "список утверждён приказом", ""),
    (1, "1.2", Status::Done, "2021-03-25", "дорожная карта утверждена", ""),
    (1, "1.4", Status::Done, "2022-06-28", "отчёт сдан", ""),
    (1, "2.1", Status::Done, "2021-04-19", "договоры подписаны", ""),
    (1, "2.2", Status::Done, "2022-03-11", "положения приняты", ""),
    (1, "3.1", Status::Done, "2021-12-20", "анкеты", ""),
    (1, "3.2", Status::Done, "2022-06-24", "", ""),
    (1, "3.3", Status::Done, "2022-06-20", "12 рецензий", ""),
    (1, "4.1", Status::Done, "2022-04-14", "вебинар, 41 участник", ""),
    (1, "4.2", Status::Done, "2022-02-25", "протоколы групп", ""),
    (1, "4.3", Status::Done, "2022-05-17", "9 консультаций", ""),
    (1, "4.4", Status::Done, "2022-03-30", "конференция, 120 участников", ""),
    (1, "4.8", Status::InProgress, "", "", "готовим заявки на фестиваль"),
    (2, "1.1", Status::Done, "2021-03-22", "согласие управления", ""),
    (2, "1.4", Status::Done, "2022-06-27", "", ""),
    (2, "2.1", Status::Done, "2021-04-20", "договор подписан", ""),
    (2, "2.2", Status::Partially, "2022-03-15", "", "положение о конкурсе на согласовании"),
    (2, "3.1", Status::Done, "2021-12-22", "анкеты", ""),
    (2, "3.2", Status::Done, "2022-04-18", "сводка активности", "за май и июнь не собраны сведения школ"),
    (2, "3.3", Status::Done, "2022-06-10", "4 рецензии", ""),
    (2, "4.1", Status::Done, "2022-04-14", "вебинар", ""),
    (2, "4.2", Status::Done, "2022-02-18", "протокол", ""),
    (2, "4.4", Status::Done, "2022-03-30", "6 докладов", ""),
    (2, "4.8", Status::NotApplicable, "", "", "заявок на постер-сессию не было"),
    (3, "1.1", Status::Done, "2021-03-20", "согласие управления", ""),
    (3, "1.2", Status::Done, "2021-03-26", "", ""),
    (3, "1.4", Status::Moved, "2022-09-15", "", "отчёт после сверки с лидером сети"),
    (3, "2.1", Status::Done, "2021-04-21", "договор подписан", ""),
    (3, "2.2", Status::Done, "2022-03-01", "положения приняты", ""),
    (3, "3.2", Status::Done, "2022-06-30", "сводка", ""),
    (3, "3.3", Status::InProgress, "", "", "рецензент болеет, назначен другой"),
    (3, "4.1", Status::Done, "2022-04-14", "вебинар", ""),
    (3, "4.2", Status::Cancelled, "", "", "объединено с группой Выселковского района"),
    (3, "4.4", Status::Done, "2022-03-30", "4 доклада", ""),
    (3, "4.8", Status::Done, "2022-01-21", "постер-сессия, диплом", ""),
    (4, "1.4", Status::InProgress, "", "", ""),
    (4, "2.1", Status::Done, "2021-04-30", "договор подписан", ""),
    (4, "3.2", Status::Done, "2022-06-25", "сводка", ""),
    (4, "4.1", Status::Done, "2022-04-14", "вебинар", ""),
    (4, "4.4", Status::Done, "2022-03-30", "2 доклада", ""),
];
