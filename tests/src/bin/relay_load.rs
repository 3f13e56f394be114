//! Puts a real relay under load and prints what two honest members notice of it.
//!
//! ```text
//! cargo build --release --workspace
//! cargo run --release -p svod-tests --bin relay-load -- [--crowd N] [--strangers N] [--edits N]
//! ```
//!
//! Both sides share this machine, so the crowd's own work is in the figures of the relay. It needs about as many open
//! files as there are clients (`ulimit -n 8192`).

#![expect(clippy::print_stdout, reason = "the figures are what the program is for")]

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use svod_relay::folder::Folder;
use svod_relay::server::random_seed;
use svod_tests::binaries;
use svod_tests::load::crowd::Listener;
use svod_tests::load::founding::Founded;
use svod_tests::load::pair::{Pair, Times};
use svod_tests::load::writer::Writer;
use svod_tests::load::{Running, Target, strangers};
use svod_tests::process::{Process, command};
use svod_tests::wait;

/// So many of the crowd call at a time: the relay lets 16 of one address shake hands at once.
const CALLS_AT_ONCE: usize = 8;
/// The member that floods writes so many entries ...
const FLOOD_ENTRIES: usize = 20;
/// ... so often.
const FLOOD_PAUSE: Duration = Duration::from_millis(20);
/// Time for what a phase begins with to settle.
const SETTLE: Duration = Duration::from_secs(5);

struct Options {
    crowd: u16,
    strangers: u16,
    edits: usize,
}

fn main() -> ExitCode {
    let Some(options) = read(std::env::args().skip(1)) else {
        println!("relay-load [--crowd N] [--strangers N] [--edits N]");
        return ExitCode::from(2);
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    runtime.block_on(play(&options));
    ExitCode::SUCCESS
}

fn read(mut args: impl Iterator<Item = String>) -> Option<Options> {
    let mut options = Options { crowd: 2000, strangers: 500, edits: 100 };
    while let Some(name) = args.next() {
        let value = args.next()?;
        match name.as_str() {
            "--crowd" => options.crowd = value.parse().ok()?,
            "--strangers" => options.strangers = value.parse().ok()?,
            "--edits" => options.edits = value.parse().ok()?,
            _ => return None,
        }
    }
    Some(options)
}

async fn play(options: &Options) {
    // The pair, the one that floods, and the crowd.
    let founded = Arc::new(Founded::new(options.crowd + 3));
    let folder = tempfile::tempdir().expect("a folder can be made");
    let (relay, target) = start_relay(folder.path(), &founded);
    let mut pair = Pair::connect(&founded, target).await;
    wait::pass(SETTLE).await;
    let alone = pair.deliver(options.edits).await;
    let empty = resident_kib(&relay);
    print("two members alone", &alone, None);

    let begun = Instant::now();
    let crowd = gather(&founded, options.crowd, target).await;
    println!("{} members connected in {:.1} s", crowd.len(), begun.elapsed().as_secs_f64());
    wait::pass(SETTLE).await;
    let each = resident_kib(&relay).saturating_sub(empty) / u64::from(options.crowd.max(1));
    println!("memory of the relay for each: {each} KiB");
    let listening = pair.deliver(options.edits).await;
    print("with all of them listening", &listening, Some(&alone));

    let callers = strangers::call(options.strangers, target);
    wait::pass(SETTLE).await;
    let called = pair.deliver(options.edits).await;
    print(&format!("and {} slow or silent strangers", options.strangers), &called, Some(&listening));

    let flood = Flood::start(&founded, target);
    wait::pass(SETTLE).await;
    let flooded = pair.deliver(options.edits).await;
    print("and a member that floods", &flooded, Some(&listening));
    flood.0.abort();
    drop(callers);
    let left = crowd.iter().filter(|it| it.is_connected()).count();
    println!("{left} of {} members still connected", crowd.len());
    relay.terminate().expect_success("the relay's end");
}

fn print(what: &str, times: &Times, base: Option<&Times>) {
    let ms = |of_100| times.percentile(of_100).as_secs_f64() * 1000.0;
    let ratio = base.map(|base| times.percentile(95).as_secs_f64() / base.percentile(95).as_secs_f64());
    let ratio = ratio.map_or_else(String::new, |it| format!(", p95 is {it:.2} times"));
    println!("{what}: p50 {:.1} ms, p95 {:.1} ms, longest {:.1} ms{ratio}", ms(50), ms(95), ms(100));
}

fn start_relay(home: &Path, founded: &Founded) -> (Process, Target) {
    let settings = "connections = 8192\nconnections_per_address = 8192\nlisten = \"127.0.0.1:0\"\n";
    std::fs::write(home.join("relay.toml"), settings).expect("settings can be written");
    let (data, config) =
        (home.join("relay").display().to_string(), home.join("relay.toml").display().to_string());
    let key = Folder::key_in(&home.join("relay"), random_seed).expect("a key can be made").public();
    let mut serve = command(&binaries::svod_relay(), home);
    let network = founded.network().to_string();
    serve.args(["serve", "--data", &data, "--config", &config, "--network", &network]);
    let mut relay = Process::start("relay", serve);
    let address = relay.wait_err("where it listens", |line| {
        let (_, rest) = line.split_once("addr=")?;
        rest.split_whitespace().next()?.parse().ok()
    });
    (relay, Target { address, key })
}

async fn gather(founded: &Arc<Founded>, count: u16, target: Target) -> Vec<Running> {
    let mut crowd = Vec::new();
    let members: Vec<usize> = (3..usize::from(count) + 3).collect();
    for calls in members.chunks(CALLS_AT_ONCE) {
        let mut calling: Vec<_> = calls
            .iter()
            .map(|no| {
                let member = founded.member(*no);
                Running::start(
                    Listener::new(Arc::clone(&founded.roster), None),
                    member.key,
                    member.no,
                    target,
                )
            })
            .collect();
        for call in &mut calling {
            call.connected().await;
        }
        crowd.append(&mut calling);
    }
    crowd
}

/// A member whose program has been changed so that it writes without end.
struct Flood(tokio::task::JoinHandle<()>);

impl Flood {
    fn start(founded: &Arc<Founded>, target: Target) -> Self {
        let member = founded.member(2);
        let writer = Writer::new(founded, member.clone());
        Self(tokio::spawn(async move {
            let _connection = Running::start(Arc::clone(&writer), member.key, member.no, target);
            loop {
                for _ in 0..FLOOD_ENTRIES {
                    writer.write(300);
                }
                wait::pass(FLOOD_PAUSE).await;
            }
        }))
    }
}

fn resident_kib(process: &Process) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|it| it.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
