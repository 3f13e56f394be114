//! The frames of a session, byte for byte.
//!
//! ```text
//! 0 Hello         version u8 · network 4 · roster · cursor LEB · spaces LEB · { space · held }…
//!                 held  = 0 · digest 16 · vector | 1 · digest 16 · counter LEB · check 4 · directory 8 · vector
//!                         | 2 · counter LEB · check 8 · directory 8
//!                 1: as the node's frontier of that counter says, but for the nodes in the vector; 2: as it says
//! 1 Welcome       spaces LEB · state… in the order of the Hello · others LEB · { space · state }… · (0 | 1 · roster)
//!                 state = 0 (equal) | 1 · flags u8 · digest 16 · vector · heads of the node's own feeds
//!                         | 2 (not yours) | 3 (equal, but the frontier that the Hello names is not here)
//!                 flags = 1 vector and heads only where they differ from that frontier
//!                         | 2 both directories are the same: the packs' tables begin with it | 4 send your vector
//!                 0 instead of the roster: the same as in the Hello
//! 2 Refuse        code u8
//! 3 Roster        from LEB · statements LEB · { length LEB · bytes }…
//! 4 Pack          the pack
//! 5 Directory     answer wanted u8 · space · heads
//! 6 Check         space · digest 16 · (packs of the space received so far · 2 + answer wanted) LEB
//! 7 Letter        version u8 · roster height LEB · network 32 · length LEB · letter    a newcomer's first frame
//! 8 LetterReply   newcomer's key 32 · reply
//! 9 Vector        space · vector                                the answer to flag 4
//! 10 Signed       space · counter LEB · packs of the space received so far LEB · signature 64
//!                 a Check and a frontier at once: what is not here is as the relay has it, see `gossip`
//! 11 Wanted       space                                         a Signed that was not understood: send the frontier
//! 0x80 Frontiers  cursor LEB · frontiers LEB · { length LEB · bytes }…
//! 0x81 Letters    letters LEB · { length LEB · bytes }…
//!
//! roster = height LEB · hash[..16]      heads = feeds LEB · { feed 32 · height LEB · hash 32 }…
//! ```
//!
//! What is shortened, and why that is enough: the network's id only tells strangers apart by name, entries and
//! statements are bound to the whole id; 4 bytes. The roster's hash tells a fork that somebody may have made on
//! purpose, and 16 bytes have no collision that anybody can compute. The same holds for the digest, which alone says
//! "in sync": it is sent whole, or follows from a frontier that both sides have, which the counter names and eight
//! bytes of the digest tell from one that a copy of the node has signed. The `check` of four bytes and `directory` only
//! tell which hints to believe: wrong hints cost bytes.
//!
//! A kind of 0x80 or above is optional: who does not know it ignores it. Any other unknown kind ends the session.

use super::FRAME_BYTES_MAX;
use crate::frontier::FRONTIER_BYTES_MAX;
use crate::id::{EntryHash, FeedId, NetworkId, Space};
use crate::keys::{PublicKey, Signature};
use crate::leb::{ReadError, Reader, Writer};
use crate::letter::{LETTER_BYTES_MAX, LetterReply};
use crate::vector::{FEEDS_MAX, StateDigest, Vector};

/// The protocol's version.
pub(super) const VERSION: u8 = 1;
/// How much of the network's id a Hello names.
pub(super) const NETWORK_BYTES: usize = 4;
/// The most spaces one side may name: the network's, and those of far more organisations than any network has.
pub(super) const SPACES_MAX: u64 = 4096;
/// The most statements in one frame.
pub(super) const STATEMENTS_MAX: usize = 4096;
/// The most frontiers or letters in one frame.
pub(super) const LIST_MAX: usize = 256;

const PACK: u8 = 4;
const OPTIONAL: u8 = 0x80;
const LETTERS: u8 = OPTIONAL + 1;
const FIRST_UNKNOWN_OPTIONAL: u8 = OPTIONAL + 2;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Frame {
    Hello(Hello),
    Welcome(Welcome),
    Refuse(u8),
    Roster {
        from: u64,
        statements: Vec<Vec<u8>>,
    },
    Pack(Vec<u8>),
    Directory {
        wants_answer: bool,
        space: Space,
        heads: Vec<Head>,
    },
    Check {
        space: Space,
        digest: StateDigest,
        packs: u64,
        wants_answer: bool,
    },
    Letter {
        version: u8,
        height: u64,
        network: NetworkId,
        letter: Vec<u8>,
    },
    LetterReply {
        to: PublicKey,
        reply: LetterReply,
    },
    Vector {
        space: Space,
        vector: Vector,
    },
    Frontiers {
        cursor: u64,
        frontiers: Vec<Vec<u8>>,
    },
    Letters(Vec<Vec<u8>>),
    Signed {
        space: Space,
        counter: u64,
        packs: u64,
        signature: Signature,
    },
    Wanted(Space),
    /// An optional frame of a later version.
    Ignored,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hello {
    pub(super) version: u8,
    /// The beginning of the network's id.
    pub(super) network: [u8; NETWORK_BYTES],
    pub(super) roster: RosterState,
    pub(super) cursor: u64,
    pub(super) spaces: Vec<(Space, Held)>,
}

/// What a node says in its Hello that it holds of a space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Held {
    /// All heights.
    Vector(StateDigest, Vector),
    /// What differs from a frontier that both sides remember.
    Since(StateDigest, Since),
    /// What a frontier says that both sides remember.
    AsReported(AsReported),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Since {
    /// The frontier's counter.
    pub(super) counter: u64,
    /// The beginning of the frontier's digest.
    pub(super) check: [u8; 4],
    /// Stands for the node's directory, see [`crate::vector::directory_tag`].
    pub(super) directory: [u8; 8],
    /// The nodes whose heights are others now.
    pub(super) changed: Vector,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AsReported {
    pub(super) counter: u64,
    /// The beginning of the frontier's digest.
    pub(super) check: [u8; 8],
    pub(super) directory: [u8; 8],
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Welcome {
    pub(super) spaces: Vec<SpaceState>,
    pub(super) others: Vec<(Space, SpaceState)>,
    /// `None`: the same as in the Hello.
    pub(super) roster: Option<RosterState>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RosterState {
    pub(super) height: u64,
    /// The beginning of the last statement's hash.
    pub(super) hash: [u8; 16],
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SpaceState {
    /// The same state; the frontier that the Hello names is here too.
    Equal,
    /// The same state; the frontier that the Hello names is not here.
    EqualUnreported,
    Differs(Differs),
    NotYours,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Differs {
    /// `vector` and `own` leave out what is as in the frontier that the Hello names.
    pub(super) since: bool,
    /// Both directories are the same.
    pub(super) same_directory: bool,
    /// What the node holds is not known well enough: it should send its vector.
    pub(super) wants_vector: bool,
    pub(super) digest: StateDigest,
    pub(super) vector: Vector,
    pub(super) own: Vec<Head>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) feed: FeedId,
    pub(super) height: u64,
    pub(super) hash: EntryHash,
}

impl Frame {
    /// Whether these bytes are a pack's frame.
    pub(super) fn is_pack(bytes: &[u8]) -> bool {
        bytes.first() == Some(&PACK)
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        let w = &mut writer;
        match self {
            Self::Hello(hello) => hello.write(w.u8(0)),
            Self::Welcome(welcome) => welcome.write(w.u8(1)),
            Self::Refuse(code) => _ = w.u8(2).u8(*code),
            Self::Roster { from, statements } => write_list(w.u8(3).leb(*from), statements),
            Self::Pack(pack) => _ = w.u8(PACK).raw(pack),
            Self::Directory { wants_answer, space, heads } => {
                space.write(w.u8(5).u8(u8::from(*wants_answer)));
                write_heads(w, heads);
            }
            Self::Check { space, digest, packs, wants_answer } => {
                space.write(w.u8(6));
                w.raw(&digest.0).leb(packs.saturating_mul(2) | u64::from(*wants_answer));
            }
            Self::Letter { version, height, network, letter } => {
                w.u8(7).u8(*version).leb(*height).raw(network.as_bytes()).bytes(letter);
            }
            Self::LetterReply { to, reply } => {
                w.u8(8).raw(to.as_bytes()).raw(&reply.to_bytes());
            }
            Self::Vector { space, vector } => {
                space.write(w.u8(9));
                vector.write(w);
            }
            Self::Signed { space, counter, packs, signature } => {
                space.write(w.u8(10));
                w.leb(*counter).leb(*packs).raw(&signature.0);
            }
            Self::Wanted(space) => space.write(w.u8(11)),
            Self::Frontiers { cursor, frontiers } => write_list(w.u8(OPTIONAL).leb(*cursor), frontiers),
            Self::Letters(letters) => write_list(w.u8(LETTERS), letters),
            Self::Ignored => _ = w.u8(u8::MAX),
        }
        writer.into_vec()
    }

    pub(super) fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        let mut reader = Reader::new(bytes);
        let r = &mut reader;
        let frame = match r.u8()? {
            0 => Self::Hello(Hello::read(r)?),
            1 => Self::Welcome(Welcome::read(r)?),
            2 => Self::Refuse(r.u8()?),
            3 => Self::Roster { from: r.leb()?, statements: read_list(r, STATEMENTS_MAX, FRAME_BYTES_MAX)? },
            PACK => return Ok(Self::Pack(r.rest().to_vec())),
            5 => Self::Directory { wants_answer: flag(r)?, space: Space::read(r)?, heads: read_heads(r)? },
            6 => {
                let (space, digest, packs) = (Space::read(r)?, StateDigest::read(r)?, r.leb()?);
                Self::Check { space, digest, packs: packs / 2, wants_answer: packs % 2 == 1 }
            }
            7 => Self::Letter {
                version: r.u8()?,
                height: r.leb()?,
                network: NetworkId(r.array()?),
                letter: r.bytes(LETTER_BYTES_MAX)?.to_vec(),
            },
            8 => {
                let to = PublicKey::from_bytes(&r.array()?).map_err(|_| ReadError::Unknown)?;
                return Ok(Self::LetterReply { to, reply: LetterReply::from_bytes(r.rest())? });
            }
            9 => Self::Vector { space: Space::read(r)?, vector: Vector::read(r)? },
            10 => Self::Signed {
                space: Space::read(r)?,
                counter: r.leb()?,
                packs: r.leb()?,
                signature: Signature(r.array()?),
            },
            11 => Self::Wanted(Space::read(r)?),
            OPTIONAL => {
                Self::Frontiers { cursor: r.leb()?, frontiers: read_list(r, LIST_MAX, FRONTIER_BYTES_MAX)? }
            }
            LETTERS => Self::Letters(read_list(r, LIST_MAX, LETTER_BYTES_MAX)?),
            FIRST_UNKNOWN_OPTIONAL.. => return Ok(Self::Ignored),
            _ => return Err(ReadError::Unknown),
        };
        reader.end()?;
        Ok(frame)
    }
}

impl Hello {
    fn write(&self, writer: &mut Writer) {
        writer.u8(self.version).raw(&self.network);
        self.roster.write(writer);
        writer.leb(self.cursor).leb(self.spaces.len() as u64);
        for (space, held) in &self.spaces {
            space.write(writer);
            held.write(writer);
        }
    }

    /// Of another version only the version is read, so that it can be refused by name.
    fn read(reader: &mut Reader<'_>) -> Result<Self, ReadError> {
        let version = reader.u8()?;
        if version != VERSION {
            *reader = Reader::new(&[]);
            let roster = RosterState { height: 0, hash: [0; 16] };
            return Ok(Self { version, network: [0; NETWORK_BYTES], roster, cursor: 0, spaces: Vec::new() });
        }
        let network = reader.array()?;
        let roster = RosterState::read(reader)?;
        let cursor = reader.leb()?;
        let spaces = (0..reader.leb_max(SPACES_MAX)?)
            .map(|_| Ok((Space::read(reader)?, Held::read(reader)?)))
            .collect::<Result<_, ReadError>>()?;
        Ok(Self { version, network, roster, cursor, spaces })
    }
}

impl Held {
    fn write(&self, writer: &mut Writer) {
        match self {
            Self::Vector(digest, vector) => vector.write(writer.u8(0).raw(&digest.0)),
            Self::Since(digest, Since { counter, check, directory, changed }) => {
                writer.u8(1).raw(&digest.0).leb(*counter).raw(check).raw(directory);
                changed.write(writer);
            }
            Self::AsReported(AsReported { counter, check, directory }) => {
                writer.u8(2).leb(*counter).raw(check).raw(directory);
            }
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, ReadError> {
        match reader.u8()? {
            0 => Ok(Self::Vector(StateDigest::read(reader)?, Vector::read(reader)?)),
            1 => {
                let digest = StateDigest::read(reader)?;
                let (counter, check, directory) = (reader.leb()?, reader.array()?, reader.array()?);
                Ok(Self::Since(digest, Since { counter, check, directory, changed: Vector::read(reader)? }))
            }
            2 => Ok(Self::AsReported(AsReported {
                counter: reader.leb()?,
                check: reader.array()?,
                directory: reader.array()?,
            })),
            _ => Err(ReadError::Unknown),
        }
    }
}

impl Welcome {
    fn write(&self, writer: &mut Writer) {
        writer.leb(self.spaces.len() as u64);
        for state in &self.spaces {
            state.write(writer);
        }
        writer.leb(self.others.len() as u64);
        for (space, state) in &self.others {
            space.write(writer);
            state.write(writer);
        }
        match &self.roster {
            None => _ = writer.u8(0),
            Some(roster) => roster.write(writer.u8(1)),
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, ReadError> {
        let spaces = (0..reader.leb_max(SPACES_MAX)?)
            .map(|_| SpaceState::read(reader))
            .collect::<Result<_, ReadError>>()?;
        let others = (0..reader.leb_max(SPACES_MAX)?)
            .map(|_| Ok((Space::read(reader)?, SpaceState::read(reader)?)))
            .collect::<Result<_, ReadError>>()?;
        let roster = if flag(reader)? { Some(RosterState::read(reader)?) } else { None };
        Ok(Self { spaces, others, roster })
    }
}

impl RosterState {
    fn write(&self, writer: &mut Writer) {
        writer.leb(self.height).raw(&self.hash);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, ReadError> {
        Ok(Self { height: reader.leb()?, hash: reader.array()? })
    }
}

impl SpaceState {
    fn write(&self, writer: &mut Writer) {
        match self {
            Self::Equal => _ = writer.u8(0),
            Self::Differs(differs) => differs.write(writer.u8(1)),
            Self::NotYours => _ = writer.u8(2),
            Self::EqualUnreported => _ = writer.u8(3),
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, ReadError> {
        match reader.u8()? {
            0 => Ok(Self::Equal),
            1 => Ok(Self::Differs(Differs::read(reader)?)),
            2 => Ok(Self::NotYours),
            3 => Ok(Self::EqualUnreported),
            _ => Err(ReadError::Unknown),
        }
    }
}

impl Differs {
    fn write(&self, writer: &mut Writer) {
        let flags =
            u8::from(self.since) | u8::from(self.same_directory) << 1 | u8::from(self.wants_vector) << 2;
        writer.u8(flags).raw(&self.digest.0);
        self.vector.write(writer);
        write_heads(writer, &self.own);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, ReadError> {
        let flags = reader.u8()?;
        if flags > 7 {
            return Err(ReadError::Unknown);
        }
        Ok(Self {
            since: flags & 1 != 0,
            same_directory: flags & 2 != 0,
            wants_vector: flags & 4 != 0,
            digest: StateDigest::read(reader)?,
            vector: Vector::read(reader)?,
            own: read_heads(reader)?,
        })
    }
}

fn flag(reader: &mut Reader<'_>) -> Result<bool, ReadError> {
    match reader.u8()? {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(ReadError::Unknown),
    }
}

fn write_heads(writer: &mut Writer, heads: &[Head]) {
    writer.leb(heads.len() as u64);
    for head in heads {
        writer.raw(head.feed.as_bytes()).leb(head.height).raw(head.hash.as_bytes());
    }
}

fn read_heads(reader: &mut Reader<'_>) -> Result<Vec<Head>, ReadError> {
    let count = reader.leb_max(FEEDS_MAX as u64)?;
    let head = |_| {
        let feed = FeedId(reader.array()?);
        Ok(Head { feed, height: reader.leb()?, hash: EntryHash(reader.array()?) })
    };
    (0..count).map(head).collect()
}

fn write_list(writer: &mut Writer, list: &[Vec<u8>]) {
    writer.leb(list.len() as u64);
    for bytes in list {
        writer.bytes(bytes);
    }
}

fn read_list(reader: &mut Reader<'_>, count_max: usize, bytes_max: usize) -> Result<Vec<Vec<u8>>, ReadError> {
    (0..reader.leb_max(count_max as u64)?).map(|_| Ok(reader.bytes(bytes_max)?.to_vec())).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(frame: Frame) {
        assert_eq!(Frame::read(&frame.to_bytes()), Ok(frame));
    }

    #[test]
    fn frames_read_back() {
        let digest = StateDigest([4; 16]);
        let roster = RosterState { height: 300, hash: [2; 16] };
        let since = Since { counter: 400, check: [8; 4], directory: [9; 8], changed: Vector::default() };
        let reported = AsReported { counter: 70_000, check: [3; 8], directory: [9; 8] };
        let spaces = vec![
            (Space::Network, Held::Vector(digest, Vector::default())),
            (Space::Org(crate::id::OrgNo(3)), Held::Since(digest, since)),
            (Space::Org(crate::id::OrgNo(4)), Held::AsReported(reported)),
        ];
        check(Frame::Hello(Hello {
            version: VERSION,
            network: [1; NETWORK_BYTES],
            roster,
            cursor: 5,
            spaces,
        }));
        let network = NetworkId([1; 32]);
        let head = Head { feed: FeedId([5; 32]), height: 700, hash: EntryHash([6; 32]) };
        let differs = SpaceState::Differs(Differs {
            since: true,
            same_directory: false,
            wants_vector: true,
            digest,
            vector: Vector::default(),
            own: vec![head],
        });
        check(Frame::Welcome(Welcome {
            spaces: vec![SpaceState::Equal, SpaceState::NotYours, SpaceState::EqualUnreported],
            others: vec![(Space::Network, differs)],
            roster: Some(roster),
        }));
        check(Frame::Roster { from: 3, statements: vec![vec![1; 200], vec![]] });
        check(Frame::Directory { wants_answer: true, space: Space::Network, heads: vec![head] });
        check(Frame::Check { space: Space::Network, digest, packs: 200, wants_answer: true });
        check(Frame::Letter { version: 1, height: 0, network, letter: vec![7; 300] });
        check(Frame::Vector { space: Space::Network, vector: Vector::default() });
        check(Frame::Frontiers { cursor: 9, frontiers: vec![vec![1]] });
        check(Frame::Letters(vec![vec![2; 9]]));
        let signature = Signature([8; 64]);
        check(Frame::Signed { space: Space::Network, counter: 300, packs: 1, signature });
        check(Frame::Wanted(Space::Network));
    }

    #[test]
    fn only_optional_kinds_may_be_unknown() {
        assert_eq!(Frame::read(&[0x90, 1, 2, 3]), Ok(Frame::Ignored));
        assert_eq!(Frame::read(&[12, 1, 2, 3]), Err(ReadError::Unknown));
        assert_eq!(Frame::read(&[]), Err(ReadError::Short));
    }

    proptest! {
        #[test]
        fn whatever_is_read_encodes_to_the_same_bytes(kind in 1u8..0x82, bytes: Vec<u8>) {
            let bytes = [&[kind][..], &bytes].concat();
            if let Ok(frame) = Frame::read(&bytes) {
                prop_assert_eq!(frame.to_bytes(), bytes);
            }
        }
    }
}
