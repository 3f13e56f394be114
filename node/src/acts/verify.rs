//! Verifying a report file, with nothing but the file: what stands in it, who signed, and what is wrong.
//!
//! In this order:
//!
//! - the container reads, and its bytes are the ones that Svod writes;
//! - report, passports and roster read, and the roster is the one that the report names;
//! - each act reads, is of this network, campaign and edition, and its signature holds at the roster height it names;
//! - every cell and every total follows from the acts; those that do not are named;
//! - what it says to differ from the edition before is what differs;
//! - the lead of that roster has sealed exactly this, and each signature of a member is about exactly this.
//!
//! Nothing here says *which* network is meant: that the lead's key is the lead's, a reader compares by its code
//! ([`Verdict::lead_code`]) with one that he has from elsewhere, on paper.

use std::collections::{BTreeMap, BTreeSet};

use svod_shared::id::OrgNo;
use svod_shared::roster::Roster;
use svod_shared::time::Timestamp;

use super::act::SignedAct;
use super::container::{self, Parts};
use super::endorsement::{Role, SignedEndorsement};
use super::file;
use super::report::{Report, ReportMember, derive, differences};
use crate::domain::indicator::Edition;

/// What a file turned out to be.
#[derive(Debug, Clone, Default)]
pub struct Verdict {
    /// What is wrong, in the order found; nothing: the report is as it was sealed.
    pub findings: Vec<Finding>,
    /// The report, if it reads.
    pub report: Option<Report>,
    /// Its passports, if they read.
    pub indicators: Option<Edition>,
    /// How many figures were worked out again.
    pub figures: usize,
    /// Who signed, the lead's seal first.
    pub signed: Vec<SignedBy>,
    /// The code of the lead's key, for comparing with one on paper.
    pub lead_code: Option<String>,
    /// The report's hash.
    pub hash: Option<[u8; 32]>,
}

/// A signature that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedBy {
    /// Who.
    pub org: OrgNo,
    /// «Динской»
    pub short: String,
    /// What it says.
    pub role: Role,
    /// By which key.
    pub signer: super::signer::Signer,
    /// When, by the signer's clock.
    pub time: Timestamp,
    /// Who at the computer, by post; may be empty.
    pub person: String,
}

/// Something wrong. [`Finding::key`] names its sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// No container, or a damaged one.
    Unreadable,
    /// Its bytes are not the ones that Svod writes: packed again by another program.
    Repacked,
    /// A part is missing or does not read.
    Part(String),
    /// A part that no report has.
    Extra(String),
    /// The roster is not the one that the report names.
    Roster,
    /// The passports are not the ones that the report names.
    Indicators,
    /// A member is not called so in the roster, or its line is not its act's.
    Member(String),
    /// An act's signature does not hold: its figures are not what the organisation signed.
    Act(String),
    /// A figure is not the one that follows from the acts.
    Figure {
        /// The indicator.
        code: String,
        /// Whose; `None`: the network's.
        member: Option<String>,
        /// What stands in the report.
        stated: String,
        /// What follows from the acts.
        derived: String,
    },
    /// A value in an act is no cell of its indicator.
    Value {
        /// The indicator.
        code: String,
        /// Whose.
        member: String,
    },
    /// The list of differences is not what differs from the edition before.
    Differences,
    /// The lead has not sealed this.
    Seal,
    /// A member's signature is not about this, or does not hold.
    Signature(String),
    /// The lead's key has another code than the one that the reader has.
    OtherLead {
        /// The code of the key in the file.
        found: String,
    },
}

impl Finding {
    /// The key of its sentence in the catalogue.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Unreadable => "verify-unreadable",
            Self::Repacked => "verify-repacked",
            Self::Part(_) => "verify-part",
            Self::Extra(_) => "verify-extra",
            Self::Roster => "verify-roster",
            Self::Indicators => "verify-indicators",
            Self::Member(_) => "verify-member",
            Self::Act(_) => "verify-act",
            Self::Figure { member: Some(_), .. } => "verify-figure",
            Self::Figure { member: None, .. } => "verify-total",
            Self::Value { .. } => "verify-value",
            Self::Differences => "verify-differences",
            Self::Seal => "verify-seal",
            Self::Signature(_) => "verify-signature",
            Self::OtherLead { .. } => "verify-other-lead",
        }
    }
}

impl Verdict {
    /// Whether nothing is wrong.
    pub fn is_valid(&self) -> bool {
        self.findings.is_empty()
    }

    /// Members that have not signed, by their short names; the lead's seal is its signature.
    pub fn unsigned(&self) -> Vec<&str> {
        let signed: BTreeSet<_> = self.signed.iter().map(|it| it.org.0).collect();
        let members = self.report.iter().flat_map(|it| &it.members);
        members.filter(|it| !signed.contains(&it.org)).map(|it| it.short.as_str()).collect()
    }
}

/// Verifies a file. `lead_code` is the code of the lead's key that the reader has on paper, if he has one.
pub fn verify(bytes: &[u8], lead_code: Option<&str>) -> Verdict {
    let mut verdict = Verdict::default();
    let Ok(parts) = container::read(bytes) else {
        verdict.findings.push(Finding::Unreadable);
        return verdict;
    };
    if container::write(&parts) != bytes {
        verdict.findings.push(Finding::Repacked);
    }
    verdict.hash = Some(file::report_hash(parts.iter()));
    let Some((report, edition, roster)) = frame(&parts, &mut verdict.findings) else { return verdict };
    let checked = Checked { parts: &parts, report: &report, edition: &edition, roster: &roster };
    let acts = checked.acts(&mut verdict.findings);
    verdict.figures = checked.figures(&acts, &mut verdict.findings);
    checked.differences(&acts, &mut verdict.findings);
    verdict.signed = checked.endorsements(verdict.hash.unwrap_or_default(), &mut verdict.findings);
    checked.extra(&mut verdict.findings);
    verdict.lead_code = lead_of(&report, &roster)
        .and_then(|it| roster.org(it)?.key_at(report.roster))
        .map(|it| it.short_code());
    if let (Some(expected), Some(found)) = (lead_code, &verdict.lead_code)
        && digits(expected) != digits(found)
    {
        verdict.findings.push(Finding::OtherLead { found: found.clone() });
    }
    verdict.report = Some(report);
    verdict.indicators = Some(edition);
    verdict
}

fn digits(code: &str) -> String {
    code.chars().filter(char::is_ascii_digit).collect()
}

fn part<'a>(parts: &'a Parts, name: &str) -> Option<&'a [u8]> {
    parts.iter().find(|(it, _)| it == name).map(|(_, bytes)| bytes.as_slice())
}

fn lead_of(report: &Report, roster: &Roster) -> Option<OrgNo> {
    roster.lead_at(report.roster)
}

/// What everything else is checked against; `None` if that is not there.
fn frame(parts: &Parts, findings: &mut Vec<Finding>) -> Option<(Report, Edition, Roster)> {
    let text = |name: &str| part(parts, name).and_then(|it| std::str::from_utf8(it).ok());
    let missing = |findings: &mut Vec<Finding>, name: &str| findings.push(Finding::Part(name.to_owned()));
    let Some(report) = text(file::REPORT).and_then(Report::of_text) else {
        missing(findings, file::REPORT);
        return None;
    };
    let Some(edition) = text(file::INDICATORS).and_then(Edition::of_text) else {
        missing(findings, file::INDICATORS);
        return None;
    };
    let statements = part(parts, file::ROSTER).and_then(|it| file::read_roster(it).ok());
    let roster = statements.and_then(|it| Roster::from_statements(report.network, &it).ok());
    let Some(roster) = roster else {
        missing(findings, file::ROSTER);
        return None;
    };
    if (roster.height(), roster.hash()) != (report.roster, report.roster_hash)
        || roster.name() != report.network_name
    {
        findings.push(Finding::Roster);
    }
    if data_encoding::HEXLOWER.encode(&edition.hash()) != report.indicators {
        findings.push(Finding::Indicators);
    }
    Some((report, edition, roster))
}

struct Checked<'a> {
    parts: &'a Parts,
    report: &'a Report,
    edition: &'a Edition,
    roster: &'a Roster,
}

impl Checked<'_> {
    fn short(&self, org: OrgNo) -> String {
        let member = self.report.members.iter().find(|it| it.org == org.0);
        member.map_or_else(|| format!("№ {}", org.0), |it| it.short.clone())
    }

    fn orgs(&self) -> Vec<OrgNo> {
        self.report.members.iter().map(|it| OrgNo(it.org)).collect()
    }

    /// The acts of the members that are said to be in it. One that does not hold is found, and its figures still looked at.
    fn acts(&self, findings: &mut Vec<Finding>) -> BTreeMap<OrgNo, SignedAct> {
        let mut acts = BTreeMap::new();
        for member in &self.report.members {
            let named = self.roster.org(OrgNo(member.org));
            if named.is_none_or(|it| {
                (it.name.as_str(), it.short.as_str()) != (member.name.as_str(), member.short.as_str())
            }) {
                findings.push(Finding::Member(member.short.clone()));
            }
            if member.act.is_none() {
                if !member.text.is_empty() {
                    findings.push(Finding::Member(member.short.clone()));
                }
                continue;
            }
            let name = file::act_name(OrgNo(member.org));
            let Some(signed) = part(self.parts, &name).and_then(|it| SignedAct::from_bytes(it).ok()) else {
                findings.push(Finding::Part(name));
                continue;
            };
            if !self.is_sound(&signed, member) {
                findings.push(Finding::Act(member.short.clone()));
            } else if !is_its_line(&signed, member) {
                findings.push(Finding::Member(member.short.clone()));
            }
            acts.insert(OrgNo(member.org), signed);
        }
        acts
    }

    fn is_sound(&self, signed: &SignedAct, member: &ReportMember) -> bool {
        let act = &signed.act;
        act.org.0 == member.org
            && act.campaign == self.report.campaign
            && act.indicators == self.edition.hash()
            && signed.check(self.roster).is_ok()
    }

    /// Works every figure out again; gives how many.
    fn figures(&self, acts: &BTreeMap<OrgNo, SignedAct>, findings: &mut Vec<Finding>) -> usize {
        let derived = match derive(self.edition, &self.orgs(), acts) {
            Ok(derived) => derived,
            Err(bad) => {
                findings.push(Finding::Value { code: bad.code, member: self.short(bad.org) });
                return 0;
            }
        };
        let codes =
            |lines: &[super::report::FigureLine]| lines.iter().map(|it| it.code.clone()).collect::<Vec<_>>();
        if codes(&derived) != codes(&self.report.figures) {
            findings.push(Finding::Part(file::REPORT.to_owned()));
            return 0;
        }
        let mut count = 0;
        for (line, stated) in derived.iter().zip(&self.report.figures) {
            count += stated.cells.len() + 1;
            let mut differ = |member: Option<&ReportMember>, stated: &str, derived: &str| {
                if stated != derived {
                    let member = member.map(|it| it.short.clone());
                    let (stated, derived) = (stated.to_owned(), derived.to_owned());
                    findings.push(Finding::Figure { code: line.code.clone(), member, stated, derived });
                }
            };
            for (at, member) in self.report.members.iter().enumerate() {
                let text = |cells: &[String]| cells.get(at).cloned().unwrap_or_default();
                differ(Some(member), &text(&stated.cells), &text(&line.cells));
            }
            differ(None, &stated.total, &line.total);
            let percent = |it: &super::report::FigureLine| {
                it.percent.as_ref().map_or_else(String::new, |it| format!("{it} %"))
            };
            differ(None, &percent(stated), &percent(line));
            differ(None, &stated.participations.to_string(), &line.participations.to_string());
            let without = |it: &super::report::FigureLine| {
                it.without.iter().map(|it| self.short(OrgNo(*it))).collect::<Vec<_>>().join(", ")
            };
            differ(None, &without(stated), &without(line));
        }
        count
    }

    fn differences(&self, acts: &BTreeMap<OrgNo, SignedAct>, findings: &mut Vec<Finding>) {
        let before =
            part(self.parts, file::PREVIOUS).map(|it| std::str::from_utf8(it).ok().and_then(Report::of_text));
        let holds = match (&self.report.previous, before) {
            (None, None) => self.report.differences.is_empty() && self.report.edition == 1,
            (Some(_), Some(Some(before))) => {
                let found = differences(&before, &self.orgs(), &self.report.figures, acts);
                before.edition.checked_add(1) == Some(self.report.edition)
                    && (before.network, before.campaign) == (self.report.network, self.report.campaign)
                    && found == self.report.differences
            }
            _ => false,
        };
        if !holds {
            findings.push(Finding::Differences);
        }
    }

    fn endorsements(&self, hash: [u8; 32], findings: &mut Vec<Finding>) -> Vec<SignedBy> {
        let mut signed = Vec::new();
        let seal = part(self.parts, file::SEAL).and_then(|it| SignedEndorsement::from_bytes(it).ok());
        let lead = lead_of(self.report, self.roster);
        let is_seal = |it: &SignedEndorsement| it.said.role == Role::Seal && Some(it.said.org) == lead;
        match seal.filter(|it| is_seal(it) && self.holds(it, hash)) {
            Some(seal) => signed.push(self.signed_by(seal)),
            None => findings.push(Finding::Seal),
        }
        for (name, bytes) in self.parts.iter().filter(|(name, _)| name.starts_with(file::SIGNATURES)) {
            let read = SignedEndorsement::from_bytes(bytes).ok();
            let is_named = |it: &SignedEndorsement| {
                file::signature_name(it.said.org) == *name && it.said.role != Role::Seal
            };
            match read.filter(|it| is_named(it) && self.orgs().contains(&it.said.org) && self.holds(it, hash))
            {
                Some(it) => signed.push(self.signed_by(it)),
                None => findings.push(Finding::Signature(self.name_of(name))),
            }
        }
        signed
    }

    fn holds(&self, it: &SignedEndorsement, hash: [u8; 32]) -> bool {
        it.said.report == hash && it.check(self.roster).is_ok()
    }

    fn signed_by(&self, it: SignedEndorsement) -> SignedBy {
        let short = self.short(it.said.org);
        SignedBy {
            org: it.said.org,
            short,
            role: it.said.role,
            signer: it.signer,
            time: it.said.time,
            person: it.said.person,
        }
    }

    /// Whose signature a part is, as far as its name says.
    fn name_of(&self, part: &str) -> String {
        let number = part.trim_start_matches(file::SIGNATURES).trim_end_matches(".sig").parse().ok();
        number.map_or_else(|| part.to_owned(), |it| self.short(OrgNo(it)))
    }

    /// Parts that no report has.
    fn extra(&self, findings: &mut Vec<Finding>) {
        let acts: BTreeSet<_> = self
            .report
            .members
            .iter()
            .filter(|it| it.act.is_some())
            .map(|it| file::act_name(OrgNo(it.org)))
            .collect();
        let known = [file::REPORT, file::INDICATORS, file::ROSTER, file::SEAL];
        let is_known = |name: &str| {
            known.contains(&name)
                || acts.contains(name)
                || name.starts_with(file::SIGNATURES)
                || (name == file::PREVIOUS && self.report.previous.is_some())
        };
        let extra = self.parts.iter().filter(|(name, _)| !is_known(name));
        findings.extend(extra.map(|(name, _)| Finding::Extra(name.clone())));
    }
}

/// Whether a member's line says of its act what the act says of itself.
fn is_its_line(signed: &SignedAct, member: &ReportMember) -> bool {
    let act = &signed.act;
    member.text == act.text
        && member.act.as_ref().is_some_and(|line| {
            (line.number, line.signed_at, line.person.as_str())
                == (act.number, act.time.0, act.person.as_str())
                && line.hash == data_encoding::HEXLOWER.encode(&act.hash())
        })
}
