//! Undoing the last own action.

use super::*;

fn undo(site: &mut Site) -> Result<(), CommandError> {
    let last = site.store.last_action().expect("reads").expect("an action");
    site.store.undo(&last.change)
}

#[test]
fn the_last_edit_is_undone_and_undoing_again_brings_it_back() {
    let (mut a, _b, plan) = two_sites();
    set(&mut a, &plan, "4.4", ItemField::Term, "Апрель 2022");
    assert!(a.store.last_action().expect("reads").expect("an action").may_undo);
    undo(&mut a).expect("undoes");
    assert_eq!(text(&a, &plan, "4.4", ItemField::Term), "Март 2022г.");
    undo(&mut a).expect("undoes the undoing");
    assert_eq!(text(&a, &plan, "4.4", ItemField::Term), "Апрель 2022");
}

#[test]
fn what_somebody_wrote_over_is_left_as_it_is() {
    let (mut a, mut b, plan) = two_sites();
    set(&mut a, &plan, "4.4", ItemField::Term, "Апрель 2022");
    exchange(&mut a, &mut b);
    set(&mut b, &plan, "4.4", ItemField::Term, "Май 2022");
    exchange(&mut a, &mut b);
    assert!(!a.store.last_action().expect("reads").expect("an action").may_undo);
    assert!(matches!(undo(&mut a), Err(CommandError::Moved)));
    assert_eq!(text(&a, &plan, "4.4", ItemField::Term), "Май 2022");
}

#[test]
fn a_row_that_was_added_or_deleted_goes_or_comes_back() {
    let (mut a, _b, plan) = two_sites();
    let item = row(&a, &plan, "4.4");
    a.store.delete_row(plan, &item, "ошибка").expect("deletes");
    undo(&mut a).expect("undoes");
    let standing = |site: &Site| site.store.plan(&plan).expect("reads").expect("a plan").plan.items().count();
    assert_eq!(standing(&a), 3);
    let section = a.store.plan(&plan).expect("reads").expect("a plan").plan.sections[0].row.clone();
    let fields = [(ItemField::Title, "Новое дело".to_owned())].into();
    a.store.add_item(plan, &section, &fields).expect("adds");
    assert_eq!(standing(&a), 4);
    undo(&mut a).expect("undoes");
    assert_eq!(standing(&a), 3);
}

#[test]
fn a_loaded_table_and_a_stale_form_undo_nothing() {
    let (mut a, _b, plan) = two_sites();
    let loaded = a.store.last_action().expect("reads").expect("an action");
    assert!(!loaded.may_undo, "five rows at once are no action by hand");
    assert!(matches!(a.store.undo(&loaded.change), Err(CommandError::Moved)));
    set(&mut a, &plan, "4.4", ItemField::Term, "Апрель 2022");
    let shown = a.store.last_action().expect("reads").expect("an action").change;
    set(&mut a, &plan, "4.4", ItemField::Term, "Май 2022");
    assert!(
        matches!(a.store.undo(&shown), Err(CommandError::NoChange)),
        "a later action is not undone instead"
    );
}
