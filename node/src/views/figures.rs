//! What the pages of indicators, campaigns and joint reports get.

use std::collections::BTreeMap;

use svod_shared::id::{ChangeHash, OrgNo};
use svod_shared::time::Timestamp;

use crate::acts::verify::Verdict;
use crate::acts::{Report, SignedAct};
use crate::domain::campaign::{Campaign, Sheet, Standing};
use crate::domain::indicator::{Cell, Edition};
use crate::domain::member::{Author, Freshness, Member};

/// A campaign with everything that its pages show.
#[derive(Debug, Clone)]
pub struct CampaignView {
    /// The campaign.
    pub campaign: Campaign,
    /// The indicators it asks for.
    pub edition: Edition,
    /// Who is asked in its period, the lead first.
    pub asked: Vec<AskedView>,
    /// Who made the changes that the sheets name.
    pub authors: BTreeMap<ChangeHash, Author>,
    /// Whether this node may return, accept, close and freeze.
    pub is_lead: bool,
}

/// One organisation in a campaign.
#[derive(Debug, Clone)]
pub struct AskedView {
    /// The organisation.
    pub member: Member,
    /// Its sheet; an empty one if it has not begun.
    pub sheet: Sheet,
    /// Where it stands.
    pub standing: Standing,
    /// Its newest act, signature checked; `None`: nothing was submitted, or it was returned.
    pub act: Option<SignedAct>,
    /// How many indicators its sheet says something of.
    pub filled: usize,
    /// How fresh its data is here; `None` for this node's own.
    pub freshness: Option<Freshness>,
    /// Whether it submitted by the due day; `None` without a due day or an act.
    pub in_time: Option<bool>,
}

impl CampaignView {
    /// What each asked organisation has submitted of an indicator, in their order.
    pub fn submitted(&self, code: &str) -> Vec<(OrgNo, Cell)> {
        let passport = self.edition.passport(code);
        let cell = |it: &AskedView| match (&it.act, passport) {
            (None, _) | (_, None) => Cell::NotSubmitted,
            (Some(signed), Some(passport)) => {
                let value = signed.act.value(code).map_or("", |it| it.value.as_str());
                Cell::parse(passport, value).unwrap_or_default()
            }
        };
        self.asked.iter().map(|it| (it.member.no, cell(it))).collect()
    }

    /// This node's organisation, if it is asked.
    pub fn own(&self) -> Option<&AskedView> {
        self.asked.iter().find(|it| it.member.is_me)
    }
}

/// A frozen report with everything that its page shows.
#[derive(Debug, Clone)]
pub struct FrozenView {
    /// The report.
    pub report: Report,
    /// Its passports.
    pub indicators: Edition,
    /// What verifying its file says.
    pub verdict: Verdict,
    /// The acts it rests on, by organisation.
    pub acts: BTreeMap<OrgNo, SignedAct>,
    /// Organisations that have submitted something newer, with the act's number: «после даты свода».
    pub late: Vec<(Member, u32)>,
    /// Whether this node's organisation may sign it and has not.
    pub may_sign: bool,
}

/// A line of the list of campaigns.
#[derive(Debug, Clone)]
pub struct CampaignLine {
    /// The campaign.
    pub campaign: Campaign,
    /// How many are asked.
    pub asked: usize,
    /// How many have an act that stands.
    pub submitted: usize,
    /// Where this node's organisation stands, if it is asked.
    pub own: Option<Standing>,
    /// When the newest act was made, by its author's clock.
    pub newest: Option<Timestamp>,
}
