//! Svod's exchange side by side with others, on the same documents in the same run.
//!
//! `cargo run --release -p svod-tests --bin bench-exchange -- [--json FILE] [--quick]` prints markdown tables and, if
//! asked, writes the rows as JSON; `--quick` leaves out what takes minutes. Bytes are application bytes: frames with
//! their length prefixes, and what the protocols themselves send; UDP and TCP are not in them, but for the table that
//! says so. The figures of `docs/measurements.md` come from here.
//!
//! The documents are made by a generator without randomness, so bytes are the same in every run; times are not.

#![expect(clippy::print_stdout, reason = "printing is what it is for")]

mod corpus;
mod git;
mod peers;
mod svod;
mod wire;

use std::error::Error;
use std::time::Duration;

use corpus::Corpus;
use serde_json::json;

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

struct Row {
    documents: usize,
    feeds: u16,
    changed: Option<usize>,
    peer: &'static str,
    cost: Cost,
}

/// Changes of a document before the exchange, where only what is new is exchanged.
const HISTORY: usize = 3;
/// Changes of a document that a newcomer takes.
const HISTORY_OF_NEWCOMER: usize = 20;

type Failure = Box<dyn Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let quick = arguments.iter().any(|it| it == "--quick");
    let json = arguments.iter().position(|it| it == "--json").and_then(|at| arguments.get(at + 1));
    let sizes: &[usize] = if quick { &[100, 1_000] } else { &[100, 1_000, 10_000] };
    let mut rows = Vec::new();
    for &documents in sizes {
        for feeds in [5, 50] {
            reconnect(documents, feeds, &mut rows)?;
        }
    }
    for &documents in sizes {
        newcomer(documents, &mut rows)?;
    }
    print_rows(&rows);
    let udp = wire::measure()?;
    wire::print(&udp);
    if let Some(path) = json {
        let rows: Vec<_> = rows.iter().map(Row::json).collect();
        let all = json!({ "rows": rows, "udp": udp });
        std::fs::write(path, serde_json::to_vec_pretty(&all)?)?;
    }
    Ok(())
}

fn reconnect(documents: usize, feeds: u16, rows: &mut Vec<Row>) -> Result<(), Failure> {
    let corpus = Corpus::new(documents, feeds, HISTORY)?;
    let git = git::Repository::of(&corpus).ok();
    for changed in [0, 1, 10, 100] {
        let news = corpus.news(changed)?;
        let mut row = |peer, cost| rows.push(Row { documents, feeds, changed: Some(changed), peer, cost });
        row("Svod", svod::reconnect(&corpus, &news)?);
        row("zstd-19 with dictionary (floor)", peers::floor(&news)?);
        // How many feeds there are makes no difference to these.
        if feeds == 50 {
            row("automerge::sync, state kept", peers::automerge_sync(&corpus, &news)?);
            row("negentropy + raw changes", peers::negentropy(&corpus, &news)?);
            if let Some(cost) = git.as_ref().and_then(|git| git.fetch(&corpus, &news).ok()) {
                row("git fetch, a JSON file a document", cost);
            }
        }
    }
    Ok(())
}

fn newcomer(documents: usize, rows: &mut Vec<Row>) -> Result<(), Failure> {
    let feeds = 50;
    let corpus = Corpus::new(documents, feeds, HISTORY_OF_NEWCOMER)?;
    let mut row = |peer, cost| rows.push(Row { documents, feeds, changed: None, peer, cost });
    row("Svod", svod::newcomer(&corpus)?);
    row("sum of all save()", peers::saved(&corpus));
    row("one apply_changes a document", peers::apply(&corpus)?);
    row("automerge::sync", peers::automerge_newcomer(&corpus)?);
    Ok(())
}

impl Row {
    fn json(&self) -> serde_json::Value {
        json!({
            "documents": self.documents, "feeds": self.feeds, "changed": self.changed, "peer": self.peer,
            "up": self.cost.up, "down": self.cost.down, "round_trips": self.cost.turns,
            "cpu_ms": self.cost.cpu.as_secs_f64() * 1000.0,
        })
    }
}

fn print_rows(rows: &[Row]) {
    println!("| documents | feeds | changed | peer | B up | B down | B both | round trips | CPU, ms |");
    println!("|---:|---:|---:|---|---:|---:|---:|---:|---:|");
    for Row { documents, feeds, changed, peer, cost } in rows {
        let changed = changed.map_or("all: newcomer".to_owned(), |it| it.to_string());
        let Cost { up, down, turns, cpu } = cost;
        let (both, cpu) = (up + down, cpu.as_secs_f64() * 1000.0);
        println!(
            "| {documents} | {feeds} | {changed} | {peer} | {up} | {down} | {both} | {turns} | {cpu:.1} |"
        );
    }
    println!();
}
