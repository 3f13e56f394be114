//! The joint report of a whole network: frozen, signed, verified alone, tampered with, corrected.

use std::collections::BTreeSet;
use std::io::{Cursor, Write};

use proptest::strategy::{Strategy, ValueTree};

use super::figures::{enter, fill, half, typed};
use super::*;
use crate::acts::Role;
use crate::acts::verify::{Finding, Verdict, verify};
use crate::domain::campaign::Remark;

/// Five centres; four have submitted, the fifth has not.
struct Network {
    lead: Site,
    members: Vec<Site>,
    campaign: DocId,
}

const SHORTS: [&str; 4] = ["Динской", "Кореновский", "Крыловской", "Мостовской"];

impl Network {
    fn opened() -> Self {
        let mut lead = found();
        let mut members: Vec<_> = SHORTS.iter().map(|short| join(&mut lead, short)).collect();
        let campaign = lead.store.open_campaign(&half()).expect("opens");
        fill(&mut lead, &campaign, 9);
        lead.store.submit(campaign).expect("submits");
        for (n, member) in (2..).zip(members.iter_mut().take(3)) {
            pass(&lead, member);
            fill(member, &campaign, n);
            member.store.submit(campaign).expect("submits");
        }
        let mut network = Self { lead, members, campaign };
        network.exchange();
        network
    }

    fn exchange(&mut self) {
        for _ in 0..2 {
            for member in &mut self.members {
                pass(member, &mut self.lead);
                pass(&self.lead, member);
            }
        }
    }

    fn freeze(&mut self) -> u32 {
        let edition =
            self.lead.store.freeze_report(self.campaign, "Сеть работала по плану.").expect("freezes");
        self.exchange();
        edition
    }

    fn file(&self, edition: u32) -> Vec<u8> {
        self.lead.store.report_file(&self.campaign, edition).expect("writes")
    }
}

fn frozen() -> (Network, Vec<u8>) {
    let mut network = Network::opened();
    let edition = network.freeze();
    network.members[0].store.sign_report(network.campaign, edition, None).expect("signs");
    network.members[1]
        .store
        .sign_report(network.campaign, edition, Some("Показатель 2.1 считаем иначе."))
        .expect("signs");
    network.exchange();
    let file = network.file(edition);
    (network, file)
}

fn findings(bytes: &[u8]) -> Vec<Finding> {
    verify(bytes, None).findings
}

/// The file as somebody would have it who opened it with an archiver, altered a part and packed it again.
fn repack(bytes: &[u8], alter: impl Fn(&str, String) -> String) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("is a zip");
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).expect("reads");
        let name = part.name().expect("is UTF-8").into_owned();
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut content).expect("reads");
        if name.ends_with(".json") {
            content = alter(&name, String::from_utf8(content).expect("is UTF-8")).into_bytes();
        }
        out.start_file(name, zip::write::SimpleFileOptions::default()).expect("begins");
        out.write_all(&content).expect("writes");
    }
    out.finish().expect("ends").into_inner()
}

#[test]
fn a_frozen_report_verifies_alone_and_says_who_signed_and_who_did_not() {
    let (network, file) = frozen();
    let verdict: Verdict = verify(&file, None);
    assert_eq!(verdict.findings, []);
    let report = verdict.report.clone().expect("reads");
    assert_eq!(report.absent().map(|it| it.short.as_str()).collect::<Vec<_>>(), ["Мостовской"]);
    // Thirteen indicators of five members, and their totals.
    assert_eq!(verdict.figures, 13 * 6);
    let signed: Vec<_> = verdict.signed.iter().map(|it| (it.short.as_str(), it.role.clone())).collect();
    let opinion = Role::Opinion("Показатель 2.1 считаем иначе.".to_owned());
    assert_eq!(signed, [("Выселковский", Role::Seal), ("Динской", Role::Agreed), ("Кореновский", opinion)]);
    assert_eq!(verdict.unsigned(), ["Крыловской", "Мостовской"]);
    // 19 + 12 + 13 + 14 projects; (9 + 2 + 3 + 4) of 80; one joint webinar and four seminars of their own.
    assert_eq!(report.figure("2.1").expect("is there").total, "58");
    let share = report.figure("6.2").expect("is there");
    assert_eq!((share.total.as_str(), share.percent.as_deref()), ("18/80", Some("22.5")));
    let joint = report.figure("3.1").expect("is there");
    assert_eq!((joint.total.lines().count(), joint.participations), (5, 8));
    assert_eq!(joint.without, [network.members[3].store.me().expect("admitted").org.0]);
    // Every node writes the same file, and the lead's key has the code that the lead can print.
    let theirs = network.members[3].store.report_file(&network.campaign, 1).expect("writes");
    assert_eq!(theirs, file);
    let code = network.lead.store.org_key().expect("reads").expect("is there").short_code();
    assert_eq!(verdict.lead_code.as_deref(), Some(code.as_str()));
    assert_eq!(verify(&file, Some(&code.replace('-', " "))).findings, []);
    assert!(matches!(
        verify(&file, Some("000-000-000-000")).findings.as_slice(),
        [Finding::OtherLead { .. }]
    ));
}

#[test]
fn thousands_of_flipped_bytes_are_all_detected() {
    let (_, file) = frozen();
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let strategy = (0..file.len(), 1_u8..);
    let mut tried = BTreeSet::new();
    while tried.len() < 2_400 {
        let (at, flip) = strategy.new_tree(&mut runner).expect("draws").current();
        if tried.insert((at, flip)) {
            let mut other = file.clone();
            other[at] ^= flip;
            assert!(!verify(&other, None).is_valid(), "byte {at} ^ {flip}");
        }
    }
    for cut in [0, 1, file.len() / 2, file.len() - 1] {
        assert!(!verify(&file[..cut], None).is_valid(), "cut at {cut}");
    }
}

#[test]
fn a_figure_that_was_altered_and_packed_again_is_named() {
    let (_, file) = frozen();
    let untouched = repack(&file, |_, text| text);
    assert_eq!(findings(&untouched), [Finding::Repacked], "packing again alone changes no figure");
    let alter = |from: &str, to: &str| {
        let (from, to) = (from.to_owned(), to.to_owned());
        repack(
            &file,
            move |name, text| if name == "report.json" { text.replacen(&from, &to, 1) } else { text },
        )
    };
    let cell =
        findings(&alter(r#"{"code":"2.1","cells":["19","12","#, r#"{"code":"2.1","cells":["19","27","#));
    let named = Finding::Figure {
        code: "2.1".into(),
        member: Some("Динской".into()),
        stated: "27".into(),
        derived: "12".into(),
    };
    assert!(cell.contains(&named), "{cell:?}");
    assert!(cell.contains(&Finding::Seal));
    let total = findings(&alter(r#""total":"58""#, r#""total":"85""#));
    let named =
        Finding::Figure { code: "2.1".into(), member: None, stated: "85".into(), derived: "58".into() };
    assert!(total.contains(&named), "{total:?}");
    let share = findings(&alter(r#""percent":"22.5""#, r#""percent":"25.2""#));
    // The first of that share is 1.1.
    let (stated, derived) = ("25.2 %".to_owned(), "22.5 %".to_owned());
    let named = Finding::Figure { code: "1.1".into(), member: None, stated, derived };
    assert!(share.contains(&named), "{share:?}");
    let text = findings(&alter("Сеть работала по плану.", "Сеть работала без плана."));
    assert!(text.contains(&Finding::Seal), "{text:?}");
}

#[test]
fn an_act_that_was_altered_is_named_by_its_organisation() {
    let (network, file) = frozen();
    let parts = crate::acts::file::sealed_parts;
    let report = verify(&file, None).report.expect("reads");
    let view = network.lead.store.frozen_report(&network.campaign, 1).expect("reads");
    let mut acts: Vec<_> = view.acts.values().cloned().collect();
    acts[1].act.values[3].value = "27".into();
    let statements = network.lead.store.roster().statements(0);
    let altered = parts(&report, &view.indicators, statements, &acts, None);
    let seal = crate::acts::SignedEndorsement::of_text(
        &network.lead.store.campaign(&network.campaign).expect("reads").expect("is there").campaign.reports
            [&1]
            .seal,
    );
    let bytes = crate::acts::file::write(altered, &seal.expect("reads"), &[]);
    let found = findings(&bytes);
    assert!(found.contains(&Finding::Act("Динской".into())), "{found:?}");
    assert!(
        found.iter().any(|it| matches!(it, Finding::Figure { member: Some(it), .. } if it == "Динской")),
        "{found:?}"
    );
}

#[test]
fn a_late_correction_makes_the_next_edition_with_exactly_what_differs() {
    let (mut network, first) = frozen();
    let campaign = network.campaign;
    let dinskoy = &mut network.members[0];
    enter(dinskoy, &campaign, "2.1", "11", Some("проект школы № 7 прекращён в мае"));
    dinskoy.store.submit(campaign).expect("submits");
    network.exchange();
    let view = network.lead.store.frozen_report(&campaign, 1).expect("reads");
    assert_eq!(
        view.late.iter().map(|(member, act)| (member.short.as_str(), *act)).collect::<Vec<_>>(),
        [("Динской", 2)]
    );
    assert_eq!(network.file(1), first, "a frozen report does not move");
    assert_eq!(network.freeze(), 2);
    let verdict = verify(&network.file(2), None);
    assert_eq!(verdict.findings, []);
    let report = verdict.report.expect("reads");
    let told: Vec<_> = report
        .differences
        .iter()
        .map(|it| (it.code.as_str(), it.org, it.old.as_str(), it.new.as_str(), it.why.as_str()))
        .collect();
    let org = network.members[0].store.me().expect("admitted").org.0;
    assert_eq!(
        told,
        [("2.1", Some(org), "12", "11", "проект школы № 7 прекращён в мае"), ("2.1", None, "58", "57", "")]
    );
    assert_eq!(verify(&network.file(1), None).findings, [], "and the first edition verifies as before");
    assert_eq!(network.file(1), first);
    // A list of differences that keeps one silent is noticed.
    let hidden = repack(&network.file(2), |name, text| {
        if name != "report.json" {
            return text;
        }
        let (before, _) = text.split_once(r#""differences":["#).expect("is there");
        format!(r#"{before}"differences":[]}}"#)
    });
    assert!(findings(&hidden).contains(&Finding::Differences));
}

#[test]
fn a_returned_form_is_not_in_the_report_and_nothing_new_is_no_new_edition() {
    let mut network = Network::opened();
    let org = network.members[0].store.me().expect("admitted").org;
    let remark = Remark { code: "2.1".into(), text: "проверьте".into() };
    network.lead.store.send_back(network.campaign, org, &[remark]).expect("returns");
    network.freeze();
    let report = verify(&network.file(1), None).report.expect("reads");
    assert_eq!(report.absent().map(|it| it.short.as_str()).collect::<Vec<_>>(), ["Динской", "Мостовской"]);
    let again = network.lead.store.freeze_report(network.campaign, "Сеть работала по плану.");
    assert!(matches!(again, Err(FigureError::Unchanged)));
    assert!(matches!(
        network.members[0].store.freeze_report(network.campaign, ""),
        Err(FigureError::Found(FoundError::NotLead))
    ));
    let mut empty = found();
    let campaign = empty.store.open_campaign(&half()).expect("opens");
    assert!(matches!(empty.store.freeze_report(campaign, ""), Err(FigureError::NothingSubmitted)));
}

#[test]
fn a_report_outlives_the_roster_it_was_frozen_under() {
    let (mut network, file) = frozen();
    join(&mut network.lead, "Тихорецкий");
    network.exchange();
    assert_eq!(network.file(1), file);
    // Who signs later signs under the roster of the report, so that the file stays whole.
    network.members[2].store.sign_report(network.campaign, 1, None).expect("signs");
    network.exchange();
    let verdict = verify(&network.file(1), None);
    assert_eq!((verdict.findings.as_slice(), verdict.signed.len()), (&[] as &[Finding], 4));
    let late = typed(&network.members[3], &network.campaign, "2.1", "1");
    network.members[3].store.enter_figures(network.campaign, &[late], None, None).expect("enters");
}

#[test]
fn a_report_longer_than_a_change_travels_in_parts() {
    let mut network = Network::opened();
    let preface = "Сеть работала по плану. ".repeat(6_000);
    network.lead.store.freeze_report(network.campaign, &preface).expect("freezes");
    network.exchange();
    let theirs = network.members[0].store.report_file(&network.campaign, 1).expect("writes");
    let verdict = verify(&theirs, None);
    assert_eq!(verdict.findings, []);
    assert_eq!(verdict.report.expect("reads").preface, preface.trim());
}
