//! Plays what a network has to live through, with the real programs, and prints the figures.
//!
//! ```text
//! cargo build --release --workspace
//! cargo run --release -p svod-tests --bin process-campaign -- poor-line [--seed S] [--sites N] [--edits N] [--patience SECONDS]
//! cargo run --release -p svod-tests --bin process-campaign -- kills [--seed S] [--sites N] [--kills N]
//! cargo run --release -p svod-tests --bin process-campaign -- away [--seed S] [--edits N]
//! ```
//!
//! What must not happen ends it by a panic that says what was lost.

#![expect(clippy::print_stdout, reason = "the figures are what the program is for")]
#![expect(clippy::print_stderr, reason = "progress and complaints do not belong among the figures")]

use std::process::ExitCode;
use std::time::Duration;

use svod_tests::hardship::{away, kills, poor};
use svod_tests::poor_line::Quality;

/// What a fortnight of five centres may cost who was away.
const AWAY_BYTES_MAX: u64 = 150 * 1024;

/// On a line that loses every fifth datagram and is cut every five seconds, half an hour is still soon.
const PATIENCE_S: usize = 1800;

struct Options {
    what: String,
    seed: u64,
    sites: usize,
    edits: Option<usize>,
    kills: usize,
    patience: usize,
}

fn main() -> ExitCode {
    let options = match read(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(word) => {
            eprintln!(
                "process-campaign poor-line|kills|away [--seed S] [--sites N] [--edits N] [--kills N] [--patience SECONDS]: {word}?"
            );
            return ExitCode::from(2);
        }
    };
    println!("{}, seed {}", options.what, options.seed);
    let is_good = match options.what.as_str() {
        "poor-line" => poor_line(&options),
        "kills" => killed(&options),
        _ => was_away(&options),
    };
    if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn read(mut args: impl Iterator<Item = String>) -> Result<Options, String> {
    let what = args.next().unwrap_or_default();
    if !["poor-line", "kills", "away"].contains(&what.as_str()) {
        return Err(what);
    }
    let mut options = Options { what, seed: 1, sites: 5, edits: None, kills: 200, patience: PATIENCE_S };
    while let Some(name) = args.next() {
        let value: usize = args.next().and_then(|it| it.parse().ok()).ok_or_else(|| name.clone())?;
        match name.as_str() {
            "--seed" => options.seed = value as u64,
            "--sites" => options.sites = value,
            "--edits" => options.edits = Some(value),
            "--kills" => options.kills = value,
            "--patience" => options.patience = value,
            _ => return Err(name),
        }
    }
    Ok(options)
}

fn poor_line(options: &Options) -> bool {
    let Options { seed, sites, edits, .. } = *options;
    let quality = Quality::poor();
    let (edits, patience) = (edits.unwrap_or(20), Duration::from_secs(options.patience as u64));
    let outcome = poor::run(&poor::Terms { sites, edits, quality, seed, patience });
    println!("{quality:?}");
    println!("{sites} centres joined and had the roadmap after {:.1} s", outcome.joined.as_secs_f64());
    println!("  {:?}", outcome.joining);
    println!("{edits} edits each, everywhere after {:.1} s", outcome.converged.as_secs_f64());
    println!("  in all {:?}", outcome.line);
    println!("entries {}, control code of all {}", outcome.entries, outcome.code);
    true
}

fn killed(options: &Options) -> bool {
    let terms = kills::Terms { kills: options.kills, sites: options.sites, seed: options.seed };
    let outcome = kills::run(&terms, |killed| eprintln!("{killed} of {}", options.kills));
    println!("kills {} ({} at start)", outcome.kills.values().sum::<usize>(), outcome.at_start);
    outcome.kills.iter().for_each(|(name, count)| println!("  {name} {count}"));
    println!("edits sent {}, acknowledged {}", outcome.tried, outcome.acknowledged);
    println!("  found on every node {}", outcome.found);
    println!("  found without an answer {}", outcome.found_beside);
    println!("control code of all {}, `svod check` clean on all", outcome.code);
    println!("all agreed {:.1} s after the last kill", outcome.converged.as_secs_f64());
    println!("took {:.0} s", outcome.took.as_secs_f64());
    outcome.found == outcome.acknowledged
}

fn was_away(options: &Options) -> bool {
    let outcome = away::run(&away::Terms { edits: options.edits.unwrap_or(1000), seed: options.seed });
    let sum = outcome.sent + outcome.received;
    println!("entries of five centres {}", outcome.entries);
    println!(
        "the session's frames: sent {} B, received {} B, in all {sum} B",
        outcome.sent, outcome.received
    );
    println!("UDP payload: sent {} B, received {} B", outcome.udp_sent, outcome.udp_received);
    println!("took {:.1} s, program's start included", outcome.took.as_secs_f64());
    sum <= AWAY_BYTES_MAX
}
