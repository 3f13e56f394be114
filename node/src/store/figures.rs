//! What a user does with figures: publishing indicators, opening campaigns, entering, submitting, returning, accepting.
//!
//! A cell is written only where nothing moved since it was shown, like every field. What is submitted is signed by the
//! organisation's key, or by the node's where the organisation's is kept off the machine, and travels in the
//! organisation's own sheet; the lead's part is facts about numbered acts, so that what was done apart can be settled by
//! a table ([`Campaign::standing`]) and not by who came first.

use jiff::civil::Date;
use svod_shared::chunk;
use svod_shared::id::{ChangeHash, DocId, OrgNo};
use svod_shared::roster::Role;
use svod_shared::storage::StorageError;

use super::outbox::WriteError;
use super::{FoundError, Me, Store};
use crate::acts::act::{ACT_BYTES_MAX, TEXT_BYTES_MAX};
use crate::acts::{Act, ActValue, Answers, SignedAct, Signer};
use crate::documents::{Op, figures, message};
use crate::domain::campaign::{Campaign, Remark, Sheet, State};
use crate::domain::field::{Field, OpName};
use crate::domain::indicator::{Cell, Edition, EditionFault, Fault, first_edition};
use crate::domain::period::Period;
use crate::folder::{FolderError, KeyRole};
use crate::projections::figures as tables;
use crate::requests::EditConflict;

mod joint;
mod queries;

/// Why figures were not published, entered, submitted or judged; nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum FigureError {
    /// There is no such campaign, or its indicators are not here yet.
    #[error("no such campaign")]
    NoCampaign,
    /// The campaign does not ask this organisation.
    #[error("the campaign does not ask this organisation")]
    NotAsked,
    /// The indicators are no edition.
    #[error(transparent)]
    Edition(#[from] EditionFault),
    /// Another text stands under this edition's number; editions are never rewritten.
    #[error("edition {0} is published with another text")]
    Published(u32),
    /// The campaign asks for no such indicator.
    #[error("no such indicator: {0}")]
    NoIndicator(String),
    /// A cell's text is none; `code` says which.
    #[error("cell {code}")]
    Cell {
        /// The indicator.
        code: String,
        /// What is wrong.
        #[source]
        fault: Fault,
    },
    /// Figures are missing: each needs a value or a reason.
    #[error("{} figures are missing", .0.len())]
    Missing(Vec<String>),
    /// Two computers of the organisation wrote different things, and nobody has chosen.
    #[error("{} figures stand twice", .0.len())]
    Divergent(Vec<String>),
    /// Nothing has changed since the last act.
    #[error("nothing has changed since the last act")]
    Unchanged,
    /// There is no act that could be judged.
    #[error("nothing is submitted")]
    NothingSubmitted,
    /// A return without a remark.
    #[error("no remark is given")]
    NoRemark,
    /// There is no such frozen report, or acts that it rests on are not here yet.
    #[error("no such report")]
    NoReport,
    /// No key on this machine could sign at the roster height of the report.
    #[error("no key that the report's roster knows")]
    NoKey,
    /// Texts are longer than an act may be.
    #[error("texts are too long")]
    TooLong,
    /// Only the lead does this.
    #[error(transparent)]
    Found(#[from] FoundError),
    /// The keys.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// It was not written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The disk.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// A cell as somebody typed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// The indicator.
    pub code: String,
    /// What was typed.
    pub text: String,
    /// The remark; `None` leaves it as it is.
    pub note: Option<String>,
    /// The operations whose values the author saw, sorted.
    pub seen: Vec<OpName>,
}

/// What the lead opens.
#[derive(Debug, Clone)]
pub struct OpenCampaign {
    /// «Совместный отчёт»
    pub title: String,
    /// What it is about.
    pub period: Period,
    /// The last day for submitting.
    pub due: Option<Date>,
    /// First days of those who joined the network inside the campaign's time.
    pub joined: Vec<(OrgNo, Date)>,
}

impl FigureError {
    /// The key of a sentence in the catalogue.
    pub fn message_key(&self) -> &'static str {
        match self {
            Self::NoCampaign => "error-no-campaign",
            Self::NotAsked => "error-not-asked",
            Self::Edition(fault) => fault.key(),
            Self::Published(_) => "error-edition-published",
            Self::NoIndicator(_) => "error-no-indicator",
            Self::Cell { fault, .. } => fault.key(),
            Self::Missing(_) => "error-figures-missing",
            Self::Divergent(_) => "error-figures-divergent",
            Self::Unchanged => "error-unchanged",
            Self::NothingSubmitted => "error-nothing-submitted",
            Self::NoRemark => "error-no-remark",
            Self::NoReport => "error-no-report",
            Self::NoKey => "error-no-report-key",
            Self::TooLong => "error-too-long",
            Self::Found(FoundError::NotLead) => "error-not-lead",
            Self::Found(_) | Self::Folder(_) => "error-roster",
            Self::Write(error) => error.message_key(),
            Self::Storage(StorageError::Full) => "error-disk-full",
            Self::Storage(_) => "error-not-written",
        }
    }

    /// What its sentence is about: codes of indicators.
    pub fn subject(&self) -> String {
        match self {
            Self::Missing(codes) | Self::Divergent(codes) => codes.join(", "),
            Self::NoIndicator(code) | Self::Cell { code, .. } => code.clone(),
            _ => String::new(),
        }
    }
}

impl Store {
    /// Publishes an edition of the indicators. The same again changes nothing; another text under the same number is
    /// refused, because acts are signed over an edition's hash.
    pub fn publish_indicators(&mut self, edition: &Edition) -> Result<DocId, FigureError> {
        edition.check()?;
        self.as_lead()?;
        let doc = figures::indicators_id(edition.number);
        match tables::indicators(&self.connection, edition.number)? {
            Some(standing) if standing == *edition => return Ok(doc),
            Some(_) => return Err(FigureError::Published(edition.number)),
            None => {}
        }
        let message = self.message(None);
        self.write(doc, |document, actor, now| {
            let mut changes = Vec::new();
            for steps in figures::publish(edition) {
                changes.extend(document.edit(actor, now, message.as_deref(), &steps)?);
            }
            Ok(changes)
        })?;
        Ok(doc)
    }

    /// Opens a campaign under the newest edition; without any, the one that ships is published first. All active members
    /// are asked.
    pub fn open_campaign(&mut self, terms: &OpenCampaign) -> Result<DocId, FigureError> {
        self.as_lead()?;
        let edition = match tables::newest_indicators(&self.connection)? {
            Some(edition) => edition,
            None => {
                let first = first_edition();
                self.publish_indicators(&first)?;
                first
            }
        };
        let id = figures::campaign_id(&terms.period, edition.number);
        let asked = self.roster.orgs().filter(|it| it.active && it.role != Role::Observer).map(|it| it.no);
        let since = |org: OrgNo| terms.joined.iter().find(|(it, _)| *it == org).map(|(_, day)| *day);
        let campaign = Campaign {
            id,
            title: terms.title.trim().to_owned(),
            period: Some(terms.period),
            indicators: edition.number,
            due: terms.due,
            closed: None,
            members: asked.map(|org| (org, since(org))).collect(),
            said: std::collections::BTreeMap::new(),
            reports: std::collections::BTreeMap::new(),
        };
        self.edit(id, None, |_| figures::open(&campaign))?;
        Ok(id)
    }

    /// Enters cells into this organisation's sheet, all of one action with one reason. Cells that moved since they were
    /// shown are not written but given back; the others are.
    pub fn enter_figures(
        &mut self,
        campaign: DocId,
        typed: &[Typed],
        text: Option<&str>,
        reason: Option<&str>,
    ) -> Result<Vec<EditConflict>, FigureError> {
        let (_, edition, me) = self.asked(&campaign)?;
        let sheet = self.own_sheet(&campaign, me)?;
        let (mut steps, mut moved) = (Vec::new(), Vec::new());
        for it in typed {
            let passport =
                edition.passport(&it.code).ok_or_else(|| FigureError::NoIndicator(it.code.clone()))?;
            let cell = Cell::parse(passport, &it.text);
            let cell = cell.map_err(|fault| FigureError::Cell { code: it.code.clone(), fault })?.to_text();
            let stands = sheet.values.get(&it.code).cloned().unwrap_or_default();
            if stands.text() != cell || stands.diverges() {
                if stands.ops() == it.seen {
                    steps.push(figures::enter(&it.code, &cell));
                } else if stands.text() != cell {
                    moved.push(EditConflict { field: it.code.clone(), now: stands, typed: it.text.clone() });
                }
            }
            let noted = sheet.notes.get(&it.code).map_or("", Field::text);
            if let Some(note) = it.note.as_deref().map(str::trim).filter(|it| *it != noted) {
                steps.push(figures::annotate(&it.code, note));
            }
        }
        if let Some(text) = text.map(str::trim).filter(|it| *it != sheet.text.text()) {
            if text.len() > TEXT_BYTES_MAX {
                return Err(FigureError::TooLong);
            }
            steps.push(figures::write_text(text));
        }
        if !steps.is_empty() {
            self.edit_sheet(&campaign, me, reason, steps)?;
        }
        Ok(moved)
    }

    /// Submits what stands in this organisation's sheet: signs the table of values as the next act. Gives its number.
    pub fn submit(&mut self, campaign: DocId) -> Result<u32, FigureError> {
        let (found, edition, me) = self.asked(&campaign)?;
        let sheet = self.own_sheet(&campaign, me)?;
        let divergent: Vec<_> = sheet.divergent().map(str::to_owned).collect();
        if !divergent.is_empty() {
            return Err(FigureError::Divergent(divergent));
        }
        let missing = edition
            .passports
            .iter()
            .filter(|it| sheet.values.get(&it.code).is_none_or(|it| it.text().is_empty()));
        let missing: Vec<_> = missing.map(|it| it.code.clone()).collect();
        if !missing.is_empty() {
            return Err(FigureError::Missing(missing));
        }
        let standing = found.standing(me.org, Some(&sheet));
        let values = self.act_values(&edition, &sheet)?;
        let newest = standing
            .act
            .and_then(|it| sheet.acts.get(&it)?.first())
            .and_then(|it| SignedAct::of_text(&it.text));
        let is_same =
            |it: &SignedAct| it.act.text == sheet.text.text() && same_values(&it.act.values, &values);
        if standing.state != State::Returned && newest.as_ref().is_some_and(is_same) {
            return Err(FigureError::Unchanged);
        }
        let number = standing.act.unwrap_or(0).saturating_add(1);
        let act = Act {
            network: self.roster.network(),
            campaign,
            indicators: edition.hash(),
            org: me.org,
            number,
            answers: match standing.state {
                State::Returned => Answers::Return,
                State::Accepted => Answers::Acceptance,
                State::NotStarted | State::Filling | State::Submitted | State::Resubmitted => {
                    Answers::Nothing
                }
            },
            roster: self.roster.height(),
            roster_hash: self.roster.hash(),
            time: self.now(),
            person: self.person().map(|it| it.to_string()).unwrap_or_default(),
            text: sheet.text.text().to_owned(),
            values,
        };
        let signed = self.sign_act(act, me)?;
        if signed.to_bytes().len() > ACT_BYTES_MAX {
            return Err(FigureError::TooLong);
        }
        self.edit_sheet(&campaign, me, None, vec![figures::submit(number, &signed.to_text())])?;
        Ok(number)
    }

    /// Returns an organisation's newest act with remarks.
    pub fn send_back(&mut self, campaign: DocId, org: OrgNo, remarks: &[Remark]) -> Result<(), FigureError> {
        let remarks: Vec<_> = remarks.iter().filter(|it| !it.text.trim().is_empty()).cloned().collect();
        if remarks.is_empty() {
            return Err(FigureError::NoRemark);
        }
        let number = self.waiting_act(&campaign, org)?;
        self.edit(campaign, None, |_| vec![figures::send_back(org, number, &remarks)])?;
        Ok(())
    }

    /// Accepts an organisation's newest act.
    pub fn accept(&mut self, campaign: DocId, org: OrgNo, day: Date) -> Result<(), FigureError> {
        let number = self.waiting_act(&campaign, org)?;
        self.edit(campaign, None, |_| vec![figures::accept(org, number, day)])?;
        Ok(())
    }

    /// Closes a campaign: what is submitted later is told apart, and no report takes it by itself.
    pub fn close_campaign(&mut self, campaign: DocId, day: Date) -> Result<(), FigureError> {
        self.as_lead()?;
        tables::campaign(&self.connection, &campaign)?.ok_or(FigureError::NoCampaign)?;
        self.edit(campaign, None, |_| vec![figures::close(day)])?;
        Ok(())
    }

    fn waiting_act(&self, campaign: &DocId, org: OrgNo) -> Result<u32, FigureError> {
        self.as_lead()?;
        let found = tables::campaign(&self.connection, campaign)?.ok_or(FigureError::NoCampaign)?;
        let sheet = self.checked_sheet(campaign, org)?;
        let standing = found.standing(org, sheet.as_ref());
        standing.act.filter(|_| standing.state.waits_for_lead()).ok_or(FigureError::NothingSubmitted)
    }

    pub(super) fn as_lead(&self) -> Result<Me, FigureError> {
        let me = self.me().ok_or(WriteError::NotAdmitted)?;
        if self.is_lead() { Ok(me) } else { Err(FoundError::NotLead.into()) }
    }

    /// The campaign, its indicators, and who this node is in it.
    fn asked(&self, campaign: &DocId) -> Result<(Campaign, Edition, Me), FigureError> {
        let me = self.me().ok_or(WriteError::NotAdmitted)?;
        let found = tables::campaign(&self.connection, campaign)?.ok_or(FigureError::NoCampaign)?;
        let edition =
            tables::indicators(&self.connection, found.indicators)?.ok_or(FigureError::NoCampaign)?;
        if found.members.contains_key(&me.org) {
            Ok((found, edition, me))
        } else {
            Err(FigureError::NotAsked)
        }
    }

    fn own_sheet(&self, campaign: &DocId, me: Me) -> Result<Sheet, FigureError> {
        let empty = || Sheet::empty(figures::sheet_id(campaign, me.org), *campaign, me.org);
        Ok(self.checked_sheet(campaign, me.org)?.unwrap_or_else(empty))
    }

    pub(super) fn edit_sheet(
        &mut self,
        campaign: &DocId,
        me: Me,
        reason: Option<&str>,
        steps: Vec<Op>,
    ) -> Result<(), FigureError> {
        let doc = figures::sheet_id(campaign, me.org);
        let reason = reason.map(str::trim).filter(|it| !it.is_empty());
        self.edit(doc, reason, |document| {
            figures::begin(document, campaign).into_iter().chain(steps).collect()
        })?;
        Ok(())
    }

    fn act_values(&self, edition: &Edition, sheet: &Sheet) -> Result<Vec<ActValue>, FigureError> {
        let mut values = Vec::new();
        for passport in &edition.passports {
            let Some(shown) = sheet.values.get(&passport.code).and_then(|it| it.shown.as_ref()) else {
                continue;
            };
            values.push(ActValue {
                code: passport.code.clone(),
                value: shown.value.clone(),
                note: sheet.notes.get(&passport.code).map_or("", Field::text).to_owned(),
                reason: self.reason_of(&shown.change)?.unwrap_or_default(),
                record: shown.change,
            });
        }
        Ok(values)
    }

    /// The reason that a change's author gave.
    pub(super) fn reason_of(&self, change: &ChangeHash) -> Result<Option<String>, StorageError> {
        let mut statement =
            self.connection.prepare_cached("SELECT bytes FROM change WHERE hash = ?1 LIMIT 1")?;
        let mut rows = statement.query([change.as_bytes()])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let bytes: Vec<u8> = row.get(0)?;
        Ok(chunk::message(&bytes).and_then(|it| message::read(it).1))
    }

    /// Signs with the organisation's key, or with the node's where the organisation's is not on this machine or is not
    /// the one that the roster has.
    fn sign_act(&self, act: Act, me: Me) -> Result<SignedAct, FigureError> {
        Ok(match self.org_pair(me)? {
            Some(pair) => act.sign(Signer::Org, &pair),
            None => act.sign(Signer::Node(me.node), &self.node_key),
        })
    }

    /// The organisation's key, if it is on this machine and the roster's.
    pub(super) fn org_pair(&self, me: Me) -> Result<Option<svod_shared::keys::KeyPair>, FigureError> {
        let pair = self.folder.key(KeyRole::Org)?;
        let stands = self.roster.org(me.org).map(|it| it.key);
        Ok(pair.filter(|it| Some(it.public()) == stands))
    }
}

/// Whether two tables say the same, whichever changes they stand in.
fn same_values(one: &[ActValue], other: &[ActValue]) -> bool {
    let said = |values: &[ActValue]| {
        let mut said: Vec<_> =
            values.iter().map(|it| (it.code.clone(), it.value.clone(), it.note.clone())).collect();
        said.sort();
        said
    };
    said(one) == said(other)
}
