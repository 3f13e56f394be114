use std::collections::BTreeMap;

use jiff::civil::date;
use svod_shared::id::DocId;

use super::*;
use crate::domain::light::LightKind;
use crate::domain::period::Half;
use crate::reports::sample::{plan_view, report, with_input};

fn row<'a>(report: &'a Report, number: &str) -> &'a RowReport {
    report.sections.iter().flat_map(|it| &it.rows).find(|it| it.item.number == number).unwrap()
}

fn compile_plan(plan: &PlanView, period: Period, today: Date) -> Report {
    with_input(|input| {
        compile(&ReportInput { plan, period, today, freshness: &[], divergences: &[], ..input.clone() })
    })
}

fn first_half_of_2022() -> Period {
    Period::half_year(2022, Half::First).unwrap()
}

#[test]
fn an_item_is_due_if_one_of_its_days_lies_in_the_period() {
    let report = report();
    let due: Vec<_> = report.sections.iter().flat_map(|it| &it.rows).filter(|it| it.is_due).collect();
    let numbers: Vec<_> = due.iter().map(|it| it.item.number.as_str()).collect();
    assert_eq!(numbers, ["1.4", "2.2", "3.2", "3.3", "4.1", "4.2", "4.4", "4.8"]);
}

#[test]
fn totals_are_those_counted_by_hand() {
    let report = report();
    let lead = report.totals[0].unwrap();
    assert_eq!((lead.due, lead.done, lead.unproven, lead.overdue), (8, 7, 1, 1));
    assert_eq!((lead.on_request, lead.percent()), (1, Some(88)));
    let second = report.totals[1].unwrap();
    assert_eq!((second.done, second.partially, second.overdue, second.not_applicable), (5, 1, 1, 1));
    assert_eq!((second.expected(), second.percent()), (7, Some(71)));
    let third = report.totals[2].unwrap();
    assert_eq!((third.done, third.moved, third.cancelled, third.overdue), (5, 1, 1, 1));
}

#[test]
fn the_networks_share_is_a_ratio_of_sums() {
    let report = report();
    let present: Vec<_> = report.totals.iter().flatten().collect();
    assert_eq!(report.total.done, present.iter().map(|it| it.done).sum::<u32>());
    assert_eq!(report.total.expected(), present.iter().map(|it| it.expected()).sum::<u32>());
    let of_sections = sum(&report.sections.iter().map(|it| it.total).collect::<Vec<_>>());
    assert_eq!(report.total, of_sections);
    assert_eq!((report.total.done, report.total.expected()), (20, 31));
}

#[test]
fn who_reported_nothing_is_in_no_total_and_in_no_list() {
    let report = report();
    let missing: Vec<_> = report.missing().map(|it| (it.short.as_str(), it.presence)).collect();
    assert_eq!(missing, [("Мостовской", Presence::Silent)]);
    assert_eq!((report.totals[4], report.reported()), (None, 4));
    assert!(report.sections.iter().all(|it| it.totals[4].is_none()));
    assert!(report.overdue.iter().all(|it| it.member != 4));
    assert!(report.provenance.iter().all(|it| it.member != 4));
}

#[test]
fn a_member_of_whom_nothing_arrived_is_told_from_one_that_is_silent() {
    let mut plan = plan_view();
    plan.executions.remove(&OrgNo(1));
    let report = compile_plan(&plan, first_half_of_2022(), date(2022, 7, 1));
    // The first is this node's own organisation: its data cannot be missing here.
    assert_eq!(report.members[0].presence, Presence::Silent);
    assert_eq!(report.members[4].presence, Presence::Unknown);
}

#[test]
fn every_status_in_the_report_names_the_entry_it_comes_from() {
    let (report, view) = (report(), plan_view());
    let written: usize = view.executions.values().map(BTreeMap::len).sum();
    assert_eq!(report.provenance.len(), written);
    for (index, row) in report.sections.iter().flat_map(|it| &it.rows).enumerate() {
        for (place, cell) in row.cells.iter().enumerate() {
            let Some(number) = cell.as_ref().and_then(|it| it.proof) else { continue };
            let line = &report.provenance[number - 1];
            assert_eq!((line.member, &line.item), (place, &row.item), "row {index}");
            let org = report.members[place].no;
            let execution = &view.executions[&org][&row.item.row];
            let change = execution.field(ExecutionField::Status).shown.as_ref().unwrap().change;
            assert_eq!(line.record.as_ref().unwrap().entry, view.authors[&change].entry);
            assert_eq!(line.status, execution.status());
        }
    }
}

#[test]
fn a_status_whose_entry_is_unknown_is_kept_and_says_so() {
    let mut plan = plan_view();
    plan.authors.clear();
    let report = compile_plan(&plan, first_half_of_2022(), date(2022, 7, 1));
    assert_eq!(report.provenance.len(), 40);
    assert!(report.provenance.iter().all(|it| it.record.is_none()));
}

#[test]
fn the_overdue_of_the_period_are_as_many_as_the_total_says() {
    let report = report();
    let (carried, own): (Vec<_>, Vec<_>) = report.overdue.iter().partition(|it| it.is_carried);
    assert_eq!(own.len(), report.total.overdue as usize);
    assert!(carried.iter().all(|it| it.due < report.period.from()));
    let reasons: Vec<_> =
        own.iter().filter(|it| !it.reason.is_empty()).map(|it| it.reason.as_str()).collect();
    assert_eq!(
        reasons,
        [
            "за май и июнь не собраны сведения школ",
            "рецензент болеет, назначен другой",
            "готовим заявки на фестиваль"
        ]
    );
}

#[test]
fn what_was_due_before_the_period_is_carried_over_even_if_it_is_due_again() {
    let report = compile_plan(&plan_view(), first_half_of_2022(), date(2022, 2, 1));
    let fourth: Vec<_> =
        report.overdue.iter().filter(|it| it.member == 3 && it.item.number == "1.4").collect();
    assert_eq!(fourth.len(), 1);
    assert_eq!((fourth[0].is_carried, fourth[0].due), (true, date(2021, 12, 31)));
}

#[test]
fn items_on_request_and_without_a_term_are_listed_apart() {
    let report = report();
    let undated: Vec<_> = report.undated.iter().map(|it| it.number.as_str()).collect();
    assert_eq!(undated, ["1.3", "5.1", "5.2"]);
    let on_request: Vec<_> =
        report.on_request.iter().map(|it| (it.item.number.as_str(), &it.done_by)).collect();
    assert_eq!(on_request, [("3.4", &vec![]), ("4.3", &vec![0]), ("4.6", &vec![])]);
    assert_eq!(row(&report, "4.6").cells[1].as_ref().unwrap().light.kind, LightKind::OnRequest);
}

#[test]
fn divergences_of_other_plans_are_left_out_and_an_edit_stands_before_a_deletion() {
    let report = with_input(|input| {
        let mut divergences = input.divergences.to_vec();
        divergences[0].plan = DocId([9; 16]);
        compile(&ReportInput { divergences: &divergences, ..input.clone() })
    });
    assert_eq!(report.divergences.len(), 2);
    assert_eq!(report.divergences[0].org_short.as_deref(), Some("Кореновский"));
    let values: Vec<_> = report.divergences[1].values.iter().map(|it| it.value.as_deref()).collect();
    assert_eq!(values, [None, Some("график не нужен")]);
}

#[test]
fn moments_are_printed_in_the_given_zone() {
    let report = report();
    // 2022-06-28T10:40:00Z
    assert_eq!(report.members[1].newest_entry, Some(date(2022, 6, 28).at(13, 40, 0, 0)));
}

#[test]
fn a_plan_without_a_window_recurs_in_the_years_of_the_report() {
    let mut plan = plan_view();
    plan.plan.fields.remove(&PlanField::Period);
    let report = compile_plan(&plan, first_half_of_2022(), date(2022, 7, 1));
    assert!(row(&report, "3.2").is_due);
    assert_eq!(report.plan_period, "");
}

#[test]
fn an_empty_plan_gives_an_empty_report() {
    let mut plan = plan_view();
    plan.plan.sections.clear();
    let report = compile_plan(&plan, first_half_of_2022(), date(2022, 7, 1));
    assert_eq!((report.total, report.reported()), (Totals::default(), 0));
    assert!(report.provenance.is_empty() && report.overdue.is_empty());
}

#[test]
fn a_report_that_says_nothing_of_the_status_is_no_report() {
    let mut plan = plan_view();
    for execution in plan.executions.get_mut(&OrgNo(4)).unwrap().values_mut() {
        execution.fields.remove(&ExecutionField::Status);
    }
    let report = compile_plan(&plan, first_half_of_2022(), date(2022, 7, 1));
    assert_eq!(report.members[3].statuses, 0);
    assert_ne!(report.members[3].presence, Presence::Reported);
}
