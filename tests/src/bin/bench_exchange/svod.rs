//! Svod's own exchange: real sessions over pipes in memory, real verification, stores in memory.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use svod_shared::entry::Record;
use svod_shared::frontier::Frontier;
use svod_shared::id::{NodeNo, Space};
use svod_shared::leb::Writer;
use svod_shared::log;
use svod_shared::roster::{FIRST_RULES, Roster};
use svod_shared::storage::memory::MemoryStorage;
use svod_shared::storage::{FeedHead, Storage};
use svod_shared::sync::{Action, Event, Role, Session, Snapshot};
use svod_shared::time::Timestamp;
use svod_shared::vector::{StateDigest, Vector};

use crate::clock::Stopwatch;
use crate::corpus::{Corpus, News, key};
use crate::{Cost, Failure};

pub(crate) const NOW: Timestamp = Timestamp(1_790_000_000_000);
/// The node that calls.
pub(crate) const CALLER: NodeNo = NodeNo(1);

/// A frame with an entry holds its signature; those that only agree are shorter.
const PUSH_BYTES_MIN: usize = 64;

/// The node has all but the news.
pub(crate) fn reconnect(corpus: &Corpus, news: &News) -> Result<Cost, Failure> {
    let node = corpus.log.clone();
    let mut relay = corpus.log.clone();
    for (head, record) in &news.records {
        relay.push_record(head, record)?;
    }
    let frontier = frontier(&corpus.log, &corpus.roster)?;
    let mut meeting = Meeting::new(corpus, node, relay, &BTreeMap::from([(Space::Network, frontier)]))?;
    meeting.settle()?;
    meeting.cost()
}

/// The node has the roster and nothing else.
pub(crate) fn newcomer(corpus: &Corpus) -> Result<Cost, Failure> {
    let mut meeting = Meeting::new(corpus, MemoryStorage::default(), corpus.log.clone(), &BTreeMap::new())?;
    meeting.settle()?;
    meeting.cost()
}

/// What a newcomer's session hands to its store, in the order in which it comes.
pub(crate) struct Came {
    pub(crate) batches: Vec<Vec<Record>>,
    /// What the node's session has computed until then.
    pub(crate) node_cpu: Duration,
}

/// As [`newcomer`], with what came.
pub(crate) fn newcomer_batches(corpus: &Corpus) -> Result<Came, Failure> {
    let mut meeting = Meeting::new(corpus, MemoryStorage::default(), corpus.log.clone(), &BTreeMap::new())?;
    meeting.node.batches = Some(Vec::new());
    meeting.settle()?;
    meeting.cost()?;
    Ok(Came { batches: meeting.node.batches.unwrap_or_default(), node_cpu: meeting.node.cpu })
}

/// The bytes of each of these entries, pushed one after another to a node that holds everything before.
pub(crate) fn pushes(corpus: &Corpus, news: &News) -> Result<Vec<u64>, Failure> {
    let frontier = frontier(&corpus.log, &corpus.roster)?;
    let frontiers = BTreeMap::from([(Space::Network, frontier)]);
    let mut meeting = Meeting::new(corpus, corpus.log.clone(), corpus.log.clone(), &frontiers)?;
    meeting.settle()?;
    let mut sizes = Vec::new();
    for (head, record) in &news.records {
        let before = meeting.relay.packs;
        meeting.relay.log.push_record(head, record)?;
        meeting.relay.session.handle_appended(NOW, &[*head]);
        meeting.settle()?;
        sizes.push(meeting.relay.packs - before);
    }
    Ok(sizes)
}

/// What the caller said at the end of its last session.
pub(crate) fn frontier(log: &MemoryStorage, roster: &Roster) -> Result<Frontier, Failure> {
    let heads = log.feeds(Space::Network)?;
    Ok(Frontier {
        node: CALLER,
        counter: 200,
        space: Space::Network,
        roster: roster.height(),
        rules: FIRST_RULES,
        digest: StateDigest::of(Space::Network, &heads),
        vector: Vector::of(&heads),
    })
}

struct Side {
    session: Session,
    log: MemoryStorage,
    inbox: VecDeque<(u64, Vec<u8>)>,
    sent: u64,
    /// The part of it that goes out in frames of entries.
    packs: u64,
    /// The most frames one after another that led to what has come so far.
    depth: u64,
    in_sync_at: Option<u64>,
    /// What the session itself has computed, without the log.
    cpu: Duration,
    /// What has come, if it is asked for.
    batches: Option<Vec<Vec<Record>>>,
}

/// A node and a relay that exchange.
struct Meeting {
    roster: Arc<Roster>,
    node: Side,
    relay: Side,
    cpu: Duration,
}

impl Meeting {
    fn new(
        corpus: &Corpus,
        node: MemoryStorage,
        relay: MemoryStorage,
        frontiers: &BTreeMap<Space, Frontier>,
    ) -> Result<Self, Failure> {
        let watch = Stopwatch::start();
        let roster = Arc::new(corpus.roster.clone());
        let side = |role, log: MemoryStorage| -> Result<Side, Failure> {
            let heads = BTreeMap::from([(Space::Network, log.feeds(Space::Network)?)]);
            let snapshot = Snapshot {
                roster: Arc::clone(&roster),
                heads,
                frontier_cursor: 300,
                frontiers: frontiers.clone(),
            };
            Ok(Side {
                session: Session::new(role, snapshot, NOW),
                log,
                inbox: VecDeque::new(),
                sent: 0,
                packs: 0,
                depth: 0,
                in_sync_at: None,
                cpu: Duration::ZERO,
                batches: None,
            })
        };
        let node = side(Role::Node { node: CALLER }, node)?;
        let relay = side(Role::Relay { peer: key(CALLER.0).public() }, relay)?;
        Ok(Self { roster, node, relay, cpu: watch.cpu() })
    }

    /// Until neither side has anything to do.
    fn settle(&mut self) -> Result<(), Failure> {
        let watch = Stopwatch::start();
        let Self { roster, node, relay, .. } = self;
        while step(node, relay, roster)? | step(relay, node, roster)? {}
        self.cpu += watch.cpu();
        Ok(())
    }

    fn cost(&self) -> Result<Cost, Failure> {
        let depth = self.node.in_sync_at.ok_or("the sides do not agree")?;
        let (up, down) = (self.node.sent, self.relay.sent);
        Ok(Cost { up, down, turns: depth.div_ceil(2), cpu: self.cpu })
    }
}

/// Does what one side wants and gives it a frame; gives whether anything moved.
fn step(side: &mut Side, other: &mut Side, roster: &Roster) -> Result<bool, Failure> {
    let mut moved = false;
    while let Some(action) = side.session.poll_action() {
        moved = true;
        act(side, other, roster, action)?;
    }
    if let Some((depth, frame)) = side.inbox.pop_front() {
        moved = true;
        side.depth = side.depth.max(depth);
        let watch = Stopwatch::start();
        side.session.handle_frame(NOW, &frame);
        side.cpu += watch.cpu();
    }
    Ok(moved)
}

fn act(side: &mut Side, other: &mut Side, roster: &Roster, action: Action) -> Result<(), Failure> {
    match action {
        Action::Send(frame) => {
            let mut prefix = Writer::new();
            prefix.leb(frame.len() as u64);
            let size = (prefix.as_slice().len() + frame.len()) as u64;
            side.sent += size;
            // Checks come once in a while and are a few bytes; a push is the frame that carries the entry.
            if frame.len() > PUSH_BYTES_MIN {
                side.packs += size;
            }
            other.inbox.push_back((side.depth + 1, frame));
        }
        Action::Load { feed, seq, bytes_max } => {
            let loaded = side.log.load(&feed, seq, bytes_max)?;
            side.session.handle_loaded(NOW, feed, seq, loaded);
        }
        Action::Find(wanted) => {
            let found = side.log.find(&wanted)?;
            side.session.handle_found(NOW, &found);
        }
        Action::Append(records) => {
            side.batches.iter_mut().for_each(|it| it.push(records.clone()));
            let heads = accept(&mut side.log, roster, records)?;
            side.session.handle_appended(NOW, &heads);
        }
        Action::Notify(Event::InSync(_)) => side.in_sync_at = Some(side.depth),
        Action::Notify(Event::FrontierDue(_)) => {
            let said = frontier(&side.log, roster)?;
            let said = Frontier { counter: said.counter + 1, ..said };
            let signed = said.sign(&roster.network(), &key(CALLER.0));
            side.session.handle_frontiers(NOW, vec![signed], 0);
        }
        Action::Notify(_) => {}
        Action::Statements(_) => return Err("nobody has statements to give".into()),
        Action::Close(reason) => return Err(reason.into()),
    }
    Ok(())
}

/// Hands entries to a log; all of them must hold.
pub(crate) fn accept(
    log: &mut MemoryStorage,
    roster: &Roster,
    records: Vec<Record>,
) -> Result<Vec<FeedHead>, Failure> {
    let accepted = log::accept(log, roster, records)?;
    match accepted.refused.first() {
        Some(refused) => Err(refused.reason.into()),
        None => Ok(accepted.heads),
    }
}
