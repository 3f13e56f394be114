//! The packet: an exchange by file, for a flash drive or an e-mail.
//!
//! ```text
//! packet = magic 8 · version u8 = 1 · header · packs LEB · { length · pack }… · signature 64
//! header = network 32 · from: node LEB · node key 32 · for: 0 | 1 · organisation LEB
//!        · created, milliseconds LEB · part LEB · parts LEB
//!        · roster height LEB · roster hash 32 · from LEB · statements LEB · { length · statement }…
//!        · frontiers LEB · { length · frontier }… · stretches LEB · { feed 32 · node LEB · from LEB · to LEB }…
//! ```
//!
//! The signature is the node's, over "svod/1 packet" ‖ SHA-256 of everything before it. The packs are those of a
//! session, with tables of names that begin anew with each file. A stretch says of a feed which entries the file
//! holds: a file has no directory that both sides share, so the vector that it starts from is written out.
//!
//! [`Packet::open`] proves that the bytes are whole and that the key in the header has signed them; whose key it is
//! only a roster can say, perhaps one that the packet's own statements have brought up to date: [`Packet::sender`].
//! What the packs hold is unpacked one at a time, and [`crate::log`] decides on every entry as on one from a session.
//! So a packet that comes twice, late or in another order changes nothing that it should not.

use crate::id::{FeedId, NetworkId, NodeNo, OrgNo, StatementHash, sha256};
use crate::keys::{KeyPair, PublicKey, Signature};
use crate::leb::{ReadError, Reader, Writer};
use crate::pack::{self, Pack, PackError, PackTables, Unattached};
use crate::roster::{Node, Roster, RosterError, Taken};
use crate::time::Timestamp;

mod attach;
mod header;
#[cfg(test)]
mod tests;
mod write;

pub use attach::{Attached, Missing, attach};
pub use write::{Envelope, WriteError, write};

/// The largest file, bytes: what one computer of an office reads into memory without a thought.
pub const PACKET_BYTES_MAX: usize = 64 * 1024 * 1024;
/// The size of a part where nothing else is said, bytes: what mail servers let through.
pub const PART_BYTES_DEFAULT: usize = 10 * 1024 * 1024;
/// The most parts of one packet.
pub const PARTS_MAX: u64 = 1024;
/// The most packs of one file: unpacked they are at most 512 MiB, one at a time.
pub const PACKS_MAX: u64 = 8 * 1024;

/// As in PNG: a transport that mangles line ends or the eighth bit is found out at once.
const MAGIC: [u8; 8] = *b"\x89SVOD\r\n\x1a";
const VERSION: u8 = 1;
const DOMAIN: &str = "svod/1 packet";
const SIGNATURE_BYTES: usize = 64;

/// A packet whose bytes are whole and signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet<'a> {
    /// What it says of itself.
    pub header: Header,
    packs: Vec<&'a [u8]>,
}

/// What a packet says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The network.
    pub network: NetworkId,
    /// The node that wrote it.
    pub from: NodeNo,
    /// That node's key.
    pub key: PublicKey,
    /// The organisation that it was written for; `None` for everybody.
    pub to: Option<OrgNo>,
    /// When it was written, by the writer's clock.
    pub created: Timestamp,
    /// Which part it is, from 1.
    pub part: u64,
    /// How many parts there are.
    pub parts: u64,
    /// The height of the writer's roster.
    pub roster_height: u64,
    /// The hash of its last statement.
    pub roster_hash: StatementHash,
    /// The roster height at which `statements` begin.
    pub statements_from: u64,
    /// Signed statements, up to `roster_height`.
    pub statements: Vec<Vec<u8>>,
    /// What the writer says that it holds; not verified.
    pub frontiers: Vec<Vec<u8>>,
    /// Which entries of which feeds the file holds.
    pub stretches: Vec<Stretch>,
}

/// Consecutive entries of one feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// The feed.
    pub feed: FeedId,
    /// The node that writes it.
    pub node: NodeNo,
    /// The first entry that is there.
    pub from: u64,
    /// The entry after the last one that is there.
    pub to: u64,
}

/// Why a file is not taken; nothing of it has been.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PacketError {
    /// It is larger than any packet.
    #[error("file is larger than a packet may be")]
    TooLarge,
    /// It is some other file.
    #[error("file is not a packet")]
    NotAPacket,
    /// It is of a later version of the format.
    #[error("packet is of the later version {0}")]
    FromFuture(u8),
    /// It ends too early or cannot be read.
    #[error("packet is damaged")]
    Damaged(#[from] ReadError),
    /// It is not what was signed, or nobody signed it.
    #[error("packet does not carry a valid signature")]
    Signature,
    /// It is another network's.
    #[error("packet belongs to another network")]
    OtherNetwork(NetworkId),
    /// No roster that can be built here knows the node that signed it.
    #[error("packet was written by a node that is not in the roster")]
    UnknownSender,
    /// Statements are missing between the roster here and those in the packet.
    #[error("roster stands at {here}: statements up to {from} are missing before those of the packet")]
    RosterGap {
        /// The height here.
        here: u64,
        /// The height at which the packet's statements begin.
        from: u64,
    },
    /// The writer's roster and the one here have different statements at one height.
    #[error("roster of the packet is another branch")]
    RosterFork,
    /// A statement does not hold.
    #[error("statement of the packet does not hold")]
    Roster(#[from] RosterError),
    /// A signed pack does not read: its writer's program is at fault.
    #[error("pack of the packet does not read")]
    Pack(#[from] PackError),
}

impl<'a> Packet<'a> {
    /// Reads a packet of `network`, checking in this order:
    ///
    /// - it is a packet, of this version, and not too large;
    /// - all of it can be read;
    /// - the key in its header has signed all of it;
    /// - it belongs to the network.
    pub fn open(network: &NetworkId, bytes: &'a [u8]) -> Result<Self, PacketError> {
        if bytes.len() > PACKET_BYTES_MAX {
            return Err(PacketError::TooLarge);
        }
        let after = bytes.strip_prefix(&MAGIC).ok_or(PacketError::NotAPacket)?;
        match after.first() {
            None => return Err(ReadError::Short.into()),
            Some(&VERSION) => {}
            Some(later) => return Err(PacketError::FromFuture(*later)),
        }
        let (signed, signature) = bytes.split_last_chunk::<SIGNATURE_BYTES>().ok_or(ReadError::Short)?;
        let mut reader = Reader::new(signed);
        reader.raw(MAGIC.len() + 1)?;
        let header = Header::read(&mut reader)?;
        let count = reader.leb_max(PACKS_MAX)?;
        let packs =
            (0..count).map(|_| reader.bytes(PACKET_BYTES_MAX)).collect::<Result<Vec<_>, ReadError>>()?;
        reader.end()?;
        let proof = header.key.verify(&signed_bytes(signed), &Signature(*signature));
        proof.map_err(|_| PacketError::Signature)?;
        if header.network != *network {
            return Err(PacketError::OtherNetwork(header.network));
        }
        Ok(Self { header, packs })
    }

    /// The roster that the packet's statements make of `roster`, which may know them already, or more.
    pub fn roster(&self, roster: &Roster) -> Result<(Roster, Taken), PacketError> {
        let header = &self.header;
        if header.statements_from > roster.height() {
            return Err(PacketError::RosterGap { here: roster.height(), from: header.statements_from });
        }
        let mut roster = roster.clone();
        let taken = roster.take(&header.statements)?;
        match roster.hash_at(header.roster_height) {
            Some(hash) if hash == header.roster_hash => Ok((roster, taken)),
            Some(_) => Err(PacketError::RosterFork),
            None if header.roster_height == 0 => Ok((roster, taken)),
            None if roster.fork().is_some() => Err(PacketError::RosterFork),
            None => Err(PacketError::RosterGap { here: roster.height(), from: header.roster_height }),
        }
    }

    /// The node that wrote it, if its key was that node's when it was written.
    pub fn sender<'r>(&self, roster: &'r Roster) -> Result<&'r Node, PacketError> {
        let node = roster.node(self.header.from).ok_or(PacketError::UnknownSender)?;
        let key = node.key_at(self.header.roster_height).filter(|it| **it == self.header.key);
        key.map(|_| node).ok_or(PacketError::UnknownSender)
    }

    /// How many entries its stretches name.
    pub fn entries(&self) -> u64 {
        self.header.stretches.iter().fold(0, |sum, it| sum.saturating_add(it.to - it.from))
    }

    /// How many bytes its packs have.
    pub fn bytes(&self) -> usize {
        self.packs.iter().map(|it| it.len()).sum()
    }

    /// The packs, each unpacked when it is asked for.
    pub fn packs(&self) -> impl Iterator<Item = Result<Pack, PackError>> {
        let mut tables = PackTables::default();
        self.packs.iter().map(move |it| {
            let pack = pack::decode(&mut tables, it)?;
            // Whoever wrote the file does not know which log it meets.
            if !pack.wanted().is_empty() {
                return Err(PackError::Deps);
            }
            pack.resolve(&[]).map_err(|error| match error {
                Unattached::Broken(error) => error,
                Unattached::Absent => PackError::Deps,
            })
        })
    }
}

/// What is signed, of everything before the signature.
fn signed_bytes(packet: &[u8]) -> Vec<u8> {
    let mut writer = Writer::domain(DOMAIN);
    writer.raw(&sha256(packet));
    writer.into_vec()
}

/// Puts a file together.
fn assemble(header: &Header, packs: &[Vec<u8>], node_key: &KeyPair) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.raw(&MAGIC).u8(VERSION);
    header.write(&mut writer);
    writer.leb(packs.len() as u64);
    for pack in packs {
        writer.bytes(pack);
    }
    let signature = node_key.sign(&signed_bytes(writer.as_slice()));
    writer.raw(&signature.0);
    writer.into_vec()
}
