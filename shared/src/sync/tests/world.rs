//! A relay and its nodes in memory, joined by pipes that count bytes.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use crate::entry::{Entry, Item, Open, Previous, Record};
use crate::frontier::Frontier;
use crate::id::{ChangeHash, DocId, EntryHash, FeedId, NetworkId, NodeNo, OrgNo, Space};
use crate::keys::KeyPair;
use crate::leb::Writer;
use crate::pack::Wanted;
use crate::roster::{Content, Genesis, NodeAdded, NodeBinding, OrgAdmitted, Role as OrgRole, Roster};
use crate::storage::{FeedHead, Loaded};
use crate::sync::{Action, CloseReason, Event, Role, Session, Snapshot};
use crate::time::Timestamp;
use crate::vector::{StateDigest, Vector};

pub(super) fn key(seed: u16) -> KeyPair {
    let mut bytes = [3; 32];
    bytes[..2].copy_from_slice(&seed.to_be_bytes());
    KeyPair::from_seed(&bytes)
}

pub(super) fn roster_key() -> KeyPair {
    key(60_001)
}

pub(super) fn recovery_key() -> KeyPair {
    key(60_002)
}

pub(super) fn org_key(org: u16) -> KeyPair {
    key(40_000 + org)
}

/// A network of organisations with one node each; organisation and node 1 are the lead's.
pub(super) fn network(orgs: u16) -> Roster {
    let genesis = Genesis {
        name: "Сеть".into(),
        lead_name: "Ведущий центр".into(),
        lead_short: "Центр".into(),
        lead_key: org_key(1).public(),
        roster_key: roster_key().public(),
        recovery_key: recovery_key().public(),
        random: [1; 16],
    };
    let (signed, network) = Roster::found(&genesis, &org_key(1));
    let mut roster = Roster::from_statements(network, &[signed]).unwrap();
    for no in 1..=orgs {
        if no > 1 {
            admit_org(&mut roster, no);
        }
        add_node(&mut roster, no, no);
    }
    roster
}

pub(super) fn admit_org(roster: &mut Roster, no: u16) {
    let admitted = OrgAdmitted {
        key: org_key(no).public(),
        name: format!("Организация {no}"),
        short: format!("О{no}"),
        role: OrgRole::Member,
    };
    roster.issue(Content::OrgAdmitted(admitted), &roster_key()).unwrap();
}

pub(super) fn add_node(roster: &mut Roster, no: u16, org: u16) {
    let (node_key, org_public) = (key(no).public(), org_key(org).public());
    let network = roster.network();
    let binding = NodeBinding { network: &network, org_key: &org_public, node_key: &node_key, label: "ПК" };
    let binding = binding.sign(&org_key(org));
    let added = NodeAdded { org: OrgNo(org), key: node_key, label: "ПК".into(), binding };
    roster.issue(Content::NodeAdded(added), &roster_key()).unwrap();
}

/// A store that checks what the log would: signature, chain, roster height.
#[derive(Clone)]
pub(super) struct Store {
    pub(super) node: u16,
    pub(super) roster: Roster,
    pub(super) feeds: BTreeMap<FeedId, (FeedHead, Vec<Record>)>,
    pub(super) cursor: u64,
    /// At a node its own newest frontiers, at the relay everybody's.
    pub(super) frontiers: BTreeMap<(NodeNo, Space), Frontier>,
    pub(super) refuses: bool,
    /// Lets its own branch of a fork give way to the one that arrives.
    pub(super) gives_way: bool,
    /// Feeds of which the last records did not follow what is here.
    branches: Vec<FeedId>,
}

impl Store {
    pub(super) fn new(node: u16, roster: &Roster) -> Self {
        Self {
            node,
            roster: roster.clone(),
            feeds: BTreeMap::new(),
            cursor: 0,
            frontiers: BTreeMap::new(),
            refuses: false,
            gives_way: false,
            branches: Vec::new(),
        }
    }

    pub(super) fn heads(&self) -> BTreeMap<Space, Vec<FeedHead>> {
        let mut heads = BTreeMap::<Space, Vec<FeedHead>>::new();
        for (head, _) in self.feeds.values() {
            heads.entry(head.space).or_default().push(*head);
        }
        heads
    }

    /// What this store holds of a space now, signed.
    pub(super) fn sign_frontier(&mut self, space: Space) -> Vec<u8> {
        let node = NodeNo(self.node);
        let counter = self.frontiers.values().map(|it| it.counter).max().unwrap_or(0) + 1;
        let heads = self.heads().remove(&space).unwrap_or_default();
        let frontier = Frontier {
            node,
            counter,
            space,
            roster: self.roster.height(),
            rules: 1,
            digest: self.digest(space),
            vector: Vector::of(&heads),
        };
        let bytes = frontier.sign(&self.roster.network(), &key(self.node));
        self.frontiers.insert((node, space), frontier);
        bytes
    }

    fn keep_frontier(&mut self, bytes: &[u8]) {
        let frontier = Frontier::verify(bytes, &self.roster).unwrap();
        let known = self.frontiers.get(&(frontier.node, frontier.space)).map_or(0, |it| it.counter);
        if known < frontier.counter {
            self.frontiers.insert((frontier.node, frontier.space), frontier);
        }
    }

    fn frontiers_of(&self, node: Option<NodeNo>) -> BTreeMap<Space, Frontier> {
        let of_node = self.frontiers.iter().filter(|((of, _), _)| Some(*of) == node);
        of_node.map(|((_, space), frontier)| (*space, frontier.clone())).collect()
    }

    pub(super) fn digest(&self, space: Space) -> StateDigest {
        StateDigest::of(space, self.heads().get(&space).into_iter().flatten())
    }

    fn own_feed(&self, space: Space) -> Option<FeedHead> {
        let own = self.feeds.values().map(|(head, _)| head);
        own.filter(|head| head.node.0 == self.node && head.space == space)
            .max_by_key(|head| head.epoch)
            .copied()
    }

    /// Opens a feed of the own node with one entry.
    pub(super) fn open(&mut self, space: Space, random: u8) -> FeedHead {
        let previous = self.own_feed(space);
        let epoch = previous.map_or(1, |head| head.epoch + 1);
        let node = NodeNo(self.node);
        let random = [random; 16];
        let previous = previous.map(|it| Previous { feed: it.feed, height: it.height, hash: it.hash });
        let feed = FeedId::derive(&self.roster.network(), node, space, epoch, &random);
        let open = Item::Open(Open { node, space, epoch, random, previous });
        let hash = EntryHash([0; 32]);
        let head = FeedHead { feed, node, space, epoch, height: 0, hash, roster: 0 };
        self.sign(head, vec![open], Vec::new())
    }

    pub(super) fn write(&mut self, space: Space, text: &str) -> FeedHead {
        self.write_items(space, vec![Item::Unknown { kind: 100, bytes: text.into() }], Vec::new())
    }

    pub(super) fn write_items(&mut self, space: Space, items: Vec<Item>, changes: Vec<Vec<u8>>) -> FeedHead {
        let head = self.own_feed(space).unwrap_or_else(|| self.open(space, 1));
        self.sign(head, items, changes)
    }

    fn sign(&mut self, head: FeedHead, items: Vec<Item>, changes: Vec<Vec<u8>>) -> FeedHead {
        let roster = self.roster.height();
        let entry = Entry { feed: head.feed, seq: head.height, prev: head.hash, roster, items };
        let signature = Some(entry.sign(&key(self.node)));
        self.push(head, Record { entry, signature, changes })
    }

    fn push(&mut self, head: FeedHead, record: Record) -> FeedHead {
        let (hash, roster) = (record.entry.hash(), record.entry.roster);
        let head = FeedHead { height: head.height + 1, hash, roster, ..head };
        let place = self.feeds.entry(head.feed).or_insert_with(|| (head, Vec::new()));
        place.0 = head;
        place.1.push(record);
        head
    }

    fn append(&mut self, records: Vec<Record>) -> Vec<FeedHead> {
        self.give_way(&records);
        let mut grown = BTreeMap::new();
        let vouched = |at: usize, feed: &FeedId| {
            let run = records[at..].iter().take_while(|it| it.entry.feed == *feed);
            run.clone().any(|it| it.signature.is_some())
        };
        for (at, record) in records.iter().enumerate() {
            let feed = record.entry.feed;
            let head = match (self.feeds.get(&feed), record.entry.open()) {
                (Some((head, _)), _) => *head,
                (None, Some(it)) => {
                    let hash = EntryHash([0; 32]);
                    FeedHead {
                        feed,
                        node: it.node,
                        space: it.space,
                        epoch: it.epoch,
                        height: 0,
                        hash,
                        roster: 0,
                    }
                }
                (None, None) => continue,
            };
            let author = key(head.node.0).public();
            let genuine = record.signature.is_none_or(|it| record.entry.is_signed_by(&author, &it));
            let follows = record.entry.seq == head.height && record.entry.prev == head.hash;
            let known = record.entry.roster <= self.roster.height();
            if genuine && follows && known && vouched(at, &feed) && !self.refuses {
                grown.insert(feed, self.push(head, record.clone()));
            } else if record.entry.seq == head.height && !(genuine && follows) {
                self.branches.push(feed);
            }
        }
        grown.into_values().collect()
    }

    fn give_way(&mut self, offered: &[Record]) {
        for record in offered.iter().filter(|_| self.gives_way) {
            let Some((head, records)) = self.feeds.get_mut(&record.entry.feed) else { continue };
            let at = usize::try_from(record.entry.seq).unwrap();
            let forks = records.get(at).is_some_and(|ours| ours.entry != record.entry);
            let chains = at > 0 && records.get(at - 1).is_some_and(|it| it.entry.hash() == record.entry.prev);
            if head.node.0 == self.node && forks && chains {
                records.truncate(at);
                let last = records.last().unwrap();
                *head = FeedHead { height: record.entry.seq, hash: last.entry.hash(), ..*head };
            }
        }
    }

    /// Every change here with its document, feed and place.
    fn changes(&self) -> impl Iterator<Item = (DocId, ChangeHash, (FeedId, u64))> {
        self.feeds.iter().flat_map(|(feed, (_, records))| {
            let changes = |record: &Record| record.entry.changes().collect::<Vec<_>>();
            let placed = |record: &Record| {
                let place = (*feed, record.entry.seq);
                changes(record).into_iter().map(move |(doc, hash)| (doc, hash, place)).collect::<Vec<_>>()
            };
            records.iter().flat_map(placed).collect::<Vec<_>>()
        })
    }

    fn loaded(&self, feed: &FeedId, seq: u64, bytes_max: usize) -> Loaded {
        let records = self.load(feed, seq, bytes_max);
        Loaded { records, places: self.changes().map(|(_, hash, place)| (hash, place)).collect() }
    }

    fn find(&self, wanted: &Wanted) -> Option<ChangeHash> {
        let alike = |(doc, hash, _): &(DocId, ChangeHash, _)| {
            *doc == wanted.doc && hash.as_bytes().starts_with(&wanted.prefix)
        };
        let found: BTreeSet<_> = self.changes().filter(alike).map(|(_, hash, _)| hash).collect();
        if found.len() == 1 { found.into_iter().next() } else { None }
    }

    fn load(&self, feed: &FeedId, seq: u64, bytes_max: usize) -> Vec<Record> {
        let Some((_, records)) = self.feeds.get(feed) else { return Vec::new() };
        let mut bytes = 0;
        let records = records.iter().skip(usize::try_from(seq).unwrap());
        let fits = |record: &&Record| {
            let fits = bytes < bytes_max;
            bytes += record.size();
            fits
        };
        records.take_while(fits).cloned().collect()
    }
}

/// One end of a connection.
pub(super) struct End {
    pub(super) store: usize,
    pub(super) session: Session,
    inbox: VecDeque<Vec<u8>>,
    pub(super) events: Vec<Event>,
    pub(super) closed: Option<CloseReason>,
    pub(super) sent: usize,
    pub(super) frames: usize,
    /// The kinds of the frames sent.
    pub(super) kinds: Vec<u8>,
}

/// Store 0 is the relay's. Ends 2k and 2k+1 are the node's and the relay's of connection k.
pub(super) struct World {
    pub(super) now: Timestamp,
    pub(super) stores: Vec<Store>,
    pub(super) ends: Vec<End>,
    /// Deliver every frame twice.
    pub(super) twice: bool,
    /// Tell sessions of what the log took only later.
    pub(super) late: bool,
    /// Nodes sign frontiers when they are due, and the relay keeps them.
    pub(super) reports: bool,
    untold: VecDeque<(usize, Vec<FeedHead>)>,
}

impl World {
    pub(super) fn new(nodes: u16) -> Self {
        let roster = network(nodes);
        let stores = (0..=nodes).map(|node| Store::new(node, &roster)).collect();
        let now = Timestamp(1_780_000_000_000);
        Self {
            now,
            stores,
            ends: Vec::new(),
            twice: false,
            late: false,
            reports: false,
            untold: VecDeque::new(),
        }
    }

    /// Connects a node; gives the number of its end.
    pub(super) fn connect(&mut self, node: u16) -> usize {
        let role = Role::Node { node: NodeNo(node) };
        self.connect_as(usize::from(node), role, &key(node))
    }

    pub(super) fn connect_as(&mut self, store: usize, role: Role, key: &KeyPair) -> usize {
        self.end(store, role);
        self.end(0, Role::Relay { peer: key.public() });
        self.ends.len() - 2
    }

    fn end(&mut self, store: usize, role: Role) {
        let from = &self.stores[store];
        let peer = match &role {
            Role::Node { node } => Some(*node),
            Role::Relay { peer } => from.roster.node_by_key(peer).map(|node| node.no),
            Role::Newcomer { .. } => None,
        };
        let snapshot = Snapshot {
            roster: Arc::new(from.roster.clone()),
            heads: from.heads(),
            frontier_cursor: from.cursor,
            frontiers: from.frontiers_of(peer),
        };
        let session = Session::new(role, snapshot, self.now);
        let (inbox, events) = (VecDeque::new(), Vec::new());
        self.ends.push(End {
            store,
            session,
            inbox,
            events,
            closed: None,
            sent: 0,
            frames: 0,
            kinds: Vec::new(),
        });
    }

    /// Breaks a line: frames under way are lost with both ends.
    pub(super) fn disconnect(&mut self, end: usize) {
        for at in [end, end + 1] {
            let role = Role::Newcomer { key: key(0).public(), letter: Vec::new() };
            let snapshot = Snapshot {
                roster: Arc::new(Roster::empty(OTHER_NETWORK)),
                heads: BTreeMap::new(),
                frontier_cursor: 0,
                frontiers: BTreeMap::new(),
            };
            self.ends[at].session = Session::new(role, snapshot, self.now);
            while self.ends[at].session.poll_action().is_some() {}
            self.ends[at].inbox.clear();
        }
    }

    /// Writes at a node and tells its sessions.
    pub(super) fn write(&mut self, store: u16, space: Space, text: &str) {
        let head = self.stores[usize::from(store)].write(space, text);
        self.appended(usize::from(store), &[head]);
    }

    pub(super) fn appended(&mut self, store: usize, heads: &[FeedHead]) {
        for end in self.ends.iter_mut().filter(|end| end.store == store) {
            end.session.handle_appended(self.now, heads);
        }
    }

    pub(super) fn new_roster(&mut self, store: usize, roster: &Roster) {
        self.stores[store].roster = roster.clone();
        for end in self.ends.iter_mut().filter(|end| end.store == store) {
            end.session.handle_roster(self.now, Arc::new(roster.clone()));
        }
    }

    /// Carries frames until nothing moves.
    pub(super) fn run(&mut self) {
        let mut steps = 0;
        while self.step() {
            steps += 1;
            assert!(steps < 5_000, "the exchange does not end");
        }
    }

    /// Does what each end wants and gives it one frame; gives whether anything moved.
    pub(super) fn step(&mut self) -> bool {
        let mut moved = false;
        for at in 0..self.ends.len() {
            while let Some(action) = self.ends[at].session.poll_action() {
                moved = true;
                self.act(at, action);
            }
            if let Some(frame) = self.ends[at].inbox.pop_front() {
                moved = true;
                self.ends[at].session.handle_frame(self.now, &frame);
            }
        }
        self.tell() || moved
    }

    fn tell(&mut self) -> bool {
        let Some((store, heads)) = self.untold.pop_front() else { return false };
        self.appended(store, &heads);
        true
    }

    /// Lets timers run out until none is left or `limit` have.
    pub(super) fn run_timers(&mut self, limit: usize) {
        self.run();
        for _ in 0..limit {
            let next = self.ends.iter().filter_map(|end| end.session.poll_timeout()).min();
            let Some(next) = next else { return };
            self.now = self.now.max(next);
            for end in &mut self.ends {
                end.session.handle_timeout(self.now);
            }
            self.run();
        }
        panic!("timers never end");
    }

    /// Lets the time pass that a frontier may take: where none was signed, a Check goes out in its place.
    pub(super) fn run_late_checks(&mut self) {
        self.now = self.now.plus_ms(2_000);
        for end in &mut self.ends {
            end.session.handle_timeout(self.now);
        }
        self.run();
    }

    fn act(&mut self, at: usize, action: Action) {
        let store = self.ends[at].store;
        match action {
            Action::Send(frame) => {
                let mut prefix = Writer::new();
                prefix.leb(frame.len() as u64);
                self.ends[at].sent += prefix.as_slice().len() + frame.len();
                self.ends[at].frames += 1;
                self.ends[at].kinds.push(frame[0]);
                for _ in 0..1 + usize::from(self.twice) {
                    self.ends[at ^ 1].inbox.push_back(frame.clone());
                }
            }
            Action::Load { feed, seq, bytes_max } => {
                let loaded = self.stores[store].loaded(&feed, seq, bytes_max);
                self.ends[at].session.handle_loaded(self.now, feed, seq, loaded);
            }
            Action::Find(wanted) => {
                let found: Vec<_> = wanted.iter().map(|it| self.stores[store].find(it)).collect();
                self.ends[at].session.handle_found(self.now, &found);
            }
            Action::Append(records) => {
                let heads = self.stores[store].append(records);
                self.untold.push_back((store, heads));
                if !self.late {
                    self.tell();
                }
                let branches = std::mem::take(&mut self.stores[store].branches);
                self.ends[at].session.handle_other_branches(self.now, &branches);
            }
            Action::Statements(statements) => {
                let mut roster = self.stores[store].roster.clone();
                roster.take(&statements).unwrap();
                self.new_roster(store, &roster);
            }
            Action::Notify(Event::FrontierCursor(cursor)) if at.is_multiple_of(2) => {
                self.stores[store].cursor = cursor;
            }
            Action::Notify(event) => {
                match &event {
                    Event::FrontierDue(space) if self.reports => {
                        let bytes = self.stores[store].sign_frontier(*space);
                        self.ends[at].session.handle_frontiers(self.now, vec![bytes], 0);
                    }
                    Event::Frontier(bytes) if self.reports => self.stores[store].keep_frontier(bytes),
                    _ => {}
                }
                self.ends[at].events.push(event);
            }
            Action::Close(reason) => self.ends[at].closed = Some(reason),
        }
    }

    /// Bytes both ways on the connection of `end`, length prefixes included; counting begins anew.
    pub(super) fn take_bytes(&mut self, end: usize) -> (usize, usize) {
        let [a, b] = [end, end ^ 1].map(|at| std::mem::take(&mut self.ends[at].sent));
        (a, b)
    }

    pub(super) fn in_sync(&self, end: usize) -> usize {
        let synced = |event: &&Event| matches!(event, Event::InSync(_));
        self.ends[end].events.iter().filter(synced).count()
    }

    pub(super) fn assert_equal(&self, space: Space, stores: &[usize]) {
        let digests: Vec<_> = stores.iter().map(|store| self.stores[*store].digest(space)).collect();
        assert!(digests.windows(2).all(|pair| pair[0] == pair[1]), "{space:?}: {digests:?}");
    }
}

pub(super) const OTHER_NETWORK: NetworkId = NetworkId([7; 32]);
