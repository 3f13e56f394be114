//! A small network for tests: the lead (organisation 1) and two members, a node each, numbered alike.

use svod_shared::chunk;
use svod_shared::entry::Record;
use svod_shared::feed::Tip;
use svod_shared::id::{DocId, NetworkId, NodeNo, OrgNo, Owner, Space, StatementHash, sha256};
use svod_shared::keys::{KeyPair, PublicKey};
use svod_shared::letter::{Letter, Names, Sender};
use svod_shared::roster::{Content, Genesis, NodeAdded, NodeBinding, OrgAdmitted, Role, Roster};
use svod_shared::storage::FeedHead;
use svod_shared::ticket::{Ticket, TicketSecret};

pub(crate) mod site;

/// The network and all its secrets.
pub(crate) struct World {
    pub(crate) roster: Roster,
}

impl World {
    /// Three organisations with a node each.
    pub(crate) fn new() -> Self {
        Self::named("Сеть")
    }

    pub(crate) fn named(name: &str) -> Self {
        let genesis = Genesis {
            name: name.to_owned(),
            lead_name: "Центр 1".to_owned(),
            lead_short: "Ц1".to_owned(),
            lead_key: org_key(1).public(),
            roster_key: roster_key().public(),
            recovery_key: KeyPair::from_seed(&[92; 32]).public(),
            random: [1; 16],
        };
        let (signed, network) = Roster::found(&genesis, &org_key(1));
        let mut world = Self { roster: Roster::from_statements(network, &[signed]).unwrap() };
        world.add_node(1);
        for no in 2..=3 {
            world.admit(no);
        }
        world
    }

    /// Takes the organisation of that number in, with its node.
    pub(crate) fn admit(&mut self, no: u8) {
        let content = Content::OrgAdmitted(OrgAdmitted {
            key: org_key(no).public(),
            name: format!("Центр {no}"),
            short: format!("Ц{no}"),
            role: Role::Member,
        });
        self.roster.issue(content, &roster_key()).unwrap();
        self.add_node(no);
    }

    fn add_node(&mut self, no: u8) {
        let (key, label) = (node_key(no).public(), format!("node {no}"));
        let binding = NodeBinding {
            network: &self.network(),
            org_key: &org_key(no).public(),
            node_key: &key,
            label: &label,
        }
        .sign(&org_key(no));
        let org = self.roster.org_by_key(&org_key(no).public()).unwrap().no;
        let content = Content::NodeAdded(NodeAdded { org, key, label, binding });
        self.roster.issue(content, &roster_key()).unwrap();
    }

    pub(crate) fn network(&self) -> NetworkId {
        self.roster.network()
    }

    pub(crate) fn statements(&self) -> Vec<Vec<u8>> {
        self.roster.statements(0).to_vec()
    }

    /// An entry of a node's only feed, signed by `key`: a change of a document that `owner` owns.
    pub(crate) fn record(&self, node: u8, at: Option<FeedHead>, owner: Owner, key: &KeyPair) -> Record {
        let change = change(&[node, at.map_or(0, |head| head.height as u8)]);
        self.record_of(node, at, owner, key, change)
    }

    /// A node's next entry, with as much in it as goes and nothing that compresses.
    pub(crate) fn large(&self, node: u8, at: Option<FeedHead>) -> Record {
        let mut body = Vec::new();
        while body.len() < 40 * 1024 {
            body.extend_from_slice(&sha256(&[&body[body.len().saturating_sub(32)..], &[node]].concat()));
        }
        body.push(at.map_or(0, |head| head.height as u8));
        let owner = Owner::Org(OrgNo(u16::from(node)));
        self.record_of(node, at, owner, &node_key(node), change(&body))
    }

    fn record_of(
        &self,
        node: u8,
        at: Option<FeedHead>,
        owner: Owner,
        key: &KeyPair,
        change: Vec<u8>,
    ) -> Record {
        let tip = match at {
            Some(head) => Tip::After(head),
            None => Tip::open(&self.network(), NodeNo(u16::from(node)), Space::Network, &[], [node; 16]),
        };
        let doc = DocId::natural(2, owner, b"sheet");
        tip.write(self.roster.height(), vec![(doc, change)], key).unwrap()
    }

    /// A node's next entry, as its own program would write it.
    pub(crate) fn honest(&self, node: u8, at: Option<FeedHead>) -> Record {
        self.record(node, at, Owner::Org(OrgNo(u16::from(node))), &node_key(node))
    }

    /// The letter of a newcomer with that number.
    pub(crate) fn letter(&self, no: u8, label: &str) -> Vec<u8> {
        let ticket = Ticket {
            network: self.network(),
            roster_height: 0,
            roster_hash: StatementHash([0; 32]),
            relay: None,
            secret: TicketSecret([no; 16]),
            name: String::new(),
        };
        let sender = Sender { org: &org_key(no), node: &node_key(no) };
        let names = Names { name: "Новый центр", short: "НЦ", label };
        Letter::write(&ticket, sender, names).unwrap().to_bytes()
    }
}

/// A chunk with `body` inside: no document, but the relay does not look.
pub(crate) fn change(body: &[u8]) -> Vec<u8> {
    chunk::of_body(body).1
}

pub(crate) fn org_key(no: u8) -> KeyPair {
    KeyPair::from_seed(&[no; 32])
}

pub(crate) fn node_key(no: u8) -> KeyPair {
    KeyPair::from_seed(&[100 + no; 32])
}

pub(crate) fn node(no: u8) -> PublicKey {
    node_key(no).public()
}

fn roster_key() -> KeyPair {
    KeyPair::from_seed(&[91; 32])
}
