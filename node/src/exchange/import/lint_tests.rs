//! The catalogue of the source's slips, as far as plans have them: each is asked about, and nothing else is.

use std::collections::BTreeMap;

use svod_shared::id::{ChangeHash, DocId, Owner};

use super::tests::plan;
use super::*;
use crate::domain::field::{Field, OpName, Variant};
use crate::domain::lint::{Finding, LintKind, lint, with_acceptance};
use crate::domain::plan::{Deletion, Item, Plan, PlanField, RowId, Section};

fn field(text: &str) -> Field {
    let shown =
        Variant { value: text.to_owned(), op: OpName("1@00".into()), change: ChangeHash([1; 32]), time: 0 };
    Field { shown: Some(shown), others: Vec::new() }
}

/// The plan that a document has when this file was loaded.
fn loaded(name: &str) -> Plan {
    of_form(&plan(&format!("{name}.docx")).form())
}

fn of_form(form: &Form) -> Plan {
    let mut rows = 0;
    let mut item = |row: &FormRow| {
        rows += 1;
        let fields: BTreeMap<_, _> = row.fields().map(|(key, text)| (key, field(text))).collect();
        Item { row: RowId(format!("row{rows:02}")), fields, deletion: Deletion::Present }
    };
    let sections = form.sections.iter().enumerate().map(|(at, it)| Section {
        row: RowId(format!("section{at}")),
        fields: BTreeMap::from([
            (ItemField::Number, field(&it.number)),
            (ItemField::Title, field(&it.title)),
        ]),
        deletion: Deletion::Present,
        items: it.rows.iter().map(&mut item).collect(),
    });
    let sections = sections.collect();
    let own = [
        (PlanField::Title, form.title.as_str()),
        (PlanField::Period, form.period.as_str()),
        (PlanField::Form, form.kind.key()),
    ];
    Plan {
        id: DocId::random(1, Owner::Shared, [7; 13]),
        fields: own.map(|(key, text)| (key, field(text))).into(),
        sections,
        deleted: Vec::new(),
    }
}

/// The printed number of the item, or the count of its row.
fn asked(plan: &Plan, findings: &[Finding], kind: LintKind) -> Vec<String> {
    let of = findings.iter().filter(|it| it.kind == kind);
    of.map(|it| {
        let number = plan.item(&it.row).map_or("", |it| it.text(ItemField::Number));
        let section =
            plan.sections.iter().position(|section| section.items.iter().any(|item| item.row == it.row));
        match number {
            "" => it.row.0.clone(),
            number if number.contains('.') && !number.ends_with('.') => number.to_owned(),
            number => format!("{}.{number}", section.map_or(0, |it| it + 1)),
        }
    })
    .collect()
}

fn check(name: &str, kind: LintKind, expected: &[&str]) {
    let plan = loaded(name);
    assert_eq!(asked(&plan, &lint(&plan, &[]), kind), expected, "{name} {kind:?}");
}

/// T1, 5.3.
#[test]
fn the_repeated_june_is_asked_about_with_the_month_that_was_probably_meant() {
    let plan = loaded("roadmap-network");
    let findings = lint(&plan, &[]);
    let of = findings.iter().find(|it| it.kind == LintKind::RepeatedMonth).expect("a question");
    assert_eq!((of.found.as_str(), of.other.as_str()), ("2023-06", "2024-06"));
    check("roadmap-network", LintKind::RepeatedMonth, &["1.4"]);
}

/// T2: the plan «на 2022 – 2024 годы» begins in September 2021.
#[test]
fn what_lies_before_the_period_of_the_plan_is_asked_about() {
    check("plan-implementation", LintKind::BeforePlan, &["row01", "row02"]);
}

/// T3: a stage that runs to February 2024 in a plan «на 2021-23г.г.».
#[test]
fn what_lies_after_the_period_of_the_plan_is_asked_about() {
    let mut form = plan("roadmap-pilot.docx").form();
    form.period = "2021-23г.г.".to_owned();
    let plan = of_form(&form);
    assert_eq!(asked(&plan, &lint(&plan, &[]), LintKind::AfterPlan), ["4.2.", "4.3."]);
    check("roadmap-network", LintKind::AfterPlan, &[]);
}

/// T4: the result of a contest speaks of the conference that stands above it.
#[test]
fn a_result_that_was_copied_from_another_event_is_asked_about() {
    check("plan-implementation", LintKind::ResultOfAnotherEvent, &["row06", "row07"]);
}

/// T5: «Инновационный поиск 2022» between two items of 2023.
#[test]
fn a_year_that_differs_from_the_neighbours_is_asked_about() {
    check("roadmap-pilot", LintKind::OtherYear, &["3.3."]);
    check("roadmap-network", LintKind::OtherYear, &[]);
}

/// T6: the municipal conference of one plan and the inter-municipal one of another are held in one month.
#[test]
fn one_event_in_two_plans_is_asked_about() {
    let (network, pilot) = (loaded("roadmap-network"), loaded("roadmap-pilot"));
    let findings = lint(&network, std::slice::from_ref(&pilot));
    assert_eq!(asked(&network, &findings, LintKind::SameEventElsewhere), ["4.4", "4.7"]);
    let of = findings.iter().find(|it| it.kind == LintKind::SameEventElsewhere).expect("a question");
    assert!(of.other.contains("муниципальной образовательной конференции"), "{}", of.other);
}

/// T8: the contests of the region in October 2022 and from September 2023 on are two editions.
#[test]
fn two_editions_of_a_contest_are_not_one_event() {
    let (network, project) = (loaded("roadmap-network"), loaded("plan-implementation"));
    let findings = lint(&network, std::slice::from_ref(&project));
    assert!(!asked(&network, &findings, LintKind::SameEventElsewhere).contains(&"4.8".to_owned()));
}

/// T7: the order of March 2022 comes when the work has gone on since December 2021.
#[test]
fn an_order_that_is_due_after_its_work_has_begun_is_asked_about() {
    check("roadmap-pilot", LintKind::OrderAfterWork, &["2.1."]);
    let plan = loaded("roadmap-pilot");
    let findings = lint(&plan, &[]);
    let of = findings.iter().find(|it| it.kind == LintKind::OrderAfterWork).expect("a question");
    assert!(of.other.starts_with("декабрь 2021"), "{}", of.other);
}

/// T9: Latin letters and spellings of one organisation.
#[test]
fn two_spellings_of_one_name_are_proposed_and_never_joined() {
    let found = of_form(&plan("roadmap-network-asfound.docx").form());
    let findings = lint(&found, &[]);
    let pairs: Vec<_> = findings
        .iter()
        .filter(|it| it.kind == LintKind::TwoSpellings)
        .map(|it| (it.found.as_str(), it.other.as_str()))
        .collect();
    assert!(pairs.contains(&("TMC", "ТМС")), "{pairs:?}");
    let text = found.items().last().expect("an item").text(ItemField::Responsible);
    assert_eq!(text, "TMC", "the plan stays as it is");
    check("roadmap-network", LintKind::TwoSpellings, &[]);
}

/// T12: the institute of the region at a municipal conference; at a contest of the region it is at home.
#[test]
fn an_outside_executor_of_a_municipal_event_is_asked_about() {
    check("roadmap-pilot", LintKind::OutsideExecutor, &["2.4."]);
}

/// T18: what has no term, nobody responsible, no audience.
#[test]
fn empty_cells_are_listed() {
    check("roadmap-network", LintKind::NoTerm, &["1.3", "5.1", "5.2"]);
    check("roadmap-network", LintKind::NobodyResponsible, &["4.6", "4.8"]);
    check("roadmap-network", LintKind::NoAudience, &["1.4", "3.3", "3.4", "4.6", "5.1", "5.2"]);
    check("plan-interaction", LintKind::NoTerm, &[]);
}

/// T19: nobody knows what ЛВС is, and nobody guesses.
#[test]
fn an_abbreviation_that_nobody_spelled_out_is_asked_about() {
    check("roadmap-network", LintKind::UnknownAbbreviation, &["5.2"]);
    for name in ["roadmap-pilot", "plan-implementation", "plan-interaction"] {
        check(name, LintKind::UnknownAbbreviation, &[]);
    }
}

/// T23: seminars whose form is webinars. The form counts, the text stays.
#[test]
fn a_form_that_differs_from_the_content_is_asked_about() {
    check("roadmap-pilot", LintKind::FormDiffers, &["3.2."]);
}

/// T14: numbers are texts, whatever scheme they follow.
#[test]
fn numbers_stay_as_they_are_printed() {
    let pilot = plan("roadmap-pilot.docx");
    let numbers: Vec<_> = pilot.items().map(ImportedItem::number).collect();
    assert_eq!(numbers, ["1.", "2.", "1.", "2.", "3.", "4.", "1.", "2.", "3.", "4.", "1.", "2.", "3."]);
}

#[test]
fn an_accepted_question_is_asked_no_more_until_its_text_changes() {
    let mut form = plan("roadmap-pilot.docx").form();
    let findings = lint(&of_form(&form), &[]);
    let of = findings.iter().find(|it| it.kind == LintKind::OtherYear).expect("a question");
    let row = &mut form.sections[2].rows[2];
    row.set(ItemField::Accepted, with_acceptance("", of, "так в приказе"));
    let reasons = |form: &Form| {
        let findings = lint(&of_form(form), &[]);
        findings.into_iter().find(|it| it.kind == LintKind::OtherYear).map(|it| it.accepted)
    };
    assert_eq!(reasons(&form), Some(Some("так в приказе".to_owned())));
    let changed = form.sections[2].rows[2].text(ItemField::Title).replace("2022", "2021");
    form.sections[2].rows[2].set(ItemField::Title, changed);
    assert_eq!(reasons(&form), Some(None), "another year is another question");
}
