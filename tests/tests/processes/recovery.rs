//! Folders that are brought back, copied, or both: every edit of every life arrives everywhere.

use std::fs;
use std::path::Path;

use serde_json::Value;
use svod_tests::http::Visitor;
use svod_tests::network::{Network, Site};
use svod_tests::seed::{ITEMS, MEMBERS};

use super::{edit, import_roadmap, plan_id, rows};

const FIRST_LIFE: &str = "Записано в первой жизни";
const SECOND_LIFE: &str = "Записано во второй жизни";
const TERMS: [&str; 2] = ["Сентябрь 2021", "Октябрь 2021"];

#[test]
fn an_old_copy_edited_offline_meets_the_network_and_both_lives_are_everywhere() {
    check_two_lives(0);
}

#[test]
fn an_old_copy_with_as_many_edits_as_its_first_life_meets_the_network() {
    check_two_lives(1);
}

#[test]
fn an_old_copy_with_fewer_edits_than_its_first_life_meets_the_network() {
    check_two_lives(3);
}

/// A network of so many members that all have the roadmap; the plan and its rows.
fn with_roadmap(members: usize) -> (Network, String, Vec<String>) {
    let mut network = Network::found(&MEMBERS[..members]);
    import_roadmap(&mut network);
    network.serve_all();
    network.wait_converged("everybody has the roadmap", |it| it["items"] == ITEMS);
    let plan = plan_id(&network.lead().visitor());
    let rows = rows(&network.lead().visitor(), &plan);
    (network, plan, rows)
}

/// A member goes on after a copy of its folder was made, loses its folder, puts the old copy in its place, writes before
/// it hears of its own later edits, and meets the network. The second life has three edits, the first one two and
/// `further` ones.
fn check_two_lives(further: usize) {
    let (mut network, plan, rows) = with_roadmap(3);
    let [contested, first, second, ..] = rows.as_slice() else { panic!("too few rows: {rows:?}") };
    // An own edit before the copy, so that both lives go on in one feed.
    edit(&network.site(1).visitor(), &plan, contested, "audience", "Все педагоги");
    network.wait_converged("the member has written", |it| own_height(it) == 1);

    network.site(1).stop();
    let (data, copy) = (network.site(1).data(), network.site(1).data().with_extension("copy"));
    copy_folder(&data, &copy);
    network.site(1).serve();
    edit(&network.site(1).visitor(), &plan, contested, "term", TERMS[0]);
    edit(&network.site(1).visitor(), &plan, first, "title", FIRST_LIFE);
    for no in 0..further {
        edit(&network.site(1).visitor(), &plan, first, "audience", &format!("Слушатели, {no}"));
    }
    let height = 3 + further as u64;
    network.wait_converged("the first life is everywhere", |it| own_height(it) == height);

    network.site(1).stop();
    network.relay.stop();
    fs::remove_dir_all(&data).expect("the folder is lost");
    copy_folder(&copy, &data);
    network.site(1).serve();
    edit(&network.site(1).visitor(), &plan, contested, "term", TERMS[1]);
    edit(&network.site(1).visitor(), &plan, second, "title", SECOND_LIFE);
    add(network.site(1));

    network.relay.start();
    let state = network
        .wait_converged("both lives are everywhere", |it| it["divergences"] == 1 && it["items"] == ITEMS + 1);
    assert_eq!(state["held"], 0);
    for site in &network.sites {
        check_both_lives(&site.visitor(), &plan);
    }
    let noticed = network.site(1).visitor().page("/network");
    assert!(noticed.contains("записано заново"), "{noticed}");
}

/// A backup taken while the node is served, restored into a new folder, and edited before it meets the network.
#[test]
fn a_restored_backup_writes_on_in_a_new_epoch_and_forks_nothing() {
    let (mut network, plan, rows) = with_roadmap(2);
    edit(&network.site(1).visitor(), &plan, &rows[0], "audience", "Все педагоги");
    let backup = network.site(1).data().with_extension("svod").display().to_string();
    network.site(1).svod(&["backup", "--with-keys", "--out", &backup]).expect_success("backup");
    edit(&network.site(1).visitor(), &plan, &rows[1], "title", FIRST_LIFE);
    network.wait_converged("the first life is everywhere", |it| own_height(it) == 2);

    network.site(1).stop();
    network.relay.stop();
    fs::remove_dir_all(network.site(1).data()).expect("the folder is lost");
    network.site(1).svod(&["restore", &backup]).expect_success("restore");
    network.site(1).serve();
    edit(&network.site(1).visitor(), &plan, &rows[2], "title", SECOND_LIFE);
    network.relay.start();
    let state = network.wait_converged("both lives are everywhere", |it| own_feeds(it) == [2, 1]);
    assert_eq!((&state["held"], &state["divergences"]), (&0.into(), &0.into()));
    for site in &network.sites {
        let table = site.visitor().page(&format!("/plans/{plan}"));
        assert!(table.contains(FIRST_LIFE) && table.contains(SECOND_LIFE), "{table}");
    }
    network.site(1).stop();
    network.site(1).svod(&["check"]).expect_success("check");
    let code = network.site(1).status()["code"].clone();
    network.site(1).svod(&["rebuild"]).expect_success("rebuild");
    assert_eq!(network.site(1).status()["code"], code);
}

/// A folder copied to a second computer, both of which are worked on: apart first, then in one network.
#[test]
fn a_folder_copied_to_a_second_computer_and_edited_on_both_loses_nothing() {
    let (mut network, plan, rows) = with_roadmap(2);
    edit(&network.site(1).visitor(), &plan, &rows[0], "audience", "Записано до копирования");
    network.wait_converged("the member has written", |it| own_height(it) == 1);

    network.site(1).stop();
    network.relay.stop();
    let twin = network.another_computer(1);
    copy_folder(&network.site(1).data(), &network.site(twin).data());
    network.serve_all();
    let typed = |no: usize, at: usize| format!("Компьютер {no}, правка {at}");
    for (no, edits) in [(1, 3), (twin, 4)] {
        for at in 0..edits {
            edit(&network.site(no).visitor(), &plan, &rows[no + at], "audience", &typed(no, at));
        }
    }
    network.relay.start();
    let mut everything: Vec<_> = (0..3).map(|at| (1, at)).chain((0..4).map(|at| (twin, at))).collect();
    // The branch that the relay heard of second gives way: its edits stand again as one entry of a new feed.
    let apart = network.wait_converged("both computers' edits are everywhere", |it| own_feeds(it).len() == 2);
    assert_eq!((&apart["held"], own_height(&apart) >= 5), (&0.into(), true), "{apart}");

    // And once more with both of them in the network at the same time.
    for (no, at) in [(1, 4), (twin, 5)] {
        edit(&network.site(no).visitor(), &plan, &rows[no + at], "audience", &typed(no, at));
        everything.push((no, at));
    }
    let height = own_height(&apart) + 2;
    network.wait_converged("what both write at once is everywhere", |it| own_height(it) >= height);
    for site in &network.sites {
        let pages: String =
            rows.iter().map(|row| site.visitor().page(&format!("/plans/{plan}/items/{row}"))).collect();
        let lost: Vec<_> = everything.iter().filter(|(no, at)| !pages.contains(&typed(*no, *at))).collect();
        assert!(lost.is_empty(), "lost at {site:?}: {lost:?}");
    }
    for no in 0..network.sites.len() {
        network.site(no).stop();
        network.site(no).svod(&["check"]).expect_success("check");
    }
}

fn check_both_lives(visitor: &Visitor, plan: &str) {
    let table = visitor.page(&format!("/plans/{plan}"));
    for typed in [FIRST_LIFE, SECOND_LIFE, "Пункт второй жизни"] {
        assert!(table.contains(typed), "{typed}: {table}");
    }
    let divergences = visitor.page("/divergences");
    assert!(TERMS.iter().all(|it| divergences.contains(it)), "{divergences}");
}

fn add(site: &Site) {
    let visitor = site.visitor();
    let page = format!("/plans/{}/add", plan_id(&visitor));
    let mut form = visitor.form(&page, &page);
    form.type_in("title", "Пункт второй жизни");
    visitor.save(&form);
}

/// The heights of the feeds of all but the lead: only one member writes, whichever number it got.
fn own_feeds(status: &Value) -> Vec<u64> {
    let vector = status["vector"].as_object().cloned().unwrap_or_default();
    let others = vector.iter().filter(|(node, _)| *node != "1");
    others
        .flat_map(|(_, heights)| heights.as_array().cloned().unwrap_or_default())
        .filter_map(|it| it.as_u64())
        .collect()
}

fn own_height(status: &Value) -> u64 {
    own_feeds(status).iter().sum()
}

/// A copy as a file manager makes it.
fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("the folder reads") {
        let entry = entry.expect("the folder reads");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a file can be copied");
        }
    }
}
