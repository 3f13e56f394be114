//! What arrives: entries and statements of others, through the gate into the log and on into documents.
//!
//! Entries are accepted, their documents changed and the projections brought up to date in one transaction. A change
//! that its document does not take yet is held: it stays in the log, and is offered again whenever something arrives
//! for that document and with every new statement of the roster.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::Connection;
use svod_shared::entry::Record;
use svod_shared::id::{ChangeHash, DocId, FeedId, OrgNo, Space};
use svod_shared::log::{self, Accepted, Late, Refusal};
use svod_shared::roster::{Roster, RosterError, Taken};
use svod_shared::storage::sqlite::SqliteStorage;
use svod_shared::storage::{FeedHead, Storage, StorageError};
use svod_shared::time::Timestamp;
use svod_shared::transport::{Update, Updated};

use super::exclusion::reconsider;
use super::lines;
use super::rebuild::{Offer, Which, hold_all, logged, offer};
use super::{Store, rebuild};
use crate::documents::{Applied, Document, Hold, Kind, execution, figures, history, roadmap};
use crate::projections::incidents::StoredIncident;
use crate::projections::{executions, figures as tables, incidents, meta, news, plans, snapshots};

/// Why a roster statement did not enter.
#[derive(Debug, thiserror::Error)]
pub enum StatementError {
    /// The statement.
    #[error(transparent)]
    Roster(#[from] RosterError),
    /// The roster is not the one that the ticket was issued under: somebody withholds or forges.
    #[error("the roster is not the one the ticket was issued under")]
    NotTheTickets,
    /// The disk.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Store {
    /// Takes records that a peer sent; tells what was refused.
    pub fn receive(&mut self, records: Vec<Record>) -> Result<Accepted, StorageError> {
        let now = self.now();
        let transaction = self.connection.unchecked_transaction()?;
        let own = self.of_own_feeds(&transaction, &records)?;
        let late = self.late();
        let mut accepted =
            log::accept_with(&mut SqliteStorage::new(&transaction), &self.roster, records, late)?;
        note_late(&transaction, &self.roster, &accepted, now)?;
        absorb_all(&transaction, &self.roster, &accepted.appended, now)?;
        let absorbed = accepted.appended.len();
        self.give_way(&transaction, &own, &mut accepted)?;
        note_refusals(&transaction, &accepted, now)?;
        let other_branch = accepted.appended.get(absorbed..).unwrap_or_default();
        absorb_all(&transaction, &self.roster, other_branch, now)?;
        self.renew_if_stranded(&transaction)?;
        // Somebody else writes into it, so this node must not.
        let grown: Vec<_> = accepted.appended.iter().map(|it| it.entry.feed).collect();
        self.own_elsewhere(&transaction, &grown)?;
        if !accepted.appended.is_empty() {
            meta::put_number(&transaction, meta::Key::LastExchange, now.0)?;
        }
        transaction.commit()?;
        if !accepted.heads.is_empty() {
            self.updates.push(Update::all(Updated::Heads(accepted.heads.clone().into())));
        }
        Ok(accepted)
    }

    /// Takes roster statements that a peer sent, in order; those that stand here already are passed over.
    pub fn receive_statements(&mut self, signed: &[Vec<u8>]) -> Result<(), StatementError> {
        let before = Arc::clone(&self.roster);
        let mut roster = Roster::clone(&before);
        let taken = roster.take(signed)?;
        if !taken.changed && !taken.noted {
            return Ok(());
        }
        if self.ticket_contradicts(&roster) {
            return Err(StatementError::NotTheTickets);
        }
        self.roster = Arc::new(roster);
        let followed = self.follow(&before, &taken);
        if followed.is_err() {
            self.roster = before;
        }
        Ok(followed?)
    }

    /// Keeps a roster that has changed, and brings what is here up to date with it.
    fn follow(&mut self, before: &Arc<Roster>, taken: &Taken) -> Result<(), StorageError> {
        let transaction = self.connection.unchecked_transaction()?;
        let head = self.follow_within(&transaction, before, taken)?;
        transaction.commit()?;
        if taken.changed {
            self.updates.push(Update::all(Updated::Roster(Arc::clone(&self.roster))));
        }
        self.updates.extend(head.map(|it| Update::all(Updated::Heads(Arc::new([it])))));
        self.take_new_key_into_use();
        Ok(())
    }

    /// A failure is told and mended when the store is opened again: what the lead has said stands already.
    pub(super) fn take_new_key_into_use(&mut self) {
        if let Err(error) = self.adopt_node_key() {
            tracing::error!(error = &error as &dyn std::error::Error, "the new key is not in use yet");
        }
    }

    /// The same within a transaction; `self` has the new roster already. Gives the head of an own feed that was begun.
    pub(super) fn follow_within(
        &self,
        connection: &Connection,
        before: &Roster,
        taken: &Taken,
    ) -> Result<Option<FeedHead>, StorageError> {
        let (now, roster) = (self.now(), &self.roster);
        SqliteStorage::new(connection).keep_roster(before, roster)?;
        self.note_contradictions(connection, before)?;
        if !taken.changed {
            return Ok(None);
        }
        let head = match taken.rewritten {
            Some(height) => self.follow_rewritten(connection, height)?,
            None => None,
        };
        reconsider(connection, before, roster, now)?;
        self.renew_if_stranded(connection)?;
        Ok(head)
    }

    /// Notes that a feed has two different entries at one place; if it is an own one, writing goes on in a new feed.
    pub fn note_fork(&mut self, feed: &FeedId, height: u64) -> Result<(), StorageError> {
        let head = SqliteStorage::new(&self.connection).feed(feed)?;
        match (head, self.me()) {
            // The other branch is on its way, and then this one gives way to it.
            (Some(head), Some(me)) if head.node == me.node => self.note_own_elsewhere(&[*feed]),
            _ => self.note_branches(&self.connection, feed, height),
        }
    }

    /// Entries above the end of their feed are the lead's to decide about.
    pub(super) fn late(&self) -> Late {
        if self.is_lead() { Late::Keep } else { Late::Refuse }
    }

    /// Notes that a feed has two branches.
    pub(super) fn note_branches(
        &self,
        connection: &Connection,
        feed: &FeedId,
        height: u64,
    ) -> Result<(), StorageError> {
        let head = SqliteStorage::new(connection).feed(feed)?;
        let org = head.and_then(|it| self.roster.node(it.node)).map(|it| it.org);
        note(connection, self.now(), "incident-fork", org, &format!("{feed}:{height}"))
    }

    /// The records that are of this node's own feeds.
    pub(super) fn of_own_feeds(
        &self,
        connection: &Connection,
        records: &[Record],
    ) -> Result<Vec<Record>, StorageError> {
        let Some(me) = self.me() else { return Ok(Vec::new()) };
        let mut own = SqliteStorage::new(connection).feeds(Space::Network)?;
        own.retain(|it| it.node == me.node);
        Ok(records.iter().filter(|it| own.iter().any(|own| own.feed == it.entry.feed)).cloned().collect())
    }

    /// A newcomer accepts no roster lower than its ticket, and no other branch.
    pub(super) fn ticket_contradicts(&self, roster: &Roster) -> bool {
        let joining = self.joining().ok().flatten();
        joining.is_some_and(|(ticket, _)| !ticket.is_met_by(roster))
    }
}

/// Tells the lead of what was written after the end of its feed, once for each feed.
pub(super) fn note_late(
    connection: &Connection,
    roster: &Roster,
    accepted: &Accepted,
    now: Timestamp,
) -> Result<(), StorageError> {
    let storage = SqliteStorage::new(connection);
    for head in &accepted.heads {
        if log::standing(&storage, roster, head)? < head.height {
            let org = roster.node(head.node).map(|it| it.org);
            note(connection, now, "incident-late", org, &head.feed.to_string())?;
        }
    }
    Ok(())
}

/// Notes what people should hear of.
pub(super) fn note_refusals(
    connection: &Connection,
    accepted: &Accepted,
    now: Timestamp,
) -> Result<(), StorageError> {
    for refused in &accepted.refused {
        if let Some(kind) = incident_key(&refused.reason) {
            let subject = match refused.reason {
                Refusal::Fork { .. } => format!("{}:{}", refused.feed, refused.seq),
                _ => refused.hash.to_string(),
            };
            note(connection, now, kind, None, &subject)?;
        }
    }
    Ok(())
}

/// Brings accepted records into their documents.
pub(super) fn absorb_all(
    connection: &Connection,
    roster: &Roster,
    appended: &[Record],
    now: Timestamp,
) -> Result<(), StorageError> {
    for (doc, changes) in by_document(connection, roster, appended)? {
        absorb(connection, roster, &doc, changes, now)?;
    }
    Ok(())
}

/// The sentence that tells people of a refusal; what the next exchange mends by itself is none.
fn incident_key(reason: &Refusal) -> Option<&'static str> {
    match reason {
        Refusal::Gap { .. } | Refusal::RosterAhead { .. } => None,
        Refusal::Fork { .. } => Some("incident-fork"),
        Refusal::Closed => Some("incident-closed"),
        Refusal::Signature => Some("incident-bad-signature"),
        Refusal::UnknownNode | Refusal::WrongSpace | Refusal::NoRight(_) => Some("incident-no-right"),
        Refusal::Chain
        | Refusal::Opening
        | Refusal::TooManyFeeds
        | Refusal::RosterHeight
        | Refusal::Changes => Some("incident-malformed"),
    }
}

fn by_document(
    connection: &Connection,
    roster: &Roster,
    records: &[Record],
) -> Result<BTreeMap<DocId, Vec<Offer>>, StorageError> {
    let mut documents = BTreeMap::<DocId, Vec<Offer>>::new();
    for record in records {
        let head = SqliteStorage::new(connection).feed(&record.entry.feed)?;
        let org = head.and_then(|it| roster.node(it.node)).map(|it| it.org);
        let rules = roster.rules_at(record.entry.roster);
        let late = match head {
            Some(head) => log::is_closed(&SqliteStorage::new(connection), roster, &record.entry, head.node)?,
            None => false,
        };
        for ((doc, hash), bytes) in record.entry.changes().zip(&record.changes) {
            let actor = record.entry.feed.actor();
            let offer = Offer { actor, hash, bytes: bytes.clone(), org, rules, late };
            documents.entry(doc).or_default().push(offer);
        }
    }
    Ok(documents)
}

/// Offers a document what arrived for it and what waits for it, and brings its projections up to date.
pub(super) fn absorb(
    connection: &Connection,
    roster: &Roster,
    doc: &DocId,
    arriving: Vec<Offer>,
    now: Timestamp,
) -> Result<(), StorageError> {
    if Kind::of(doc).is_err() {
        return hold_all(connection, doc, &arriving);
    }
    let mut document = open(connection, doc)?;
    let mut offers = logged(connection, roster, doc, Which::Waiting)?;
    offers.extend(arriving);
    let applied = offer(connection, roster, &mut document, &offers)?;
    if !applied.applied.is_empty() {
        keep(connection, &document)?;
    }
    note_verdicts(connection, &offers, &applied, now)?;
    tell(connection, &document, &applied.applied, now)
}

/// Notes what people must hear of: changes that endanger a document, and refused ones.
pub(super) fn note_verdicts(
    connection: &Connection,
    offers: &[Offer],
    applied: &Applied,
    now: Timestamp,
) -> Result<(), StorageError> {
    let orgs: BTreeMap<_, _> = offers.iter().map(|it| (it.hash, it.org)).collect();
    let org = |hash: &ChangeHash| orgs.get(hash).copied().flatten();
    for (hash, hold) in &applied.held {
        if matches!(hold, Hold::Scratch(_)) {
            note(connection, now, "incident-held", org(hash), &hash.to_string())?;
        }
    }
    for (hash, refusal) in &applied.refused {
        tracing::warn!(change = ?hash, %refusal, "change refused");
        note(connection, now, "incident-change-refused", org(hash), &hash.to_string())?;
    }
    Ok(())
}

/// Opens a document, at its last snapshot or at its genesis.
pub(super) fn open(connection: &Connection, doc: &DocId) -> Result<Document, StorageError> {
    match snapshots::get(connection, doc)? {
        Some(bytes) => {
            let loaded = Document::load(*doc, &bytes);
            loaded.or_else(|error| {
                tracing::warn!(%doc, %error, "snapshot is made again from the log");
                let document = rebuild::from_log(connection, doc)?;
                keep(connection, &document)?;
                Ok(document)
            })
        }
        None => Document::new(*doc).map_err(|_| StorageError::Damaged("document of an unknown kind")),
    }
}

/// Saves a document and derives its projections.
pub(super) fn keep(connection: &Connection, document: &Document) -> Result<(), StorageError> {
    snapshots::put(connection, &document.id(), &document.snapshot())?;
    match document.kind() {
        // A document of which nothing stands is none: its changes wait, or the lead has excluded them.
        Kind::Roadmap if document.is_empty() => plans::remove(connection, &document.id()),
        Kind::Roadmap => plans::put(connection, &roadmap::read(document)),
        Kind::Execution => match execution::plan_of(document) {
            Some((plan, org)) => executions::put(connection, &execution::read(document, plan, org)),
            None => executions::remove(connection, &document.id()),
        },
        Kind::Indicators => {
            tables::put_indicators(connection, &document.id(), figures::read_indicators(document).as_ref())
        }
        Kind::Campaign if document.is_empty() => tables::remove(connection, &document.id()),
        Kind::Campaign => tables::put_campaign(connection, &figures::read_campaign(document)),
        Kind::Values => match figures::sheet_of(document) {
            Some((campaign, org)) => {
                tables::put_sheet(connection, &figures::read_sheet(document, campaign, org))
            }
            None => tables::remove(connection, &document.id()),
        },
    }
}

/// Keeps a line of news for everything that the changes did.
pub(super) fn tell(
    connection: &Connection,
    document: &Document,
    changes: &[ChangeHash],
    now: Timestamp,
) -> Result<(), StorageError> {
    let plan = match document.kind() {
        Kind::Roadmap => Some(document.id()),
        Kind::Execution => execution::plan_of(document).map(|(plan, _)| plan),
        // What the pages of figures show is their own news.
        Kind::Indicators | Kind::Campaign | Kind::Values => None,
    };
    let Some(plan) = plan else { return Ok(()) };
    let Some(names) = plans::get(connection, &plan)? else { return Ok(()) };
    for story in history::describe(document, changes) {
        for line in lines::for_news(&names, &document.id(), &story) {
            news::put(connection, &document.id(), &story.change, now, &line)?;
        }
    }
    Ok(())
}

pub(super) fn note(
    connection: &Connection,
    noticed: Timestamp,
    kind: &str,
    org: Option<OrgNo>,
    subject: &str,
) -> Result<(), StorageError> {
    let incident = StoredIncident { noticed, kind: kind.to_owned(), org, subject: subject.to_owned() };
    incidents::put(connection, &incident)
}
