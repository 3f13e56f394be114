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
    Differs, Head, Held, Hello, RosterState, SPACES_MAX, Since, SpaceState as Stated, VERSION, Welcome,
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
            let held = held(state.vector(), &directory, since);
            let since = since.filter(|_| matches!(held, Held::Since(_))).cloned();
            stated.push((space, state.digest, held));
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
        if is_fork(&self.roster, hello.roster) {
            return self.refuse(Refusal::RosterFork);
        }
        let said: BTreeSet<Space> = hello.spaces.iter().map(|(space, ..)| *space).collect();
        if said.len() != hello.spaces.len() {
            return self.close(CloseReason::Protocol("one space was named twice"));
        }
        let peer = self.reader();
        let spaces =
            hello.spaces.iter().map(|(space, digest, held)| self.compare(*space, *digest, held, peer));
        let spaces = spaces.collect();
        let others = self.offer_others(&said, peer);
        let ours = roster_state(&self.roster);
        let roster = (ours != hello.roster).then_some(ours);
        self.send(&Frame::Welcome(Welcome { spaces, others, roster }));
        self.peer_roster = hello.roster.height;
        self.phase = Phase::Open;
        self.notify(Event::Connected);
        self.notify(Event::FrontierCursor(hello.cursor));
        self.send_statements();
    }

    fn compare(&mut self, space: Space, digest: StateDigest, held: &Held, peer: Option<NodeNo>) -> Stated {
        let readable = self.peer_reads(space);
        let state = self.spaces.entry(space).or_insert_with(|| SpaceState::new(space));
        if !readable {
            return Stated::NotYours;
        }
        let Understood { vector, since, same_directory } =
            understand(held, self.frontiers.get(&space), state);
        state.open = true;
        state.theirs = Some((digest, 0));
        if state.digest == digest {
            let directory = state.directory();
            state.peer_holds(&directory);
            state.told = Some(state.word());
            self.seed(&directory);
            let reported = since.is_some() || matches!(held, Held::Vector(_));
            return if reported { Stated::Equal } else { Stated::EqualUnreported };
        }
        state.read_vector(vector.as_ref().unwrap_or(&Vector::default()));
        state.awaits_vector = vector.is_none();
        state.holds_more = matches!(held, Held::Since(_)) && since.is_none();
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
            .map(|space| (space, self.compare(space, empty(space), &Held::Vector(Vector::default()), peer)))
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
        if welcome.roster.is_some_and(|theirs| is_fork(&self.roster, theirs)) {
            return self.refuse(Refusal::RosterFork);
        }
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
        state.theirs = Some((digest, 0));
        state.progress(self.now);
        if wants_vector {
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

/// What a node says of a space: what differs from its newest frontier, unless that is
/// everything. A few bytes more than a short vector tell the relay which frontier it should have.
fn held(vector: Vector, directory: &[(FeedId, u64)], frontier: Option<&Frontier>) -> Held {
    let changed = frontier.and_then(|it| Some((it, vector.since(&it.vector)?)));
    match changed.filter(|(_, changed)| changed.size() < vector.size()) {
        Some((frontier, changed)) => Held::Since(Since {
            counter: frontier.counter,
            check: check(frontier),
            directory: directory_tag(directory.iter().map(|(feed, _)| *feed)),
            changed,
        }),
        None => Held::Vector(vector),
    }
}

/// On the relay: what a node's words mean, with its newest frontier and the directory here.
fn understand(held: &Held, frontier: Option<&Frontier>, state: &SpaceState) -> Understood {
    let said = match held {
        Held::Vector(vector) => {
            return Understood { vector: Some(vector.clone()), since: None, same_directory: false };
        }
        Held::Since(said) => said,
    };
    let same_directory = directory_tag(state.directory().into_iter().map(|it| it.0)) == said.directory;
    let (vector, since) = match frontier {
        Some(it) if it.counter == said.counter && check(it) == said.check => {
            (Some(it.vector.overlaid(&said.changed)), Some(it.vector.clone()))
        }
        Some(it) if it.counter < said.counter => (Some(it.vector.clone()), None),
        Some(_) | None => (None, None),
    };
    Understood { vector, since, same_directory }
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

fn check(frontier: &Frontier) -> [u8; 4] {
    frontier.digest.0.first_chunk().copied().unwrap_or_default()
}

fn network_tag(network: NetworkId) -> [u8; 8] {
    network.as_bytes().first_chunk().copied().unwrap_or_default()
}

fn roster_state(roster: &Roster) -> RosterState {
    RosterState { height: roster.height(), hash: short(roster.hash()) }
}

fn short(hash: StatementHash) -> [u8; 16] {
    hash.as_bytes().first_chunk().copied().unwrap_or_default()
}

/// Whether a roster of that state is no beginning of ours; of a longer one nobody can tell yet.
fn is_fork(ours: &Roster, theirs: RosterState) -> bool {
    let known = theirs.height > 0 && theirs.height <= ours.height();
    known && ours.hash_at(theirs.height).map(short) != Some(theirs.hash)
}
