//! Two honest members: one writes now and then, the other notes when it comes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::crowd::{Arrival, Listener};
use super::founding::Founded;
use super::writer::Writer;
use super::{Running, Target};
use crate::wait;

/// Between two edits of the one that writes.
const PAUSE: Duration = Duration::from_millis(250);
/// No delivery may take longer.
const PATIENCE: Duration = Duration::from_secs(60);
/// About what an edit of one field takes.
const EDIT_BYTES: usize = 160;

/// Both members, connected.
#[derive(Debug)]
pub struct Pair {
    writer: Arc<Writer>,
    arrivals: mpsc::UnboundedReceiver<Arrival>,
    _connections: [Running; 2],
}

/// How long deliveries took, in order of length.
#[derive(Debug, Clone)]
pub struct Times(Vec<Duration>);

impl Pair {
    /// The first two nodes of the network.
    pub async fn connect(founded: &Arc<Founded>, target: Target) -> Self {
        let (sender, arrivals) = mpsc::unbounded_channel();
        let (one, other) = (founded.member(0), founded.member(1));
        let writer = Writer::new(founded, one.clone());
        let reader = Listener::new(Arc::clone(&founded.roster), Some(sender));
        let mut connections = [
            Running::start(Arc::clone(&writer), one.key, one.no, target),
            Running::start(reader, other.key, other.no, target),
        ];
        for connection in &mut connections {
            connection.connected().await;
        }
        Self { writer, arrivals, _connections: connections }
    }

    /// Delivers so many edits, one after the other.
    pub async fn deliver(&mut self, edits: usize) -> Times {
        let mut times = Vec::new();
        for _ in 0..edits {
            wait::pass(PAUSE).await;
            let written = Instant::now();
            let place = self.writer.write(EDIT_BYTES);
            let arrived = tokio::time::timeout(PATIENCE, self.arrival(place)).await;
            times.push(arrived.expect("an edit is delivered within a minute").duration_since(written));
        }
        times.sort();
        Times(times)
    }

    async fn arrival(&mut self, place: (svod_shared::id::FeedId, u64)) -> Instant {
        loop {
            let (feed, seq, at) = self.arrivals.recv().await.expect("the reader is connected");
            if (feed, seq) == place {
                return at;
            }
        }
    }
}

impl Times {
    /// The time within which so many of a hundred were delivered.
    pub fn percentile(&self, of_100: usize) -> Duration {
        let at = (self.0.len() * of_100).div_ceil(100).max(1) - 1;
        self.0.get(at).copied().unwrap_or_default()
    }
}
