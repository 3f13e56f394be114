//! What becomes of excluded changes, of what depended on them, and of changes under later rules.

use svod_shared::entry::Record;
use svod_shared::feed::Tip;
use svod_shared::id::{ChangeHash, DocId};
use svod_shared::roster::Content;
use svod_shared::time::Timestamp;

use super::*;
use crate::documents::{NewChange, roadmap};
use crate::projections::held::{self, Why};
use crate::store::inbox::open;
use crate::store::rebuild::{RULES_KNOWN, rebuild_document};

/// The newest change of a node.
fn newest(site: &Site) -> ChangeHash {
    let me = site.store.me().expect("admitted").node;
    let heads = site.store.heads().expect("reads");
    let head = heads.iter().filter(|it| it.node == me).max_by_key(|it| it.epoch).expect("has written");
    let record = site.store.records(&head.feed, head.height - 1, usize::MAX).expect("reads").remove(0);
    record.entry.changes().last().expect("has a change").1
}

fn why(site: &Site, change: &ChangeHash) -> Option<Why> {
    held::why(&site.store.connection, change).expect("reads")
}

fn feeds_of(site: &Site) -> usize {
    let me = site.store.me().expect("admitted").node;
    site.store.heads().expect("reads").iter().filter(|it| it.node == me).count()
}

#[test]
fn an_excluded_change_leaves_every_document_and_what_saw_it_waits() {
    let (mut lead, mut member, plan) = two_sites();
    set(&mut member, &plan, "4.1", ItemField::Term, "вредное");
    let bad = newest(&member);
    set(&mut member, &plan, "4.4", ItemField::Term, "Июнь 2022");
    let after = newest(&member);
    exchange(&mut lead, &mut member);
    assert_eq!(text(&lead, &plan, "4.4", ItemField::Term), "Июнь 2022");

    lead.store.exclude(&bad, "нарушает работу узлов").expect("excludes");
    exchange(&mut lead, &mut member);
    for site in [&lead, &member] {
        assert_eq!(text(site, &plan, "4.1", ItemField::Term), "Апрель, сентябрь");
        assert_eq!(text(site, &plan, "4.4", ItemField::Term), "Март 2022г.");
        assert_eq!((why(site, &bad), why(site, &after)), (Some(Why::Excluded), Some(Why::Stranded)));
        assert_eq!(site.store.held().expect("reads"), 1, "the excluded one waits for nothing");
    }
    let told = lead.store.news(50).expect("reads");
    assert!(!told.iter().any(|it| it.what.row() == Some(&row(&lead, &plan, "4.1"))), "{told:?}");

    assert_eq!(feeds_of(&member), 1);
    set(&mut member, &plan, "4.1", ItemField::Audience, "тьюторы");
    assert_eq!(feeds_of(&member), 2, "nothing can follow in the old feed");
    set(&mut member, &plan, "4.1", ItemField::Form, "Вебинар");
    assert_eq!(feeds_of(&member), 2, "one new feed is enough");
    exchange(&mut lead, &mut member);
    assert_eq!(text(&lead, &plan, "4.1", ItemField::Form), "Вебинар");
}

#[test]
fn a_change_excluded_before_it_arrives_is_never_applied() {
    let (mut lead, mut member, plan) = two_sites();
    let mut late = join(&mut lead, "Кореновский");
    set(&mut member, &plan, "4.1", ItemField::Term, "вредное");
    let bad = newest(&member);
    pass(&member, &mut lead);
    lead.store.exclude(&bad, "нарушает работу узлов").expect("excludes");
    exchange(&mut lead, &mut late);
    assert_eq!(text(&late, &plan, "4.1", ItemField::Term), "Апрель, сентябрь");
    assert_eq!(why(&late, &bad), Some(Why::Excluded));
}

#[test]
fn a_plan_of_which_nothing_stands_any_more_is_listed_no_longer() {
    let mut lead = found();
    lead.store.import(&table()).expect("imports");
    let only = newest(&lead);
    lead.store.exclude(&only, "загружено по ошибке").expect("excludes");
    assert_eq!(lead.store.plans().expect("reads"), []);
    let plan = lead.store.import(&table()).expect("imports").plan;
    assert_eq!(text(&lead, &plan, "4.4", ItemField::Term), "Март 2022г.", "and can be loaded again");
}

#[test]
fn only_the_lead_excludes_and_only_what_the_log_has() {
    let (mut lead, mut member, plan) = two_sites();
    set(&mut lead, &plan, "4.1", ItemField::Term, "Май 2022");
    exchange(&mut lead, &mut member);
    let change = newest(&lead);
    let refused = member.store.exclude(&change, "");
    assert!(matches!(refused, Err(CommandError::Found(FoundError::NotLead))), "{refused:?}");
    let unknown = lead.store.exclude(&ChangeHash([9; 32]), "");
    assert!(matches!(unknown, Err(CommandError::NoChange)), "{unknown:?}");
    let height = lead.store.roster().height();
    lead.store.exclude(&change, "").expect("excludes");
    lead.store.exclude(&change, "").expect("is excluded already");
    assert_eq!(lead.store.roster().height(), height + 1);
}

/// An edit of a node, made and signed past everything that the store itself would check.
fn crafted_edit(site: &Site, tip: &Tip, plan: &DocId, value: &str) -> NewChange {
    let mut document = open(&site.store.connection, plan).expect("opens");
    let steps = [roadmap::set_item_field(&row(site, plan, "4.1"), ItemField::Result, value)];
    let made = document.edit(tip.feed().actor(), Timestamp(0), None, &steps);
    made.expect("edits").expect("changes something")
}

fn signed(site: &Site, tip: Tip, plan: &DocId, changes: &[&NewChange]) -> Record {
    let bytes = changes.iter().map(|it| (*plan, it.bytes.clone())).collect();
    tip.write(site.store.roster().height(), bytes, site.store.node_key()).expect("plain chunks")
}

#[test]
fn what_was_written_under_later_rules_waits_for_an_update() {
    let (mut lead, mut member, plan) = two_sites();
    set(&mut member, &plan, "4.1", ItemField::Term, "Май 2022");
    let key = lead.store.folder().key(KeyRole::Roster).expect("reads").expect("is the lead's");
    let rules = Content::RulesVersion { version: RULES_KNOWN + 1 };
    let statement = Roster::clone(lead.store.roster()).issue(rules, &key).expect("issues");
    lead.store.receive_statements(std::slice::from_ref(&statement)).expect("takes");
    pass(&member, &mut lead);
    assert_eq!(text(&lead, &plan, "4.1", ItemField::Term), "Май 2022", "written under rules that are known");

    member.store.receive_statements(&[statement]).expect("takes");
    let me = member.store.me().expect("admitted").node;
    let head =
        member.store.heads().expect("reads").into_iter().find(|it| it.node == me).expect("has written");
    let later = crafted_edit(&member, &Tip::After(head), &plan, "по новым правилам");
    let record = signed(&member, Tip::After(head), &plan, &[&later]);
    let later = later.hash;
    assert_eq!(lead.store.receive(vec![record]).expect("takes").refused, []);
    assert_eq!(why(&lead, &later), Some(Why::Newer));
    assert_eq!(text(&lead, &plan, "4.1", ItemField::Result), "");
    let own = lead.store.edit(plan, None, |_| vec![]);
    assert!(
        matches!(own, Err(WriteError::NewerRules)),
        "nobody signs under rules that it does not know: {own:?}"
    );
}

#[test]
fn excluding_one_branch_of_a_forked_actor_lets_the_other_in() {
    let (mut lead, member, plan) = two_sites();
    let me = member.store.me().expect("admitted").node;
    let own: Vec<_> = member.store.heads().expect("reads").into_iter().filter(|it| it.node == me).collect();
    let tip = Tip::open(&member.store.roster().network(), me, Space::Network, &own, [9; 16]);
    let one = crafted_edit(&member, &tip, &plan, "одно");
    let other = crafted_edit(&member, &tip, &plan, "другое");
    let record = signed(&member, tip, &plan, &[&one, &other]);
    assert_eq!(lead.store.receive(vec![record]).expect("takes").refused, []);
    assert_eq!((why(&lead, &one.hash), why(&lead, &other.hash)), (None, Some(Why::SeqTaken)));
    lead.store.exclude(&one.hash, "узел разошёлся сам с собой").expect("excludes");
    assert_eq!((why(&lead, &one.hash), why(&lead, &other.hash)), (Some(Why::Excluded), None));
    assert_eq!(text(&lead, &plan, "4.1", ItemField::Result), "другое");
    assert!(
        lead.store
            .news(5)
            .expect("reads")
            .iter()
            .any(|it| { matches!(&it.what, What::Field { new, .. } if new == "другое") })
    );
}

#[test]
fn a_copy_of_a_change_in_another_feed_takes_nothing_from_its_author() {
    let (mut lead, mut member, plan) = two_sites();
    let thief = join(&mut lead, "Крыловской");
    set(&mut member, &plan, "4.1", ItemField::Term, "Май 2022");
    let change = newest(&member);
    let original = records(&member).pop().expect("not empty");
    let me = thief.store.me().expect("admitted").node;
    let tip = Tip::open(&thief.store.roster().network(), me, Space::Network, &[], [9; 16]);
    let copy = vec![(plan, original.changes[0].clone())];
    let copied = tip.write(thief.store.roster().height(), copy, thief.store.node_key()).expect("plain chunk");

    let mut at_once = join(&mut lead, "Мостовской");
    pass(&lead, &mut at_once);
    at_once.store.receive(vec![copied.clone(), original.clone()]).expect("takes");
    lead.store.receive(vec![copied]).expect("takes");
    assert_eq!(why(&lead, &change), Some(Why::Refused), "the copy alone is nothing");
    pass(&member, &mut lead);
    for site in [&lead, &at_once] {
        assert_eq!(why(site, &change), None);
        assert_eq!(text(site, &plan, "4.1", ItemField::Term), "Май 2022");
        let card = site.store.item(&plan, &row(site, &plan, "4.1")).expect("reads").expect("is there");
        assert_eq!(card.history[0].author.org_short, "Динской", "and its author stays its author");
    }
    let rebuilt = rebuild_document(&lead.store.connection, lead.store.roster(), &plan).expect("rebuilds");
    assert!(rebuilt.expect("known kind").document.has(&change));
}

#[test]
fn a_document_made_anew_from_the_log_is_the_same() {
    let (mut lead, mut member, plan) = two_sites();
    set(&mut member, &plan, "4.1", ItemField::Term, "Май 2022");
    set(&mut lead, &plan, "4.1", ItemField::Term, "Июнь 2022");
    exchange(&mut lead, &mut member);
    let (code, news) = (lead.store.control_code().expect("reads"), lead.store.news(50).expect("reads"));
    lead.store.connection.execute("DELETE FROM snapshot", []).expect("deletes");
    lead.store.connection.execute("DELETE FROM plan", []).expect("deletes");
    rebuild_document(&lead.store.connection, lead.store.roster(), &plan).expect("rebuilds");
    assert_eq!(lead.store.control_code().expect("reads"), code);
    assert_eq!(lead.store.news(50).expect("reads"), news);
}
