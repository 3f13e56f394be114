//! Who belongs and who may: what the lead says of members and computers, and how the lead itself passes on.
//!
//! Every statement closes feeds at the heads that this node holds and never lower; what arrives later from above is kept
//! and waits for [`Saying::Raise`]. Keys that leave a computer travel as files that hold public keys and signatures only.

use svod_shared::id::{NodeNo, OrgNo, Space};
use svod_shared::keys::{KeyPair, PublicKey, Signature};
use svod_shared::leb::{ReadError, Reader, Writer};
use svod_shared::log;
use svod_shared::roster::{
    ClosedFeeds, Content, FeedEnd, NodeBinding, Relay, Roster, Seal, Signed, Statement, Whom,
};
use svod_shared::storage::sqlite::SqliteStorage;
use svod_shared::storage::{FeedHead, Storage, StorageError};
use svod_shared::time::Day;

use super::closings::standing;
use super::roster::{FoundError, fresh_key};
use super::{Me, Store};
use crate::folder::{FolderError, KeyRole};

/// What the lead can say of who belongs and who may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saying {
    /// The organisation may neither write nor read for now.
    Suspend(OrgNo),
    /// The organisation has left.
    Remove(OrgNo),
    /// The organisation is back, under its old number.
    Readmit(OrgNo),
    /// What was written after the end, as far as it is here, counts.
    Raise(OrgNo),
    /// The computer is lost or taken out of use.
    Close(NodeNo),
    /// The computer has another key.
    ReplaceKey(KeyRequest),
    /// The relay is elsewhere.
    MoveRelay(Relay),
}

/// A computer's request for another key: what its organisation signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyRequest {
    /// The computer.
    pub node: NodeNo,
    /// Its new key.
    pub key: PublicKey,
    /// The organisation's signature, with the label that the computer has.
    pub binding: Signature,
}

/// Entries that were written after the end of their feed and are here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LateEntries {
    /// Whose.
    pub org: OrgNo,
    /// How many.
    pub count: u64,
}

/// Begins a request file: what it is stands in clear.
const REQUEST_MAGIC: &[u8] = b"svod-key-request\x01";
/// Begins an offer file.
const OFFER_MAGIC: &[u8] = b"svod-lead-offer\x01";
/// The largest of these files, bytes: one statement with a basis.
pub const REQUEST_BYTES_MAX: usize = 16 * 1024;

impl KeyRequest {
    /// The bytes of the file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.raw(REQUEST_MAGIC).leb(u64::from(self.node.0)).raw(self.key.as_bytes()).raw(&self.binding.0);
        writer.into_vec()
    }

    /// Reads the file.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ReadError> {
        let rest = bytes.strip_prefix(REQUEST_MAGIC).ok_or(ReadError::Unknown)?;
        let mut reader = Reader::new(rest);
        let node = NodeNo(reader.leb_u16()?);
        let it = Self { node, key: PublicKey::read(&mut reader)?, binding: Signature(reader.array()?) };
        reader.end()?;
        Ok(it)
    }
}

impl Store {
    /// Says it, in the name of the lead, for everybody and for good. `from` is the day of the act; today if none is named.
    pub fn say(&mut self, saying: &Saying, basis: &str, from: Option<Day>) -> Result<(), FoundError> {
        if !self.is_lead() {
            return Err(FoundError::NotLead);
        }
        let (content, role) = match saying {
            Saying::MoveRelay(relay) => (Content::RelaySet(relay.clone()), KeyRole::Roster),
            Saying::Suspend(org) => (self.suspension(*org)?, KeyRole::Org),
            Saying::Remove(org) => {
                let closed = self.ends_of(Whom::Org(*org))?;
                (Content::OrgRemoved { org: *org, closed }, KeyRole::Org)
            }
            Saying::Readmit(org) => (Content::OrgRestored { org: *org }, KeyRole::Org),
            Saying::Raise(org) => (self.raising(*org)?, KeyRole::Org),
            Saying::Close(node) => {
                let closed = self.ends_of(Whom::Node(*node))?;
                (Content::NodeRevoked { node: *node, closed }, KeyRole::Org)
            }
            Saying::ReplaceKey(KeyRequest { node, key, binding }) => {
                let closed = self.ends_of(Whom::Node(*node))?;
                let (node, key, binding) = (*node, *key, *binding);
                (Content::NodeKeyReplaced { node, key, binding, closed }, KeyRole::Org)
            }
        };
        let key = self.folder.key(role)?.ok_or(FoundError::KeyElsewhere)?;
        let terms = self.terms(basis, from)?;
        let signed = Roster::clone(&self.roster).issue_under(content, terms, &key)?;
        Ok(self.receive_statements(&[signed])?)
    }

    fn suspension(&self, org: OrgNo) -> Result<Content, StorageError> {
        Ok(Content::OrgSuspended { org, closed: self.ends_of(Whom::Org(org))? })
    }

    /// Where the feeds end, as this node holds them.
    fn ends_of(&self, whom: Whom) -> Result<ClosedFeeds, StorageError> {
        let heads = standing(&self.connection, &self.roster, Space::Network)?;
        let concerned = heads.into_iter().filter(|it| self.is_of(it, whom));
        Ok(concerned.map(|it| (it.feed, FeedEnd { height: it.height, hash: it.hash })).collect())
    }

    fn is_of(&self, head: &FeedHead, whom: Whom) -> bool {
        match whom {
            Whom::Node(node) => head.node == node,
            Whom::Org(org) => self.roster.node(head.node).is_some_and(|it| it.org == org),
        }
    }

    fn raising(&self, org: OrgNo) -> Result<Content, FoundError> {
        let heads = self.late_heads(Whom::Org(org))?;
        if heads.is_empty() {
            return Err(FoundError::NothingLate);
        }
        let closed = heads.iter().map(|it| (it.feed, FeedEnd { height: it.height, hash: it.hash })).collect();
        // Feeds that it does not name are none of its business.
        Ok(Content::FeedsClosed { whom: Whom::Org(org), below: 0, closed })
    }

    /// Feeds of which more is here than counts, along the same chain.
    fn late_heads(&self, whom: Whom) -> Result<Vec<FeedHead>, StorageError> {
        let storage = SqliteStorage::new(&self.connection);
        let mut late = Vec::new();
        for head in storage.feeds(Space::Network)?.into_iter().filter(|it| self.is_of(it, whom)) {
            let Some(closing) = self.roster.closing(&head.feed, head.node) else { continue };
            let stands = log::standing(&storage, &self.roster, &head)?;
            if stands == closing.height && stands < head.height {
                late.push(head);
            }
        }
        Ok(late)
    }

    /// What was written after the end of its feed and is here, by organisation.
    pub fn late_entries(&self) -> Result<Vec<LateEntries>, StorageError> {
        let mut late = Vec::new();
        for org in self.roster.orgs() {
            let mut count = 0;
            for head in self.late_heads(Whom::Org(org.no))? {
                let ends = self.roster.closing(&head.feed, head.node).map_or(head.height, |it| it.height);
                count += head.height - ends;
            }
            if count > 0 {
                late.push(LateEntries { org: org.no, count });
            }
        }
        Ok(late)
    }

    /// Makes another key for this computer and the request for it. The old key serves until the lead has answered.
    pub fn request_node_key(&mut self) -> Result<KeyRequest, FoundError> {
        let Me { node, org } = self.me().ok_or(FoundError::NotAdmitted)?;
        let org_key = self.folder.key(KeyRole::Org)?.ok_or(FoundError::KeyElsewhere)?;
        let standing = self.roster.org(org).map(|it| it.key);
        if standing != Some(org_key.public()) {
            return Err(FoundError::KeyElsewhere);
        }
        let next = match self.folder.key(KeyRole::NextNode)? {
            Some(next) => next,
            None => fresh_key()?,
        };
        self.folder.keep_key(KeyRole::NextNode, &next)?;
        let label = self.roster.node(node).map(|it| it.label.clone()).unwrap_or_default();
        let (network, org_public, key) = (self.roster.network(), org_key.public(), next.public());
        let binding = NodeBinding { network: &network, org_key: &org_public, node_key: &key, label: &label };
        Ok(KeyRequest { node, key, binding: binding.sign(&org_key) })
    }

    /// Takes the requested key into use once the roster knows it.
    pub(super) fn adopt_node_key(&mut self) -> Result<(), FolderError> {
        let Some(next) = self.folder.key(KeyRole::NextNode)? else { return Ok(()) };
        if self.roster.node_by_key(&next.public()).is_none() {
            return Ok(());
        }
        self.folder.keep_key(KeyRole::Node, &next)?;
        self.folder.drop_key(KeyRole::NextNode)?;
        self.node_key = next;
        Ok(())
    }

    /// An offer to become lead: the whole statement with this organisation's signature, for the lead to sign as well. Gives
    /// the file, and the new recovery key for the paper.
    pub fn offer_to_lead(
        &mut self,
        basis: &str,
        from: Option<Day>,
    ) -> Result<(Vec<u8>, KeyPair), FoundError> {
        let me = self.me().ok_or(FoundError::NotAdmitted)?;
        let org_key = self.folder.key(KeyRole::Org)?.ok_or(FoundError::KeyElsewhere)?;
        let (roster_key, recovery) = (fresh_key()?, fresh_key()?);
        let content = Content::LeadTransferred {
            to: me.org,
            roster_key: roster_key.public(),
            recovery_key: recovery.public(),
        };
        let statement = self.roster.next(content).under(self.terms(basis, from)?);
        let half = statement.clone().seal_by_both_leads(&org_key, &org_key);
        self.folder.keep_key(KeyRole::Roster, &roster_key)?;
        let mut writer = Writer::new();
        writer.raw(OFFER_MAGIC).bytes(&half.to_bytes());
        Ok((writer.into_vec(), recovery))
    }

    /// What an offer says: the organisation that would lead.
    pub fn offered_lead(&self, file: &[u8]) -> Result<OrgNo, FoundError> {
        match read_offer(file)?.statement.content {
            Content::LeadTransferred { to, .. } => Ok(to),
            _ => Err(FoundError::NotAnOffer),
        }
    }

    /// Passes the lead on: signs an offer that was made on the roster as it stands.
    pub fn pass_lead(&mut self, file: &[u8]) -> Result<(), FoundError> {
        if !self.is_lead() {
            return Err(FoundError::NotLead);
        }
        let Signed { statement, seal } = read_offer(file)?;
        let Seal::BothLeads { new, .. } = seal else { return Err(FoundError::NotAnOffer) };
        if (statement.height, statement.prev) != (self.roster.height(), self.roster.hash()) {
            return Err(FoundError::OfferOutdated);
        }
        let key = self.folder.key(KeyRole::Org)?.ok_or(FoundError::KeyElsewhere)?;
        let Seal::BothLeads { old, .. } = statement.clone().seal_by_both_leads(&key, &key).seal else {
            return Err(FoundError::NotAnOffer);
        };
        let signed = Signed { statement, seal: Seal::BothLeads { old, new } };
        Ok(self.receive_statements(&[signed.to_bytes()])?)
    }

    /// Replaces the lead's keys with the recovery key on paper; what was said after the first `after` statements does not
    /// stand any more. Gives the new recovery key.
    pub fn rescue_lead(
        &mut self,
        paper: &KeyPair,
        after: Option<u64>,
        basis: &str,
    ) -> Result<KeyPair, FoundError> {
        let me = self.me().ok_or(FoundError::NotAdmitted)?;
        let height = after.unwrap_or_else(|| self.roster.height());
        if self.roster.lead_at(height) != Some(me.org) {
            return Err(FoundError::NotLead);
        }
        let (lead, roster_key, recovery) = (fresh_key()?, fresh_key()?, fresh_key()?);
        let content = Content::LeadReplaced {
            lead_key: lead.public(),
            roster_key: roster_key.public(),
            recovery_key: recovery.public(),
        };
        let prev = self.roster.hash_at(height).ok_or(FoundError::NoSuchHeight)?;
        let statement = Statement { height, prev, ..self.roster.next(content) };
        let signed = statement.under(self.terms(basis, None)?).seal_by_recovery(paper).to_bytes();
        if Roster::clone(&self.roster).take(std::slice::from_ref(&signed))?.changed {
            // The keys first: a statement whose keys are lost could not be followed by any.
            let before = [KeyRole::Org, KeyRole::Roster].map(|role| (role, self.folder.key(role)));
            self.folder.keep_key(KeyRole::Org, &lead)?;
            self.folder.keep_key(KeyRole::Roster, &roster_key)?;
            if let Err(error) = self.receive_statements(&[signed]) {
                for (role, key) in before {
                    key?.map_or(Ok(()), |it| self.folder.keep_key(role, &it))?;
                }
                return Err(error.into());
            }
            return Ok(recovery);
        }
        Err(FoundError::Outranked)
    }

    /// Whether a key is the recovery key that stands, so that a paper can be tried without using it.
    pub fn is_recovery_key(&self, paper: &KeyPair) -> bool {
        self.roster.recovery_key() == Some(&paper.public())
    }
}

fn read_offer(file: &[u8]) -> Result<Signed, FoundError> {
    let rest = file.strip_prefix(OFFER_MAGIC).ok_or(FoundError::NotAnOffer)?;
    let mut reader = Reader::new(rest);
    let bytes = reader.bytes(REQUEST_BYTES_MAX).map_err(|_| FoundError::NotAnOffer)?;
    Signed::from_bytes(bytes).map_err(|_| FoundError::NotAnOffer)
}
