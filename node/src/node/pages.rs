//! What pages and commands ask of a node, each a job on the store's thread.

use std::collections::BTreeMap;
use std::sync::Arc;

use svod_shared::id::{ChangeHash, DocId, OrgNo};
use svod_shared::time::Day;
use svod_shared::transport::{CloseCode, Phase, Trouble};
use tokio::sync::broadcast;

use super::{Node, NodeError};
use crate::domain::execution::ExecutionField;
use crate::domain::period::Period;
use crate::domain::plan::{ItemField, PlanField, RowId};
use crate::exchange::form::Form;
use crate::i18n::Catalog;
use crate::reports::model::Report;
use crate::requests::{Edit, Edited, ImportOutcome};
use crate::store::{CommandError, LastAction, Saying};
use crate::views::roster::{KeyCard, RosterView};
use crate::views::{
    ChangeLine, Divergence, ItemCard, NetworkView, PacketView, Place, PlanSummary, PlanView, SearchView,
    Status,
};

type Answer<T> = Result<T, NodeError>;

impl Node {
    /// The line at the bottom of every page.
    pub async fn status(&self) -> Answer<Status> {
        let mut status = self.run(|store| store.status()).await?;
        let phase = self.link().borrow().phase;
        status.connected = phase == Phase::Connected;
        status.trouble = match phase {
            Phase::Waiting { trouble, .. } => Some(trouble_key(&trouble).to_owned()),
            Phase::Connected | Phase::Dialing | Phase::Stopped => None,
        };
        Ok(status)
    }

    /// All plans.
    pub async fn plans(&self) -> Answer<Vec<PlanSummary>> {
        self.run(|store| store.plans()).await
    }

    /// One plan.
    pub async fn plan(&self, plan: DocId) -> Answer<Option<PlanView>> {
        self.run(move |store| store.plan(&plan)).await
    }

    /// One item's card.
    pub async fn item(&self, plan: DocId, row: RowId) -> Answer<Option<ItemCard>> {
        self.run(move |store| store.item(&plan, &row)).await
    }

    /// Makes a plan of a table; `None` if its title and period name a plan that stands already.
    pub async fn copy(&self, table: Form) -> Answer<Option<DocId>> {
        self.change(move |store| store.copy(&table)).await
    }

    /// What has a form of every word of a query.
    pub async fn search(&self, query: String) -> Answer<SearchView> {
        self.run(move |store| store.search(&query)).await
    }

    /// The last thing that this node did to a plan or to its execution.
    pub async fn last_action(&self) -> Answer<Option<LastAction>> {
        self.run(|store| store.last_action()).await
    }

    /// Undoes that change, if it is still the last one and nobody has written over it.
    pub async fn undo(&self, change: ChangeHash) -> Answer<()> {
        self.change(move |store| store.undo(&change)).await
    }

    /// Everything that nobody has chosen between yet.
    pub async fn divergences(&self) -> Answer<Vec<Divergence>> {
        self.run(|store| store.divergences()).await
    }

    /// The newest lines of «Что изменилось без вас».
    pub async fn news(&self, limit: usize) -> Answer<Vec<ChangeLine>> {
        self.run(move |store| store.news(limit)).await
    }

    /// Notes that the user has read the news.
    pub async fn mark_news_read(&self) -> Answer<()> {
        self.change(|store| store.mark_news_read()).await
    }

    /// The page «Сеть».
    pub async fn network(&self) -> Answer<NetworkView> {
        self.run(|store| store.network()).await
    }

    /// Edits fields of the plan itself.
    pub async fn edit_plan(&self, plan: DocId, edits: Vec<Edit<PlanField>>) -> Answer<Edited> {
        self.change(move |store| store.edit_plan(plan, edits)).await
    }

    /// Edits fields of a section or item.
    pub async fn edit_item(&self, plan: DocId, row: RowId, edits: Vec<Edit<ItemField>>) -> Answer<Edited> {
        self.change(move |store| store.edit_item(plan, &row, edits)).await
    }

    /// Adds an item at the end of a section.
    pub async fn add_item(
        &self,
        plan: DocId,
        section: RowId,
        fields: BTreeMap<ItemField, String>,
    ) -> Answer<RowId> {
        self.change(move |store| store.add_item(plan, &section, &fields)).await
    }

    /// Deletes a row, with a reason.
    pub async fn delete_row(&self, plan: DocId, row: RowId, reason: String) -> Answer<()> {
        self.change(move |store| store.delete_row(plan, &row, &reason)).await
    }

    /// Takes a deletion back.
    pub async fn restore_row(&self, plan: DocId, row: RowId) -> Answer<()> {
        self.change(move |store| store.restore_row(plan, &row)).await
    }

    /// Reports this organisation's execution of an item.
    pub async fn report_execution(
        &self,
        plan: DocId,
        row: RowId,
        edits: Vec<Edit<ExecutionField>>,
    ) -> Answer<Edited> {
        self.change(move |store| store.report_execution(plan, &row, edits)).await
    }

    /// Settles a divergence with a value.
    pub async fn settle(&self, plan: DocId, place: Place, value: String) -> Answer<()> {
        self.change(move |store| store.settle(plan, &place, &value)).await
    }

    /// Loads a table into the plan that it means.
    pub async fn import(&self, table: Form) -> Answer<ImportOutcome> {
        self.change(move |store| store.import(&table)).await
    }

    /// The report on the execution of the plan with most items in a period; `None` if there is no plan yet.
    pub async fn report(&self, period: Period) -> Answer<Option<Report>> {
        self.run(move |store| {
            let plans = store.plans()?;
            // The network's own roadmap is the largest of its plans.
            let plan = plans.iter().rev().max_by_key(|it| it.items);
            plan.map_or(Ok(None), |plan| store.report(&plan.id, period, None))
        })
        .await
    }

    /// Invites an organisation; gives the ticket's line.
    pub async fn invite(&self, name: String, basis: String) -> Answer<String> {
        let invite = move |store: &mut crate::store::Store| {
            store.invite(&name, &basis).map(|it| it.to_string()).map_err(CommandError::from)
        };
        self.change(invite).await
    }

    /// Who belongs and who may.
    pub async fn roster_view(&self) -> Answer<RosterView> {
        self.run(|store| store.roster_view()).await
    }

    /// What belongs on a sheet of paper beside this computer.
    pub async fn key_card(&self) -> Answer<KeyCard> {
        self.run(|store| store.key_card()).await
    }

    /// The evidence of everything that was refused or held, as one file.
    pub async fn evidence(&self, t: &'static Catalog) -> Answer<Vec<u8>> {
        self.run(move |store| store.evidence(|it| t.incident(it))).await
    }

    /// Decides about a member or a computer, in the name of the lead.
    pub async fn say(&self, saying: Saying, basis: String, from: Option<Day>) -> Answer<()> {
        self.change(move |store| store.say(&saying, &basis, from).map_err(CommandError::from)).await
    }

    /// Excludes a change for the whole network and for ever.
    pub async fn exclude(&self, change: ChangeHash, basis: String) -> Answer<()> {
        self.change(move |store| store.exclude(&change, &basis)).await
    }

    /// Writes what an organisation, or everybody, lacks, as files of at most `bytes_max` bytes.
    pub async fn write_packet(&self, to: Option<OrgNo>, bytes_max: usize) -> Answer<Vec<Vec<u8>>> {
        self.run(move |store| store.write_packet(to, bytes_max)).await
    }

    /// What packet files would bring; nothing is kept.
    pub async fn preview_packets(&self, files: Arc<[Vec<u8>]>) -> Answer<PacketView> {
        self.run(move |store| store.preview_packets(&files)).await
    }

    /// Takes packet files, all of them or none.
    pub async fn read_packets(&self, files: Arc<[Vec<u8>]>) -> Answer<PacketView> {
        self.change(move |store| store.read_packets(&files)).await
    }

    /// Asks the dialer to connect now instead of at the end of its back-off.
    pub fn exchange_now(&self) {
        self.hurry().notify_one();
    }

    /// Fires when anything that pages show has changed.
    pub fn subscribe(&self) -> broadcast::Receiver<()> {
        self.changed.subscribe()
    }

    /// A job after which open pages look again.
    pub(super) async fn change<T, E>(
        &self,
        job: impl FnOnce(&mut crate::store::Store) -> Result<T, E> + Send + 'static,
    ) -> Answer<T>
    where
        T: Send + 'static,
        E: Into<NodeError> + Send + 'static,
    {
        let answer = self.run(job).await;
        self.touch();
        answer
    }
}

/// The key of the sentence that says why there is no connection and what to do.
pub(crate) fn trouble_key(trouble: &Trouble) -> &'static str {
    match trouble {
        Trouble::Unreachable => "trouble-unreachable",
        Trouble::OtherKey { .. } => "trouble-other-key",
        Trouble::OtherProtocol => "trouble-other-protocol",
        Trouble::Refused(_) => "trouble-refused",
        Trouble::Closed(CloseCode::NoRoom) => "trouble-no-room",
        Trouble::Closed(CloseCode::OverQuota) => "trouble-over-quota",
        Trouble::Closed(_) => "trouble-closed",
        Trouble::Protocol => "trouble-protocol",
        Trouble::Local => "trouble-local",
    }
}
