//! What is counted while the relay runs, in the text format of OpenMetrics.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use crate::room::Level;
use crate::status::Status;

/// What became of something: a caller, an entry, a connection.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

/// One organisation, by its ordinal in the roster.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Organisation {
    organisation: u16,
}

/// The counters and gauges.
#[derive(Debug)]
pub struct Metrics {
    registry: Mutex<Registry>,
    callers: Family<Outcome, Counter>,
    connections: Family<Outcome, Counter>,
    entries: Family<Outcome, Counter>,
    waited_ms: Counter,
    appends: Histogram,
    gauges: Gauges,
}

/// What is asked for at each look.
#[derive(Debug, Default)]
struct Gauges {
    connections: Gauge,
    nodes: Gauge,
    roster: Gauge,
    letters: Gauge,
    free: Gauge,
    takes: Gauge,
    stored: Family<Organisation, Gauge>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut it = Self {
            registry: Mutex::new(Registry::with_prefix("svod_relay")),
            callers: Family::default(),
            connections: Family::default(),
            entries: Family::default(),
            waited_ms: Counter::default(),
            // From half a millisecond to about a minute.
            appends: Histogram::new(exponential_buckets(0.0005, 2.0, 17)),
            gauges: Gauges::default(),
        };
        it.register();
        it
    }
}

impl Metrics {
    fn register(&mut self) {
        let registry = self.registry.get_mut().unwrap_or_else(PoisonError::into_inner);
        registry.register("callers", "Handshakes by what became of them", self.callers.clone());
        registry.register("ended", "Connections by how they ended", self.connections.clone());
        registry.register("entries", "Entries offered by what became of them", self.entries.clone());
        registry.register(
            "throttled_milliseconds",
            "Time that nodes above their rate had to wait",
            self.waited_ms.clone(),
        );
        let help = "Time from offering entries to their commit, with the wait for the store";
        registry.register("append_seconds", help, self.appends.clone());
        let gauges = &self.gauges;
        registry.register("connections", "Connections open", gauges.connections.clone());
        registry.register("nodes", "Nodes of the roster that are connected", gauges.nodes.clone());
        registry.register("roster_height", "Statements in the roster", gauges.roster.clone());
        registry.register("letters", "Letters of newcomers that wait for the lead", gauges.letters.clone());
        registry.register("disk_free_bytes", "Free bytes of the disk", gauges.free.clone());
        registry.register("takes_entries", "1 while new entries are taken", gauges.takes.clone());
        registry.register("stored_bytes", "Bytes of changes by organisation", gauges.stored.clone());
    }

    /// A handshake has ended.
    pub fn caller(&self, outcome: &'static str) {
        self.callers.get_or_create(&Outcome { outcome }).inc();
    }

    /// A connection has ended.
    pub fn ended(&self, outcome: &'static str) {
        self.connections.get_or_create(&Outcome { outcome }).inc();
    }

    /// Entries have been offered.
    pub fn entries(&self, outcome: &'static str, count: u64) {
        if count > 0 {
            self.entries.get_or_create(&Outcome { outcome }).inc_by(count);
        }
    }

    /// An offer has been answered by the store.
    pub fn appended(&self, took: Duration) {
        self.appends.observe(took.as_secs_f64());
    }

    /// A node above its rate waits.
    pub fn waited(&self, pause: Duration) {
        self.waited_ms.inc_by(u64::try_from(pause.as_millis()).unwrap_or(u64::MAX));
    }

    /// The text for who collects it.
    pub fn text(&self, status: &Status) -> String {
        let gauges = &self.gauges;
        gauges.connections.set(signed(status.connections));
        gauges.nodes.set(signed(status.organisations.iter().map(|it| it.nodes_connected).sum()));
        gauges.roster.set(signed(status.roster_height));
        gauges.letters.set(signed(status.letters_waiting));
        gauges.free.set(signed(status.disk_free_bytes.unwrap_or(0)));
        gauges.takes.set(i64::from(status.disk > Level::Reserve));
        for it in &status.organisations {
            let label = Organisation { organisation: it.ordinal };
            gauges.stored.get_or_create(&label).set(signed(it.stored_bytes));
        }
        let mut text = String::new();
        let registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        // Writing into memory does not fail.
        let _ = encode(&mut text, &registry);
        text
    }
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
