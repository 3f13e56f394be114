//! The roster in words, for pages and commands.

use std::collections::BTreeMap;

use svod_shared::id::{NodeNo, OrgNo};
use svod_shared::roster::{Content, Org, Role, Signed, Signer, Whom};
use svod_shared::storage::StorageError;

use super::Store;
use crate::folder::KeyRole;
use crate::projections::invites;
use crate::views::roster::{ComputerLine, KeyCard, OrgLine, OrgState, RosterView, SaidLine};

impl Store {
    /// Who belongs and who may, and how it came about.
    pub fn roster_view(&self) -> Result<RosterView, StorageError> {
        let (late, words) = (self.late_entries()?, invites::words(&self.connection)?);
        let late = |org: OrgNo| late.iter().find(|it| it.org == org).map_or(0, |it| it.count);
        let mut orgs: Vec<_> = self.roster.orgs().map(|it| self.org_line(it, late(it.no), &words)).collect();
        orgs.sort_by_key(|it| (it.state != OrgState::Lead, it.no));
        let mut said: Vec<_> = self.roster.said().map(|it| self.said_line(&it)).collect();
        said.reverse();
        let has_key = |role| self.folder.key(role).is_ok_and(|it| it.is_some());
        Ok(RosterView {
            orgs,
            said,
            may_say: self.is_lead() && has_key(KeyRole::Org) && has_key(KeyRole::Roster),
            forked_at: self.roster.fork().map(|it| it.height),
        })
    }

    /// What belongs on a sheet of paper beside the computer.
    pub fn key_card(&self) -> Result<KeyCard, StorageError> {
        let me = self.me();
        let org = me.and_then(|it| self.roster.org(it.org));
        let node = me.and_then(|it| self.roster.node(it.node));
        let relay = self.roster.relay().map(|it| it.addresses.join(", ")).unwrap_or_default();
        Ok(KeyCard {
            network: self.roster.name().to_owned(),
            network_id: self.roster.network().to_string(),
            org: org.map(|it| it.name.clone()).unwrap_or_default(),
            computer: node.map(|it| it.label.clone()).unwrap_or_default(),
            org_key: org.map(|it| it.key.short_code()).unwrap_or_default(),
            node_key: self.node_key.public().short_code(),
            relay,
            words: self.joining_words().ok().flatten().unwrap_or_default(),
            is_lead: self.is_lead(),
        })
    }

    fn org_line(&self, org: &Org, late: u64, words: &BTreeMap<NodeNo, String>) -> OrgLine {
        let state = match org {
            _ if self.roster.lead() == Some(org.no) => OrgState::Lead,
            it if it.active => OrgState::Active,
            it if it.removed => OrgState::Removed,
            _ => OrgState::Suspended,
        };
        let computers = self.roster.nodes().filter(|it| it.org == org.no).map(|it| ComputerLine {
            no: it.no,
            label: it.label.clone(),
            key_code: it.key.short_code(),
            active: it.active,
            words: words.get(&it.no).cloned(),
        });
        OrgLine {
            no: org.no,
            name: org.name.clone(),
            role: match org.role {
                Role::Lead => "role-lead",
                Role::Member => "role-member",
                Role::Observer => "role-observer",
            },
            state,
            since: org.spans().last().map_or(org.admitted.from, |it| it.from),
            basis: org.admitted.basis.clone(),
            key_code: org.key.short_code(),
            computers: computers.collect(),
            late,
            is_me: self.me().is_some_and(|it| it.org == org.no),
        }
    }

    fn said_line(&self, signed: &Signed) -> SaidLine {
        let statement = &signed.statement;
        let (what, who) = self.in_words(&statement.content);
        SaidLine {
            number: statement.height.saturating_add(1),
            what,
            who,
            seal: match signed.seal.signer() {
                Signer::Lead => "seal-lead",
                Signer::Roster => "seal-roster",
                Signer::Recovery => "seal-recovery",
                Signer::BothLeads => "seal-both-leads",
            },
            from: statement.terms.from,
            basis: statement.terms.basis.clone(),
        }
    }

    fn in_words(&self, content: &Content) -> (&'static str, String) {
        let org = |no: &OrgNo| self.roster.org(*no).map(|it| it.name.clone()).unwrap_or_default();
        let node = |no| {
            let it = self.roster.node(no);
            it.map(|it| format!("{} ({})", it.label, org(&it.org))).unwrap_or_default()
        };
        match content {
            Content::NetworkCreated(it) => ("said-network-created", it.lead_name.clone()),
            Content::OrgAdmitted(it) => ("said-org-admitted", it.name.clone()),
            Content::NodeAdded(it) => ("said-node-added", format!("{} ({})", it.label, org(&it.org))),
            Content::RelaySet(it) => ("said-relay-set", it.addresses.join(", ")),
            Content::RulesVersion { version } => ("said-rules", version.to_string()),
            Content::Excluded { change } => ("said-excluded", change.to_string()),
            Content::OrgKeyReplaced { org: no, .. } => ("said-org-key", org(no)),
            Content::NodeKeyReplaced { node: no, .. } => ("said-node-key", node(*no)),
            Content::OrgSuspended { org: no, .. } => ("said-suspended", org(no)),
            Content::OrgRestored { org: no } => ("said-readmitted", org(no)),
            Content::OrgRemoved { org: no, .. } => ("said-removed", org(no)),
            Content::NodeRevoked { node: no, .. } => ("said-closed", node(*no)),
            Content::FeedsClosed { whom: Whom::Org(no), .. } => ("said-raised", org(no)),
            Content::FeedsClosed { whom: Whom::Node(no), .. } => ("said-raised", node(*no)),
            Content::LeadTransferred { to, .. } => ("said-transferred", org(to)),
            Content::LeadReplaced { .. } => ("said-lead-replaced", String::new()),
            Content::Unknown { kind, .. } => ("said-unknown", kind.to_string()),
        }
    }
}
