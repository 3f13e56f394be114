//! What concurrent edits give.

use proptest::prelude::*;
use svod_shared::entry::CHANGE_BYTES_MAX;
use svod_shared::id::OrgNo;

use super::document::{Document, Hold, LoadError, Place};
use super::edit::EditError;
use super::genesis::MARKS;
use super::history::{self, Event};
use super::testing::{Site, plan_id, put, set, sheet_id, sync};
use super::{execution, natural_roadmap_id, roadmap};
use crate::documents::roadmap::{NewItem, NewPlan, NewSection};
use crate::domain::execution::ExecutionField;
use crate::domain::plan::{Deletion, ItemField, PlanField, RowId};
use svod_shared::time::Timestamp;

fn pair() -> (Site, Site) {
    let a = Site::with_plan();
    let b = a.peer(2);
    (a, b)
}

fn titles(site: &Site) -> Vec<String> {
    site.plan().items().map(|it| it.text(ItemField::Title).to_owned()).collect()
}

#[test]
fn a_created_plan_reads_back_in_order() {
    let site = Site::with_plan();
    assert_eq!(site.plan().text(PlanField::Title), "plan");
    assert_eq!(titles(&site), ["one", "two", "three"]);
    assert_eq!(site.plan().sections[0].text(ItemField::Title), "section");
    let shown = site.item(0).field(ItemField::Title).shown.clone().unwrap();
    assert_eq!((shown.change, shown.time), (site.log[0].1.hash, 1));
}

#[test]
fn edits_of_different_fields_and_rows_both_stand() {
    let (mut a, mut b) = pair();
    let row = a.row(0);
    a.edit(&[set(&row, ItemField::Title, "new")]);
    b.edit(&[set(&row, ItemField::Term, "May")]);
    let section = b.plan().sections[0].clone();
    let fields = [(ItemField::Title, "four".to_owned())];
    b.edit(&roadmap::add_item(&section, Some(&row), &fields, [1; 4]));
    sync(&mut a, &mut b);
    assert_eq!(titles(&a), ["new", "four", "two", "three"]);
    assert_eq!(a.item(0).text(ItemField::Term), "May");
    assert!(!a.item(0).field(ItemField::Title).diverges());
}

#[test]
fn two_values_of_one_field_stand_side_by_side_until_one_is_chosen() {
    let (mut a, mut b) = pair();
    let row = a.row(0);
    a.edit(&[set(&row, ItemField::Term, "May")]);
    let by_b = b.edit(&[set(&row, ItemField::Term, "June")]).unwrap();
    sync(&mut a, &mut b);
    let field = a.item(0).field(ItemField::Term).clone();
    assert!(field.diverges());
    assert_eq!(field.variants().count(), 2);
    assert!(field.variants().any(|it| it.value == "June" && it.change == by_b.hash));
    let told = history::describe(&a.doc, &[by_b.hash]);
    assert!(matches!(&told[0].events[..], [Event::Field { diverged: true, settled: false, old: None, .. }]));

    // The value that is shown anyway: outside a divergence this would change nothing.
    let chosen = a.edit(&[set(&row, ItemField::Term, field.text())]).unwrap();
    sync(&mut a, &mut b);
    assert_eq!(a.item(0).field(ItemField::Term).variants().count(), 1);
    assert_eq!(a.item(0).text(ItemField::Term), field.text());
    let told = history::describe(&b.doc, &[chosen.hash]);
    assert!(matches!(&told[0].events[..], [Event::Field { diverged: false, settled: true, .. }]));
}

#[test]
fn two_different_choices_made_at_once_diverge_again() {
    let (mut a, mut b) = pair();
    let row = a.row(0);
    a.edit(&[set(&row, ItemField::Term, "May")]);
    b.edit(&[set(&row, ItemField::Term, "June")]);
    sync(&mut a, &mut b);
    let by_a = a.edit(&[set(&row, ItemField::Term, "May")]).unwrap();
    let by_b = b.edit(&[set(&row, ItemField::Term, "June")]).unwrap();
    sync(&mut a, &mut b);
    let field = a.item(0).field(ItemField::Term).clone();
    let mut standing: Vec<_> = field.variants().map(|it| it.change).collect();
    let mut choices = vec![by_a.hash, by_b.hash];
    standing.sort();
    choices.sort();
    assert!(field.diverges());
    assert_eq!(standing, choices);
}

#[test]
fn a_value_that_stands_alone_is_not_put_again() {
    let mut a = Site::with_plan();
    let row = a.row(0);
    let heads = a.doc.heads();
    assert_eq!(a.edit(&[set(&row, ItemField::Title, "one")]), None);
    assert_eq!(a.doc.heads(), heads);
    // And what was not committed leaves no trace in the next change.
    assert!(a.edit(&[set(&row, ItemField::Title, "uno")]).is_some());
}

#[test]
fn an_edit_that_had_not_seen_the_deletion_keeps_the_row() {
    let (mut a, mut b) = pair();
    let row = a.row(1);
    let mark = a.edit(&[roadmap::delete_row(&row, "double")]).unwrap();
    let edit = b.edit(&[set(&row, ItemField::Term, "May")]).unwrap();
    assert!(matches!(a.plan().deleted[0].deletion, Deletion::Deleted(ref it) if it.value == "double"));
    sync(&mut a, &mut b);
    let Deletion::Contested { marks, edits } = a.item(1).deletion else { panic!("the edit was lost") };
    assert_eq!((marks[0].change, edits), (mark.hash, vec![edit.hash]));
    let told = history::describe(&a.doc, &[edit.hash]);
    assert!(told[0].events.contains(&Event::EditKept { row: row.clone() }));

    // Deleting again has seen the edit; restoring takes the mark back.
    b.edit(&[roadmap::delete_row(&row, "still double")]);
    sync(&mut a, &mut b);
    assert_eq!(titles(&a), ["one", "three"]);
    let restored = a.edit(&[roadmap::restore_row(&row)]).unwrap();
    sync(&mut a, &mut b);
    assert_eq!(b.item(1).deletion, Deletion::Present);
    assert_eq!(history::describe(&b.doc, &[restored.hash])[0].events, [Event::Restored { row }]);
}

#[test]
fn a_deletion_after_an_edit_deletes() {
    let (mut a, mut b) = pair();
    let row = a.row(1);
    a.edit(&[set(&row, ItemField::Term, "May")]);
    b.pull(&a);
    b.edit(&[roadmap::delete_row(&row, "double")]);
    sync(&mut a, &mut b);
    assert_eq!(a.plan().deleted.len(), 1);
    assert_eq!(titles(&a), ["one", "three"]);
}

#[test]
fn two_marks_that_each_missed_an_edit_keep_the_row() {
    let (mut a, mut b) = pair();
    let row = a.row(1);
    a.edit(&[set(&row, ItemField::Term, "May"), roadmap::delete_row(&row, "by a")]);
    b.edit(&[set(&row, ItemField::Form, "web"), roadmap::delete_row(&row, "by b")]);
    assert_eq!(a.plan().deleted.len(), 1);
    sync(&mut a, &mut b);
    let Deletion::Contested { marks, edits } = a.item(1).deletion else { panic!("an edit was lost") };
    assert_eq!((marks.len(), edits.len()), (2, 2));
}

#[test]
fn items_of_a_deleted_section_stand_in_a_last_one_without_a_title() {
    let mut a = Site::with_plan();
    let section = a.plan().sections[0].row.clone();
    a.edit(&[roadmap::delete_row(&section, "merged")]);
    let plan = a.plan();
    assert_eq!((plan.sections.len(), plan.sections[0].row.clone()), (1, RowId(String::new())));
    assert_eq!(titles(&a), ["one", "two", "three"]);
    let fields = [(ItemField::Title, "again".to_owned())];
    a.edit(&roadmap::add_section(&plan, 1, &fields, [1; 4]));
    let plan = a.plan();
    let ops = roadmap::move_item(plan.item(&a.row(2)).unwrap(), &plan.sections[0], None, [2; 4]);
    a.edit(&ops);
    assert_eq!(titles(&a), ["three", "one", "two"]);
    assert_eq!(a.plan().sections.len(), 2);
}

#[test]
fn rows_inserted_at_one_place_at_once_both_stand_there() {
    let (mut a, mut b) = pair();
    let (section, row) = (a.plan().sections[0].clone(), a.row(0));
    a.edit(&roadmap::add_item(&section, Some(&row), &[(ItemField::Title, "a".into())], [7; 4]));
    b.edit(&roadmap::add_item(&section, Some(&row), &[(ItemField::Title, "b".into())], [7; 4]));
    sync(&mut a, &mut b);
    assert_eq!(titles(&a).len(), 5);
    // Equal keys: a row that is put between the two moves the later one.
    let (section, row) = (a.plan().sections[0].clone(), a.row(1));
    let ops = roadmap::add_item(&section, Some(&row), &[(ItemField::Title, "c".into())], [8; 4]);
    assert_eq!(ops.len(), 2);
    a.edit(&ops);
    sync(&mut a, &mut b);
    assert_eq!(titles(&a)[2], "c");
}

#[test]
fn two_nodes_that_report_one_execution_at_once_diverge_and_lose_nothing() {
    let (mut a, mut b) = (Site::new(sheet_id(), 1), Site::new(sheet_id(), 2));
    let row = RowId("row".to_owned());
    a.edit(&execution::set(&a.doc, &plan_id(), &row, ExecutionField::Status, "done"));
    b.edit(&execution::set(&b.doc, &plan_id(), &row, ExecutionField::Status, "cancelled"));
    b.edit(&execution::set(&b.doc, &plan_id(), &row, ExecutionField::Comment, "why"));
    b.pull(&a);
    a.pull(&b);
    let sheet = execution::read(&a.doc, plan_id(), OrgNo(3));
    assert_eq!(sheet, execution::read(&b.doc, plan_id(), OrgNo(3)));
    assert_eq!(execution::plan_of(&a.doc), Some((plan_id(), OrgNo(3))));
    let execution = &sheet.rows[&row];
    assert!(execution.field(ExecutionField::Status).diverges());
    assert_eq!(execution.field(ExecutionField::Status).variants().count(), 2);
    assert_eq!(execution.text(ExecutionField::Comment), "why");
}

#[test]
fn a_document_created_by_two_nodes_merges() {
    let id = natural_roadmap_id(b"table");
    assert_eq!(id, natural_roadmap_id(b"table"));
    let (mut a, mut b) = (Site::new(id, 1), Site::new(id, 2));
    let plan = |title: &str| NewPlan { fields: vec![(PlanField::Title, title.into())], sections: vec![] };
    a.create(&plan("plan"));
    b.create(&plan("plan"));
    sync(&mut a, &mut b);
    assert!(!a.plan().field(PlanField::Title).diverges());
    assert!(!a.doc.is_empty() && Document::new(id).unwrap().is_empty());
}

#[test]
fn a_large_plan_comes_in_changes_of_admissible_size() {
    let mut a = Site::new(plan_id(), 1);
    let long = "слово ".repeat(60);
    let item = NewItem { fields: vec![(ItemField::Title, long.clone()), (ItemField::Result, long)] };
    let section = NewSection { fields: vec![], items: vec![item; 40] };
    let count = a.create(&NewPlan { fields: vec![], sections: vec![section; 3] });
    assert!(count > 3);
    assert!(a.log.iter().all(|it| it.1.bytes.len() <= CHANGE_BYTES_MAX));
    let b = a.peer(2);
    let plan = b.plan();
    assert_eq!(plan.sections.iter().map(|it| it.items.len()).collect::<Vec<_>>(), [40, 40, 40]);
}

#[test]
fn a_change_that_is_too_large_is_not_made() {
    let mut a = Site::with_plan();
    let (row, heads) = (a.row(0), a.doc.heads());
    let huge = "x".repeat(CHANGE_BYTES_MAX);
    let made = a.doc.edit(a.actor, Timestamp(0), None, &[set(&row, ItemField::Title, &huge)]);
    assert!(matches!(made, Err(EditError::TooLarge { .. })));
    let nowhere = Place::Row(RowId("nowhere".into()));
    let made = a.doc.edit(a.actor, Timestamp(0), None, &[put(nowhere, "title", "x")]);
    assert!(matches!(made, Err(EditError::NoPlace(_))));
    let rows = Place::Container(super::genesis::ROWS);
    let made = a.doc.edit(a.actor, Timestamp(0), None, &[put(rows, "title", "x")]);
    assert!(matches!(made, Err(EditError::NoPlace(_))));
    assert_eq!(a.doc.heads(), heads);
}

#[test]
fn a_loaded_snapshot_goes_on_where_it_stopped() {
    let mut a = Site::with_plan();
    let snapshot = a.doc.snapshot();
    let mut again = a.clone();
    again.doc = Document::load(plan_id(), &snapshot).unwrap();
    assert_eq!(again.plan(), a.plan());
    let row = a.row(0);
    let edit = [set(&row, ItemField::Term, "May")];
    assert_eq!(a.edit(&edit), again.edit(&edit));
    assert_eq!(Document::load(sheet_id(), &snapshot).unwrap_err(), LoadError::Foreign);
    assert_eq!(Document::load(plan_id(), &snapshot[..40]).unwrap_err(), LoadError::Damaged);
}

#[test]
fn a_change_waits_for_what_it_depends_on() {
    let mut a = Site::with_plan();
    let mut b = Site::new(plan_id(), 2);
    let row = a.row(0);
    a.edit(&[set(&row, ItemField::Term, "May")]);
    let (first, second) = (a.log[..1].to_vec(), a.log[1..].to_vec());
    let missing = vec![first[0].1.hash];
    assert_eq!(b.take(&second).held, [(second[0].1.hash, Hold::Dependencies { missing })]);
    assert!(b.doc.is_empty());
    assert_eq!(b.take(&[second[0].clone(), first[0].clone()]).applied.len(), 0, "feed order is kept");
    assert_eq!(b.take(&[first[0].clone(), second[0].clone()]).applied.len(), 2);
    assert_eq!(b.take(&a.log), super::Applied::default());
}

#[test]
fn forty_four_offline_nodes_merge() {
    let mut lead = Site::with_plan();
    let peers: Vec<_> = (2..46).map(|it| lead.peer(it)).collect();
    let row = lead.row(0);
    for mut peer in peers {
        peer.edit(&[put(Place::Row(row.clone()), &format!("key{}", peer.actor.0[0]), "x")]);
        lead.pull(&peer);
    }
    let merge = lead.edit(&[set(&row, ItemField::Term, "May")]).unwrap();
    assert_eq!(lead.doc.heads(), [merge.hash]);
    assert_eq!(lead.peer(99).plan(), lead.plan());
}

#[test]
fn history_tells_every_change_in_causal_order() {
    let (mut a, mut b) = pair();
    let row = a.row(0);
    a.edit(&[set(&row, ItemField::Title, "uno")]);
    b.pull(&a);
    b.edit(&[roadmap::delete_row(&row, "double")]);
    let told = history::history(&b.doc);
    assert_eq!(told.len(), 3);
    assert_eq!(told[0].events.iter().filter(|it| matches!(it, Event::Created { .. })).count(), 4);
    assert_eq!((told[1].actor, told[1].time, told[1].reason.as_deref()), (a.actor, 2_000, Some("why")));
    let old = Some("one".to_owned());
    assert!(matches!(&told[1].events[0], Event::Field { old: it, .. } if *it == old));
    assert_eq!(told[2].events, [Event::Deleted { row, reason: "double".to_owned() }]);
    let hashes: Vec<_> = told.iter().map(|it| it.change).collect();
    assert_eq!(history::describe(&b.doc, &hashes), told);
}

/// What a random node does.
#[derive(Debug, Clone)]
enum Act {
    Put(usize, usize, u8),
    Mark(usize),
    Restore(usize),
    Add,
    Note(u8, u8),
    Pull(usize),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0..3usize, 0..9usize, any::<u8>()).prop_map(|(row, field, value)| Act::Put(row, field, value)),
        1 => (0..3usize).prop_map(Act::Mark),
        1 => (0..3usize).prop_map(Act::Restore),
        1 => Just(Act::Add),
        1 => (0..3u8, any::<u8>()).prop_map(|(key, value)| Act::Note(key, value)),
        3 => (0..3usize).prop_map(Act::Pull),
    ]
}

fn perform(sites: &mut [Site], who: usize, act: &Act, rows: &[RowId]) {
    if let Act::Pull(from) = act {
        let from = sites[*from].clone();
        sites[who].pull(&from);
        return;
    }
    let ops = match act {
        Act::Put(row, field, value) => vec![set(&rows[*row], ItemField::ALL[*field], &value.to_string())],
        Act::Mark(row) => vec![roadmap::delete_row(&rows[*row], "why")],
        Act::Restore(row) => vec![roadmap::restore_row(&rows[*row])],
        Act::Add => {
            let Some(section) = sites[who].plan().sections.first().cloned() else { return };
            roadmap::add_item(&section, None, &[(ItemField::Title, "x".into())], [1; 4])
        }
        Act::Note(key, value) => {
            vec![put(Place::Container(super::genesis::PLAN), &format!("k{key}"), &value.to_string())]
        }
        Act::Pull(_) => return,
    };
    sites[who].edit(&ops);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn honest_edits_are_never_refused_and_all_orders_agree(acts in prop::collection::vec((0..3usize, act()), 1..25)) {
        let first = Site::with_plan();
        let rows: Vec<_> = (0..3).map(|it| first.row(it)).collect();
        let mut sites = [first.clone(), first.peer(2), first.peer(3)];
        for (who, act) in &acts {
            perform(&mut sites, *who, act, &rows);
        }
        let [mut a, mut b, mut c] = sites;
        sync(&mut a, &mut b);
        sync(&mut b, &mut c);
        sync(&mut a, &mut c);
        let mut one_by_one = Site::new(plan_id(), 9);
        for change in &a.log {
            prop_assert_eq!(one_by_one.take(std::slice::from_ref(change)).applied.len(), 1);
        }
        prop_assert_eq!(one_by_one.plan(), a.plan());
        prop_assert_eq!(Document::load(plan_id(), &a.doc.snapshot()).unwrap().heads(), a.doc.heads());
    }
}

#[test]
fn keys_of_later_versions_are_kept() {
    let mut a = Site::new(sheet_id(), 1);
    a.edit(&[put(Place::Container(MARKS), "row/novel", "x")]);
    assert_eq!(execution::read(&a.doc, plan_id(), OrgNo(3)).rows.len(), 0);
    let kept = Document::load(sheet_id(), &a.doc.snapshot()).unwrap();
    assert_eq!(kept.field(&Place::Container(MARKS), "row/novel").text(), "x");
}
