//! A network large enough for a crowd, and the entries of its nodes.

use std::sync::Arc;

use svod_shared::chunk;
use svod_shared::entry::Record;
use svod_shared::feed::Tip;
use svod_shared::id::{DocId, NetworkId, NodeNo, OrgNo, Owner, Space};
use svod_shared::keys::{KeyPair, PublicKey};
use svod_shared::roster::{Content, Genesis, NodeAdded, NodeBinding, OrgAdmitted, Role, Roster};
use svod_shared::storage::FeedHead;

/// Nodes of one organisation.
const NODES_OF_ONE: u16 = 50;

/// A roster and the keys of all nodes.
#[derive(Debug)]
pub struct Founded {
    /// The roster.
    pub roster: Arc<Roster>,
    keys: Vec<KeyPair>,
}

/// One node of it.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its ordinal.
    pub no: NodeNo,
    /// Its organisation.
    pub org: OrgNo,
    /// Its key.
    pub key: KeyPair,
}

impl Founded {
    /// A network of at least so many nodes.
    pub fn new(nodes: u16) -> Self {
        let (lead, roster_key) = (key(1, 0), key(2, 0));
        let genesis = Genesis {
            name: "Сеть".to_owned(),
            lead_name: "Центр 1".to_owned(),
            lead_short: "Ц1".to_owned(),
            lead_key: lead.public(),
            roster_key: roster_key.public(),
            recovery_key: key(3, 0).public(),
            random: [7; 16],
        };
        let (signed, network) = Roster::found(&genesis, &lead);
        let mut roster = Roster::from_statements(network, &[signed]).expect("the genesis is sound");
        let mut keys = Vec::new();
        for no in 0..nodes {
            let org = no / NODES_OF_ONE + 1;
            if no % NODES_OF_ONE == 0 && org > 1 {
                admit(&mut roster, org, &roster_key);
            }
            keys.push(add_node(&mut roster, org, no, &roster_key));
        }
        Self { roster: Arc::new(roster), keys }
    }

    /// The network.
    pub fn network(&self) -> NetworkId {
        self.roster.network()
    }

    /// A node, counted from 0.
    pub fn member(&self, no: usize) -> Member {
        let key = self.keys.get(no).expect("the network has so many nodes").clone();
        let node = self.roster.node_by_key(&key.public()).expect("it is in the roster");
        Member { no: node.no, org: node.org, key }
    }

    /// A node's next entry: a change of so many bytes, which no document would take, but the relay does not look.
    pub fn record(&self, member: &Member, at: Option<FeedHead>, bytes: usize) -> Record {
        let tip = match at {
            Some(head) => Tip::After(head),
            None => Tip::open(&self.network(), member.no, Space::Network, &[], [9; 16]),
        };
        let seq = at.map_or(0, |head| head.height);
        let body: Vec<u8> = seq.to_le_bytes().into_iter().cycle().take(bytes.max(8)).collect();
        let doc = DocId::natural(2, Owner::Org(member.org), b"sheet");
        let written = tip.write(self.roster.height(), vec![(doc, chunk::of_body(&body).1)], &member.key);
        written.expect("a small entry can be written")
    }
}

fn key(kind: u8, no: u16) -> KeyPair {
    let [high, low] = no.to_be_bytes();
    let mut seed = [kind; 32];
    seed[30..].copy_from_slice(&[high, low]);
    KeyPair::from_seed(&seed)
}

/// The lead's key is that of organisation 1.
fn org_key(org: u16) -> KeyPair {
    if org == 1 { key(1, 0) } else { key(4, org) }
}

fn admit(roster: &mut Roster, org: u16, roster_key: &KeyPair) {
    let content = Content::OrgAdmitted(OrgAdmitted {
        key: org_key(org).public(),
        name: format!("Центр {org}"),
        short: format!("Ц{org}"),
        role: Role::Member,
    });
    roster.issue(content, roster_key).expect("an organisation can be admitted");
}

fn add_node(roster: &mut Roster, org: u16, no: u16, roster_key: &KeyPair) -> KeyPair {
    let (node, label) = (key(5, no), format!("node {no}"));
    let node_key: PublicKey = node.public();
    let network = roster.network();
    let binding = NodeBinding {
        network: &network,
        org_key: &org_key(org).public(),
        node_key: &node_key,
        label: &label,
    }
    .sign(&org_key(org));
    let content = Content::NodeAdded(NodeAdded { org: OrgNo(org), key: node_key, label, binding });
    roster.issue(content, roster_key).expect("a node can be added");
    node
}
