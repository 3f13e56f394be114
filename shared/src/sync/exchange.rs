//! The exchange of entries: loading, packs, and agreeing that nothing is missing.
//!
//! 1. A side sends what it believes the other lacks, and when it has nothing to send and expects nothing, a `Check`,
//!    unless the other knows its digest: from the Hello, the Welcome, or a frontier told by its signature alone.
//! 2. Who gets a `Check` with its own digest is in sync, and says so by a `Check` of its own if it has not yet, or if
//!    the other does not know it any more and says that it wants an answer.
//! 3. Who gets another digest, while nothing is under way, asks for a `Directory`; so does who gets a pack that does
//!    not attach, or hears nothing for long. Both directories make both beliefs exact; then from 1 again, a few times.

use super::message::Head;
use super::state::SpaceState;
use super::{Action, CloseReason, Event, Frame, Phase, Role, Session, StatedHead};
use crate::entry::Record;
use crate::id::{ChangeHash, EntryHash, FeedId, Space};
use crate::pack::{self, Gap, PACK_BYTES_MAX, Pack, Signatures, Unattached, Unresolved};
use crate::storage::Loaded;
use crate::vector::StateDigest;

/// How many feeds are loaded from at a time. With [`LOAD_BYTES_MAX`] it bounds what a session holds of the log.
const LOADS_MAX: usize = 16;
/// How much of one feed is loaded at a time: together with what belongs to it, it fits a pack.
pub const LOAD_BYTES_MAX: usize = 48 * 1024;
/// How much is loaded when that much holds no signature: a run of one pack has one at its end.
const LOAD_RUN_BYTES_MAX: usize = 4 * PACK_BYTES_MAX;
/// How long a host may take to sign a frontier before a Check goes out in its place.
const SIGNING_MS_MAX: u64 = 2_000;
/// How often one side asks for a directory before it gives a space up until something changes.
const DIRECTORIES_MAX: u8 = 3;

/// One outstanding [`Action::Load`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    seq: u64,
    bytes_max: usize,
}

impl Session {
    /// Asks the host for entries that the peer lacks, once all packs so far have gone out.
    pub(super) fn load_more(&mut self) {
        let idle = self.packs_queued == 0 && self.loading.asked.is_empty();
        if !idle || !matches!(self.phase, Phase::Open) {
            return;
        }
        let open = self.spaces.values().filter(|state| state.open && self.peer_reads(state.space));
        let Some((space, feeds)) =
            open.map(|state| (state.space, state.to_send())).find(|(_, feeds)| !feeds.is_empty())
        else {
            return;
        };
        self.loading.space = Some(space);
        for (feed, seq) in feeds.into_iter().take(LOADS_MAX) {
            self.load(feed, Asked { seq, bytes_max: LOAD_BYTES_MAX });
        }
    }

    fn load(&mut self, feed: FeedId, asked: Asked) {
        self.loading.asked.insert(feed, asked);
        self.actions.push_back(Action::Load { feed, seq: asked.seq, bytes_max: asked.bytes_max });
    }

    pub(super) fn take_loaded(&mut self, feed: FeedId, seq: u64, loaded: Loaded) {
        let Some(space) = self.loading.space.filter(|_| matches!(self.phase, Phase::Open)) else { return };
        let Some(asked) = self.loading.asked.get(&feed).copied().filter(|asked| asked.seq == seq) else {
            return;
        };
        self.loading.asked.remove(&feed);
        self.loading.places.extend(loaded.places);
        self.take_run(space, feed, asked, loaded.records);
        if self.loading.asked.is_empty() {
            self.send_packs(space);
        }
    }

    fn take_run(&mut self, space: Space, id: FeedId, asked: Asked, mut records: Vec<Record>) {
        let Some(feed) = self.spaces.get_mut(&space).and_then(|state| state.feed_mut(&id)) else { return };
        if asked.seq > feed.peer || feed.forked {
            return;
        }
        let height = feed.height();
        let fits = |(seq, record): (u64, &Record)| {
            record.entry.feed == id && record.entry.seq == seq && seq < height
        };
        let sound = (asked.seq..).zip(&records).take_while(|it| fits((it.0, it.1))).count();
        records.truncate(sound);
        if let (Some((at, theirs)), Some(first)) = (feed.stated, records.first())
            && at == asked.seq
            && at > 0
            && first.entry.prev != theirs
        {
            let ours = first.entry.prev;
            return self.found_fork(space, Head { feed: id, height: at, hash: theirs }, ours);
        }
        let signed = records.iter().rposition(|record| record.signature.is_some()).map_or(0, |last| last + 1);
        let unsigned = signed == 0 && !records.is_empty();
        records.truncate(signed);
        if unsigned && asked.bytes_max < LOAD_RUN_BYTES_MAX {
            self.load(id, Asked { bytes_max: LOAD_RUN_BYTES_MAX, ..asked });
        } else if records.is_empty() {
            feed.unsendable = true;
        } else {
            self.loading.records.extend(records);
        }
    }

    fn send_packs(&mut self, space: Space) {
        self.loading.space = None;
        let records = std::mem::take(&mut self.loading.records);
        let places = std::mem::take(&mut self.loading.places);
        // A relay vouches for nothing, so its runs need one signature; an author hands all of them over.
        let signatures = match self.role {
            Role::Relay { .. } => Signatures::Last,
            Role::Node { .. } | Role::Newcomer { .. } => Signatures::All,
        };
        let Some(state) = self.spaces.get_mut(&space) else { return };
        state.theirs = None;
        state.progress(self.now);
        let mut rest = records.as_slice();
        loop {
            let there = |dep: &ChangeHash| {
                let place = places.get(dep).filter(|_| !state.whole_hashes);
                place.is_some_and(|(feed, seq)| state.peer_height(feed) > *seq)
            };
            let Some(encoded) = pack::encode(&mut self.sending, space, rest, signatures, &there) else {
                break;
            };
            state.packs_sent += 1;
            self.packs_queued += 1;
            self.actions.push_back(Action::Send(Frame::Pack(encoded.bytes).to_bytes()));
            let (taken, left) = rest.split_at_checked(encoded.taken).unwrap_or((rest, &[]));
            state.sent(taken);
            rest = left;
        }
        state.sent(rest);
    }

    pub(super) fn hear_pack(&mut self, bytes: &[u8]) {
        if !matches!(self.phase, Phase::Open) {
            return;
        }
        let Ok(pack) = pack::decode(&mut self.receiving, bytes) else {
            return self.close(CloseReason::Protocol("pack cannot be read"));
        };
        if !self.may_come(pack.space()) {
            return;
        }
        if pack.wanted().is_empty() {
            return self.take_pack(pack, &[]);
        }
        self.actions.push_back(Action::Find(pack.wanted().to_vec()));
        self.resolving = Some(pack);
    }

    pub(super) fn take_pack(&mut self, pack: Unresolved, found: &[Option<ChangeHash>]) {
        let space = pack.space();
        if !self.may_come(space) {
            return;
        }
        let ends: Vec<_> = pack.ends().collect();
        let resolved = pack.resolve(found);
        if matches!(resolved, Err(Unattached::Broken(_))) {
            return self.close(CloseReason::Protocol("pack cannot be read"));
        }
        let state = self.spaces.entry(space).or_insert_with(|| SpaceState::new(space));
        state.open = true;
        state.packs_received += 1;
        state.holds_more = false;
        state.outdated = true;
        let (records, gap) = match resolved {
            Ok(pack) => attach(state, pack),
            // The peer holds these all the same; it says so again in its directory, and then sends whole hashes.
            Err(_) => {
                for (id, end) in ends {
                    if let Some(feed) = state.feed_or_unknown(id) {
                        feed.peer = feed.peer.max(end);
                    }
                }
                (Vec::new(), true)
            }
        };
        state.progress(self.now);
        if !records.is_empty() {
            self.actions.push_back(Action::Append(records));
        }
        if gap {
            self.ask_directory(space);
        }
    }

    /// Whether entries of the space may come in. While the roster is behind what was handed to it, the log decides.
    pub(super) fn may_come(&self, space: Space) -> bool {
        let room =
            self.spaces.len() < super::message::SPACES_MAX as usize || self.spaces.contains_key(&space);
        room && (self.peer_reads(space) || self.roster_ahead > self.roster.height())
    }

    pub(super) fn hear_check(&mut self, space: Space, digest: StateDigest, packs: u64, wants_answer: bool) {
        if !matches!(self.phase, Phase::Open) || !self.peer_reads(space) {
            return;
        }
        let now = self.now;
        if let Some(state) = self.spaces.get_mut(&space).filter(|state| state.open) {
            state.hear_word(digest, packs);
            if wants_answer {
                state.told = None;
            }
            state.holds_more = false;
            state.progress(now);
        }
    }

    pub(super) fn hear_directory(&mut self, space: Space, heads: &[Head], wants_answer: bool) {
        if !matches!(self.phase, Phase::Open) || !self.may_come(space) {
            return;
        }
        let state = self.spaces.entry(space).or_insert_with(|| SpaceState::new(space));
        let answered = std::mem::take(&mut state.awaits_directory);
        state.open = true;
        state.agreed = false;
        state.doubt();
        state.progress(self.now);
        let forks = state.read_directory(heads);
        // Perhaps a pack named changes that the peer does not have: from now on none does.
        state.whole_hashes |= wants_answer;
        if wants_answer && !answered {
            self.send_directory(space, false);
        }
        for (stated, ours) in forks {
            self.found_fork(space, stated, ours);
        }
        for stated in heads {
            self.find_own_ahead(space, *stated);
        }
    }

    /// An own feed of which the peer has more than this node: a folder was restored or copied.
    fn find_own_ahead(&mut self, space: Space, stated: Head) {
        let Role::Node { node } = self.role else { return };
        let feed = self.spaces.get_mut(&space).and_then(|state| state.feed_mut(&stated.feed));
        let ours = feed.and_then(|feed| feed.head);
        if ours.is_some_and(|head| head.node == node && head.height < stated.height)
            && self.fetch_anew(space, stated.feed)
        {
            let Head { feed, height, hash } = stated;
            let heads = vec![StatedHead { space, feed, height, hash }];
            self.notify(Event::OwnFeedElsewhere { heads });
        }
    }

    /// Asks for a feed from its first entry on: only the peer's entries show where two branches part.
    pub(super) fn fetch_anew(&mut self, space: Space, feed: FeedId) -> bool {
        let Some(state) = self.spaces.get_mut(&space) else { return false };
        if !state.forget_feed(&feed) {
            return false;
        }
        state.agreed = false;
        state.awaits_directory = true;
        self.send_directory(space, true);
        true
    }

    /// Asks for the peer's directory, unless it was in vain too often or one is on its way.
    pub(super) fn ask_directory(&mut self, space: Space) {
        let Some(state) = self.spaces.get_mut(&space) else { return };
        if state.awaits_directory || state.given_up {
            return;
        }
        state.agreed = false;
        if state.directories >= DIRECTORIES_MAX || state.is_forked() {
            state.given_up = true;
            state.stalled_at = None;
            return self.notify(Event::NotInSync(space));
        }
        state.open = true;
        state.directories += 1;
        state.awaits_directory = true;
        self.send_directory(space, true);
    }

    fn send_directory(&mut self, space: Space, wants_answer: bool) {
        let Some(state) = self.spaces.get_mut(&space) else { return };
        state.retract_reach();
        state.doubt();
        state.progress(self.now);
        let heads = state.stated_heads(None);
        self.send(&Frame::Directory { wants_answer, space, heads });
    }

    pub(super) fn ask_where_stalled(&mut self) {
        let stalled = self.spaces.values().filter(|state| state.stalled_at.is_some_and(|at| at <= self.now));
        for space in stalled.map(|state| state.space).collect::<Vec<_>>() {
            if let Some(state) = self.spaces.get_mut(&space) {
                state.awaits_directory = false;
            }
            self.ask_directory(space);
        }
    }

    /// Compares digests wherever nothing is under way.
    pub(super) fn settle(&mut self) {
        let open = self.spaces.values().filter(|state| state.open && self.peer_reads(state.space));
        for space in open.map(|state| state.space).collect::<Vec<_>>() {
            self.settle_space(space);
        }
    }

    fn settle_space(&mut self, space: Space) {
        let loading = self.loading.space == Some(space);
        let Some(state) = self.spaces.get_mut(&space) else { return };
        let fresh = state.theirs.filter(|(_, packs)| *packs == state.packs_sent).map(|(digest, _)| digest);
        // An old word of the peer counts once nothing is under way: before that, it is the state before a pack's entries.
        let equal = fresh == Some(state.digest) && (!state.outdated || state.has_all());
        let differs = fresh.is_some() && !equal && !state.outdated;
        let quiet = !loading
            && !state.awaits_directory
            && !state.awaits_vector
            && state.has_all()
            && state.to_send().is_empty();
        let news = (equal || quiet && !state.agreed && !state.given_up) && state.told != Some(state.word());
        if equal {
            self.agree(space);
        }
        // Unequal at the first word and nothing to exchange: only directories can tell why.
        if news && !differs {
            self.check(space, !equal);
        }
        if quiet && differs {
            self.ask_directory(space);
        }
    }

    /// Tells the peer this side's digest; not if a frontier is about to.
    fn check(&mut self, space: Space, wants_answer: bool) {
        let Some(state) = self.spaces.get(&space) else { return };
        let (digest, packs) = state.word();
        let due = self.frontier_due(state).is_some_and(|at| at <= self.now);
        let waits = state.check_by.is_some();
        let now = self.now;
        let Some(state) = self.spaces.get_mut(&space) else { return };
        if due && state.agreed {
            state.check_by = Some(now.plus_ms(SIGNING_MS_MAX));
        } else if !waits {
            state.told = Some((digest, packs));
            self.send(&Frame::Check { space, digest, packs, wants_answer });
        }
    }

    pub(super) fn agree(&mut self, space: Space) {
        let Some(state) = self.spaces.get_mut(&space) else { return };
        if state.agreed {
            return;
        }
        state.agreed = true;
        state.given_up = false;
        state.directories = 0;
        if state.awaits_vector {
            let directory = state.directory();
            state.peer_holds(&directory);
        }
        state.stalled_at = None;
        state.unreported |= state.reported != Some(state.digest);
        self.notify(Event::InSync(space));
    }

    pub(super) fn found_fork(&mut self, space: Space, stated: Head, ours: EntryHash) {
        let Head { feed, height, hash: theirs } = stated;
        let Some(found) = self.spaces.get_mut(&space).and_then(|state| state.feed_mut(&feed)) else { return };
        if std::mem::replace(&mut found.forked, true) {
            return;
        }
        let author = found.head.map(|head| head.node);
        self.notify(Event::Fork { feed, height, ours, theirs });
        if matches!(self.role, Role::Node { node } if author == Some(node)) {
            let heads = vec![StatedHead { space, feed, height, hash: theirs }];
            self.notify(Event::OwnFeedElsewhere { heads });
            self.fetch_anew(space, feed);
        }
    }
}

/// Ties runs to the chains they continue. Gives the new entries, and whether some run left a gap.
fn attach(state: &mut SpaceState, pack: Pack) -> (Vec<Record>, bool) {
    let mut records = Vec::new();
    let mut gaps = false;
    for run in pack.runs {
        let end = run.end();
        let Some(feed) = state.feed_or_unknown(run.feed) else { continue };
        feed.peer = feed.peer.max(end);
        let (height, hash) = feed.reach;
        match run.records(height, hash) {
            Ok(new) => {
                if let Some(last) = new.last() {
                    feed.reach = (end, last.entry.hash());
                }
                records.extend(new);
            }
            Err(Gap { .. }) => gaps = true,
        }
    }
    (records, gaps)
}
