//! Stores for tests, here and in the pages.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use svod_shared::storage::StorageError;
use svod_shared::time::Timestamp;
use tempfile::TempDir;

use super::{Clock, FoundNetwork, Store};
use crate::folder::Folder;

/// A clock that is a minute later at each look, so that times in tests are in order and never the system's.
pub(crate) fn clock() -> Clock {
    let minutes = Arc::new(AtomicU64::new(27_000_000));
    Clock::new(move || Timestamp(minutes.fetch_add(1, Ordering::Relaxed) * 60_000))
}

/// The store of a new network's lead, and the folder it lives in.
pub(crate) fn found() -> (Store, TempDir) {
    let dir = tempfile::tempdir().expect("makes");
    let folder = Folder::create(&dir.path().join("data")).expect("makes");
    let terms = FoundNetwork {
        network: "Межмуниципальная сеть".into(),
        name: "ИМЦ, Выселковский район".into(),
        short: "Выселковский".into(),
        label: "кабинет методистов".into(),
        basis: String::new(),
        relay: None,
    };
    let (store, _recovery) = Store::found(folder, &terms, clock()).expect("founds");
    (store, dir)
}

/// How many rows have been written, deleted or altered through this store since it was opened.
pub(crate) fn writes(store: &Store) -> Result<u64, StorageError> {
    let count: i64 = store.connection.query_row("SELECT total_changes()", [], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}
