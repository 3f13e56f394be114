//! A small network for tests, and its behaviours by theme.

use super::*;
use crate::id::EntryHash;
use crate::keys::Signature;

mod chain;
mod fold;
mod fork;
mod golden;
mod membership;
mod rights;

/// A key that every run makes alike.
pub(crate) fn key(seed: u8) -> KeyPair {
    KeyPair::from_seed(&[seed; 32])
}

pub(crate) const LEAD: u8 = 1;
pub(crate) const EVERYDAY: u8 = 2;
pub(crate) const RECOVERY: u8 = 3;

pub(crate) fn genesis() -> Genesis {
    Genesis {
        name: "Сеть центров".into(),
        lead_name: "Городской методический центр".into(),
        lead_short: "ГМЦ".into(),
        lead_key: key(LEAD).public(),
        roster_key: key(EVERYDAY).public(),
        recovery_key: key(RECOVERY).public(),
        random: [7; 16],
    }
}

/// A roster with the genesis only.
pub(crate) fn founded() -> Roster {
    let (signed, network) = Roster::found(&genesis(), &key(LEAD));
    Roster::from_statements(network, &[signed]).unwrap()
}

pub(crate) fn admission(seed: u8, role: Role) -> Content {
    Content::OrgAdmitted(OrgAdmitted {
        key: key(seed).public(),
        name: format!("Методический центр {seed}"),
        short: format!("МЦ {seed}"),
        role,
    })
}

/// An organisation and its node: `seed` for the organisation's key, `seed + 100` for the node's.
pub(crate) fn joined(roster: &mut Roster, seed: u8, role: Role) -> (OrgNo, NodeNo) {
    roster.issue(admission(seed, role), &key(EVERYDAY)).unwrap();
    let org = roster.orgs().last().unwrap().no;
    (org, with_node(roster, org, seed, seed + 100))
}

pub(crate) fn with_node(roster: &mut Roster, org: OrgNo, org_seed: u8, node_seed: u8) -> NodeNo {
    let added = addition(roster, org, org_seed, node_seed);
    roster.issue(added, &key(EVERYDAY)).unwrap();
    roster.nodes().last().unwrap().no
}

pub(crate) fn addition(roster: &Roster, org: OrgNo, org_seed: u8, node_seed: u8) -> Content {
    let (org_pair, node_key) = (key(org_seed), key(node_seed).public());
    let label = "кабинет 12".to_owned();
    let binding = bind(roster, &org_pair, &node_key);
    Content::NodeAdded(NodeAdded { org, key: node_key, label, binding })
}

fn bind(roster: &Roster, org: &KeyPair, node_key: &PublicKey) -> Signature {
    let (network, org_key) = (roster.network(), org.public());
    NodeBinding { network: &network, org_key: &org_key, node_key, label: "кабинет 12" }.sign(org)
}

/// Feed `n` ends at `height`.
fn ends(ends: &[(u8, u64)]) -> ClosedFeeds {
    let end = |height: u64| FeedEnd { height, hash: EntryHash([u8::try_from(height).unwrap(); 32]) };
    ends.iter().map(|(feed, height)| (FeedId([*feed; 32]), end(*height))).collect()
}

/// The lead (1), a member (2) and an observer (3), each with a node of the same number.
fn three() -> Roster {
    let mut roster = founded();
    assert_eq!(with_node(&mut roster, LEAD_NO, LEAD, 101), NodeNo(1));
    assert_eq!(joined(&mut roster, 11, Role::Member), (OrgNo(2), NodeNo(2)));
    assert_eq!(joined(&mut roster, 12, Role::Observer), (OrgNo(3), NodeNo(3)));
    roster
}
