//! What the pages of figures ask of a node, each a job on the store's thread.

use jiff::civil::Date;
use svod_shared::id::{DocId, OrgNo};
use svod_shared::storage::StorageError;

use super::{Node, NodeError};
use crate::acts::Report;
use crate::domain::campaign::Remark;
use crate::domain::indicator::Edition;
use crate::requests::EditConflict;
use crate::store::{OpenCampaign, Typed};
use crate::views::figures::{CampaignLine, CampaignView, FrozenView};

type Answer<T> = Result<T, NodeError>;

impl Node {
    /// All campaigns, the newest first.
    pub async fn campaigns(&self) -> Answer<Vec<CampaignLine>> {
        self.run(|store| store.campaigns()).await
    }

    /// One campaign.
    pub async fn campaign(&self, id: DocId) -> Answer<Option<CampaignView>> {
        self.run(move |store| store.campaign(&id)).await
    }

    /// The campaign about the period before, under whichever edition, if there was one.
    pub async fn campaign_before(&self, id: DocId) -> Answer<Option<CampaignView>> {
        let find = move |store: &mut crate::store::Store| -> Result<_, StorageError> {
            let campaigns = store.campaigns()?;
            let period = |it: &CampaignLine| it.campaign.period;
            let now = campaigns.iter().find(|it| it.campaign.id == id).and_then(period);
            let Some(before) = now.and_then(|it| it.previous()) else { return Ok(None) };
            let found = campaigns.iter().find(|it| period(it) == Some(before)).map(|it| it.campaign.id);
            found.map_or(Ok(None), |it| store.campaign(&it))
        };
        self.run(find).await
    }

    /// Opens a campaign.
    pub async fn open_campaign(&self, terms: OpenCampaign) -> Answer<DocId> {
        self.change(move |store| store.open_campaign(&terms)).await
    }

    /// Enters cells of this organisation.
    pub async fn enter_figures(
        &self,
        campaign: DocId,
        typed: Vec<Typed>,
        text: Option<String>,
        reason: Option<String>,
    ) -> Answer<Vec<EditConflict>> {
        self.change(move |store| store.enter_figures(campaign, &typed, text.as_deref(), reason.as_deref()))
            .await
    }

    /// Submits this organisation's figures.
    pub async fn submit_figures(&self, campaign: DocId) -> Answer<u32> {
        self.change(move |store| store.submit(campaign)).await
    }

    /// Returns an organisation's newest act with remarks.
    pub async fn return_figures(&self, campaign: DocId, org: OrgNo, remarks: Vec<Remark>) -> Answer<()> {
        self.change(move |store| store.send_back(campaign, org, &remarks)).await
    }

    /// Accepts an organisation's newest act.
    pub async fn accept_figures(&self, campaign: DocId, org: OrgNo, day: Date) -> Answer<()> {
        self.change(move |store| store.accept(campaign, org, day)).await
    }

    /// Closes a campaign.
    pub async fn close_campaign(&self, campaign: DocId, day: Date) -> Answer<()> {
        self.change(move |store| store.close_campaign(campaign, day)).await
    }

    /// The joint report as it would be now.
    pub async fn draft_report(&self, campaign: DocId) -> Answer<(Report, Edition)> {
        self.run(move |store| store.draft_report(&campaign, "")).await
    }

    /// Freezes the joint report.
    pub async fn freeze_report(&self, campaign: DocId, preface: String) -> Answer<u32> {
        self.change(move |store| store.freeze_report(campaign, &preface)).await
    }

    /// Signs a frozen report for this organisation.
    pub async fn sign_report(&self, campaign: DocId, edition: u32, opinion: Option<String>) -> Answer<()> {
        self.change(move |store| store.sign_report(campaign, edition, opinion.as_deref())).await
    }

    /// A frozen report.
    pub async fn frozen_report(&self, campaign: DocId, edition: u32) -> Answer<FrozenView> {
        self.run(move |store| store.frozen_report(&campaign, edition)).await
    }

    /// The file of a frozen report.
    pub async fn report_file(&self, campaign: DocId, edition: u32) -> Answer<Vec<u8>> {
        self.run(move |store| store.report_file(&campaign, edition)).await
    }
}
