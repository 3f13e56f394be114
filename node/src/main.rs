//! The program `svod`: reads the command line, carries out the command, says what went wrong.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use svod_node::cli::Cli;
use svod_node::commands::{self, Context};
use svod_node::panics;
use tracing_subscriber::filter::{Targets, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

fn main() -> ExitCode {
    let cli = Cli::parse();
    log();
    panics::tell_the_place_only();
    let context = Context::of(&cli);
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.to_string()),
    };
    match runtime.block_on(commands::run(&context, cli.command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error.sentence(context.catalog())),
    }
}

/// Log lines go to standard error; `SVOD_LOG` chooses them, as in `svod_node=debug,svod_shared=info`.
fn log() {
    let wanted = std::env::var("SVOD_LOG").ok().and_then(|it| it.parse().ok());
    let targets = wanted.unwrap_or_else(|| Targets::new().with_default(tracing::Level::WARN));
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr).with_ansi(false);
    // Below a warning automerge tells what stands in a change, which is what people typed.
    let discreet =
        filter_fn(|it| !it.target().starts_with("automerge") || *it.level() <= tracing::Level::WARN);
    tracing_subscriber::registry().with(lines).with(targets).with(discreet).init();
}

fn fail(sentence: &str) -> ExitCode {
    // Standard error may be closed as well; the exit code still says it.
    drop(writeln!(io::stderr(), "{sentence}"));
    ExitCode::FAILURE
}
