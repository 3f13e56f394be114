//! What a statement can say, and the bytes of each kind.
//!
//! ```text
//!  0 NetworkCreated   name · lead's name · lead's short name · lead key 32 · roster key 32 · recovery key 32 · random 16
//!  1 OrgAdmitted      key 32 · name · short name · role u8
//!  2 NodeAdded        organisation LEB128 · node key 32 · label · binding 64
//!  3 RelaySet         count LEB128 · address… · key 32
//!  4 RulesVersion     version LEB128
//!  5 Excluded         change hash 32
//!  6 OrgKeyReplaced   organisation LEB128 · key 32 · proof 64
//!  7 NodeKeyReplaced  node LEB128 · key 32 · binding 64 · closed
//!  8 OrgSuspended     organisation LEB128 · closed
//!  9 OrgRestored      organisation LEB128
//! 10 OrgRemoved       organisation LEB128 · closed
//! 11 NodeRevoked      node LEB128 · closed
//! 12 FeedsClosed      (0x00 ‖ organisation LEB128 | 0x01 ‖ node LEB128) · below LEB128 · closed
//! 13 LeadTransferred  organisation LEB128 · roster key 32 · recovery key 32
//! 14 LeadReplaced     lead key 32 · roster key 32 · recovery key 32
//!
//! name, address, label = length LEB128 · UTF-8        role = 0 lead | 1 member | 2 observer
//! closed = count LEB128 · { feed 32 · height LEB128 ≥ 1 · hash 32 }…, by feed, strictly ascending
//! ```
//!
//! On what a statement rests and from which day it holds stands in the statement around it, as does the height and the
//! hash that `LeadReplaced` follows: sealed by the recovery key, it outranks every other statement from there on.

use std::collections::BTreeMap;

use super::text::{
    ADDRESS_BYTES_MAX, ADDRESSES_MAX, LABEL_BYTES_MAX, NAME_BYTES_MAX, SHORT_BYTES_MAX, read_line,
};
use crate::id::{ChangeHash, EntryHash, FeedId, NodeNo, OrgNo};
use crate::keys::{PublicKey, Signature};
use crate::leb::{ReadError, Reader, Writer};

/// The most feeds one statement may close: 32 nodes with 64 epochs in two spaces.
pub const CLOSED_FEEDS_MAX: usize = 4096;

/// What a statement says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// The network begins; the lead gets ordinal 1.
    NetworkCreated(Genesis),
    /// An organisation gets the next ordinal.
    OrgAdmitted(OrgAdmitted),
    /// A node of an organisation gets the next ordinal.
    NodeAdded(NodeAdded),
    /// Where the relay is.
    RelaySet(Relay),
    /// The structure rules of entries written from here on.
    RulesVersion {
        /// Grows with every such statement; 1 stands without any.
        version: u64,
    },
    /// A change that endangers nodes is never applied; final.
    Excluded {
        /// The change.
        change: ChangeHash,
    },
    /// An organisation other than the lead has another key.
    OrgKeyReplaced {
        /// The organisation.
        org: OrgNo,
        /// Its new key.
        key: PublicKey,
        /// Made with [`super::binding::prove_org_key`].
        proof: Signature,
    },
    /// A node has another key; its feeds so far end where it says.
    NodeKeyReplaced {
        /// The node.
        node: NodeNo,
        /// Its new key.
        key: PublicKey,
        /// The organisation's [`super::binding::NodeBinding`] of the new key with the old label.
        binding: Signature,
        /// Where the node's feeds end.
        closed: ClosedFeeds,
    },
    /// An organisation may neither write nor read for now.
    OrgSuspended {
        /// The organisation.
        org: OrgNo,
        /// Where its nodes' feeds end.
        closed: ClosedFeeds,
    },
    /// An organisation that was suspended or has left is back: the same ordinal, new feeds.
    OrgRestored {
        /// The organisation.
        org: OrgNo,
    },
    /// An organisation has left.
    OrgRemoved {
        /// The organisation.
        org: OrgNo,
        /// Where its nodes' feeds end.
        closed: ClosedFeeds,
    },
    /// A node is lost or taken out of use.
    NodeRevoked {
        /// The node.
        node: NodeNo,
        /// Where its feeds end.
        closed: ClosedFeeds,
    },
    /// Decides a fork of feeds, or raises an earlier closing.
    FeedsClosed {
        /// Whose feeds.
        whom: Whom,
        /// Of the feeds that it does not name, concerns those opened at a lower roster height, so that raising an old
        /// closing leaves alone the feeds opened since; at most the height that this statement makes.
        below: u64,
        /// Where they end.
        closed: ClosedFeeds,
    },
    /// Another organisation becomes lead; its organisation key becomes the lead key.
    LeadTransferred {
        /// The new lead.
        to: OrgNo,
        /// Its key for everyday statements.
        roster_key: PublicKey,
        /// Its key on paper.
        recovery_key: PublicKey,
    },
    /// The lead gets new keys after a loss or theft.
    LeadReplaced {
        /// The lead's new organisation key.
        lead_key: PublicKey,
        /// Its new key for everyday statements.
        roster_key: PublicKey,
        /// Its new key on paper.
        recovery_key: PublicKey,
    },
    /// A kind of a later version.
    Unknown {
        /// The kind's number.
        kind: u8,
        /// Its bytes.
        bytes: Vec<u8>,
    },
}

/// How a network begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Genesis {
    /// The network's name.
    pub name: String,
    /// The lead organisation's full name.
    pub lead_name: String,
    /// The lead organisation's short name.
    pub lead_short: String,
    /// The lead's organisation key, for statements about keys and exclusion from the network.
    pub lead_key: PublicKey,
    /// The key on the lead's node, for everyday statements.
    pub roster_key: PublicKey,
    /// The key on paper, never on a machine.
    pub recovery_key: PublicKey,
    /// Tells two networks of one name and keys apart.
    pub random: [u8; 16],
}

/// An organisation enters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrgAdmitted {
    /// Its key.
    pub key: PublicKey,
    /// Its full name.
    pub name: String,
    /// Its short name.
    pub short: String,
    /// What it may do; never [`Role::Lead`].
    pub role: Role,
}

/// A node enters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeAdded {
    /// Whose it is.
    pub org: OrgNo,
    /// Its key.
    pub key: PublicKey,
    /// Which computer it is.
    pub label: String,
    /// The organisation's [`super::binding::NodeBinding`].
    pub binding: Signature,
}

/// Where the relay is, and who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relay {
    /// Host and port, the preferred first.
    pub addresses: Vec<String>,
    /// Its key.
    pub key: PublicKey,
}

/// What an organisation may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Runs the roster and compiles the reports.
    Lead,
    /// Reads and writes.
    Member,
    /// Reads; writes only what it owns itself.
    Observer,
}

/// Whose feeds a closing concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whom {
    /// All nodes of an organisation.
    Org(OrgNo),
    /// One node.
    Node(NodeNo),
}

/// Where each named feed ends; a feed of the same node or organisation that is not named ends at 0.
pub type ClosedFeeds = BTreeMap<FeedId, FeedEnd>;

/// Where a feed ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedEnd {
    /// How many entries stand, at least 1.
    pub height: u64,
    /// The hash of the last of them.
    pub hash: EntryHash,
}

impl Content {
    /// The kind's number.
    pub fn kind(&self) -> u8 {
        match self {
            Self::NetworkCreated(_) => 0,
            Self::OrgAdmitted(_) => 1,
            Self::NodeAdded(_) => 2,
            Self::RelaySet(_) => 3,
            Self::RulesVersion { .. } => 4,
            Self::Excluded { .. } => 5,
            Self::OrgKeyReplaced { .. } => 6,
            Self::NodeKeyReplaced { .. } => 7,
            Self::OrgSuspended { .. } => 8,
            Self::OrgRestored { .. } => 9,
            Self::OrgRemoved { .. } => 10,
            Self::NodeRevoked { .. } => 11,
            Self::FeedsClosed { .. } => 12,
            Self::LeadTransferred { .. } => 13,
            Self::LeadReplaced { .. } => 14,
            Self::Unknown { kind, .. } => *kind,
        }
    }

    /// Appends the bytes, without kind and length.
    pub(super) fn write(&self, w: &mut Writer) {
        match self {
            Self::NetworkCreated(it) => it.write(w),
            Self::OrgAdmitted(it) => it.write(w),
            Self::NodeAdded(it) => it.write(w),
            Self::RelaySet(it) => it.write(w),
            Self::RulesVersion { version } => _ = w.leb(*version),
            Self::Excluded { change } => _ = w.raw(change.as_bytes()),
            Self::OrgKeyReplaced { org, key, proof } => {
                w.leb(u64::from(org.0)).raw(key.as_bytes()).raw(&proof.0);
            }
            Self::NodeKeyReplaced { node, key, binding, closed } => {
                w.leb(u64::from(node.0)).raw(key.as_bytes()).raw(&binding.0);
                write_closed(closed, w);
            }
            Self::OrgSuspended { org, closed } | Self::OrgRemoved { org, closed } => {
                w.leb(u64::from(org.0));
                write_closed(closed, w);
            }
            Self::OrgRestored { org } => _ = w.leb(u64::from(org.0)),
            Self::NodeRevoked { node, closed } => {
                w.leb(u64::from(node.0));
                write_closed(closed, w);
            }
            Self::FeedsClosed { whom, below, closed } => {
                whom.write(w);
                w.leb(*below);
                write_closed(closed, w);
            }
            Self::LeadTransferred { to, roster_key, recovery_key } => {
                w.leb(u64::from(to.0)).raw(roster_key.as_bytes()).raw(recovery_key.as_bytes());
            }
            Self::LeadReplaced { lead_key, roster_key, recovery_key } => {
                w.raw(lead_key.as_bytes()).raw(roster_key.as_bytes()).raw(recovery_key.as_bytes());
            }
            Self::Unknown { bytes, .. } => _ = w.raw(bytes),
        }
    }

    /// Reads the bytes of a kind to their end.
    pub(super) fn read(kind: u8, bytes: &[u8]) -> Result<Self, ReadError> {
        let mut reader = Reader::new(bytes);
        let r = &mut reader;
        let content = match kind {
            0 => Self::NetworkCreated(Genesis::read(r)?),
            1 => Self::OrgAdmitted(OrgAdmitted::read(r)?),
            2 => Self::NodeAdded(NodeAdded::read(r)?),
            3 => Self::RelaySet(Relay::read(r)?),
            4 => Self::RulesVersion { version: r.leb()? },
            5 => Self::Excluded { change: ChangeHash(r.array()?) },
            6 => Self::OrgKeyReplaced {
                org: OrgNo(r.leb_u16()?),
                key: PublicKey::read(r)?,
                proof: Signature(r.array()?),
            },
            7 => Self::NodeKeyReplaced {
                node: NodeNo(r.leb_u16()?),
                key: PublicKey::read(r)?,
                binding: Signature(r.array()?),
                closed: read_closed(r)?,
            },
            8 => Self::OrgSuspended { org: OrgNo(r.leb_u16()?), closed: read_closed(r)? },
            9 => Self::OrgRestored { org: OrgNo(r.leb_u16()?) },
            10 => Self::OrgRemoved { org: OrgNo(r.leb_u16()?), closed: read_closed(r)? },
            11 => Self::NodeRevoked { node: NodeNo(r.leb_u16()?), closed: read_closed(r)? },
            12 => Self::FeedsClosed { whom: Whom::read(r)?, below: r.leb()?, closed: read_closed(r)? },
            13 => Self::LeadTransferred {
                to: OrgNo(r.leb_u16()?),
                roster_key: PublicKey::read(r)?,
                recovery_key: PublicKey::read(r)?,
            },
            14 => Self::LeadReplaced {
                lead_key: PublicKey::read(r)?,
                roster_key: PublicKey::read(r)?,
                recovery_key: PublicKey::read(r)?,
            },
            kind => return Ok(Self::Unknown { kind, bytes: bytes.to_vec() }),
        };
        reader.end()?;
        Ok(content)
    }
}

impl Genesis {
    fn write(&self, w: &mut Writer) {
        w.text(&self.name).text(&self.lead_name).text(&self.lead_short);
        w.raw(self.lead_key.as_bytes()).raw(self.roster_key.as_bytes()).raw(self.recovery_key.as_bytes());
        w.raw(&self.random);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            name: read_line(r, NAME_BYTES_MAX)?,
            lead_name: read_line(r, NAME_BYTES_MAX)?,
            lead_short: read_line(r, SHORT_BYTES_MAX)?,
            lead_key: PublicKey::read(r)?,
            roster_key: PublicKey::read(r)?,
            recovery_key: PublicKey::read(r)?,
            random: r.array()?,
        })
    }
}

impl OrgAdmitted {
    fn write(&self, w: &mut Writer) {
        w.raw(self.key.as_bytes()).text(&self.name).text(&self.short).u8(self.role.code());
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            key: PublicKey::read(r)?,
            name: read_line(r, NAME_BYTES_MAX)?,
            short: read_line(r, SHORT_BYTES_MAX)?,
            role: Role::from_code(r.u8()?)?,
        })
    }
}

impl NodeAdded {
    fn write(&self, w: &mut Writer) {
        w.leb(u64::from(self.org.0)).raw(self.key.as_bytes()).text(&self.label).raw(&self.binding.0);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            org: OrgNo(r.leb_u16()?),
            key: PublicKey::read(r)?,
            label: read_line(r, LABEL_BYTES_MAX)?,
            binding: Signature(r.array()?),
        })
    }
}

impl Relay {
    /// Appends the bytes.
    pub(crate) fn write(&self, w: &mut Writer) {
        w.leb(self.addresses.len() as u64);
        for address in &self.addresses {
            w.text(address);
        }
        w.raw(self.key.as_bytes());
    }

    /// Takes a relay: at least one address, and each without spaces.
    pub(crate) fn read(r: &mut Reader<'_>) -> Result<Self, ReadError> {
        let count = r.leb_max(ADDRESSES_MAX as u64)?;
        if count == 0 {
            return Err(ReadError::Limit);
        }
        let addresses = (0..count).map(|_| read_address(r)).collect::<Result<_, _>>()?;
        Ok(Self { addresses, key: PublicKey::read(r)? })
    }
}

fn read_address(r: &mut Reader<'_>) -> Result<String, ReadError> {
    let address = read_line(r, ADDRESS_BYTES_MAX)?;
    if address.contains(char::is_whitespace) { Err(ReadError::Line) } else { Ok(address) }
}

impl Role {
    fn code(self) -> u8 {
        match self {
            Self::Lead => 0,
            Self::Member => 1,
            Self::Observer => 2,
        }
    }

    fn from_code(code: u8) -> Result<Self, ReadError> {
        match code {
            0 => Ok(Self::Lead),
            1 => Ok(Self::Member),
            2 => Ok(Self::Observer),
            _ => Err(ReadError::Unknown),
        }
    }
}

impl Whom {
    fn write(self, w: &mut Writer) {
        match self {
            Self::Org(org) => w.u8(0).leb(u64::from(org.0)),
            Self::Node(node) => w.u8(1).leb(u64::from(node.0)),
        };
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, ReadError> {
        match r.u8()? {
            0 => Ok(Self::Org(OrgNo(r.leb_u16()?))),
            1 => Ok(Self::Node(NodeNo(r.leb_u16()?))),
            _ => Err(ReadError::Unknown),
        }
    }
}

fn write_closed(closed: &ClosedFeeds, w: &mut Writer) {
    w.leb(closed.len() as u64);
    for (feed, end) in closed {
        w.raw(feed.as_bytes()).leb(end.height).raw(end.hash.as_bytes());
    }
}

fn read_closed(r: &mut Reader<'_>) -> Result<ClosedFeeds, ReadError> {
    let mut closed = ClosedFeeds::new();
    for _ in 0..r.leb_max(CLOSED_FEEDS_MAX as u64)? {
        let feed = FeedId(r.array()?);
        let end = FeedEnd { height: r.leb()?, hash: EntryHash(r.array()?) };
        let ascends = closed.last_key_value().is_none_or(|(last, _)| *last < feed);
        if !ascends || end.height == 0 {
            return Err(ReadError::Unknown);
        }
        closed.insert(feed, end);
    }
    Ok(closed)
}
