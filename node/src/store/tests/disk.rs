//! A disk that fills up under a node.

use super::*;

/// More edits than free pages of a new database take.
const EDITS_MAX: usize = 2000;

#[test]
fn a_full_disk_fails_the_save_as_a_whole_and_what_was_saved_stands() {
    let (mut store, _dir) = testing::found();
    let plan = store.import(&Form { title: "План".into(), ..Form::default() }).expect("imports").plan;
    store.limit_size(1).expect("is bounded by what stands");
    let write = |store: &mut Store, text: &str| {
        let field =
            store.plan(&plan).expect("reads").expect("is there").plan.field(PlanField::Period).clone();
        let edit = Edit { field: PlanField::Period, value: text.to_owned(), seen: field.ops() };
        store.edit_plan(plan, vec![edit])
    };
    let stands = |store: &Store| {
        let view = store.plan(&plan).expect("reads").expect("is there");
        (view.plan.text(PlanField::Period).to_owned(), store.heads().expect("reads"))
    };
    let mut saved = stands(&store);
    let full = (0..EDITS_MAX).find_map(|n| match write(&mut store, &format!("{n} {}", "я".repeat(500))) {
        Ok(_) => {
            saved = stands(&store);
            None
        }
        Err(error) => Some(error),
    });
    assert_eq!(full.map(|it| it.message_key()), Some("error-disk-full"));
    assert_eq!(
        stands(&store),
        saved,
        "nothing of the save that failed, and all of the last one that did not"
    );
    store.limit_size(u64::MAX).expect("there is room again");
    write(&mut store, "снова").expect("saves");
    assert_eq!(stands(&store).0, "снова");
}
