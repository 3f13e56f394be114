//! What one organisation may fill the relay with, and how fast one node may.
//!
//! Both are charged only after a node has proved its key: what strangers may cost is bounded at the door. A node above
//! its rate is not refused; the relay takes its next pack later, and QUIC lets it wait. An organisation above its room
//! is told so, and keeps reading.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use svod_shared::entry::Record;
use svod_shared::keys::PublicKey;

/// What a node may send at once: an absence of years, or the log of a network that a new relay is given.
pub const BURST_BYTES: u64 = 32 * 1024 * 1024;

/// What comes back of it each second: far above what people type, far below what a disk and 50 readers take.
pub const BYTES_PER_SECOND: u64 = 64 * 1024;

/// What an entry counts beside its bytes: a signature, a commit, and a push to everybody.
pub const ENTRY_BYTES: u64 = 2 * 1024;

/// The longest wait at a time; the rest is waited for with the next pack.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// What a record weighs: its body is some two hundred bytes, counted with [`ENTRY_BYTES`].
pub fn bytes_of(record: &Record) -> u64 {
    record.changes.iter().map(|it| it.len() as u64).sum()
}

/// What nodes have sent of late.
#[derive(Debug, Default)]
pub struct Rates(Mutex<BTreeMap<PublicKey, Debt>>);

/// Bytes that have not been worked off yet.
#[derive(Debug, Clone, Copy)]
struct Debt {
    bytes: u64,
    at: Instant,
}

impl Rates {
    /// Charges a node for records that were taken or looked at; gives how long it has to wait for its next ones.
    pub fn charge(&self, key: PublicKey, entries: u64, bytes: u64, now: Instant) -> Duration {
        let mut debts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        debts.retain(|_, debt| debt.left(now) > 0);
        let debt = debts.entry(key).or_insert(Debt { bytes: 0, at: now });
        *debt = Debt {
            bytes: debt.left(now).saturating_add(bytes).saturating_add(entries.saturating_mul(ENTRY_BYTES)),
            at: now,
        };
        let above = debt.bytes.saturating_sub(BURST_BYTES);
        Duration::from_millis(above.saturating_mul(1000) / BYTES_PER_SECOND).min(WAIT_MAX)
    }
}

impl Debt {
    fn left(&self, now: Instant) -> u64 {
        let passed = u64::try_from(now.saturating_duration_since(self.at).as_millis()).unwrap_or(u64::MAX);
        self.bytes.saturating_sub(passed.saturating_mul(BYTES_PER_SECOND) / 1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::node;

    #[test]
    fn a_node_that_floods_waits_and_another_one_does_not() {
        let (rates, start) = (Rates::default(), Instant::now());
        assert_eq!(rates.charge(node(1), 1, BURST_BYTES - ENTRY_BYTES, start), Duration::ZERO);
        assert_eq!(rates.charge(node(1), 0, BYTES_PER_SECOND, start), Duration::from_secs(1));
        assert_eq!(rates.charge(node(1), 0, u64::MAX, start), WAIT_MAX);
        assert_eq!(rates.charge(node(2), 1, 1000, start), Duration::ZERO);
    }

    #[test]
    fn debts_are_worked_off_and_forgotten() {
        let (rates, start) = (Rates::default(), Instant::now());
        rates.charge(node(1), 0, BURST_BYTES, start);
        let half = start + Duration::from_secs(BURST_BYTES / BYTES_PER_SECOND / 2);
        assert_eq!(rates.charge(node(1), 0, BURST_BYTES / 2, half), Duration::ZERO);
        let late = half + Duration::from_secs(BURST_BYTES / BYTES_PER_SECOND + 1);
        rates.charge(node(2), 0, 1, late);
        assert_eq!(rates.0.lock().unwrap().len(), 1);
    }

    /// What a centre types in a day is far below what makes it wait.
    #[test]
    fn an_honest_day_never_waits() {
        let (rates, start) = (Rates::default(), Instant::now());
        for second in 0..8 * 3600u64 {
            let wait = rates.charge(node(1), 2, 2 * 1024, start + Duration::from_secs(second));
            assert_eq!(wait, Duration::ZERO, "second {second}");
        }
    }
}
