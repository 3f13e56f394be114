//! Whatever the order in which statements and entries reach the nodes, the same entries stand everywhere.
//!
//! A script of the lead's statements, everybody's writing and chance meetings: removal, suspension, return, changed keys of
//! nodes, another lead, a raised end. Then all meet until nothing moves.

use proptest::prelude::*;

use super::*;
use crate::chunk::tests::chunk;
use crate::feed::Tip;
use crate::id::OrgNo;
use crate::keys::KeyPair;
use crate::roster::{ClosedFeeds, Content, FeedEnd, NodeBinding, OrgAdmitted, Role, Whom};
use crate::storage::memory::MemoryStorage;

/// Sites 0 to 3: nodes 1 (the lead's), 2, 3 (of organisation 3) and 4 (the second one of organisation 2).
const SITES: usize = 4;

#[derive(Debug, Clone)]
enum Step {
    Write(usize),
    Meet(usize, usize),
    Suspend(u16),
    Remove(u16),
    Return(u16),
    Rotate(u16),
    Revoke(u16),
    Transfer(u16),
    Raise(u16),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..SITES).prop_map(Step::Write),
        6 => (0..SITES, 0..SITES).prop_map(|(a, b)| Step::Meet(a, b)),
        1 => (2..4u16).prop_map(Step::Suspend),
        1 => (2..4u16).prop_map(Step::Remove),
        2 => (2..4u16).prop_map(Step::Return),
        1 => (2..5u16).prop_map(Step::Rotate),
        1 => Just(Step::Revoke(4)),
        1 => (1..4u16).prop_map(Step::Transfer),
        2 => (2..5u16).prop_map(Step::Raise),
    ]
}

struct Site {
    node: NodeNo,
    key: KeyPair,
    roster: Roster,
    storage: MemoryStorage,
}

struct Net {
    sites: Vec<Site>,
    /// Keys that have been given so far: each is new.
    keys: u8,
    org_keys: BTreeMap<OrgNo, KeyPair>,
    roster_key: KeyPair,
    /// Texts written, so that no two changes are alike.
    written: u32,
}

impl Net {
    fn new() -> Self {
        let mut roster = network();
        let admitted = OrgAdmitted {
            key: pair(13).public(),
            name: "ИМЦ третий".into(),
            short: "Третий".into(),
            role: Role::Member,
        };
        roster.issue(Content::OrgAdmitted(admitted), &pair(1)).expect("admits");
        add_node_as(&mut roster, 3, &pair(13), &pair(23));
        add_node_as(&mut roster, 2, &pair(12), &pair(24));
        let site = |no: u8| Site {
            node: NodeNo(u16::from(no)),
            key: pair(20 + no),
            roster: roster.clone(),
            storage: MemoryStorage::default(),
        };
        Self {
            sites: (1..=4).map(site).collect(),
            keys: 30,
            org_keys: (1..=3).map(|no| (OrgNo(u16::from(no)), pair(10 + no))).collect(),
            roster_key: pair(1),
            written: 0,
        }
    }

    fn fresh_key(&mut self) -> KeyPair {
        self.keys += 1;
        pair(self.keys)
    }

    /// The site of the lead's first node, which alone issues statements.
    fn lead(&self) -> usize {
        let newest = self.sites.iter().max_by_key(|it| it.roster.height()).expect("sites");
        let lead = newest.roster.lead().expect("a lead");
        let node = |it: &Site| newest.roster.node(it.node).map(|node| node.org);
        self.sites.iter().position(|it| node(it) == Some(lead)).expect("the lead has a node")
    }

    fn write(&mut self, at: usize) {
        self.written += 1;
        let text = format!("запись {}", self.written);
        let site = &mut self.sites[at];
        let own: Vec<_> = site.storage.feeds(Space::Network).expect("reads");
        let own: Vec<_> = own.into_iter().filter(|it| it.node == site.node).collect();
        let closed = own.last().is_none_or(|head| {
            let (seq, prev, roster) = (head.height, head.hash, site.roster.height());
            let next = Entry { feed: head.feed, seq, prev, roster, items: Vec::new() };
            is_closed(&site.storage, &site.roster, &next, site.node).expect("reads")
        });
        let tip = match own.last().filter(|_| !closed) {
            Some(head) => Tip::After(*head),
            None => {
                let random = [u8::try_from(self.written % 251).expect("small"); 16];
                Tip::open(&site.roster.network(), site.node, Space::Network, &own, random)
            }
        };
        let change = chunk(text.as_bytes()).0;
        let record = tip.write(site.roster.height(), vec![(shared_doc(), change)], &site.key).expect("plain");
        // Who may not write learns it here: what is refused is not written.
        accept(&mut site.storage, &site.roster, vec![record]).expect("memory does not fail");
    }

    /// Both sides learn the longer roster, then each other's entries as far as they count there.
    fn meet(&mut self, a: usize, b: usize) {
        let statements = [a, b].map(|at| self.sites[at].roster.statements(0).to_vec());
        self.sites[a].roster.take(&statements[1]).expect("one chain");
        self.sites[b].roster.take(&statements[0]).expect("one chain");
        for (from, to) in [(a, b), (b, a)] {
            let records = self.offered(from, to);
            let late = if self.leads(to) { Late::Keep } else { Late::Refuse };
            let site = &mut self.sites[to];
            accept_with(&mut site.storage, &site.roster, records, late).expect("memory does not fail");
        }
    }

    fn leads(&self, at: usize) -> bool {
        let site = &self.sites[at];
        site.roster.node(site.node).map(|it| it.org) == site.roster.lead()
    }

    fn offered(&self, from: usize, to: usize) -> Vec<Record> {
        let site = &self.sites[from];
        let mut records = Vec::new();
        for head in site.storage.feeds(Space::Network).expect("reads") {
            let all = site.storage.records(&head.feed, 0, usize::MAX).expect("reads");
            let stands = standing(&site.storage, &site.roster, &head).expect("reads");
            let count = if self.leads(to) { head.height } else { stands };
            records.extend(all.into_iter().take(usize::try_from(count).expect("small")));
        }
        records
    }

    /// The ends of feeds as the lead holds them; never lower than they are.
    fn ends(&self, lead: usize, of: impl Fn(&FeedHead) -> bool, late: bool) -> ClosedFeeds {
        let site = &self.sites[lead];
        let mut ends = ClosedFeeds::new();
        for head in site.storage.feeds(Space::Network).expect("reads").into_iter().filter(of) {
            let stands = standing(&site.storage, &site.roster, &head).expect("reads");
            let height = if late { head.height } else { stands };
            let last =
                height.checked_sub(1).map(|seq| site.storage.records(&head.feed, seq, 0).expect("reads"));
            if let Some(last) = last.as_ref().and_then(|it| it.first()) {
                ends.insert(head.feed, FeedEnd { height, hash: last.entry.hash() });
            }
        }
        ends
    }

    fn say(&mut self, content: Content, by_lead_key: bool) {
        let at = self.lead();
        let org = self.sites[at].roster.lead().expect("a lead");
        let key = if by_lead_key { self.org_keys[&org].clone() } else { self.roster_key.clone() };
        // What cannot be said now is not said: the script knows no states.
        let _ = self.sites[at].roster.issue(content, &key);
    }

    fn org_of(&self, node: NodeNo) -> OrgNo {
        self.sites[0].roster.node(node).expect("known from the beginning").org
    }

    fn run(&mut self, step: &Step) {
        let lead = self.lead();
        match *step {
            Step::Write(at) => self.write(at),
            Step::Meet(a, b) if a != b => self.meet(a, b),
            Step::Meet(..) => {}
            Step::Suspend(no) | Step::Remove(no) => {
                let org = OrgNo(no);
                let closed = self.ends(lead, |it| self.org_of(it.node) == org, false);
                let content = match step {
                    Step::Remove(_) => Content::OrgRemoved { org, closed },
                    _ => Content::OrgSuspended { org, closed },
                };
                self.say(content, true);
            }
            Step::Return(no) => self.say(Content::OrgRestored { org: OrgNo(no) }, true),
            Step::Rotate(no) => self.rotate(NodeNo(no), lead),
            Step::Revoke(no) => {
                let closed = self.ends(lead, |it| it.node == NodeNo(no), false);
                self.say(Content::NodeRevoked { node: NodeNo(no), closed }, true);
            }
            Step::Transfer(no) => self.transfer(OrgNo(no), lead),
            Step::Raise(no) => {
                let roster = &self.sites[lead].roster;
                let node = NodeNo(no);
                let named = |it: &FeedHead| it.node == node && roster.closing(&it.feed, node).is_some();
                let closed = self.ends(lead, named, true);
                if !closed.is_empty() {
                    self.say(Content::FeedsClosed { whom: Whom::Node(node), below: 0, closed }, true);
                }
            }
        }
    }

    /// The node's own computer gets its new key when the lead has said so.
    fn rotate(&mut self, node: NodeNo, lead: usize) {
        let (key, org) = (self.fresh_key(), self.org_of(node));
        let (roster, org_key) = (&self.sites[lead].roster, &self.org_keys[&org]);
        let label = roster.node(node).expect("known").label.clone();
        let (network, org_public, node_public) = (roster.network(), org_key.public(), key.public());
        let binding =
            NodeBinding { network: &network, org_key: &org_public, node_key: &node_public, label: &label };
        let binding = binding.sign(org_key);
        let closed = self.ends(lead, |it| it.node == node, false);
        let before = self.sites[lead].roster.height();
        self.say(Content::NodeKeyReplaced { node, key: key.public(), binding, closed }, true);
        if self.sites[lead].roster.height() > before {
            let at = usize::from(node.0) - 1;
            let statements = self.sites[lead].roster.statements(0).to_vec();
            self.sites[at].roster.take(&statements).expect("one chain");
            self.sites[at].key = key;
        }
    }

    /// The old lead and the new one sign side by side, so both have the statement.
    fn transfer(&mut self, to: OrgNo, lead: usize) {
        let (roster_key, recovery) = (self.fresh_key(), self.fresh_key());
        let roster = &self.sites[lead].roster;
        let old = roster.lead().expect("a lead");
        let content =
            Content::LeadTransferred { to, roster_key: roster_key.public(), recovery_key: recovery.public() };
        let signed = roster.next(content).seal_by_both_leads(&self.org_keys[&old], &self.org_keys[&to]);
        let mut after = roster.clone();
        if after.push(&signed.to_bytes()).is_err() {
            return;
        }
        self.roster_key = roster_key;
        let statements = after.statements(0).to_vec();
        for at in 0..SITES {
            let org = self.org_of(self.sites[at].node);
            if org == old || org == to {
                self.sites[at].roster.take(&statements).expect("one chain");
            }
        }
    }

    /// What stands at a site: each feed's end and its hash.
    fn stands(&self, at: usize) -> BTreeMap<FeedId, (u64, EntryHash)> {
        let site = &self.sites[at];
        let mut stands = BTreeMap::new();
        for head in site.storage.feeds(Space::Network).expect("reads") {
            let height = standing(&site.storage, &site.roster, &head).expect("reads");
            if let Some(seq) = height.checked_sub(1) {
                let last = site.storage.records(&head.feed, seq, 0).expect("reads");
                stands.insert(head.feed, (height, last[0].entry.hash()));
            }
        }
        stands
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn the_same_entries_stand_everywhere_whatever_the_order_of_news(
        steps in proptest::collection::vec(step(), 1..60),
    ) {
        let mut net = Net::new();
        for step in &steps {
            net.run(step);
        }
        for _ in 0..3 {
            for (a, b) in (0..SITES).flat_map(|a| (0..a).map(move |b| (a, b))) {
                net.meet(a, b);
            }
        }
        let first = net.stands(0);
        for at in 1..SITES {
            prop_assert_eq!(net.sites[at].roster.tip(), net.sites[0].roster.tip());
            prop_assert_eq!(net.stands(at), first.clone(), "site {}", at);
        }
    }
}
