//! Where feeds end: the fold of everything that narrows.
//!
//! A closing never takes back what already stood below it, and only rises, so it does not matter in which order nodes
//! hear of it. "Along the same chain" needs the log and is not checked here.

use std::collections::BTreeMap;

use super::content::{ClosedFeeds, FeedEnd, Whom};
use super::error::RosterError;
use crate::id::{EntryHash, FeedId};

/// Where a feed ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closing {
    /// How many entries stand; those with this `seq` and above are not applied.
    pub height: u64,
    /// The hash of the last entry that stands; zero if none does. A feed with another hash there is another branch.
    pub hash: EntryHash,
    /// Only a feed whose *first* entry has a lower roster height is concerned, and then all its entries, also those
    /// of later heights: a node with a new key or a restored organisation goes on in a new feed, whose rights
    /// [`super::Roster::may_write`] decides alone. `u64::MAX` for a feed that a statement names.
    pub below: u64,
}

/// All closings so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Closings {
    below: BTreeMap<Whom, u64>,
    ends: BTreeMap<(Whom, FeedId), FeedEnd>,
}

impl Closings {
    /// Whether `closed` only raises what stands for `whom`.
    pub(super) fn check(&self, whom: Whom, closed: &ClosedFeeds) -> Result<(), RosterError> {
        for (feed, end) in closed {
            let Some(stands) = self.ends.get(&(whom, *feed)) else { continue };
            let raised = end.height > stands.height || end == stands;
            if !raised {
                return Err(RosterError::ClosingLowered { feed: *feed, from: stands.height, to: end.height });
            }
        }
        Ok(())
    }

    /// Closes the feeds of `whom` for entries below roster height `below`; call [`Self::check`] first.
    pub(super) fn close(&mut self, whom: Whom, closed: &ClosedFeeds, below: u64) {
        let stands = self.below.entry(whom).or_default();
        *stands = below.max(*stands);
        self.ends.extend(closed.iter().map(|(feed, end)| ((whom, *feed), *end)));
    }

    /// The end of a feed under any of `whom`: the highest that a statement named.
    pub(super) fn of(&self, feed: &FeedId, whom: [Whom; 2]) -> Option<Closing> {
        let below = *whom.iter().filter_map(|it| self.below.get(it)).max()?;
        let end = whom.iter().filter_map(|it| self.ends.get(&(*it, *feed))).max_by_key(|end| end.height);
        Some(match end {
            Some(end) => Closing { height: end.height, hash: end.hash, below: u64::MAX },
            None => Closing { height: 0, hash: EntryHash([0; 32]), below },
        })
    }
}
