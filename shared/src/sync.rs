//! The session: one connection between a node and a relay, as a value.
//!
//! A [`Session`] opens no socket, reads no clock and knows no storage. Its driver loops:
//!
//! 1. [`Session::poll_action`] until it gives nothing, doing each action in order: [`Action::Send`] puts a frame on
//!    the stream (waiting there is the back-pressure: while frames wait, the session loads no more);
//! 2. waits for a frame, for a change of the local log or roster, or for [`Session::poll_timeout`], and tells the
//!    session by the `handle_…` method that fits; then 1 again.
//!
//! It guarantees that roster statements travel before the packs that need them, that an entry of a space is never
//! offered to a node that may not read the space, that a space is called in sync only when both state digests are
//! equal, and that any frame, any number of times and in any order, neither panics nor grows memory without bound.
//! It does not verify entries or statements: the host does, through [`crate::log`] and [`crate::roster`].

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::entry::Record;
use crate::frontier::Frontier;
use crate::id::{ChangeHash, EntryHash, FeedId, NodeNo, Space, StatementHash};
use crate::keys::PublicKey;
use crate::letter::LetterReply;
use crate::pack::{PackTables, Unresolved, Wanted};
use crate::roster::Roster;
use crate::storage::{FeedHead, Loaded};
use crate::time::Timestamp;

mod exchange;
mod gossip;
mod message;
mod opening;
mod state;
#[cfg(test)]
mod tests;

pub use exchange::LOAD_BYTES_MAX;
use message::Frame;
use state::SpaceState;

/// The largest frame, bytes: a directory of the most feeds fits, and a peer cannot claim more memory than this.
pub const FRAME_BYTES_MAX: usize = 1024 * 1024;
/// How long either side waits for the other's first frame. On a line of a second there and back QUIC sends again after
/// 3, 9 and 21 s; who hung up before that would pay for another handshake and be no further.
pub const OPENING_MS_MAX: u64 = 45_000;
/// How long a space may be unsettled with nothing happening before a directory is asked for. A full pack takes a
/// minute on a line of 9.6 kbit/s.
pub const STALL_MS: u64 = 120_000;
/// The most frames that wait while a host looks for a pack's deps. A host that does as [`Action::Find`] says needs none.
pub const WAITING_MAX: usize = 64;
/// The least time between two frontiers of one space.
pub const FRONTIER_MS_MIN: u64 = 60_000;

/// Which side of the connection this is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// An admitted node that speaks with a relay.
    Node {
        /// Its ordinal.
        node: NodeNo,
    },
    /// The relay's side of a connection.
    Relay {
        /// The key that the transport has authenticated.
        peer: PublicKey,
    },
    /// A node that the roster does not know yet: it hands over its letter and waits for the roster.
    Newcomer {
        /// Its own key, which it waits to find in the roster.
        key: PublicKey,
        /// The letter, as its module encodes it.
        letter: Vec<u8>,
    },
}

/// What the host knows when the connection begins.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The roster.
    pub roster: Arc<Roster>,
    /// The heads of all stored feeds.
    pub heads: BTreeMap<Space, Vec<FeedHead>>,
    /// The relay's number of the last frontier this node has; 0 on the relay's side.
    pub frontier_cursor: u64,
    /// On a node: the newest frontiers that it has signed. On the relay: the newest it has of the node that calls.
    /// A Hello names only what differs from them, so that it stays small; without them it names all.
    pub frontiers: BTreeMap<Space, Frontier>,
}

/// What the driver does for the session, in the order given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Send one frame; the length prefix is the transport's.
    Send(Vec<u8>),
    /// Read entries of a feed and answer with [`Session::handle_loaded`].
    Load {
        /// The feed.
        feed: FeedId,
        /// The first entry wanted.
        seq: u64,
        /// About how many bytes to read; at least one entry if there is one.
        bytes_max: usize,
    },
    /// Find changes in the log, as [`crate::storage::Storage::find`] does, and answer with
    /// [`Session::handle_found`] before the next frame: what comes meanwhile waits.
    Find(Vec<Wanted>),
    /// Hand entries to the log. New heads come back through [`Session::handle_appended`].
    Append(Vec<Record>),
    /// Hand statements to the roster. The result comes back through [`Session::handle_roster`].
    Statements(Vec<Vec<u8>>),
    /// Tell the host.
    Notify(Event),
    /// Send what is queued before this, then close the connection.
    Close(CloseReason),
}

/// What the session tells its host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The peer has accepted the connection, or been accepted.
    Connected,
    /// Both sides hold the same state of the space.
    InSync(Space),
    /// All was exchanged that could be, and the states still differ: some entry was refused or a feed is forked.
    NotInSync(Space),
    /// One feed has two different entries at one place.
    Fork {
        /// The feed.
        feed: FeedId,
        /// The height at which the heads differ.
        height: u64,
        /// The hash of this side's entry below that height.
        ours: EntryHash,
        /// The hash of the peer's.
        theirs: EntryHash,
    },
    /// The relay holds entries of this node's own feeds that the node does not: it was restored or copied. It must
    /// open new feeds in these spaces before its next write.
    OwnFeedElsewhere {
        /// The heads as the relay states them.
        heads: Vec<StatedHead>,
    },
    /// A frontier of the peer (on the relay's side) or of another node (on a node's). Not verified.
    Frontier(Vec<u8>),
    /// The node's state of the space has changed: sign a frontier, unless its digest equals that of the last one,
    /// and hand it to [`Session::handle_frontiers`].
    FrontierDue(Space),
    /// On a node: frontiers up to this number of the relay's have been given, keep it for the next connection.
    /// On the relay: the peer has frontiers up to this number, hand on those above.
    FrontierCursor(u64),
    /// A newcomer's letter. Not verified.
    Letter {
        /// The key that brought it: the newcomer's at the relay, and the one written in the letter at the lead's node.
        from: PublicKey,
        /// The letter.
        letter: Vec<u8>,
    },
    /// The lead's answer to a letter: at the relay to be passed on to that newcomer, at the newcomer for itself.
    LetterReply {
        /// The newcomer's key.
        to: PublicKey,
        /// The answer.
        reply: LetterReply,
    },
    /// The newcomer's key stands in the roster: connect again as a node.
    Admitted,
}

/// A feed's head as a peer states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatedHead {
    /// The space that the peer names for it.
    pub space: Space,
    /// The feed.
    pub feed: FeedId,
    /// Its number of entries.
    pub height: u64,
    /// The hash of the last of them.
    pub hash: EntryHash,
}

/// Why a relay does not serve a connection. Travels as one byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The peer's key does not stand in the roster, or its organisation has left.
    NotAdmitted,
    /// The peer belongs to another network.
    OtherNetwork,
    /// The peer speaks another version of the protocol.
    Version,
    /// A reason of a later version.
    Other(u8),
}

/// Why a session ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CloseReason {
    /// The peer refused.
    #[error("peer refused the connection: {0:?}")]
    RefusedByPeer(Refusal),
    /// This side refused.
    #[error("connection refused: {0:?}")]
    Refused(Refusal),
    /// The peer did not speak in time.
    #[error("peer did not answer in time")]
    Timeout,
    /// The peer broke the protocol.
    #[error("peer broke the protocol: {0}")]
    Protocol(&'static str),
    /// The newcomer has been admitted; connect again as a node.
    #[error("admitted")]
    Admitted,
    /// What this session began from does not stand any more; connect again.
    #[error("roster was rewritten")]
    RosterRewritten,
}

/// One connection. See the module's description for the loop around it.
#[derive(Debug)]
pub struct Session {
    role: Role,
    roster: Arc<Roster>,
    phase: Phase,
    /// The last moment heard of.
    now: Timestamp,
    spaces: BTreeMap<Space, SpaceState>,
    /// See [`Snapshot::frontiers`].
    frontiers: BTreeMap<Space, Frontier>,
    actions: VecDeque<Action>,
    /// Packs among `actions`.
    packs_queued: usize,
    /// The space being loaded from, and what is still to come.
    loading: Loading,
    sending: PackTables,
    receiving: PackTables,
    /// The pack whose deps are being looked for.
    resolving: Option<Unresolved>,
    /// Frames that came meanwhile.
    waiting: VecDeque<Vec<u8>>,
    /// The height of the peer's roster, as far as known.
    peer_roster: u64,
    /// The height of the local roster once it has taken what was handed to it.
    roster_ahead: u64,
    /// Of the statements handed to the host and not yet in the roster: what stands at which height.
    statements_ahead: BTreeMap<u64, StatementHash>,
    /// Statements of the peer that contradict the roster here, from the first one on.
    branch: Vec<Vec<u8>>,
    /// The peer has been sent the whole roster, with its fork: once in a session is enough.
    roster_told: bool,
}

/// How far the connection is.
#[derive(Debug)]
enum Phase {
    /// The relay waits for the peer's first frame.
    AwaitsFirst { until: Timestamp },
    /// The node waits for the relay's answer to what it said.
    AwaitsWelcome { until: Timestamp, said: opening::Said },
    /// The newcomer, or the relay's side of its connection, waits for the roster.
    AwaitsAdmission,
    /// Both sides exchange.
    Open,
    /// Nothing happens any more.
    Closed,
}

/// Entries on their way from the host into packs, all of one space.
#[derive(Debug, Default)]
struct Loading {
    space: Option<Space>,
    asked: BTreeMap<FeedId, exchange::Asked>,
    records: Vec<Record>,
    places: BTreeMap<ChangeHash, (FeedId, u64)>,
}

impl Session {
    /// Begins a connection; a node's first frame is queued at once.
    pub fn new(role: Role, snapshot: Snapshot, now: Timestamp) -> Self {
        let Snapshot { roster, heads, frontier_cursor, frontiers } = snapshot;
        let mut spaces = BTreeMap::new();
        for (space, heads) in heads {
            let state = spaces.entry(space).or_insert_with(|| SpaceState::new(space));
            state.store(&heads, &roster, sees_late(&role, &roster));
        }
        let mut session = Self {
            roster_ahead: roster.height(),
            statements_ahead: BTreeMap::new(),
            branch: Vec::new(),
            roster_told: false,
            role,
            roster,
            phase: Phase::AwaitsFirst { until: now.plus_ms(OPENING_MS_MAX) },
            now,
            spaces,
            frontiers,
            actions: VecDeque::new(),
            packs_queued: 0,
            loading: Loading::default(),
            sending: PackTables::default(),
            receiving: PackTables::default(),
            resolving: None,
            waiting: VecDeque::new(),
            peer_roster: 0,
        };
        session.speak_first(frontier_cursor);
        session
    }

    /// Takes the host's time. A clock that was set back takes the timers with it: they measure how long, not until
    /// when, and would otherwise not come for as long as the clock was wrong.
    fn tick(&mut self, now: Timestamp) {
        let back = self.now.0.saturating_sub(now.0);
        self.now = now;
        if back == 0 {
            return;
        }
        let shift = |at: &mut Timestamp| at.0 = at.0.saturating_sub(back);
        if let Phase::AwaitsFirst { until } | Phase::AwaitsWelcome { until, .. } = &mut self.phase {
            shift(until);
        }
        for state in self.spaces.values_mut() {
            let times = [&mut state.stalled_at, &mut state.reported_at, &mut state.check_by];
            times.into_iter().flatten().for_each(shift);
        }
    }

    /// Takes one frame from the peer. A broken one queues [`Action::Close`].
    pub fn handle_frame(&mut self, now: Timestamp, frame: &[u8]) {
        self.tick(now);
        if matches!(self.phase, Phase::Closed) {
            return;
        }
        if frame.len() > FRAME_BYTES_MAX {
            return self.close(CloseReason::Protocol("frame is too large"));
        }
        if self.resolving.is_some() {
            if self.waiting.len() >= WAITING_MAX {
                return self.close(CloseReason::Protocol("frames come faster than they are taken"));
            }
            return self.waiting.push_back(frame.to_vec());
        }
        self.take_frame(frame);
        self.advance();
    }

    /// Answers [`Action::Find`]; spare answers are ignored.
    pub fn handle_found(&mut self, now: Timestamp, found: &[Option<ChangeHash>]) {
        self.tick(now);
        if let Some(pack) = self.resolving.take() {
            self.take_pack(pack, found);
        }
        while self.resolving.is_none()
            && let Some(frame) = self.waiting.pop_front()
        {
            self.take_frame(&frame);
        }
        self.advance();
    }

    fn take_frame(&mut self, frame: &[u8]) {
        if matches!(self.phase, Phase::Closed) {
            return;
        }
        let Ok(frame) = Frame::read(frame) else {
            return self.close(CloseReason::Protocol("frame cannot be read"));
        };
        match frame {
            Frame::Hello(hello) => self.hear_hello(hello),
            Frame::Welcome(welcome) => self.hear_welcome(welcome),
            Frame::Refuse(code) => self.close(CloseReason::RefusedByPeer(Refusal::from_code(code))),
            Frame::Roster { from, statements } => self.hear_statements(from, statements),
            Frame::Pack(pack) => self.hear_pack(&pack),
            Frame::Directory { wants_answer, space, heads } => {
                self.hear_directory(space, &heads, wants_answer);
            }
            Frame::Check { space, digest, packs, wants_answer } => {
                self.hear_check(space, digest, packs, wants_answer);
            }
            Frame::Letter { version, height, network, letter } => {
                self.hear_letter(version, height, network, letter);
            }
            Frame::LetterReply { to, reply } => self.hear_letter_reply(to, reply),
            Frame::Vector { space, vector } => self.hear_vector(space, &vector),
            Frame::Frontiers { cursor, frontiers } => self.hear_frontiers(cursor, frontiers),
            Frame::Letters(letters) => self.hear_letters(letters),
            Frame::Signed { space, counter, packs, signature } => {
                self.hear_signed(space, counter, packs, &signature);
            }
            Frame::Wanted(space) => self.hear_wanted(space),
            Frame::Ignored => {}
        }
    }

    /// Answers [`Action::Load`]; spare answers are ignored.
    pub fn handle_loaded(&mut self, now: Timestamp, feed: FeedId, seq: u64, loaded: Loaded) {
        self.tick(now);
        self.take_loaded(feed, seq, loaded);
        self.advance();
    }

    /// The local log grew: by an own write, by this session's [`Action::Append`], or by another session's.
    pub fn handle_appended(&mut self, now: Timestamp, heads: &[FeedHead]) {
        self.tick(now);
        let mut by_space = BTreeMap::<Space, Vec<&FeedHead>>::new();
        for head in heads {
            by_space.entry(head.space).or_default().push(head);
        }
        let late = sees_late(&self.role, &self.roster);
        for (space, heads) in by_space {
            // A space that begins while both exchange has not been compared: the peer lacks all of it.
            let begins = !self.spaces.contains_key(&space)
                && matches!(self.phase, Phase::Open)
                && self.peer_reads(space);
            let state = self.spaces.entry(space).or_insert_with(|| SpaceState::new(space));
            state.open |= begins;
            state.store(heads, &self.roster, late);
            state.progress(now);
        }
        self.advance();
    }

    /// Entries of these feeds, given by an [`Action::Append`], do not follow what stands in the local log: there is another
    /// branch. Only directories tell, and waiting for something to happen would take minutes.
    pub fn handle_other_branches(&mut self, now: Timestamp, feeds: &[FeedId]) {
        self.tick(now);
        let has_one = |state: &SpaceState| feeds.iter().any(|it| state.knows(it));
        let spaces = self.spaces.values().filter(|state| state.open && has_one(state));
        for space in spaces.map(|state| state.space).collect::<Vec<_>>() {
            self.ask_directory(space);
        }
        self.advance();
    }

    /// The local roster grew.
    pub fn handle_roster(&mut self, now: Timestamp, roster: Arc<Roster>) {
        self.tick(now);
        self.take_roster(roster);
        self.advance();
    }

    /// On the relay: passes frontiers on, `cursor` being the relay's number of the last of them. On a node: sends its
    /// own; `cursor` is ignored.
    pub fn handle_frontiers(&mut self, now: Timestamp, frontiers: Vec<Vec<u8>>, cursor: u64) {
        self.tick(now);
        self.send_frontiers(frontiers, cursor);
    }

    /// On the relay, towards a node of the lead: passes newcomers' letters on. Elsewhere it does nothing.
    pub fn handle_letters(&mut self, now: Timestamp, letters: Vec<Vec<u8>>) {
        self.tick(now);
        self.send_letters(letters);
    }

    /// On the lead's node: sends the answer to the relay. On the relay: sends it to this newcomer, if it is `to`.
    pub fn handle_letter_reply(&mut self, now: Timestamp, to: PublicKey, reply: LetterReply) {
        self.tick(now);
        self.send_letter_reply(to, reply);
    }

    /// Tells that the moment given by [`Session::poll_timeout`] has come; spare calls are harmless.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        self.tick(now);
        match &self.phase {
            Phase::AwaitsFirst { until } | Phase::AwaitsWelcome { until, .. } if *until <= now => {
                self.close(CloseReason::Timeout);
            }
            Phase::Open => {
                for state in self.spaces.values_mut() {
                    state.check_by = state.check_by.filter(|at| *at > now);
                }
                self.ask_where_stalled();
            }
            _ => {}
        }
        self.advance();
    }

    /// When to call [`Session::handle_timeout`]. Ask again after every other call.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        match &self.phase {
            Phase::AwaitsFirst { until } | Phase::AwaitsWelcome { until, .. } => Some(*until),
            Phase::AwaitsAdmission | Phase::Closed => None,
            Phase::Open => {
                let stalls =
                    self.spaces.values().flat_map(|state| [state.stalled_at, state.check_by]).flatten();
                stalls.chain(self.spaces.values().filter_map(|state| self.frontier_due(state))).min()
            }
        }
    }

    /// The next thing to do, if any. Ask again after every other call, until it gives nothing.
    pub fn poll_action(&mut self) -> Option<Action> {
        let action = self.actions.pop_front()?;
        if matches!(&action, Action::Send(frame) if Frame::is_pack(frame)) {
            self.packs_queued -= 1;
            self.load_more();
        }
        Some(action)
    }

    /// What follows from anything that has happened.
    fn advance(&mut self) {
        if matches!(self.phase, Phase::Open) {
            self.load_more();
            self.settle();
            self.report_frontiers();
        }
    }

    /// The node at the other end (for the relay), or this node (for itself): whoever the rights to read concern.
    fn reader(&self) -> Option<NodeNo> {
        reader(&self.role, &self.roster)
    }

    /// Whether entries of the space may travel here.
    fn peer_reads(&self, space: Space) -> bool {
        let known = match space {
            Space::Network => true,
            Space::Org(org) => self.roster.org(org).is_some(),
        };
        known && self.reader().is_some_and(|node| self.roster.may_read(node, space))
    }

    /// Whether the peer is a node of the lead.
    fn peer_is_lead(&self) -> bool {
        sees_late(&self.role, &self.roster)
    }

    fn send(&mut self, frame: &Frame) {
        self.actions.push_back(Action::Send(frame.to_bytes()));
    }

    fn notify(&mut self, event: Event) {
        self.actions.push_back(Action::Notify(event));
    }

    fn close(&mut self, reason: CloseReason) {
        if !matches!(self.phase, Phase::Closed) {
            self.phase = Phase::Closed;
            self.actions.push_back(Action::Close(reason));
        }
    }

    fn refuse(&mut self, refusal: Refusal) {
        self.send(&Frame::Refuse(refusal.code()));
        self.close(CloseReason::Refused(refusal));
    }
}

/// The node whose rights decide what travels.
fn reader(role: &Role, roster: &Roster) -> Option<NodeNo> {
    match role {
        Role::Node { node } => Some(*node),
        Role::Relay { peer } => roster.node_by_key(peer).map(|node| node.no),
        Role::Newcomer { .. } => None,
    }
}

/// Whether entries above a closing travel here: the node is the lead's, which decides about them.
fn sees_late(role: &Role, roster: &Roster) -> bool {
    let org = reader(role, roster).and_then(|node| roster.node(node)).map(|node| node.org);
    org.is_some() && org == roster.lead()
}

impl Refusal {
    fn code(self) -> u8 {
        match self {
            Self::NotAdmitted => 1,
            Self::OtherNetwork => 2,
            Self::Version => 3,
            Self::Other(code) => code,
        }
    }

    fn from_code(code: u8) -> Self {
        match code {
            1 => Self::NotAdmitted,
            2 => Self::OtherNetwork,
            3 => Self::Version,
            other => Self::Other(other),
        }
    }
}
