//! Waiting for a condition: the one place of the tests that sleeps, and never longer than a blink.

use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long a condition may take on a small machine that is busy with other work.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// How long between two looks.
const BLINK: Duration = Duration::from_millis(40);

/// Looks again and again until there is an answer; fails with what was seen last.
pub fn wait_until<T>(what: &str, look: impl FnMut() -> Result<T, String>) -> T {
    wait_within(PATIENCE, what, look)
}

/// The same with another patience, for what is slow on purpose.
pub fn wait_within<T>(patience: Duration, what: &str, mut look: impl FnMut() -> Result<T, String>) -> T {
    let deadline = Instant::now() + patience;
    loop {
        match look() {
            Ok(answer) => return answer,
            Err(seen) if Instant::now() >= deadline => {
                panic!("waited in vain until {what}; last seen: {seen}")
            }
            Err(_) => sleep(BLINK),
        }
    }
}

/// An answer of a look: `Ok` if it holds, else what was seen.
pub fn holds(is_so: bool, seen: impl FnOnce() -> String) -> Result<(), String> {
    if is_so { Ok(()) } else { Err(seen()) }
}

/// Lets time pass where time is what is played: between the edits of somebody who types, between the calls of somebody
/// who does not give up. No condition waits by it.
pub async fn pass(time: Duration) {
    tokio::time::sleep(time).await;
}
