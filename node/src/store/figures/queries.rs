//! What pages and reports read of figures.

use std::collections::BTreeMap;

use svod_shared::id::{DocId, OrgNo};
use svod_shared::storage::StorageError;

use super::Store;
use crate::acts::SignedAct;
use crate::documents::figures;
use crate::domain::campaign::{Campaign, Sheet};
use crate::domain::indicator::Edition;
use crate::domain::member::{Freshness, Member};
use crate::projections::figures as tables;
use crate::views::figures::{AskedView, CampaignLine, CampaignView};

impl Store {
    /// All campaigns, the newest period first.
    pub fn campaigns(&self) -> Result<Vec<CampaignLine>, StorageError> {
        let me = self.me().map(|it| it.org);
        let mut lines = Vec::new();
        for campaign in tables::campaigns(&self.connection)? {
            let asked = campaign.members_in_period();
            let (mut submitted, mut newest, mut own) = (0, None, None);
            for org in &asked {
                let sheet = self.checked_sheet(&campaign.id, *org)?;
                let standing = campaign.standing(*org, sheet.as_ref());
                submitted += usize::from(standing.state.is_submitted());
                let acts = sheet.iter().flat_map(|it| it.acts.values().flatten());
                newest = newest.max(acts.map(|it| it.time).max());
                if me == Some(*org) {
                    own = Some(standing);
                }
            }
            lines.push(CampaignLine { asked: asked.len(), submitted, own, newest, campaign });
        }
        Ok(lines)
    }

    /// One campaign; `None` if it or its indicators are not here.
    pub fn campaign(&self, id: &DocId) -> Result<Option<CampaignView>, StorageError> {
        let Some(campaign) = tables::campaign(&self.connection, id)? else { return Ok(None) };
        let Some(edition) = tables::indicators(&self.connection, campaign.indicators)? else {
            return Ok(None);
        };
        let freshness = self.freshness()?;
        let mut asked = Vec::new();
        let mut authors = BTreeMap::new();
        for member in self.asked_members(&campaign) {
            let view = self.asked_view(&campaign, &edition, member, &freshness)?;
            let fields =
                view.sheet.values.values().chain(view.sheet.notes.values()).chain([&view.sheet.text]);
            for variant in fields.flat_map(|it| it.variants()) {
                if let Some(author) = self.author(&variant.change, variant.time)? {
                    authors.entry(variant.change).or_insert(author);
                }
            }
            asked.push(view);
        }
        Ok(Some(CampaignView { campaign, edition, asked, authors, is_lead: self.is_lead() }))
    }

    /// Who is asked in the period, members that have left since among them, the lead first.
    fn asked_members(&self, campaign: &Campaign) -> Vec<Member> {
        let me = self.me().map(|it| it.org);
        let orgs = campaign.members_in_period().into_iter().filter_map(|no| self.roster.org(no));
        let mut members: Vec<_> = orgs
            .map(|org| Member {
                no: org.no,
                name: org.name.clone(),
                short: org.short.clone(),
                is_lead: self.roster.lead() == Some(org.no),
                is_me: me == Some(org.no),
            })
            .collect();
        members.sort_by_key(|it| (!it.is_lead, it.no));
        members
    }

    fn asked_view(
        &self,
        campaign: &Campaign,
        edition: &Edition,
        member: Member,
        freshness: &[Freshness],
    ) -> Result<AskedView, StorageError> {
        let empty = || Sheet::empty(figures::sheet_id(&campaign.id, member.no), campaign.id, member.no);
        let sheet = self.checked_sheet(&campaign.id, member.no)?.unwrap_or_else(empty);
        let standing = campaign.standing(member.no, Some(&sheet));
        let number = standing.act.filter(|_| standing.state.is_submitted());
        let act =
            number.and_then(|it| sheet.acts.get(&it)?.first()).and_then(|it| SignedAct::of_text(&it.text));
        let filled = |code: &str| sheet.values.get(code).is_some_and(|it| !it.text().is_empty());
        let in_time =
            campaign.due.zip(sheet.acts.values().flatten().map(|it| it.time).min()).map(|(due, first)| {
                let ms = i64::try_from(first.0).unwrap_or(i64::MAX);
                let day = jiff::Timestamp::from_millisecond(ms)
                    .unwrap_or_default()
                    .to_zoned(jiff::tz::TimeZone::system());
                day.date() <= due
            });
        Ok(AskedView {
            filled: edition.passports.iter().filter(|it| filled(&it.code)).count(),
            freshness: freshness.iter().find(|it| it.org == member.no).cloned(),
            member,
            sheet,
            standing,
            act,
            in_time,
        })
    }

    /// A sheet with those of its acts whose signatures hold under the roster here; the same on every node that has the
    /// same roster.
    pub(in crate::store) fn checked_sheet(
        &self,
        campaign: &DocId,
        org: OrgNo,
    ) -> Result<Option<Sheet>, StorageError> {
        let Some(mut sheet) = tables::sheet(&self.connection, campaign, org)? else { return Ok(None) };
        let holds = |text: &str| SignedAct::of_text(text).is_some_and(|it| it.check(&self.roster).is_ok());
        sheet.acts.values_mut().for_each(|acts| acts.retain(|it| holds(&it.text)));
        sheet.acts.retain(|_, acts| !acts.is_empty());
        Ok(Some(sheet))
    }

    /// The editions of the indicators that a campaign asks for.
    pub fn indicators(&self, number: u32) -> Result<Option<Edition>, StorageError> {
        tables::indicators(&self.connection, number)
    }

    /// The newest edition of the indicators.
    pub fn newest_indicators(&self) -> Result<Option<Edition>, StorageError> {
        tables::newest_indicators(&self.connection)
    }
}
