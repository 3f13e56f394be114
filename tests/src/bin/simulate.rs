//! `simulate --seeds A..B [--steps N] [--profile all|plain|with-recovery|byzantine] [--threads N] [--seconds N] [--trace] [--self-test]`: runs seeds and says what broke.

#![expect(clippy::print_stdout, reason = "this is a command; it says what it found")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use svod_tests::sim::{Failure, Mutant, Profile, Ran, Terms, run};

/// What the command line says.
#[derive(Debug)]
struct Wanted {
    from: u64,
    to: u64,
    steps: u64,
    self_test: bool,
    whole_trace: bool,
    profile: Profile,
    threads: u64,
    /// After so many seconds no other seed is begun.
    seconds: Option<u64>,
}

fn main() -> ExitCode {
    let wanted = match read(std::env::args().skip(1)) {
        Ok(wanted) => wanted,
        Err(why) => {
            println!(
                "{why}\nusage: simulate --seeds A..B [--steps N] [--profile all|plain|with-recovery|byzantine] [--threads N] [--seconds N] [--self-test]"
            );
            return ExitCode::from(2);
        }
    };
    let good = if wanted.self_test { self_test(&wanted) } else { campaign(&wanted) };
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn read(mut args: impl Iterator<Item = String>) -> Result<Wanted, String> {
    let threads = thread::available_parallelism().map_or(1, |it| it.get() as u64);
    let (profile, seconds) = (Profile::All, None);
    let mut wanted = Wanted {
        from: 1,
        to: 20,
        steps: 2000,
        self_test: false,
        whole_trace: false,
        profile,
        threads,
        seconds,
    };
    while let Some(flag) = args.next() {
        match flag.as_str() {
            "--trace" => wanted.whole_trace = true,
            "--self-test" => wanted.self_test = true,
            "--seeds" => {
                let text = args.next().ok_or("--seeds wants A..B")?;
                let (from, to) = text.split_once("..").unwrap_or((&text, &text));
                wanted.from = from.parse().map_err(|_| "--seeds wants numbers")?;
                wanted.to = to.parse().map_err(|_| "--seeds wants numbers")?;
            }
            "--steps" => wanted.steps = number(&flag, args.next())?,
            "--threads" => wanted.threads = number(&flag, args.next())?,
            "--seconds" => wanted.seconds = Some(number(&flag, args.next())?),
            "--profile" => match args.next().as_deref() {
                Some(name) => {
                    let known = Profile::NAMES.into_iter().find(|it| it.0 == name);
                    wanted.profile = known.ok_or_else(|| format!("no such profile: {name}"))?.1;
                }
                None => return Err("--profile wants a name".into()),
            },
            other => return Err(format!("no such flag: {other}")),
        }
    }
    Ok(wanted)
}

fn number(flag: &str, text: Option<String>) -> Result<u64, String> {
    text.and_then(|it| it.parse().ok()).ok_or_else(|| format!("{flag} wants a number"))
}

fn campaign(wanted: &Wanted) -> bool {
    let begun = Instant::now();
    let terms = Terms { profile: wanted.profile, whole_trace: wanted.whole_trace, mutant: None };
    let sum = Mutex::new(Sum::default());
    let next = AtomicU64::new(wanted.from);
    // Seeds are independent, so that it does not matter which thread runs which.
    thread::scope(|scope| {
        for _ in 0..wanted.threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    let late = wanted.seconds.is_some_and(|it| begun.elapsed().as_secs() >= it);
                    if seed > wanted.to || late {
                        break;
                    }
                    let ran = run(seed, wanted.steps, terms);
                    sum.lock().unwrap_or_else(PoisonError::into_inner).add(seed, ran);
                }
            });
        }
    });
    let sum = sum.into_inner().unwrap_or_else(PoisonError::into_inner);
    let seconds = begun.elapsed().as_secs_f64();
    let reached = sum.seeds.last().copied().unwrap_or_default();
    println!("{} seeds, {}..{reached}, {} steps", sum.seeds.len(), wanted.from, sum.steps);
    for (kind, count) in &sum.counts {
        println!("  {count:>9}  {kind}");
    }
    println!("simulated {:.1} days in {seconds:.1} s", sum.simulated_ms as f64 / 86_400_000.0);
    println!("{:.0} steps per second on {} threads", sum.steps as f64 / seconds, wanted.threads);
    println!("{} failures {:?}", sum.failures.len(), sum.failures);
    sum.failures.is_empty()
}

/// What all seeds did.
#[derive(Debug, Default)]
struct Sum {
    seeds: BTreeSet<u64>,
    steps: u64,
    simulated_ms: u64,
    counts: BTreeMap<&'static str, u64>,
    failures: BTreeSet<u64>,
}

impl Sum {
    fn add(&mut self, seed: u64, ran: Ran) {
        self.seeds.insert(seed);
        self.steps += ran.steps;
        self.simulated_ms += ran.simulated_ms;
        for (kind, count) in ran.counts {
            *self.counts.entry(kind).or_default() += count;
        }
        if let Some(failure) = ran.failure {
            show(&failure);
            self.failures.insert(seed);
        }
    }
}

/// Every planted bug has to be found by one of the seeds.
fn self_test(wanted: &Wanted) -> bool {
    let mut missed = Vec::new();
    for mutant in Mutant::ALL {
        let terms = Terms { profile: wanted.profile, whole_trace: false, mutant: Some(mutant) };
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
