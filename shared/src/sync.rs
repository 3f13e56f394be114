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

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::entry::Record;
use crate::id::{EntryHash, FeedId, NodeNo, Space};
use crate::keys::PublicKey;
use crate::letter::LetterReply;
use crate::roster::Roster;
use crate::storage::FeedHead;
use crate::time::Timestamp;

/// The largest frame, bytes: a directory of the most feeds fits, and a peer cannot claim more memory than this.
pub const FRAME_BYTES_MAX: usize = 1024 * 1024;

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
    /// The two rosters have different statements at one height.
    RosterFork,
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
}

/// One connection. See the module's description for the loop around it.
#[derive(Debug)]
pub struct Session {
    role: Role,
    snapshot: Snapshot,
}

impl Session {
    /// Begins a connection; a node's first frame is queued at once.
    pub fn new(role: Role, snapshot: Snapshot, now: Timestamp) -> Self {
        let _ = now;
        Self { role, snapshot }
    }

    /// Takes one frame from the peer. A broken one queues [`Action::Close`].
    pub fn handle_frame(&mut self, now: Timestamp, frame: &[u8]) {
        let _ = (now, frame, &mut self.role, &self.snapshot);
    }

    /// Answers [`Action::Load`]; spare answers are ignored.
    pub fn handle_loaded(&mut self, now: Timestamp, feed: FeedId, seq: u64, records: Vec<Record>) {
        let _ = (now, feed, seq, records, &mut self.role);
    }

    /// The local log grew: by an own write, by this session's [`Action::Append`], or by another session's.
    pub fn handle_appended(&mut self, now: Timestamp, heads: &[FeedHead]) {
        let _ = (now, heads, &mut self.role);
    }

    /// The local roster grew.
    pub fn handle_roster(&mut self, now: Timestamp, roster: Arc<Roster>) {
        let _ = now;
        self.snapshot.roster = roster;
    }

    /// On the relay: passes frontiers on, `cursor` being the relay's number of the last of them. On a node: sends its
    /// own; `cursor` is ignored.
    pub fn handle_frontiers(&mut self, now: Timestamp, frontiers: Vec<Vec<u8>>, cursor: u64) {
        let _ = (now, frontiers, cursor, &mut self.role);
    }

    /// On the relay, towards a node of the lead: passes newcomers' letters on.
    pub fn handle_letters(&mut self, now: Timestamp, letters: Vec<Vec<u8>>) {
        let _ = (now, letters, &mut self.role);
    }

    /// On the lead's node: sends the answer to the relay. On the relay: sends it to this newcomer, if it is `to`.
    pub fn handle_letter_reply(&mut self, now: Timestamp, to: PublicKey, reply: LetterReply) {
        let _ = (now, to, reply, &mut self.role);
    }

    /// Tells that the moment given by [`Session::poll_timeout`] has come; spare calls are harmless.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        let _ = (now, &mut self.role);
    }

    /// When to call [`Session::handle_timeout`]. Ask again after every other call.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        None
    }

    /// The next thing to do, if any. Ask again after every other call, until it gives nothing.
    pub fn poll_action(&mut self) -> Option<Action> {
        let _ = &mut self.role;
        None
    }
}
