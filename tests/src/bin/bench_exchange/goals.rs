//! Which goals the figures of this run meet. Told, not enforced: the figures are what they are.

#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use serde_json::{Value, json};

use crate::ingest::Ingest;
use crate::rows::{Peer, Row, What};

/// Bytes both ways when nothing is new, with fifty feeds.
const IDLE_MAX: u64 = 100;
/// Bytes both ways when one field of one document was changed.
const ONE_MAX: u64 = 300;
/// A hundred edits by one organisation, against the floor.
const HUNDRED_FACTOR: f64 = 1.15;
const HUNDRED_MORE: f64 = 250.0;
/// A newcomer, against what automerge itself keeps of all documents.
const NEWCOMER_FACTOR: f64 = 1.3;
/// What a newcomer computes, against bare `apply_changes`.
const CPU_FACTOR: f64 = 3.0;
/// An entry that arrives on an open connection.
const PUSH_MAX: u64 = 175;
/// The whole exchange of one centre after two weeks.
const ABSENT_MAX: u64 = 150_000;

/// A goal, and how far it is reached.
#[derive(Debug)]
pub(crate) struct Goal {
    what: String,
    measured: String,
    met: bool,
}

/// Everything that was measured.
pub(crate) struct Measured<'a> {
    pub(crate) rows: &'a [Row],
    pub(crate) pushes: &'a [u64],
    pub(crate) ingest: &'a Ingest,
}

pub(crate) fn judge(measured: &Measured<'_>) -> Vec<Goal> {
    let Measured { rows, pushes, ingest, .. } = *measured;
    let mut goals = vec![
        at_most(rows, "idle, 50 feeds", IDLE_MAX, |it| it.feeds == 50 && it.what == What::Changed(0)),
        at_most(rows, "1 changed", ONE_MAX, |it| it.what == What::Changed(1)),
    ];
    let above = |row: &Row, peer, factor: f64, more: f64| {
        let base = beside(rows, row, peer).map_or(0, |it| it.cost.both());
        (row.cost.both() as f64 - more) / base as f64 / factor
    };
    goals.push(worst(
        rows,
        "100 changed by one organisation, at most 1.15 x floor + 250 B: share of that",
        |it| it.what == What::Changed(100),
        |it| above(it, Peer::Floor, HUNDRED_FACTOR, HUNDRED_MORE),
    ));
    goals.push(worst(
        rows,
        "newcomer, at most 1.3 x the sum of save(): share of that",
        |it| it.what == What::Newcomer,
        |it| above(it, Peer::Saved, NEWCOMER_FACTOR, 0.0),
    ));
    let turns = svod(rows).map(|it| it.cost.turns).max().unwrap_or_default();
    goals.push(Goal {
        what: "one round trip in every row".into(),
        measured: turns.to_string(),
        met: turns <= 1,
    });
    goals.push(below_rivals(rows));
    let push = pushes.iter().copied().max().unwrap_or_default();
    let (what, met) = (format!("an edit pushed, at most {PUSH_MAX} B"), push <= PUSH_MAX);
    goals.push(Goal { what, measured: format!("{pushes:?} B"), met });
    let factor = ingest.newcomer().as_secs_f64() / ingest.bare.as_secs_f64();
    goals.push(Goal {
        what: format!("CPU of a newcomer, at most {CPU_FACTOR} x bare apply_changes"),
        measured: format!("{factor:.1} x"),
        met: factor <= CPU_FACTOR,
    });
    goals.push(at_most(rows, "1 000 edits after an absence", ABSENT_MAX, |it| {
        matches!(it.what, What::Absent(_))
    }));
    goals
}

fn svod(rows: &[Row]) -> impl Iterator<Item = &Row> {
    rows.iter().filter(|it| it.peer == Peer::Svod)
}

fn same(a: &Row, b: &Row) -> bool {
    (a.documents, a.feeds, a.what) == (b.documents, b.feeds, b.what)
}

fn beside<'r>(rows: &'r [Row], row: &Row, peer: Peer) -> Option<&'r Row> {
    rows.iter().find(|it| it.peer == peer && same(it, row))
}

fn at_most(rows: &[Row], what: &str, max: u64, which: impl Fn(&Row) -> bool) -> Goal {
    let worst = svod(rows).filter(|it| which(it)).map(|it| it.cost.both()).max();
    Goal {
        what: format!("{what}, at most {max} B"),
        measured: worst.map_or("nothing".into(), |it| format!("{it} B")),
        met: worst.is_some_and(|it| it <= max),
    }
}

/// The row that is furthest from its goal, which is 1.
fn worst(rows: &[Row], what: &str, which: impl Fn(&Row) -> bool, share: impl Fn(&Row) -> f64) -> Goal {
    let shares = svod(rows).filter(|it| which(it)).map(share);
    let worst = shares.max_by(f64::total_cmp);
    Goal {
        what: what.into(),
        measured: worst.map_or("nothing".into(), |it| format!("{it:.3}")),
        met: worst.is_some_and(|it| it <= 1.0),
    }
}

fn below_rivals(rows: &[Row]) -> Goal {
    let reconnect = svod(rows).filter(|it| matches!(it.what, What::Changed(_)));
    let above = reconnect.flat_map(|row| {
        let rivals = rows.iter().filter(move |it| it.peer.is_rival() && same(it, row));
        rivals.filter(|it| it.cost.both() <= row.cost.both())
    });
    let above: Vec<String> = above
        .map(|it| {
            format!("{} at {} documents, {} feeds, {}", it.peer.name(), it.documents, it.feeds, it.words())
        })
        .collect();
    Goal {
        what: "every reconnect below every peer's".into(),
        measured: if above.is_empty() { "all".into() } else { format!("not below: {}", above.join("; ")) },
        met: above.is_empty(),
    }
}

pub(crate) fn print(goals: &[Goal]) {
    println!("| goal | measured | met |");
    println!("|---|---|---|");
    for Goal { what, measured, met } in goals {
        println!("| {what} | {measured} | {} |", if *met { "yes" } else { "**no**" });
    }
}

impl Goal {
    pub(crate) fn json(&self) -> Value {
        json!({ "goal": self.what, "measured": self.measured, "met": self.met })
    }
}
