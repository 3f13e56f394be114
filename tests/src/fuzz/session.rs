//! Frames of a hostile peer against a session with a small host: a log in memory and a roster.

use std::collections::BTreeMap;
use std::sync::Arc;

use svod_shared::entry::{ENTRY_BYTES_MAX, Entry, ITEMS_MAX, Item, Record};
use svod_shared::feed::Tip;
use svod_shared::id::{NodeNo, Space};
use svod_shared::leb::Reader;
use svod_shared::log;
use svod_shared::pack::{self, PACK_BYTES_MAX, PackTables, Signatures};
use svod_shared::roster::{Content, Roster};
use svod_shared::storage::memory::MemoryStorage;
use svod_shared::storage::{FeedHead, Storage as _};
use svod_shared::sync::{Action, FRAME_BYTES_MAX, Role, Session, Snapshot};
use svod_shared::time::Timestamp;

use super::world::{self, LEAD, MEMBER, NOW, WORLD, node_key};

/// The first byte of a pack's frame.
const PACK: u8 = 4;
/// What one event may make a session do: the whole small log goes out, and a few words of every kind beside it.
const ACTIONS_MAX: usize = 2_000;
/// What it may send for that, beside as much again as it was sent.
const SENT_BYTES_MAX: usize = 256 * 1024;
/// What a session may hold, as text, for each byte that a pack names feeds and documents with: 32 bytes of a name
/// become a feed's state of about 500 characters.
const TEXT_OF_A_BYTE: usize = 20;
/// The most events of one input.
const EVENTS_MAX: usize = 200;

/// Who stands at this end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// A member's node that lacks some entries.
    Node,
    /// The relay towards that node; it lacks others.
    Relay,
    /// The relay towards a node of the lead.
    RelayOfLead,
    /// A newcomer.
    Newcomer,
    /// The relay towards somebody that nobody knows.
    RelayOfStranger,
}

/// All sides, by the first byte of an input.
pub const SIDES: [Side; 5] =
    [Side::Node, Side::Relay, Side::RelayOfLead, Side::Newcomer, Side::RelayOfStranger];

/// One frame as the first thing that each side hears, and as the first thing after an honest opening.
pub fn frame(data: &[u8]) {
    for side in SIDES {
        let mut fresh = Host::new(side);
        fresh.hear(data);
        let mut open = Host::new(side);
        if let Some(opening) = super::seeds::opening(side) {
            open.hear(&opening);
        }
        open.hear(data);
        open.hear(data);
        open.check_size();
    }
}

/// `side u8 · event…` with events `0–3 length LEB · frame` · `4 milliseconds LEB` · `5` an own entry · `6 length LEB ·
/// items` in an entry that the peer signs · `7 number u8` a new node in the roster.
pub fn session(data: &[u8]) {
    let mut reader = Reader::new(data);
    let Ok(side) = reader.u8() else { return };
    let Some(side) = SIDES.get(usize::from(side) % SIDES.len()) else { return };
    let mut host = Host::new(*side);
    for _ in 0..EVENTS_MAX {
        if host.closed || host.event(&mut reader).is_none() {
            break;
        }
    }
    host.check_size();
}

/// A session with its host.
#[derive(Debug)]
pub struct Host {
    side: Side,
    /// The session.
    pub session: Session,
    /// What it has sent and nobody has taken.
    pub sent: Vec<Vec<u8>>,
    storage: MemoryStorage,
    roster: Arc<Roster>,
    now: Timestamp,
    closed: bool,
    heard: usize,
    text_at_first: usize,
}

impl Host {
    /// Begins a connection.
    pub fn new(side: Side) -> Self {
        let (role, storage) = match side {
            Side::Node => (Role::Node { node: MEMBER }, WORLD.half.clone()),
            Side::Relay => (Role::Relay { peer: node_key(MEMBER).public() }, WORLD.full.clone()),
            Side::RelayOfLead => (Role::Relay { peer: node_key(LEAD).public() }, WORLD.half.clone()),
            Side::RelayOfStranger => (Role::Relay { peer: world::key(77).public() }, WORLD.half.clone()),
            Side::Newcomer => {
                let role = Role::Newcomer { key: world::key(77).public(), letter: vec![1; 100] };
                (role, MemoryStorage::default())
            }
        };
        let known = !matches!(side, Side::Newcomer);
        let empty = || Arc::new(Roster::empty(WORLD.roster.network()));
        let roster = if known { Arc::clone(&WORLD.roster) } else { empty() };
        let mut heads = BTreeMap::<Space, Vec<FeedHead>>::new();
        for space in storage.spaces().expect("memory reads") {
            heads.insert(space, storage.feeds(space).expect("memory reads"));
        }
        let snapshot =
            Snapshot { roster: Arc::clone(&roster), heads, frontier_cursor: 0, frontiers: BTreeMap::new() };
        let session = Session::new(role, snapshot, NOW);
        let (sent, text_at_first) = (Vec::new(), format!("{session:?}").len());
        let mut host =
            Self { side, session, sent, storage, roster, now: NOW, closed: false, heard: 0, text_at_first };
        host.act(0);
        host
    }

    /// Takes a frame and does what follows from it.
    pub fn hear(&mut self, frame: &[u8]) {
        if self.closed {
            return;
        }
        self.heard += match frame.first() {
            Some(&PACK) => frame.len().max(PACK_BYTES_MAX),
            _ => frame.len(),
        };
        self.session.handle_frame(self.now, frame);
        self.act(frame.len());
    }

    fn event(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        match reader.u8().ok()? % 8 {
            0..=3 => self.hear(reader.bytes(FRAME_BYTES_MAX).ok()?),
            4 => {
                self.now = self.now.plus_ms(reader.leb_max(1_000_000_000).ok()?);
                self.session.handle_timeout(self.now);
                self.act(0);
            }
            5 => self.write(),
            6 => self.peer_writes(reader.bytes(ENTRY_BYTES_MAX).ok()?),
            _ => self.grow(reader.u8().ok()?),
        }
        Some(())
    }

    /// Does what the session asks for, until it asks for nothing.
    fn act(&mut self, heard: usize) {
        let (mut actions, mut sent) = (0, 0);
        while let Some(action) = self.session.poll_action().filter(|_| !self.closed) {
            actions += 1;
            match action {
                Action::Send(frame) => {
                    assert!(frame.len() <= FRAME_BYTES_MAX, "a frame of {} bytes goes out", frame.len());
                    sent += frame.len();
                    self.sent.push(frame);
                }
                Action::Load { feed, seq, bytes_max } => {
                    let loaded = self.storage.load(&feed, seq, bytes_max).expect("memory reads");
                    self.session.handle_loaded(self.now, feed, seq, loaded);
                }
                Action::Find(wanted) => {
                    let found = self.storage.find(&wanted).expect("memory reads");
                    self.session.handle_found(self.now, &found);
                }
                Action::Append(records) => self.append(records),
                Action::Statements(signed) => self.statements(&signed),
                Action::Notify(_) => {}
                Action::Close(_) => self.closed = true,
            }
            assert!(actions <= ACTIONS_MAX + heard, "{heard} bytes made a session busy");
            assert!(sent <= SENT_BYTES_MAX + heard, "{heard} bytes made a session send {sent}");
        }
    }

    fn append(&mut self, records: Vec<Record>) {
        let accepted = log::accept(&mut self.storage, &self.roster, records.clone());
        let accepted = accepted.expect("memory takes it");
        let again = log::accept(&mut self.storage, &self.roster, records).expect("memory takes it");
        assert_eq!(again.appended, [], "entries that come twice change nothing");
        if !accepted.heads.is_empty() {
            self.session.handle_appended(self.now, &accepted.heads);
        }
        self.session.handle_other_branches(self.now, &accepted.other_branches());
    }

    /// A peer whose statements do not hold is cut off, as the driver does it.
    fn statements(&mut self, signed: &[Vec<u8>]) {
        let mut roster = Roster::clone(&self.roster);
        for statement in signed {
            if !roster.statements(0).contains(statement) && roster.push(statement).is_err() {
                self.closed = true;
                return;
            }
        }
        self.roster = Arc::new(roster);
        self.session.handle_roster(self.now, Arc::clone(&self.roster));
    }

    fn write(&mut self) {
        let node = if self.side == Side::Node { MEMBER } else { NodeNo(3) };
        if self.side == Side::Newcomer {
            return;
        }
        let record = world::next(&self.storage, &self.roster, node, Space::Network, Vec::new());
        let accepted = log::accept(&mut self.storage, &self.roster, vec![record]).expect("memory takes it");
        self.session.handle_appended(self.now, &accepted.heads);
        self.act(0);
    }

    /// The peer signs whatever items the input says.
    fn peer_writes(&mut self, items: &[u8]) {
        let node = if self.side == Side::Node { LEAD } else { MEMBER };
        let (feed, seq, prev, mut all) = match world::tip(&self.storage, &self.roster, node, Space::Network) {
            Tip::After(head) => (head.feed, head.height, head.hash, Vec::new()),
            Tip::Opens(feed, open) => (feed, 0, pack::NO_ENTRY, vec![Item::Open(open)]),
        };
        let mut reader = Reader::new(items);
        while all.len() < ITEMS_MAX
            && let Ok(item) = Item::read(&mut reader)
        {
            all.push(item);
        }
        let changes = all.iter().filter(|it| matches!(it, Item::Change { .. })).map(|_| Vec::new()).collect();
        let entry = Entry { feed, seq, prev, roster: self.roster.height(), items: all };
        let signature = Some(entry.sign(&node_key(node)));
        let record = Record { entry, signature, changes };
        let encoded =
            pack::encode(&mut PackTables::default(), Space::Network, &[record], Signatures::All, &|_| false);
        if let Some(encoded) = encoded {
            self.hear(&[&[PACK], encoded.bytes.as_slice()].concat());
        }
    }

    fn grow(&mut self, number: u8) {
        let mut roster = Roster::clone(&self.roster);
        if roster.height() == 0 {
            return;
        }
        let added = world::node_added(&roster, svod_shared::id::OrgNo(3), &world::key(number));
        if roster.issue(Content::NodeAdded(added), &world::roster_key()).is_ok() {
            self.roster = Arc::new(roster);
            self.session.handle_roster(self.now, Arc::clone(&self.roster));
            self.act(0);
        }
    }

    /// What the session holds stays in proportion to what it was told. Its size is that of its text: crude, but it
    /// shows whatever the session keeps.
    fn check_size(&self) {
        let text = format!("{:?}", self.session).len();
        let grown = text.saturating_sub(self.text_at_first);
        let bound = SENT_BYTES_MAX + TEXT_OF_A_BYTE * self.heard;
        assert!(grown <= bound, "{} bytes were heard, and {grown} are kept", self.heard);
    }
}
