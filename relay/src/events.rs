//! What the relay does with the news of a session, in one place for the program and for the simulator.

use std::sync::Arc;

use svod_shared::keys::PublicKey;
use svod_shared::letter::LetterReply;
use svod_shared::roster::Roster;
use svod_shared::storage::StorageError;
use svod_shared::sync::Event;
use svod_shared::time::Timestamp;
use svod_shared::transport::{Update, Updated};
use tracing::{debug, info, warn};

use crate::db::Db;
use crate::frontier;
use crate::mailbox::Judged;

/// Who is connected when an event comes.
#[derive(Debug, Clone, Default)]
pub struct Audience {
    /// All keys.
    pub connected: Vec<PublicKey>,
    /// Those that have been given all frontiers so far.
    pub following: Vec<PublicKey>,
}

/// What is left to the caller, who holds the connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// Nothing.
    Nothing,
    /// From now on the peer is to be told new frontiers.
    Follow,
    /// The newcomer is turned away: its connection ends once the answer has had time to arrive.
    TurnAway,
}

impl Db {
    /// Whether [`Db::take`] does anything with an event. Every peer that has been told of an entry says a moment later
    /// that it is in sync: those must not queue for the database.
    pub fn takes(event: &Event) -> bool {
        matches!(
            event,
            Event::Connected
                | Event::Letter { .. }
                | Event::LetterReply { .. }
                | Event::Frontier(_)
                | Event::FrontierCursor(_)
                | Event::Fork { .. }
        )
    }

    /// Does what an event of a session with `peer` calls for, and tells the sessions. Who is connected is asked for
    /// only where others are told.
    pub fn take(
        &mut self,
        peer: PublicKey,
        audience: impl FnOnce() -> Audience,
        event: Event,
        now: Timestamp,
    ) -> Result<Rest, StorageError> {
        match event {
            Event::Connected => {
                info!("peer accepted");
                self.letters_for(peer)?;
            }
            Event::Letter { from, letter } => return self.letter(from, letter, &audience(), now),
            Event::LetterReply { to, reply } => self.answered(peer, to, reply)?,
            Event::Frontier(bytes) => frontier::came(self, &bytes, &audience().following, now)?,
            Event::FrontierCursor(cursor) => {
                frontier::catch_up(self, peer, cursor)?;
                return Ok(Rest::Follow);
            }
            Event::Fork { feed, height, .. } => warn!(?feed, height, "feed is forked"),
            other => debug!(event = ?other, "session"),
        }
        Ok(Rest::Nothing)
    }

    fn letters_for(&self, peer: PublicKey) -> Result<(), StorageError> {
        if is_lead(&self.roster(), &peer) {
            let letters = self.mailbox().unanswered()?;
            if !letters.is_empty() {
                self.tell(Update::to(peer, Updated::Letters(letters.into())));
            }
        }
        Ok(())
    }

    fn letter(
        &self,
        from: PublicKey,
        letter: Vec<u8>,
        audience: &Audience,
        now: Timestamp,
    ) -> Result<Rest, StorageError> {
        let roster = self.roster();
        let judged = self.mailbox().receive(roster.network(), &from, &letter, now)?;
        info!(?judged, "letter received");
        match judged {
            Judged::Keep => {
                let letters: Arc<[Vec<u8>]> = Arc::new([letter]);
                for lead in audience.connected.iter().filter(|key| is_lead(&roster, key)) {
                    self.tell(Update::to(*lead, Updated::Letters(Arc::clone(&letters))));
                }
            }
            Judged::Waits => {}
            Judged::Answered(reply) => self.reply(from, reply),
            Judged::Refused(refusal) => {
                self.reply(from, LetterReply::Refused(refusal));
                return Ok(Rest::TurnAway);
            }
        }
        Ok(Rest::Nothing)
    }

    fn answered(&self, by: PublicKey, to: PublicKey, reply: LetterReply) -> Result<(), StorageError> {
        if is_lead(&self.roster(), &by) && self.mailbox().answer(&to, reply)? {
            info!(to = %to.short_code(), "letter answered");
            self.reply(to, reply);
        } else {
            debug!(to = %to.short_code(), "answer to a letter that is not here");
        }
        Ok(())
    }

    fn reply(&self, to: PublicKey, reply: LetterReply) {
        // That the newcomer is away is no error.
        self.tell(Update::to(to, Updated::LetterReply { to, reply }));
    }
}

/// Whether the key is an active node of the lead.
fn is_lead(roster: &Roster, key: &PublicKey) -> bool {
    roster.node_by_key(key).is_some_and(|node| node.active && Some(node.org) == roster.lead())
}
