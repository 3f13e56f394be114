//! Callers that the roster does not know: they take a place and do nothing with it.

use std::time::Duration;

use svod_shared::keys::KeyPair;
use svod_shared::transport::{Link, dial};
use tokio::task::JoinSet;

use super::Target;
use crate::wait;

/// Between two calls of one caller.
const PAUSE: Duration = Duration::from_secs(1);

/// So many callers, each of which calls again when it is cut off: every other one begins a frame and stops, the others
/// never say anything. They end when the set is dropped.
pub fn call(count: u16, target: Target) -> JoinSet<()> {
    let mut callers = JoinSet::new();
    for no in 0..count {
        let mut seed = [200; 32];
        seed[..2].copy_from_slice(&no.to_be_bytes());
        callers.spawn(call_for_ever(KeyPair::from_seed(&seed), no % 2 == 0, target));
    }
    callers
}

async fn call_for_ever(key: KeyPair, begins: bool, target: Target) {
    let addresses = [target.address.to_string()];
    loop {
        if let Ok(link) = dial(&key, &addresses, target.key).await {
            hang(link, begins).await;
        }
        wait::pass(PAUSE).await;
    }
}

async fn hang(mut link: Link, begins: bool) {
    if begins {
        // The length of a frame that never comes.
        let _ = link.streams().1.stream_mut().write_all(&[100]).await;
    }
    link.closed().await;
}
