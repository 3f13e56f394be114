//! The plan of the next year.

use super::*;
use crate::domain::execution::Status;

#[test]
fn a_copy_has_the_same_items_with_their_years_moved_and_no_execution() {
    let (mut a, _b, plan) = two_sites();
    let item = row(&a, &plan, "4.4");
    let said = Edit { field: ExecutionField::Status, value: Status::Done.key().into(), seen: Vec::new() };
    a.store.report_execution(plan, &item, vec![said]).expect("reports");
    set(&mut a, &plan, "4.4", ItemField::Result, "сборник «Поиск 2022»");
    let view = a.store.plan(&plan).expect("reads").expect("is there");
    let copy = Form::whole(&view.plan).shifted(1);
    let made = a.store.copy(&copy).expect("writes").expect("a new plan");
    assert_ne!(made, plan);
    assert_eq!(text(&a, &made, "4.4", ItemField::Term), "Март 2023г.");
    assert_eq!(text(&a, &made, "4.1", ItemField::Term), "Апрель, сентябрь", "what names no year stays");
    assert_eq!(
        text(&a, &made, "4.4", ItemField::Result),
        "сборник «Поиск 2023»",
        "also what form D does not print"
    );
    let copied = a.store.plan(&made).expect("reads").expect("is there");
    assert_eq!(copied.plan.text(PlanField::Period), "2022-24г.г.");
    assert!(copied.executions.is_empty());
    assert_eq!(text(&a, &plan, "4.4", ItemField::Term), "Март 2022г.", "the old plan stays as it is");
}

#[test]
fn a_copy_onto_a_plan_that_stands_is_not_made() {
    let (mut a, _b, plan) = two_sites();
    let view = a.store.plan(&plan).expect("reads").expect("is there");
    let before = records(&a).len();
    assert_eq!(a.store.copy(&Form::whole(&view.plan)).expect("answers"), None);
    assert_eq!(records(&a).len(), before);
}
