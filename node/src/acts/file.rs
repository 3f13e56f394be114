//! The report file, `.svodreport`: everything that a third party needs, in one container.
//!
//! ```text
//! report.json          the report ([`super::report`])
//! indicators.json      the passports it was filled in under
//! roster.bin           count LEB128 · { length LEB128 · statement }…, from the genesis to the height of the freezing
//! acts/NNNNN.act       the signed act of each member that is in it, by number
//! previous.json        the report of the edition before, if there is one
//! seal.bin             the lead's endorsement
//! signatures/NNNNN.sig endorsements of members, by number
//!
//! report hash = SHA-256("svod/1 report" ‖ count LEB128 ‖ { name text ‖ SHA-256 of the part }…) over all parts up to the seal
//! ```
//!
//! A signature can be added later: it changes the file and not the report's hash.

use svod_shared::id::{OrgNo, sha256};
use svod_shared::leb::{ReadError, Reader, Writer};
use svod_shared::roster::STATEMENT_BYTES_MAX;

use super::act::SignedAct;
use super::container::{self, Parts};
use super::endorsement::SignedEndorsement;
use super::report::Report;
use crate::domain::indicator::Edition;

/// The part that holds the report.
pub const REPORT: &str = "report.json";
/// The part that holds the passports.
pub const INDICATORS: &str = "indicators.json";
/// The part that holds the roster.
pub const ROSTER: &str = "roster.bin";
/// The part that holds the edition before.
pub const PREVIOUS: &str = "previous.json";
/// The part that holds the lead's seal.
pub const SEAL: &str = "seal.bin";
/// Where signatures of members stand.
pub const SIGNATURES: &str = "signatures/";

/// The name of an organisation's act.
pub fn act_name(org: OrgNo) -> String {
    format!("acts/{:05}.act", org.0)
}

/// The name of an organisation's signature.
pub fn signature_name(org: OrgNo) -> String {
    format!("{SIGNATURES}{:05}.sig", org.0)
}

/// What is sealed, in the order of the file. Acts come in the order of their organisations' numbers.
pub fn sealed_parts(
    report: &Report,
    indicators: &Edition,
    statements: &[Vec<u8>],
    acts: &[SignedAct],
    previous: Option<&Report>,
) -> Parts {
    let mut parts = vec![
        (REPORT.to_owned(), report.to_text().into_bytes()),
        (INDICATORS.to_owned(), indicators.to_text().into_bytes()),
        (ROSTER.to_owned(), roster_bytes(statements)),
    ];
    let mut acts: Vec<_> = acts.iter().map(|it| (act_name(it.act.org), it.to_bytes())).collect();
    acts.sort();
    parts.extend(acts);
    parts.extend(previous.map(|it| (PREVIOUS.to_owned(), it.to_text().into_bytes())));
    parts
}

/// What the seal and the signatures are about.
pub fn report_hash<'a>(parts: impl Iterator<Item = &'a (String, Vec<u8>)> + Clone) -> [u8; 32] {
    let sealed = parts.filter(|(name, _)| name != SEAL && !name.starts_with(SIGNATURES));
    let mut writer = Writer::domain("svod/1 report");
    writer.leb(sealed.clone().count() as u64);
    for (name, bytes) in sealed {
        writer.text(name).raw(&sha256(bytes));
    }
    sha256(writer.as_slice())
}

/// The file's bytes: the same for the same report and signatures.
pub fn write(mut sealed: Parts, seal: &SignedEndorsement, signatures: &[SignedEndorsement]) -> Vec<u8> {
    sealed.push((SEAL.to_owned(), seal.to_bytes()));
    let mut signatures: Vec<_> =
        signatures.iter().map(|it| (signature_name(it.said.org), it.to_bytes())).collect();
    signatures.sort();
    sealed.extend(signatures);
    container::write(&sealed)
}

fn roster_bytes(statements: &[Vec<u8>]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.leb(statements.len() as u64);
    for statement in statements {
        writer.bytes(statement);
    }
    writer.into_vec()
}

/// The statements of a part that holds a roster.
pub fn read_roster(bytes: &[u8]) -> Result<Vec<Vec<u8>>, ReadError> {
    let mut reader = Reader::new(bytes);
    let count = reader.leb_max(svod_shared::roster::STATEMENTS_MAX)?;
    let statements = (0..count).map(|_| Ok(reader.bytes(STATEMENT_BYTES_MAX)?.to_vec()));
    let statements = statements.collect::<Result<_, ReadError>>()?;
    reader.end()?;
    Ok(statements)
}
