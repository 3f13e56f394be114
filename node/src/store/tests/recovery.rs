//! Old backups, copied folders and damaged logs: nothing typed is lost, and everybody comes to hold the same.

use std::collections::BTreeSet;

use svod_shared::packet::PART_BYTES_DEFAULT;

use super::*;
use crate::store::{BackupError, Fault};

/// A copy of the folder as people make it: every file, nothing noted.
fn copied(site: &Site) -> Site {
    let dir = tempfile::tempdir().expect("makes");
    let file = dir.path().join("copy.db");
    site.store.connection.execute("VACUUM INTO ?1", [file.to_str()]).expect("copies");
    let data = dir.path().join("data");
    let folder = Folder::create(&data).expect("makes");
    for role in [KeyRole::Node, KeyRole::Org, KeyRole::Roster] {
        if let Some(pair) = site.store.folder().key(role).expect("reads") {
            folder.keep_key(role, &pair).expect("writes");
        }
    }
    std::fs::rename(file, folder.database()).expect("moves");
    let store = Store::open(folder, site.store.clock.clone()).expect("opens");
    Site { store, _dir: dir }
}

/// The node as `svod restore` brings it back.
fn restored(backup: &std::path::Path, like: &Site) -> Site {
    let dir = tempfile::tempdir().expect("makes");
    let data = dir.path().join("data");
    Store::restore(backup, &data, None, like.store.now()).expect("restores");
    let store = Store::open(Folder::open(&data).expect("opens"), like.store.clock.clone()).expect("opens");
    Site { store, _dir: dir }
}

/// Everybody gets everything, as over a relay that the first of them feeds.
fn meet(sites: &mut [&mut Site]) {
    for _ in 0..2 {
        for at in 1..sites.len() {
            let (hub, others) = sites.split_first_mut().expect("not empty");
            pass(hub, others[at - 1]);
            pass(others[at - 1], hub);
        }
    }
    let codes: Vec<_> = sites.iter().map(|it| it.store.control_code().expect("reads")).collect();
    assert!(codes.windows(2).all(|pair| pair[0] == pair[1]), "{codes:?}");
}

fn values(site: &Site, plan: &DocId, number: &str, field: ItemField) -> Vec<String> {
    let card = site.store.item(plan, &row(site, plan, number)).expect("reads").expect("is there");
    let mut values: Vec<_> = card.item.field(field).variants().map(|it| it.value.clone()).collect();
    values.sort();
    values
}

fn add(site: &mut Site, plan: &DocId, number: &str) -> RowId {
    let view = site.store.plan(plan).expect("reads").expect("is there");
    let fields = [(ItemField::Number, number.to_owned()), (ItemField::Title, format!("Пункт {number}"))];
    site.store.add_item(*plan, &view.plan.sections[0].row, &fields.into()).expect("adds")
}

fn report(site: &mut Site, plan: &DocId, row: &RowId, result: &str) {
    let org = site.store.me().expect("admitted").org;
    let view = site.store.plan(plan).expect("reads").expect("is there");
    let stands = view.executions.get(&org).and_then(|it| it.get(row));
    let seen = stands.map(|it| it.field(ExecutionField::Result).ops()).unwrap_or_default();
    let edits = vec![Edit { field: ExecutionField::Result, value: result.into(), seen }];
    assert_eq!(site.store.report_execution(*plan, row, edits).expect("writes"), Edited::Saved);
}

fn result(site: &Site, plan: &DocId, number: &str) -> Vec<String> {
    let row = row(site, plan, number);
    let view = site.store.plan(plan).expect("reads").expect("is there");
    let executions = view.executions.values().filter_map(|it| it.get(&row));
    executions.map(|it| it.field(ExecutionField::Result).text().to_owned()).collect()
}

fn own_branches(site: &Site) -> usize {
    let incidents = site.store.network().expect("reads").incidents;
    incidents.iter().filter(|it| it.kind == "incident-own-branch").count()
}

#[test]
fn an_old_copy_that_was_edited_meets_its_own_later_life_and_nothing_is_lost() {
    let (mut lead, mut member, plan) = two_sites();
    set(&mut member, &plan, "1.1", ItemField::Audience, "все");
    exchange(&mut lead, &mut member);
    let mut old = copied(&member);

    set(&mut member, &plan, "4.4", ItemField::Term, "Апрель 2022");
    set(&mut member, &plan, "4.1", ItemField::Audience, "тьюторы");
    add(&mut member, &plan, "1.7");
    meet(&mut [&mut lead, &mut member]);
    drop(member);

    set(&mut old, &plan, "4.4", ItemField::Term, "Май 2022");
    set(&mut old, &plan, "4.1", ItemField::Title, "Вебинары сети");
    let added = add(&mut old, &plan, "1.8");
    report(&mut old, &plan, &added, "сделано в новом пункте");
    let known = row(&old, &plan, "4.1");
    report(&mut old, &plan, &known, "участвовали 14");
    let gone = row(&old, &plan, "1.1");
    old.store.delete_row(plan, &gone, "повтор").expect("deletes");
    meet(&mut [&mut lead, &mut old]);

    for site in [&lead, &old] {
        assert_eq!(values(site, &plan, "4.4", ItemField::Term), ["Апрель 2022", "Май 2022"]);
        assert_eq!(text(site, &plan, "4.1", ItemField::Title), "Вебинары сети");
        assert_eq!(text(site, &plan, "4.1", ItemField::Audience), "тьюторы");
        assert_eq!(text(site, &plan, "1.7", ItemField::Title), "Пункт 1.7");
        assert_eq!(text(site, &plan, "1.8", ItemField::Title), "Пункт 1.8");
        assert_eq!(result(site, &plan, "1.8"), ["сделано в новом пункте"]);
        assert_eq!(result(site, &plan, "4.1"), ["участвовали 14"]);
        let view = site.store.plan(&plan).expect("reads").expect("is there").plan;
        assert_eq!(view.deleted.iter().map(|it| &it.row).collect::<Vec<_>>(), [&gone]);
        assert_eq!(site.store.held().expect("counts"), 0);
    }
    assert_eq!((own_branches(&old), own_branches(&lead)), (1, 0), "one notice, to its own user");
    assert_eq!(old.store.stranded().expect("counts"), 6);
    assert_eq!(old.store.check().expect("checks").damaged, []);

    set(&mut old, &plan, "4.4", ItemField::Responsible, "после встречи");
    meet(&mut [&mut lead, &mut old]);
    assert_eq!((own_branches(&old), own_branches(&lead)), (1, 0), "the new epoch goes on without a fork");
}

fn history(site: &Site, plan: &DocId, number: &str) -> Vec<What> {
    let card = site.store.item(plan, &row(site, plan, number)).expect("reads").expect("is there");
    card.history.into_iter().map(|it| it.what).collect()
}

fn wrote(site: &Site, plan: &DocId, number: &str, typed: &str) -> bool {
    history(site, plan, number).iter().any(|it| match it {
        What::Field { new, .. } => new == typed,
        What::Deleted(_, reason) => reason == typed,
        _ => false,
    })
}

/// Both branches are of one feed: `theirs` goes on, and `old` has not heard of it.
fn fork(theirs: &mut Site, plan: &DocId) {
    set(theirs, plan, "4.1", ItemField::Audience, "тьюторы");
}

/// Of values typed over one after the other only the last one used to be written again.
#[test]
fn what_a_losing_branch_typed_over_or_took_back_is_found_in_the_history() {
    let (mut lead, mut member, plan) = two_sites();
    set(&mut member, &plan, "1.1", ItemField::Audience, "все");
    exchange(&mut lead, &mut member);
    let mut old = copied(&member);
    fork(&mut member, &plan);
    set(&mut member, &plan, "4.4", ItemField::Term, "Апрель 2022");
    meet(&mut [&mut lead, &mut member]);
    for term in ["Май 2022", "Июнь 2022"] {
        set(&mut old, &plan, "4.4", ItemField::Term, term);
    }
    for audience in ["некоторые", "все"] {
        set(&mut old, &plan, "1.1", ItemField::Audience, audience);
    }
    let added = add(&mut old, &plan, "1.8");
    set(&mut old, &plan, "1.8", ItemField::Title, "Первое название");
    set(&mut old, &plan, "1.8", ItemField::Title, "Второе название");
    report(&mut old, &plan, &added, "сделано");
    report(&mut old, &plan, &added, "сделано не всё");
    old.store.delete_row(plan, &added, "лишний").expect("deletes");
    old.store.restore_row(plan, &added).expect("restores");
    meet(&mut [&mut lead, &mut old]);
    for site in [&lead, &old] {
        assert_eq!(values(site, &plan, "4.4", ItemField::Term), ["Апрель 2022", "Июнь 2022"]);
        assert_eq!(text(site, &plan, "1.8", ItemField::Title), "Второе название");
        assert_eq!(result(site, &plan, "1.8"), ["сделано не всё"]);
        for (number, typed) in [
            ("4.4", "Май 2022"),
            ("1.1", "некоторые"),
            ("1.8", "Первое название"),
            ("1.8", "сделано"),
            ("1.8", "лишний"),
        ] {
            assert!(wrote(site, &plan, number, typed), "{typed}: {:?}", history(site, &plan, number));
        }
        assert!(history(site, &plan, "1.8").iter().any(|it| matches!(it, What::Restored(_))));
        assert_eq!(site.store.held().expect("counts"), 0);
    }
}

/// It used to be skipped, because it stood already: the other branch then won without a word.
#[test]
fn a_value_that_a_losing_branch_put_back_stands_beside_the_other_branch() {
    let (mut lead, mut member, plan) = two_sites();
    set(&mut member, &plan, "1.1", ItemField::Audience, "все");
    exchange(&mut lead, &mut member);
    let mut old = copied(&member);
    set(&mut member, &plan, "1.1", ItemField::Audience, "тьюторы");
    meet(&mut [&mut lead, &mut member]);
    for audience in ["никто", "все"] {
        set(&mut old, &plan, "1.1", ItemField::Audience, audience);
    }
    meet(&mut [&mut lead, &mut old]);
    assert_eq!(values(&lead, &plan, "1.1", ItemField::Audience), ["все", "тьюторы"]);
}

/// What is written again used to replace whatever had arrived since it was first written.
#[test]
fn what_is_written_again_replaces_nothing_that_its_author_had_not_seen() {
    let (mut lead, mut member, plan) = two_sites();
    set(&mut member, &plan, "1.1", ItemField::Audience, "все");
    exchange(&mut lead, &mut member);
    let mut old = copied(&member);
    fork(&mut member, &plan);
    set(&mut old, &plan, "4.4", ItemField::Term, "Май 2022");
    let gone = row(&old, &plan, "1.1");
    old.store.delete_row(plan, &gone, "повтор").expect("deletes");
    set(&mut lead, &plan, "4.4", ItemField::Term, "Июнь 2022");
    set(&mut lead, &plan, "1.1", ItemField::Title, "Список центров");
    let leads = lead.store.me().expect("admitted").node;
    let of_lead: Vec<_> = lead.store.heads().expect("reads");
    let of_lead: BTreeSet<_> = of_lead.iter().filter(|it| it.node == leads).map(|it| it.feed).collect();
    let only = records(&lead).into_iter().filter(|it| of_lead.contains(&it.entry.feed)).collect();
    old.store.receive(only).expect("takes");
    assert_eq!(values(&old, &plan, "4.4", ItemField::Term), ["Июнь 2022", "Май 2022"]);
    meet(&mut [&mut lead, &mut member]);
    meet(&mut [&mut lead, &mut old]);
    for site in [&lead, &old] {
        assert_eq!(values(site, &plan, "4.4", ItemField::Term), ["Июнь 2022", "Май 2022"]);
        let card = site.store.item(&plan, &gone).expect("reads").expect("is there");
        assert!(matches!(card.item.deletion, Deletion::Contested { .. }), "{:?}", card.item.deletion);
        assert_eq!(own_branches(site), usize::from(std::ptr::eq(site, &raw const old)));
    }
}

/// The sheet stands in a later feed and had seen nothing stranded; only its row had gone.
#[test]
fn a_report_in_the_next_feed_follows_its_row_out_of_the_losing_branch() {
    let (mut lead, mut member, plan) = two_sites();
    set(&mut member, &plan, "1.1", ItemField::Audience, "все");
    exchange(&mut lead, &mut member);
    let mut old = copied(&member);
    fork(&mut member, &plan);
    meet(&mut [&mut lead, &mut member]);
    let added = add(&mut old, &plan, "1.8");
    let feeds: Vec<_> = old.store.heads().expect("reads").iter().map(|it| it.feed).collect();
    old.store.note_own_elsewhere(&feeds).expect("notes");
    for said in ["сделано", "сделано не всё"] {
        report(&mut old, &plan, &added, said);
    }
    meet(&mut [&mut lead, &mut old]);
    for site in [&lead, &old] {
        assert_eq!(result(site, &plan, "1.8"), ["сделано не всё"]);
        assert!(wrote(site, &plan, "1.8", "сделано"));
        assert_eq!(site.store.held().expect("counts"), 0);
    }
}

/// Rows get their ids from the place of their change in the feed, and both branches have such a place.
#[test]
fn rows_that_two_copies_add_under_one_id_keep_their_own_reports() {
    let (mut lead, mut one, plan) = two_sites();
    set(&mut one, &plan, "1.1", ItemField::Audience, "все");
    exchange(&mut lead, &mut one);
    let mut two = copied(&one);
    let added = [add(&mut one, &plan, "1.7"), add(&mut two, &plan, "1.8")];
    assert_eq!(added[0], added[1]);
    report(&mut one, &plan, &added[0], "сделано первым");
    meet(&mut [&mut lead, &mut one]);
    let feeds: Vec<_> = two.store.heads().expect("reads").iter().map(|it| it.feed).collect();
    two.store.note_own_elsewhere(&feeds).expect("notes");
    report(&mut two, &plan, &added[1], "сделано вторым");
    meet(&mut [&mut lead, &mut two]);
    meet(&mut [&mut lead, &mut one, &mut two]);
    for site in [&lead, &one, &two] {
        assert_eq!(result(site, &plan, "1.8"), ["сделано вторым"]);
        let known = row(site, &plan, "1.7");
        let view = site.store.plan(&plan).expect("reads").expect("is there");
        let mut said: Vec<_> = view.executions.values().filter_map(|it| it.get(&known)).collect();
        let said = said.remove(0).field(ExecutionField::Result);
        let said: Vec<_> = said.variants().map(|it| it.value.as_str()).filter(|it| !it.is_empty()).collect();
        assert_eq!(said, ["сделано первым"]);
    }
}

/// A file used to leave the losing branch where it was, so that nobody without a relay ever got it.
#[test]
fn a_losing_branch_gives_way_to_what_another_member_hands_over_in_a_file() {
    let (mut lead, mut member, plan) = two_sites();
    set(&mut member, &plan, "1.1", ItemField::Audience, "все");
    exchange(&mut lead, &mut member);
    let mut old = copied(&member);
    set(&mut member, &plan, "4.4", ItemField::Term, "Апрель 2022");
    meet(&mut [&mut lead, &mut member]);
    for term in ["Май 2022", "Июнь 2022"] {
        set(&mut old, &plan, "4.4", ItemField::Term, term);
    }
    let said = member.store.sign_frontier(Space::Network).expect("signs").expect("is admitted");
    assert!(matches!(lead.store.receive_frontier(&said), Ok(Ok(true))));
    // The lead takes it for the node that it has heard of, and leaves out what that one has.
    hand(&mut lead, &mut old);
    assert_eq!(own_branches(&old), 0);
    // Then it sees that there are two of them, and hands over everything.
    hand(&mut old, &mut lead);
    hand(&mut lead, &mut old);
    assert_eq!(own_branches(&old), 1);
    hand(&mut old, &mut lead);
    for site in [&lead, &old] {
        assert_eq!(values(site, &plan, "4.4", ItemField::Term), ["Апрель 2022", "Июнь 2022"]);
        assert!(wrote(site, &plan, "4.4", "Май 2022"));
    }
    assert_eq!(lead.store.control_code().expect("reads"), old.store.control_code().expect("reads"));
}

#[test]
fn two_copies_that_hand_each_other_files_do_not_swap_their_branches() {
    let (mut lead, mut one, plan) = two_sites();
    set(&mut one, &plan, "1.1", ItemField::Audience, "все");
    exchange(&mut lead, &mut one);
    let mut two = copied(&one);
    set(&mut one, &plan, "4.4", ItemField::Term, "Апрель 2022");
    set(&mut two, &plan, "4.4", ItemField::Term, "Май 2022");
    for _ in 0..2 {
        hand(&mut one, &mut two);
        hand(&mut two, &mut one);
    }
    assert_eq!((own_branches(&one), own_branches(&two)), (0, 0));
    hand(&mut one, &mut lead);
    hand(&mut two, &mut lead);
    hand(&mut lead, &mut two);
    set(&mut one, &plan, "4.1", ItemField::Title, "Вебинары сети");
    meet(&mut [&mut lead, &mut one, &mut two]);
    assert_eq!(own_branches(&one) + own_branches(&two), 1);
    for site in [&lead, &one, &two] {
        assert_eq!(values(site, &plan, "4.4", ItemField::Term), ["Апрель 2022", "Май 2022"]);
        assert_eq!(text(site, &plan, "4.1", ItemField::Title), "Вебинары сети");
    }
}

fn hand(from: &mut Site, to: &mut Site) {
    let files = from.store.write_packet(None, PART_BYTES_DEFAULT).expect("writes");
    to.store.read_packets(&files).expect("takes");
}

/// A copy of a copy: what was written again is stranded in its turn.
#[test]
fn what_was_written_again_gives_way_like_anything_else() {
    let (mut lead, mut one, plan) = two_sites();
    set(&mut one, &plan, "1.1", ItemField::Audience, "все");
    exchange(&mut lead, &mut one);
    let mut two = copied(&one);
    fork(&mut one, &plan);
    meet(&mut [&mut lead, &mut one]);
    for term in ["Май 2022", "Июнь 2022"] {
        set(&mut two, &plan, "4.4", ItemField::Term, term);
    }
    add(&mut two, &plan, "1.8");
    // It gives way and is copied before anybody hears of what it wrote again.
    pass(&lead, &mut two);
    let mut three = copied(&two);
    set(&mut two, &plan, "1.8", ItemField::Title, "Название второго");
    set(&mut three, &plan, "1.8", ItemField::Title, "Название третьего");
    report_result(&mut three, &plan, "1.8", "сделано третьим");
    meet(&mut [&mut lead, &mut two]);
    meet(&mut [&mut lead, &mut three]);
    meet(&mut [&mut lead, &mut one, &mut two, &mut three]);
    for site in [&lead, &one, &two, &three] {
        let titles = ["Название второго", "Название третьего"];
        assert_eq!(values(site, &plan, "1.8", ItemField::Title), titles);
        assert!(wrote(site, &plan, "4.4", "Май 2022"));
        assert_eq!(text(site, &plan, "4.4", ItemField::Term), "Июнь 2022");
        assert_eq!(result(site, &plan, "1.8"), ["сделано третьим"]);
        assert_eq!(site.store.held().expect("counts"), 0);
    }
}

fn report_result(site: &mut Site, plan: &DocId, number: &str, result: &str) {
    let row = row(site, plan, number);
    report(site, plan, &row, result);
}

/// A node may open so many feeds and no more: what cannot be written again must not go.
#[test]
fn a_branch_that_cannot_be_written_again_stays() {
    let (mut lead, mut member, plan) = two_sites();
    set(&mut member, &plan, "1.1", ItemField::Audience, "все");
    for no in 1..u64::from(svod_shared::entry::EPOCHS_MAX) {
        let feeds: Vec<_> = member.store.heads().expect("reads").iter().map(|it| it.feed).collect();
        member.store.note_own_elsewhere(&feeds).expect("notes");
        set(&mut member, &plan, "1.1", ItemField::Audience, &format!("все {no}"));
    }
    exchange(&mut lead, &mut member);
    let mut old = copied(&member);
    fork(&mut member, &plan);
    meet(&mut [&mut lead, &mut member]);
    set(&mut old, &plan, "4.4", ItemField::Term, "Май 2022");
    let refused = old.store.receive(records(&lead)).expect("takes").refused;
    assert!(matches!(refused.as_slice(), [it] if matches!(it.reason, Refusal::Fork { .. })), "{refused:?}");
    assert_eq!(text(&old, &plan, "4.4", ItemField::Term), "Май 2022");
    assert_eq!((own_branches(&old), old.store.stranded().expect("counts")), (0, 0));
    let incidents = old.store.network().expect("reads").incidents;
    assert!(incidents.iter().any(|it| it.kind == "incident-own-branch-kept"), "{incidents:?}");
}

#[test]
fn a_copy_that_receives_what_the_other_wrote_into_the_common_feed_opens_its_own() {
    let (mut lead, mut one, plan) = two_sites();
    set(&mut one, &plan, "1.1", ItemField::Audience, "все");
    exchange(&mut lead, &mut one);
    let mut two = copied(&one);
    fork(&mut one, &plan);
    meet(&mut [&mut lead, &mut one, &mut two]);
    set(&mut one, &plan, "4.4", ItemField::Term, "Май 2022");
    set(&mut two, &plan, "4.4", ItemField::Title, "Встреча");
    meet(&mut [&mut lead, &mut one, &mut two]);
    assert_eq!(own_branches(&one) + own_branches(&two), 0, "nothing forks");
}

#[test]
fn an_old_copy_that_only_hears_of_its_later_life_forks_nothing() {
    let (mut lead, mut member, plan) = two_sites();
    set(&mut member, &plan, "4.4", ItemField::Term, "Апрель 2022");
    exchange(&mut lead, &mut member);
    let mut old = copied(&member);
    set(&mut member, &plan, "4.4", ItemField::Term, "Май 2022");
    meet(&mut [&mut lead, &mut member]);
    let heads = lead.store.heads().expect("reads");
    let feeds: Vec<_> = heads.iter().map(|it| it.feed).collect();
    old.store.note_own_elsewhere(&feeds).expect("notes");
    set(&mut old, &plan, "4.4", ItemField::Term, "Июнь 2022");
    meet(&mut [&mut lead, &mut old]);
    assert_eq!(values(&lead, &plan, "4.4", ItemField::Term), ["Июнь 2022", "Май 2022"]);
    assert_eq!((own_branches(&old), old.store.stranded().expect("counts")), (0, 0));
}

/// What it said in its later life had higher numbers, and others keep the highest.
#[test]
fn an_old_copy_that_hears_of_its_later_life_from_a_file_is_believed_from_then_on() {
    let (mut lead, mut member, plan) = two_sites();
    set(&mut member, &plan, "4.4", ItemField::Term, "Апрель 2022");
    exchange(&mut lead, &mut member);
    let mut old = copied(&member);
    for term in ["Май 2022", "Июнь 2022"] {
        set(&mut member, &plan, "4.4", ItemField::Term, term);
    }
    meet(&mut [&mut lead, &mut member]);
    let file = lead.store.write_packet(None, PART_BYTES_DEFAULT).expect("writes");
    for _ in 0..2 {
        let said = member.store.sign_frontier(Space::Network).expect("signs").expect("is admitted");
        assert!(matches!(lead.store.receive_frontier(&said), Ok(Ok(true))));
    }
    assert_eq!(old.store.read_packets(&file).expect("takes").new, 2);
    set(&mut old, &plan, "4.4", ItemField::Term, "Июль 2022");
    let said = old.store.sign_frontier(Space::Network).expect("signs").expect("is admitted");
    assert!(matches!(lead.store.receive_frontier(&said), Ok(Ok(true))), "newer than its former life");
    meet(&mut [&mut lead, &mut old]);
    let own = lead.store.heads().expect("reads").into_iter().filter(|it| it.node != NodeNo(1));
    assert_eq!(
        own.map(|it| it.epoch).collect::<Vec<_>>(),
        [1, 2],
        "the other life may go on in the old feed"
    );
}

#[test]
fn a_folder_that_lives_on_two_computers_keeps_what_both_type_and_forks_once() {
    let (mut lead, mut one, plan) = two_sites();
    set(&mut one, &plan, "1.1", ItemField::Audience, "все");
    exchange(&mut lead, &mut one);
    let mut two = copied(&one);
    for (round, term) in ["Апрель", "Май", "Июнь"].iter().enumerate() {
        set(&mut one, &plan, "4.4", ItemField::Term, &format!("{term} 2022"));
        set(&mut two, &plan, "4.1", ItemField::Title, &format!("Вебинары {round}"));
        meet(&mut [&mut lead, &mut one, &mut two]);
        for site in [&lead, &one, &two] {
            assert_eq!(values(site, &plan, "4.4", ItemField::Term), [format!("{term} 2022")]);
            assert_eq!(values(site, &plan, "4.1", ItemField::Title), [format!("Вебинары {round}")]);
        }
    }
    assert_eq!(own_branches(&one) + own_branches(&two), 1, "afterwards each writes into a feed of its own");
}

#[test]
fn a_node_restored_from_any_age_writes_on_without_a_fork() {
    let (mut lead, mut member, plan) = two_sites();
    let dir = tempfile::tempdir().expect("makes");
    let mut backups = Vec::new();
    for age in 0..4 {
        let file = dir.path().join(format!("{age}.svod"));
        member.store.backup(&file, true).expect("writes");
        backups.push(file);
        set(&mut member, &plan, "4.4", ItemField::Term, &format!("{} апреля 2022", age + 1));
        meet(&mut [&mut lead, &mut member]);
    }
    for (age, backup) in backups.iter().enumerate() {
        let mut again = restored(backup, &member);
        let audience = format!("слушатели {age}");
        set(&mut again, &plan, "1.1", ItemField::Audience, &audience);
        meet(&mut [&mut lead, &mut again]);
        assert!(values(&lead, &plan, "1.1", ItemField::Audience).contains(&audience), "{age}");
        assert_eq!(values(&again, &plan, "4.4", ItemField::Term), ["4 апреля 2022"]);
        assert_eq!(own_branches(&again), 0, "{age}");
    }
}

#[test]
fn a_backup_without_keys_needs_them_beside_it_and_nothing_is_overwritten() {
    let (_lead, member, _plan) = two_sites();
    let dir = tempfile::tempdir().expect("makes");
    let (file, data) = (dir.path().join("copy.svod"), dir.path().join("data"));
    member.store.backup(&file, false).expect("writes");
    let keys = member.store.folder().path().join("keys");
    let now = member.store.now();
    assert!(matches!(Store::restore(&file, &data, None, now), Err(BackupError::NoKeys)));
    Store::restore(&file, &data, Some(&keys), now).expect("restores");
    assert!(matches!(Store::restore(&file, &data, Some(&keys), now), Err(BackupError::Folder(_))));
    let store = Store::open(Folder::open(&data).expect("opens"), clock()).expect("opens");
    assert_eq!(
        store.control_code().expect("reads"),
        member.store.control_code().expect("reads"),
        "the same log and the same views"
    );
    std::fs::write(&file, b"no database at all, but some text of more than a hundred bytes, as a file of that kind would have; it goes on").expect("writes");
    let other = dir.path().join("other");
    assert!(matches!(Store::restore(&file, &other, Some(&keys), now), Err(BackupError::NotABackup(_))));
}

#[test]
fn views_made_again_are_the_same_and_a_rotten_snapshot_is_no_trouble() {
    let (mut a, mut b, plan) = two_sites();
    set(&mut b, &plan, "4.4", ItemField::Term, "Апрель 2022");
    let known = row(&b, &plan, "4.1");
    report(&mut b, &plan, &known, "участвовали 14");
    exchange(&mut a, &mut b);
    let code = a.store.control_code().expect("reads");
    assert_eq!(a.store.rebuild().expect("rebuilds"), 2);
    assert_eq!(a.store.control_code().expect("reads"), code);
    a.store.connection.execute("UPDATE snapshot SET bytes = x'00'", []).expect("spoils");
    set(&mut a, &plan, "4.1", ItemField::Term, "Май 2022");
    exchange(&mut a, &mut b);
    assert_eq!(text(&b, &plan, "4.1", ItemField::Term), "Май 2022");
}

/// Spoils one stored byte of the member's last entry at the lead's, and expects it found, dropped and healed.
fn check_found(spoil: &str, expected: Fault) {
    let (mut lead, mut member, plan) = two_sites();
    set(&mut member, &plan, "4.4", ItemField::Term, "Апрель 2022");
    set(&mut member, &plan, "4.4", ItemField::Term, "Май 2022");
    exchange(&mut lead, &mut member);
    assert_eq!(lead.store.check().expect("checks").damaged, []);
    let node = member.store.me().expect("admitted").node;
    let feed: i64 = lead
        .store
        .connection
        .query_row("SELECT key FROM feed WHERE node = ?1", [node.0], |row| row.get(0))
        .expect("is there");
    assert_eq!(lead.store.connection.execute(spoil, [feed]).expect("spoils"), 1);
    let checked = lead.store.check().expect("checks");
    let found: Vec<_> = checked.damaged.iter().map(|it| (it.node, it.seq, it.fault)).collect();
    assert_eq!(found, [(node, 1, expected)]);
    assert_eq!(lead.store.heal(&checked).expect("heals").len(), 1);
    assert_eq!(lead.store.check().expect("checks").damaged, []);
    assert_eq!(text(&lead, &plan, "4.4", ItemField::Term), "Апрель 2022");
    exchange(&mut lead, &mut member);
    assert_eq!(text(&lead, &plan, "4.4", ItemField::Term), "Май 2022");
}

#[test]
fn a_flipped_bit_is_found_wherever_it_is_and_healed_by_the_next_exchange() {
    let flip = |table: &str, column: &str, at: usize| {
        format!(
            "UPDATE {table} SET {column} = CAST(substr({column}, 1, {at}) || x'ff' || substr({column}, {at} + 2) AS BLOB)
             WHERE feed = ?1 AND seq = 1"
        )
    };
    check_found(&flip("entry", "body", 40), Fault::Entry);
    check_found(&flip("entry", "signature", 5), Fault::Signature);
    check_found(&flip("change", "bytes", 60), Fault::Changes);
    check_found("DELETE FROM entry WHERE feed = ?1 AND seq = 1", Fault::Entry);
}

#[test]
fn own_damaged_entries_are_named_and_left_alone() {
    let (mut lead, _member, _plan) = two_sites();
    lead.store.connection.execute("UPDATE change SET bytes = x'00' WHERE seq = 0", []).expect("spoils");
    let checked = lead.store.check().expect("checks");
    assert_eq!(checked.damaged.len(), 1);
    let heads = lead.store.heads().expect("reads");
    assert_eq!(lead.store.heal(&checked).expect("answers"), []);
    assert_eq!(lead.store.heads().expect("reads"), heads);
}
