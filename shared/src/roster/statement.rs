//! A roster statement: its bytes, its hash, and who sealed it.
//!
//! ```text
//! Body      = version u8 = 1 · network 32 · height LEB128 · prev 32 · day LEB128 · basis · kind u8 · length LEB128 · bytes
//! basis     = length LEB128 · UTF-8
//! hash      = SHA-256("svod/1 roster" ‖ Body)
//! signature = Ed25519 of ("svod/1 roster" ‖ Body)
//! Signed    = length LEB128 · Body · signer u8 · signature 64 (· signature 64)
//! signer    = 1 lead key | 2 roster key | 3 recovery key | 4 old lead key and new lead key, in this order
//! ```
//!
//! `height` counts the statements before it, so the genesis has 0; `network` and `prev` are zero in the genesis, whose
//! hash names the network. `day` and `basis` are what a paper order says beside its subject: rights follow the height
//! alone, but the figures of a period count those who were members in it. Whether a seal belongs to the right key, only a [`super::Roster`] can tell.

use super::content::Content;
use super::text::read_basis;
use crate::id::{NetworkId, StatementHash, sha256};
use crate::keys::{KeyPair, Signature};
use crate::leb::{ReadError, Reader, Writer};
use crate::time::Day;

/// The largest signed statement, bytes: one that closes [`super::CLOSED_FEEDS_MAX`] feeds.
pub const STATEMENT_BYTES_MAX: usize = 320 * 1024;

const DOMAIN: &str = "svod/1 roster";
const VERSION: u8 = 1;

/// What a statement rests on, and from which day it holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    /// The act and its number, one line; empty where there is none.
    pub basis: String,
    /// The first day on which it holds, for figures of a period. Rights go by the roster height and know no days.
    pub from: Day,
}

/// What is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The network; zero in the genesis.
    pub network: NetworkId,
    /// How many statements stand before it.
    pub height: u64,
    /// The hash of the statement before it; zero in the genesis.
    pub prev: StatementHash,
    /// On what it rests, and from which day.
    pub terms: Terms,
    /// What it says.
    pub content: Content,
}

/// A statement with its seal: what is stored and what travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The statement.
    pub statement: Statement,
    /// Who signed it.
    pub seal: Seal,
}

/// Which key signed, and the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seal {
    /// The lead's organisation key.
    Lead(Signature),
    /// The key for everyday statements.
    Roster(Signature),
    /// The key on paper.
    Recovery(Signature),
    /// The lead that goes and the lead that comes.
    BothLeads {
        /// By the lead key that stands.
        old: Signature,
        /// By the lead key that the statement makes stand.
        new: Signature,
    },
}

/// Which key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signer {
    /// The lead's organisation key.
    Lead,
    /// The key for everyday statements.
    Roster,
    /// The key on paper.
    Recovery,
    /// The lead that goes and the lead that comes.
    BothLeads,
}

impl Statement {
    /// The same statement on other terms.
    pub fn under(self, terms: Terms) -> Self {
        Self { terms, ..self }
    }

    /// The canonical bytes.
    pub fn to_body(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.write(&mut writer);
        writer.into_vec()
    }

    fn write(&self, writer: &mut Writer) {
        let mut content = Writer::new();
        self.content.write(&mut content);
        writer.u8(VERSION).raw(self.network.as_bytes()).leb(self.height).raw(self.prev.as_bytes());
        writer.leb(u64::from(self.terms.from.0)).text(&self.terms.basis);
        writer.u8(self.content.kind()).bytes(content.as_slice());
    }

    /// Domain string and body: what is hashed and what is signed.
    pub(super) fn signed_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::domain(DOMAIN);
        self.write(&mut writer);
        writer.into_vec()
    }

    /// Reads canonical bytes; anything that would encode differently is refused.
    pub fn from_body(body: &[u8]) -> Result<Self, ReadError> {
        let mut reader = Reader::new(body);
        if reader.u8()? != VERSION {
            return Err(ReadError::Unknown);
        }
        let network = NetworkId(reader.array()?);
        let height = reader.leb()?;
        let prev = StatementHash(reader.array()?);
        let from = u32::try_from(reader.leb_max(u64::from(Day::LAST.0))?).map_err(|_| ReadError::Limit)?;
        let terms = Terms { basis: read_basis(&mut reader)?, from: Day(from) };
        let kind = reader.u8()?;
        let content = Content::read(kind, reader.bytes(STATEMENT_BYTES_MAX)?)?;
        reader.end()?;
        Ok(Self { network, height, prev, terms, content })
    }

    /// The statement's hash, which the next statement points to.
    pub fn hash(&self) -> StatementHash {
        StatementHash(sha256(&self.signed_bytes()))
    }

    /// Seals with the lead key.
    pub fn seal_by_lead(self, lead: &KeyPair) -> Signed {
        let seal = Seal::Lead(lead.sign(&self.signed_bytes()));
        Signed { statement: self, seal }
    }

    /// Seals with the roster key.
    pub fn seal_by_roster(self, roster: &KeyPair) -> Signed {
        let seal = Seal::Roster(roster.sign(&self.signed_bytes()));
        Signed { statement: self, seal }
    }

    /// Seals with the recovery key.
    pub fn seal_by_recovery(self, recovery: &KeyPair) -> Signed {
        let seal = Seal::Recovery(recovery.sign(&self.signed_bytes()));
        Signed { statement: self, seal }
    }

    /// Seals with the key of the lead that goes and of the lead that comes.
    pub fn seal_by_both_leads(self, old: &KeyPair, new: &KeyPair) -> Signed {
        let bytes = self.signed_bytes();
        let seal = Seal::BothLeads { old: old.sign(&bytes), new: new.sign(&bytes) };
        Signed { statement: self, seal }
    }
}

impl Signed {
    /// The bytes that are stored and that travel.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.bytes(&self.statement.to_body()).u8(self.seal.signer().code());
        match &self.seal {
            Seal::Lead(it) | Seal::Roster(it) | Seal::Recovery(it) => writer.raw(&it.0),
            Seal::BothLeads { old, new } => writer.raw(&old.0).raw(&new.0),
        };
        writer.into_vec()
    }

    /// Reads a signed statement; checks no signature.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ReadError> {
        if bytes.len() > STATEMENT_BYTES_MAX {
            return Err(ReadError::Limit);
        }
        let mut reader = Reader::new(bytes);
        let statement = Statement::from_body(reader.bytes(STATEMENT_BYTES_MAX)?)?;
        let seal = match reader.u8()? {
            1 => Seal::Lead(Signature(reader.array()?)),
            2 => Seal::Roster(Signature(reader.array()?)),
            3 => Seal::Recovery(Signature(reader.array()?)),
            4 => Seal::BothLeads { old: Signature(reader.array()?), new: Signature(reader.array()?) },
            _ => return Err(ReadError::Unknown),
        };
        reader.end()?;
        Ok(Self { statement, seal })
    }
}

impl Seal {
    /// Which key it claims to be of.
    pub fn signer(&self) -> Signer {
        match self {
            Self::Lead(_) => Signer::Lead,
            Self::Roster(_) => Signer::Roster,
            Self::Recovery(_) => Signer::Recovery,
            Self::BothLeads { .. } => Signer::BothLeads,
        }
    }
}

impl Signer {
    fn code(self) -> u8 {
        match self {
            Self::Lead => 1,
            Self::Roster => 2,
            Self::Recovery => 3,
            Self::BothLeads => 4,
        }
    }
}
