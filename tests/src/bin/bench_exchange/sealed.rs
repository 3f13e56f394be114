//! What it would cost to seal entries end to end: a prototype of sizes, not of a protocol.
//!
//! A relay that holds ciphertext can join entries into packs but cannot compress them together. So each entry is packed
//! by its author alone, with the models that both ends know, and gets a tag of authenticated encryption; the nonce
//! follows from what is signed and does not travel. Both sides of the comparison leave out the signatures, which are the
//! same.

#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use serde_json::{Value, json};
use svod_shared::entry::Record;
use svod_shared::id::{ChangeHash, Space};
use svod_shared::pack::{self, PackTables, Signatures};
use svod_shared::storage::Storage;

use crate::Failure;
use crate::corpus::{Corpus, News};

/// The tag of XChaCha20-Poly1305 (RFC 8439, draft-irtf-cfrg-xchacha).
const TAG_BYTES: usize = 16;
/// The hash of the change, which who cannot read cannot make; that of the ciphertext follows from it.
const HASH_BYTES: usize = 32;
const SIGNATURE_BYTES: usize = 64;

/// The sizes of some entries.
pub(crate) struct Sizes {
    what: &'static str,
    entries: usize,
    /// As they travel today.
    open: usize,
    /// Each sealed by itself.
    sealed: usize,
}

/// The sizes of one edit, of a hundred, of two weeks, of everything.
pub(crate) fn measure(corpus: &Corpus, absence: &News) -> Result<Vec<Sizes>, Failure> {
    let of = |news: &News| news.records.iter().map(|(_, record)| record.clone()).collect::<Vec<_>>();
    let mut whole = Vec::new();
    for head in corpus.log.feeds(Space::Network)? {
        whole.extend(corpus.log.records(&head.feed, 0, usize::MAX)?);
    }
    Ok(vec![
        sizes("one edit", &of(&corpus.news(1)?)),
        sizes("100 edits by one organisation", &of(&corpus.news(100)?)),
        sizes("two weeks of five organisations", &by_feed(of(absence))),
        sizes("everything, for a newcomer", &whole),
    ])
}

/// Packs want each feed's entries together.
fn by_feed(mut records: Vec<Record>) -> Vec<Record> {
    records.sort_by_key(|record| (record.entry.feed, record.entry.seq));
    records
}

fn sizes(what: &'static str, records: &[Record]) -> Sizes {
    let (mut apart, mut together) = (PackTables::default(), PackTables::default());
    let one_by_one = records.iter().map(|record| {
        let alone = std::slice::from_ref(record);
        packed(&mut apart, alone) + TAG_BYTES + HASH_BYTES * record.changes.len()
    });
    let sealed = one_by_one.sum();
    Sizes { what, entries: records.len(), open: packed(&mut together, records), sealed }
}

/// Bytes of the packs of these records without their signatures.
fn packed(tables: &mut PackTables, records: &[Record]) -> usize {
    let there = |_: &ChangeHash| true;
    let (mut rest, mut bytes) = (records, 0);
    while let Some(encoded) = pack::encode(tables, Space::Network, rest, Signatures::Last, &there) {
        let (taken, left) = rest.split_at_checked(encoded.taken).unwrap_or((rest, &[]));
        bytes += encoded.bytes.len() - SIGNATURE_BYTES * runs(taken);
        rest = left;
    }
    bytes
}

/// Each run of one feed carries one signature.
fn runs(records: &[Record]) -> usize {
    records.chunk_by(|one, next| one.entry.feed == next.entry.feed).count()
}

impl Sizes {
    fn factor(&self) -> f64 {
        self.sealed as f64 / self.open.max(1) as f64
    }

    pub(crate) fn json(&self) -> Value {
        json!({ "what": self.what, "entries": self.entries, "open": self.open, "sealed": self.sealed })
    }
}

pub(crate) fn print(all: &[Sizes]) {
    println!("Without signatures, as they travel and as each sealed by its author would:\n");
    println!("| what | entries | open, B | sealed, B | x |");
    println!("|---|---:|---:|---:|---:|");
    for it in all {
        println!("| {} | {} | {} | {} | {:.1} |", it.what, it.entries, it.open, it.sealed, it.factor());
    }
    println!();
}
