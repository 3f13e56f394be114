//! What organisations sign under a frozen report: the lead its seal, members their agreement or an opinion of their own.
//!
//! ```text
//! Body      = version u8 = 1 · network 32 · report 32 · role u8 (0 seal, 1 agreed, 2 opinion) · organisation LEB128
//!             · roster height LEB128 · roster hash 32 · time LEB128 (ms) · person text · opinion text
//! signature = Ed25519 of ("svod/1 endorsement" ‖ Body ‖ signer)
//! Signed    = length LEB128 · Body · signer · signature 64
//! ```
//!
//! `report` is [`super::file::report_hash`]. An opinion has a text, and nothing else has one.

use svod_shared::id::{NetworkId, OrgNo, StatementHash};
use svod_shared::keys::{KeyPair, Signature};
use svod_shared::leb::{ReadError, Reader, Writer};
use svod_shared::roster::Roster;
use svod_shared::time::Timestamp;

use super::act::ActFault;
use super::signer::Signer;

/// The longest opinion: two pages.
pub const OPINION_BYTES_MAX: usize = 8 * 1024;
const PERSON_BYTES_MAX: usize = 256;
const SIGNED_BYTES_MAX: usize = 10 * 1024;
const DOMAIN: &str = "svod/1 endorsement";
const VERSION: u8 = 1;

/// What a signature says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// The lead: this is the report.
    Seal,
    /// A member: we agree.
    Agreed,
    /// A member: we have an opinion of our own, «особое мнение».
    Opinion(String),
}

/// What is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endorsement {
    /// The network.
    pub network: NetworkId,
    /// The report's hash.
    pub report: [u8; 32],
    /// What is said.
    pub role: Role,
    /// Who says it.
    pub org: OrgNo,
    /// The roster height that the signer had.
    pub roster: u64,
    /// The hash of the roster's last statement at that height.
    pub roster_hash: StatementHash,
    /// The signer's clock: shown, and proving nothing.
    pub time: Timestamp,
    /// Who at the computer signed, by post; may be empty.
    pub person: String,
}

/// With its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedEndorsement {
    /// What is signed.
    pub said: Endorsement,
    /// Which key signed.
    pub signer: Signer,
    /// The signature.
    pub signature: Signature,
}

impl Endorsement {
    fn write(&self, w: &mut Writer) {
        let (role, opinion) = match &self.role {
            Role::Seal => (0, ""),
            Role::Agreed => (1, ""),
            Role::Opinion(text) => (2, text.as_str()),
        };
        w.u8(VERSION).raw(self.network.as_bytes()).raw(&self.report).u8(role).leb(u64::from(self.org.0));
        w.leb(self.roster).raw(self.roster_hash.as_bytes()).leb(self.time.0).text(&self.person).text(opinion);
    }

    fn read(body: &[u8]) -> Result<Self, ReadError> {
        let mut reader = Reader::new(body);
        let r = &mut reader;
        if r.u8()? != VERSION {
            return Err(ReadError::Unknown);
        }
        let (network, report, role) = (NetworkId(r.array()?), r.array()?, r.u8()?);
        let org = OrgNo(r.leb_u16()?);
        let (roster, roster_hash, time) = (r.leb()?, StatementHash(r.array()?), Timestamp(r.leb()?));
        let person = r.text(PERSON_BYTES_MAX)?.to_owned();
        let opinion = r.text(OPINION_BYTES_MAX)?;
        reader.end()?;
        let role = match (role, opinion) {
            (0, "") => Role::Seal,
            (1, "") => Role::Agreed,
            (2, text) if !text.is_empty() => Role::Opinion(text.to_owned()),
            _ => return Err(ReadError::Unknown),
        };
        Ok(Self { network, report, role, org, roster, roster_hash, time, person })
    }

    fn signed_bytes(&self, signer: Signer) -> Writer {
        let mut writer = Writer::domain(DOMAIN);
        self.write(&mut writer);
        signer.write(&mut writer);
        writer
    }

    /// Signs.
    pub fn sign(self, signer: Signer, key: &KeyPair) -> SignedEndorsement {
        let signature = key.sign(self.signed_bytes(signer).as_slice());
        SignedEndorsement { said: self, signer, signature }
    }
}

impl SignedEndorsement {
    /// The bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let (mut body, mut writer) = (Writer::new(), Writer::new());
        self.said.write(&mut body);
        writer.bytes(body.as_slice());
        self.signer.write(&mut writer);
        writer.raw(&self.signature.0);
        writer.into_vec()
    }

    /// Reads; checks no signature. Anything that would be written otherwise is refused.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ReadError> {
        let mut reader = Reader::new(bytes);
        let said = Endorsement::read(reader.bytes(SIGNED_BYTES_MAX)?)?;
        let (signer, signature) = (Signer::read(&mut reader)?, Signature(reader.array()?));
        reader.end()?;
        Ok(Self { said, signer, signature })
    }

    /// As text, for a field of a document.
    pub fn to_text(&self) -> String {
        data_encoding::BASE64.encode(&self.to_bytes())
    }

    /// From that text.
    pub fn of_text(text: &str) -> Option<Self> {
        Self::from_bytes(&data_encoding::BASE64.decode(text.as_bytes()).ok()?).ok()
    }

    /// Checks, in this order: the network, that the signer may sign for the organisation at the roster height named, the
    /// signature. Whether it is about the right report is the caller's question.
    pub fn check(&self, roster: &Roster) -> Result<(), ActFault> {
        if self.said.network != roster.network() {
            return Err(ActFault::OtherNetwork);
        }
        let key = self.signer.key(roster, self.said.org, (self.said.roster, self.said.roster_hash))?;
        key.verify(self.said.signed_bytes(self.signer).as_slice(), &self.signature)
            .map_err(|_| ActFault::Signature)
    }
}

#[cfg(test)]
mod tests {
    use svod_shared::id::sha256;

    use super::*;

    fn sample(role: Role) -> SignedEndorsement {
        let said = Endorsement {
            network: NetworkId([1; 32]),
            report: [2; 32],
            role,
            org: OrgNo(3),
            roster: 7,
            roster_hash: StatementHash([4; 32]),
            time: Timestamp(1_656_500_000_000),
            person: "директор".to_owned(),
        };
        said.sign(Signer::Org, &KeyPair::from_seed(&[5; 32]))
    }

    /// The signed bytes are frozen: a change here is a change of the format.
    #[test]
    fn the_bytes_of_an_endorsement_are_frozen() {
        let bytes = sample(Role::Opinion("показатель 2.1 считаем иначе".to_owned())).to_bytes();
        assert_eq!(
            data_encoding::HEXLOWER.encode(&sha256(&bytes)),
            "60084d118515c29fe8054097f64d46d16c2f0c4f34585aa79152edc9074bad72"
        );
    }

    #[test]
    fn every_role_reads_back_and_an_empty_opinion_is_none() {
        for role in [Role::Seal, Role::Agreed, Role::Opinion("нет".to_owned())] {
            let signed = sample(role);
            assert_eq!(SignedEndorsement::of_text(&signed.to_text()), Some(signed));
        }
        assert_eq!(
            SignedEndorsement::from_bytes(&sample(Role::Opinion(String::new())).to_bytes()),
            Err(ReadError::Unknown)
        );
    }
}
