//! A connection: two sessions, and frames under way between them on a stream that can be slow, dumb or cut.

use std::collections::VecDeque;

use svod_shared::id::FeedId;
use svod_shared::keys::PublicKey;
use svod_shared::sync::{Role, Session, Snapshot};
use svod_shared::time::Timestamp;
use svod_shared::transport::Updated;

/// While so many bytes are under way, nothing more is loaded; as the real driver does.
const LOAD_BELOW_BYTES: usize = 128 * 1024;

/// The node's side of a line.
pub(super) const NODE: usize = 0;
/// The relay's side of a line.
pub(super) const RELAY: usize = 1;

/// One side of a connection.
#[derive(Debug)]
pub(super) struct End {
    /// The session.
    pub(super) session: Session,
    /// Whether it has nothing to do but wait.
    pub(super) idle: bool,
    /// When its timer comes, in true time: the driver sleeps by a clock that nobody sets.
    pub(super) timer: Option<u64>,
    /// What it wants to be read.
    pub(super) loads: VecDeque<(FeedId, u64, usize)>,
    /// News that it has not heard.
    pub(super) updates: VecDeque<Updated>,
}

/// A frame under way, or the end of the stream.
#[derive(Debug)]
pub(super) struct Flight {
    /// When it arrives.
    pub(super) at: u64,
    /// The frame; `None`: the peer has closed.
    pub(super) frame: Option<Vec<u8>>,
}

/// A connection of a node with the relay.
#[derive(Debug)]
pub(super) struct Line {
    /// Whose it is.
    pub(super) site: usize,
    /// The node's key.
    pub(super) key: PublicKey,
    /// The node's end and the relay's; one that has died is gone.
    pub(super) ends: [Option<End>; 2],
    /// What is under way to each end.
    pub(super) flight: [VecDeque<Flight>; 2],
    /// Until when nothing arrives at each end.
    pub(super) dumb_until: [u64; 2],
    /// When an end whose other one has died notices.
    pub(super) notices_at: u64,
    /// Whether a frame came that its peer had not sent here: the tables that both ends keep may differ from then on,
    /// and only a new connection mends that.
    pub(super) poisoned: bool,
    /// The largest delay of a frame now.
    pub(super) delay_max: u64,
}

impl End {
    /// Begins a session.
    pub(super) fn new(role: Role, snapshot: Snapshot, now: Timestamp) -> Self {
        let session = Session::new(role, snapshot, now);
        Self { session, idle: false, timer: None, loads: VecDeque::new(), updates: VecDeque::new() }
    }
}

/// What an end may do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ready {
    /// What its session asks for.
    Act,
    /// Take a frame.
    Frame,
    /// Hear of news.
    Update,
    /// Its timer has come.
    Timer,
}

impl Line {
    /// What an end may do now: first everything that its session asks for, then one thing that has happened.
    pub(super) fn ready(&self, side: usize, now: u64) -> Vec<Ready> {
        let Some(end) = &self.ends[side] else { return Vec::new() };
        if !end.idle || (!end.loads.is_empty() && self.bytes_to(1 - side) < LOAD_BELOW_BYTES) {
            return vec![Ready::Act];
        }
        let mut ready = Vec::new();
        if self.dumb_until[side] <= now && self.flight[side].front().is_some_and(|it| it.at <= now) {
            ready.push(Ready::Frame);
        }
        if !end.updates.is_empty() {
            ready.push(Ready::Update);
        }
        if end.timer.is_some_and(|at| at <= now) {
            ready.push(Ready::Timer);
        }
        ready
    }

    /// When an end may do something next.
    pub(super) fn next(&self, side: usize) -> Option<u64> {
        let end = self.ends[side].as_ref()?;
        let frame = self.flight[side].front().map(|it| it.at.max(self.dumb_until[side]));
        let notices = self.ends[1 - side].is_none().then_some(self.notices_at);
        [frame, end.timer, notices].into_iter().flatten().min()
    }

    fn bytes_to(&self, side: usize) -> usize {
        self.flight[side].iter().filter_map(|it| it.frame.as_ref()).map(Vec::len).sum()
    }

    /// Whether both ends live.
    pub(super) fn is_whole(&self) -> bool {
        self.ends.iter().all(Option::is_some)
    }

    /// Whether nothing is left of it.
    pub(super) fn is_gone(&self) -> bool {
        self.ends.iter().all(Option::is_none)
    }
}
