//! `simulate --seeds A..B [--steps N] [--profile with-recovery] [--self-test]`: runs seeds and says what broke.

#![expect(clippy::print_stdout, reason = "this is a command; it says what it found")]

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Instant;

use svod_tests::sim::{Failure, Mutant, Terms, run};

/// What the command line says.
#[derive(Debug)]
struct Wanted {
    from: u64,
    to: u64,
    steps: u64,
    self_test: bool,
    with_recovery: bool,
}

fn main() -> ExitCode {
    let wanted = match read(std::env::args().skip(1)) {
        Ok(wanted) => wanted,
        Err(why) => {
            println!(
                "{why}\nusage: simulate --seeds A..B [--steps N] [--profile with-recovery] [--self-test]"
            );
            return ExitCode::from(2);
        }
    };
    let good = if wanted.self_test { self_test(&wanted) } else { campaign(&wanted) };
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn read(mut args: impl Iterator<Item = String>) -> Result<Wanted, String> {
    let mut wanted = Wanted { from: 1, to: 20, steps: 2000, self_test: false, with_recovery: false };
    while let Some(flag) = args.next() {
        match flag.as_str() {
            "--self-test" => wanted.self_test = true,
            "--seeds" => {
                let text = args.next().ok_or("--seeds wants A..B")?;
                let (from, to) = text.split_once("..").unwrap_or((&text, &text));
                wanted.from = from.parse().map_err(|_| "--seeds wants numbers")?;
                wanted.to = to.parse().map_err(|_| "--seeds wants numbers")?;
            }
            "--steps" => {
                let text = args.next().ok_or("--steps wants a number")?;
                wanted.steps = text.parse().map_err(|_| "--steps wants a number")?;
            }
            "--profile" => match args.next().as_deref() {
                Some("with-recovery") => wanted.with_recovery = true,
                Some("default") => wanted.with_recovery = false,
                other => return Err(format!("no such profile: {other:?}")),
            },
            other => return Err(format!("no such flag: {other}")),
        }
    }
    Ok(wanted)
}

fn campaign(wanted: &Wanted) -> bool {
    let begun = Instant::now();
    let terms = Terms { with_recovery: wanted.with_recovery, mutant: None };
    let (mut steps, mut simulated_ms, mut failures) = (0, 0, Vec::new());
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for seed in wanted.from..=wanted.to {
        let ran = run(seed, wanted.steps, terms);
        steps += ran.steps;
        simulated_ms += ran.simulated_ms;
        for (kind, count) in ran.counts {
            *counts.entry(kind).or_default() += count;
        }
        if let Some(failure) = ran.failure {
            show(&failure);
            failures.push(failure.seed);
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!("seeds {}..{}, {steps} steps", wanted.from, wanted.to);
    for (kind, count) in &counts {
        println!("  {count:>9}  {kind}");
    }
    println!("simulated {:.1} days in {seconds:.1} s", simulated_ms as f64 / 86_400_000.0);
    println!("{:.0} steps per second", steps as f64 / seconds);
    println!("{} failures {failures:?}", failures.len());
    failures.is_empty()
}

/// Every planted bug has to be found by one of the seeds.
fn self_test(wanted: &Wanted) -> bool {
    let mut missed = Vec::new();
    for mutant in Mutant::ALL {
        let terms = Terms { with_recovery: false, mutant: Some(mutant) };
        let found = (wanted.from..=wanted.to).find_map(|seed| run(seed, wanted.steps, terms).failure);
        match found {
            Some(failure) => {
                println!("{mutant:?}: seed {}, step {}: {}", failure.seed, failure.step, failure.broken);
            }
            None => {
                println!("{mutant:?}: NOT FOUND in seeds {}..{}", wanted.from, wanted.to);
                missed.push(mutant);
            }
        }
    }
    println!("{} of {} planted bugs found", Mutant::ALL.len() - missed.len(), Mutant::ALL.len());
    missed.is_empty()
}

fn show(failure: &Failure) {
    println!("seed {} failed after step {}: {}", failure.seed, failure.step, failure.broken);
    for line in &failure.tail {
        println!("    {line}");
    }
}
