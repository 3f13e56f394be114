//! The sites of a run, the lines between them, and the step that moves one of them.
//!
//! What a site does for its sessions is what the hosts of node and relay do; the order is the real driver's: all
//! actions of a session first, then a load, then one frame, update or timer. Between any two of them the scheduler may
//! let something else happen.

use std::collections::VecDeque;
use std::sync::Arc;

use svod_node::store::{StatementError, Store};
use svod_shared::entry::Record;
use svod_shared::frontier::Frontier;
use svod_shared::id::{DocId, FeedId, NodeNo};
use svod_shared::keys::KeyPair;
use svod_shared::pack::Wanted;
use svod_shared::storage::{Loaded, StorageError};
use svod_shared::sync::{Action, Role};
use svod_shared::time::Timestamp;
use svod_shared::transport::{Update, Updated};
use svod_shared::vector::StateDigest;
use tempfile::TempDir;

use crate::sim::book::Archive;
use crate::sim::deeds::Wrote;
use crate::sim::faults::Hostile;
use crate::sim::founding::{Founding, key, table};
use crate::sim::kinds::{Fault, Profile};
use crate::sim::line::{End, Flight, Line, NODE, RELAY, Ready};
use crate::sim::mutant::Mutant;
use crate::sim::relay::RelaySite;
use crate::sim::rng::Rng;
use crate::sim::site::{Site, heads};
use crate::sim::trace::{Broken, Trace};

/// The time at which every run begins.
const BEGINNING: u64 = 1_780_000_000_000;
/// How many old frames are kept, to come again where they do not belong.
const OLD_FRAMES: usize = 32;

/// What to leave out and what to plant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Terms {
    /// What may break.
    pub profile: Profile,
    /// Whether a failure tells everything that happened, not only the end.
    pub whole_trace: bool,
    /// The planted bug.
    pub mutant: Option<Mutant>,
}

/// Everything.
#[derive(Debug)]
pub(super) struct World {
    pub(super) rng: Rng,
    pub(super) now: u64,
    pub(super) trace: Trace,
    pub(super) terms: Terms,
    pub(super) founding: Founding,
    pub(super) sites: Vec<Site>,
    pub(super) relay: RelaySite,
    pub(super) relay_down_until: u64,
    pub(super) lines: Vec<Line>,
    pub(super) archive: Archive,
    pub(super) plan: Option<DocId>,
    pub(super) wrote: Vec<Wrote>,
    pub(super) deeds: u64,
    pub(super) enabled: Vec<Fault>,
    pub(super) healed: bool,
    pub(super) hostile: Hostile,
    pub(super) stranger: KeyPair,
    pub(super) old_frames: VecDeque<(usize, Vec<u8>)>,
    /// Whether the hostile member has shown two nodes two entries for one place: what is built on the one waits where the
    /// other stands.
    pub(super) two_faced: bool,
    /// Whether a frame was changed under way: then what peers say of cursors says nothing.
    pub(super) frames_forged: bool,
    pub(super) lag: Vec<Option<Vec<u8>>>,
    pub(super) dir: TempDir,
}

impl World {
    /// The world of a seed.
    pub(super) fn new(seed: u64, terms: Terms) -> Result<Self, Broken> {
        let mut rng = Rng::new(seed);
        let dir = crate::sim::disk::scratch()?;
        let founding = Founding::new(seed, &mut rng)?;
        let relay = RelaySite::new(dir.path(), founding.network(), terms.mutant)?;
        let hostile = Hostile::new(NodeNo(2), founding.hostile.clone());
        let archive = Archive { hostile: Some(NodeNo(2)), ..Archive::default() };
        let mut world = Self {
            now: BEGINNING,
            trace: Trace::new(terms.whole_trace),
            terms,
            sites: Vec::new(),
            relay,
            relay_down_until: 0,
            lines: Vec::new(),
            archive,
            plan: None,
            wrote: Vec::new(),
            deeds: 0,
            enabled: terms.profile.swarm(&mut rng),
            healed: false,
            hostile,
            stranger: key(seed, "stranger"),
            old_frames: VecDeque::new(),
            two_faced: false,
            frames_forged: false,
            lag: Vec::new(),
            dir,
            founding,
            rng,
        };
        let drawn: Vec<_> = world.enabled.iter().map(|it| it.name()).collect();
        world.trace.note(drawn.join(", "));
        world.settle_in()?;
        Ok(world)
    }

    /// Makes the honest nodes; the lead makes the plan.
    fn settle_in(&mut self) -> Result<(), Broken> {
        for (no, member) in self.founding.honest.clone().iter().enumerate() {
            let path = self.dir.path().join(format!("node{no}"));
            let mut site = Site::new(format!("n{no}"), member.node.clone(), &path, &mut self.rng);
            site.tell_time(self.now);
            let folder = self.founding.folder(&path, member, no == 0)?;
            let store = Store::create(folder, self.founding.network(), site.clock());
            let mut store =
                store.map_err(|it| Broken::failed("making a store", it))?.with_random(site.random());
            let taken = store.receive_statements(self.founding.roster.statements(0));
            taken.map_err(|it| Broken::failed("taking the roster", it))?;
            if no == 0 {
                let made = store.import(&table("Март 2021")).map_err(|it| Broken::failed("importing", it))?;
                self.plan = Some(made.plan);
            }
            store.take_updates();
            site.store = Some(store);
            self.sites.push(site);
            self.lag.push(None);
        }
        self.check_all()
    }

    /// One step: somebody does something, something breaks, or a session moves.
    pub(super) fn step(&mut self) -> Result<(), Broken> {
        self.now += self.rng.ms(0, 20);
        if !self.healed {
            match self.rng.below(100) {
                0..8 => return self.deed(),
                8..12 => return self.fault(),
                _ => {}
            }
        }
        self.wake()?;
        let mut ready = Vec::new();
        for (at, line) in self.lines.iter().enumerate() {
            for side in [NODE, RELAY] {
                let what = line.ready(side, self.now);
                ready.extend(what.into_iter().map(|it| (at, side, it)));
            }
        }
        match self.rng.pick(&ready).copied() {
            Some((line, side, what)) => self.work(line, side, what),
            None => {
                self.wait();
                Ok(())
            }
        }
    }

    /// The time as an end's host has it.
    fn time_of(&self, line: &Line, side: usize) -> Timestamp {
        match self.sites.get(line.site) {
            Some(site) if side == NODE => site.tell_time(self.now),
            _ => Timestamp(self.now),
        }
    }

    /// Lets time pass until something can happen.
    fn wait(&mut self) {
        let lines =
            self.lines.iter().flat_map(|line| [NODE, RELAY].into_iter().filter_map(|side| line.next(side)));
        let sites = self.sites.iter().map(|it| if it.store.is_some() { it.dials_at } else { it.down_until });
        let next = lines.chain(sites).filter(|it| *it > self.now).min().unwrap_or(self.now + 1000);
        let most = if self.healed { next } else { next.min(self.now + self.rng.ms(1, 60_000)) };
        self.now = most.max(self.now + 1);
    }

    /// Starts what was down, ends lines that have noticed, dials.
    fn wake(&mut self) -> Result<(), Broken> {
        if self.relay_down_until > 0 && self.relay_down_until <= self.now {
            self.relay_down_until = 0;
            self.relay.open()?;
            self.relay.check(&mut self.archive)?;
        }
        for at in 0..self.sites.len() {
            if self.sites[at].store.is_none() && self.sites[at].down_until <= self.now {
                self.sites[at].tell_time(self.now);
                self.sites[at].open()?;
                self.sites[at].check(&mut self.archive)?;
            }
        }
        for line in &mut self.lines {
            if !line.is_whole() && line.notices_at <= self.now {
                line.ends = [None, None];
            }
        }
        self.lines.retain(|it| !it.is_gone());
        let keys: Vec<_> = self.lines.iter().filter(|it| it.ends[RELAY].is_some()).map(|it| it.key).collect();
        self.relay.following.retain(|it| keys.contains(it));
        for at in 0..self.sites.len() {
            let connected = self.lines.iter().any(|it| it.site == at && it.ends[NODE].is_some());
            if !connected && self.sites[at].dials_at <= self.now {
                self.dial(at)?;
            }
        }
        Ok(())
    }

    /// Connects a node with the relay, if both are up.
    pub(super) fn dial(&mut self, at: usize) -> Result<(), Broken> {
        let site = &mut self.sites[at];
        site.dials_at = self.now + self.rng.ms(500, 30_000);
        let here = site.tell_time(self.now);
        let Some(store) = &site.store else { return Ok(()) };
        if self.relay_down_until > 0 {
            return Ok(());
        }
        let key = site.key.public();
        let role = match (store.me(), &site.letter) {
            (Some(me), _) => Role::Node { node: me.node },
            (None, Some(letter)) => Role::Newcomer { key, letter: letter.clone() },
            (None, None) => return Ok(()),
        };
        let snapshot = store.snapshot().map_err(|it| Broken::failed("a node's snapshot", it))?;
        let node = End::new(role, snapshot, here);
        let delay_max = if self.rng.one_in(4) { 3000 } else { 200 };
        self.connect(at, key, Some(node), delay_max)
    }

    pub(super) fn connect(
        &mut self,
        site: usize,
        key: svod_shared::keys::PublicKey,
        node: Option<End>,
        delay_max: u64,
    ) -> Result<(), Broken> {
        let trusts = self.terms.mutant == Some(Mutant::RelayTrustsAnyKey);
        let peer = if trusts { self.sites[0].key.public() } else { key };
        let relay = End::new(Role::Relay { peer }, self.relay.snapshot_for(&peer)?, Timestamp(self.now));
        self.trace.note(format!("{} s{site} dials", self.now));
        self.lines.push(Line {
            site,
            key,
            ends: [node, Some(relay)],
            flight: [VecDeque::new(), VecDeque::new()],
            dumb_until: [0, 0],
            notices_at: u64::MAX,
            poisoned: false,
            delay_max,
        });
        Ok(())
    }

    /// Cuts a line: what is under way is lost with it.
    pub(super) fn cut(&mut self, line: usize) {
        if let Some(line) = self.lines.get_mut(line) {
            line.ends = [None, None];
            line.flight = [VecDeque::new(), VecDeque::new()];
        }
    }

    /// Ends one side; the other hears of it behind what was sent, or only when it has waited long enough.
    fn end(&mut self, at: usize, side: usize) {
        let now = self.now;
        let delay = self.rng.ms(1, 200);
        let line = &mut self.lines[at];
        line.ends[side] = None;
        line.flight[side].clear();
        line.notices_at = now + 120_000;
        let at = line.flight[1 - side].back().map_or(now + delay, |it| it.at);
        line.flight[1 - side].push_back(Flight { at, frame: None });
    }

    fn work(&mut self, at: usize, side: usize, what: Ready) -> Result<(), Broken> {
        let here = self.time_of(&self.lines[at], side);
        let line = &mut self.lines[at];
        let Some(end) = &mut line.ends[side] else { return Ok(()) };
        match what {
            Ready::Act => match end.session.poll_action() {
                Some(action) => return self.perform(at, side, action),
                None => {
                    end.idle = true;
                    let timer = end.session.poll_timeout();
                    end.timer = timer.map(|at| self.now + at.0.saturating_sub(here.0));
                    let Some((feed, seq, bytes_max)) = end.loads.pop_front() else { return Ok(()) };
                    end.idle = false;
                    let loaded = self.load(at, side, feed, seq, bytes_max)?;
                    if let Some(end) = &mut self.lines[at].ends[side] {
                        end.session.handle_loaded(here, feed, seq, loaded);
                    }
                }
            },
            Ready::Frame => {
                end.idle = false;
                match line.flight[side].pop_front().and_then(|it| it.frame) {
                    None => line.ends[side] = None,
                    Some(frame) => {
                        end.session.handle_frame(here, &frame);
                        self.trace.bytes(&frame);
                        self.remember(side, frame);
                    }
                }
            }
            Ready::Update => {
                end.idle = false;
                match end.updates.pop_front() {
                    None => {}
                    Some(Updated::Heads(heads)) => end.session.handle_appended(here, &heads),
                    Some(Updated::Roster(roster)) => end.session.handle_roster(here, roster),
                    Some(Updated::Frontiers { frontiers, cursor }) => {
                        end.session.handle_frontiers(here, frontiers.to_vec(), cursor);
                    }
                    Some(Updated::Letters(letters)) => end.session.handle_letters(here, letters.to_vec()),
                    Some(Updated::LetterReply { to, reply }) => {
                        end.session.handle_letter_reply(here, to, reply);
                    }
                }
            }
            Ready::Timer => {
                end.idle = false;
                end.session.handle_timeout(here);
            }
        }
        Ok(())
    }

    fn remember(&mut self, side: usize, frame: Vec<u8>) {
        if self.old_frames.len() == OLD_FRAMES {
            self.old_frames.pop_front();
        }
        self.old_frames.push_back((side, frame));
    }

    fn load(
        &mut self,
        at: usize,
        side: usize,
        feed: FeedId,
        seq: u64,
        bytes_max: usize,
    ) -> Result<Loaded, Broken> {
        if side == RELAY {
            return self.relay.load(&feed, seq, bytes_max);
        }
        let Some(store) = self.sites.get(self.lines[at].site).and_then(|it| it.store.as_ref()) else {
            return Ok(Loaded::default());
        };
        if self.terms.mutant == Some(Mutant::NodeLoadsNothing) && seq % 2 == 1 {
            return Ok(Loaded::default());
        }
        store.load(&feed, seq, bytes_max).map_err(|it| Broken::failed("a node's load", it))
    }

    /// Changes that a pack names, told to the session that asked.
    fn find(&mut self, at: usize, side: usize, wanted: &[Wanted]) -> Result<(), Broken> {
        let store = self.sites.get(self.lines[at].site).and_then(|it| it.store.as_ref());
        let found = match store {
            _ if side == RELAY => self.relay.find(wanted)?,
            Some(store) => store.find(wanted).map_err(|it| Broken::failed("a node's search", it))?,
            None => Vec::new(),
        };
        let here = self.time_of(&self.lines[at], side);
        if let Some(end) = &mut self.lines[at].ends[side] {
            end.session.handle_found(here, &found);
        }
        Ok(())
    }

    fn perform(&mut self, at: usize, side: usize, action: Action) -> Result<(), Broken> {
        match action {
            Action::Send(frame) => self.send(at, side, frame),
            Action::Load { feed, seq, bytes_max } => {
                if let Some(end) = &mut self.lines[at].ends[side] {
                    end.loads.push_back((feed, seq, bytes_max));
                }
                Ok(())
            }
            Action::Find(wanted) => self.find(at, side, &wanted),
            Action::Close(reason) => {
                self.trace
                    .note(format!("{} s{} side {side} closes: {reason}", self.now, self.lines[at].site));
                self.end(at, side);
                Ok(())
            }
            action if side == RELAY => self.perform_at_relay(at, action),
            action => self.perform_at_node(at, action),
        }
    }

    fn send(&mut self, at: usize, side: usize, frame: Vec<u8>) -> Result<(), Broken> {
        let line = &mut self.lines[at];
        if side == RELAY && line.key == self.stranger.public() && frame.len() > 64 {
            return Err(Broken::new(
                "I5 strangers",
                format!("{} bytes were sent to a stranger", frame.len()),
            ));
        }
        let last = line.flight[1 - side].back().map_or(0, |it| it.at);
        let arrives = last.max(self.now + self.rng.ms(1, line.delay_max));
        if line.ends[1 - side].is_some() {
            line.flight[1 - side].push_back(Flight { at: arrives, frame: Some(frame) });
        }
        Ok(())
    }

    fn perform_at_relay(&mut self, at: usize, action: Action) -> Result<(), Broken> {
        match action {
            Action::Append(records) => {
                self.trace.note(format!("{} relay takes {} entries", self.now, records.len()));
                match self.relay.append(records)? {
                    Some(branches) => self.tell_branches(at, RELAY, &branches),
                    None => {
                        self.trace.note(format!("{} relay's disk is full", self.now));
                        self.lines[at].notices_at = self.now + 60_000;
                        self.lines[at].ends[NODE] = None;
                    }
                }
                self.relay.check(&mut self.archive)?;
            }
            Action::Statements(signed) => match self.relay.statements(&signed)? {
                Some(false) => {}
                Some(true) => (0..self.lines.len()).for_each(|at| self.cut(at)),
                None => self.end(at, RELAY),
            },
            Action::Notify(event) => {
                let connected: Vec<_> =
                    self.lines.iter().filter(|it| it.ends[RELAY].is_some()).map(|it| it.key).collect();
                let peer = self.lines[at].key;
                self.relay.notify(peer, &connected, event, Timestamp(self.now))?;
            }
            Action::Send(_) | Action::Load { .. } | Action::Find(_) | Action::Close(_) => {}
        }
        self.spread_from_relay();
        Ok(())
    }

    /// Passes the relay's news to its sessions.
    pub(super) fn spread_from_relay(&mut self) {
        for update in self.relay.take_updates() {
            for line in &mut self.lines {
                let meant = update.to.is_none_or(|to| to == line.key);
                if let (true, Some(end)) = (meant, &mut line.ends[RELAY]) {
                    end.updates.push_back(update.what.clone());
                }
            }
        }
    }

    fn perform_at_node(&mut self, at: usize, action: Action) -> Result<(), Broken> {
        let who = self.lines[at].site;
        let now = self.now;
        let mutant = self.terms.mutant;
        let Some(site) = self.sites.get_mut(who) else { return Ok(()) };
        site.tell_time(now);
        let Some(store) = &mut site.store else { return Ok(()) };
        let mut extra = None;
        let mut branches = Vec::new();
        let done: Result<(), StorageError> = match action {
            Action::Append(mut records) => {
                self.trace.note(format!("{now} {} takes {} entries", site.name, records.len()));
                if mutant == Some(Mutant::NodeDropsEntries) {
                    records.retain(|it| it.entry.hash().0.first().is_none_or(|it| it % 8 != 0));
                }
                if mutant == Some(Mutant::FrontierBeforeCommit) {
                    extra = ahead(store, &site.key, &records);
                }
                store.receive(records).map(|taken| {
                    for it in &taken.refused {
                        let line = format!("{now} {} refuses {}: {}", site.name, it.seq, it.reason);
                        self.trace.note(line);
                    }
                    branches = taken.other_branches();
                })
            }
            Action::Statements(signed) => {
                let forgets = mutant == Some(Mutant::NodeForgetsRoster) && store.roster().height() > 0;
                match if forgets { Ok(()) } else { store.receive_statements(&signed) } {
                    Ok(()) => Ok(()),
                    Err(StatementError::Storage(error)) => Err(error),
                    Err(error) => {
                        self.trace.note(format!("{now} {} refuses statements: {error}", site.name));
                        self.end(at, NODE);
                        return Ok(());
                    }
                }
            }
            Action::Notify(event) => match store.take(event) {
                // The real host notes the trouble and goes on.
                Err(StorageError::Full) => Ok(()),
                done => done,
            },
            Action::Send(_) | Action::Load { .. } | Action::Find(_) | Action::Close(_) => Ok(()),
        };
        match done {
            Err(StorageError::Full) => {
                self.trace.note(format!("{now} {} has a full disk", site.name));
                self.end(at, NODE);
            }
            Ok(()) => {}
            Err(error) => return Err(Broken::failed("a node's host", error)),
        }
        self.spread_from(who, extra)?;
        self.tell_branches(at, NODE, &branches);
        Ok(())
    }

    /// Tells a session of which feeds its peer has another branch.
    fn tell_branches(&mut self, at: usize, side: usize, feeds: &[FeedId]) {
        let here = self.time_of(&self.lines[at], side);
        if let Some(end) = &mut self.lines[at].ends[side] {
            end.session.handle_other_branches(here, feeds);
            end.idle = false;
        }
    }

    /// What a node says that it has must be on its disk. A planted bug says something else.
    fn check_frontier(&mut self, who: usize, frontiers: &mut Arc<[Vec<u8>]>) -> Result<(), Broken> {
        let site = &self.sites[who];
        let (Some(store), Some(bytes)) = (&site.store, frontiers.first().cloned()) else { return Ok(()) };
        let Ok(said) = Frontier::verify(&bytes, store.roster()) else {
            return Err(Broken::new("frontiers", format!("{} signs what does not verify", site.name)));
        };
        let stands = StateDigest::of(said.space, heads(store)?.iter().filter(|it| it.space == said.space));
        if said.digest != stands {
            return Err(Broken::new("frontiers", format!("{} says that it has what it has not", site.name)));
        }
        if self.terms.mutant == Some(Mutant::FrontierLags) {
            let before = self.lag[who].replace(bytes.clone());
            *frontiers = [before.unwrap_or(bytes)].into();
        }
        Ok(())
    }

    /// Checks a node's log and passes its news to its sessions.
    pub(super) fn spread_from(&mut self, who: usize, extra: Option<Update>) -> Result<(), Broken> {
        self.sites[who].check(&mut self.archive)?;
        let Some(store) = &mut self.sites[who].store else { return Ok(()) };
        let mut updates = store.take_updates();
        if self.terms.mutant == Some(Mutant::NodeTellsNothing) {
            updates.clear();
        }
        for mut update in updates.into_iter().chain(extra) {
            if let Updated::Frontiers { frontiers, .. } = &mut update.what {
                self.check_frontier(who, frontiers)?;
            }
            for line in self.lines.iter_mut().filter(|it| it.site == who) {
                if let Some(end) = &mut line.ends[NODE] {
                    end.updates.push_back(update.what.clone());
                }
            }
        }
        Ok(())
    }

    /// Everything that must hold of every log.
    pub(super) fn check_all(&mut self) -> Result<(), Broken> {
        for site in &mut self.sites {
            site.check(&mut self.archive)?;
        }
        self.relay.check(&mut self.archive)
    }
}

/// A frontier that counts entries which are not on the disk yet: a planted bug.
fn ahead(store: &mut Store, key: &KeyPair, records: &[Record]) -> Option<Update> {
    let space = svod_shared::id::Space::Network;
    let signed = store.sign_frontier(space).ok()??;
    let mut said = Frontier::peek(&signed).ok()?;
    let mut heads = store.heads().ok()?;
    for record in records {
        let head = heads.iter_mut().find(|it| it.feed == record.entry.feed)?;
        (head.height, head.hash) = (record.entry.seq + 2, record.entry.hash());
    }
    said.digest = StateDigest::of(space, &heads);
    let bytes = said.sign(&store.roster().network(), key);
    Some(Update::all(Updated::Frontiers { frontiers: [bytes].into(), cursor: 0 }))
}
