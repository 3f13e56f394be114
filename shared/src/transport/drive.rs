//! Runs a [`Session`] over a [`Link`] against a [`Host`]: a loop without decisions.
//!
//! Reading never waits for writing: two sides that both had a full window would wait for each other for ever. What
//! waits is loading: while [`LOAD_BELOW_BYTES`] are queued, nothing more is read off the disk for this peer. The
//! host's answers are awaited one at a time, so a slow disk slows the peer down and fills no queue.
//!
//! A session is a view of the log at one moment plus everything heard since. If this side misses some of that (a
//! peer so slow that the host's updates overflow), the connection ends and the next one starts from a new snapshot.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tracing::{debug, trace};

use super::frames::FrameError;
use super::host::{Host, HostError, Update, Updated};
use super::pace::Pace;
use super::quic::{CLOSE_TIMEOUT, CloseCode, Link};
use crate::id::FeedId;
use crate::storage::StorageError;
use crate::sync::{Action, CloseReason, Event, Role, Session};
use crate::time::Timestamp;

/// Tells that the process ends: the value becomes `true`, or the sender is dropped.
pub type Shutdown = watch::Receiver<bool>;

/// While so many bytes wait to be written, nothing more is loaded: two packs, so that the line never idles.
pub const LOAD_BELOW_BYTES: usize = 128 * 1024;

/// A peer that makes this side queue so much without reading it is cut off: four of the largest frames.
pub const QUEUE_BYTES_MAX: usize = 4 * super::frames::FRAME_BYTES_MAX;

/// The most loads a session may have asked for and not been given: 64 epochs of 1 000 nodes, one load a feed.
const LOADS_MAX: usize = 64_000;

/// Timers beyond this are set anew when it has passed, so that a wrong clock cannot overflow one.
const SLEEP_MAX: Duration = Duration::from_secs(3600);

/// How a connection ended.
#[derive(Debug, thiserror::Error)]
pub enum Ending {
    /// The session closed it.
    #[error("session ended")]
    Session(#[source] CloseReason),
    /// The peer closed it.
    #[error("peer closed the connection: {0:?}")]
    Peer(CloseCode),
    /// The line is gone, or the peer sent no frames.
    #[error("connection lost")]
    Lost(#[source] FrameError),
    /// This process ends.
    #[error("shutting down")]
    Shutdown,
    /// The host's updates overflowed.
    #[error("fell behind the log")]
    Lagged,
    /// The peer asks for more than it reads.
    #[error("peer does not read what it asks for")]
    Overflow,
    /// The peer was slower than any line.
    #[error("peer is too slow")]
    TooSlow,
    /// The peer sent roster statements that do not follow.
    #[error("peer sent a wrong roster")]
    WrongRoster,
    /// The local store failed.
    #[error("local store failed")]
    Storage(#[from] StorageError),
}

impl Ending {
    /// One word for who counts them.
    pub fn outcome(&self) -> &'static str {
        match self {
            Self::Session(CloseReason::Refused(_)) => "refused",
            Self::Session(CloseReason::Protocol(_)) | Self::WrongRoster => "protocol",
            Self::Session(_) => "session",
            Self::Peer(_) => "peer",
            Self::Lost(_) => "lost",
            Self::Shutdown => "shutdown",
            Self::Lagged => "lagged",
            Self::Overflow => "overflow",
            Self::TooSlow => "too_slow",
            Self::Storage(_) => "storage",
        }
    }

    fn code(&self) -> CloseCode {
        match self {
            Self::Session(CloseReason::Protocol(_)) | Self::Overflow | Self::WrongRoster => {
                CloseCode::Protocol
            }
            Self::Session(CloseReason::Refused(_)) => CloseCode::Refused,
            Self::Session(CloseReason::RosterRewritten) => CloseCode::Lagged,
            Self::Lost(FrameError::Length | FrameError::Cut) => CloseCode::Protocol,
            Self::Session(_) | Self::Peer(_) | Self::Lost(FrameError::Stream(_)) => CloseCode::Done,
            Self::Shutdown => CloseCode::Shutdown,
            Self::TooSlow => CloseCode::TooSlow,
            Self::Lagged => CloseCode::Lagged,
            Self::Storage(_) => CloseCode::Trouble,
        }
    }
}

impl From<HostError> for Ending {
    fn from(error: HostError) -> Self {
        match error {
            HostError::Refused => Self::WrongRoster,
            HostError::Storage(error) => Self::Storage(error),
        }
    }
}

/// Runs a connection to its end and closes it. Calls `connected` when the peer has accepted it.
pub async fn drive<H: Host>(
    host: &H,
    role: Role,
    link: Link,
    shutdown: &mut Shutdown,
    connected: impl FnMut() + Send,
) -> Ending {
    // First the updates, then the snapshot: what falls between the two is heard twice, not missed.
    let updates = host.updates();
    let snapshot = match host.snapshot(link.peer()).await {
        Ok(snapshot) => snapshot,
        Err(error) => {
            link.close(CloseCode::Trouble).await;
            return error.into();
        }
    };
    let session = Session::new(role, snapshot, host.now());
    let (loads, pace) = (VecDeque::new(), Pace::new(Instant::now()));
    let mut driver = Driver { host, session, link, updates, loads, pace, connected };
    let ending = driver.run(shutdown).await;
    let ending = driver.why(ending).await;
    driver.link.close(ending.code()).await;
    ending
}

struct Driver<'h, H, F> {
    host: &'h H,
    session: Session,
    link: Link,
    updates: broadcast::Receiver<Update>,
    loads: VecDeque<(FeedId, u64, usize)>,
    pace: Pace,
    connected: F,
}

impl<H: Host, F: FnMut() + Send> Driver<'_, H, F> {
    async fn run(&mut self, shutdown: &mut Shutdown) -> Ending {
        loop {
            if let Err(ending) = self.act().await {
                return ending;
            }
            let queued = self.link.writer.pending_bytes();
            let timer = self.session.poll_timeout();
            tokio::select! {
                // An error means that the sender is gone, and the process with it.
                _ = shutdown.wait_for(|stop| *stop) => return Ending::Shutdown,
                frame = self.link.reader.next() => match frame {
                    Ok(Some(frame)) => {
                        trace!(bytes = frame.len(), "frame received");
                        self.link.counts.received(&frame);
                        self.session.handle_frame(self.host.now(), &frame);
                    }
                    Ok(None) => return Ending::Peer(CloseCode::Done),
                    Err(error) => return Ending::Lost(error),
                },
                result = self.link.writer.flush(), if queued > 0 => if let Err(error) = result {
                    return Ending::Lost(FrameError::Stream(error));
                },
                update = self.updates.recv() => match update {
                    Ok(update) => self.hear(update),
                    Err(RecvError::Lagged(missed)) => {
                        debug!(missed, "fell behind the log");
                        return Ending::Lagged;
                    }
                    Err(RecvError::Closed) => return Ending::Shutdown,
                },
                () = sleep_until(self.pace.until()) => {
                    if !self.pace.look(Instant::now(), &self.link.reader, &self.link.writer) {
                        return Ending::TooSlow;
                    }
                }
                () = until(timer, self.host.now()), if timer.is_some() => {
                    self.session.handle_timeout(self.host.now());
                }
            }
        }
    }

    /// Does what the session asks for, until it asks for nothing or its loads have to wait for the line.
    async fn act(&mut self) -> Result<(), Ending> {
        loop {
            while let Some(action) = self.session.poll_action() {
                self.perform(action).await?;
            }
            if self.link.writer.pending_bytes() >= LOAD_BELOW_BYTES {
                return Ok(());
            }
            let Some((feed, seq, bytes_max)) = self.loads.pop_front() else { return Ok(()) };
            let loaded = self.host.load(feed, seq, bytes_max).await?;
            self.session.handle_loaded(self.host.now(), feed, seq, loaded);
        }
    }

    async fn perform(&mut self, action: Action) -> Result<(), Ending> {
        match action {
            Action::Send(frame) => {
                trace!(bytes = frame.len(), "frame queued");
                self.link.writer.push(&frame);
                self.link.counts.sent(&frame);
                if self.link.writer.pending_bytes() > QUEUE_BYTES_MAX {
                    return Err(Ending::Overflow);
                }
            }
            Action::Load { feed, seq, bytes_max } => {
                if self.loads.len() >= LOADS_MAX {
                    return Err(Ending::Overflow);
                }
                self.loads.push_back((feed, seq, bytes_max));
            }
            Action::Find(wanted) => {
                let found = self.host.find(wanted).await?;
                self.session.handle_found(self.host.now(), &found);
            }
            Action::Append(records) => {
                let branches = self.host.append(self.link.peer(), records).await?;
                self.session.handle_other_branches(self.host.now(), &branches);
            }
            Action::Statements(signed) => self.host.statements(signed).await?,
            Action::Notify(event) => {
                if event == Event::Connected {
                    (self.connected)();
                }
                self.host.notify(self.link.peer(), event).await;
            }
            Action::Close(reason) => return Err(Ending::Session(reason)),
        }
        Ok(())
    }

    fn hear(&mut self, update: Update) {
        if update.to.is_some_and(|to| to != self.link.peer()) {
            return;
        }
        let now = self.host.now();
        match update.what {
            Updated::Heads(heads) => self.session.handle_appended(now, &heads),
            Updated::Roster(roster) => self.session.handle_roster(now, roster),
            Updated::Frontiers { frontiers, cursor } => {
                self.session.handle_frontiers(now, frontiers.to_vec(), cursor);
            }
            Updated::Letters(letters) => self.session.handle_letters(now, letters.to_vec()),
            Updated::LetterReply { to, reply } => self.session.handle_letter_reply(now, to, reply),
        }
    }

    /// A peer that closes ends its stream first and says why a moment later.
    async fn why(&self, ending: Ending) -> Ending {
        if matches!(ending, Ending::Peer(_)) {
            let _ = timeout(CLOSE_TIMEOUT, self.link.closed()).await;
        }
        match (ending, self.link.closed_by_peer()) {
            (Ending::Peer(_) | Ending::Lost(FrameError::Stream(_)), Some(code)) => Ending::Peer(code),
            (ending, _) => ending,
        }
    }
}

async fn until(timer: Option<Timestamp>, now: Timestamp) {
    let wait = timer.map_or(SLEEP_MAX, |timer| Duration::from_millis(timer.0.saturating_sub(now.0)));
    sleep(wait.min(SLEEP_MAX)).await;
}
