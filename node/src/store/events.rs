//! What a node does with the news of its session, in one place for the program and for the simulator.

use std::sync::Arc;

use svod_shared::keys::PublicKey;
use svod_shared::letter::LetterReply;
use svod_shared::storage::StorageError;
use svod_shared::sync::Event;
use svod_shared::transport::{Update, Updated};
use tracing::{info, warn};

use super::{LetterAnswer, Store};

impl Store {
    /// Does what an event of a session calls for. What peers shall hear of it collects with the other news, see
    /// [`Store::take_updates`]. The lead's refusal of this newcomer's own letter is the caller's to show.
    pub fn take(&mut self, event: Event) -> Result<(), StorageError> {
        match event {
            Event::Connected | Event::Admitted | Event::LetterReply { .. } => Ok(()),
            Event::InSync(_) | Event::NotInSync(_) => self.note_exchange(),
            Event::Fork { feed, height, .. } => {
                warn!(?feed, height, "feed has forked");
                self.note_fork(&feed, height)
            }
            Event::OwnFeedElsewhere { heads } => {
                info!("own feeds stand elsewhere in another state");
                let feeds: Vec<_> = heads.iter().map(|it| it.feed).collect();
                self.note_own_elsewhere(&feeds)
            }
            Event::Frontier(bytes) => {
                let kept = self.receive_frontier(&bytes)?;
                kept.map_or_else(|error| warn!(%error, "frontier refused"), drop);
                Ok(())
            }
            Event::FrontierDue(space) => {
                if let Some(bytes) = self.sign_frontier(space)? {
                    let what = Updated::Frontiers { frontiers: Arc::new([bytes]), cursor: 0 };
                    self.updates.push(Update::all(what));
                }
                Ok(())
            }
            Event::FrontierCursor(cursor) => self.keep_frontier_cursor(cursor),
            Event::Letter { from, letter } => {
                self.take_letter(from, &letter);
                Ok(())
            }
        }
    }

    fn take_letter(&mut self, from: PublicKey, letter: &[u8]) {
        match self.answer_letter(letter) {
            Ok(LetterAnswer::Admitted) => info!(newcomer = ?from, "admitted"),
            Ok(LetterAnswer::Known) => {}
            Ok(LetterAnswer::Refused(refusal)) => {
                let what = Updated::LetterReply { to: from, reply: LetterReply::Refused(refusal) };
                self.updates.push(Update::all(what));
            }
            Err(error) => warn!(%error, "letter was not answered"),
        }
    }
}
