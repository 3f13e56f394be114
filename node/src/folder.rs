//! The data folder of one node: its keys, its database, and the lock that keeps a second process out.
//!
//! ```text
//! lock            held for the life of the process
//! svod.db         log, documents' snapshots and projections
//! keys/*.key      secret seeds, hexadecimal, readable by the owner only
//! member.json     how a member's organisation calls itself, until it joins
//! join.json       a newcomer's ticket and request, until it is admitted
//! people.json     who shares this computer, once somebody is listed
//! ```

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use svod_shared::keys::KeyPair;

/// Which of the folder's secret keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyRole {
    /// Signs entries and identifies the node to the relay.
    Node,
    /// Stands for the organisation in the roster.
    Org,
    /// Signs everyday roster statements; on the lead's node only.
    Roster,
    /// Takes the node key's place once the lead has said so.
    NextNode,
}

/// How an organisation and its computer call themselves before they have joined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberNames {
    /// The organisation's full name.
    pub name: String,
    /// Its short name.
    pub short: String,
    /// Which computer it is.
    pub label: String,
}

/// An opened folder; nobody else has it open while this value lives.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    lock: Option<File>,
}

/// Why a folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Another process has it open.
    #[error("data folder {0} is in use by another process")]
    Busy(PathBuf),
    /// There is no node in it.
    #[error("there is no node in {0}")]
    NoNode(PathBuf),
    /// There is a node in it already.
    #[error("there is a node in {0} already")]
    Taken(PathBuf),
    /// The list of people does not read.
    #[error("list of people {0} is damaged")]
    BadPeople(PathBuf),
    /// A key file does not read.
    #[error("key file {0} is damaged")]
    BadKey(PathBuf),
    /// The disk refused.
    #[error("cannot use {path}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

impl Folder {
    /// Opens the folder of a node that was made before.
    pub fn open(path: &Path) -> Result<Self, FolderError> {
        if !path.join(DATABASE).is_file() {
            return Err(FolderError::NoNode(path.to_owned()));
        }
        Self::lock(path)
    }

    /// Opens the folder of a node for reading, whether or not another process has it open.
    pub fn peek(path: &Path) -> Result<Self, FolderError> {
        if path.join(DATABASE).is_file() {
            Ok(Self { path: path.to_owned(), lock: None })
        } else {
            Err(FolderError::NoNode(path.to_owned()))
        }
    }

    /// Whether this process alone has it open.
    pub fn is_locked(&self) -> bool {
        self.lock.is_some()
    }

    /// Makes the folder of a new node; one that holds a node is left as it is.
    pub fn create(path: &Path) -> Result<Self, FolderError> {
        if path.join(DATABASE).exists() {
            return Err(FolderError::Taken(path.to_owned()));
        }
        let keys = path.join(KEYS);
        fs::create_dir_all(&keys).map_err(|source| FolderError::Io { path: keys, source })?;
        Self::lock(path)
    }

    fn lock(path: &Path) -> Result<Self, FolderError> {
        let file = path.join("lock");
        let io = |source| FolderError::Io { path: file.clone(), source };
        let lock = File::options().create(true).truncate(false).write(true).open(&file).map_err(io)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), lock: Some(lock) }),
            Err(TryLockError::WouldBlock) => Err(FolderError::Busy(path.to_owned())),
            Err(TryLockError::Error(source)) => Err(io(source)),
        }
    }

    /// Where the folder is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The database file.
    pub fn database(&self) -> PathBuf {
        self.path.join(DATABASE)
    }

    /// The secret key of a role, if the folder holds it.
    pub fn key(&self, role: KeyRole) -> Result<Option<KeyPair>, FolderError> {
        match read_key(&self.key_file(role)) {
            Err(FolderError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => Ok(None),
            read => read.map(Some),
        }
    }

    /// Keeps a secret key, readable by the owner only.
    pub fn keep_key(&self, role: KeyRole, pair: &KeyPair) -> Result<(), FolderError> {
        let text = data_encoding::HEXLOWER.encode(pair.seed());
        self.write_private(&self.key_file(role), text.as_bytes())
    }

    /// Forgets a secret key.
    pub fn drop_key(&self, role: KeyRole) -> Result<(), FolderError> {
        let path = self.key_file(role);
        fs::remove_file(&path).map_err(|source| FolderError::Io { path, source })
    }

    /// Keeps the names of a member that will join later.
    pub fn keep_names(&self, names: &MemberNames) -> Result<(), FolderError> {
        let file = self.path.join(NAMES);
        let text = serde_json::to_vec_pretty(names)
            .map_err(|error| FolderError::Io { path: file.clone(), source: error.into() })?;
        self.write_private(&file, &text)
    }

    /// The names kept, if there are any.
    pub fn names(&self) -> Option<MemberNames> {
        serde_json::from_slice(&fs::read(self.path.join(NAMES)).ok()?).ok()
    }

    /// The file in which a newcomer keeps its request until it is admitted.
    pub fn join_file(&self) -> PathBuf {
        self.path.join("join.json")
    }

    /// The file that lists the people who share this computer.
    pub fn people_file(&self) -> PathBuf {
        self.path.join("people.json")
    }

    /// Writes a file that only its owner may read, wholly or not at all.
    pub fn write_private(&self, file: &Path, bytes: &[u8]) -> Result<(), FolderError> {
        write_private(file, bytes)
    }

    fn key_file(&self, role: KeyRole) -> PathBuf {
        let name = match role {
            KeyRole::Node => "node.key",
            KeyRole::Org => "organisation.key",
            KeyRole::Roster => "roster.key",
            KeyRole::NextNode => "node.next.key",
        };
        self.path.join(KEYS).join(name)
    }
}

/// Writes a file that only its owner may read, wholly or not at all.
pub fn write_private(file: &Path, bytes: &[u8]) -> Result<(), FolderError> {
    let fresh = file.with_extension("new");
    let io = |source| FolderError::Io { path: file.to_owned(), source };
    let mut options = File::options();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(&fresh).map_err(io)?;
    out.write_all(bytes).and_then(|()| out.sync_all()).map_err(io)?;
    fs::rename(&fresh, file).map_err(io)
}

/// Reads a key file, of this folder or of another.
pub fn read_key(file: &Path) -> Result<KeyPair, FolderError> {
    let io = |source| FolderError::Io { path: file.to_owned(), source };
    let text = fs::read_to_string(file).map_err(io)?;
    let seed = data_encoding::HEXLOWER.decode(text.trim().as_bytes()).ok();
    let seed: Option<[u8; 32]> = seed.and_then(|it| it.try_into().ok());
    seed.map(|it| KeyPair::from_seed(&it)).ok_or_else(|| FolderError::BadKey(file.to_owned()))
}

const DATABASE: &str = "svod.db";
const KEYS: &str = "keys";
const NAMES: &str = "member.json";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_opening_is_told_that_the_folder_is_in_use() {
        let dir = tempfile::tempdir().expect("makes");
        let folder = Folder::create(dir.path()).expect("makes");
        fs::write(folder.database(), b"").expect("writes");
        assert!(matches!(Folder::open(dir.path()), Err(FolderError::Busy(_))));
        drop(folder);
        assert!(Folder::open(dir.path()).is_ok());
    }

    #[test]
    fn keys_read_back_and_a_damaged_one_is_named() {
        let dir = tempfile::tempdir().expect("makes");
        let folder = Folder::create(dir.path()).expect("makes");
        let pair = KeyPair::from_seed(&[4; 32]);
        assert!(folder.key(KeyRole::Node).expect("reads").is_none());
        folder.keep_key(KeyRole::Node, &pair).expect("writes");
        assert_eq!(folder.key(KeyRole::Node).expect("reads").map(|it| it.public()), Some(pair.public()));
        fs::write(dir.path().join("keys/node.key"), "zz").expect("writes");
        assert!(matches!(folder.key(KeyRole::Node), Err(FolderError::BadKey(_))));
    }

    #[cfg(unix)]
    #[test]
    fn key_files_are_readable_by_their_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().expect("makes");
        let folder = Folder::create(dir.path()).expect("makes");
        folder.keep_key(KeyRole::Org, &KeyPair::from_seed(&[4; 32])).expect("writes");
        let mode =
            fs::metadata(dir.path().join("keys/organisation.key")).expect("is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
