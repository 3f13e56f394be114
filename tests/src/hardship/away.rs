//! A centre that comes back after five others have worked for a fortnight: what its one exchange costs.

use std::thread;
use std::time::{Duration, Instant};

use super::hand::Hand;
use super::{Sheet, entries, import_roadmap};
use crate::network::{Network, Site};
use crate::seed::{ITEMS, MEMBERS};
use crate::sim::rng::Rng;

/// What is played.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// How many edits the five make in all.
    pub edits: usize,
    /// For the edits.
    pub seed: u64,
}

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    /// Entries that the one who was away lacked.
    pub entries: u64,
    /// What it sent: bytes of the session's frames.
    pub sent: u64,
    /// What it received: bytes of the session's frames.
    pub received: u64,
    /// UDP payload it sent.
    pub udp_sent: u64,
    /// UDP payload it received.
    pub udp_received: u64,
    /// How long the command took.
    pub took: Duration,
}

/// Plays it.
pub fn run(terms: &Terms) -> Outcome {
    let names = [&MEMBERS[..], &["Тимашевский"]].concat();
    let mut network = Network::found(&names);
    import_roadmap(&mut network);
    network.serve_all();
    let everybody = |it: &serde_json::Value| it.get("items") == Some(&ITEMS.into());
    let before = network.wait_converged("everybody has the roadmap", everybody);
    let mut away = network.sites.pop().expect("there are six centres");
    away.kill();

    let sheet = Sheet::of(&network.lead().visitor());
    let (mut rng, share) = (Rng::new(terms.seed), terms.edits / network.sites.len());
    thread::scope(|scope| {
        for (no, site) in network.sites.iter().enumerate() {
            let (mut hand, visitor, sheet) = (Hand::new(no, rng.fork()), site.visitor(), &sheet);
            scope.spawn(move || {
                let mut saved = 0;
                while saved < share {
                    saved += usize::from(hand.write(&visitor, sheet));
                }
            });
        }
    });
    let after = network.wait_converged("the five have everything", |_| true);

    let begun = Instant::now();
    let [udp_sent, udp_received, sent, received] = exchange(&away);
    let took = begun.elapsed();
    assert_eq!(away.status().get("code"), after.get("code"), "one exchange brings everything");
    let entries = entries(&after) - entries(&before);
    Outcome { entries, sent, received, udp_sent, udp_received, took }
}

/// The figures that `svod exchange` says.
fn exchange(site: &Site) -> [u64; 4] {
    let said = site.svod(&["--lang", "en", "exchange"]).expect_success("exchange");
    let numbers: Vec<u64> =
        said.split(|it: char| !it.is_ascii_digit()).filter_map(|it| it.parse().ok()).collect();
    numbers.try_into().unwrap_or_else(|_| panic!("four figures: {said}"))
}
