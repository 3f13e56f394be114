//! A letter: the request of a newcomer, which waits in the relay's letter box or goes as a file.
//!
//! ```text
//! Body   = version u8 = 1 · network 32 · organisation key 32 · name · short name · node key 32 · label · binding 64
//! tag    = SHA-256("svod/1 letter tag" ‖ secret 16 ‖ SHA-256("svod/1 letter" ‖ Body))
//! letter = length LEB128 · Body · tag 32 · signature 64 by the organisation key · signature 64 by the node key
//! both signatures are of ("svod/1 letter" ‖ Body ‖ tag); binding as in the roster's NodeAdded
//! ```
//!
//! The tag proves the ticket without showing its secret; the two signatures prove that the sender holds both keys. A
//! letter that verifies still decides nothing: the lead compares key codes by telephone and gives role and basis.

use crate::id::{NetworkId, sha256};
use crate::keys::{KeyPair, PublicKey, Signature};
use crate::leb::{ReadError, Reader, Writer};
use crate::roster::text::read_line;
use crate::roster::{
    Content, LABEL_BYTES_MAX, NAME_BYTES_MAX, NodeAdded, NodeBinding, OrgAdmitted, Role, Roster, RosterError,
    SHORT_BYTES_MAX,
};
use crate::ticket::{Ticket, TicketSecret};

/// The largest letter, bytes: all names at their longest fit.
pub const LETTER_BYTES_MAX: usize = 2048;

const DOMAIN: &str = "svod/1 letter";
const TAG_DOMAIN: &str = "svod/1 letter tag";
const VERSION: u8 = 1;

/// What a newcomer says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The network it wants to join.
    pub network: NetworkId,
    /// Its organisation key.
    pub org_key: PublicKey,
    /// Its full name.
    pub name: String,
    /// Its short name.
    pub short: String,
    /// Its first node's key, or that of a further node of an organisation already admitted.
    pub node_key: PublicKey,
    /// Which computer it is.
    pub label: String,
    /// The organisation's [`NodeBinding`].
    pub binding: Signature,
}

/// A request as it travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    request: Request,
    tag: [u8; 32],
    by_org: Signature,
    by_node: Signature,
}

/// A letter whose tag and signatures have been checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified<'a>(&'a Request);

/// Why a letter does not verify; the variants stand in the order checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LetterError {
    /// It was not written with this ticket's secret.
    #[error("letter belongs to another ticket")]
    OtherTicket,
    /// The organisation key has not signed it.
    #[error("letter is not signed by its organisation")]
    NotByOrg,
    /// The node key has not signed it.
    #[error("letter is not signed by its node")]
    NotByNode,
    /// The organisation key has not signed for the node key.
    #[error("node is not vouched for by its organisation")]
    BadBinding,
}

/// What the lead answers a newcomer who is not simply admitted; an admission shows in the roster itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterReply {
    /// The letter is not granted.
    Refused(LetterRefusal),
}

/// Why a letter is not granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LetterRefusal {
    /// The letter could not be read or its signatures do not hold.
    Unreadable,
    /// It is for another network.
    OtherNetwork,
    /// The lead issued no such ticket, or has withdrawn it.
    UnknownTicket,
    /// The ticket has served once.
    AlreadyUsed,
    /// The ticket was issued to an organisation of another name.
    NameMismatch,
    /// One of the keys serves already.
    KeyInUse,
    /// The lead decided so.
    Declined,
    /// The letter box is full: try again later.
    BoxFull,
}

/// The secret keys that write a letter.
#[derive(Debug, Clone, Copy)]
pub struct Sender<'a> {
    /// The organisation's.
    pub org: &'a KeyPair,
    /// The node's.
    pub node: &'a KeyPair,
}

/// How a newcomer calls itself; each as [`crate::roster::is_line`] wants it.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    /// The organisation's full name, at most [`NAME_BYTES_MAX`] bytes.
    pub name: &'a str,
    /// Its short name, at most [`SHORT_BYTES_MAX`] bytes.
    pub short: &'a str,
    /// Which computer it is, at most [`LABEL_BYTES_MAX`] bytes.
    pub label: &'a str,
}

impl Letter {
    /// Writes a letter with a ticket; the error is that a name would not be read. The name may differ from the
    /// ticket's: the lead sees both.
    pub fn write(ticket: &Ticket, sender: Sender<'_>, names: Names<'_>) -> Result<Self, ReadError> {
        let (org_key, node_key) = (sender.org.public(), sender.node.public());
        let network = ticket.network;
        let binding =
            NodeBinding { network: &network, org_key: &org_key, node_key: &node_key, label: names.label };
        let request = Request {
            network,
            org_key,
            name: names.name.to_owned(),
            short: names.short.to_owned(),
            node_key,
            label: names.label.to_owned(),
            binding: binding.sign(sender.org),
        };
        Request::from_body(&request.to_body())?;
        let tag = request.tag(&ticket.secret);
        let bytes = request.signed_bytes(&tag);
        Ok(Self { by_org: sender.org.sign(&bytes), by_node: sender.node.sign(&bytes), request, tag })
    }

    /// The bytes that travel.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.bytes(&self.request.to_body()).raw(&self.tag).raw(&self.by_org.0).raw(&self.by_node.0);
        writer.into_vec()
    }

    /// Reads a letter; checks no signature.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ReadError> {
        if bytes.len() > LETTER_BYTES_MAX {
            return Err(ReadError::Limit);
        }
        let mut reader = Reader::new(bytes);
        let letter = Self {
            request: Request::from_body(reader.bytes(LETTER_BYTES_MAX)?)?,
            tag: reader.array()?,
            by_org: Signature(reader.array()?),
            by_node: Signature(reader.array()?),
        };
        reader.end()?;
        Ok(letter)
    }

    /// What the newcomer says of itself; nothing of it is proved before [`Self::verify`].
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// Whether it was written with this secret: tells which of the lead's tickets to verify it with.
    pub fn is_for(&self, secret: &TicketSecret) -> bool {
        self.tag == self.request.tag(secret)
    }

    /// Verifies a letter, checking in this order:
    ///
    /// - the tag was made with this ticket's secret;
    /// - the organisation key has signed the letter;
    /// - the node key has signed the letter;
    /// - the organisation key has signed for the node key.
    pub fn verify(&self, secret: &TicketSecret) -> Result<Verified<'_>, LetterError> {
        if !self.is_for(secret) {
            return Err(LetterError::OtherTicket);
        }
        let it = &self.request;
        let bytes = it.signed_bytes(&self.tag);
        it.org_key.verify(&bytes, &self.by_org).map_err(|_| LetterError::NotByOrg)?;
        it.node_key.verify(&bytes, &self.by_node).map_err(|_| LetterError::NotByNode)?;
        let binding = NodeBinding {
            network: &it.network,
            org_key: &it.org_key,
            node_key: &it.node_key,
            label: &it.label,
        };
        if binding.is_signed(&it.binding) { Ok(Verified(it)) } else { Err(LetterError::BadBinding) }
    }
}

impl<'a> Verified<'a> {
    /// What the newcomer says of itself.
    pub fn request(&self) -> &'a Request {
        self.0
    }

    /// The statements that grant the letter, signed and proved to follow `roster`, which is not changed: store and
    /// push them. An organisation that is already in the roster keeps its name and role and only gets the node.
    pub fn admit(
        &self,
        roster: &Roster,
        role: Role,
        basis: &str,
        roster_key: &KeyPair,
    ) -> Result<Vec<Vec<u8>>, RosterError> {
        let it = self.0;
        if it.network != roster.network() {
            return Err(RosterError::OtherNetwork { expected: roster.network(), found: it.network });
        }
        let mut roster = roster.clone();
        let mut statements = Vec::new();
        let org = match roster.org_by_key(&it.org_key) {
            Some(org) => org.no,
            None => {
                let no = roster.next_org().ok_or(RosterError::Full)?;
                statements.push(roster.issue(it.admission(role, basis), roster_key)?);
                no
            }
        };
        let node = NodeAdded { org, key: it.node_key, label: it.label.clone(), binding: it.binding };
        statements.push(roster.issue(Content::NodeAdded(node), roster_key)?);
        Ok(statements)
    }
}

impl Request {
    fn admission(&self, role: Role, basis: &str) -> Content {
        Content::OrgAdmitted(OrgAdmitted {
            key: self.org_key,
            name: self.name.clone(),
            short: self.short.clone(),
            role,
            basis: basis.to_owned(),
        })
    }

    fn to_body(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.write(&mut writer);
        writer.into_vec()
    }

    fn write(&self, writer: &mut Writer) {
        writer.u8(VERSION).raw(self.network.as_bytes()).raw(self.org_key.as_bytes());
        writer.text(&self.name).text(&self.short);
        writer.raw(self.node_key.as_bytes()).text(&self.label).raw(&self.binding.0);
    }

    fn from_body(body: &[u8]) -> Result<Self, ReadError> {
        let mut reader = Reader::new(body);
        if reader.u8()? != VERSION {
            return Err(ReadError::Unknown);
        }
        let request = Self {
            network: NetworkId(reader.array()?),
            org_key: PublicKey::read(&mut reader)?,
            name: read_line(&mut reader, NAME_BYTES_MAX)?,
            short: read_line(&mut reader, SHORT_BYTES_MAX)?,
            node_key: PublicKey::read(&mut reader)?,
            label: read_line(&mut reader, LABEL_BYTES_MAX)?,
            binding: Signature(reader.array()?),
        };
        reader.end()?;
        Ok(request)
    }

    fn tag(&self, secret: &TicketSecret) -> [u8; 32] {
        let mut body = Writer::domain(DOMAIN);
        self.write(&mut body);
        let mut writer = Writer::domain(TAG_DOMAIN);
        writer.raw(&secret.0).raw(&sha256(body.as_slice()));
        sha256(writer.as_slice())
    }

    fn signed_bytes(&self, tag: &[u8; 32]) -> Vec<u8> {
        let mut writer = Writer::domain(DOMAIN);
        self.write(&mut writer);
        writer.raw(tag);
        writer.into_vec()
    }
}

impl LetterReply {
    /// The bytes that travel.
    pub fn to_bytes(self) -> Vec<u8> {
        let Self::Refused(refusal) = self;
        vec![0, refusal.code()]
    }

    /// Reads a reply; a reason of a later version is an error.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ReadError> {
        match bytes {
            [0, code] => Ok(Self::Refused(LetterRefusal::from_code(*code)?)),
            _ => Err(ReadError::Unknown),
        }
    }
}

impl LetterRefusal {
    /// All reasons.
    pub const ALL: [Self; 8] = [
        Self::Unreadable,
        Self::OtherNetwork,
        Self::UnknownTicket,
        Self::AlreadyUsed,
        Self::NameMismatch,
        Self::KeyInUse,
        Self::Declined,
        Self::BoxFull,
    ];

    /// The reason's byte.
    pub fn code(self) -> u8 {
        match self {
            Self::Unreadable => 1,
            Self::OtherNetwork => 2,
            Self::UnknownTicket => 3,
            Self::AlreadyUsed => 4,
            Self::NameMismatch => 5,
            Self::KeyInUse => 6,
            Self::Declined => 7,
            Self::BoxFull => 8,
        }
    }

    /// The reason of a byte.
    pub fn from_code(code: u8) -> Result<Self, ReadError> {
        Self::ALL.into_iter().find(|it| it.code() == code).ok_or(ReadError::Unknown)
    }
}

impl From<LetterError> for LetterRefusal {
    fn from(error: LetterError) -> Self {
        match error {
            LetterError::OtherTicket => Self::UnknownTicket,
            LetterError::NotByOrg | LetterError::NotByNode | LetterError::BadBinding => Self::Unreadable,
        }
    }
}
