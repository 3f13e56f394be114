//! The network of a run: keys that follow from the seed, the roster, and the table that its plan comes from.

use std::path::Path;

use svod_node::domain::plan::ItemField;
use svod_node::exchange::form::{Form, FormRow, FormSection};
use svod_node::folder::{Folder, KeyRole};
use svod_shared::id::{NetworkId, OrgNo, sha256};
use svod_shared::keys::KeyPair;
use svod_shared::roster::{Content, Genesis, NodeAdded, NodeBinding, OrgAdmitted, Role, Roster};

use crate::sim::rng::Rng;
use crate::sim::trace::Broken;

/// A node of the network with its keys.
#[derive(Debug, Clone)]
pub(super) struct Member {
    /// Its organisation's key.
    pub(super) org: KeyPair,
    /// Its own.
    pub(super) node: KeyPair,
}

/// The network as it is founded.
#[derive(Debug)]
pub(super) struct Founding {
    /// The roster with all members.
    pub(super) roster: Roster,
    /// The honest nodes, the lead's first.
    pub(super) honest: Vec<Member>,
    /// The member that does what it may not.
    pub(super) hostile: Member,
    roster_key: KeyPair,
}

/// A key that follows from the seed.
pub(super) fn key(seed: u64, name: &str) -> KeyPair {
    KeyPair::from_seed(&sha256(format!("svod simulator {seed} {name}").as_bytes()))
}

impl Founding {
    /// Founds a network of two to five honest nodes and a hostile one.
    pub(super) fn new(seed: u64, rng: &mut Rng) -> Result<Self, Broken> {
        let roster_key = key(seed, "roster");
        let lead = Member { org: key(seed, "org 1"), node: key(seed, "node 1") };
        let genesis = Genesis {
            name: "Сеть".into(),
            lead_name: "Ведущий центр".into(),
            lead_short: "Центр".into(),
            lead_key: lead.org.public(),
            roster_key: roster_key.public(),
            recovery_key: key(seed, "recovery").public(),
            random: [1; 16],
        };
        let (signed, network) = Roster::found(&genesis, &lead.org);
        let roster =
            Roster::from_statements(network, &[signed]).map_err(|error| Broken::failed("founding", error))?;
        let hostile = Member { org: key(seed, "org 2"), node: key(seed, "node 2") };
        let mut founding = Self { roster, honest: vec![lead.clone()], hostile: hostile.clone(), roster_key };
        founding.add_node(OrgNo(1), &lead)?;
        founding.admit(2, &hostile)?;
        for no in 3..4 + u16::try_from(rng.below(3)).unwrap_or(0) {
            let member =
                Member { org: key(seed, &format!("org {no}")), node: key(seed, &format!("node {no}")) };
            founding.admit(no, &member)?;
            founding.honest.push(member);
        }
        if rng.one_in(2) {
            let org = key(seed, "org 3");
            let second = Member { org, node: key(seed, "second node") };
            founding.add_node(OrgNo(3), &second)?;
            founding.honest.push(second);
        }
        Ok(founding)
    }

    /// The network.
    pub(super) fn network(&self) -> NetworkId {
        self.roster.network()
    }

    /// Makes the folder of a node.
    pub(super) fn folder(&self, at: &Path, member: &Member, lead: bool) -> Result<Folder, Broken> {
        let make = || {
            let folder = Folder::create(at)?;
            folder.keep_key(KeyRole::Org, &member.org)?;
            folder.keep_key(KeyRole::Node, &member.node)?;
            if lead {
                folder.keep_key(KeyRole::Roster, &self.roster_key)?;
            }
            Ok::<_, svod_node::folder::FolderError>(folder)
        };
        make().map_err(|error| Broken::failed("making a folder", error))
    }

    fn admit(&mut self, no: u16, member: &Member) -> Result<(), Broken> {
        let admitted = OrgAdmitted {
            key: member.org.public(),
            name: format!("Организация {no}"),
            short: format!("О{no}"),
            role: Role::Member,
        };
        self.issue(Content::OrgAdmitted(admitted))?;
        self.add_node(OrgNo(no), member)
    }

    fn add_node(&mut self, org: OrgNo, member: &Member) -> Result<(), Broken> {
        let (network, org_key, key) = (self.network(), member.org.public(), member.node.public());
        let binding = NodeBinding { network: &network, org_key: &org_key, node_key: &key, label: "ПК" };
        let binding = binding.sign(&member.org);
        self.issue(Content::NodeAdded(NodeAdded { org, key, label: "ПК".into(), binding }))
    }

    fn issue(&mut self, content: Content) -> Result<(), Broken> {
        let issued = self.roster.issue(content, &self.roster_key);
        issued.map(drop).map_err(|error| Broken::failed("issuing a statement", error))
    }
}

/// The table of the plan; `term` stands in its rows, so that different ones are different editions of one plan.
pub(super) fn table(term: &str) -> Form {
    let row = |number, title| {
        let own = [(ItemField::Number, number), (ItemField::Title, title), (ItemField::Term, term)];
        FormRow::of(
            own.into_iter().chain([(ItemField::Audience, "Участники сети"), (ItemField::Responsible, "ТМС")]),
        )
    };
    let section =
        |number: &str, rows| FormSection { number: number.into(), title: "Раздел".into(), rows };
    Form {
        title: "Дорожная карта".into(),
        period: "2021-23г.г.".into(),
        sections: vec![
            section("1", vec![row("1.1", "Список организаций"), row("1.2", "Договоры")]),
            section("2", vec![row("2.1", "Вебинары")]),
        ],
        ..Form::default()
    }
}
