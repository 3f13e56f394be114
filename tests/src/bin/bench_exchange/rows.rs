//! The figures and how they are printed.

#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use std::time::Duration;

use serde_json::{Value, json};

/// What one exchange has cost.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cost {
    /// Bytes from the side that calls.
    pub(crate) up: u64,
    /// Bytes to it.
    pub(crate) down: u64,
    /// Round trips until the side that calls has everything.
    pub(crate) turns: u64,
    /// What both sides have computed.
    pub(crate) cpu: Duration,
}

impl Cost {
    pub(crate) fn both(&self) -> u64 {
        self.up + self.down
    }
}

/// What is exchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// So many edits by one organisation.
    Changed(usize),
    /// Everything there is.
    Newcomer,
    /// So many edits of one roadmap by five organisations.
    Absent(usize),
}

/// Who exchanges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Peer {
    Svod,
    /// What is missing, and nothing else.
    Floor,
    /// What a newcomer's documents take, compressed by automerge itself.
    Saved,
    /// Bare automerge, for its time.
    Apply,
    Automerge,
    Samod,
    Negentropy,
    Git,
    GitEach,
}

impl Peer {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Svod => "Svod",
            Self::Floor => "zstd-19 with dictionary (floor)",
            Self::Saved => "sum of all save()",
            Self::Apply => "one apply_changes a document",
            Self::Automerge => "automerge::sync, state kept",
            Self::Samod => "samod 0.16",
            Self::Negentropy => "negentropy + raw changes",
            Self::Git => "git fetch, a JSON file a document, one commit",
            Self::GitEach => "git fetch, the same, a commit an edit",
        }
    }

    /// Whether it is something that a user could take instead.
    pub(crate) const fn is_rival(self) -> bool {
        !matches!(self, Self::Svod | Self::Floor | Self::Saved | Self::Apply)
    }
}

/// One line of the table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    pub(crate) documents: usize,
    pub(crate) feeds: u16,
    pub(crate) what: What,
    pub(crate) peer: Peer,
    pub(crate) cost: Cost,
}

impl Row {
    pub(crate) fn json(&self) -> Value {
        json!({
            "documents": self.documents, "feeds": self.feeds, "what": self.words(), "peer": self.peer.name(),
            "up": self.cost.up, "down": self.cost.down, "round_trips": self.cost.turns,
            "cpu_ms": millis(self.cost.cpu),
        })
    }

    /// What is exchanged.
    pub(crate) fn words(&self) -> String {
        match self.what {
            What::Changed(count) => count.to_string(),
            What::Newcomer => "all: newcomer".to_owned(),
            What::Absent(count) => format!("{count}, after an absence"),
        }
    }
}

pub(crate) fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

pub(crate) fn print(rows: &[Row]) {
    println!("| documents | feeds | changed | peer | B up | B down | B both | round trips | CPU, ms |");
    println!("|---:|---:|---:|---|---:|---:|---:|---:|---:|");
    for row in rows {
        let Row { documents, feeds, peer, cost, .. } = row;
        let Cost { up, down, turns, cpu } = cost;
        let (what, peer, both, cpu) = (row.words(), peer.name(), cost.both(), millis(*cpu));
        println!("| {documents} | {feeds} | {what} | {peer} | {up} | {down} | {both} | {turns} | {cpu:.1} |");
    }
    println!();
}
