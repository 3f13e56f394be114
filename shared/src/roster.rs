//! The roster: a signed log of statements from which all rights are derived, on relay and nodes alike.
//!
//! A [`Roster`] is the fold of a prefix of that log. [`Roster::push`] is the only way in, with [`Roster::take`] around it
//! for what a peer sends; it checks chain, signer,
//! signature and the statement's own conditions, and folds all or nothing. Heights count statements: an entry that
//! says roster height 5 was written by an author who had five statements, and is judged by what stood then, for ever.
//!
//! Organisations and nodes have ordinals, given once; keys are attributes that statements replace, and a key never
//! serves twice. The bytes of all kinds are fixed in [`content`](self::Content); kinds of later versions are refused
//! with [`RosterError::NotYetKnown`]: such a roster stands still until the program is updated. Two statements at one
//! height are a [`Fork`]: rights stay at the last common height until the recovery key settles it, and
//! [`Roster::take`] brings all who have seen the same statements to the same roster, whatever the order.
//!
//! It does not know the log: that a raised closing follows the same chain, or that an excluded change exists, is
//! checked elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use self::closing::Closings;
use self::membership::Days;
use self::since::Since;
use crate::id::{ChangeHash, FeedId, NetworkId, NodeNo, OrgNo, StatementHash};
use crate::keys::{KeyPair, PublicKey};

pub use self::binding::{NodeBinding, prove_org_key};
pub use self::closing::Closing;
pub use self::content::{
    CLOSED_FEEDS_MAX, ClosedFeeds, Content, FeedEnd, Genesis, NodeAdded, OrgAdmitted, Relay, Role, Whom,
};
pub use self::error::RosterError;
pub use self::fork::{Fork, Settled, Side, Taken};
pub use self::membership::{Member, Span};
pub use self::push::STATEMENTS_MAX;
pub use self::rights::NoRight;
pub use self::statement::{STATEMENT_BYTES_MAX, Seal, Signed, Signer, Statement, Terms};
pub use self::text::{
    ADDRESS_BYTES_MAX, ADDRESSES_MAX, BASIS_BYTES_MAX, LABEL_BYTES_MAX, NAME_BYTES_MAX, SHORT_BYTES_MAX,
    is_line,
};

mod binding;
mod closing;
mod content;
mod error;
mod fold;
mod fork;
mod membership;
mod push;
mod rights;
mod since;
mod statement;
pub(crate) mod text;

/// The ordinal of the organisation that created the network.
pub const LEAD_NO: OrgNo = OrgNo(1);
/// The rules version that stands before any `RulesVersion`.
pub const FIRST_RULES: u64 = 1;

/// The fold of a prefix of the roster's log.
#[derive(Debug, Clone)]
pub struct Roster {
    network: NetworkId,
    statements: Vec<Vec<u8>>,
    hashes: Vec<StatementHash>,
    name: String,
    authority: Since<Authority>,
    leads: Since<OrgNo>,
    orgs: BTreeMap<OrgNo, Org>,
    nodes: BTreeMap<NodeNo, Node>,
    keys: BTreeMap<PublicKey, KeyUse>,
    relay: Option<Relay>,
    rules: Since<u64>,
    excluded: BTreeSet<ChangeHash>,
    closings: Closings,
    /// The fork at whose height this roster ends.
    fork: Option<Fork>,
    /// Contradictions that the recovery key has settled, as far as they were seen here.
    settled: Vec<Settled>,
}

/// An organisation of the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Org {
    /// Its ordinal, for ever.
    pub no: OrgNo,
    /// Its key now.
    pub key: PublicKey,
    /// Its full name.
    pub name: String,
    /// Its short name.
    pub short: String,
    /// What it may do now.
    pub role: Role,
    /// What its admission rests on, and from which day.
    pub admitted: Terms,
    /// The first roster height that knows it.
    pub admitted_at_height: u64,
    /// Whether it is neither suspended nor removed now.
    pub active: bool,
    /// Whether it has left, rather than being suspended.
    pub removed: bool,
    keys: Since<PublicKey>,
    roles: Since<Role>,
    activity: Since<bool>,
    days: Days,
}

/// A node of an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its ordinal, for ever.
    pub no: NodeNo,
    /// Whose it is.
    pub org: OrgNo,
    /// Its key now.
    pub key: PublicKey,
    /// Which computer it is.
    pub label: String,
    /// The first roster height that knows it.
    pub added_at_height: u64,
    /// Whether it is not revoked now. Its organisation may still be suspended.
    pub active: bool,
    keys: Since<PublicKey>,
    activity: Since<bool>,
}

/// The keys that sign statements.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Authority {
    lead: PublicKey,
    roster: PublicKey,
    recovery: PublicKey,
}

/// The one thing that a key serves, for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KeyUse {
    Org,
    Node(NodeNo),
    Roster,
    Recovery,
    Relay,
}

impl Roster {
    /// Begins a network: the signed genesis, and the id that its hash gives.
    pub fn found(genesis: &Genesis, lead_key: &KeyPair) -> (Vec<u8>, NetworkId) {
        Self::found_under(genesis, Terms::default(), lead_key)
    }

    /// As [`Self::found`], with what the network rests on.
    pub fn found_under(genesis: &Genesis, terms: Terms, lead_key: &KeyPair) -> (Vec<u8>, NetworkId) {
        let statement = Statement {
            network: NetworkId([0; 32]),
            height: 0,
            prev: StatementHash([0; 32]),
            terms,
            content: Content::NetworkCreated(genesis.clone()),
        };
        let network = NetworkId(statement.hash().0);
        (statement.seal_by_lead(lead_key).to_bytes(), network)
    }

    /// A newcomer's roster: height 0, accepts only the genesis whose hash is `network`.
    pub fn empty(network: NetworkId) -> Self {
        Self {
            network,
            statements: Vec::new(),
            hashes: Vec::new(),
            name: String::new(),
            authority: Since::default(),
            leads: Since::default(),
            orgs: BTreeMap::new(),
            nodes: BTreeMap::new(),
            keys: BTreeMap::new(),
            relay: None,
            rules: Since::default(),
            excluded: BTreeSet::new(),
            closings: Closings::default(),
            fork: None,
            settled: Vec::new(),
        }
    }

    /// Folds statements from the genesis on, or a [`Self::journal`]; the first that [`Self::take`] refuses is the error.
    pub fn from_statements(network: NetworkId, signed: &[Vec<u8>]) -> Result<Self, RosterError> {
        let mut roster = Self::empty(network);
        roster.take(signed)?;
        Ok(roster)
    }

    /// Writes, signs and folds the next statement; gives its signed bytes, to be stored and sent. `key` is the key
    /// that may say this: the roster key for what is everyday, otherwise the lead key. It names no basis and holds from
    /// the first of all days: fit for what is technical, and for tests.
    pub fn issue(&mut self, content: Content, key: &KeyPair) -> Result<Vec<u8>, RosterError> {
        self.issue_under(content, Terms::default(), key)
    }

    /// As [`Self::issue`], with what it rests on and from which day it holds.
    pub fn issue_under(
        &mut self,
        content: Content,
        terms: Terms,
        key: &KeyPair,
    ) -> Result<Vec<u8>, RosterError> {
        let statement = self.next(content).under(terms);
        let everyday = self.authority.now().is_some_and(|keys| keys.roster == key.public());
        let sealed = if everyday { statement.seal_by_roster(key) } else { statement.seal_by_lead(key) };
        let signed = sealed.to_bytes();
        self.push(&signed)?;
        Ok(signed)
    }

    /// The next statement, still to be sealed and pushed.
    pub fn next(&self, content: Content) -> Statement {
        let (network, height, prev) = (self.network, self.height(), self.hash());
        Statement { network, height, prev, terms: Terms::default(), content }
    }

    /// The network.
    pub fn network(&self) -> NetworkId {
        self.network
    }

    /// How many statements it has.
    pub fn height(&self) -> u64 {
        self.hashes.len() as u64
    }

    /// The hash of the last statement; zero if there is none.
    pub fn hash(&self) -> StatementHash {
        self.hashes.last().copied().unwrap_or(StatementHash([0; 32]))
    }

    /// The hash of the last statement that a roster of `height` has; `None` for 0 and beyond the end.
    pub fn hash_at(&self, height: u64) -> Option<StatementHash> {
        let index = usize::try_from(height.checked_sub(1)?).ok()?;
        self.hashes.get(index).copied()
    }

    /// The signed statements from number `from` on, counting from 0: what a roster of height `from` lacks.
    pub fn statements(&self, from: u64) -> &[Vec<u8>] {
        usize::try_from(from).ok().and_then(|from| self.statements.get(from..)).unwrap_or(&[])
    }

    /// What has been said, from the genesis on.
    pub fn said(&self) -> impl DoubleEndedIterator<Item = Signed> + '_ {
        self.statements.iter().filter_map(|it| Signed::from_bytes(it).ok())
    }

    /// The network's name; empty before the genesis.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// One organisation.
    pub fn org(&self, no: OrgNo) -> Option<&Org> {
        self.orgs.get(&no)
    }

    /// All organisations, by ordinal.
    pub fn orgs(&self) -> impl Iterator<Item = &Org> {
        self.orgs.values()
    }

    /// The organisation whose key is now `key`.
    pub fn org_by_key(&self, key: &PublicKey) -> Option<&Org> {
        self.orgs.values().find(|org| org.key == *key)
    }

    /// One node.
    pub fn node(&self, no: NodeNo) -> Option<&Node> {
        self.nodes.get(&no)
    }

    /// All nodes, by ordinal.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.nodes.values()
    }

    /// The node whose key is now `key`; a replaced key finds nothing.
    pub fn node_by_key(&self, key: &PublicKey) -> Option<&Node> {
        match self.keys.get(key) {
            Some(KeyUse::Node(no)) => self.node(*no).filter(|node| node.key == *key),
            _ => None,
        }
    }

    /// The lead key that stands now, for statements about keys.
    pub fn lead_key(&self) -> Option<&PublicKey> {
        self.authority.now().map(|it| &it.lead)
    }

    /// The key for everyday statements that stands now.
    pub fn roster_key(&self) -> Option<&PublicKey> {
        self.authority.now().map(|it| &it.roster)
    }

    /// The key on paper that stands now.
    pub fn recovery_key(&self) -> Option<&PublicKey> {
        self.authority.now().map(|it| &it.recovery)
    }

    /// The lead; `None` before the genesis.
    pub fn lead(&self) -> Option<OrgNo> {
        self.leads.now().copied()
    }

    /// The lead at a roster height; `None` for 0 and beyond the end.
    pub fn lead_at(&self, roster_height: u64) -> Option<OrgNo> {
        self.leads.at(roster_height).filter(|_| roster_height <= self.height()).copied()
    }

    /// The relay, once set.
    pub fn relay(&self) -> Option<&Relay> {
        self.relay.as_ref()
    }

    /// The rules version of entries with that roster height.
    pub fn rules_at(&self, roster_height: u64) -> u64 {
        self.rules.at(roster_height).copied().unwrap_or(FIRST_RULES)
    }

    /// Whether a change may never be applied.
    pub fn is_excluded(&self, change: &ChangeHash) -> bool {
        self.excluded.contains(change)
    }

    /// All excluded changes, in order.
    pub fn excluded(&self) -> impl Iterator<Item = &ChangeHash> {
        self.excluded.iter()
    }

    /// Where a feed of `node` ends; `None` while it is open.
    pub fn closing(&self, feed: &FeedId, node: NodeNo) -> Option<Closing> {
        let org = self.node(node)?.org;
        self.closings.of(feed, [Whom::Node(node), Whom::Org(org)])
    }
}

impl Org {
    /// The key at a roster height; `None` before it was admitted.
    pub fn key_at(&self, roster_height: u64) -> Option<&PublicKey> {
        self.keys.at(roster_height)
    }

    /// Whether it was neither suspended nor removed at a roster height; not before it was admitted.
    pub fn is_active_at(&self, roster_height: u64) -> bool {
        self.activity.at(roster_height) == Some(&true)
    }

    fn admitted(no: OrgNo, it: OrgAdmitted, height: u64, terms: &Terms) -> Self {
        Self {
            no,
            key: it.key,
            name: it.name,
            short: it.short,
            role: it.role,
            admitted: terms.clone(),
            admitted_at_height: height,
            active: true,
            removed: false,
            keys: Since::from(height, it.key),
            roles: Since::from(height, it.role),
            activity: Since::from(height, true),
            days: Days::from(terms.from),
        }
    }
}

impl Node {
    /// The key that signs entries of a roster height; `None` before the node was added.
    pub fn key_at(&self, roster_height: u64) -> Option<&PublicKey> {
        self.keys.at(roster_height)
    }

    /// Whether it was not revoked at a roster height; not before it was added.
    pub fn is_active_at(&self, roster_height: u64) -> bool {
        self.activity.at(roster_height) == Some(&true)
    }

    fn added(no: NodeNo, it: NodeAdded, height: u64) -> Self {
        Self {
            no,
            org: it.org,
            key: it.key,
            label: it.label,
            added_at_height: height,
            active: true,
            keys: Since::from(height, it.key),
            activity: Since::from(height, true),
        }
    }
}

impl Authority {
    fn of_genesis(genesis: &Genesis) -> Self {
        Self { lead: genesis.lead_key, roster: genesis.roster_key, recovery: genesis.recovery_key }
    }
}

#[cfg(test)]
pub(crate) mod tests;
