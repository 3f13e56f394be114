//! The small network in which inputs arrive: its keys, its roster, and a log with a few honest entries.

use std::sync::{Arc, LazyLock};

use svod_node::documents::{Document, roadmap};
use svod_node::domain::plan::{ItemField, PlanField};
use svod_shared::entry::Record;
use svod_shared::feed::Tip;
use svod_shared::id::{DocId, NodeNo, OrgNo, Space};
use svod_shared::keys::KeyPair;
use svod_shared::log;
use svod_shared::roster::{Content, Genesis, NodeAdded, NodeBinding, OrgAdmitted, Relay, Role, Roster};
use svod_shared::storage::memory::MemoryStorage;
use svod_shared::storage::{FeedHead, Storage as _};
use svod_shared::time::Timestamp;

/// The moment of everything.
pub const NOW: Timestamp = Timestamp(1_780_000_000_000);
/// The lead's node.
pub const LEAD: NodeNo = NodeNo(1);
/// A member's node.
pub const MEMBER: NodeNo = NodeNo(2);

/// A key by its number.
pub fn key(number: u8) -> KeyPair {
    KeyPair::from_seed(&[number; 32])
}

/// The key of a node.
pub fn node_key(node: NodeNo) -> KeyPair {
    key(node.0.to_be_bytes()[1])
}

/// The key of an organisation.
pub fn org_key(org: OrgNo) -> KeyPair {
    key(100 + org.0.to_be_bytes()[1])
}

/// The key of everyday statements.
pub fn roster_key() -> KeyPair {
    key(201)
}

/// The key on paper.
pub fn recovery_key() -> KeyPair {
    key(202)
}

/// The relay's key.
pub fn relay_key() -> KeyPair {
    key(203)
}

/// The network, and logs with what its nodes have written.
#[derive(Debug)]
pub struct World {
    /// Three organisations with one node each, and a relay.
    pub roster: Arc<Roster>,
    /// The log of a node that has everything.
    pub full: MemoryStorage,
    /// The log of one that lacks the newer half of every feed.
    pub half: MemoryStorage,
}

/// The network; it is always the same.
pub static WORLD: LazyLock<World> = LazyLock::new(World::new);

impl World {
    fn new() -> Self {
        let roster = roster();
        let mut world =
            Self { roster: Arc::new(roster), full: MemoryStorage::default(), half: MemoryStorage::default() };
        for statement in world.roster.statements(0) {
            world.full.push_statement(statement).expect("memory takes it");
            world.half.push_statement(statement).expect("memory takes it");
        }
        let plan = roadmap::roadmap_id([7; 13]);
        for node in [LEAD, MEMBER, NodeNo(3)] {
            let changes = changes(plan, node);
            let newer = changes.len() / 2;
            for (at, change) in changes.into_iter().enumerate() {
                let record = next(&world.full, &world.roster, node, Space::Network, vec![(plan, change)]);
                let kept = at < newer;
                append(&mut world.full, &world.roster, record.clone());
                if kept {
                    append(&mut world.half, &world.roster, record);
                }
            }
        }
        let own = next(&world.full, &world.roster, MEMBER, Space::Org(OrgNo(2)), Vec::new());
        append(&mut world.full, &world.roster, own);
        world
    }
}

/// The changes of one node that edits a document of its own copy.
fn changes(plan: DocId, node: NodeNo) -> Vec<Vec<u8>> {
    let mut document = Document::new(plan).expect("a kind that is known");
    let tip = Tip::open(&WORLD_NETWORK, node, Space::Network, &[], random(node));
    let actor = tip.feed().actor();
    let section = roadmap::NewSection {
        fields: vec![(ItemField::Title, "Организационное".to_owned())],
        items: vec![roadmap::NewItem {
            fields: vec![(ItemField::Title, format!("пункт узла {}", node.0))]
        }],
    };
    let new = roadmap::NewPlan { fields: vec![], sections: vec![section] };
    let made = roadmap::create(&mut document, actor, NOW, None, &new).expect("an honest plan");
    let mut changes: Vec<_> = made.into_iter().map(|it| it.bytes).collect();
    for n in 0..4 {
        let edit = [roadmap::set_plan_field(PlanField::Title, &format!("план {n} узла {}", node.0))];
        let made = document.edit(actor, NOW, None, &edit).expect("an honest edit");
        changes.extend(made.map(|it| it.bytes));
    }
    changes
}

static WORLD_NETWORK: LazyLock<svod_shared::id::NetworkId> = LazyLock::new(|| roster().network());

fn random(node: NodeNo) -> [u8; 16] {
    [node.0.to_be_bytes()[1]; 16]
}

/// The next entry of a node as it would write and sign it.
pub fn next(
    storage: &MemoryStorage,
    roster: &Roster,
    node: NodeNo,
    space: Space,
    changes: Vec<(DocId, Vec<u8>)>,
) -> Record {
    let tip = tip(storage, roster, node, space);
    tip.write(roster.height(), changes, &node_key(node)).expect("plain changes")
}

/// Where a node's next entry goes.
pub fn tip(storage: &MemoryStorage, roster: &Roster, node: NodeNo, space: Space) -> Tip {
    let mut own = storage.feeds(space).expect("memory reads");
    own.retain(|it| it.node == node);
    match own.last() {
        Some(head) => Tip::After(*head),
        None => Tip::open(&roster.network(), node, space, &[], random(node)),
    }
}

/// Puts an own entry into a log.
pub fn append(storage: &mut MemoryStorage, roster: &Roster, record: Record) -> Vec<FeedHead> {
    let accepted = log::accept(storage, roster, vec![record]).expect("memory takes it");
    assert!(accepted.refused.is_empty(), "honest entries are taken: {:?}", accepted.refused);
    accepted.heads
}

fn roster() -> Roster {
    let genesis = Genesis {
        name: "Сеть".into(),
        lead_name: "Ведущий центр".into(),
        lead_short: "Центр".into(),
        lead_key: org_key(OrgNo(1)).public(),
        roster_key: roster_key().public(),
        recovery_key: recovery_key().public(),
        random: [1; 16],
    };
    let (signed, network) = Roster::found(&genesis, &org_key(OrgNo(1)));
    let mut roster = Roster::from_statements(network, &[signed]).expect("a genesis stands");
    for no in 1..=3 {
        if no > 1 {
            let admitted = OrgAdmitted {
                key: org_key(OrgNo(no)).public(),
                name: format!("Организация {no}"),
                short: format!("О{no}"),
                role: Role::Member,
            };
            issue(&mut roster, Content::OrgAdmitted(admitted));
        }
        let added = node_added(&roster, OrgNo(no), &node_key(NodeNo(no)));
        issue(&mut roster, Content::NodeAdded(added));
    }
    let relay = Relay { addresses: vec!["relay.example:4433".into()], key: relay_key().public() };
    issue(&mut roster, Content::RelaySet(relay));
    roster
}

/// The statement by which an organisation gets a node.
pub fn node_added(roster: &Roster, org: OrgNo, key: &KeyPair) -> NodeAdded {
    let (network, org_key) = (roster.network(), org_key(org));
    let (org_public, node_key) = (org_key.public(), key.public());
    let binding = NodeBinding { network: &network, org_key: &org_public, node_key: &node_key, label: "ПК" };
    NodeAdded { org, key: node_key, label: "ПК".into(), binding: binding.sign(&org_key) }
}

fn issue(roster: &mut Roster, content: Content) {
    roster.issue(content, &roster_key()).expect("an honest statement stands");
}
