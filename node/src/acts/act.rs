//! An act of submission: the canonical table of an organisation's values, signed and self-contained.
//!
//! ```text
//! Body      = version u8 = 1 · network 32 · campaign 16 · indicators 32 · organisation LEB128 · number LEB128 · answers u8
//!             · roster height LEB128 · roster hash 32 · time LEB128 (ms) · person text · text text
//!             · count LEB128 · { code text · value text · note text · reason text · record 32 }…
//! hash      = SHA-256("svod/1 act" ‖ Body)
//! signature = Ed25519 of ("svod/1 act" ‖ Body ‖ signer)
//! Signed    = length LEB128 · Body · signer · signature 64
//! ```
//!
//! `indicators` is the hash of the edition it was filled in under, `value` the canonical text of a cell, `record` the
//! change in which the value was entered, `reason` why it replaced another. Codes ascend. An act is never altered: a
//! correction is the next one, with the next number.

use svod_shared::id::{ChangeHash, DocId, NetworkId, OrgNo, StatementHash, sha256};
use svod_shared::keys::{KeyPair, Signature};
use svod_shared::leb::{ReadError, Reader, Writer};
use svod_shared::roster::Roster;
use svod_shared::time::Timestamp;

use super::signer::{Signer, SignerFault};
use crate::domain::indicator::{CELL_BYTES_MAX, PASSPORTS_MAX};

/// The largest signed act: it travels inside a change of 48 KiB, in signs that take a third more.
pub const ACT_BYTES_MAX: usize = 30 * 1024;
/// The longest text section of a municipality.
pub const TEXT_BYTES_MAX: usize = 12 * 1024;
const NOTE_BYTES_MAX: usize = 4 * 1024;
const PERSON_BYTES_MAX: usize = 256;
const CODE_BYTES_MAX: usize = 32;

const DOMAIN: &str = "svod/1 act";
const VERSION: u8 = 1;

/// What is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// The network.
    pub network: NetworkId,
    /// The campaign it answers.
    pub campaign: DocId,
    /// The hash of the indicators it was filled in under.
    pub indicators: [u8; 32],
    /// Who submits.
    pub org: OrgNo,
    /// From 1 on; a correction has the next.
    pub number: u32,
    /// What the submitter had seen the lead say of the act before.
    pub answers: Answers,
    /// The roster height that the submitter had.
    pub roster: u64,
    /// The hash of the roster's last statement at that height.
    pub roster_hash: StatementHash,
    /// The submitter's clock: shown, and proving nothing.
    pub time: Timestamp,
    /// Who at the computer submitted, by post; may be empty.
    pub person: String,
    /// The organisation's section of the joint report; may be empty.
    pub text: String,
    /// What it says, by code.
    pub values: Vec<ActValue>,
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActValue {
    /// The indicator's code.
    pub code: String,
    /// The canonical text of the cell.
    pub value: String,
    /// A remark; may be empty.
    pub note: String,
    /// Why the value replaced an earlier one; may be empty.
    pub reason: String,
    /// The change in which it was entered.
    pub record: ChangeHash,
}

/// What a submitter had seen the lead say of the act before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Answers {
    /// Nothing.
    #[default]
    Nothing,
    /// That it was returned.
    Return,
    /// That it was accepted.
    Acceptance,
}

/// An act with its signature: what is kept, sent and put into a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedAct {
    /// The act.
    pub act: Act,
    /// Which key signed.
    pub signer: Signer,
    /// The signature.
    pub signature: Signature,
}

/// Why an act does not stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ActFault {
    /// It belongs to another network.
    #[error("act of another network")]
    OtherNetwork,
    /// Its signer may not sign for the organisation.
    #[error(transparent)]
    Signer(#[from] SignerFault),
    /// The signature is not of this act and key.
    #[error("signature does not verify")]
    Signature,
}

impl Act {
    fn write(&self, w: &mut Writer) {
        w.u8(VERSION).raw(self.network.as_bytes()).raw(self.campaign.as_bytes()).raw(&self.indicators);
        w.leb(u64::from(self.org.0)).leb(u64::from(self.number)).u8(self.answers.code());
        w.leb(self.roster).raw(self.roster_hash.as_bytes()).leb(self.time.0);
        w.text(&self.person).text(&self.text).leb(self.values.len() as u64);
        for it in &self.values {
            w.text(&it.code).text(&it.value).text(&it.note).text(&it.reason).raw(it.record.as_bytes());
        }
    }

    fn read(body: &[u8]) -> Result<Self, ReadError> {
        let mut reader = Reader::new(body);
        let r = &mut reader;
        if r.u8()? != VERSION {
            return Err(ReadError::Unknown);
        }
        let mut act = Self {
            network: NetworkId(r.array()?),
            campaign: DocId(r.array()?),
            indicators: r.array()?,
            org: OrgNo(r.leb_u16()?),
            number: u32::try_from(r.leb()?).map_err(|_| ReadError::Limit)?,
            answers: Answers::of_code(r.u8()?)?,
            roster: r.leb()?,
            roster_hash: StatementHash(r.array()?),
            time: Timestamp(r.leb()?),
            person: r.text(PERSON_BYTES_MAX)?.to_owned(),
            text: r.text(TEXT_BYTES_MAX)?.to_owned(),
            values: Vec::new(),
        };
        for _ in 0..r.leb_max(PASSPORTS_MAX as u64)? {
            let value = ActValue::read(r)?;
            if act.values.last().is_some_and(|it| it.code >= value.code) {
                return Err(ReadError::Unknown);
            }
            act.values.push(value);
        }
        reader.end()?;
        Ok(act)
    }

    fn body(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.write(&mut writer);
        writer.into_vec()
    }

    fn signed_bytes(&self, signer: Signer) -> Writer {
        let mut writer = Writer::domain(DOMAIN);
        self.write(&mut writer);
        signer.write(&mut writer);
        writer
    }

    /// What names the act.
    pub fn hash(&self) -> [u8; 32] {
        let mut writer = Writer::domain(DOMAIN);
        self.write(&mut writer);
        sha256(writer.as_slice())
    }

    /// The value of a code.
    pub fn value(&self, code: &str) -> Option<&ActValue> {
        self.values.iter().find(|it| it.code == code)
    }

    /// Signs; values are put in the order of their codes.
    pub fn sign(mut self, signer: Signer, key: &KeyPair) -> SignedAct {
        self.values.sort_by(|one, other| one.code.cmp(&other.code));
        let signature = key.sign(self.signed_bytes(signer).as_slice());
        SignedAct { act: self, signer, signature }
    }
}

impl ActValue {
    fn read(r: &mut Reader<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            code: r.text(CODE_BYTES_MAX)?.to_owned(),
            value: r.text(CELL_BYTES_MAX)?.to_owned(),
            note: r.text(NOTE_BYTES_MAX)?.to_owned(),
            reason: r.text(NOTE_BYTES_MAX)?.to_owned(),
            record: ChangeHash(r.array()?),
        })
    }
}

impl Answers {
    const fn code(self) -> u8 {
        match self {
            Self::Nothing => 0,
            Self::Return => 1,
            Self::Acceptance => 2,
        }
    }

    fn of_code(code: u8) -> Result<Self, ReadError> {
        match code {
            0 => Ok(Self::Nothing),
            1 => Ok(Self::Return),
            2 => Ok(Self::Acceptance),
            _ => Err(ReadError::Unknown),
        }
    }
}

impl SignedAct {
    /// The bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.bytes(&self.act.body());
        self.signer.write(&mut writer);
        writer.raw(&self.signature.0);
        writer.into_vec()
    }

    /// Reads an act; checks no signature. Anything that would be written otherwise is refused.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ReadError> {
        if bytes.len() > ACT_BYTES_MAX {
            return Err(ReadError::Limit);
        }
        let mut reader = Reader::new(bytes);
        let act = Act::read(reader.bytes(ACT_BYTES_MAX)?)?;
        let signer = Signer::read(&mut reader)?;
        let signature = Signature(reader.array()?);
        reader.end()?;
        Ok(Self { act, signer, signature })
    }

    /// As text, for a field of a document.
    pub fn to_text(&self) -> String {
        data_encoding::BASE64.encode(&self.to_bytes())
    }

    /// From that text.
    pub fn of_text(text: &str) -> Option<Self> {
        Self::from_bytes(&data_encoding::BASE64.decode(text.as_bytes()).ok()?).ok()
    }

    /// Checks, in this order: the network, that the signer may sign for the organisation at the roster height that the
    /// act names, the signature.
    pub fn check(&self, roster: &Roster) -> Result<(), ActFault> {
        if self.act.network != roster.network() {
            return Err(ActFault::OtherNetwork);
        }
        let key = self.signer.key(roster, self.act.org, (self.act.roster, self.act.roster_hash))?;
        key.verify(self.act.signed_bytes(self.signer).as_slice(), &self.signature)
            .map_err(|_| ActFault::Signature)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sample() -> SignedAct {
        let value = |code: &str, value: &str| ActValue {
            code: code.to_owned(),
            value: value.to_owned(),
            note: String::new(),
            reason: "уточнено".to_owned(),
            record: ChangeHash([8; 32]),
        };
        let act = Act {
            network: NetworkId([1; 32]),
            campaign: DocId([2; 16]),
            indicators: [3; 32],
            org: OrgNo(4),
            number: 1,
            answers: Answers::Nothing,
            roster: 300,
            roster_hash: StatementHash([5; 32]),
            time: Timestamp(1_656_400_000_000),
            person: "методист".to_owned(),
            text: String::new(),
            values: vec![value("6.2", "9/22"), value("2.1", "9")],
        };
        act.sign(Signer::Org, &KeyPair::from_seed(&[5; 32]))
    }

    /// The signed bytes are frozen: a change here is a change of the format.
    #[test]
    fn the_bytes_of_an_act_are_frozen() {
        let signed = sample();
        assert_eq!(
            data_encoding::HEXLOWER.encode(&signed.act.hash()),
            "42838411d25f69b93361b2ae5fd795d185325f2c911f3c306beebecad0646123"
        );
        assert_eq!(
            data_encoding::HEXLOWER.encode(&sha256(&signed.to_bytes())),
            "dc999d7f22d25f5e82428b44e20a7642cb9680f3e220cc61b9477de938fc71a1"
        );
    }

    #[test]
    fn an_act_reads_back_with_its_codes_in_order() {
        let signed = sample();
        let read = SignedAct::of_text(&signed.to_text()).expect("reads");
        assert_eq!(read, signed);
        assert_eq!(read.act.values.iter().map(|it| it.code.as_str()).collect::<Vec<_>>(), ["2.1", "6.2"]);
    }

    #[test]
    fn every_flipped_bit_is_refused_or_breaks_the_signature() {
        let (signed, key) = (sample(), KeyPair::from_seed(&[5; 32]).public());
        let bytes = signed.to_bytes();
        for bit in 0..bytes.len() * 8 {
            let mut other = bytes.clone();
            other[bit / 8] ^= 1 << (bit % 8);
            if let Ok(read) = SignedAct::from_bytes(&other) {
                assert_eq!(read.to_bytes(), other, "bit {bit} reads to another encoding");
                let message = read.act.signed_bytes(read.signer);
                assert!(
                    key.verify(message.as_slice(), &read.signature).is_err(),
                    "bit {bit} keeps its signature"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes: Vec<u8>) {
            if let Ok(act) = SignedAct::from_bytes(&bytes) {
                prop_assert_eq!(act.to_bytes(), bytes);
            }
        }
    }
}
