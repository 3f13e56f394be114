//! What happened in a run: a hash over everything, and the last lines in words.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;

/// How many lines of a failed run are shown.
const TAIL: usize = 40;

/// The trace of one seed.
#[derive(Debug, Clone)]
pub(super) struct Trace {
    hash: u64,
    tail: VecDeque<String>,
    /// Whether all lines are kept, not only the last ones.
    whole: bool,
    /// How often each kind of fault and of deed happened.
    pub(super) counts: BTreeMap<&'static str, u64>,
}

/// An invariant that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Which one.
    pub invariant: &'static str,
    /// What was found.
    pub what: String,
}

impl Trace {
    /// A trace of nothing yet.
    pub(super) fn new(whole: bool) -> Self {
        Self { hash: 0xcbf2_9ce4_8422_2325, tail: VecDeque::new(), whole, counts: BTreeMap::new() }
    }

    /// Notes what happened.
    pub(super) fn note(&mut self, line: String) {
        self.bytes(line.as_bytes());
        if self.tail.len() == TAIL && !self.whole {
            self.tail.pop_front();
        }
        self.tail.push_back(line);
    }

    /// Takes bytes into the hash without showing them.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.hash = (self.hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    /// Counts a fault or a deed.
    pub(super) fn count(&mut self, kind: &'static str) {
        *self.counts.entry(kind).or_default() += 1;
    }

    /// The hash over everything noted.
    pub(super) fn hash(&self) -> u64 {
        self.hash
    }

    /// The last lines.
    pub(super) fn tail(&self) -> Vec<String> {
        self.tail.iter().cloned().collect()
    }
}

impl Broken {
    /// Tells what does not hold.
    pub(super) fn new(invariant: &'static str, what: impl Into<String>) -> Self {
        Self { invariant, what: what.into() }
    }

    /// An operation of the product that must not fail did.
    pub(super) fn failed(doing: &str, error: impl std::error::Error) -> Self {
        let mut what = format!("{doing}: {error}");
        let mut source = error.source();
        while let Some(error) = source {
            what.push_str(&format!(": {error}"));
            source = error.source();
        }
        Self { invariant: "works", what }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.invariant, self.what)
    }
}
