//! Why the relay ends other than by being told to: the exit code, and one plain sentence.

use std::io;

use svod_shared::storage::StorageError;
use svod_shared::transport::BindError;

use crate::config::ConfigError;
use crate::db::OpenError;
use crate::folder::FolderError;

/// Why the relay does not run.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// The settings are wrong.
    #[error("configuration is wrong")]
    Config(#[from] ConfigError),
    /// The data folder cannot be used.
    #[error("data folder cannot be used")]
    Folder(#[from] FolderError),
    /// The database cannot be opened.
    #[error("database cannot be opened")]
    Open(#[from] OpenError),
    /// The address cannot be listened on.
    #[error("cannot listen")]
    Bind(#[from] BindError),
    /// No relay runs on the folder that is asked about.
    #[error("no relay is running")]
    NotRunning,
    /// Damage was met while running.
    #[error("stored data is damaged: {0}")]
    Damaged(&'static str),
    /// The system refuses something else.
    #[error("system refuses")]
    System(#[source] io::Error),
}

/// What the reader of the sentence can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Correct the settings.
    Config,
    /// Tell the network.
    NoNetwork,
    /// Choose another folder or network.
    OtherNetwork,
    /// Choose another port or end the other program.
    PortInUse,
    /// End the other process.
    FolderInUse,
    /// Restore from a backup.
    Damaged,
    /// Update the program.
    FromFuture,
    /// Free space.
    DiskFull,
    /// Start it.
    NotRunning,
    /// Look at the causes.
    Other,
}

impl RelayError {
    /// What can be done.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Config(_) => Kind::Config,
            Self::Folder(FolderError::InUse { .. }) => Kind::FolderInUse,
            Self::Folder(FolderError::Key { .. }) | Self::Damaged(_) => Kind::Damaged,
            Self::Folder(FolderError::System { source, .. }) | Self::System(source) => of_system(source),
            Self::Open(OpenError::NoNetwork) => Kind::NoNetwork,
            Self::Open(OpenError::OtherNetwork { .. }) => Kind::OtherNetwork,
            Self::Open(OpenError::Roster(_) | OpenError::Storage(StorageError::Damaged(_))) => Kind::Damaged,
            Self::Open(OpenError::Storage(StorageError::FromFuture)) => Kind::FromFuture,
            Self::Open(OpenError::Storage(StorageError::Full)) => Kind::DiskFull,
            Self::Open(OpenError::Storage(StorageError::Database(_))) => Kind::Other,
            Self::Bind(BindError::Socket { source, .. }) => of_system(source),
            Self::Bind(BindError::Tls(_)) => Kind::Other,
            Self::NotRunning => Kind::NotRunning,
        }
    }

    /// The causes in a row, for the sentence's end.
    pub fn causes(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        text
    }
}

impl Kind {
    /// The process's exit code. 2 is also what the command line's own errors end with.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Other => 1,
            Self::Config | Self::NoNetwork | Self::OtherNetwork => 2,
            Self::PortInUse => 3,
            Self::FolderInUse => 4,
            Self::Damaged => 5,
            Self::FromFuture => 6,
            Self::DiskFull => 7,
            Self::NotRunning => 8,
        }
    }
}

fn of_system(error: &io::Error) -> Kind {
    match error.kind() {
        io::ErrorKind::AddrInUse => Kind::PortInUse,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Kind::DiskFull,
        _ => Kind::Other,
    }
}
