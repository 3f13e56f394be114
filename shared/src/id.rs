//! Identifiers, each a type of its own so that one cannot be taken for another.
//!
//! ```text
//! DocId   = kind u8 ‖ owner u16 big-endian ‖ nonce 13
//! FeedId  = SHA-256("svod/1 feed" ‖ network 32 ‖ node LEB128 ‖ space ‖ epoch LEB128 ‖ random 16)
//! space   = 0x00 (network) | 0x01 ‖ organisation LEB128
//! ```
//!
//! On screens and in JSON an id is lower-case hexadecimal digits.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::leb::{ReadError, Reader, Writer};

/// SHA-256 of `bytes`. Callers put a domain string first.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

macro_rules! bytes_id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::from_hex(&text).ok_or_else(|| D::Error::custom("not an id in hexadecimal digits"))
            }
        }

        impl $name {
            /// The bytes.
            pub fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }

            /// Reads lower-case hexadecimal digits.
            pub fn from_hex(text: &str) -> Option<Self> {
                let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()?;
                Some(Self(bytes.try_into().ok()?))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let text = data_encoding::HEXLOWER.encode(&self.0);
                write!(f, "{}({})", stringify!($name), text.get(..12).unwrap_or(&text))
            }
        }
    };
}

bytes_id!(
    /// Names a network: the hash of its genesis statement.
    NetworkId, 32
);
bytes_id!(
    /// Names a feed; its first 16 bytes are the automerge actor of its changes.
    FeedId, 32
);
bytes_id!(
    /// Names an entry: the hash of its body.
    EntryHash, 32
);
bytes_id!(
    /// Names a change: automerge's hash of the plain chunk.
    ChangeHash, 32
);
bytes_id!(
    /// Names a roster statement: the hash of its body.
    StatementHash, 32
);
bytes_id!(
    /// Names a document; says its kind and who owns it.
    DocId, 16
);
bytes_id!(
    /// An automerge actor: the first 16 bytes of a [`FeedId`].
    Actor, 16
);

/// The roster's number of an organisation, given for ever. 0 is never given: in a [`DocId`] it means "shared".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OrgNo(pub u16);

/// The roster's number of a node, given for ever, from 1 on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NodeNo(pub u16);

/// What is replicated and readable together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Space {
    /// Every active member reads.
    Network,
    /// That organisation and the lead read.
    Org(OrgNo),
}

impl Space {
    /// Appends the space's bytes.
    pub fn write(self, writer: &mut Writer) {
        match self {
            Self::Network => writer.u8(0),
            Self::Org(org) => writer.u8(1).leb(u64::from(org.0)),
        };
    }

    /// Takes a space off `reader`.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, ReadError> {
        match reader.u8()? {
            0 => Ok(Self::Network),
            1 => Ok(Self::Org(OrgNo(reader.leb_u16()?))),
            _ => Err(ReadError::Unknown),
        }
    }

    /// The space's bytes.
    pub fn to_bytes(self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.write(&mut writer);
        writer.into_vec()
    }
}

impl FeedId {
    /// The id of the feed that `node` opens in `space` as its `epoch`-th, told apart by 16 random bytes.
    pub fn derive(network: &NetworkId, node: NodeNo, space: Space, epoch: u8, random: &[u8; 16]) -> Self {
        let mut writer = Writer::domain("svod/1 feed");
        writer.raw(network.as_bytes()).leb(u64::from(node.0));
        space.write(&mut writer);
        writer.leb(u64::from(epoch)).raw(random);
        Self(sha256(writer.as_slice()))
    }

    /// The automerge actor that writes in this feed.
    pub fn actor(&self) -> Actor {
        let mut actor = [0; 16];
        actor.copy_from_slice(self.0.split_at(16).0);
        Actor(actor)
    }
}

/// Whose key may write a document; read off the [`DocId`] alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// Every active member writes.
    Shared,
    /// Only this organisation writes.
    Org(OrgNo),
    /// Only the organisation that is lead at the entry's roster height writes.
    Lead,
}

impl DocId {
    /// A document with a natural identity: every node that derives it gets the same id.
    pub fn natural(kind: u8, owner: Owner, natural_key: &[u8]) -> Self {
        let owner = owner.code();
        let mut writer = Writer::domain("svod/1 doc");
        writer.u8(kind).raw(&owner.to_be_bytes()).raw(natural_key);
        let hash = sha256(writer.as_slice());
        let mut nonce = [0; 13];
        nonce.copy_from_slice(hash.split_at(13).0);
        Self::new(kind, owner, nonce)
    }

    /// A document told apart from others of its kind by 13 random bytes.
    pub fn random(kind: u8, owner: Owner, nonce: [u8; 13]) -> Self {
        Self::new(kind, owner.code(), nonce)
    }

    fn new(kind: u8, owner: u16, nonce: [u8; 13]) -> Self {
        let mut bytes = [0; 16];
        let (head, tail) = bytes.split_at_mut(3);
        let [high, low] = owner.to_be_bytes();
        head.copy_from_slice(&[kind, high, low]);
        tail.copy_from_slice(&nonce);
        Self(bytes)
    }

    /// The kind: fixes genesis and space, and whether the content is personal.
    pub fn kind(&self) -> u8 {
        let [kind, ..] = self.0;
        kind
    }

    /// Whose key may write it.
    pub fn owner(&self) -> Owner {
        let [_, high, low, ..] = self.0;
        match u16::from_be_bytes([high, low]) {
            0 => Owner::Shared,
            0xffff => Owner::Lead,
            org => Owner::Org(OrgNo(org)),
        }
    }

    /// The space it lies in: kinds 0–127 lie in the network's, 128–255 in the owner's. `None`: an organisation's
    /// kind without an organisation for owner, which nobody may write.
    pub fn space(&self) -> Option<Space> {
        if self.kind() < FIRST_ORG_KIND {
            return Some(Space::Network);
        }
        match self.owner() {
            Owner::Org(org) => Some(Space::Org(org)),
            Owner::Shared | Owner::Lead => None,
        }
    }
}

impl Owner {
    fn code(self) -> u16 {
        match self {
            Self::Shared => 0,
            Self::Org(org) => org.0,
            Self::Lead => 0xffff,
        }
    }
}

/// Kinds from here on lie in their owner's space.
const FIRST_ORG_KIND: u8 = 128;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_says_its_kind_owner_and_space() {
        let id = DocId::natural(2, Owner::Org(OrgNo(3)), b"key");
        assert_eq!((id.kind(), id.owner(), id.space()), (2, Owner::Org(OrgNo(3)), Some(Space::Network)));
        assert_eq!(id, DocId::natural(2, Owner::Org(OrgNo(3)), b"key"));
        assert_ne!(id, DocId::natural(2, Owner::Org(OrgNo(4)), b"key"));
        assert_eq!(DocId::random(200, Owner::Org(OrgNo(3)), [1; 13]).space(), Some(Space::Org(OrgNo(3))));
        assert_eq!(DocId::random(200, Owner::Shared, [1; 13]).space(), None);
    }

    #[test]
    fn hexadecimal_text_reads_back() {
        let id = ChangeHash([7; 32]);
        assert_eq!(ChangeHash::from_hex(&id.to_string()), Some(id));
        assert_eq!(ChangeHash::from_hex("07"), None);
    }
}
