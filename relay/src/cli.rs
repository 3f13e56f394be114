//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use svod_shared::id::NetworkId;

use crate::config::{Config, Partial, VARIABLE_CONFIG, parse_network};
use crate::error::RelayError;

/// Store and pass on the signed entries of one Svod network
#[derive(Debug, Parser)]
#[command(name = "svod-relay", version, after_help = AFTER_HELP)]
pub struct Cli {
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

const AFTER_HELP: &str = "\
A flag goes before the environment variable SVOD_RELAY_<FLAG>, that before the configuration file.
SVOD_RELAY_LOG sets how much is logged: error, warn, info (default), debug, trace; SVOD_RELAY_LOG_FORMAT=json
makes each line a JSON object.
Exit codes: 1 other, 2 settings, 3 port in use, 4 folder in use, 5 damaged data, 6 newer data, 7 disk full,
8 not running.";

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the relay until SIGINT or SIGTERM
    Serve(Flags),
    /// Print the relay's public key, making it if there is none yet
    Key(Flags),
    /// Print how the relay that runs on the folder stands
    Status {
        /// Where it runs
        #[command(flatten)]
        flags: Flags,
        /// As JSON, for programs
        #[arg(long)]
        json: bool,
    },
}

/// What both commands take.
#[derive(Debug, Args)]
pub struct Flags {
    /// Folder of the key and the database
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// UDP address to listen on
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<SocketAddr>,
    /// Network to serve, 64 hexadecimal digits; needed at the first start
    #[arg(long, value_name = "HEX", value_parser = parse_network)]
    network: Option<NetworkId>,
    /// Configuration file, as svod-relay.example.toml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Flags {
    /// The settings from all sources; `get` reads the environment.
    pub fn config(self, get: impl Fn(&str) -> Option<String>) -> Result<Config, RelayError> {
        let path = self.config.or_else(|| get(VARIABLE_CONFIG).map(PathBuf::from));
        let file = path.map(|path| Partial::from_file(&path)).transpose()?.unwrap_or_default();
        let flags =
            Partial { data: self.data, listen: self.listen, network: self.network, ..Partial::default() };
        Ok(Config::layered(flags, Partial::from_variables(get)?, file))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_file_named_by_the_environment_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("relay.toml");
        std::fs::write(&path, "listen = \"127.0.0.1:5\"\nconnections = 9\n").unwrap();
        let cli = Cli::try_parse_from(["svod-relay", "serve", "--listen", "127.0.0.1:6"]).unwrap();
        let Command::Serve(flags) = cli.command else { panic!("{cli:?}") };
        let get = |name: &str| (name == VARIABLE_CONFIG).then(|| path.display().to_string());
        let config = flags.config(get).unwrap();
        assert_eq!((config.listen.port(), config.limits.connections), (6, 9));
    }
}
