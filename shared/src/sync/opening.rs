//! The first frames: who speaks, whether it is served, and where both sides stand.

use std::collections::BTreeSet;

use super::message::{Head, Hello, RosterState, SPACES_MAX, SpaceState as Stated, VERSION, Welcome};
use super::state::SpaceState;
use super::{CloseReason, Event, Frame, OPENING_MS_MAX, Phase, Refusal, Role, Session, StatedHead};
use crate::id::{FeedId, NetworkId, NodeNo, Space};
use crate::roster::Roster;
use crate::vector::{StateDigest, Vector};

/// What a node said in its Hello: the Welcome refers to it, and the log may have grown since.
#[derive(Debug)]
pub(super) struct Said {
    roster_height: u64,
    spaces: Vec<(Space, Vec<(FeedId, u64)>)>,
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
            stated.push((space, state.digest, state.vector()));
            said.spaces.push((space, state.directory()));
        }
        let (network, roster) = (self.roster.network(), roster_state(&self.roster));
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
        if hello.network != self.roster.network() {
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
            hello.spaces.iter().map(|(space, digest, vector)| self.compare(*space, *digest, vector, peer));
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

    fn compare(
        &mut self,
        space: Space,
        digest: StateDigest,
        vector: &Vector,
        peer: Option<NodeNo>,
    ) -> Stated {
        let readable = self.peer_reads(space);
        let state = self.spaces.entry(space).or_insert_with(|| SpaceState::new(space));
        if !readable {
            return Stated::NotYours;
        }
        state.open = true;
        state.theirs = Some((digest, 0));
        if state.digest == digest {
            let directory = state.directory();
            state.peer_holds(&directory);
            state.told = Some(digest);
            self.seed(&directory);
            return Stated::Equal;
        }
        state.read_vector(vector);
        state.progress(self.now);
        Stated::Differs { digest: state.digest, vector: state.vector(), own: state.stated_heads(peer) }
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
            .map(|space| (space, self.compare(space, empty(space), &Vector::default(), peer)))
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
        let named = said.spaces.iter().map(|it| it.0).chain(welcome.others.iter().map(|it| it.0)).collect();
        for ((space, directory), stated) in said.spaces.into_iter().zip(welcome.spaces) {
            self.learn(space, &directory, stated, &mut elsewhere);
        }
        for (space, stated) in welcome.others {
            self.learn(space, &[], stated, &mut elsewhere);
        }
        self.open_unnamed(&named);
        if !elsewhere.is_empty() {
            self.notify(Event::OwnFeedElsewhere { heads: elsewhere });
        }
        self.send_statements();
    }

    fn learn(
        &mut self,
        space: Space,
        directory: &[(FeedId, u64)],
        stated: Stated,
        elsewhere: &mut Vec<StatedHead>,
    ) {
        if !self.may_come(space) {
            return;
        }
        let state = self.spaces.entry(space).or_insert_with(|| SpaceState::new(space));
        state.open = !matches!(stated, Stated::NotYours);
        match stated {
            Stated::NotYours => {}
            Stated::Equal => {
                state.peer_holds(directory);
                state.told = Some(state.digest);
                self.seed(directory);
                self.agree(space);
            }
            Stated::Differs { digest, vector, own } => {
                state.read_vector(&vector);
                state.theirs = Some((digest, 0));
                state.progress(self.now);
                self.compare_own(space, &own, elsewhere);
            }
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

fn roster_state(roster: &Roster) -> RosterState {
    RosterState { height: roster.height(), hash: roster.hash() }
}

/// Whether a roster of that state is no beginning of ours; of a longer one nobody can tell yet.
fn is_fork(ours: &Roster, theirs: RosterState) -> bool {
    let known = theirs.height > 0 && theirs.height <= ours.height();
    known && ours.hash_at(theirs.height) != Some(theirs.hash)
}
