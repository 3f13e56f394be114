//! How much of the disk is left, and from where on new entries are not taken any more.
//!
//! A database on a full disk can be read but hardly repaired, and the system around it suffers first. So the relay
//! stops taking entries while there is still a reserve, says so to those who offer them, and goes on serving what it
//! has; roster statements, frontiers and letters are small and still come in.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tracing::{error, info, warn};

/// How long what the system said of its disk counts.
const ASK_EVERY: Duration = Duration::from_secs(5);

/// Below so many reserves the log warns.
const LOW_RESERVES: u64 = 4;

/// How much room there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Only the reserve is left: no new entries.
    Reserve,
    /// It will be gone soon.
    Low,
    /// Enough.
    Enough,
}

/// Watches the disk under a folder.
#[derive(Debug)]
pub struct Room {
    folder: PathBuf,
    reserve_bytes: u64,
    last: Mutex<Option<Look>>,
}

/// What the system said, and when.
#[derive(Debug, Clone, Copy)]
struct Look {
    at: Instant,
    free_bytes: Option<u64>,
    level: Level,
}

impl Room {
    /// Watches the disk under `folder`; `reserve_bytes` are left alone.
    pub fn new(folder: PathBuf, reserve_bytes: u64) -> Self {
        Self { folder, reserve_bytes, last: Mutex::new(None) }
    }

    /// How much room there is. A system that does not say counts as having enough: the database still tells when it
    /// is full.
    pub fn level(&self) -> Level {
        self.look().level
    }

    /// Free bytes, if the system says.
    pub fn free_bytes(&self) -> Option<u64> {
        self.look().free_bytes
    }

    fn look(&self) -> Look {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(look) = last.filter(|look| look.at.elapsed() < ASK_EVERY) {
            return look;
        }
        let free_bytes = fs4::available_space(&self.folder).ok();
        let level = free_bytes.map_or(Level::Enough, |free| level(free, self.reserve_bytes));
        if last.map(|look| look.level) != Some(level) {
            let free_mib = free_bytes.map(|free| free >> 20);
            match level {
                Level::Enough => info!(free_mib, "disk has room"),
                Level::Low => warn!(free_mib, "disk is filling up"),
                Level::Reserve => error!(free_mib, "disk is full but for the reserve: no new entries"),
            }
        }
        let look = Look { at: Instant::now(), free_bytes, level };
        *last = Some(look);
        look
    }
}

fn level(free_bytes: u64, reserve_bytes: u64) -> Level {
    if free_bytes < reserve_bytes {
        Level::Reserve
    } else if free_bytes < reserve_bytes.saturating_mul(LOW_RESERVES) {
        Level::Low
    } else {
        Level::Enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marks_are_the_reserve_and_four_of_them() {
        let check = |free, expected| assert_eq!(level(free, 100), expected, "{free}");
        check(0, Level::Reserve);
        check(99, Level::Reserve);
        check(100, Level::Low);
        check(399, Level::Low);
        check(400, Level::Enough);
        assert_eq!(level(0, 0), Level::Enough);
    }

    #[test]
    fn a_disk_says_how_much_is_free() {
        let folder = tempfile::tempdir().unwrap();
        let all = Room::new(folder.path().to_owned(), 0);
        assert!(all.free_bytes().unwrap() > 0);
        assert_eq!(all.level(), Level::Enough);
        assert_eq!(Room::new(folder.path().to_owned(), u64::MAX).level(), Level::Reserve);
        assert_eq!(Room::new(folder.path().join("away"), u64::MAX).level(), Level::Enough);
    }
}
