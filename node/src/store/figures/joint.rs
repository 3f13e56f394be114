//! The joint report: frozen by the lead, signed by members, written as a file.
//!
//! What is kept is the report's text and the lead's seal, in the campaign's document; each member's signature is in its
//! own sheet. Everything else of the file, acts, passports and the roster, every node has, so that each writes the very
//! same file.

use std::collections::BTreeMap;

use svod_shared::id::{DocId, OrgNo};
use svod_shared::keys::KeyPair;
use svod_shared::storage::StorageError;

use super::{FigureError, Store};
use crate::acts::container::Parts;
use crate::acts::endorsement::OPINION_BYTES_MAX;
use crate::acts::report::{ActLine, FORMAT, ReportMember, derive, differences};
use crate::acts::verify::verify;
use crate::acts::{Endorsement, Report, Role, SignedAct, SignedEndorsement, Signer, file};
use crate::documents::figures;
use crate::domain::campaign::{Campaign, Frozen};
use crate::domain::indicator::Edition;
use crate::projections::figures as tables;
use crate::store::Me;
use crate::store::outbox::WriteError;
use crate::views::figures::{AskedView, CampaignView, FrozenView};

/// The longest text of a report with its figures: 500 organisations with thirty indicators have some 400 KiB.
const REPORT_BYTES_MAX: usize = 2 << 20;

impl Store {
    /// What the report would be now, with everybody's newest act; the next edition of the last frozen one.
    pub fn draft_report(&self, campaign: &DocId, preface: &str) -> Result<(Report, Edition), FigureError> {
        let view = self.campaign(campaign)?.ok_or(FigureError::NoCampaign)?;
        let report = self.compile(&view, preface)?;
        Ok((report, view.edition))
    }

    fn compile(&self, view: &CampaignView, preface: &str) -> Result<Report, FigureError> {
        let acts: BTreeMap<_, _> =
            view.asked.iter().filter_map(|it| Some((it.member.no, it.act.clone()?))).collect();
        let orgs: Vec<_> = view.asked.iter().map(|it| it.member.no).collect();
        // An act of one's own organisation's newer program may say what this one does not read: it is left out by name.
        let figures = derive(&view.edition, &orgs, &acts)
            .map_err(|bad| FigureError::Cell { code: bad.code, fault: bad.fault })?;
        let before = newest(&view.campaign);
        let previous = match &before {
            Some(before) => Some(self.sealed(&view.campaign, before)?.1),
            None => None,
        };
        let by = self.me().and_then(|me| self.roster.org(me.org));
        Ok(Report {
            format: FORMAT.to_owned(),
            network: self.roster.network(),
            network_name: self.roster.name().to_owned(),
            campaign: view.campaign.id,
            title: view.campaign.title.clone(),
            period: view.campaign.period.map(|it| it.key()).unwrap_or_default(),
            edition: before.as_ref().map_or(1, |it| it.edition.saturating_add(1)),
            indicators: data_encoding::HEXLOWER.encode(&view.edition.hash()),
            roster: self.roster.height(),
            roster_hash: self.roster.hash(),
            frozen_at: self.now().0,
            frozen_by: by.map(|it| it.name.clone()).unwrap_or_default(),
            preface: preface.trim().to_owned(),
            members: view.asked.iter().map(member).collect(),
            differences: before
                .as_ref()
                .map(|it| differences(it, &orgs, &figures, &acts))
                .unwrap_or_default(),
            figures,
            previous: previous.map(|it| data_encoding::HEXLOWER.encode(&it)),
        })
    }

    /// Freezes the report: from here on it never changes. Gives the number of its edition.
    pub fn freeze_report(&mut self, campaign: DocId, preface: &str) -> Result<u32, FigureError> {
        let me = self.as_lead()?;
        let view = self.campaign(&campaign)?.ok_or(FigureError::NoCampaign)?;
        let report = self.compile(&view, preface)?;
        if report.absent().count() == report.members.len() {
            return Err(FigureError::NothingSubmitted);
        }
        let said = |it: &Report| (it.preface.clone(), it.members.clone(), it.figures.clone());
        if newest(&view.campaign).is_some_and(|before| said(&before) == said(&report)) {
            return Err(FigureError::Unchanged);
        }
        let text = report.to_text();
        if text.len() > REPORT_BYTES_MAX {
            return Err(FigureError::TooLong);
        }
        let (_, hash) = self.sealed(&view.campaign, &report)?;
        let seal = self.endorse(me, &report, hash, Role::Seal)?.to_text();
        let (edition, frozen) = (report.edition, Frozen { report: text, seal });
        let message = self.message(None);
        self.write(campaign, |document, actor, now| {
            let mut changes = Vec::new();
            for steps in figures::freeze(edition, &frozen) {
                changes.extend(document.edit(actor, now, message.as_deref(), &steps)?);
            }
            Ok(changes)
        })?;
        Ok(edition)
    }

    /// Signs a frozen report for this organisation: agreed, or with an opinion of its own.
    pub fn sign_report(
        &mut self,
        campaign: DocId,
        edition: u32,
        opinion: Option<&str>,
    ) -> Result<(), FigureError> {
        let me = self.me().ok_or(WriteError::NotAdmitted)?;
        let (found, report) = self.frozen(&campaign, edition)?;
        if !report.members.iter().any(|it| it.org == me.org.0) {
            return Err(FigureError::NotAsked);
        }
        let role = match opinion.map(str::trim).filter(|it| !it.is_empty()) {
            Some(text) if text.len() > OPINION_BYTES_MAX => return Err(FigureError::TooLong),
            Some(text) => Role::Opinion(text.to_owned()),
            None => Role::Agreed,
        };
        let (_, hash) = self.sealed(&found, &report)?;
        let signed = self.endorse(me, &report, hash, role)?.to_text();
        self.edit_sheet(&campaign, me, None, vec![figures::sign(edition, &signed)])
    }

    /// The bytes of a frozen report's file, with the signatures that are here; the same on every node that has the same.
    pub fn report_file(&self, campaign: &DocId, edition: u32) -> Result<Vec<u8>, FigureError> {
        let (found, report) = self.frozen(campaign, edition)?;
        let (parts, hash) = self.sealed(&found, &report)?;
        let seal = found.reports.get(&edition).and_then(|it| SignedEndorsement::of_text(&it.seal));
        let seal = seal.ok_or(FigureError::NoReport)?;
        Ok(file::write(parts, &seal, &self.signatures(&report, hash)?))
    }

    /// A frozen report for its page.
    pub fn frozen_report(&self, campaign: &DocId, edition: u32) -> Result<FrozenView, FigureError> {
        let (found, report) = self.frozen(campaign, edition)?;
        let verdict = verify(&self.report_file(campaign, edition)?, None);
        let indicators =
            tables::indicators(&self.connection, found.indicators)?.ok_or(FigureError::NoReport)?;
        let acts = self.acts_of(&report)?.into_iter().map(|it| (it.act.org, it)).collect();
        let view = self.campaign(campaign)?.ok_or(FigureError::NoCampaign)?;
        let late = view.asked.into_iter().filter_map(|it| {
            let in_it = report.members.iter().find(|line| line.org == it.member.no.0);
            let number = in_it.and_then(|it| it.act.as_ref()).map_or(0, |it| it.number);
            it.act
                .as_ref()
                .filter(|act| act.act.number > number)
                .map(|act| act.act.number)
                .map(|act| (it.member, act))
        });
        let late = late.collect();
        let me = self.me().map(|it| it.org);
        let has_signed = |org: OrgNo| verdict.signed.iter().any(|it| it.org == org);
        let may_sign =
            me.is_some_and(|org| report.members.iter().any(|it| it.org == org.0) && !has_signed(org));
        Ok(FrozenView { report, indicators, verdict, acts, late, may_sign })
    }

    fn frozen(&self, campaign: &DocId, edition: u32) -> Result<(Campaign, Report), FigureError> {
        let found = tables::campaign(&self.connection, campaign)?.ok_or(FigureError::NoCampaign)?;
        let report = found.reports.get(&edition).and_then(|it| Report::of_text(&it.report));
        let report = report.filter(|it| it.edition == edition && it.campaign == *campaign);
        report.map(|it| (found, it)).ok_or(FigureError::NoReport)
    }

    /// What the seal of a report is about, and its hash.
    fn sealed(&self, campaign: &Campaign, report: &Report) -> Result<(Parts, [u8; 32]), FigureError> {
        let edition =
            tables::indicators(&self.connection, campaign.indicators)?.ok_or(FigureError::NoReport)?;
        let height = usize::try_from(report.roster).unwrap_or(usize::MAX);
        let statements = self.roster.statements(0).get(..height).ok_or(FigureError::NoReport)?;
        let before = report.edition.checked_sub(1).and_then(|it| campaign.reports.get(&it));
        let before = before.and_then(|it| Report::of_text(&it.report));
        let parts = file::sealed_parts(report, &edition, statements, &self.acts_of(report)?, before.as_ref());
        let hash = file::report_hash(parts.iter());
        Ok((parts, hash))
    }

    /// The acts that a report rests on.
    fn acts_of(&self, report: &Report) -> Result<Vec<SignedAct>, FigureError> {
        let mut acts = Vec::new();
        for member in &report.members {
            let Some(line) = &member.act else { continue };
            let sheet =
                self.checked_sheet(&report.campaign, OrgNo(member.org))?.ok_or(FigureError::NoReport)?;
            let found = sheet.acts.get(&line.number).into_iter().flatten();
            let mut found = found.filter_map(|it| SignedAct::of_text(&it.text));
            let is_it = |it: &SignedAct| data_encoding::HEXLOWER.encode(&it.act.hash()) == line.hash;
            acts.push(found.find(is_it).ok_or(FigureError::NoReport)?);
        }
        Ok(acts)
    }

    /// Signatures of members under a report that hold.
    fn signatures(&self, report: &Report, hash: [u8; 32]) -> Result<Vec<SignedEndorsement>, StorageError> {
        let mut signatures = Vec::new();
        for member in &report.members {
            let Some(sheet) = tables::sheet(&self.connection, &report.campaign, OrgNo(member.org))? else {
                continue;
            };
            let texts = sheet.signatures.get(&report.edition).into_iter().flatten();
            let mut read = texts.filter_map(|it| SignedEndorsement::of_text(it));
            let holds = |it: &SignedEndorsement| {
                let of_it =
                    it.said.org.0 == member.org && it.said.report == hash && it.said.role != Role::Seal;
                // Under the roster of the report, because whoever verifies it has no other.
                of_it && it.said.roster <= report.roster && it.check(&self.roster).is_ok()
            };
            signatures.extend(read.find(holds));
        }
        Ok(signatures)
    }

    /// Signs under the roster of the report, because whoever verifies it has no other.
    fn endorse(
        &self,
        me: Me,
        report: &Report,
        hash: [u8; 32],
        role: Role,
    ) -> Result<SignedEndorsement, FigureError> {
        let said = Endorsement {
            network: report.network,
            report: hash,
            role,
            org: me.org,
            roster: report.roster,
            roster_hash: report.roster_hash,
            time: self.now(),
            person: self.person().map(|it| it.to_string()).unwrap_or_default(),
        };
        let at = (report.roster, report.roster_hash);
        let is_key =
            |signer: Signer, pair: &KeyPair| signer.key(&self.roster, me.org, at).ok() == Some(pair.public());
        if let Some(pair) = self.org_pair(me)?.filter(|it| is_key(Signer::Org, it)) {
            return Ok(said.sign(Signer::Org, &pair));
        }
        let node = Signer::Node(me.node);
        if is_key(node, &self.node_key) {
            Ok(said.sign(node, &self.node_key))
        } else {
            Err(FigureError::NoKey)
        }
    }
}

fn newest(campaign: &Campaign) -> Option<Report> {
    campaign.reports.values().next_back().and_then(|it| Report::of_text(&it.report))
}

fn member(it: &AskedView) -> ReportMember {
    let act = it.act.as_ref().map(|it| &it.act);
    ReportMember {
        org: it.member.no.0,
        name: it.member.name.clone(),
        short: it.member.short.clone(),
        act: act.map(|it| ActLine {
            number: it.number,
            hash: data_encoding::HEXLOWER.encode(&it.hash()),
            signed_at: it.time.0,
            person: it.person.clone(),
        }),
        text: act.map(|it| it.text.clone()).unwrap_or_default(),
    }
}
