//! Runs the gate's campaign and prints its figures.
//!
//! ```text
//! cargo run --release -p svod-tests --bin gate-campaign -- [--changes N] [--honest N] [--seed S] [--threads N]
//! ```text
//! cargo run --release -p svod-tests --bin gate-campaign -- [--changes N] [--honest N] [--seed S] [--threads N]
//! cargo run --release -p svod-tests --bin gate-campaign -- --bombs
//! ```
//!
//! Without `--threads` as many as the machine has cores; their number changes no figure but the time. Exit code 1 if a
//! document became unsound, two nodes judged differently, a panic left the gate or honest work was refused; with
//! `--bombs`, if one was taken or cost more memory than it may.

#![expect(clippy::print_stdout, reason = "the figures are what the program is for")]
#![expect(clippy::print_stderr, reason = "progress and complaints do not belong among the figures")]

use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::Instant;

use svod_tests::gate::{self, Options, Outcome};

/// What the bombs may cost, KiB: the program itself takes about ten megabytes.
const BOMBS_KIB_MAX: u64 = 64 * 1024;

fn main() -> ExitCode {
    if std::env::args().nth(1).is_some_and(|it| it == "--bombs") {
        return explode();
    }
    let options = match options(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(word) => {
            eprintln!("gate-campaign [--changes N] [--honest N] [--seed S] [--threads N]: {word}?");
            return ExitCode::from(2);
        }
    };
    gate::count_panics();
    let begun = Instant::now();
    let mut told = 0;
    let run = AssertUnwindSafe(|| {
        gate::run(&options, |so_far| {
            let done = so_far.hostile + so_far.honest;
            if done / 20_000 > told {
                told = done / 20_000;
                eprintln!("{done} of {}, {:.0?}", options.hostile + options.honest, begun.elapsed());
            }
        })
    });
    let Ok(outcome) = catch_unwind(run) else {
        eprintln!("the campaign itself panicked: {}", gate::last_panic());
        return ExitCode::from(2);
    };
    tell(&options, &outcome, begun.elapsed().as_secs_f64());
    if outcome.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Offers the bombs to a document and says what that cost.
fn explode() -> ExitCode {
    let taken = gate::bombs::explode();
    println!("taken: {taken:?}, peak memory {} MiB", peak_memory_kib() / 1024);
    if taken.is_empty() && peak_memory_kib() <= BOMBS_KIB_MAX { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn options(mut args: impl Iterator<Item = String>) -> Result<Options, String> {
    let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let mut options = Options { hostile: 1_000_000, honest: 100_000, seed: 1, threads };
    while let Some(name) = args.next() {
        let value: Option<u64> = args.next().and_then(|it| it.replace('_', "").parse().ok());
        let place = match name.as_str() {
            "--changes" => &mut options.hostile,
            "--honest" => &mut options.honest,
            "--seed" => &mut options.seed,
            "--threads" => {
                options.threads = value.and_then(|it| usize::try_from(it).ok()).ok_or(name)?;
                continue;
            }
            _ => return Err(name),
        };
        *place = value.ok_or(name)?;
    }
    Ok(options)
}

fn tell(options: &Options, outcome: &Outcome, seconds: f64) {
    let all = outcome.hostile + outcome.honest;
    println!("seed {}, threads {}", options.seed, options.threads);
    println!(
        "hostile changes {} (bytes {}, meaning {})",
        outcome.hostile,
        outcome.bytes,
        outcome.hostile - outcome.bytes
    );
    println!("  accepted {}", outcome.accepted);
    println!("  held {}", outcome.held.values().sum::<u64>());
    outcome.held.iter().for_each(|(why, n)| println!("    {why} {n}"));
    println!("  refused {}", outcome.refused.values().sum::<u64>());
    outcome.refused.iter().for_each(|(why, n)| println!("    {why} {n}"));
    println!("  panics of automerge inside the gate, caught {}", outcome.caught);
    println!("  panics that left the gate {}", outcome.escaped);
    println!("  unsound documents {}", outcome.unsound.len());
    println!("  judged differently beside other edits {}", outcome.split.len());
    println!("honest changes {}", outcome.honest);
    println!("  false refusals {}", outcome.false_refusals.len());
    println!("peak memory {} MiB", peak_memory_kib() / 1024);
    println!("{:.0} s, {:.0} changes/s", seconds, all as f64 / seconds.max(0.001));
    for fault in outcome.unsound.iter().chain(&outcome.split).chain(&outcome.false_refusals).take(20) {
        eprintln!("{fault}");
    }
}

/// What the kernel says of this process; 0 where there is no such file.
fn peak_memory_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"));
    line.and_then(|it| it.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
