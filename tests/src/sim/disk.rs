//! The disk of a site: a folder in memory where there is one, copies of it, and writes that were cut off.

use std::fs;
use std::path::{Path, PathBuf};

use crate::sim::rng::Rng;
use crate::sim::trace::Broken;

/// Where the folders of a run lie: in memory if the system has such a place, since a simulated disk need not spin.
pub(super) fn scratch() -> Result<tempfile::TempDir, Broken> {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.map_err(|error| Broken::failed("making a folder", error))
}

/// A database in a folder.
#[derive(Debug, Clone)]
pub(super) struct Disk {
    database: PathBuf,
}

/// How far a database had been written.
#[derive(Debug)]
pub(super) struct Mark {
    main: Vec<u8>,
    log: u64,
}

impl Disk {
    /// The database file and what lies beside it.
    pub(super) fn new(database: PathBuf) -> Self {
        Self { database }
    }

    fn beside(&self, ending: &str) -> PathBuf {
        let mut name = self.database.clone().into_os_string();
        name.push(ending);
        name.into()
    }

    /// Copies the database as it stands, open or not; nobody may be writing.
    pub(super) fn copy(&self, to: &Self) -> Result<(), Broken> {
        let copied = || {
            fs::copy(&self.database, &to.database)?;
            for ending in ["-wal", "-shm"] {
                let _ = fs::remove_file(to.beside(ending));
            }
            if self.beside("-wal").is_file() {
                fs::copy(self.beside("-wal"), to.beside("-wal"))?;
            }
            Ok::<_, std::io::Error>(())
        };
        copied().map_err(|error| Broken::failed("copying a database", error))
    }

    /// Where the writing stands.
    pub(super) fn mark(&self) -> Mark {
        let log = fs::metadata(self.beside("-wal")).map_or(0, |it| it.len());
        Mark { main: fs::read(&self.database).unwrap_or_default(), log }
    }

    /// Cuts the log of this copy off at a random place among what was written since `mark`; says whether there was
    /// something to cut. What was moved into the main file meanwhile had been synchronised, and is not cut.
    pub(super) fn tear(&self, mark: &Mark, rng: &mut Rng) -> bool {
        let now = self.mark();
        if now.main != mark.main || now.log <= mark.log {
            return false;
        }
        let length = rng.ms(mark.log, now.log);
        let file = fs::File::options().write(true).open(self.beside("-wal"));
        file.and_then(|it| it.set_len(length)).is_ok()
    }
}
