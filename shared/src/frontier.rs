//! The frontier: what a node says, under its signature, that it holds of a space.
//!
//! ```text
//! Body     = version u8 = 1 · node LEB · counter LEB · space · roster height LEB · rules LEB · digest 16 · vector
//! frontier = Body · signature 64 of ("svod/1 frontier" ‖ network 32 ‖ Body) by the node key
//! ```
//!
//! Frontiers lie outside the log and only the newest of a node and space is kept: as entries they would acknowledge
//! each other for ever. What a relay tells of "who has my change" counts for nothing; these count. The vector is read
//! by the directory of whoever reads it and is exact where the digest equals.

use std::collections::BTreeMap;

use crate::id::{NetworkId, NodeNo, Space};
use crate::keys::{KeyPair, Signature};
use crate::leb::{ReadError, Reader, Writer};
use crate::roster::Roster;
use crate::vector::{StateDigest, Vector};

/// The largest frontier, bytes: a vector of the most feeds with heights of three bytes.
pub const FRONTIER_BYTES_MAX: usize = 48 * 1024;

const DOMAIN: &str = "svod/1 frontier";
const VERSION: u8 = 1;
const SIGNATURE_BYTES: usize = 64;

/// What a node holds of a space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frontier {
    /// The node.
    pub node: NodeNo,
    /// Grows with every frontier of the node; of two the one with the higher counter counts.
    pub counter: u64,
    /// The space.
    pub space: Space,
    /// The height of the node's roster.
    pub roster: u64,
    /// The structure rules that its program knows.
    pub rules: u64,
    /// The exact state.
    pub digest: StateDigest,
    /// The heights of the feeds.
    pub vector: Vector,
}

/// Why a frontier counts for nothing; the variants stand in the order checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrontierError {
    /// It cannot be read.
    #[error("frontier cannot be read")]
    Read(#[from] ReadError),
    /// The roster does not know the node, or not any more.
    #[error("frontier of a node that is not in the roster")]
    UnknownNode(NodeNo),
    /// The node may not read the space.
    #[error("frontier of a space that its node may not read")]
    NotReadable(Space),
    /// The node's key has not signed it.
    #[error("frontier is not signed by its node")]
    BadSignature,
}

impl Frontier {
    /// Signs the frontier and gives the bytes that travel.
    pub fn sign(&self, network: &NetworkId, node: &KeyPair) -> Vec<u8> {
        let mut writer = Writer::new();
        self.write(&mut writer);
        let signature = node.sign(&signed_bytes(network, writer.as_slice()));
        writer.raw(&signature.0);
        writer.into_vec()
    }

    /// The bytes that travel, with a signature that was made elsewhere.
    pub fn with_signature(&self, signature: &Signature) -> Vec<u8> {
        let mut writer = Writer::new();
        self.write(&mut writer);
        writer.raw(&signature.0);
        writer.into_vec()
    }

    /// Reads a frontier and its signature without checking it.
    pub fn peek_signed(bytes: &[u8]) -> Result<(Self, Signature), ReadError> {
        let (frontier, _, signature) = split(bytes)?;
        Ok((frontier, signature))
    }

    /// Reads a frontier without checking its signature.
    pub fn peek(bytes: &[u8]) -> Result<Self, ReadError> {
        Ok(split(bytes)?.0)
    }

    /// Reads frontiers that a store has kept, by space; what does not read is left out.
    pub fn by_space(stored: &[Vec<u8>]) -> BTreeMap<Space, Self> {
        let read = stored.iter().filter_map(|bytes| Self::peek(bytes).ok());
        read.map(|frontier| (frontier.space, frontier)).collect()
    }

    /// Reads a frontier and checks, in this order:
    ///
    /// - it is well formed;
    /// - the roster knows the node, and it is active;
    /// - the node may read the space;
    /// - the node's key has signed it.
    pub fn verify(bytes: &[u8], roster: &Roster) -> Result<Self, FrontierError> {
        let (frontier, body, signature) = split(bytes)?;
        let unknown = FrontierError::UnknownNode(frontier.node);
        let node = roster.node(frontier.node).filter(|node| node.active).ok_or(unknown)?;
        if !roster.may_read(node.no, frontier.space) {
            return Err(FrontierError::NotReadable(frontier.space));
        }
        let signed = signed_bytes(&roster.network(), body);
        node.key.verify(&signed, &signature).map_err(|_| FrontierError::BadSignature)?;
        Ok(frontier)
    }

    fn write(&self, writer: &mut Writer) {
        writer.u8(VERSION).leb(u64::from(self.node.0)).leb(self.counter);
        self.space.write(writer);
        writer.leb(self.roster).leb(self.rules).raw(&self.digest.0);
        self.vector.write(writer);
    }

    fn read(body: &[u8]) -> Result<Self, ReadError> {
        let mut reader = Reader::new(body);
        if reader.u8()? != VERSION {
            return Err(ReadError::Unknown);
        }
        let frontier = Self {
            node: NodeNo(reader.leb_u16()?),
            counter: reader.leb()?,
            space: Space::read(&mut reader)?,
            roster: reader.leb()?,
            rules: reader.leb()?,
            digest: StateDigest::read(&mut reader)?,
            vector: Vector::read(&mut reader)?,
        };
        reader.end()?;
        Ok(frontier)
    }
}

fn split(bytes: &[u8]) -> Result<(Frontier, &[u8], Signature), ReadError> {
    if bytes.len() > FRONTIER_BYTES_MAX {
        return Err(ReadError::Limit);
    }
    let (body, signature) = bytes.split_last_chunk::<SIGNATURE_BYTES>().ok_or(ReadError::Short)?;
    Ok((Frontier::read(body)?, body, Signature(*signature)))
}

fn signed_bytes(network: &NetworkId, body: &[u8]) -> Vec<u8> {
    let mut writer = Writer::domain(DOMAIN);
    writer.raw(network.as_bytes()).raw(body);
    writer.into_vec()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::id::{EntryHash, FeedId};
    use crate::storage::FeedHead;

    fn sample(counter: u64) -> Frontier {
        let head = |no: u8| FeedHead {
            feed: FeedId([no; 32]),
            node: NodeNo(u16::from(no)),
            space: Space::Network,
            epoch: 1,
            height: u64::from(no) * 40,
            hash: EntryHash([no; 32]),
            roster: 3,
        };
        let heads: Vec<_> = (1..=5).map(head).collect();
        Frontier {
            node: NodeNo(2),
            counter,
            space: Space::Network,
            roster: 7,
            rules: 1,
            digest: StateDigest::of(Space::Network, &heads),
            vector: Vector::of(&heads),
        }
    }

    #[test]
    fn a_frontier_reads_back_and_binds_its_network() {
        let (network, key) = (NetworkId([1; 32]), KeyPair::from_seed(&[2; 32]));
        let bytes = sample(9).sign(&network, &key);
        let (read, body, signature) = split(&bytes).unwrap();
        assert_eq!(read, sample(9));
        assert!(key.public().verify(&signed_bytes(&network, body), &signature).is_ok());
        let other = NetworkId([3; 32]);
        assert!(key.public().verify(&signed_bytes(&other, body), &signature).is_err());
    }

    #[test]
    fn a_frontier_of_a_stranger_counts_for_nothing() {
        let network = NetworkId([1; 32]);
        let bytes = sample(1).sign(&network, &KeyPair::from_seed(&[2; 32]));
        let verified = Frontier::verify(&bytes, &Roster::empty(network));
        assert_eq!(verified, Err(FrontierError::UnknownNode(NodeNo(2))));
    }

    proptest! {
        #[test]
        fn damaged_frontiers_never_pass(counter: u64, bit in 0usize..700) {
            let (network, key) = (NetworkId([1; 32]), KeyPair::from_seed(&[2; 32]));
            let mut bytes = sample(counter).sign(&network, &key);
            let place = bit % (bytes.len() * 8);
            bytes[place / 8] ^= 1 << (place % 8);
            if let Ok((_, body, signature)) = split(&bytes) {
                prop_assert!(key.public().verify(&signed_bytes(&network, body), &signature).is_err());
            }
        }

        #[test]
        fn arbitrary_bytes_are_survived(bytes: Vec<u8>) {
            let _ = Frontier::peek(&[&[VERSION][..], &bytes].concat());
        }
    }
}
