//! What each kind of statement does to the roster. Every function checks all before it changes anything.

use std::collections::BTreeMap;

use super::binding::{NodeBinding, org_key_is_proved};
use super::content::{ClosedFeeds, Content, Genesis, NodeAdded, OrgAdmitted, Relay, Role, Whom};
use super::error::RosterError;
use super::since::Since;
use super::statement::Terms;
use super::{Authority, KeyUse, LEAD_NO, Node, Org, Roster};
use crate::id::{ChangeHash, NodeNo, OrgNo};
use crate::keys::{PublicKey, Signature};

/// The greatest ordinal of an organisation: 0 and 0xFFFF mean "shared" and "the lead" in a document's id.
const ORG_NO_MAX: u16 = u16::MAX - 1;

/// How an organisation stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Leaving {
    ForNow,
    Wholly,
}

impl Roster {
    /// Folds a statement whose place and seal have been checked.
    pub(super) fn fold(&mut self, content: Content, terms: &Terms) -> Result<(), RosterError> {
        match content {
            Content::NetworkCreated(it) => self.create(it, terms),
            Content::OrgAdmitted(it) => self.admit(it, terms),
            Content::NodeAdded(it) => self.add_node(it),
            Content::RelaySet(it) => self.set_relay(it),
            Content::RulesVersion { version } => self.set_rules(version),
            Content::Excluded { change } => self.exclude(change),
            Content::OrgKeyReplaced { org, key, proof } => self.replace_org_key(org, key, &proof),
            Content::NodeKeyReplaced { node, key, binding, closed } => {
                self.replace_node_key(node, key, &binding, &closed)
            }
            Content::OrgSuspended { org, closed } => self.stop_org(org, &closed, Leaving::ForNow, terms),
            Content::OrgRemoved { org, closed } => self.stop_org(org, &closed, Leaving::Wholly, terms),
            Content::OrgRestored { org } => self.restore(org, terms),
            Content::NodeRevoked { node, closed } => self.revoke(node, &closed),
            Content::FeedsClosed { whom, below, closed } => self.close_feeds(whom, below, &closed),
            Content::LeadTransferred { to, roster_key, recovery_key } => {
                self.transfer(to, roster_key, recovery_key)
            }
            Content::LeadReplaced { lead_key, roster_key, recovery_key } => {
                self.replace_lead(Authority { lead: lead_key, roster: roster_key, recovery: recovery_key })
            }
            Content::Unknown { kind, .. } => Err(self.not_yet_known(kind)),
        }
    }

    fn not_yet_known(&self, kind: u8) -> RosterError {
        RosterError::NotYetKnown { height: self.height(), kind }
    }

    /// The roster height from which the statement being folded holds.
    fn coming_height(&self) -> u64 {
        self.height().saturating_add(1)
    }

    fn create(&mut self, it: Genesis, terms: &Terms) -> Result<(), RosterError> {
        let mut keys = self.keys.clone();
        claim(&mut keys, it.lead_key, KeyUse::Org)?;
        claim(&mut keys, it.roster_key, KeyUse::Roster)?;
        claim(&mut keys, it.recovery_key, KeyUse::Recovery)?;
        self.keys = keys;
        let height = self.coming_height();
        self.authority = Since::from(height, Authority::of_genesis(&it));
        self.leads = Since::from(height, LEAD_NO);
        self.name = it.name;
        let lead =
            OrgAdmitted { key: it.lead_key, name: it.lead_name, short: it.lead_short, role: Role::Lead };
        self.orgs.insert(LEAD_NO, Org::admitted(LEAD_NO, lead, height, terms));
        Ok(())
    }

    fn admit(&mut self, it: OrgAdmitted, terms: &Terms) -> Result<(), RosterError> {
        if it.role == Role::Lead {
            return Err(RosterError::SecondLead);
        }
        let no = self.next_org().ok_or(RosterError::Full)?;
        claim(&mut self.keys, it.key, KeyUse::Org)?;
        let height = self.coming_height();
        self.orgs.insert(no, Org::admitted(no, it, height, terms));
        Ok(())
    }

    fn add_node(&mut self, it: NodeAdded) -> Result<(), RosterError> {
        let org = self.active_org(it.org)?;
        let binding =
            NodeBinding { network: &self.network, org_key: &org.key, node_key: &it.key, label: &it.label };
        if !binding.is_signed(&it.binding) {
            return Err(RosterError::BadBinding);
        }
        let no = self.next_node().ok_or(RosterError::Full)?;
        claim(&mut self.keys, it.key, KeyUse::Node(no))?;
        let height = self.coming_height();
        self.nodes.insert(no, Node::added(no, it, height));
        Ok(())
    }

    fn set_relay(&mut self, it: Relay) -> Result<(), RosterError> {
        if self.keys.get(&it.key) != Some(&KeyUse::Relay) {
            claim(&mut self.keys, it.key, KeyUse::Relay)?;
        }
        self.relay = Some(it);
        Ok(())
    }

    fn set_rules(&mut self, version: u64) -> Result<(), RosterError> {
        let current = self.rules_at(self.height());
        if version <= current {
            return Err(RosterError::RulesVersion { current, found: version });
        }
        let height = self.coming_height();
        self.rules.set(height, version);
        Ok(())
    }

    fn exclude(&mut self, change: ChangeHash) -> Result<(), RosterError> {
        self.excluded.insert(change);
        Ok(())
    }

    fn replace_org_key(&mut self, no: OrgNo, key: PublicKey, proof: &Signature) -> Result<(), RosterError> {
        self.member(no)?;
        if !org_key_is_proved(&self.network, no, &key, proof) {
            return Err(RosterError::BadBinding);
        }
        claim(&mut self.keys, key, KeyUse::Org)?;
        let height = self.coming_height();
        if let Some(org) = self.orgs.get_mut(&no) {
            org.key = key;
            org.keys.set(height, key);
        }
        Ok(())
    }

    fn replace_node_key(
        &mut self,
        no: NodeNo,
        key: PublicKey,
        binding: &Signature,
        closed: &ClosedFeeds,
    ) -> Result<(), RosterError> {
        let node = self.active_node(no)?;
        let org = self.active_org(node.org)?;
        let bound =
            NodeBinding { network: &self.network, org_key: &org.key, node_key: &key, label: &node.label };
        if !bound.is_signed(binding) {
            return Err(RosterError::BadBinding);
        }
        self.closings.check(Whom::Node(no), closed)?;
        claim(&mut self.keys, key, KeyUse::Node(no))?;
        let height = self.coming_height();
        self.closings.close(Whom::Node(no), closed, height);
        if let Some(node) = self.nodes.get_mut(&no) {
            node.key = key;
            node.keys.set(height, key);
        }
        Ok(())
    }

    fn stop_org(
        &mut self,
        no: OrgNo,
        closed: &ClosedFeeds,
        leaving: Leaving,
        terms: &Terms,
    ) -> Result<(), RosterError> {
        let org = self.member(no)?;
        let may_stop = org.active || (leaving == Leaving::Wholly && !org.removed);
        if !may_stop {
            return Err(RosterError::OrgInactive(no));
        }
        self.closings.check(Whom::Org(no), closed)?;
        let height = self.coming_height();
        self.closings.close(Whom::Org(no), closed, height);
        if let Some(org) = self.orgs.get_mut(&no) {
            org.active = false;
            org.removed = leaving == Leaving::Wholly;
            org.activity.set(height, false);
            org.days.set(terms.from, false);
        }
        Ok(())
    }

    fn restore(&mut self, no: OrgNo, terms: &Terms) -> Result<(), RosterError> {
        if self.member(no)?.active {
            return Err(RosterError::NotSuspended(no));
        }
        let height = self.coming_height();
        if let Some(org) = self.orgs.get_mut(&no) {
            org.active = true;
            org.removed = false;
            org.activity.set(height, true);
            org.days.set(terms.from, true);
        }
        Ok(())
    }

    fn revoke(&mut self, no: NodeNo, closed: &ClosedFeeds) -> Result<(), RosterError> {
        self.active_node(no)?;
        self.closings.check(Whom::Node(no), closed)?;
        let height = self.coming_height();
        self.closings.close(Whom::Node(no), closed, height);
        if let Some(node) = self.nodes.get_mut(&no) {
            node.active = false;
            node.activity.set(height, false);
        }
        Ok(())
    }

    fn close_feeds(&mut self, whom: Whom, below: u64, closed: &ClosedFeeds) -> Result<(), RosterError> {
        match whom {
            Whom::Org(no) => _ = self.org(no).ok_or(RosterError::UnknownOrg(no))?,
            Whom::Node(no) => _ = self.node(no).ok_or(RosterError::UnknownNode(no))?,
        }
        let height = self.coming_height();
        if below > height {
            return Err(RosterError::ClosingAhead { below, height });
        }
        self.closings.check(whom, closed)?;
        self.closings.close(whom, closed, below);
        Ok(())
    }

    fn transfer(&mut self, to: OrgNo, roster: PublicKey, recovery: PublicKey) -> Result<(), RosterError> {
        self.member(to)?;
        let lead = self.active_org(to)?.key;
        let mut keys = self.keys.clone();
        claim(&mut keys, roster, KeyUse::Roster)?;
        claim(&mut keys, recovery, KeyUse::Recovery)?;
        self.keys = keys;
        let height = self.coming_height();
        let from = self.lead();
        for (no, role) in from.map(|no| (no, Role::Member)).into_iter().chain([(to, Role::Lead)]) {
            if let Some(org) = self.orgs.get_mut(&no) {
                org.role = role;
                org.roles.set(height, role);
            }
        }
        self.leads.set(height, to);
        self.authority.set(height, Authority { lead, roster, recovery });
        Ok(())
    }

    /// The lead stays the same organisation; all its keys are others.
    fn replace_lead(&mut self, authority: Authority) -> Result<(), RosterError> {
        let no = self.lead().ok_or(RosterError::NotGenesis)?;
        let mut keys = self.keys.clone();
        claim(&mut keys, authority.lead, KeyUse::Org)?;
        claim(&mut keys, authority.roster, KeyUse::Roster)?;
        claim(&mut keys, authority.recovery, KeyUse::Recovery)?;
        self.keys = keys;
        let height = self.coming_height();
        if let Some(org) = self.orgs.get_mut(&no) {
            org.key = authority.lead;
            org.keys.set(height, authority.lead);
        }
        self.authority.set(height, authority);
        Ok(())
    }

    fn active_org(&self, no: OrgNo) -> Result<&Org, RosterError> {
        let org = self.org(no).ok_or(RosterError::UnknownOrg(no))?;
        if org.active { Ok(org) } else { Err(RosterError::OrgInactive(no)) }
    }

    fn active_node(&self, no: NodeNo) -> Result<&Node, RosterError> {
        let node = self.node(no).ok_or(RosterError::UnknownNode(no))?;
        if node.active { Ok(node) } else { Err(RosterError::NodeInactive(no)) }
    }

    /// An organisation that is not the lead.
    fn member(&self, no: OrgNo) -> Result<&Org, RosterError> {
        let org = self.org(no).ok_or(RosterError::UnknownOrg(no))?;
        if self.lead() == Some(no) { Err(RosterError::IsLead) } else { Ok(org) }
    }

    /// The ordinal that the next organisation gets; `None` when all are given.
    pub fn next_org(&self) -> Option<OrgNo> {
        let last = self.orgs.last_key_value().map_or(0, |(no, _)| no.0);
        (last < ORG_NO_MAX).then(|| OrgNo(last + 1))
    }

    /// The ordinal that the next node gets; `None` when all are given.
    pub fn next_node(&self) -> Option<NodeNo> {
        let last = self.nodes.last_key_value().map_or(0, |(no, _)| no.0);
        last.checked_add(1).map(NodeNo)
    }
}

/// Gives a key its one use.
fn claim(keys: &mut BTreeMap<PublicKey, KeyUse>, key: PublicKey, purpose: KeyUse) -> Result<(), RosterError> {
    if keys.contains_key(&key) {
        return Err(RosterError::KeyInUse { key });
    }
    keys.insert(key, purpose);
    Ok(())
}
