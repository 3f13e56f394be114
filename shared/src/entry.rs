//! An entry: one user action in one space, as it is hashed and signed.
//!
//! ```text
//! Body      = version u8 = 1 · feed 32 · seq LEB128 · prev 32 · roster LEB128 · items LEB128 · item…
//! item      = kind u8 · length LEB128 · bytes
//! hash      = SHA-256("svod/1 entry" ‖ Body)
//! signature = Ed25519 of ("svod/1 entry" ‖ Body) by the node key
//!
//! kind 0 open    node LEB128 · space · epoch LEB128 · random 16 · (0x00 | 0x01 · feed 32 · height LEB128 · hash 32)
//! kind 1 change  DocId 16 · change hash 32
//! kind 2 erase   DocId 16
//! ```
//!
//! An entry commits to change *hashes*: the bytes travel and rest beside it, in whatever encoding is smallest.
//! `seq` counts from 0; the first entry of a feed, and only it, begins with an `open` item, and its `prev` is zero.
//! A kind that this version does not know is kept byte for byte, so that the chain goes on.

use crate::id::{ChangeHash, DocId, EntryHash, FeedId, NodeNo, Space, sha256};
use crate::keys::{KeyPair, PublicKey, Signature};
use crate::leb::{ReadError, Reader, Writer};

/// The most items one entry may hold; 60 KiB of changes hold fewer.
pub const ITEMS_MAX: usize = 1024;
/// The largest change, bytes of its plain chunk.
pub const CHANGE_BYTES_MAX: usize = 48 * 1024;
/// The largest entry together with its changes, bytes.
pub const ENTRY_BYTES_MAX: usize = 60 * 1024;
/// The most feeds a node may open in one space.
pub const EPOCHS_MAX: u8 = 64;

const DOMAIN: &str = "svod/1 entry";
const VERSION: u8 = 1;
const KIND_OPEN: u8 = 0;
const KIND_CHANGE: u8 = 1;
const KIND_ERASE: u8 = 2;

/// What is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The feed it belongs to.
    pub feed: FeedId,
    /// Its place in the feed, from 0.
    pub seq: u64,
    /// The hash of the entry before it; zero for the first.
    pub prev: EntryHash,
    /// The roster height its author had; never falls along a feed.
    pub roster: u64,
    /// What the action did.
    pub items: Vec<Item>,
}

/// One thing that an entry did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// Opens the feed: the first item of the first entry.
    Open(Open),
    /// Commits to a change of a document.
    Change {
        /// The document.
        doc: DocId,
        /// Automerge's hash of the change.
        hash: ChangeHash,
    },
    /// Tells every holder to drop the bytes of a personal document.
    Erase {
        /// The document.
        doc: DocId,
    },
    /// A kind of a later version: kept and held.
    Unknown {
        /// The kind's number.
        kind: u8,
        /// Its bytes.
        bytes: Vec<u8>,
    },
}

/// Which feed this is, provable from the [`FeedId`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// The node that writes it.
    pub node: NodeNo,
    /// The space it lies in.
    pub space: Space,
    /// Its number among the node's feeds in that space, from 1.
    pub epoch: u8,
    /// Tells it from another feed that a copy of the node might open.
    pub random: [u8; 16],
    /// The node's previous feed in that space, as far as the node knew it.
    pub previous: Option<Previous>,
}

/// Where a node's previous feed stood when it opened the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Previous {
    /// The feed.
    pub feed: FeedId,
    /// Its number of entries.
    pub height: u64,
    /// The hash of the last of them.
    pub hash: EntryHash,
}

/// An entry with its signature and the bytes of its changes: what is stored and what travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The entry.
    pub entry: Entry,
    /// The node's signature. Absent only inside a run whose last entry carries one.
    pub signature: Option<Signature>,
    /// The plain chunks of the entry's change items, in their order.
    pub changes: Vec<Vec<u8>>,
}

impl Entry {
    /// The canonical bytes.
    pub fn to_body(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.write(&mut writer);
        writer.into_vec()
    }

    fn write(&self, writer: &mut Writer) {
        writer.u8(VERSION).raw(self.feed.as_bytes()).leb(self.seq).raw(self.prev.as_bytes());
        writer.leb(self.roster).leb(self.items.len() as u64);
        for item in &self.items {
            item.write(writer);
        }
    }

    fn signed_bytes(&self) -> Writer {
        let mut writer = Writer::domain(DOMAIN);
        self.write(&mut writer);
        writer
    }

    /// Reads canonical bytes; anything that would encode differently is refused.
    pub fn from_body(body: &[u8]) -> Result<Self, ReadError> {
        let mut reader = Reader::new(body);
        if reader.u8()? != VERSION {
            return Err(ReadError::Unknown);
        }
        let feed = FeedId(reader.array()?);
        let seq = reader.leb()?;
        let prev = EntryHash(reader.array()?);
        let roster = reader.leb()?;
        let count = reader.leb_max(ITEMS_MAX as u64)?;
        let items = (0..count).map(|_| Item::read(&mut reader)).collect::<Result<_, _>>()?;
        reader.end()?;
        Ok(Self { feed, seq, prev, roster, items })
    }

    /// The entry's hash, which names it and which the next entry points to.
    pub fn hash(&self) -> EntryHash {
        EntryHash(sha256(self.signed_bytes().as_slice()))
    }

    /// Signs the entry with the node's key.
    pub fn sign(&self, node: &KeyPair) -> Signature {
        node.sign(self.signed_bytes().as_slice())
    }

    /// Whether `signature` is `node`'s over this entry.
    pub fn is_signed_by(&self, node: &PublicKey, signature: &Signature) -> bool {
        node.verify(self.signed_bytes().as_slice(), signature).is_ok()
    }

    /// The change items, in their order.
    pub fn changes(&self) -> impl Iterator<Item = (DocId, ChangeHash)> {
        self.items.iter().filter_map(|item| match item {
            Item::Change { doc, hash } => Some((*doc, *hash)),
            Item::Open(_) | Item::Erase { .. } | Item::Unknown { .. } => None,
        })
    }

    /// The `open` item, if the entry is a feed's first and well formed as such.
    pub fn open(&self) -> Option<&Open> {
        match self.items.first() {
            Some(Item::Open(open)) if self.seq == 0 => Some(open),
            _ => None,
        }
    }
}

impl Item {
    /// Appends kind, length and bytes.
    pub fn write(&self, writer: &mut Writer) {
        let mut body = Writer::new();
        match self {
            Self::Open(open) => open.write(&mut body),
            Self::Change { doc, hash } => {
                body.raw(doc.as_bytes()).raw(hash.as_bytes());
            }
            Self::Erase { doc } => {
                body.raw(doc.as_bytes());
            }
            Self::Unknown { bytes, .. } => {
                body.raw(bytes);
            }
        }
        writer.u8(self.kind()).bytes(body.as_slice());
    }

    fn kind(&self) -> u8 {
        match self {
            Self::Open(_) => KIND_OPEN,
            Self::Change { .. } => KIND_CHANGE,
            Self::Erase { .. } => KIND_ERASE,
            Self::Unknown { kind, .. } => *kind,
        }
    }

    /// Takes an item off `reader`.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, ReadError> {
        let kind = reader.u8()?;
        let mut body = Reader::new(reader.bytes(ENTRY_BYTES_MAX)?);
        let item = match kind {
            KIND_OPEN => Self::Open(Open::read(&mut body)?),
            KIND_CHANGE => Self::Change { doc: DocId(body.array()?), hash: ChangeHash(body.array()?) },
            KIND_ERASE => Self::Erase { doc: DocId(body.array()?) },
            kind => return Ok(Self::Unknown { kind, bytes: body.rest().to_vec() }),
        };
        body.end()?;
        Ok(item)
    }
}

impl Open {
    fn write(&self, writer: &mut Writer) {
        writer.leb(u64::from(self.node.0));
        self.space.write(writer);
        writer.leb(u64::from(self.epoch)).raw(&self.random);
        match &self.previous {
            None => writer.u8(0),
            Some(it) => writer.u8(1).raw(it.feed.as_bytes()).leb(it.height).raw(it.hash.as_bytes()),
        };
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, ReadError> {
        let node = NodeNo(reader.leb_u16()?);
        let space = Space::read(reader)?;
        let epoch = u8::try_from(reader.leb_max(u64::from(EPOCHS_MAX))?).map_err(|_| ReadError::Limit)?;
        let random = reader.array()?;
        let previous = match reader.u8()? {
            0 => None,
            1 => Some(Previous {
                feed: FeedId(reader.array()?),
                height: reader.leb()?,
                hash: EntryHash(reader.array()?),
            }),
            _ => return Err(ReadError::Unknown),
        };
        Ok(Self { node, space, epoch, random, previous })
    }
}

impl Record {
    /// Bytes of the body and of all changes together.
    pub fn size(&self) -> usize {
        self.entry.to_body().len() + self.changes.iter().map(Vec::len).sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{NetworkId, OrgNo, Owner};
    use proptest::prelude::*;

    fn sample() -> Entry {
        let random = [7; 16];
        let feed = FeedId::derive(&NetworkId([1; 32]), NodeNo(2), Space::Network, 1, &random);
        let open = Open { node: NodeNo(2), space: Space::Network, epoch: 1, random, previous: None };
        let doc = DocId::natural(2, Owner::Org(OrgNo(3)), b"plan");
        Entry {
            feed,
            seq: 0,
            prev: EntryHash([0; 32]),
            roster: 300,
            items: vec![Item::Open(open), Item::Change { doc, hash: ChangeHash([9; 32]) }],
        }
    }

    /// The signed bytes are frozen: a change here is a change of the format.
    #[test]
    fn golden_vector() {
        let entry = sample();
        let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
        assert_eq!(
            hex(&entry.to_body()),
            concat!(
                "013b70d030ad92f631ea7f479c56232de55dfcf21f1078ba1c240d17cc84f3600200000000000000",
                "0000000000000000000000000000000000000000000000000000ac02020014020001070707070707",
                "0707070707070707070700013002000377408ebbf6fb28283a3d1953010909090909090909090909",
                "090909090909090909090909090909090909090909",
            )
        );
        assert_eq!(
            entry.hash().to_string(),
            "2911a75f1391609e092cdb7048b4c183a504d9af1633dea65ac1769f21d9a95b"
        );
        let signature = entry.sign(&KeyPair::from_seed(&[5; 32]));
        assert_eq!(
            hex(&signature.0),
            concat!(
                "9dc64044dc3d6dd4f2b635549db3de531243b3315f3f9697337075fe09554b8b68a2839597175ed3",
                "702b750cf8dc2a0b2a9ee06a9135cf31badeddbaf45cce0a",
            )
        );
    }

    #[test]
    fn body_round_trips_and_signature_holds() {
        let entry = sample();
        let pair = KeyPair::from_seed(&[5; 32]);
        assert_eq!(Entry::from_body(&entry.to_body()).as_ref(), Ok(&entry));
        assert!(entry.is_signed_by(&pair.public(), &entry.sign(&pair)));
    }

    #[test]
    fn every_flipped_bit_is_refused_or_changes_the_hash() {
        let (entry, pair) = (sample(), KeyPair::from_seed(&[5; 32]));
        let signature = entry.sign(&pair);
        let body = entry.to_body();
        for bit in 0..body.len() * 8 {
            let mut other = body.clone();
            other[bit / 8] ^= 1 << (bit % 8);
            if let Ok(read) = Entry::from_body(&other) {
                assert_eq!(read.to_body(), other, "bit {bit} reads to another encoding");
                assert!(!read.is_signed_by(&pair.public(), &signature), "bit {bit} keeps its signature");
            }
        }
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic_and_have_one_encoding(bytes: Vec<u8>) {
            if let Ok(entry) = Entry::from_body(&bytes) {
                prop_assert_eq!(entry.to_body(), bytes);
            }
        }

        #[test]
        fn unknown_items_survive(kind in 3u8.., bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let mut entry = sample();
            entry.items.push(Item::Unknown { kind, bytes });
            prop_assert_eq!(Entry::from_body(&entry.to_body()), Ok(entry));
        }
    }
}
