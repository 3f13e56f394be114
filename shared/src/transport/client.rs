//! A node's standing connection to its relay: dials, runs the session, waits, dials again.
//!
//! Delays grow exponentially and are drawn at random from the whole interval ("full jitter"), so that a hundred nodes
//! do not return in step to a relay that has restarted; one accepted connection resets them. What goes on can be
//! watched through [`Status`].

use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::sleep;
use tracing::{debug, info, warn};

use super::dial::{DialError, dial};
use super::drive::{Ending, Shutdown, drive};
use super::host::Host;
use super::quic::{CloseCode, LinkHandle, Traffic};
use crate::keys::{KeyPair, PublicKey};
use crate::sync::{CloseReason, Refusal, Role};
use crate::time::Timestamp;

/// The interval of the first delay after a success; doubles with each failure.
pub const DELAY_FIRST_MS: u64 = 1_000;

/// The largest interval: a repaired line is found within two minutes, and a week without one costs some megabytes.
pub const DELAY_MAX_MS: u64 = 120_000;

/// Every delay is at least this, so that a relay that accepts and closes at once is not called in a tight loop.
pub const DELAY_MIN_MS: u64 = 300;

/// How long a node waits that the relay takes nothing from: it comes back for what others wrote, and offers its own
/// again.
pub const DELAY_DECLINED_MS: u64 = 60_000;

/// Whom to call, as whom.
#[derive(Debug)]
pub struct Client {
    /// The node's key.
    pub key: KeyPair,
    /// The relay's addresses, "host:port", in order of preference.
    pub addresses: Vec<String>,
    /// The relay's key, from the roster or the ticket.
    pub relay: PublicKey,
    /// A node or a newcomer.
    pub role: Role,
}

/// Why a client has stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finished {
    /// It was told to.
    Shutdown,
    /// The newcomer stands in the roster: run a new client as a node.
    Admitted,
}

/// What the client is doing and what it has cost.
#[derive(Debug, Clone)]
pub struct Status {
    /// What it is doing.
    pub phase: Phase,
    /// Of links that have ended.
    ended: Traffic,
    link: Option<LinkHandle>,
}

/// What a client is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Looking for the relay, or waiting for its Welcome.
    Dialing,
    /// Accepted by the relay.
    Connected,
    /// Waiting before the next attempt.
    Waiting {
        /// When it will be made.
        until: Timestamp,
        /// Why the last one ended.
        trouble: Trouble,
    },
    /// No more attempts will be made.
    Stopped,
}

/// Why there is no connection, as far as a user can do something about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The name is not found, nothing answers, or the line went away.
    Unreachable,
    /// The relay answers with another key than the roster or the ticket names.
    OtherKey {
        /// The key named.
        expected: PublicKey,
        /// The key that answered.
        found: PublicKey,
    },
    /// What answers speaks another version, or is no relay.
    OtherProtocol,
    /// The relay does not serve this node.
    Refused(Refusal),
    /// The relay ended the connection: it restarts, has trouble of its own, or this key is in use elsewhere.
    Closed(CloseCode),
    /// The relay and this node do not understand each other.
    Protocol,
    /// This machine's own disk, database or network interface.
    Local,
}

impl Trouble {
    /// How much longer than usual the next call waits.
    fn pause_ms(&self) -> u64 {
        match self {
            Self::Closed(CloseCode::NoRoom | CloseCode::OverQuota) => DELAY_DECLINED_MS,
            _ => 0,
        }
    }
}

impl Status {
    /// The status before the first attempt.
    pub fn new() -> Self {
        Self { phase: Phase::Dialing, ended: Traffic::default(), link: None }
    }

    /// What all links together have cost so far.
    pub fn traffic(&self) -> Traffic {
        self.ended + self.link.as_ref().map(LinkHandle::traffic).unwrap_or_default()
    }
}

impl Default for Status {
    fn default() -> Self {
        Self::new()
    }
}

/// Keeps a connection until told to stop, or until the newcomer is admitted. `hurry` ends a waiting time.
pub async fn run_client<H: Host>(
    host: &H,
    client: &Client,
    status: &watch::Sender<Status>,
    hurry: &Notify,
    shutdown: &mut Shutdown,
) -> Finished {
    let mut failures = 0;
    let finished = loop {
        status.send_modify(|status| status.phase = Phase::Dialing);
        let trouble = match once(host, client, status, shutdown).await {
            Outcome::Finished(finished) => break finished,
            Outcome::Trouble { trouble, was_connected } => {
                failures = if was_connected { 0 } else { failures + 1 };
                trouble
            }
        };
        let random = getrandom::u64().unwrap_or(u64::MAX / 2);
        let delay_ms = delay_ms(failures, random) + trouble.pause_ms();
        debug!(?trouble, failures, delay_ms, "waiting before the next call");
        let until = host.now().plus_ms(delay_ms);
        status.send_modify(|status| status.phase = Phase::Waiting { until, trouble });
        tokio::select! {
            _ = shutdown.wait_for(|stop| *stop) => break Finished::Shutdown,
            () = hurry.notified() => {}
            () = sleep(Duration::from_millis(delay_ms)) => {}
        }
    };
    status.send_modify(|status| status.phase = Phase::Stopped);
    finished
}

enum Outcome {
    Finished(Finished),
    Trouble { trouble: Trouble, was_connected: bool },
}

/// One call, from dialing to its end.
async fn once<H: Host>(
    host: &H,
    client: &Client,
    status: &watch::Sender<Status>,
    shutdown: &mut Shutdown,
) -> Outcome {
    let dialed = tokio::select! {
        _ = shutdown.wait_for(|stop| *stop) => return Outcome::Finished(Finished::Shutdown),
        dialed = dial(&client.key, &client.addresses, client.relay) => dialed,
    };
    let link = match dialed {
        Ok(link) => link,
        Err(error) => return Outcome::Trouble { trouble: of_dialing(&error), was_connected: false },
    };
    let handle = link.handle();
    status.send_modify(|status| status.link = Some(handle.clone()));
    let mut was_connected = false;
    let ending = drive(host, client.role.clone(), link, shutdown, || {
        was_connected = true;
        info!("connected to the relay");
        status.send_modify(|status| status.phase = Phase::Connected);
    })
    .await;
    status.send_modify(|status| {
        status.ended = status.traffic();
        status.link = None;
    });
    match of_ending(&ending) {
        Some(trouble) => Outcome::Trouble { trouble, was_connected },
        None if matches!(ending, Ending::Shutdown) => Outcome::Finished(Finished::Shutdown),
        None => Outcome::Finished(Finished::Admitted),
    }
}

fn of_dialing(error: &DialError) -> Trouble {
    debug!(error = error as &dyn std::error::Error, "no link to the relay");
    match error {
        DialError::NoAddress | DialError::NotFound { .. } | DialError::Unreachable { .. } => {
            Trouble::Unreachable
        }
        DialError::OtherKey { expected, found, .. } => {
            warn!(found = %found.short_code(), "relay has another key");
            Trouble::OtherKey { expected: *expected, found: *found }
        }
        DialError::OtherProtocol { .. } => Trouble::OtherProtocol,
        DialError::Socket(_) | DialError::Tls(_) => Trouble::Local,
    }
}

/// `None`: there is nothing left to do.
fn of_ending(ending: &Ending) -> Option<Trouble> {
    debug!(ending = ending as &dyn std::error::Error, "connection ended");
    let trouble = match ending {
        Ending::Shutdown | Ending::Session(CloseReason::Admitted) => return None,
        Ending::Session(CloseReason::RefusedByPeer(refusal) | CloseReason::Refused(refusal)) => {
            Trouble::Refused(*refusal)
        }
        Ending::Session(CloseReason::Timeout | CloseReason::RosterRewritten)
        | Ending::Lost(_)
        | Ending::Lagged
        | Ending::TooSlow => Trouble::Unreachable,
        Ending::Session(CloseReason::Protocol(_)) | Ending::Overflow | Ending::WrongRoster => {
            Trouble::Protocol
        }
        Ending::Peer(code) => Trouble::Closed(*code),
        Ending::Storage(_) => Trouble::Local,
    };
    Some(trouble)
}

/// The delay after so many failures in a row.
fn delay_ms(failures: u32, random: u64) -> u64 {
    let interval = DELAY_FIRST_MS.saturating_mul(1 << failures.min(16)).min(DELAY_MAX_MS);
    DELAY_MIN_MS + random % interval
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn delays_grow_to_their_bound() {
        let longest = |failures| delay_ms(failures, DELAY_MAX_MS * 1000 - 1);
        assert_eq!([0, 1, 2, 6].map(longest), [1_299, 2_299, 4_299, 64_299]);
        assert_eq!(longest(7), DELAY_MIN_MS + DELAY_MAX_MS - 1);
        assert_eq!(longest(u32::MAX), longest(7));
    }

    proptest! {
        #[test]
        fn a_delay_is_never_zero_and_never_above_the_bound(failures: u32, random: u64) {
            let delay = delay_ms(failures, random);
            prop_assert!((DELAY_MIN_MS..DELAY_MIN_MS + DELAY_MAX_MS).contains(&delay));
        }
    }
}
