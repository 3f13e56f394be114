//! Who signs for an organisation: its own key, or a node's where the organisation's key is kept off the machine.
//!
//! ```text
//! signer = 0x01 (the organisation's key) | 0x02 · node LEB128
//! ```

use svod_shared::id::{NodeNo, OrgNo, StatementHash};
use svod_shared::keys::PublicKey;
use svod_shared::leb::{ReadError, Reader, Writer};
use svod_shared::roster::Roster;

/// Which key signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signer {
    /// The organisation's.
    Org,
    /// That of one of its nodes.
    Node(NodeNo),
}

/// Why a key may not sign for an organisation; the variants stand in the order checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignerFault {
    /// The roster that the signature names is not this one, or is not here yet.
    #[error("signed under another roster")]
    OtherRoster,
    /// The organisation was not in the network at that height.
    #[error("organisation {} was not in the network", .0.0)]
    UnknownOrg(OrgNo),
    /// It was suspended or had left.
    #[error("organisation {} was not active", .0.0)]
    InactiveOrg(OrgNo),
    /// The node was not this organisation's, or was revoked.
    #[error("node {} did not sign for the organisation", .0.0)]
    OtherNode(NodeNo),
}

impl Signer {
    /// Appends its bytes.
    pub fn write(self, writer: &mut Writer) {
        match self {
            Self::Org => writer.u8(1),
            Self::Node(node) => writer.u8(2).leb(u64::from(node.0)),
        };
    }

    /// Takes a signer off `reader`.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, ReadError> {
        match reader.u8()? {
            1 => Ok(Self::Org),
            2 => Ok(Self::Node(NodeNo(reader.leb_u16()?))),
            _ => Err(ReadError::Unknown),
        }
    }

    /// The key that signs for `org` so, at a roster height with that hash.
    pub fn key(
        self,
        roster: &Roster,
        org: OrgNo,
        at: (u64, StatementHash),
    ) -> Result<PublicKey, SignerFault> {
        let (height, hash) = at;
        if roster.hash_at(height) != Some(hash) {
            return Err(SignerFault::OtherRoster);
        }
        let known = roster.org(org).ok_or(SignerFault::UnknownOrg(org))?;
        let org_key = known.key_at(height).ok_or(SignerFault::UnknownOrg(org))?;
        if !known.is_active_at(height) {
            return Err(SignerFault::InactiveOrg(org));
        }
        match self {
            Self::Org => Ok(*org_key),
            Self::Node(no) => {
                let node = roster.node(no).filter(|it| it.org == org && it.is_active_at(height));
                node.and_then(|it| it.key_at(height)).copied().ok_or(SignerFault::OtherNode(no))
            }
        }
    }
}
