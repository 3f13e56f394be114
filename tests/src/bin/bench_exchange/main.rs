//! Svod's exchange side by side with others, on the same documents in the same run.
//!
//! `cargo run --release -p svod-tests --bin bench-exchange -- [--json FILE] [--quick]` prints markdown tables and, if
//! asked, writes the rows as JSON; `--quick` leaves out 10 000 documents. Bytes are application bytes: frames with
//! their length prefixes, and what the protocols themselves send; UDP and TCP are not in them, but for the table that
//! says so. At the end it says which goals these figures meet. The figures of `docs/measurements.md` come from here.
//!
//! The documents are made by a generator without randomness, so bytes are the same in every run; times are not. They
//! are processor time, so that a machine busy with other work does not show, but for the table about the disk.
//!
//! samod is heavy and belongs outside the workspace: where a program of its own stands at the path that `samod` names,
//! its rows are among the others. That program is not in the tree yet.

#![expect(clippy::print_stdout, reason = "printing is what it is for")]

mod clock;
mod corpus;
mod durable;
mod git;
mod goals;
mod ingest;
mod peers;
mod plans;
mod rows;
mod samod;
mod sealed;
mod svod;
mod wire;

use std::error::Error;

use corpus::Corpus;
use durable::Durable;
use ingest::Ingest;
use rows::{Cost, Peer, Row, What, millis};
use serde_json::json;

/// Changes of a document before the exchange, where only what is new is exchanged.
const HISTORY: usize = 3;
/// Changes of a document that a newcomer takes.
const HISTORY_OF_NEWCOMER: usize = 20;
/// Feeds of a network where one number of them has to do.
const FEEDS: u16 = 50;
/// Edits of a roadmap in two weeks.
const EDITS_WHILE_ABSENT: usize = 1_000;

type Failure = Box<dyn Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let quick = arguments.iter().any(|it| it == "--quick");
    let file = arguments.iter().position(|it| it == "--json").and_then(|at| arguments.get(at + 1));
    let sizes: &[usize] = if quick { &[100, 1_000] } else { &[100, 1_000, 10_000] };
    let mut rows = Vec::new();
    for &documents in sizes {
        for feeds in [5, FEEDS] {
            reconnect(documents, feeds, &mut rows)?;
        }
    }
    for &documents in sizes {
        newcomer(documents, &mut rows)?;
    }
    absent(&mut rows)?;
    rows::print(&rows);
    let udp = wire::measure()?;
    wire::print(&udp);
    let corpus = Corpus::new(100, FEEDS, HISTORY)?;
    let pushes = svod::pushes(&corpus, &corpus.news(3)?)?;
    println!("\nHeld open, an edit each: {pushes:?} application bytes.\n");
    let sealed = sealed::measure(
        &Corpus::new(100, FEEDS, HISTORY_OF_NEWCOMER)?,
        &plans::absence(EDITS_WHILE_ABSENT)?.1,
    )?;
    sealed::print(&sealed);
    let ingest = ingest::measure(if quick { 100 } else { 1_000 })?;
    print_ingest(&ingest);
    let durable = durable::measure()?;
    print_durable(&durable);
    let measured = goals::Measured { rows: &rows, pushes: &pushes, ingest: &ingest };
    let goals = goals::judge(&measured);
    goals::print(&goals);
    if let Some(path) = file {
        let rows: Vec<_> = rows.iter().map(Row::json).collect();
        let sealed: Vec<_> = sealed.iter().map(sealed::Sizes::json).collect();
        let goals: Vec<_> = goals.iter().map(goals::Goal::json).collect();
        let all = json!({
            "rows": rows, "udp": udp, "pushes": pushes, "goals": goals, "sealed": sealed,
            "ingest": {
                "documents": ingest.documents, "entries": ingest.entries, "bare_ms": millis(ingest.bare),
                "gate_ms": millis(ingest.gate), "log_ms": millis(ingest.log),
                "session_ms": millis(ingest.session), "store_ms": millis(ingest.store),
            },
            "durable": { "save_ms": millis(durable.save), "fsync_ms": millis(durable.fsync) },
        });
        std::fs::write(path, serde_json::to_vec_pretty(&all)?)?;
    }
    Ok(())
}

fn reconnect(documents: usize, feeds: u16, rows: &mut Vec<Row>) -> Result<(), Failure> {
    let corpus = Corpus::new(documents, feeds, HISTORY)?;
    let git = git::Repository::of(&corpus).ok();
    for changed in [0, 1, 10, 100] {
        let news = corpus.news(changed)?;
        let mut row =
            |peer, cost| rows.push(Row { documents, feeds, what: What::Changed(changed), peer, cost });
        row(Peer::Svod, svod::reconnect(&corpus, &news)?);
        row(Peer::Floor, peers::floor(&news)?);
        row(Peer::Automerge, peers::automerge_sync(&corpus, &news)?);
        row(Peer::Negentropy, peers::negentropy(&corpus, &news)?);
        if let Some(cost) = samod::reconnect(&corpus, &news)? {
            row(Peer::Samod, cost);
        }
        for (peer, each) in [(Peer::Git, false), (Peer::GitEach, true)] {
            if let Some(cost) = git.as_ref().and_then(|git| git.fetch(&corpus, &news, each).ok()) {
                row(peer, cost);
            }
        }
    }
    Ok(())
}

fn newcomer(documents: usize, rows: &mut Vec<Row>) -> Result<(), Failure> {
    let corpus = Corpus::new(documents, FEEDS, HISTORY_OF_NEWCOMER)?;
    let mut row = |peer, cost| rows.push(Row { documents, feeds: FEEDS, what: What::Newcomer, peer, cost });
    row(Peer::Svod, svod::newcomer(&corpus)?);
    row(Peer::Saved, peers::saved(&corpus));
    row(Peer::Apply, peers::apply(&corpus)?);
    row(Peer::Automerge, peers::automerge_newcomer(&corpus)?);
    Ok(())
}

/// One of six centres comes back after two weeks in which the others edited one roadmap.
fn absent(rows: &mut Vec<Row>) -> Result<(), Failure> {
    let (corpus, news) = plans::absence(EDITS_WHILE_ABSENT)?;
    let what = What::Absent(news.changes.len());
    let mut row = |peer, cost| rows.push(Row { documents: 1, feeds: 6, what, peer, cost });
    row(Peer::Svod, svod::reconnect(&corpus, &news)?);
    row(Peer::Floor, peers::floor(&news)?);
    Ok(())
}

fn print_ingest(it: &Ingest) {
    let Ingest { documents, entries, bare, gate, log, session, store } = it;
    println!(
        "{documents} roadmaps of 30 fields, {entries} entries, each roadmap edited by three of 50 nodes:\n"
    );
    println!("| what takes them | entries a second | x bare |");
    println!("|---|---:|---:|");
    for (what, time) in [
        ("bare apply_changes, one call a document", *bare),
        ("the gate of a document, one call a document", *gate),
        ("signatures, chains, rights and SQLite (a relay)", *log),
        ("a newcomer's session: packs to records", *session),
        ("a newcomer without the gate: session, log, bare apply_changes", it.ungated()),
        ("a newcomer's store alone", *store),
        ("a newcomer with everything", it.newcomer()),
    ] {
        let (rate, factor) = (*entries as f64 / time.as_secs_f64(), time.as_secs_f64() / bare.as_secs_f64());
        println!("| {what} | {rate:.0} | {factor:.2} |");
    }
    println!();
}

fn print_durable(it: &Durable) {
    let (save, fsync) = (millis(it.save), millis(it.fsync));
    println!("| disk | median, ms |");
    println!("|---|---:|");
    println!("| an edit, from the command to acknowledged | {save:.2} |");
    println!("| one bare fsync of 4 KiB beside it | {fsync:.2} |");
    println!("| ratio | {:.1} |\n", save / fsync);
}
