//! The first frames: who speaks, whether it is served, and where both sides stand.
//!
//! A Hello costs as much as has changed: the relay keeps the node's newest frontier, and so does the node, so that
//! both name only what differs from it. What the relay may lack of that costs no correctness:
//!
//! - it has an older frontier of the node: the node holds at least that, and gets some entries twice;
//! - it has none, or one that the node does not know (the node was restored or copied): it answers by its own vector
//!   and asks for the node's, one round trip more.
//!
//! Heads of the node's own feeds are stated where they are not as in that frontier, and all of them without one: what
//! a restored or copied node does not know of itself, it hears in the Welcome.

use std::collections::BTreeSet;

use super::message::{
    AsReported, Differs, Head, Held, Hello, NETWORK_BYTES, RosterState, SPACES_MAX, Since,
    SpaceState as Stated, VERSION, Welcome,
};
use super::state::SpaceState;
use super::{CloseReason, Event, Frame, OPENING_MS_MAX, Phase, Refusal, Role, Session, StatedHead};
use crate::frontier::Frontier;
use crate::id::{FeedId, NetworkId, NodeNo, Space, StatementHash};
use crate::roster::Roster;
use crate::vector::{StateDigest, Vector, directory_tag};

/// What a node said in its Hello: the Welcome refers to it, and the log may have grown since.
#[derive(Debug)]
pub(super) struct Said {
    roster_height: u64,
    spaces: Vec<SaidSpace>,
}

#[derive(Debug)]
struct SaidSpace {
    space: Space,
    directory: Vec<(FeedId, u64)>,
    /// The frontier that was named.
    since: Option<Frontier>,
}

/// What the relay makes of a [`Held`].
struct Understood {
    /// The node's state; `None`: that of a frontier which is not here.
    digest: Option<StateDigest>,
    /// What the node holds at least; `None`: unknown.
    vector: Option<Vector>,
    /// The heights in the frontier that the Hello names, if it is here.
    since: Option<Vector>,
    same_directory: bool,
}

impl Session {
    pub(super) fn speak_first(&mut self, cursor: u64) {
        match self.role.clone() {
            Role::Relay { .. } => {}
            Role::Node { .. } => self.say_hello(cursor),
            Role::Newcomer { letter, .. } => {
                let (height, network) = (self.roster.height(), self.roster.network());
                self.send(&Frame::Letter { version: VERSION, height, network, letter });
                self.phase = Phase::AwaitsAdmission;
            }
        }
    }

    fn say_hello(&mut self, cursor: u64) {
        let mut spaces: BTreeSet<Space> = self.spaces.keys().copied().collect();
        spaces.insert(Space::Network);
        spaces.retain(|space| self.peer_reads(*space));
        let mut said = Said { roster_height: self.roster.height(), spaces: Vec::new() };
        let mut stated = Vec::new();
        for space in spaces.into_iter().take(usize::try_from(SPACES_MAX).unwrap_or(usize::MAX)) {
            let state = self.spaces.entry(space).or_insert_with(|| SpaceState::new(space));
            let directory = state.directory();
            let since = self.frontiers.get(&space);
            let held = held(state, &directory, since);
            let since = since.filter(|_| !matches!(held, Held::Vector(..))).cloned();
            state.told = Some(state.word());
            stated.push((space, held));
            said.spaces.push(SaidSpace { space, directory, since });
        }
        let (network, roster) = (network_tag(self.roster.network()), roster_state(&self.roster));
        self.send(&Frame::Hello(Hello { version: VERSION, network, roster, cursor, spaces: stated }));
        self.phase = Phase::AwaitsWelcome { until: self.now.plus_ms(OPENING_MS_MAX), said };
    }

    /// On the relay; in this order: version, network, admission, roster.
    pub(super) fn hear_hello(&mut self, hello: Hello) {
        if !matches!(self.phase, Phase::AwaitsFirst { .. }) {
            return;
        }
        if hello.version != VERSION {
            return self.refuse(Refusal::Version);
        }
        if hello.network != network_tag(self.roster.network()) {
            return self.refuse(Refusal::OtherNetwork);
        }
        // A relay that has no roster yet takes it from whoever brings it: the network's id is the genesis's hash.
        let founding = self.roster.height() == 0;
        if !founding && !self.peer_reads(Space::Network) {
            return self.refuse(Refusal::NotAdmitted);
        }
        if contradicts(&self.roster, hello.roster) {
            return self.answer_contradiction(&hello);
        }
        let said: BTreeSet<Space> = hello.spaces.iter().map(|(space, _)| *space).collect();
        if said.len() != hello.spaces.len() {
            return self.close(CloseReason::Protocol("one space was named twice"));
        }
        let peer = self.reader();
        let spaces = hello.spaces.iter().map(|(space, held)| self.compare(*space, held, peer));
        let spaces = spaces.collect();
        let others = self.offer_others(&said, peer);
        let ours = roster_state(&self.roster);
        let roster = (ours != hello.roster).then_some(ours);
        self.roster_told = roster.is_none();
        self.send(&Frame::Welcome(Welcome { spaces, others, roster }));
        self.peer_roster = hello.roster.height;
        self.phase = Phase::Open;
        self.notify(Event::Connected);
        self.notify(Event::FrontierCursor(hello.cursor));
        self.send_statements();
    }

    /// Rights come before entries: nothing is exchanged but the rosters, until both sides have the same.
    fn answer_contradiction(&mut self, hello: &Hello) {
        let spaces = hello.spaces.iter().map(|_| Stated::NotYours).collect();
        let roster = Some(roster_state(&self.roster));
        self.send(&Frame::Welcome(Welcome { spaces, others: Vec::new(), roster }));
        self.phase = Phase::Open;
        self.notify(Event::Connected);
        self.tell_whole_roster();
    }

    fn compare(&mut self, space: Space, held: &Held, peer: Option<NodeNo>) -> Stated {
        let readable = self.peer_reads(space);
        let state = self.spaces.entry(space).or_insert_with(|| SpaceState::new(space));
        if !readable {
            return Stated::NotYours;
        }
        let Understood { digest, vector, since, same_directory } =
            understand(held, self.frontiers.get(&space), state);
        state.open = true;
        state.theirs = digest.map(|digest| (digest, 0));
        state.told = Some(state.word());
        if digest == Some(state.digest) {
            let directory = state.directory();
            state.peer_holds(&directory);
            self.seed(&directory);
            let reported = since.is_some() || matches!(held, Held::Vector(..));
            return if reported { Stated::Equal } else { Stated::EqualUnreported };
        }
        state.read_vector(vector.as_ref().unwrap_or(&Vector::default()));
        state.awaits_vector = vector.is_none();
        state.holds_more = !matches!(held, Held::Vector(..)) && since.is_none();
        state.progress(self.now);
        let differs = differing(state, since.as_ref(), peer);
        let differs = Differs { same_directory, wants_vector: vector.is_none(), ..differs };
        if same_directory {
            let directory = state.directory();
            self.seed(&directory);
        }
        Stated::Differs(differs)
    }

    /// The spaces that the peer may read and did not name.
    fn offer_others(&mut self, said: &BTreeSet<Space>, peer: Option<NodeNo>) -> Vec<(Space, Stated)> {
        let others = self.spaces.iter().filter(|(space, state)| {
            !said.contains(space) && state.heads().next().is_some() && self.peer_reads(**space)
        });
        let others: Vec<Space> = others.map(|(space, _)| *space).collect();
        let empty = |space| StateDigest::of(space, []);
        others
            .into_iter()
            .map(|space| (space, self.compare(space, &Held::Vector(empty(space), Vector::default()), peer)))
            .collect()
    }

    /// Both sides hold these feeds in this order, so their packs need not name them.
    fn seed(&mut self, directory: &[(FeedId, u64)]) {
        self.sending.seed(directory.iter().map(|(feed, _)| *feed));
        self.receiving.seed(directory.iter().map(|(feed, _)| *feed));
    }

    /// On the node.
    pub(super) fn hear_welcome(&mut self, welcome: Welcome) {
        let said = match std::mem::replace(&mut self.phase, Phase::Open) {
            Phase::AwaitsWelcome { said, .. } => said,
            other => return self.phase = other,
        };
        if welcome.spaces.len() != said.spaces.len() {
            return self.close(CloseReason::Protocol("the answer names other spaces"));
        }
        if welcome.roster.is_some_and(|theirs| contradicts(&self.roster, theirs)) {
            self.notify(Event::Connected);
            return self.tell_whole_roster();
        }
        self.roster_told = welcome.roster.is_none();
        self.peer_roster = welcome.roster.map_or(said.roster_height, |roster| roster.height);
        self.notify(Event::Connected);
        let mut elsewhere = Vec::new();
        let named =
            said.spaces.iter().map(|it| it.space).chain(welcome.others.iter().map(|it| it.0)).collect();
        for (said, stated) in said.spaces.into_iter().zip(welcome.spaces) {
            self.learn(&said, stated, &mut elsewhere);
        }
        for (space, stated) in welcome.others {
            let said = SaidSpace { space, directory: Vec::new(), since: None };
            self.learn(&said, stated, &mut elsewhere);
        }
        if matches!(self.phase, Phase::Closed) {
            return;
        }
        self.open_unnamed(&named);
        if !elsewhere.is_empty() {
            self.notify(Event::OwnFeedElsewhere { heads: elsewhere });
        }
        self.send_statements();
    }

    fn learn(&mut self, said: &SaidSpace, stated: Stated, elsewhere: &mut Vec<StatedHead>) {
        let space = said.space;
        if !self.may_come(space) {
            return;
        }
        let state = self.spaces.entry(space).or_insert_with(|| SpaceState::new(space));
        state.open = !matches!(stated, Stated::NotYours);
        match stated {
            Stated::NotYours => {}
            Stated::Equal | Stated::EqualUnreported => {
                state.peer_holds(&said.directory);
                state.told = Some(state.word());
                if let Some(frontier) = said.since.as_ref().filter(|_| stated == Stated::Equal) {
                    state.reported = Some(frontier.digest);
                    state.unreported = false;
                }
                self.seed(&said.directory);
                self.agree(space);
            }
            Stated::Differs(differs) => self.learn_difference(said, differs, elsewhere),
        }
    }

    fn learn_difference(&mut self, said: &SaidSpace, differs: Differs, elsewhere: &mut Vec<StatedHead>) {
        let Differs { since, same_directory, wants_vector, digest, vector, own } = differs;
        if (since || same_directory || wants_vector) && said.since.is_none() {
            return self.close(CloseReason::Protocol("the answer refers to what was not said"));
        }
        let vector = match said.since.as_ref().filter(|_| since) {
            Some(frontier) => frontier.vector.overlaid(&vector),
            None => vector,
        };
        let space = said.space;
        let Some(state) = self.spaces.get_mut(&space) else { return };
        state.read_vector(&vector);
        state.hear_word(digest, 0);
        state.progress(self.now);
        // The digest of the Hello may have been that of a frontier which is not there.
        if !since {
            state.told = None;
        }
        if digest == state.digest {
            state.peer_holds(&said.directory);
        } else if wants_vector {
            let vector = state.vector();
            self.send(&Frame::Vector { space, vector });
        }
        if same_directory {
            self.seed(&said.directory);
        }
        self.compare_own(space, &own, elsewhere);
    }

    /// On the relay: what was asked for in the Welcome.
    pub(super) fn hear_vector(&mut self, space: Space, vector: &Vector) {
        let now = self.now;
        if let Some(state) = self.spaces.get_mut(&space).filter(|state| state.awaits_vector) {
            state.read_vector(vector);
            state.progress(now);
        }
    }

    /// Spaces begun since the Hello, which the relay did not name either: it lacks all of them.
    fn open_unnamed(&mut self, named: &BTreeSet<Space>) {
        let unnamed = self.spaces.keys().filter(|space| !named.contains(space) && self.peer_reads(**space));
        for space in unnamed.copied().collect::<Vec<_>>() {
            if let Some(state) = self.spaces.get_mut(&space) {
                state.open = true;
                state.progress(self.now);
            }
        }
    }

    /// What the relay states of this node's own feeds: it must not be ahead.
    fn compare_own(&mut self, space: Space, own: &[Head], elsewhere: &mut Vec<StatedHead>) {
        for Head { feed, height, hash } in own.iter().copied() {
            let Some(state) = self.spaces.get_mut(&space) else { return };
            let Some(ours) = state.feed_or_unknown(feed) else { return };
            match ours.head {
                Some(head) if head.height == height && head.hash != hash => {
                    self.found_fork(space, Head { feed, height, hash }, head.hash);
                }
                Some(head) if head.height >= height => {
                    ours.peer = height;
                    ours.stated = Some((height, hash));
                }
                Some(_) => {
                    elsewhere.push(StatedHead { space, feed, height, hash });
                    self.fetch_anew(space, feed);
                }
                None => elsewhere.push(StatedHead { space, feed, height, hash }),
            }
        }
    }

    /// On the relay: a peer that the roster does not know yet.
    pub(super) fn hear_letter(&mut self, version: u8, height: u64, network: NetworkId, letter: Vec<u8>) {
        let Role::Relay { peer } = self.role else { return };
        if !matches!(self.phase, Phase::AwaitsFirst { .. }) {
            return;
        }
        if version != VERSION {
            return self.refuse(Refusal::Version);
        }
        if network != self.roster.network() {
            return self.refuse(Refusal::OtherNetwork);
        }
        self.phase = Phase::AwaitsAdmission;
        self.peer_roster = height;
        self.notify(Event::Letter { from: peer, letter });
        self.admit();
    }

    /// Gives the roster to a newcomer that stands in it, and ends the newcomer's own session once it does.
    pub(super) fn admit(&mut self) {
        if !matches!(self.phase, Phase::AwaitsAdmission) {
            return;
        }
        match &self.role {
            Role::Newcomer { key, .. } => {
                if self.roster.node_by_key(key).is_some_and(|node| node.active) {
                    self.notify(Event::Admitted);
                    self.close(CloseReason::Admitted);
                }
            }
            Role::Relay { .. } if self.peer_reads(Space::Network) => self.send_statements(),
            Role::Relay { .. } | Role::Node { .. } => {}
        }
    }
}

/// What a node says of a space: that it is as in its newest frontier, or what differs from that, unless that is
/// everything. A few bytes more than a short vector tell the relay which frontier it should have.
fn held(state: &SpaceState, directory: &[(FeedId, u64)], frontier: Option<&Frontier>) -> Held {
    let (digest, vector) = (state.digest, state.vector());
    let Some(frontier) = frontier else { return Held::Vector(digest, vector) };
    let counter = frontier.counter;
    let directory = directory_tag(directory.iter().map(|(feed, _)| *feed));
    if frontier.digest == digest && frontier.vector == vector {
        return Held::AsReported(AsReported { counter, check: check(frontier), directory });
    }
    match vector.since(&frontier.vector).filter(|changed| changed.size() < vector.size()) {
        Some(changed) => Held::Since(digest, Since { counter, check: check(frontier), directory, changed }),
        None => Held::Vector(digest, vector),
    }
}

/// On the relay: what a node's words mean, with its newest frontier and the directory here.
fn understand(held: &Held, frontier: Option<&Frontier>, state: &SpaceState) -> Understood {
    let (digest, counter, check, tag, changed) = match held {
        Held::Vector(digest, vector) => {
            let (digest, vector) = (Some(*digest), Some(vector.clone()));
            return Understood { digest, vector, since: None, same_directory: false };
        }
        Held::Since(digest, it) => {
            (Some(*digest), it.counter, it.check.as_slice(), it.directory, it.changed.clone())
        }
        Held::AsReported(it) => (None, it.counter, it.check.as_slice(), it.directory, Vector::default()),
    };
    let same_directory = directory_tag(state.directory().into_iter().map(|it| it.0)) == tag;
    match frontier {
        Some(it) if it.counter == counter && it.digest.0.starts_with(check) => Understood {
            digest: digest.or(Some(it.digest)),
            vector: Some(it.vector.overlaid(&changed)),
            since: Some(it.vector.clone()),
            same_directory,
        },
        Some(it) if it.counter < counter => {
            Understood { digest, vector: Some(it.vector.clone()), since: None, same_directory }
        }
        Some(_) | None => Understood { digest, vector: None, since: None, same_directory },
    }
}

/// On the relay: where it stands, in full or as far as it is not as in the node's frontier.
fn differing(state: &SpaceState, since: Option<&Vector>, peer: Option<NodeNo>) -> Differs {
    let (mut vector, mut own) = (state.vector(), state.stated_heads(peer));
    let changed = since.and_then(|since| Some((since, vector.since(since)?)));
    let shorter = changed.filter(|(_, changed)| changed.size() <= vector.size());
    let since = shorter.is_some();
    if let Some((base, changed)) = shorter {
        let as_before =
            |head: &Head| base.height(state.heads(), &head.feed).is_some_and(|height| height == head.height);
        own.retain(|head| !as_before(head));
        vector = changed;
    }
    let digest = state.digest;
    Differs { since, same_directory: false, wants_vector: false, digest, vector, own }
}

/// The beginning of the frontier's digest.
fn check<const N: usize>(frontier: &Frontier) -> [u8; N] {
    frontier.digest.0.first_chunk().copied().unwrap_or([0; N])
}

fn network_tag(network: NetworkId) -> [u8; NETWORK_BYTES] {
    network.as_bytes().first_chunk().copied().unwrap_or_default()
}

fn roster_state(roster: &Roster) -> RosterState {
    RosterState { height: roster.height(), hash: short(roster.tip()) }
}

fn short(hash: StatementHash) -> [u8; 16] {
    hash.as_bytes().first_chunk().copied().unwrap_or_default()
}

/// Whether a roster of that state is no beginning of ours; of a longer one nobody can tell yet.
fn contradicts(ours: &Roster, theirs: RosterState) -> bool {
    let here = if theirs.height == ours.height() { Some(ours.tip()) } else { ours.hash_at(theirs.height) };
    let known = theirs.height > 0 && theirs.height <= ours.height();
    known && here.map(short) != Some(theirs.hash)
}
