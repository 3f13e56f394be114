//! Own edits: from the steps of a user's action to a signed entry, durable when the call returns.
//!
//! The entry goes through the same acceptance as one that arrives, so that a node never signs what others refuse.

use std::sync::Arc;

use rusqlite::Connection;
use svod_shared::entry::{Entry, Record};
use svod_shared::feed::Tip;
use svod_shared::id::{Actor, DocId, FeedId, Space};
use svod_shared::log::{self, Refusal};
use svod_shared::storage::sqlite::SqliteStorage;
use svod_shared::storage::{FeedHead, Storage, StorageError};
use svod_shared::time::Timestamp;
use svod_shared::transport::{Update, Updated};

use super::rebuild::RULES_KNOWN;
use super::{Me, Store, inbox};
use crate::documents::{Document, EditError, NewChange, Op, message};
use crate::projections::meta;

/// Why an edit was not written; nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The lead has not admitted this node yet.
    #[error("the node is not admitted to the network yet")]
    NotAdmitted,
    /// The lead has set structure rules that this program does not know.
    #[error("the network's rules are newer than this program")]
    NewerRules,
    /// There is no randomness to open a feed with.
    #[error("the system gives no random numbers")]
    NoRandomness,
    /// The document does not take the edit.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// The log does not take the entry: this organisation may not write the document.
    #[error("the entry would be refused")]
    Refused(#[source] Refusal),
    /// The disk.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl WriteError {
    /// The key of a sentence in the catalogue.
    pub fn message_key(&self) -> &'static str {
        match self {
            Self::NotAdmitted => "error-not-admitted",
            Self::NewerRules => "error-newer-rules",
            Self::Refused(_) => "error-refused",
            Self::Storage(StorageError::Full) => "error-disk-full",
            Self::Edit(EditError::TooLarge { .. }) => "error-too-long",
            Self::NoRandomness | Self::Edit(_) | Self::Storage(_) => "error-not-written",
        }
    }
}

impl Store {
    /// Lets `make` change a document, and writes one entry for each change that it made; all of them or none.
    pub(super) fn write(
        &mut self,
        doc: DocId,
        make: impl FnOnce(&mut Document, Actor, Timestamp) -> Result<Vec<NewChange>, EditError>,
    ) -> Result<Vec<NewChange>, WriteError> {
        let me = self.me().ok_or(WriteError::NotAdmitted)?;
        if self.roster.rules_at(self.roster.height()) > RULES_KNOWN {
            return Err(WriteError::NewerRules);
        }
        let now = self.now();
        let transaction = self.connection.unchecked_transaction().map_err(StorageError::from)?;
        let mut document = inbox::open(&transaction, &doc)?;
        let mut tip = self.tip(&transaction, me)?;
        let actor = tip.feed().actor();
        let changes = make(&mut document, actor, now)?;
        let mut head = None;
        for change in &changes {
            let record = self.sign(tip, doc, change.bytes.clone())?;
            let grown = self.log(&transaction, record)?;
            tip = Tip::After(grown);
            head = Some(grown);
        }
        inbox::keep(&transaction, &document)?;
        transaction.commit().map_err(StorageError::from)?;
        self.updates.extend(head.map(|it| Update::all(Updated::Heads(Arc::new([it])))));
        Ok(changes)
    }

    /// Makes one change of a document and writes it as one entry; `None` if the steps change nothing.
    pub(super) fn edit(
        &mut self,
        doc: DocId,
        reason: Option<&str>,
        steps: impl FnOnce(&Document) -> Vec<Op>,
    ) -> Result<Option<NewChange>, WriteError> {
        let message = self.message(reason);
        let changes = self.write(doc, |document, actor, now| {
            let steps = steps(document);
            Ok(document.edit(actor, now, message.as_deref(), &steps)?.into_iter().collect())
        })?;
        Ok(changes.into_iter().next())
    }

    /// What a change says beside its operations.
    pub(super) fn message(&self, reason: Option<&str>) -> Option<String> {
        message::write(self.person.as_deref(), reason)
    }

    /// The next entry, with one change in it.
    pub(super) fn sign(&self, tip: Tip, doc: DocId, change: Vec<u8>) -> Result<Record, WriteError> {
        tip.write(self.roster.height(), vec![(doc, change)], &self.node_key).map_err(|_| not_a_chunk())
    }

    pub(super) fn log(&self, connection: &Connection, record: Record) -> Result<FeedHead, WriteError> {
        let (opened, feed) = (record.entry.seq == 0, record.entry.feed);
        let accepted = log::accept(&mut SqliteStorage::new(connection), &self.roster, vec![record])?;
        if let Some(refused) = accepted.refused.first() {
            return Err(WriteError::Refused(refused.reason));
        }
        if opened {
            meta::put(connection, meta::Key::NewEpoch, "")?;
            let opened = meta::get(connection, meta::Key::OwnFeeds)?.unwrap_or_default();
            meta::put(connection, meta::Key::OwnFeeds, format!("{opened} {feed}").trim_start())?;
        }
        let head = accepted.heads.first().copied();
        head.ok_or(WriteError::Storage(StorageError::Damaged("own entry was here already")))
    }

    /// Where the next entry goes: after the own feed that this database continues, or into a new one if there is none or
    /// it must not be continued.
    pub(super) fn tip(&self, connection: &Connection, me: Me) -> Result<Tip, WriteError> {
        let renew = meta::get(connection, meta::Key::NewEpoch)?.is_some_and(|it| !it.is_empty());
        match self.current(connection, me)? {
            Some(head) if !renew && !self.is_closed(connection, &head)? => Ok(Tip::After(head)),
            _ => {
                let random = self.random.bytes().map_err(|_| WriteError::NoRandomness)?;
                let own = own_feeds(connection, me)?;
                Ok(Tip::open(&self.roster.network(), me.node, Space::Network, &own, random))
            }
        }
    }

    /// The own feed that this database continues: the one it opened itself. A copy of the folder opens another, so that
    /// two of them never write into one feed for long.
    pub(super) fn current(&self, connection: &Connection, me: Me) -> Result<Option<FeedHead>, StorageError> {
        let own = own_feeds(connection, me)?;
        let opened = opened(connection)?;
        Ok(match opened.last() {
            Some(feed) => own.into_iter().find(|it| it.feed == *feed),
            None => own.into_iter().max_by_key(|it| (it.epoch, it.feed)),
        })
    }

    /// Whether an own feed may not be continued.
    fn is_closed(&self, connection: &Connection, head: &FeedHead) -> Result<bool, StorageError> {
        let storage = SqliteStorage::new(connection);
        let next = Entry {
            feed: head.feed,
            seq: head.height,
            prev: head.hash,
            roster: self.roster.height(),
            items: Vec::new(),
        };
        log::is_closed(&storage, &self.roster, &next, head.node)
    }
}

/// The feeds that this database opened, the last one last; a copy of the folder opens others.
pub(super) fn opened(connection: &Connection) -> Result<Vec<FeedId>, StorageError> {
    let opened = meta::get(connection, meta::Key::OwnFeeds)?.unwrap_or_default();
    Ok(opened.split_whitespace().filter_map(FeedId::from_hex).collect())
}

fn own_feeds(connection: &Connection, me: Me) -> Result<Vec<FeedHead>, StorageError> {
    let mut own = SqliteStorage::new(connection).feeds(Space::Network)?;
    own.retain(|it| it.node == me.node);
    Ok(own)
}

fn not_a_chunk() -> WriteError {
    WriteError::Storage(StorageError::Damaged("own change is no plain chunk"))
}
