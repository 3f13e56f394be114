//! Who may write and read what.

use super::{Roster, content::Role};
use crate::id::{DocId, NodeNo, OrgNo, Owner, Space};

/// Why a node may not write a document; the variants stand in the order checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoRight {
    /// The entry was written under a roster that is not here yet: ask for it and judge then.
    #[error("entry needs roster height {needed}, here is {ours}")]
    RosterAhead {
        /// The height here.
        ours: u64,
        /// The entry's.
        needed: u64,
    },
    /// The document lies in no space.
    #[error("document lies in no space")]
    NoSpace,
    /// The node is not in the roster at that height.
    #[error("node {} is not in the roster", .0.0)]
    UnknownNode(NodeNo),
    /// The node is revoked at that height.
    #[error("node {} is revoked", .0.0)]
    NodeRevoked(NodeNo),
    /// The organisation is suspended or has left at that height.
    #[error("organisation {} is not active", .0.0)]
    OrgInactive(OrgNo),
    /// An observer writes only what its own organisation owns.
    #[error("organisation {} only observes", .0.0)]
    Observer(OrgNo),
    /// The document belongs to another organisation.
    #[error("document belongs to organisation {}", .0.0)]
    OtherOwner(OrgNo),
    /// Only the lead at that height writes it.
    #[error("organisation {} is not the lead", .0.0)]
    NotLead(OrgNo),
}

impl Roster {
    /// Whether `node` may write `doc` in an entry with roster height `roster_height`. In this order:
    ///
    /// - this roster reaches that height;
    /// - the document lies in a space;
    /// - the node is in the roster at that height;
    /// - the node is not revoked at that height;
    /// - its organisation is active at that height;
    /// - what the network shares: the organisation does not merely observe; what an organisation owns: it is this one;
    ///   what the lead owns: this one is lead at that height.
    ///
    /// Whether the entry lies below its feed's [`Self::closing`] is another question.
    pub fn may_write(&self, node: NodeNo, doc: &DocId, roster_height: u64) -> Result<(), NoRight> {
        if roster_height > self.height() {
            return Err(NoRight::RosterAhead { ours: self.height(), needed: roster_height });
        }
        if doc.space().is_none() {
            return Err(NoRight::NoSpace);
        }
        let node = self.node(node).ok_or(NoRight::UnknownNode(node))?;
        let stands = node.activity.at(roster_height).ok_or(NoRight::UnknownNode(node.no))?;
        if !stands {
            return Err(NoRight::NodeRevoked(node.no));
        }
        let org = self.org(node.org).ok_or(NoRight::OrgInactive(node.org))?;
        if org.activity.at(roster_height) != Some(&true) {
            return Err(NoRight::OrgInactive(org.no));
        }
        match doc.owner() {
            Owner::Shared if org.roles.at(roster_height) == Some(&Role::Observer) => {
                Err(NoRight::Observer(org.no))
            }
            Owner::Org(owner) if owner != org.no => Err(NoRight::OtherOwner(owner)),
            Owner::Lead if self.lead_at(roster_height) != Some(org.no) => Err(NoRight::NotLead(org.no)),
            Owner::Shared | Owner::Org(_) | Owner::Lead => Ok(()),
        }
    }

    /// Whether `node` may be given entries of `space` now: the network's to every active node, an organisation's to
    /// its own nodes and the lead's.
    pub fn may_read(&self, node: NodeNo, space: Space) -> bool {
        let Some(node) = self.node(node).filter(|node| node.active) else { return false };
        let Some(org) = self.org(node.org).filter(|org| org.active) else { return false };
        match space {
            Space::Network => true,
            Space::Org(owner) => owner == org.no || self.lead() == Some(org.no),
        }
    }
}
