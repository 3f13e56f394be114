//! A network whose every centre has a poor line: joining, the roadmap, edits of everybody, one state at the end.

use std::thread;
use std::time::{Duration, Instant};

use super::hand::Hand;
use super::{Sheet, entries, import_roadmap};
use crate::network::Network;
use crate::poor_line::{Figures, Quality};
use crate::seed::{ITEMS, MEMBERS};
use crate::sim::rng::Rng;

/// What is played.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// How many centres there are.
    pub sites: usize,
    /// How many edits each of them makes.
    pub edits: usize,
    /// How poor the line is.
    pub quality: Quality,
    /// For the line and for the edits.
    pub seed: u64,
    /// How long each half may take.
    pub patience: Duration,
}

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    /// Until everybody had joined and had the roadmap.
    pub joined: Duration,
    /// What the line carried until then.
    pub joining: Figures,
    /// From the first edit until all had all.
    pub converged: Duration,
    /// What the line carried in all.
    pub line: Figures,
    /// Entries that everybody has.
    pub entries: u64,
    /// The control code that everybody shows.
    pub code: String,
}

/// Plays it.
pub fn run(terms: &Terms) -> Outcome {
    let begun = Instant::now();
    let names = MEMBERS.get(..terms.sites).expect("there are so many centres");
    let mut network = Network::found_over(names, terms.quality, terms.seed);
    import_roadmap(&mut network);
    network.serve_all();
    let everybody = |it: &serde_json::Value| it.get("items") == Some(&ITEMS.into());
    let before = network.wait_converged_within(terms.patience, "everybody has joined", everybody);
    let (joined, joining) = (begun.elapsed(), figures(&network));

    let begun = Instant::now();
    let sheet = Sheet::of(&network.lead().visitor());
    let mut rng = Rng::new(terms.seed);
    thread::scope(|scope| {
        for (no, site) in network.sites.iter().enumerate() {
            let (mut hand, visitor, sheet) = (Hand::new(no, rng.fork()), site.visitor(), &sheet);
            scope.spawn(move || {
                for _ in 0..terms.edits {
                    let (mark, saved) = hand.write_marked(&visitor, sheet);
                    // The same field may have changed between form and save; then the page asks and nothing is lost.
                    if !saved {
                        crate::say(&format!("{mark} was asked about"));
                    }
                }
            });
        }
    });
    let states: Vec<_> = network.sites.iter().map(|it| entries(&it.status())).collect();
    let written = states.iter().copied().max().unwrap_or_default();
    assert!(written > entries(&before), "somebody has written: {states:?}");
    let after = network.wait_converged_within(terms.patience, "every edit is everywhere", |_| true);
    let code = after.get("code").and_then(|it| it.as_str()).unwrap_or_default().to_owned();
    let converged = begun.elapsed();
    Outcome { joined, joining, converged, line: figures(&network), entries: entries(&after), code }
}

fn figures(network: &Network) -> Figures {
    network.line.as_ref().expect("the line is poor").figures()
}
