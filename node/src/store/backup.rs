//! A backup in one file, and a node brought back from it.
//!
//! The file is a copy of the database as one moment has it, taken also while the node is served, with the folder's
//! small files in a table beside it; the secret keys are among them only if that is wanted. A node that is brought
//! back writes into a new epoch: what it wrote after the backup is in the network, and must not be contradicted.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, params};
use svod_shared::storage::{StorageError, sqlite};
use svod_shared::time::Timestamp;

use super::{Store, frontiers};
use crate::folder::{Folder, FolderError, KeyRole, read_key};
use crate::projections;

/// Why there is no backup, or no node from it.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file or folder.
    #[error("cannot use {path}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The file is none of a node.
    #[error("{0} is not a backup")]
    NotABackup(PathBuf),
    /// The keys are neither in the backup nor beside it.
    #[error("the backup holds no keys")]
    NoKeys,
    /// The data folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

const ROLES: [(KeyRole, &str); 3] =
    [(KeyRole::Node, "node.key"), (KeyRole::Org, "organisation.key"), (KeyRole::Roster, "roster.key")];

impl Store {
    /// Writes a backup; a file that stands there is replaced only when the new one is whole.
    pub fn backup(&self, file: &Path, with_keys: bool) -> Result<(), BackupError> {
        let fresh = file.with_extension("part");
        let io = |source| BackupError::File { path: file.to_owned(), source };
        // Nobody else may read it: SQLite fills a file that is there and empty.
        let mut options = File::options();
        options.create(true).truncate(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        drop(options.open(&fresh).map_err(io)?);
        let written = self.write_backup(&fresh, with_keys);
        let written = written.and_then(|()| fs::rename(&fresh, file).map_err(io));
        if written.is_err() {
            // What is left of it says nothing; the trouble that is told is the first one.
            let _ = fs::remove_file(&fresh);
        }
        written
    }

    fn write_backup(&self, file: &Path, with_keys: bool) -> Result<(), BackupError> {
        let name = file.to_str().ok_or_else(|| BackupError::NotABackup(file.to_owned()))?;
        self.connection.execute("VACUUM INTO ?1", [name]).map_err(StorageError::from)?;
        let copy = Connection::open(file).map_err(StorageError::from)?;
        copy.execute_batch(
            "CREATE TABLE IF NOT EXISTS backup_file (name TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT",
        )
        .map_err(StorageError::from)?;
        if with_keys {
            for (role, name) in ROLES {
                if let Some(pair) = self.folder.key(role)? {
                    keep(&copy, name, pair.seed())?;
                }
            }
        }
        if let Ok(join) = fs::read(self.folder.join_file()) {
            keep(&copy, JOIN, &join)?;
        }
        copy.close().map_err(|(_, error)| StorageError::from(error))?;
        let io = |source| BackupError::File { path: file.to_owned(), source };
        File::open(file).and_then(|it| it.sync_all()).map_err(io)
    }

    /// Makes a node from a backup in a folder that holds none; `keys` is a folder of key files for a backup without.
    pub fn restore(file: &Path, into: &Path, keys: Option<&Path>, now: Timestamp) -> Result<(), BackupError> {
        let io = |source| BackupError::File { path: file.to_owned(), source };
        File::open(file).map_err(io)?;
        let folder = Folder::create(into)?;
        let fresh = folder.database().with_extension("part");
        fs::copy(file, &fresh).map_err(io)?;
        let restored = bring_back(&folder, &fresh, keys, now).map_err(|error| match error {
            BackupError::Storage(StorageError::Damaged(_)) => BackupError::NotABackup(file.to_owned()),
            error => error,
        });
        let restored = restored.and_then(|()| fs::rename(&fresh, folder.database()).map_err(io));
        if restored.is_err() {
            let _ = fs::remove_file(&fresh);
        }
        restored
    }
}

const JOIN: &str = "join.json";

fn keep(copy: &Connection, name: &str, bytes: &[u8]) -> Result<(), StorageError> {
    copy.execute("INSERT INTO backup_file (name, bytes) VALUES (?1, ?2)", params![name, bytes])?;
    Ok(())
}

/// Takes the small files out of the copied database, and notes that writing goes on in a new epoch.
fn bring_back(
    folder: &Folder,
    database: &Path,
    keys: Option<&Path>,
    now: Timestamp,
) -> Result<(), BackupError> {
    let mut copy = Connection::open(database).map_err(StorageError::from)?;
    let kept = |name: &str| -> Result<Option<Vec<u8>>, StorageError> {
        let sql = "SELECT bytes FROM backup_file WHERE name = ?1";
        let mut statement = copy.prepare(sql).map_err(|_| StorageError::Damaged("not a backup"))?;
        Ok(statement.query_row([name], |row| row.get(0)).optional()?)
    };
    let mut has_node_key = false;
    for (role, name) in ROLES {
        let kept = kept(name)?.and_then(|it| <[u8; 32]>::try_from(it).ok());
        let beside = keys.map(|it| it.join(name)).filter(|it| it.is_file());
        let pair = match (kept, beside) {
            (Some(seed), _) => svod_shared::keys::KeyPair::from_seed(&seed),
            (None, Some(file)) => read_key(&file)?,
            (None, None) => continue,
        };
        folder.keep_key(role, &pair)?;
        has_node_key |= role == KeyRole::Node;
    }
    if !has_node_key {
        return Err(BackupError::NoKeys);
    }
    if let Some(join) = kept(JOIN)? {
        folder.write_private(&folder.join_file(), &join)?;
    }
    copy.execute_batch("DROP TABLE backup_file; VACUUM").map_err(StorageError::from)?;
    sqlite::migrate::migrate(&mut copy, &projections::MIGRATIONS)?;
    frontiers::renew(&copy, now)?;
    copy.close().map_err(|(_, error)| StorageError::from(error))?;
    Ok(())
}
