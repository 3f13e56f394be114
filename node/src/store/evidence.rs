//! One file for disputes: what was refused and held in words, and the signed bytes that prove what can be proved.
//!
//! JSON, so that anybody can read it; bytes are hexadecimal, as they were signed.

use serde::Serialize;
use svod_shared::id::Space;
use svod_shared::log;
use svod_shared::roster::Side;
use svod_shared::storage::sqlite::SqliteStorage;
use svod_shared::storage::{Storage, StorageError};

use super::Store;
use crate::views::Incident;

#[derive(Debug, Serialize)]
struct Evidence {
    format: &'static str,
    network: String,
    name: String,
    made_ms: u64,
    control_code: String,
    roster: Vec<Statement>,
    /// Two statements of one number, as long as nothing has settled it.
    fork: Option<Contradiction>,
    /// Statements that the recovery key has put out of force.
    settled: Vec<Contradiction>,
    /// Entries written after the end of their feed.
    late: Vec<LateEntry>,
    incidents: Vec<Told>,
}

#[derive(Debug, Serialize)]
struct Statement {
    number: u64,
    hash: String,
    signed: String,
}

#[derive(Debug, Serialize)]
struct Contradiction {
    /// The number of the last statement that both sides follow.
    after: u64,
    sides: Vec<Statement>,
}

#[derive(Debug, Serialize)]
struct LateEntry {
    organisation: String,
    feed: String,
    number: u64,
    hash: String,
    body: String,
    signature: Option<String>,
}

#[derive(Debug, Serialize)]
struct Told {
    noticed_ms: u64,
    kind: String,
    sentence: String,
    organisation: Option<String>,
    subject: String,
}

impl Store {
    /// The file. `sentence` says an incident in the user's language.
    pub fn evidence(&self, sentence: impl Fn(&Incident) -> String) -> Result<Vec<u8>, StorageError> {
        let network = self.network()?;
        let roster = &self.roster;
        let statements = (1..).zip(roster.statements(0)).map(|(number, signed)| Statement {
            number,
            hash: roster.hash_at(number).map(|it| it.to_string()).unwrap_or_default(),
            signed: hex(signed),
        });
        let told = network.incidents.into_iter().map(|it| Told {
            noticed_ms: it.when.0,
            sentence: sentence(&it),
            kind: it.kind,
            organisation: it.org,
            subject: it.subject,
        });
        let evidence = Evidence {
            format: "svod-evidence-1",
            network: roster.network().to_string(),
            name: roster.name().to_owned(),
            made_ms: self.now().0,
            control_code: self.control_code()?,
            roster: statements.collect(),
            fork: roster.fork().map(|it| contradiction(it.height, [&it.first, &it.second])),
            settled: roster.settled().iter().map(|it| contradiction(it.height, &it.outranked)).collect(),
            late: self.late_evidence()?,
            incidents: told.collect(),
        };
        let text = serde_json::to_string_pretty(&evidence);
        let text = text.map_err(|error| StorageError::Database(Box::new(error)))?;
        // The same strings for whoever reads JSON, and never markup for whoever guesses.
        Ok(text.replace('<', "\\u003c").into_bytes())
    }

    fn late_evidence(&self) -> Result<Vec<LateEntry>, StorageError> {
        let storage = SqliteStorage::new(&self.connection);
        let mut late = Vec::new();
        for head in storage.feeds(Space::Network)? {
            let stands = log::standing(&storage, &self.roster, &head)?;
            if stands == head.height {
                continue;
            }
            let org = self.roster.node(head.node).and_then(|it| self.roster.org(it.org));
            let name = org.map(|it| it.name.clone()).unwrap_or_default();
            for record in storage.records(&head.feed, stands, log::LATE_BYTES_MAX)? {
                late.push(LateEntry {
                    organisation: name.clone(),
                    feed: head.feed.to_string(),
                    number: record.entry.seq.saturating_add(1),
                    hash: record.entry.hash().to_string(),
                    body: hex(&record.entry.to_body()),
                    signature: record.signature.as_ref().map(|it| hex(&it.0)),
                });
            }
        }
        Ok(late)
    }
}

fn contradiction<'a>(after: u64, sides: impl IntoIterator<Item = &'a Side>) -> Contradiction {
    let side = |it: &Side| Statement {
        number: after.saturating_add(1),
        hash: it.hash.to_string(),
        signed: hex(&it.signed),
    };
    Contradiction { after, sides: sides.into_iter().map(side).collect() }
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}
