//! The data folder: held by one process at a time, with the relay's key in a file that only its owner may read.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use svod_shared::keys::KeyPair;

/// A data folder that this process holds.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// Locked as long as it is open; the system unlocks it when the process dies in whatever way.
    _lock: File,
}

/// Why the data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Another process holds it.
    #[error("folder {path} is in use by another process")]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// The key file does not hold a key.
    #[error("{path} does not hold a key")]
    Key {
        /// The file.
        path: PathBuf,
    },
    /// The system refuses.
    #[error("cannot use {path}")]
    System {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
}

const LOCK_FILE: &str = "lock";
const KEY_FILE: &str = "relay.key";
const DATABASE_FILE: &str = "relay.sqlite";
const WATCH_FILE: &str = "watch.address";

impl Folder {
    /// Makes the folder if need be, and takes it.
    pub fn open(path: &Path) -> Result<Self, FolderError> {
        let system = |path: &Path| {
            let path = path.to_owned();
            move |source| FolderError::System { path, source }
        };
        make_private_folder(path).map_err(system(path))?;
        let lock_path = path.join(LOCK_FILE);
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        let lock = options.open(&lock_path).map_err(system(&lock_path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(FolderError::InUse { path: path.to_owned() }),
            Err(TryLockError::Error(source)) => Err(system(&lock_path)(source)),
        }
    }

    /// The database's file, made empty if need be so that only its owner may read it; SQLite gives its side files the
    /// same rights.
    pub fn database(&self) -> Result<PathBuf, FolderError> {
        let path = self.path.join(DATABASE_FILE);
        match private_file().open(&path) {
            Err(source) if source.kind() != io::ErrorKind::AlreadyExists => {
                Err(FolderError::System { path, source })
            }
            _ => Ok(path),
        }
    }

    /// Notes where the running relay answers its keeper.
    pub fn note_watch(&self, address: SocketAddr) -> io::Result<()> {
        std::fs::write(self.path.join(WATCH_FILE), format!("{address}\n"))
    }

    /// The relay's key; made at the first call from 32 bytes of `random`.
    pub fn key(&self, random: impl FnOnce() -> io::Result<[u8; 32]>) -> Result<KeyPair, FolderError> {
        if let Some(key) = read_key(&self.path)? {
            return Ok(key);
        }
        let path = self.path.join(KEY_FILE);
        let system = |source| FolderError::System { path: path.clone(), source };
        let seed = random().map_err(system)?;
        self.write_key(&path, &seed).map_err(system)?;
        Ok(KeyPair::from_seed(&seed))
    }

    /// The key of a folder that a running relay may hold; the folder is taken only to make the key.
    pub fn key_in(
        path: &Path,
        random: impl FnOnce() -> io::Result<[u8; 32]>,
    ) -> Result<KeyPair, FolderError> {
        match read_key(path)? {
            Some(key) => Ok(key),
            None => Self::open(path)?.key(random),
        }
    }

    /// Through a second name, so that a power cut leaves either no key or a whole one.
    fn write_key(&self, path: &Path, seed: &[u8; 32]) -> io::Result<()> {
        let draft = path.with_extension("new");
        match std::fs::remove_file(&draft) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = private_file().open(&draft)?;
        let digits: String = seed.iter().map(|byte| format!("{byte:02x}")).collect();
        writeln!(file, "{digits}")?;
        file.sync_all()?;
        std::fs::rename(&draft, path)?;
        #[cfg(unix)]
        File::open(&self.path)?.sync_all()?;
        Ok(())
    }
}

/// Where the relay that runs on a folder answers its keeper, if one runs or has run there.
pub fn watch_address(path: &Path) -> Option<SocketAddr> {
    std::fs::read_to_string(path.join(WATCH_FILE)).ok()?.trim().parse().ok()
}

fn read_key(folder: &Path) -> Result<Option<KeyPair>, FolderError> {
    let path = folder.join(KEY_FILE);
    match std::fs::read_to_string(&path) {
        Ok(text) => match parse_seed(&text) {
            Some(seed) => Ok(Some(KeyPair::from_seed(&seed))),
            None => Err(FolderError::Key { path }),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(FolderError::System { path, source }),
    }
}

fn parse_seed(text: &str) -> Option<[u8; 32]> {
    // A seed has the shape of an id; the type is borrowed for its reader only.
    svod_shared::id::EntryHash::from_hex(text.trim()).map(|it| it.0)
}

/// Makes a file that only its owner may read.
fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(unix)]
fn make_private_folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// On Windows a new folder takes the rights of the one above it, in a user's profile the user's alone.
#[cfg(not(unix))]
fn make_private_folder(path: &Path) -> io::Result<()> {
    std::fs::create_dir_all(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixed(n: u8) -> impl FnOnce() -> io::Result<[u8; 32]> {
        move || Ok([n; 32])
    }

    #[test]
    fn a_key_is_made_once_and_kept() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("a/b");
        let first = Folder::open(&path).unwrap().key(fixed(1)).unwrap();
        let second = Folder::open(&path).unwrap().key(fixed(2)).unwrap();
        assert_eq!(first.public(), KeyPair::from_seed(&[1; 32]).public());
        assert_eq!(first.public(), second.public());
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_key_and_database() {
        use std::os::unix::fs::PermissionsExt;
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("data");
        let folder = Folder::open(&path).unwrap();
        folder.key(fixed(1)).unwrap();
        let database = folder.database().unwrap();
        assert_eq!(folder.database().unwrap(), database);
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let modes = [path.clone(), path.join(KEY_FILE), database].map(|path| mode(&path));
        assert_eq!(modes, [0o700, 0o600, 0o600]);
    }

    #[test]
    fn a_folder_is_held_by_one() {
        let temp = tempfile::tempdir().unwrap();
        let held = Folder::open(temp.path()).unwrap();
        let second = Folder::open(temp.path());
        assert!(matches!(second, Err(FolderError::InUse { .. })), "{second:?}");
        drop(held);
        Folder::open(temp.path()).unwrap();
    }

    #[test]
    fn a_damaged_key_is_not_replaced() {
        let temp = tempfile::tempdir().unwrap();
        std::fs::write(temp.path().join(KEY_FILE), "0102").unwrap();
        let result = Folder::open(temp.path()).unwrap().key(fixed(1));
        assert!(matches!(result, Err(FolderError::Key { .. })), "{result:?}");
        assert_eq!(std::fs::read(temp.path().join(KEY_FILE)).unwrap(), b"0102");
    }
}
