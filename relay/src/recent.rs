//! Entries that have just been stored, for those who are told of them at once.
//!
//! Everybody who is connected asks for the same entries a moment after the commit; only the first of them should have
//! to go to the disk.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use svod_shared::id::FeedId;
use svod_shared::storage::Loaded;

/// How many answers are kept.
const ANSWERS_MAX: usize = 16;
/// Larger answers are not kept: they are for one peer that was away.
const ANSWER_BYTES_MAX: usize = 16 * 1024;

/// A question: from which entry of which feed on, and about how many bytes.
pub(crate) type Question = (FeedId, u64, usize);

/// The last answers. As long as the log only grows an old answer is a true one, if perhaps not all there is by now.
#[derive(Debug, Default)]
pub(crate) struct Recent(Mutex<VecDeque<(Question, Loaded)>>);

impl Recent {
    pub(crate) fn get(&self, question: Question) -> Option<Loaded> {
        let answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        answers.iter().find(|(asked, _)| *asked == question).map(|(_, loaded)| loaded.clone())
    }

    /// The log has been cut: what was taken out of it must not be told any more.
    pub(crate) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    pub(crate) fn keep(&self, question: Question, loaded: &Loaded) {
        let bytes: usize = loaded.records.iter().flat_map(|it| &it.changes).map(Vec::len).sum();
        if loaded.records.is_empty() || bytes > ANSWER_BYTES_MAX {
            return;
        }
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        answers.retain(|(asked, _)| *asked != question);
        answers.truncate(ANSWERS_MAX - 1);
        answers.push_front((question, loaded.clone()));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::world::World;

    #[test]
    fn the_last_answers_are_kept_and_large_or_empty_ones_are_not() {
        let (world, recent) = (World::new(), Recent::default());
        let small = world.honest(2, None);
        let feed = small.entry.feed;
        let loaded = |records| Loaded { records, places: BTreeMap::new() };
        for seq in 0..=ANSWERS_MAX as u64 {
            recent.keep((feed, seq, 9), &loaded(vec![small.clone()]));
        }
        assert!(recent.get((feed, 0, 9)).is_none(), "the oldest has gone");
        assert_eq!(recent.get((feed, 1, 9)).unwrap().records, [small]);
        assert!(recent.get((feed, 1, 8)).is_none(), "another question");
        recent.keep((feed, 77, 9), &loaded(Vec::new()));
        recent.keep((feed, 78, 9), &loaded(vec![world.large(2, None)]));
        assert!(recent.get((feed, 77, 9)).is_none() && recent.get((feed, 78, 9)).is_none());
    }
}
