//! Svod's own exchange: real sessions over pipes in memory, real verification, stores in memory.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;

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

use crate::corpus::{Corpus, News, key};
use crate::{Cost, Failure};

const NOW: Timestamp = Timestamp(1_790_000_000_000);
/// The node that calls.
pub(crate) const CALLER: NodeNo = NodeNo(1);

/// The node has all but the news.
pub(crate) fn reconnect(corpus: &Corpus, news: &News) -> Result<Cost, Failure> {
    let node = corpus.log.clone();
    let mut relay = corpus.log.clone();
    for (head, record) in &news.records {
        relay.push_record(head, record)?;
    }
    let frontier = frontier(&corpus.log, &corpus.roster)?;
    exchange(corpus, node, relay, BTreeMap::from([(Space::Network, frontier)]))
}

/// The node has the roster and nothing else.
pub(crate) fn newcomer(corpus: &Corpus) -> Result<Cost, Failure> {
    exchange(corpus, MemoryStorage::default(), corpus.log.clone(), BTreeMap::new())
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
    /// The most frames one after another that led to what has come so far.
    depth: u64,
    in_sync_at: Option<u64>,
}

fn exchange(
    corpus: &Corpus,
    node: MemoryStorage,
    relay: MemoryStorage,
    frontiers: BTreeMap<Space, Frontier>,
) -> Result<Cost, Failure> {
    let roster = Arc::new(corpus.roster.clone());
    let began = Instant::now();
    let side = |role, log: MemoryStorage| -> Result<Side, Failure> {
        let heads = BTreeMap::from([(Space::Network, log.feeds(Space::Network)?)]);
        let snapshot = Snapshot {
            roster: Arc::clone(&roster),
            heads,
            frontier_cursor: 300,
            frontiers: frontiers.clone(),
        };
        let session = Session::new(role, snapshot, NOW);
        Ok(Side { session, log, inbox: VecDeque::new(), sent: 0, depth: 0, in_sync_at: None })
    };
    let mut node = side(Role::Node { node: CALLER }, node)?;
    let mut relay = side(Role::Relay { peer: key(CALLER.0).public() }, relay)?;
    while step(&mut node, &mut relay, &roster)? | step(&mut relay, &mut node, &roster)? {}
    let cpu = began.elapsed();
    let depth = node.in_sync_at.ok_or("the sides do not agree")?;
    Ok(Cost { up: node.sent, down: relay.sent, turns: depth.div_ceil(2), cpu })
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
        side.session.handle_frame(NOW, &frame);
    }
    Ok(moved)
}

fn act(side: &mut Side, other: &mut Side, roster: &Roster, action: Action) -> Result<(), Failure> {
    match action {
        Action::Send(frame) => {
            let mut prefix = Writer::new();
            prefix.leb(frame.len() as u64);
            side.sent += (prefix.as_slice().len() + frame.len()) as u64;
            other.inbox.push_back((side.depth + 1, frame));
        }
        Action::Load { feed, seq, bytes_max } => {
            let records = side.log.records(&feed, seq, bytes_max)?;
            side.session.handle_loaded(NOW, feed, seq, records);
        }
        Action::Append(records) => {
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
