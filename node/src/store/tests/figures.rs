//! Figures of several nodes: entered, submitted, returned and corrected, together and apart.

use super::*;
use crate::acts::{SignedAct, Signer};
use crate::domain::campaign::{Note, Remark, State};
use crate::domain::indicator::{Aggregation, Cell, Figure, first_edition};
use crate::domain::period::Period;
use crate::views::figures::{AskedView, CampaignView};

pub(super) fn half() -> OpenCampaign {
    let period = Period::of_key("2022-H1").expect("a period");
    let due = "2022-06-28".parse().ok();
    OpenCampaign { title: "Совместный отчёт".into(), period, due, joined: Vec::new() }
}

pub(super) fn view(site: &Site, campaign: &DocId) -> CampaignView {
    site.store.campaign(campaign).expect("reads").expect("is there")
}

fn asked(site: &Site, campaign: &DocId, short: &str) -> AskedView {
    view(site, campaign).asked.into_iter().find(|it| it.member.short == short).expect("is asked")
}

pub(super) fn typed(site: &Site, campaign: &DocId, code: &str, text: &str) -> Typed {
    let sheet = view(site, campaign).own().expect("is asked").sheet.clone();
    let seen = sheet.values.get(code).map(crate::domain::field::Field::ops).unwrap_or_default();
    Typed { code: code.into(), text: text.into(), note: None, seen }
}

pub(super) fn enter(site: &mut Site, campaign: &DocId, code: &str, text: &str, reason: Option<&str>) {
    let typed = typed(site, campaign, code, text);
    assert_eq!(site.store.enter_figures(*campaign, &[typed], None, reason).expect("writes"), []);
}

/// A figure in every cell, `n` more or less in each.
pub(super) fn fill(site: &mut Site, campaign: &DocId, n: u32) {
    for passport in first_edition().passports {
        let text = match passport.aggregation {
            Aggregation::Sum | Aggregation::LastStock => format!("{}", 10 + n),
            Aggregation::RatioOfSums => format!("{n}/20"),
            Aggregation::DistinctEvents => format!("17.03.2022 Сетевой вебинар\n1{n}.04.2022 Семинар {n}"),
            Aggregation::Distribution => format!("{n};1;0;0;0;0;0"),
        };
        enter(site, campaign, &passport.code, &text, None);
    }
}

/// A lead and a member that hold an open campaign.
pub(super) fn opened() -> (Site, Site, DocId) {
    let mut lead = found();
    let mut member = join(&mut lead, "Динской");
    let campaign = lead.store.open_campaign(&half()).expect("opens");
    exchange(&mut lead, &mut member);
    (lead, member, campaign)
}

fn state(site: &Site, campaign: &DocId, short: &str) -> (State, Vec<Note>) {
    let standing = asked(site, campaign, short).standing;
    (standing.state, standing.notes)
}

fn remark() -> Vec<Remark> {
    vec![Remark {
        code: "2.1".into(), text: "в прошлом полугодии было 14: проверьте".into()
    }]
}

fn day() -> jiff::civil::Date {
    jiff::civil::date(2022, 6, 29)
}

#[test]
fn a_form_goes_from_not_started_to_accepted() {
    let (mut lead, mut member, campaign) = opened();
    let org = member.store.me().expect("admitted").org;
    assert_eq!(view(&member, &campaign).edition, first_edition());
    assert_eq!(state(&member, &campaign, "Динской"), (State::NotStarted, vec![]));
    enter(&mut member, &campaign, "2.1", "13", None);
    assert_eq!(state(&member, &campaign, "Динской"), (State::Filling, vec![]));
    assert!(matches!(member.store.submit(campaign), Err(FigureError::Missing(codes)) if codes.len() == 12));
    fill(&mut member, &campaign, 3);
    assert_eq!(member.store.submit(campaign).expect("submits"), 1);
    assert!(matches!(member.store.submit(campaign), Err(FigureError::Unchanged)));
    exchange(&mut lead, &mut member);
    assert_eq!(state(&lead, &campaign, "Динской"), (State::Submitted, vec![]));
    lead.store.send_back(campaign, org, &remark()).expect("returns");
    exchange(&mut lead, &mut member);
    let returned = asked(&member, &campaign, "Динской").standing;
    assert_eq!((returned.state, returned.remarks), (State::Returned, remark()));
    enter(&mut member, &campaign, "2.1", "14", Some("не учтён проект школы № 7"));
    assert_eq!(member.store.submit(campaign).expect("submits"), 2);
    exchange(&mut lead, &mut member);
    assert_eq!(state(&lead, &campaign, "Динской"), (State::Resubmitted, vec![]));
    lead.store.accept(campaign, org, day()).expect("accepts");
    exchange(&mut lead, &mut member);
    assert_eq!(state(&member, &campaign, "Динской"), (State::Accepted, vec![]));
    let act = asked(&lead, &campaign, "Динской").act.expect("submitted").act;
    let value = act.value("2.1").expect("is there");
    assert_eq!((value.value.as_str(), value.reason.as_str()), ("14", "не учтён проект школы № 7"));
    assert_eq!(lead.store.campaigns().expect("reads")[0].submitted, 1);
}

#[test]
fn submitting_and_returning_apart_resolve_alike_on_every_node() {
    let (mut lead, mut member, campaign) = opened();
    let org = member.store.me().expect("admitted").org;
    fill(&mut member, &campaign, 3);
    member.store.submit(campaign).expect("submits");
    exchange(&mut lead, &mut member);
    // Without a line, the lead returns the first act while the member corrects it by a second.
    lead.store.send_back(campaign, org, &remark()).expect("returns");
    enter(&mut member, &campaign, "2.1", "15", Some("дополнено"));
    member.store.submit(campaign).expect("submits");
    let mut third = join(&mut lead, "Мостовской");
    pass(&member, &mut third);
    pass(&lead, &mut third);
    exchange(&mut lead, &mut member);
    for site in [&lead, &member, &third] {
        assert_eq!(state(site, &campaign, "Динской"), (State::Resubmitted, vec![Note::SaidOfOlder]));
    }
    lead.store.accept(campaign, org, day()).expect("accepts the second");
    exchange(&mut lead, &mut member);
    assert_eq!(state(&member, &campaign, "Динской").0, State::Accepted);
}

#[test]
fn two_computers_of_one_organisation_that_disagree_cannot_submit_until_one_chooses() {
    let (mut lead, mut member, campaign) = opened();
    let mut second = second_computer(&mut lead, &member);
    pass(&lead, &mut member);
    exchange(&mut member, &mut second);
    fill(&mut member, &campaign, 3);
    enter(&mut second, &campaign, "2.1", "99", None);
    exchange(&mut member, &mut second);
    assert!(matches!(member.store.submit(campaign), Err(FigureError::Divergent(codes)) if codes == ["2.1"]));
    let stale = Typed { seen: Vec::new(), ..typed(&member, &campaign, "2.1", "50") };
    let moved = member.store.enter_figures(campaign, &[stale], None, None).expect("answers");
    assert_eq!(moved.len(), 1, "a figure is not put over others that its author has not seen");
    enter(&mut member, &campaign, "2.1", "13", None);
    assert_eq!(member.store.submit(campaign).expect("submits"), 1);
    // The other one submits before it hears of that: two acts, one of which counts on every node.
    fill(&mut second, &campaign, 3);
    enter(&mut second, &campaign, "2.1", "14", None);
    second.store.submit(campaign).expect("submits");
    exchange(&mut member, &mut second);
    exchange(&mut lead, &mut member);
    exchange(&mut member, &mut second);
    let acts = [&lead, &member, &second].map(|it| asked(it, &campaign, "Динской"));
    assert!(acts.iter().all(|it| it.standing.notes == [Note::TwoActs]));
    assert!(
        acts.iter()
            .all(|it| it.act.is_some() && it.act == acts[0].act && it.sheet.acts == acts[0].sheet.acts)
    );
}

#[test]
fn only_the_lead_judges_and_only_the_owner_enters() {
    let (mut lead, mut member, campaign) = opened();
    let org = member.store.me().expect("admitted").org;
    fill(&mut member, &campaign, 3);
    member.store.submit(campaign).expect("submits");
    exchange(&mut lead, &mut member);
    assert!(matches!(
        member.store.accept(campaign, org, day()),
        Err(FigureError::Found(FoundError::NotLead))
    ));
    assert!(matches!(member.store.open_campaign(&half()), Err(FigureError::Found(FoundError::NotLead))));
    // The lead's node has no command for another's sheet, and its entry would be refused by everybody.
    let step = crate::documents::figures::enter("2.1", "0");
    let doc = crate::documents::figures::sheet_id(&campaign, org);
    let forged = lead.store.edit(doc, None, |_| vec![step]);
    assert!(matches!(forged, Err(WriteError::Refused(Refusal::NoRight(NoRight::OtherOwner(_))))));
}

#[test]
fn an_act_is_signed_by_the_organisation_and_by_the_node_where_its_key_is_elsewhere() {
    let (mut lead, mut member, campaign) = opened();
    fill(&mut member, &campaign, 3);
    member.store.submit(campaign).expect("submits");
    std::fs::remove_file(member.store.folder().path().join("keys/organisation.key")).expect("is taken away");
    enter(&mut member, &campaign, "2.1", "15", None);
    member.store.submit(campaign).expect("submits");
    exchange(&mut lead, &mut member);
    let sheet = asked(&lead, &campaign, "Динской").sheet;
    let signers: Vec<_> =
        sheet.acts.values().map(|it| SignedAct::of_text(&it[0].text).expect("reads").signer).collect();
    let node = member.store.me().expect("admitted").node;
    assert_eq!(signers, [Signer::Org, Signer::Node(node)]);
}

#[test]
fn an_act_with_a_false_signature_is_none() {
    let (mut lead, mut member, campaign) = opened();
    fill(&mut member, &campaign, 3);
    member.store.submit(campaign).expect("submits");
    let sheet = asked(&member, &campaign, "Динской").sheet;
    let mut forged = SignedAct::of_text(&sheet.acts[&1][0].text).expect("reads");
    forged.act.values[0].value = "999".into();
    forged.act.number = 2;
    let me = member.store.me().expect("admitted");
    let step = crate::documents::figures::submit(2, &forged.to_text());
    member.store.edit_sheet(&campaign, me, None, vec![step]).expect("its own sheet takes it");
    exchange(&mut lead, &mut member);
    assert_eq!(asked(&lead, &campaign, "Динской").standing.act, Some(1), "and nobody takes it for an act");
}

#[test]
fn an_edition_is_published_once_and_for_ever() {
    let mut lead = found();
    let doc = lead.store.publish_indicators(&first_edition()).expect("publishes");
    assert_eq!(lead.store.publish_indicators(&first_edition()).expect("is there"), doc);
    let mut other = first_edition();
    other.passports[0].title.push('!');
    assert!(matches!(lead.store.publish_indicators(&other), Err(FigureError::Published(1))));
    other.number = 2;
    lead.store.publish_indicators(&other).expect("publishes the next");
    assert_eq!(lead.store.newest_indicators().expect("reads"), Some(other));
    // As long as an edition of two hundred may be, in as many changes as it takes.
    let mut long = first_edition();
    long.number = 3;
    long.passports = (1..=200)
        .map(|n| crate::domain::indicator::Passport {
            code: n.to_string(),
            at_least: None,
            ..long.passports[4].clone()
        })
        .collect();
    lead.store.publish_indicators(&long).expect("publishes");
    assert_eq!(lead.store.indicators(3).expect("reads"), Some(long));
}

#[test]
fn figures_are_there_after_opening_and_rebuilding() {
    let (mut lead, mut member, campaign) = opened();
    fill(&mut member, &campaign, 3);
    member.store.submit(campaign).expect("submits");
    exchange(&mut lead, &mut member);
    let code = lead.store.control_code().expect("reads");
    lead.store.rebuild().expect("rebuilds");
    assert_eq!(lead.store.control_code().expect("reads"), code);
    let found = view(&lead, &campaign);
    let cells = found.submitted("2.1");
    let [(_, own), (_, theirs)] = cells.as_slice() else { panic!("two are asked") };
    assert_eq!(own, &Cell::NotSubmitted);
    assert_eq!(theirs, &Cell::Figure(Figure::Number(crate::domain::decimal::Decimal::whole(13))));
}
