//! Nodes and relay killed at any moment, while everybody writes and exchanges: what was called saved is saved.
//!
//! A kill ends a process, not the machine: what the system had been told to write is written. That the disk itself has
//! been waited for is not shown here.

mod desk;

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use super::hand::Hand;
use super::{Sheet, everything_on, import_roadmap};
use crate::network::Network;
use crate::seed::{ITEMS, MEMBERS};
use crate::sim::rng::Rng;
use desk::{Desk, Office};

/// At the end everybody must agree within this time. A relay's answer to a connection it has forgotten makes a node call
/// again at once; an absence may have driven a node's delay up to two minutes.
const PATIENCE: Duration = Duration::from_secs(240);

/// A kill comes this long after the edit before it at most, so that it meets every stage of a save.
const MOMENT_MAX_MS: u64 = 25;

/// How long a step waits for somebody to write; those who could may all be down.
const WRITING_MAX: Duration = Duration::from_millis(500);

/// One start in so many is killed before the program has said that it is there.
const KILLED_AT_START: usize = 6;

/// What is played.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// How many kills in all.
    pub kills: usize,
    /// How many centres there are; the relay comes on top.
    pub sites: usize,
    /// For kills and edits.
    pub seed: u64,
}

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    /// Kills by process.
    pub kills: BTreeMap<String, usize>,
    /// Of them, kills of a program that was just starting.
    pub at_start: usize,
    /// Edits that were sent.
    pub tried: usize,
    /// Edits that a node called saved.
    pub acknowledged: usize,
    /// Of them, those that are seen on every node at the end.
    pub found: usize,
    /// Edits that no answer came for and that are seen all the same.
    pub found_beside: usize,
    /// The control code that everybody shows.
    pub code: String,
    /// From the last kill until all agreed.
    pub converged: Duration,
    /// All in all.
    pub took: Duration,
}

/// Plays it; `tell` hears of every tenth kill.
pub fn run(terms: &Terms, tell: impl FnMut(usize)) -> Outcome {
    let begun = Instant::now();
    let names = MEMBERS.get(..terms.sites).expect("there are so many centres");
    let mut network = Network::found(names);
    import_roadmap(&mut network);
    network.serve_all();
    let everybody = |it: &serde_json::Value| it.get("items") == Some(&ITEMS.into());
    network.wait_converged("everybody has the roadmap", everybody);

    let sheet = Sheet::of(&network.lead().visitor());
    let office = Office::new(network.sites.iter().map(|it| it.visitor()));
    let mut rng = Rng::new(terms.seed);
    let hands: Vec<_> = (0..terms.sites).map(|no| Hand::new(no, rng.fork())).collect();
    let mut killer =
        Killer { network: &mut network, office: &office, rng, kills: BTreeMap::new(), at_start: 0 };
    let (edits, last_kill) = thread::scope(|scope| {
        let closing = office.close_at_the_end();
        let writers: Vec<_> = hands
            .into_iter()
            .zip(office.desks())
            .map(|(hand, desk)| scope.spawn(|| write(hand, desk, &sheet)))
            .collect();
        killer.run(terms.kills, tell);
        drop(closing);
        let edits = writers.into_iter().flat_map(|it| it.join().expect("a writer does not panic"));
        (edits.collect::<Vec<_>>(), Instant::now())
    });
    let (kills, at_start) = (std::mem::take(&mut killer.kills), killer.at_start);
    killer.revive_all();
    let state = network.wait_converged_within(PATIENCE, "everything is everywhere", |_| true);
    let converged = last_kill.elapsed();
    let code = state.get("code").and_then(|it| it.as_str()).unwrap_or_default().to_owned();
    let (acknowledged, found, found_beside) = look_for(&network, &edits);
    check_all(network, &code);
    let (tried, took) = (edits.len(), begun.elapsed());
    Outcome { kills, at_start, tried, acknowledged, found, found_beside, code, converged, took }
}

/// Writes whenever there is leave to, until the office closes; gives every edit with whether it was called saved.
fn write(mut hand: Hand, desk: &Desk, sheet: &Sheet) -> Vec<(String, bool)> {
    let mut edits = Vec::new();
    while let Some(visitor) = desk.wait_for_leave() {
        edits.push(hand.write_marked(&visitor, sheet));
        desk.has_written();
    }
    edits
}

struct Killer<'a> {
    network: &'a mut Network,
    office: &'a Office,
    rng: Rng,
    kills: BTreeMap<String, usize>,
    at_start: usize,
}

impl Killer<'_> {
    fn run(&mut self, kills: usize, mut tell: impl FnMut(usize)) {
        let mut told = 0;
        while self.killed() < kills {
            let leave = 1 + self.rng.below(3);
            self.office.give_leave(leave);
            let edits = self.rng.below(leave * self.network.sites.len());
            self.office.wait_for_edits(edits, WRITING_MAX);
            self.office.pass(Duration::from_millis(self.rng.ms(0, MOMENT_MAX_MS)));
            // Two steps in three somebody comes back, if anybody is down: so most are up most of the time.
            match self.down() {
                down if !down.is_empty() && self.rng.below(3) > 0 => {
                    let no = *self.rng.pick(&down).expect("somebody is down");
                    self.start(no);
                }
                _ => self.kill(),
            }
            if self.killed() / 10 > told {
                told = self.killed() / 10;
                tell(self.killed());
            }
        }
    }

    fn killed(&self) -> usize {
        self.kills.values().sum()
    }

    /// Numbers of those that are down; the relay's is the number of centres.
    fn down(&self) -> Vec<usize> {
        let sites = self.network.sites.iter().map(|it| it.is_running());
        let all = sites.chain([self.network.relay.is_running()]);
        all.enumerate().filter(|(_, runs)| !runs).map(|(no, _)| no).collect()
    }

    fn kill(&mut self) {
        let down = self.down();
        let up: Vec<_> = (0..=self.network.sites.len()).filter(|it| !down.contains(it)).collect();
        let Some(&no) = self.rng.pick(&up) else { return };
        // Nothing new is begun; what is under way is met by the kill.
        self.office.leave_desk(no);
        match self.network.sites.get_mut(no) {
            Some(site) => site.kill(),
            None => self.network.relay.kill(),
        }
        self.count(no);
    }

    fn start(&mut self, no: usize) {
        let Some(site) = self.network.sites.get_mut(no) else { return self.network.relay.start() };
        if self.rng.one_in(KILLED_AT_START) {
            let moment = Duration::from_millis(self.rng.ms(0, 10 * MOMENT_MAX_MS));
            site.start_and_kill(|| self.office.pass(moment));
            self.at_start += 1;
            return self.count(no);
        }
        site.serve();
        self.office.take_desk(no, site.visitor());
    }

    fn count(&mut self, no: usize) {
        let name = if no < self.network.sites.len() { format!("node {no}") } else { "relay".to_owned() };
        *self.kills.entry(name).or_default() += 1;
    }

    fn revive_all(&mut self) {
        self.network.serve_all();
        if !self.network.relay.is_running() {
            self.network.relay.start();
        }
    }
}

/// Looks on every node's pages: how many edits were called saved, how many of those and of the others are everywhere.
fn look_for(network: &Network, edits: &[(String, bool)]) -> (usize, usize, usize) {
    let pages: Vec<_> = network.sites.iter().map(|it| everything_on(&it.visitor())).collect();
    let is_everywhere = |mark: &str| pages.iter().all(|it| it.contains(mark));
    let (saved, others): (Vec<_>, Vec<_>) = edits.iter().partition(|(_, saved)| *saved);
    let lost: Vec<_> = saved.iter().filter(|(mark, _)| !is_everywhere(mark)).collect();
    assert!(lost.is_empty(), "called saved and lost: {lost:?}");
    let beside = others.iter().filter(|(mark, _)| is_everywhere(mark)).count();
    (saved.len(), saved.len() - lost.len(), beside)
}

/// Every node's log is whole, and its views are what the log says.
fn check_all(mut network: Network, code: &str) {
    for site in &mut network.sites {
        site.kill();
        site.svod(&["check"]).expect_success("check");
        site.svod(&["rebuild"]).expect_success("rebuild");
        assert_eq!(site.status().get("code").and_then(|it| it.as_str()), Some(code));
    }
}
