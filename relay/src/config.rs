//! What the relay is told: flags before environment before file before defaults.
//!
//! Each source gives a [`Partial`]; [`Config::layered`] lays one over the other. Reading them is kept apart from
//! laying them over, so that the rule can be tested without touching the process's environment.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer};
use svod_shared::id::NetworkId;
use svod_shared::transport::Limits;

/// UDP port when none is told.
pub const PORT_DEFAULT: u16 = 7443;

const MEGABYTE: u64 = 1024 * 1024;
/// A centre that types all day writes some megabytes a year.
const QUOTA_MEGABYTES: u64 = 1024;
/// Enough for SQLite's side files, the system's logs, and a copy of a small database.
const RESERVE_MEGABYTES: u64 = 256;

/// Everything the relay needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The data folder.
    pub data: PathBuf,
    /// The UDP address to listen on.
    pub listen: SocketAddr,
    /// The network this relay serves; the first start needs it, later ones must not contradict it.
    pub network: Option<NetworkId>,
    /// The most connections in all and from one address.
    pub limits: Limits,
    /// The TCP address where the relay tells how it stands; port 0: any.
    pub watch: SocketAddr,
    /// What one organisation may store, bytes of changes.
    pub quota_bytes: u64,
    /// What is left free of the disk: below that no new entries are taken.
    pub reserve_bytes: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: PathBuf::from("svod-relay-data"),
            listen: (Ipv4Addr::UNSPECIFIED, PORT_DEFAULT).into(),
            network: None,
            limits: Limits::default(),
            watch: (Ipv4Addr::LOCALHOST, 0).into(),
            quota_bytes: QUOTA_MEGABYTES * MEGABYTE,
            reserve_bytes: RESERVE_MEGABYTES * MEGABYTE,
        }
    }
}

/// What one source says; silent where it says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Partial {
    /// See [`Config::data`].
    pub data: Option<PathBuf>,
    /// See [`Config::listen`].
    pub listen: Option<SocketAddr>,
    /// See [`Config::network`].
    #[serde(default, deserialize_with = "network")]
    pub network: Option<NetworkId>,
    /// See [`Limits::connections`].
    pub connections: Option<usize>,
    /// See [`Limits::connections_per_address`].
    pub connections_per_address: Option<usize>,
    /// See [`Config::watch`].
    pub watch: Option<SocketAddr>,
    /// See [`Config::quota_bytes`]; in MiB.
    pub quota_megabytes: Option<u64>,
    /// See [`Config::reserve_bytes`]; in MiB.
    pub reserve_megabytes: Option<u64>,
}

/// Why a setting cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("{path} is not a configuration")]
    Toml {
        /// The file.
        path: PathBuf,
        /// Where and why.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// A variable of the environment has a value that does not read.
    #[error("variable {name} has a wrong value: {value}")]
    Variable {
        /// Its name.
        name: &'static str,
        /// Its value.
        value: String,
    },
}

/// The variable that names the configuration file.
pub const VARIABLE_CONFIG: &str = "SVOD_RELAY_CONFIG";

impl Partial {
    /// Reads a configuration file.
    pub fn from_file(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::File { path: path.to_owned(), source })?;
        toml::from_str(&text)
            .map_err(|source| ConfigError::Toml { path: path.to_owned(), source: Box::new(source) })
    }

    /// Reads the environment through `get`.
    pub fn from_variables(get: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        Ok(Self {
            data: get("SVOD_RELAY_DATA").map(PathBuf::from),
            listen: variable(&get, "SVOD_RELAY_LISTEN", |text| text.parse().ok())?,
            network: variable(&get, "SVOD_RELAY_NETWORK", NetworkId::from_hex)?,
            connections: variable(&get, "SVOD_RELAY_CONNECTIONS", |text| text.parse().ok())?,
            connections_per_address: variable(&get, "SVOD_RELAY_CONNECTIONS_PER_ADDRESS", |text| {
                text.parse().ok()
            })?,
            watch: variable(&get, "SVOD_RELAY_WATCH", |text| text.parse().ok())?,
            quota_megabytes: variable(&get, "SVOD_RELAY_QUOTA_MEGABYTES", |text| text.parse().ok())?,
            reserve_megabytes: variable(&get, "SVOD_RELAY_RESERVE_MEGABYTES", |text| text.parse().ok())?,
        })
    }

    fn or(self, below: Self) -> Self {
        Self {
            data: self.data.or(below.data),
            listen: self.listen.or(below.listen),
            network: self.network.or(below.network),
            connections: self.connections.or(below.connections),
            connections_per_address: self.connections_per_address.or(below.connections_per_address),
            watch: self.watch.or(below.watch),
            quota_megabytes: self.quota_megabytes.or(below.quota_megabytes),
            reserve_megabytes: self.reserve_megabytes.or(below.reserve_megabytes),
        }
    }
}

impl Config {
    /// Flags over environment over file over defaults.
    pub fn layered(flags: Partial, environment: Partial, file: Partial) -> Self {
        let told = flags.or(environment).or(file);
        let default = Self::default();
        Self {
            data: told.data.unwrap_or(default.data),
            listen: told.listen.unwrap_or(default.listen),
            network: told.network.or(default.network),
            limits: Limits {
                connections: told.connections.unwrap_or(default.limits.connections),
                connections_per_address: told
                    .connections_per_address
                    .unwrap_or(default.limits.connections_per_address),
                ..default.limits
            },
            watch: told.watch.unwrap_or(default.watch),
            quota_bytes: told.quota_megabytes.map_or(default.quota_bytes, bytes),
            reserve_bytes: told.reserve_megabytes.map_or(default.reserve_bytes, bytes),
        }
    }
}

fn bytes(megabytes: u64) -> u64 {
    megabytes.saturating_mul(MEGABYTE)
}

fn variable<T>(
    get: impl Fn(&str) -> Option<String>,
    name: &'static str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, ConfigError> {
    match get(name) {
        None => Ok(None),
        Some(value) => match read(&value) {
            None => Err(ConfigError::Variable { name, value }),
            read => Ok(read),
        },
    }
}

fn network<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NetworkId>, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_network(&text).map(Some).map_err(serde::de::Error::custom)
}

/// A text that is not a network's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadNetwork;

impl fmt::Display for BadNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a network is named by 64 hexadecimal digits")
    }
}

impl std::error::Error for BadNetwork {}

/// Reads a network's id.
pub fn parse_network(text: &str) -> Result<NetworkId, BadNetwork> {
    NetworkId::from_hex(text.trim()).ok_or(BadNetwork)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NETWORK: &str = "0707070707070707070707070707070707070707070707070707070707070707";

    fn of_text(text: &str) -> Result<Partial, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("relay.toml");
        std::fs::write(&path, text).unwrap();
        Partial::from_file(&path)
    }

    #[test]
    fn the_example_says_what_holds_by_default() {
        let example = of_text(include_str!("../svod-relay.example.toml")).unwrap();
        assert!(example.data.is_some() && example.listen.is_some() && example.connections.is_some());
        assert!(example.quota_megabytes.is_some() && example.reserve_megabytes.is_some());
        assert_eq!(Config::layered(Partial::default(), Partial::default(), example), Config::default());
    }

    #[test]
    fn flags_go_before_environment_before_file_before_defaults() {
        let port = |n: u16| Partial { listen: Some(([127, 0, 0, 1], n).into()), ..Partial::default() };
        let check = |flags: Partial, environment: Partial, file: Partial, expected: u16| {
            assert_eq!(Config::layered(flags, environment, file).listen.port(), expected);
        };
        let none = Partial::default;
        check(port(1), port(2), port(3), 1);
        check(none(), port(2), port(3), 2);
        check(none(), none(), port(3), 3);
        check(none(), none(), none(), PORT_DEFAULT);
        let both = Config::layered(port(1), Partial { connections: Some(5), ..none() }, none());
        assert_eq!((both.listen.port(), both.limits.connections), (1, 5));
    }

    #[test]
    fn every_variable_is_read() {
        let read = Partial::from_variables(|name| {
            let value = match name {
                "SVOD_RELAY_DATA" => "/srv/relay",
                "SVOD_RELAY_LISTEN" => "[::]:99",
                "SVOD_RELAY_NETWORK" => NETWORK,
                "SVOD_RELAY_CONNECTIONS" => "7",
                "SVOD_RELAY_CONNECTIONS_PER_ADDRESS" => "3",
                "SVOD_RELAY_WATCH" => "127.0.0.1:9443",
                "SVOD_RELAY_QUOTA_MEGABYTES" => "50",
                "SVOD_RELAY_RESERVE_MEGABYTES" => "70",
                _ => return None,
            };
            Some(value.to_owned())
        });
        let expected = Partial {
            data: Some("/srv/relay".into()),
            listen: Some("[::]:99".parse().unwrap()),
            network: Some(NetworkId([7; 32])),
            connections: Some(7),
            connections_per_address: Some(3),
            watch: Some("127.0.0.1:9443".parse().unwrap()),
            quota_megabytes: Some(50),
            reserve_megabytes: Some(70),
        };
        assert_eq!(read.unwrap(), expected);
    }

    #[test]
    fn a_wrong_value_is_named() {
        let error = Partial::from_variables(|name| (name == "SVOD_RELAY_LISTEN").then(|| "7443".to_owned()));
        let Err(ConfigError::Variable { name, value }) = error else { panic!("{error:?}") };
        assert_eq!((name, value.as_str()), ("SVOD_RELAY_LISTEN", "7443"));
        assert!(matches!(of_text("lissen = \"0.0.0.0:1\""), Err(ConfigError::Toml { .. })));
        assert!(matches!(of_text("network = \"07\""), Err(ConfigError::Toml { .. })));
        assert_eq!(of_text(&format!("network = \"{NETWORK}\"")).unwrap().network, Some(NetworkId([7; 32])));
    }
}
