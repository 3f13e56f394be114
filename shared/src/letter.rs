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
use crate::roster::Terms;
use crate::roster::text::read_line;
use crate::roster::{
    Content, LABEL_BYTES_MAX, NAME_BYTES_MAX, NodeAdded, NodeBinding, OrgAdmitted, Role, Roster, RosterError,
    SHORT_BYTES_MAX,
};
use crate::ticket::{Ticket, TicketSecret};

pub use self::reply::{LetterRefusal, LetterReply};

mod reply;

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
    /// - what [`Self::verify_keys`] checks.
    pub fn verify(&self, secret: &TicketSecret) -> Result<Verified<'_>, LetterError> {
        if !self.is_for(secret) {
            return Err(LetterError::OtherTicket);
        }
        self.verify_keys()?;
        Ok(Verified(&self.request))
    }

    /// What a relay can check, which knows no secret: that the sender holds both keys. In this order:
    ///
    /// - the organisation key has signed the letter;
    /// - the node key has signed the letter;
    /// - the organisation key has signed for the node key.
    pub fn verify_keys(&self) -> Result<(), LetterError> {
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
        if binding.is_signed(&it.binding) { Ok(()) } else { Err(LetterError::BadBinding) }
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
        terms: &Terms,
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
                statements.push(roster.issue_under(it.admission(role), terms.clone(), roster_key)?);
                no
            }
        };
        let node = NodeAdded { org, key: it.node_key, label: it.label.clone(), binding: it.binding };
        statements.push(roster.issue_under(Content::NodeAdded(node), terms.clone(), roster_key)?);
        Ok(statements)
    }
}

impl Request {
    fn admission(&self, role: Role) -> Content {
        Content::OrgAdmitted(OrgAdmitted {
            key: self.org_key,
            name: self.name.clone(),
            short: self.short.clone(),
            role,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{NodeNo, OrgNo};
    use crate::roster::tests::{founded, joined, key};
    use proptest::prelude::*;

    const EVERYDAY: u8 = 2;
    const SECRET: TicketSecret = TicketSecret([5; 16]);
    const NAMES: Names<'static> =
        Names {
            name: "Методический центр 20", short: "МЦ 20", label: "кабинет 12"
        };

    fn ticket(network: NetworkId) -> Ticket {
        Ticket { network, ..Ticket::issue(&founded(), SECRET, "МЦ 20") }
    }

    fn letter(network: NetworkId, org: u8, node: u8) -> Letter {
        Letter::write(&ticket(network), Sender { org: &key(org), node: &key(node) }, NAMES).unwrap()
    }

    /// Signs what `change` made of a request, as somebody with both keys would.
    fn changed(change: impl Fn(&mut Request)) -> Letter {
        let mut request = letter(NetworkId([9; 32]), 20, 21).request;
        change(&mut request);
        let tag = request.tag(&SECRET);
        let bytes = request.signed_bytes(&tag);
        Letter { by_org: key(20).sign(&bytes), by_node: key(21).sign(&bytes), request, tag }
    }

    #[test]
    fn the_bytes_are_frozen() {
        let bytes = letter(NetworkId([9; 32]), 20, 21).to_bytes();
        assert_eq!(bytes.len(), 388);
        assert_eq!(
            data_encoding::HEXLOWER.encode(&sha256(&bytes)),
            "263c4130e7f78d00f51d87ad90b3dbe7c09632456c691abf041838bf98851031"
        );
        assert_eq!(Letter::from_bytes(&bytes), Ok(letter(NetworkId([9; 32]), 20, 21)));
    }

    #[test]
    fn every_flipped_bit_is_refused() {
        let bytes = letter(NetworkId([9; 32]), 20, 21).to_bytes();
        for bit in 0..bytes.len() * 8 {
            let mut other = bytes.clone();
            other[bit / 8] ^= 1 << (bit % 8);
            let accepted = Letter::from_bytes(&other).is_ok_and(|it| it.verify(&SECRET).is_ok());
            assert!(!accepted, "bit {bit}");
        }
    }

    #[test]
    fn each_proof_is_asked_for() {
        let good = letter(NetworkId([9; 32]), 20, 21);
        let check = |letter: &Letter, secret: TicketSecret, expected: Result<(), LetterError>| {
            assert_eq!(letter.verify(&secret).map(|_| ()), expected);
            let of_keys = expected.or_else(|error| match error {
                LetterError::OtherTicket => Ok(()),
                other => Err(other),
            });
            assert_eq!(letter.verify_keys(), of_keys, "a relay sees all but the secret");
        };
        check(&good, SECRET, Ok(()));
        check(&good, TicketSecret([6; 16]), Err(LetterError::OtherTicket));
        let bytes = good.request.signed_bytes(&good.tag);
        let by_other = key(99).sign(&bytes);
        check(&Letter { by_org: by_other, ..good.clone() }, SECRET, Err(LetterError::NotByOrg));
        check(&Letter { by_node: by_other, ..good.clone() }, SECRET, Err(LetterError::NotByNode));
        check(&changed(|it| it.label = "кабинет 13".into()), SECRET, Err(LetterError::BadBinding));
        check(&changed(|it| it.network = NetworkId([8; 32])), SECRET, Err(LetterError::BadBinding));
        check(&changed(|it| it.short = "МЦ 21".into()), SECRET, Ok(()));
    }

    #[test]
    fn names_that_could_not_be_read_are_not_written() {
        let check = |names: Names<'_>, expected: ReadError| {
            let sender = Sender { org: &key(20), node: &key(21) };
            assert_eq!(Letter::write(&ticket(NetworkId([9; 32])), sender, names), Err(expected));
        };
        check(Names { name: "", ..NAMES }, ReadError::Line);
        check(Names { short: "а\tб", ..NAMES }, ReadError::Line);
        check(Names { label: &"я".repeat(LABEL_BYTES_MAX), ..NAMES }, ReadError::Limit);
    }

    #[test]
    fn the_largest_letter_fits() {
        let line = |bytes_max: usize| "я".repeat(bytes_max / 2);
        let (name, short, label) = (line(NAME_BYTES_MAX), line(SHORT_BYTES_MAX), line(LABEL_BYTES_MAX));
        let names = Names { name: &name, short: &short, label: &label };
        let sender = Sender { org: &key(20), node: &key(21) };
        let letter = Letter::write(&ticket(NetworkId([9; 32])), sender, names).unwrap();
        assert_eq!(Letter::from_bytes(&letter.to_bytes()), Ok(letter));
        assert_eq!(Letter::from_bytes(&[0; LETTER_BYTES_MAX + 1]), Err(ReadError::Limit));
    }

    fn terms() -> Terms {
        Terms { basis: "соглашение № 5".into(), from: crate::time::Day(20_697) }
    }

    #[test]
    fn a_verified_letter_becomes_an_organisation_and_its_node() {
        let mut roster = founded();
        let letter = letter(roster.network(), 20, 21);
        let verified = letter.verify(&SECRET).unwrap();
        let statements = verified.admit(&roster, Role::Member, &terms(), &key(EVERYDAY)).unwrap();
        assert_eq!((statements.len(), roster.height()), (2, 1), "the roster itself is not changed");
        for signed in &statements {
            roster.push(signed).unwrap();
        }
        let org = roster.org(OrgNo(2)).unwrap();
        assert_eq!((&*org.name, &*org.short, &org.admitted), (NAMES.name, NAMES.short, &terms()));
        assert_eq!((org.key, org.role), (key(20).public(), Role::Member));
        let node = roster.node(NodeNo(1)).unwrap();
        assert_eq!((node.key, node.org, &*node.label), (key(21).public(), OrgNo(2), NAMES.label));
    }

    #[test]
    fn an_organisation_already_admitted_only_gets_the_node() {
        let mut roster = founded();
        let (org, _) = joined(&mut roster, 20, Role::Observer);
        let letter = letter(roster.network(), 20, 21);
        let verified = letter.verify(&SECRET).unwrap();
        let statements = verified.admit(&roster, Role::Member, &Terms::default(), &key(EVERYDAY)).unwrap();
        assert_eq!(statements.len(), 1);
        roster.push(&statements[0]).unwrap();
        assert_eq!(roster.org(org).unwrap().role, Role::Observer);
        assert_eq!(roster.node(NodeNo(2)).map(|node| node.org), Some(org));
    }

    #[test]
    fn what_the_roster_refuses_is_not_admitted() {
        let mut roster = founded();
        joined(&mut roster, 20, Role::Member);
        let check = |letter: Letter, role: Role, signer: u8, expected: RosterError| {
            let verified = letter.verify(&SECRET).unwrap();
            assert_eq!(verified.admit(&roster, role, &Terms::default(), &key(signer)), Err(expected));
        };
        let used = |seed: u8| RosterError::KeyInUse { key: key(seed).public() };
        let network = roster.network();
        check(letter(network, 20, 120), Role::Member, EVERYDAY, used(120));
        check(letter(network, 120, 31), Role::Member, EVERYDAY, used(120));
        check(letter(network, 30, 31), Role::Lead, EVERYDAY, RosterError::SecondLead);
        check(letter(network, 30, 30), Role::Member, EVERYDAY, used(30));
        check(
            letter(network, 30, 31),
            Role::Member,
            99,
            RosterError::WrongSigner { kind: 1, signer: crate::roster::Signer::Lead },
        );
        let found = NetworkId([9; 32]);
        let other = RosterError::OtherNetwork { expected: network, found };
        check(letter(found, 30, 31), Role::Member, EVERYDAY, other);
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes: Vec<u8>) {
            prop_assert!(Letter::from_bytes(&bytes).is_err());
        }

        #[test]
        fn damaged_letters_never_panic_and_have_one_encoding(
            edits in proptest::collection::vec((any::<usize>(), any::<u8>()), 1..4),
        ) {
            let mut bytes = letter(NetworkId([9; 32]), 20, 21).to_bytes();
            for (at, byte) in edits {
                let at = at % bytes.len();
                bytes[at] = byte;
            }
            if let Ok(letter) = Letter::from_bytes(&bytes) {
                prop_assert_eq!(letter.to_bytes(), bytes);
            }
        }
    }
}
