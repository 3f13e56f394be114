//! How long something took the processor: on a machine that is busy with other work, wall time says little.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// The processor time of the calling thread.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stopwatch {
    began: Duration,
}

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self { began: of_thread() }
    }

    pub(crate) fn cpu(&self) -> Duration {
        of_thread().saturating_sub(self.began)
    }
}

fn of_thread() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}

/// The processor time of all child processes that have ended; Linux counts it in hundredths of a second.
pub(crate) fn of_children() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program, in brackets, may hold spaces.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<u64>().ok();
    Some(Duration::from_millis(10 * (ticks(13)? + ticks(14)?)))
}
