//! `svod-relay`: parses, logs to stderr, runs, and says in one sentence why it could not.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::Parser;
use svod_relay::ask;
use svod_relay::cli::{Cli, Command};
use svod_relay::error::RelayError;
use svod_relay::folder::Folder;
use svod_relay::server::{Relay, random_seed};
use svod_relay::words::{Language, sentence};
use tokio::sync::watch;
use tracing_subscriber::filter::LevelFilter;

fn main() -> ExitCode {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let level = variable("SVOD_RELAY_LOG").and_then(|text| text.parse().ok()).unwrap_or(LevelFilter::INFO);
    let log = tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(level);
    if variable("SVOD_RELAY_LOG_FORMAT").as_deref() == Some("json") {
        log.json().init();
    } else {
        log.with_ansi(std::io::stderr().is_terminal()).init();
    }
    match run(Cli::parse().command, variable) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let sentence = sentence(&error, Language::from_variables(variable));
            // Nobody is left to tell if stderr is closed.
            let _ = writeln!(std::io::stderr(), "{sentence}");
            ExitCode::from(error.kind().exit_code())
        }
    }
}

fn run(command: Command, variable: impl Fn(&str) -> Option<String>) -> Result<(), RelayError> {
    match command {
        Command::Key(flags) => {
            let key = Folder::key_in(&flags.config(variable)?.data, random_seed)?.public();
            writeln!(std::io::stdout(), "{key}").map_err(RelayError::System)
        }
        Command::Status { flags, json } => {
            let status = ask::status(&flags.config(&variable)?.data)?;
            let text = if json {
                serde_json::to_string_pretty(&status).map_err(|error| RelayError::System(error.into()))?
                    + "\n"
            } else {
                status.text(Language::from_variables(variable))
            };
            std::io::stdout().write_all(text.as_bytes()).map_err(RelayError::System)
        }
        Command::Serve(flags) => {
            let config = flags.config(variable)?;
            let runtime = tokio::runtime::Runtime::new().map_err(RelayError::System)?;
            runtime.block_on(async {
                let stop = stop_on_signal()?;
                Relay::start(&config)?.run(stop).await
            })
        }
    }
}

/// Becomes true at SIGINT or SIGTERM, on Windows at Ctrl-C. A second signal ends the process at once.
fn stop_on_signal() -> Result<watch::Receiver<bool>, RelayError> {
    let (stop, stopped) = watch::channel(false);
    let mut signals = Signals::new().map_err(RelayError::System)?;
    tokio::spawn(async move {
        signals.next().await;
        stop.send_replace(true);
        signals.next().await;
        std::process::exit(130);
    });
    Ok(stopped)
}

#[cfg(unix)]
struct Signals(tokio::signal::unix::Signal, tokio::signal::unix::Signal);

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self(signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?))
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.0.recv() => {}
            _ = self.1.recv() => {}
        }
    }
}

#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self(tokio::signal::windows::ctrl_c()?))
    }

    async fn next(&mut self) {
        self.0.recv().await;
    }
}
