//! What one side knows of a space and of what the peer holds there.
//!
//! The peer's heights are beliefs: first hints from its vector, later exact from a directory and from the packs that
//! went either way. Wrong beliefs cost bytes or a directory, never correctness: only equal digests count as agreement.

use std::collections::BTreeMap;

use super::STALL_MS;
use super::message::Head;
use crate::entry::Record;
use crate::id::{EntryHash, FeedId, NodeNo, Space};
use crate::pack::NO_ENTRY;
use crate::roster::Roster;
use crate::storage::FeedHead;
use crate::time::Timestamp;
use crate::vector::{FEEDS_MAX, StateDigest, Vector, sorted};

/// How often a feed is asked for from its first entry on in one session. Once does, unless its owner wrote into it at
/// that very moment.
const ANEW_MAX: u8 = 3;

/// One feed as both sides hold it.
#[derive(Debug, Clone)]
pub(super) struct Feed {
    /// The local head, as stored.
    stored: Option<FeedHead>,
    /// The local head as far as it counts: a closed feed ends where the roster says.
    pub(super) head: Option<FeedHead>,
    /// Where the next pack attaches: the stored head, or what has been handed to the log since.
    pub(super) reach: (u64, EntryHash),
    /// The height the peer is believed to hold.
    pub(super) peer: u64,
    /// What the peer has stated of its head: our entry at that height must point to this hash.
    pub(super) stated: Option<(u64, EntryHash)>,
    /// Nothing goes out: the feed is forked.
    pub(super) forked: bool,
    /// Nothing goes out before the feed grows: the host had nothing that could be sent.
    pub(super) unsendable: bool,
    /// How often it was asked for from its first entry on, as an own one that has another branch there.
    pub(super) anew: u8,
}

/// One space as both sides hold it.
#[derive(Debug, Clone)]
pub(super) struct SpaceState {
    pub(super) space: Space,
    feeds: BTreeMap<FeedId, Feed>,
    /// How many feeds of a node the peer's vector counts: some may be unknown here.
    peer_feeds: BTreeMap<NodeNo, usize>,
    /// The digest of the local heads.
    pub(super) digest: StateDigest,
    /// The peer's last digest, and how many of our packs of this space it had received. `None` once outdated.
    pub(super) theirs: Option<(StateDigest, u64)>,
    /// Packs of the peer have come since: equal still tells that both held the same, unequal tells nothing.
    pub(super) outdated: bool,
    /// The digest that the peer last had from us, and how many of its packs that took in. It waits for a word on all
    /// of its packs, so the digest alone would not do.
    pub(super) told: Option<(StateDigest, u64)>,
    /// Until then no Check is sent: a frontier that is being signed will say as much.
    pub(super) check_by: Option<Timestamp>,
    /// The last frontier that was told by its signature alone.
    pub(super) signed: Option<Vec<u8>>,
    pub(super) packs_sent: u64,
    pub(super) packs_received: u64,
    /// The states were equal once and nothing has cast doubt on it since.
    pub(super) agreed: bool,
    /// Directories were exchanged in vain.
    pub(super) given_up: bool,
    pub(super) awaits_directory: bool,
    /// The peer was asked for its vector: until it comes nothing is known of what it holds.
    pub(super) awaits_vector: bool,
    /// Only a lower bound of what the peer holds is known, until it speaks again.
    pub(super) holds_more: bool,
    pub(super) directories: u8,
    /// The peer has asked for a directory: packs name no changes that it should have.
    pub(super) whole_hashes: bool,
    /// Whether the peer takes part in this space at all.
    pub(super) open: bool,
    /// When to ask for a directory, if nothing happens.
    pub(super) stalled_at: Option<Timestamp>,
    /// Whether the state has changed since the last [`super::Event::FrontierDue`].
    pub(super) unreported: bool,
    pub(super) reported_at: Option<Timestamp>,
    /// The state that the newest frontier tells of, which the relay has as far as known.
    pub(super) reported: Option<StateDigest>,
}

impl Feed {
    fn unknown() -> Self {
        Self {
            stored: None,
            head: None,
            reach: (0, NO_ENTRY),
            peer: 0,
            stated: None,
            forked: false,
            unsendable: false,
            anew: 0,
        }
    }

    /// The local height as far as it counts.
    pub(super) fn height(&self) -> u64 {
        self.head.map_or(0, |head| head.height)
    }

    /// Takes a local head. News that overtook each other on the way do not lower it; but a branch that gives way may give
    /// way to a shorter one.
    fn store(&mut self, head: &FeedHead, roster: &Roster, late: bool) {
        let lower = self.stored.is_some_and(|stored| stored.height > head.height);
        if lower && self.anew == 0 {
            return;
        }
        self.stored = Some(*head);
        self.head = if late { Some(*head) } else { visible(head, roster) };
        self.unsendable = false;
        if lower || head.height >= self.reach.0 {
            self.reach = (head.height, head.hash);
        }
    }
}

/// The head as far as it counts: entries that a closing cuts off do not travel, but to the lead, who may raise it. Entries
/// with the roster height of the closing or above are judged by the rights of their author alone.
fn visible(head: &FeedHead, roster: &Roster) -> Option<FeedHead> {
    match roster.closing(&head.feed, head.node) {
        Some(closing) if head.roster < closing.below && head.height > closing.height => {
            (closing.height > 0).then_some(FeedHead { height: closing.height, hash: closing.hash, ..*head })
        }
        Some(_) | None => Some(*head),
    }
}

impl SpaceState {
    pub(super) fn new(space: Space) -> Self {
        Self {
            space,
            feeds: BTreeMap::new(),
            peer_feeds: BTreeMap::new(),
            digest: StateDigest::of(space, []),
            theirs: None,
            outdated: false,
            told: None,
            check_by: None,
            signed: None,
            packs_sent: 0,
            packs_received: 0,
            agreed: false,
            given_up: false,
            awaits_directory: false,
            awaits_vector: false,
            holds_more: false,
            directories: 0,
            whole_hashes: false,
            open: false,
            stalled_at: None,
            unreported: false,
            reported_at: None,
            reported: None,
        }
    }

    /// Takes local heads, all of them if `late`; gives whether the state has changed.
    pub(super) fn store<'a>(
        &mut self,
        heads: impl IntoIterator<Item = &'a FeedHead>,
        roster: &Roster,
        late: bool,
    ) -> bool {
        for head in heads {
            self.feeds.entry(head.feed).or_insert_with(Feed::unknown).store(head, roster, late);
        }
        self.refresh()
    }

    /// Judges all heads by a new roster. What was given up may be possible now.
    pub(super) fn judge_anew(&mut self, roster: &Roster, late: bool) -> bool {
        for feed in self.feeds.values_mut() {
            feed.head = feed.stored.and_then(|head| if late { Some(head) } else { visible(&head, roster) });
            feed.forked = false;
        }
        self.doubt();
        self.given_up = false;
        self.directories = 0;
        self.refresh()
    }

    fn refresh(&mut self) -> bool {
        let digest = StateDigest::of(self.space, self.heads());
        let changed = digest != self.digest;
        self.digest = digest;
        self.unreported |= changed;
        changed
    }

    /// The local heads as far as they count.
    pub(super) fn heads(&self) -> impl Iterator<Item = &FeedHead> {
        self.feeds.values().filter_map(|feed| feed.head.as_ref())
    }

    pub(super) fn vector(&self) -> Vector {
        Vector::of(self.heads())
    }

    /// The local feeds in the order of the directory, with their heights.
    pub(super) fn directory(&self) -> Vec<(FeedId, u64)> {
        sorted(self.heads()).into_iter().map(|head| (head.feed, head.height)).collect()
    }

    /// The local heads, stated explicitly; of one node's feeds only, if one is given.
    pub(super) fn stated_heads(&self, of: Option<NodeNo>) -> Vec<Head> {
        let wanted = |head: &&FeedHead| of.is_none_or(|node| head.node == node);
        let heads = self.heads().filter(wanted).take(FEEDS_MAX);
        heads.map(|it| Head { feed: it.feed, height: it.height, hash: it.hash }).collect()
    }

    /// Whether the feed stands here, or the peer has spoken of it.
    pub(super) fn knows(&self, feed: &FeedId) -> bool {
        self.feeds.contains_key(feed)
    }

    pub(super) fn feed_mut(&mut self, feed: &FeedId) -> Option<&mut Feed> {
        self.feeds.get_mut(feed)
    }

    /// The height that the peer is believed to hold; 0 of a feed that is forked.
    pub(super) fn peer_height(&self, feed: &FeedId) -> u64 {
        self.feeds.get(feed).filter(|it| !it.forked).map_or(0, |it| it.peer)
    }

    /// The peer will have these.
    pub(super) fn sent(&mut self, records: &[Record]) {
        for record in records {
            if let Some(feed) = self.feeds.get_mut(&record.entry.feed) {
                feed.peer = feed.peer.max(record.entry.seq.saturating_add(1));
            }
        }
    }

    /// The feed, noted as unknown if it is; `None` if there are too many already.
    pub(super) fn feed_or_unknown(&mut self, feed: FeedId) -> Option<&mut Feed> {
        if self.feeds.len() >= FEEDS_MAX && !self.feeds.contains_key(&feed) {
            return None;
        }
        Some(self.feeds.entry(feed).or_insert_with(Feed::unknown))
    }

    /// The peer holds exactly these.
    pub(super) fn peer_holds(&mut self, directory: &[(FeedId, u64)]) {
        self.forget_peer();
        for (feed, height) in directory {
            if let Some(feed) = self.feeds.get_mut(feed) {
                feed.peer = *height;
            }
        }
    }

    /// Reads the peer's vector by the local directory.
    pub(super) fn read_vector(&mut self, vector: &Vector) {
        self.forget_peer();
        let directory: Vec<_> = sorted(self.heads()).into_iter().map(|head| (head.node, head.feed)).collect();
        for (node, heights) in vector.nodes() {
            self.peer_feeds.insert(node, heights.len());
            let feeds = directory.iter().filter(|(of, _)| *of == node);
            for ((_, feed), height) in feeds.zip(heights) {
                if let Some(feed) = self.feeds.get_mut(feed) {
                    feed.peer = *height;
                }
            }
        }
    }

    /// Reads the peer's directory and gives the feeds that are forked: feed, height, our hash, theirs.
    pub(super) fn read_directory(&mut self, heads: &[Head]) -> Vec<(Head, EntryHash)> {
        self.forget_peer();
        let mut forks = Vec::new();
        for stated in heads {
            let Some(feed) = self.feed_or_unknown(stated.feed) else { continue };
            feed.peer = stated.height;
            feed.stated = Some((stated.height, stated.hash));
            feed.unsendable = false;
            let ours = feed.head.filter(|head| head.height == stated.height && head.hash != stated.hash);
            forks.extend(ours.map(|head| (*stated, head.hash)));
        }
        // Who says nothing of a feed holds no other branch of it, or wants to know ours.
        self.feeds.values_mut().filter(|feed| feed.stated.is_none()).for_each(|feed| feed.forked = false);
        forks
    }

    /// Takes a feed for unknown, so that the peer sends all of it; gives whether that was not tried too often.
    pub(super) fn forget_feed(&mut self, feed: &FeedId) -> bool {
        let Some(known) = self.feeds.get_mut(feed).filter(|it| it.anew < ANEW_MAX) else { return false };
        *known = Feed { peer: known.peer, anew: known.anew + 1, ..Feed::unknown() };
        self.refresh();
        true
    }

    fn forget_peer(&mut self) {
        self.awaits_vector = false;
        self.holds_more = false;
        self.peer_feeds.clear();
        for feed in self.feeds.values_mut() {
            feed.peer = 0;
            feed.stated = None;
        }
    }

    /// The next packs attach to the stored heads: what was handed to the log and is not there was refused.
    pub(super) fn retract_reach(&mut self) {
        for feed in self.feeds.values_mut() {
            feed.reach = feed.stored.map_or((0, NO_ENTRY), |head| (head.height, head.hash));
        }
    }

    /// Something happened: the wait for what is outstanding begins anew.
    pub(super) fn progress(&mut self, now: Timestamp) {
        self.stalled_at = (self.open && !self.agreed && !self.given_up).then(|| now.plus_ms(STALL_MS));
    }

    /// How this side's word to the peer reads now.
    pub(super) fn word(&self) -> (StateDigest, u64) {
        (self.digest, self.packs_received)
    }

    /// Takes the peer's word.
    pub(super) fn hear_word(&mut self, digest: StateDigest, packs: u64) {
        self.theirs = Some((digest, packs));
        self.outdated = false;
    }

    /// Agreement, and what led to it, no longer counts.
    pub(super) fn doubt(&mut self) {
        self.check_by = None;
        self.theirs = None;
        self.told = None;
    }

    /// Feeds of which the peer lacks entries, with the first it lacks; those that lack least come first.
    pub(super) fn to_send(&self) -> Vec<(FeedId, u64)> {
        if self.awaits_vector {
            return Vec::new();
        }
        let lacking = |feed: &&Feed| feed.height() > feed.peer && !feed.forked && !feed.unsendable;
        let lacking = self.feeds.iter().filter(|(_, feed)| lacking(feed));
        let mut lacking: Vec<_> =
            lacking.map(|(id, feed)| (feed.height() - feed.peer, *id, feed.peer)).collect();
        lacking.sort_unstable();
        lacking.into_iter().map(|(_, id, peer)| (id, peer)).collect()
    }

    /// Whether nothing is known that should still come: neither from the peer nor from the local log.
    pub(super) fn has_all(&self) -> bool {
        let complete = |feed: &Feed| {
            let stored = feed.stored.map_or(0, |head| head.height);
            feed.forked || (stored >= feed.peer && stored >= feed.reach.0)
        };
        let mut counts = BTreeMap::<NodeNo, usize>::new();
        for head in self.heads() {
            *counts.entry(head.node).or_default() += 1;
        }
        let counted = |(node, feeds): (&NodeNo, &usize)| counts.get(node).unwrap_or(&0) >= feeds;
        !self.holds_more && self.feeds.values().all(complete) && self.peer_feeds.iter().all(counted)
    }

    pub(super) fn is_forked(&self) -> bool {
        self.feeds.values().any(|feed| feed.forked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::NetworkId;

    fn head(height: u64, branch: u8) -> FeedHead {
        let (feed, hash) = (FeedId([7; 32]), EntryHash([branch; 32]));
        FeedHead { feed, node: NodeNo(3), space: Space::Network, epoch: 1, height, hash, roster: 0 }
    }

    /// The writer saved once more while the session was asking for the other branch; the session then held on to a
    /// branch that had given way, and never came to agree before its line was cut.
    #[test]
    fn a_shorter_branch_counts_behind_news_of_the_one_that_gives_way() {
        let roster = Roster::empty(NetworkId([1; 32]));
        let mut state = SpaceState::new(Space::Network);
        state.store([&head(5, 1)], &roster, false);
        assert!(state.forget_feed(&head(5, 1).feed));
        state.store([&head(6, 1)], &roster, false);
        state.store([&head(4, 2)], &roster, false);
        assert_eq!(state.heads().copied().collect::<Vec<_>>(), [head(4, 2)]);
        assert_eq!(state.feeds.values().map(|it| it.reach).collect::<Vec<_>>(), [(4, head(4, 2).hash)]);
    }

    #[test]
    fn news_that_overtook_each_other_lower_no_other_head() {
        let roster = Roster::empty(NetworkId([1; 32]));
        let mut state = SpaceState::new(Space::Network);
        state.store([&head(5, 1), &head(4, 1)], &roster, false);
        assert_eq!(state.heads().copied().collect::<Vec<_>>(), [head(5, 1)]);
    }
}
