//! What a command says when it fails: one sentence of the catalogue that says what to do.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use svod_shared::storage::StorageError;
use svod_shared::ticket::TicketError;

use crate::folder::FolderError;
use crate::i18n::Catalog;
use crate::node::NodeError;
use crate::store::{
    BackupError, CommandError, FigureError, FoundError, OpenError, PacketFailure, StatementError,
};

/// A failed command.
#[derive(Debug)]
pub struct CliError {
    key: String,
    args: BTreeMap<&'static str, String>,
}

impl CliError {
    /// The sentence of a key.
    pub fn key(key: impl Into<String>) -> Self {
        Self { key: key.into(), args: BTreeMap::new() }
    }

    /// Fills the sentence.
    #[must_use]
    pub fn arg(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.args.insert(name, value.into());
        self
    }

    /// Standard output does not take what is printed.
    pub fn output(error: io::Error) -> Self {
        Self::key("cli-error-output").arg("reason", error.to_string())
    }

    /// A file is not read or written.
    pub fn file(path: &Path, error: io::Error) -> Self {
        let key = match error.kind() {
            io::ErrorKind::NotFound => "cli-error-file-not-found",
            io::ErrorKind::StorageFull => "cli-error-disk-full",
            io::ErrorKind::PermissionDenied => "cli-error-file-denied",
            _ => "cli-error-file",
        };
        Self::key(key).arg("file", path.display().to_string()).arg("reason", error.to_string())
    }

    /// The sentence.
    pub fn sentence(&self, t: &Catalog) -> String {
        let args: Vec<_> = self.args.iter().map(|(name, value)| (*name, value.as_str().into())).collect();
        t.with(&self.key, &args)
    }
}

impl From<FolderError> for CliError {
    fn from(error: FolderError) -> Self {
        let (key, path) = match error {
            FolderError::Busy(path) => ("cli-error-busy", path),
            FolderError::NoNode(path) => ("cli-error-no-node", path),
            FolderError::Taken(path) => ("cli-error-taken", path),
            FolderError::BadKey(path) => ("cli-error-bad-key", path),
            FolderError::BadPeople(path) => ("cli-error-bad-people", path),
            FolderError::Io { path, source } => return Self::file(&path, source),
        };
        Self::key(key).arg("folder", path.display().to_string())
    }
}

impl From<StorageError> for CliError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Full => Self::key("cli-error-disk-full"),
            StorageError::Damaged(what) => Self::key("cli-error-damaged").arg("what", what),
            StorageError::FromFuture => Self::key("cli-error-from-future"),
            StorageError::Database(source) => {
                Self::key("cli-error-database").arg("reason", source.to_string())
            }
        }
    }
}

impl From<OpenError> for CliError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Folder(error) => error.into(),
            OpenError::Storage(error) => error.into(),
            OpenError::Roster(error) => Self::key("cli-error-damaged").arg("what", error.to_string()),
            OpenError::NoKey => Self::key("cli-error-no-key"),
        }
    }
}

impl From<BackupError> for CliError {
    fn from(error: BackupError) -> Self {
        match error {
            BackupError::File { path, source } => Self::file(&path, source),
            BackupError::NotABackup(path) => {
                Self::key("cli-error-not-a-backup").arg("file", path.display().to_string())
            }
            BackupError::NoKeys => Self::key("cli-error-backup-no-keys"),
            BackupError::Folder(error) => error.into(),
            BackupError::Storage(error) => error.into(),
        }
    }
}

impl From<TicketError> for CliError {
    fn from(error: TicketError) -> Self {
        Self::key(match error {
            TicketError::NotATicket => "cli-error-not-a-ticket",
            TicketError::FromFuture => "cli-error-ticket-from-future",
            TicketError::Damaged => "cli-error-ticket-damaged",
            TicketError::Malformed(_) => "cli-error-ticket-malformed",
        })
    }
}

impl From<FoundError> for CliError {
    fn from(error: FoundError) -> Self {
        match error {
            FoundError::Folder(error) => error.into(),
            FoundError::Open(error) => error.into(),
            FoundError::Storage(error) | FoundError::Statement(StatementError::Storage(error)) => {
                error.into()
            }
            FoundError::Ticket(error) => error.into(),
            FoundError::NoRandomness => Self::key("cli-error-no-randomness"),
            FoundError::NotLead => Self::key("cli-error-not-lead"),
            FoundError::Name => Self::key("cli-error-name"),
            error => match error.message_key() {
                "error-roster" => Self::key("cli-error-roster").arg("reason", error.to_string()),
                key => Self::key(key),
            },
        }
    }
}

impl From<CommandError> for CliError {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Found(error) => error.into(),
            CommandError::Storage(error) => error.into(),
            error => Self::key(error.message_key()),
        }
    }
}

impl From<FigureError> for CliError {
    fn from(error: FigureError) -> Self {
        match error {
            FigureError::Found(error) => error.into(),
            FigureError::Folder(error) => error.into(),
            FigureError::Storage(error) => error.into(),
            error => {
                Self::key(error.message_key()).arg("subject", error.subject()).arg("code", error.subject())
            }
        }
    }
}

impl From<PacketFailure> for CliError {
    fn from(error: PacketFailure) -> Self {
        match error {
            PacketFailure::Storage(error) => error.into(),
            error => Self::key(error.message_key()),
        }
    }
}

impl From<NodeError> for CliError {
    fn from(error: NodeError) -> Self {
        match error {
            NodeError::Command(error) => error.into(),
            NodeError::Figures(error) => error.into(),
            NodeError::Packet(error) => error.into(),
            NodeError::Storage(error) => error.into(),
            NodeError::Closed => Self::key(error.message_key()),
        }
    }
}
