//! One recovery for old backups, copied folders and forks: a new epoch that writes stranded edits again.
//!
//! The network holds another branch of an own feed when this folder was brought back from a backup, or lives twice. As
//! soon as an entry of that branch is here, signed by this node's own key, the branch of this folder gives way, in one
//! transaction: its entries leave the log (they are kept as evidence), the documents are made again without them, and
//! what they did is done again in a new feed, change by change. Each is made with what its author had seen, so it stands
//! beside whatever the other branch says, and nothing typed is lost. What cannot be written again does not give way.
//!
//! A word of a peer alone moves nothing: without a signed entry in hand the log stays as it is.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;
use svod_shared::entry::Record;
use svod_shared::feed::Tip;
use svod_shared::id::{Actor, DocId, FeedId};
use svod_shared::log::{self, Accepted, Refusal};
use svod_shared::storage::sqlite::SqliteStorage;
use svod_shared::storage::{FeedHead, Storage, StorageError};

use super::outbox::WriteError;
use super::{Me, Store, frontiers, inbox, outbox, rebuild};
use crate::documents::history::{ChangeStory, history};
use crate::documents::rewrite::{Renamed, names_one_of, rewrite};
use crate::documents::{Document, Kind, execution_id};
use crate::projections::stranded;

impl Store {
    /// Lets own branches give way to the other ones that `accepted` refused; what is then taken is added to it.
    pub(super) fn give_way(
        &self,
        connection: &Connection,
        offered: &[Record],
        accepted: &mut Accepted,
    ) -> Result<(), StorageError> {
        let Some(me) = self.me() else { return Ok(()) };
        for refused in std::mem::take(&mut accepted.refused) {
            let head = SqliteStorage::new(connection).feed(&refused.feed)?;
            let is_own = head.is_some_and(|it| it.node == me.node);
            let taken = match refused.reason {
                Refusal::Fork { .. } if is_own => {
                    self.give_way_at(connection, me, &refused.feed, refused.seq, offered)?
                }
                _ => None,
            };
            match taken {
                Some(taken) => {
                    accepted.heads.retain(|it| taken.heads.iter().all(|new| new.feed != it.feed));
                    accepted.heads.extend(taken.heads);
                    accepted.appended.extend(taken.appended);
                    accepted.refused.extend(taken.refused);
                }
                None => accepted.refused.push(refused),
            }
        }
        Ok(())
    }

    fn give_way_at(
        &self,
        connection: &Connection,
        me: Me,
        feed: &FeedId,
        height: u64,
        offered: &[Record],
    ) -> Result<Option<Accepted>, StorageError> {
        connection.execute_batch("SAVEPOINT give_way")?;
        let own = SqliteStorage::new(connection).records(feed, height, usize::MAX)?;
        let docs: BTreeSet<DocId> =
            own.iter().flat_map(|it| it.entry.changes()).map(|(doc, _)| doc).collect();
        let before = self.before(connection, me, &docs)?;
        SqliteStorage::new(connection).cut(feed, height)?;
        for doc in &docs {
            rebuild::rebuild_document(connection, &self.roster, doc)?;
        }
        let theirs = offered.iter().filter(|it| it.entry.feed == *feed).cloned().collect();
        let mut taken = log::accept(&mut SqliteStorage::new(connection), &self.roster, theirs)?;
        let written = if taken.appended.is_empty() {
            Written::NothingTaken
        } else {
            frontiers::renew(connection, self.now())?;
            self.write_again(connection, me, before, &own_actors(connection, me)?)?
        };
        let subject = format!("{feed}:{height}+{}", own.len());
        let Written::Again(head) = written else {
            connection.execute_batch("ROLLBACK TO give_way; RELEASE give_way")?;
            if matches!(written, Written::NotAtAll) {
                inbox::note(connection, self.now(), "incident-own-branch-kept", Some(me.org), &subject)?;
            }
            return Ok(None);
        };
        taken.heads.extend(head);
        for record in &own {
            stranded::put(connection, record, self.now())?;
        }
        inbox::note(connection, self.now(), "incident-own-branch", Some(me.org), &subject)?;
        connection.execute_batch("RELEASE give_way")?;
        Ok(Some(taken))
    }

    /// The documents as they stand, plans before the sheets that name their rows. A sheet that is not among them may
    /// name rows that are about to be made anew all the same.
    pub(super) fn before(
        &self,
        connection: &Connection,
        me: Me,
        docs: &BTreeSet<DocId>,
    ) -> Result<Vec<Document>, StorageError> {
        let is_plan = |it: &&DocId| Kind::of(it) == Ok(Kind::Roadmap);
        let sheets = docs.iter().filter(is_plan).map(|it| execution_id(it, me.org));
        let all: BTreeSet<_> = docs.iter().copied().chain(sheets).collect();
        let known = all.iter().filter(|it| Kind::of(it).is_ok());
        let mut before =
            known.map(|it| inbox::open(connection, it)).collect::<Result<Vec<_>, StorageError>>()?;
        before.sort_by_key(|it| it.kind() != Kind::Roadmap);
        Ok(before)
    }

    /// Writes again what the documents lost of these own actors' changes.
    pub(super) fn write_again(
        &self,
        connection: &Connection,
        me: Me,
        before: Vec<Document>,
        actors: &BTreeMap<Actor, FeedId>,
    ) -> Result<Written, StorageError> {
        let mine = outbox::opened(connection)?.iter().map(FeedId::actor).collect();
        let mut renamed = Renamed::new();
        let mut head = None;
        for before in &before {
            let mut document = inbox::open(connection, &before.id())?;
            let lost = lost(before, &document, (actors, &mine), &renamed);
            if lost.is_empty() {
                continue;
            }
            match self.write_document_again(connection, me, &mut document, (before, &lost), &mut renamed) {
                Ok(written) => head = written.or(head),
                Err(WriteError::Storage(error)) => return Err(error),
                Err(error) => {
                    tracing::warn!(doc = %document.id(), %error, "stranded edits cannot be written again");
                    return Ok(Written::NotAtAll);
                }
            }
        }
        Ok(Written::Again(head))
    }

    fn write_document_again(
        &self,
        connection: &Connection,
        me: Me,
        document: &mut Document,
        (before, lost): (&Document, &[ChangeStory]),
        renamed: &mut Renamed,
    ) -> Result<Option<FeedHead>, WriteError> {
        let mut tip = self.tip(connection, me)?;
        let rewritten = rewrite(document, before, tip.feed().actor(), lost, renamed)?;
        let mut head = None;
        for change in rewritten.changes {
            let record = self.sign(tip, document.id(), change.bytes)?;
            let grown = self.log(connection, record)?;
            tip = Tip::After(grown);
            head = Some(grown);
        }
        inbox::keep(connection, document)?;
        if rewritten.homeless > 0 {
            let subject = document.id().to_string();
            inbox::note(connection, self.now(), "incident-own-branch-kept", Some(me.org), &subject)?;
        }
        Ok(head)
    }

    /// Notes that a peer has more of own feeds than this node, or other entries: the next write opens a new feed. Own
    /// feeds that this folder does not write into are another copy's business.
    pub fn note_own_elsewhere(&mut self, feeds: &[FeedId]) -> Result<(), StorageError> {
        self.own_elsewhere(&self.connection, feeds)
    }

    pub(super) fn own_elsewhere(
        &self,
        connection: &Connection,
        feeds: &[FeedId],
    ) -> Result<(), StorageError> {
        let current = match self.me() {
            Some(me) => self.current(connection, me)?,
            None => None,
        };
        match current {
            Some(head) if feeds.contains(&head.feed) => frontiers::renew(connection, self.now()),
            _ => Ok(()),
        }
    }

    /// How many own entries have given way and were written again.
    pub fn stranded(&self) -> Result<u64, StorageError> {
        stranded::count(&self.connection)
    }
}

pub(super) fn own_actors(connection: &Connection, me: Me) -> Result<BTreeMap<Actor, FeedId>, StorageError> {
    let storage = SqliteStorage::new(connection);
    let mut actors = BTreeMap::new();
    for space in storage.spaces()? {
        let own = storage.feeds(space)?.into_iter().filter(|it| it.node == me.node);
        actors.extend(own.map(|it| (it.feed.actor(), it.feed)));
    }
    Ok(actors)
}

/// What own changes did that stood before and do not stand now: the stranded ones, and own later ones that saw them.
/// Of what still stands of `mine`, the folder's own changes, what names a row of the branch: another copy of the folder
/// may have made a row of the same id.
fn lost(
    before: &Document,
    now: &Document,
    (actors, mine): (&BTreeMap<Actor, FeedId>, &BTreeSet<Actor>),
    renamed: &Renamed,
) -> Vec<ChangeStory> {
    let mut stories = history(before);
    for story in stories.iter_mut().filter(|it| now.has(&it.change)) {
        story.events.retain(|it| mine.contains(&story.actor) && names_one_of(it, renamed));
    }
    stories.retain(|it| !it.events.is_empty() && (actors.contains_key(&it.actor) || now.has(&it.change)));
    stories
}

/// Whether what a branch said stands again.
pub(super) enum Written {
    /// In a feed with this head, if there was anything to write.
    Again(Option<FeedHead>),
    /// Nothing of the other branch can be taken.
    NothingTaken,
    /// It cannot be written, so it must not go either.
    NotAtAll,
}
