//! Who belongs and who may, between stores that exchange in memory.

use svod_shared::roster::{Content, Roster};
use svod_shared::time::Day;

use super::*;
use crate::projections::held::{self, Why};

/// Everything that counts goes both ways, and what does not to the lead.
fn meet(a: &mut Site, b: &mut Site) {
    for _ in 0..2 {
        give(a, b);
        give(b, a);
    }
}

fn give(from: &Site, to: &mut Site) {
    to.store.receive_statements(&from.store.roster().journal()).expect("takes statements");
    let mut records = records(from);
    if !to.store.is_lead() {
        let standing = closings::standing(&from.store.connection, &from.store.roster, Space::Network);
        let standing = standing.expect("reads");
        let counts = |it: &Record| {
            standing.iter().any(|head| head.feed == it.entry.feed && it.entry.seq < head.height)
        };
        records.retain(counts);
    }
    to.store.receive(records).expect("takes records");
}

fn code(site: &Site) -> String {
    site.store.control_code().expect("reads")
}

fn org(site: &Site) -> OrgNo {
    site.store.me().expect("is admitted").org
}

fn say(lead: &mut Site, saying: Saying) {
    lead.store.say(&saying, "приказ № 12", Some(Day(20_700))).expect("says");
}

fn three_sites() -> (Site, Site, Site, DocId) {
    let (mut lead, mut member, plan) = two_sites();
    let mut other = join(&mut lead, "Кореновский");
    exchange(&mut lead, &mut other);
    exchange(&mut lead, &mut member);
    (lead, member, other, plan)
}

#[test]
fn what_a_member_wrote_after_leaving_waits_for_the_lead_wherever_it_had_arrived() {
    let (mut lead, mut member, mut other, plan) = three_sites();
    set(&mut member, &plan, "4.1", ItemField::Responsible, "до выхода");
    meet(&mut lead, &mut member);
    // The other member hears of what follows before the lead does.
    set(&mut member, &plan, "4.4", ItemField::Responsible, "после выхода");
    meet(&mut member, &mut other);
    let gone = org(&member);
    say(&mut lead, Saying::Remove(gone));
    assert_eq!(text(&other, &plan, "4.4", ItemField::Responsible), "после выхода");
    meet(&mut lead, &mut other);
    for site in [&lead, &other] {
        assert_eq!(text(site, &plan, "4.1", ItemField::Responsible), "до выхода");
        assert_eq!(text(site, &plan, "4.4", ItemField::Responsible), "ТМС");
    }
    assert_eq!(code(&lead), code(&other));
    assert_eq!(lead.store.late_entries().expect("reads"), [LateEntries { org: gone, count: 1 }]);
    let held = held::list(&other.store.connection, 9).expect("reads");
    assert_eq!(held.iter().map(|it| it.why).collect::<Vec<_>>(), [Why::Late]);

    // The member hears of it, stops counting its own entry, and cannot write.
    give(&lead, &mut member);
    assert_eq!(text(&member, &plan, "4.4", ItemField::Responsible), "ТМС");
    let row = row(&member, &plan, "4.4");
    let edits = edit(&member, &plan, &row, ItemField::Responsible, "ещё раз");
    assert!(member.store.edit_item(plan, &row, edits).is_err());

    say(&mut lead, Saying::Raise(gone));
    meet(&mut lead, &mut other);
    for site in [&lead, &other] {
        assert_eq!(text(site, &plan, "4.4", ItemField::Responsible), "после выхода");
    }
    assert_eq!(code(&lead), code(&other));
    assert_eq!(lead.store.late_entries().expect("reads"), []);
}

#[test]
fn a_member_that_comes_back_keeps_its_number_and_goes_on_in_a_new_feed() {
    let (mut lead, mut member, plan) = two_sites();
    set(&mut member, &plan, "4.1", ItemField::Responsible, "раньше");
    meet(&mut lead, &mut member);
    let no = org(&member);
    for (stop, back) in
        [(Saying::Suspend(no), Saying::Readmit(no)), (Saying::Remove(no), Saying::Readmit(no))]
    {
        say(&mut lead, stop);
        meet(&mut lead, &mut member);
        say(&mut lead, back);
        meet(&mut lead, &mut member);
    }
    set(&mut member, &plan, "4.1", ItemField::Responsible, "снова здесь");
    meet(&mut lead, &mut member);
    assert_eq!(text(&lead, &plan, "4.1", ItemField::Responsible), "снова здесь");
    assert_eq!((org(&member), code(&lead)), (no, code(&member)));
}

#[test]
fn a_computer_gets_another_key_and_another_is_closed() {
    let (mut lead, mut member, plan) = two_sites();
    let mut second = second_computer(&mut lead, &member);
    meet(&mut lead, &mut member);
    set(&mut member, &plan, "4.1", ItemField::Responsible, "старым ключом");
    set(&mut second, &plan, "4.4", ItemField::Responsible, "второй компьютер");
    meet(&mut lead, &mut member);
    meet(&mut lead, &mut second);

    let request = member.store.request_node_key().expect("asks");
    assert_eq!(KeyRequest::from_bytes(&request.to_bytes()), Ok(request));
    let before = member.store.me();
    say(&mut lead, Saying::ReplaceKey(request));
    say(&mut lead, Saying::Close(second.store.me().expect("is admitted").node));
    for site in [&mut member, &mut second] {
        meet(&mut lead, site);
    }
    assert_eq!(member.store.me(), before, "the computer is the same one");
    assert_eq!(member.store.node_key().public(), request.key);
    set(&mut member, &plan, "4.1", ItemField::Responsible, "новым ключом");
    meet(&mut lead, &mut member);
    assert_eq!(text(&lead, &plan, "4.1", ItemField::Responsible), "новым ключом");
    assert_eq!(text(&lead, &plan, "4.4", ItemField::Responsible), "второй компьютер", "what stood stands");
    let row = row(&second, &plan, "4.4");
    let edits = edit(&second, &plan, &row, ItemField::Responsible, "ещё раз");
    assert!(second.store.edit_item(plan, &row, edits).is_err());
    assert_eq!(code(&lead), code(&member));
}

#[test]
fn the_lead_passes_on_by_an_offer_that_both_have_signed() {
    let (mut lead, mut member, mut other, _) = three_sites();
    let (offer, paper) = member.store.offer_to_lead("приказ № 144", None).expect("offers");
    assert_eq!(lead.store.offered_lead(&offer).expect("reads"), org(&member));
    assert!(matches!(other.store.pass_lead(&offer), Err(FoundError::NotLead)));
    lead.store.pass_lead(&offer).expect("signs");
    meet(&mut lead, &mut member);
    assert!(member.store.is_lead() && !lead.store.is_lead());
    assert!(member.store.is_recovery_key(&paper));
    let gone = org(&other);
    say(&mut member, Saying::Suspend(gone));
    let refused = lead.store.say(&Saying::Readmit(gone), "", None);
    assert!(matches!(refused, Err(FoundError::NotLead)));
    // An offer on a roster that has gone on since would be a fork.
    meet(&mut lead, &mut member);
    let (late, _) = lead.store.offer_to_lead("", None).expect("offers");
    say(&mut member, Saying::Readmit(gone));
    assert!(matches!(member.store.pass_lead(&late), Err(FoundError::OfferOutdated)));
}

#[test]
fn the_paper_takes_back_what_a_thief_said_and_everybody_writes_again_what_was_theirs() {
    let dir = tempfile::tempdir().expect("makes");
    let folder = Folder::create(&dir.path().join("data")).expect("makes");
    let terms = FoundNetwork {
        network: "Сеть".into(),
        name: "ИМЦ, Выселковский район".into(),
        short: "Выселковский".into(),
        label: "кабинет".into(),
        basis: "приказ № 1".into(),
        relay: None,
    };
    let (store, paper) = Store::found(folder, &terms, clock()).expect("founds");
    let mut lead = Site { store, _dir: dir };
    let mut member = join(&mut lead, "Динской");
    let plan = lead.store.import(&table()).expect("imports").plan;
    let mut other = join(&mut lead, "Кореновский");
    meet(&mut lead, &mut member);
    let honest = lead.store.roster().height();

    // A thief of the lead's keys removes the other member; the member writes under that statement.
    let gone = org(&other);
    say(&mut lead, Saying::Remove(gone));
    meet(&mut lead, &mut member);
    set(&mut member, &plan, "4.1", ItemField::Responsible, "при воре");
    meet(&mut lead, &mut member);

    let wrong = KeyPair::from_seed(&[9; 32]);
    assert!(!lead.store.is_recovery_key(&wrong));
    assert!(lead.store.rescue_lead(&wrong, Some(honest), "заявление").is_err());
    let fresh = lead.store.rescue_lead(&paper, Some(honest), "заявление о краже").expect("replaces");
    assert!(lead.store.is_recovery_key(&fresh) && !lead.store.is_recovery_key(&paper));
    for _ in 0..2 {
        meet(&mut lead, &mut member);
        meet(&mut lead, &mut other);
    }
    assert!(lead.store.roster().org(gone).expect("is there").active, "what the thief said does not stand");
    for site in [&lead, &member, &other] {
        assert_eq!(
            text(site, &plan, "4.1", ItemField::Responsible),
            "при воре",
            "written again under what stands"
        );
        assert_eq!(code(site), code(&lead));
    }
    let kinds: Vec<_> =
        member.store.network().expect("reads").incidents.into_iter().map(|it| it.kind).collect();
    assert!(kinds.iter().any(|it| it == "incident-roster-rewritten"), "{kinds:?}");
    say(&mut lead, Saying::Suspend(org(&member)));
}

#[test]
fn a_fork_of_the_roster_stops_it_and_not_the_work() {
    let (mut lead, mut member, mut other, plan) = three_sites();
    // The lead's folder lives twice: the copy says something else.
    let copied = Roster::clone(lead.store.roster());
    let key = lead.store.folder().key(KeyRole::Roster).expect("reads").expect("is there");
    let elsewhere = copied.clone().issue(Content::RulesVersion { version: 1 + 1 }, &key).expect("says");
    let gone = org(&other);
    say(&mut lead, Saying::Suspend(gone));
    meet(&mut lead, &mut member);
    other.store.receive_statements(&[elsewhere]).expect("takes it");
    meet(&mut other, &mut member);
    meet(&mut lead, &mut member);
    for site in [&lead, &member, &other] {
        assert_eq!(site.store.roster().fork().map(|it| it.height), Some(copied.height()));
        let kinds = site.store.network().expect("reads").incidents.into_iter().map(|it| it.kind);
        assert!(kinds.into_iter().any(|it| it == "incident-roster-fork"));
    }
    set(&mut other, &plan, "4.1", ItemField::Responsible, "работа идёт");
    meet(&mut lead, &mut other);
    meet(&mut lead, &mut member);
    assert_eq!(text(&member, &plan, "4.1", ItemField::Responsible), "работа идёт");
    let refused = lead.store.say(&Saying::Suspend(gone), "", None);
    assert!(matches!(refused, Err(FoundError::Roster(_))), "{refused:?}");
}
