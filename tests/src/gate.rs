//! The gate's campaign: hostile and honest changes by the hundred thousand through the gate of real documents.
//!
//! Everything follows from a seed. A hostile change is what somebody who signs it would send: bytes altered and hashed
//! again, or an honest change decoded, spoiled and encoded again. Each is offered to two documents that hold the same
//! past and different edits beside it: both must refuse it for the same reason, or neither. Whatever a document takes is
//! looked at by automerge itself: it must save, load, replay and take edits. Honest work must never be refused.
//!
//! The work is cut into pieces, each with randomness of its own, so that any number of threads comes to the same figures.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use svod_node::documents::{Document, Hold, Incoming};
use svod_shared::id::Actor;

use self::hostile::Hostile;
use self::random::Random;
use self::scene::Scene;

pub mod bombs;
pub mod honest;
pub mod hostile;
pub mod random;
pub mod scene;
pub mod sound;

/// How much is to be done, and from which seed.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Hostile changes.
    pub hostile: u64,
    /// Honest changes.
    pub honest: u64,
    /// Where all randomness comes from.
    pub seed: u64,
    /// How many threads share the work.
    pub threads: usize,
}

/// What came of it.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// Hostile changes offered.
    pub hostile: u64,
    /// Those of them that were made by altering bytes.
    pub bytes: u64,
    /// Hostile changes that were refused, by reason.
    pub refused: BTreeMap<String, u64>,
    /// Hostile changes that were held, by reason.
    pub held: BTreeMap<String, u64>,
    /// Hostile changes that the document took.
    pub accepted: u64,
    /// Documents that were no longer sound after taking a change, or that a refused change altered.
    pub unsound: Vec<String>,
    /// Changes that two documents with the same past judged differently.
    pub split: Vec<String>,
    /// Panics of automerge that the gate caught.
    pub caught: u64,
    /// Panics that left the gate.
    pub escaped: u64,
    /// Honest changes made and offered to every other node.
    pub honest: u64,
    /// Honest changes that were refused or held, or that could not be made.
    pub false_refusals: Vec<String>,
}

impl Outcome {
    /// Whether the gate held.
    pub fn is_clean(&self) -> bool {
        self.unsound.is_empty()
            && self.split.is_empty()
            && self.escaped == 0
            && self.false_refusals.is_empty()
    }

    fn add(&mut self, piece: Self) {
        self.hostile += piece.hostile;
        self.bytes += piece.bytes;
        self.accepted += piece.accepted;
        self.caught += piece.caught;
        self.escaped += piece.escaped;
        self.honest += piece.honest;
        for (sum, part) in [(&mut self.refused, piece.refused), (&mut self.held, piece.held)] {
            part.into_iter().for_each(|(why, n)| *sum.entry(why).or_default() += n);
        }
        self.unsound.extend(piece.unsound);
        self.split.extend(piece.split);
        self.false_refusals.extend(piece.false_refusals);
    }

    /// Complaints in an order that does not depend on which thread was first.
    fn sort(&mut self) {
        self.unsound.sort();
        self.split.sort();
        self.false_refusals.sort();
    }
}

/// A scene serves so many hostile changes before the next one is made.
const CHANGES_A_SCENE: u64 = 2_000;

/// What the last panic said, if they are counted.
static LAST_PANIC: Mutex<String> = Mutex::new(String::new());

thread_local! {
    /// This thread's panics so far, if they are counted.
    static PANICS: Cell<u64> = const { Cell::new(0) };
}

/// Runs the campaign; `tell` hears of progress.
pub fn run(options: &Options, tell: impl FnMut(&Outcome) + Send) -> Outcome {
    let attacks = options.hostile.div_ceil(CHANGES_A_SCENE);
    let works = options.honest.div_ceil(honest::CHANGES_A_DOCUMENT);
    let next = AtomicU64::new(0);
    let sum = Mutex::new((Outcome::default(), tell));
    thread::scope(|scope| {
        for _ in 0..options.threads.max(1) {
            scope.spawn(|| {
                loop {
                    let piece = next.fetch_add(1, Ordering::Relaxed);
                    if piece >= attacks + works {
                        break;
                    }
                    let done =
                        if piece < attacks { attack(options, piece) } else { work(options, piece - attacks) };
                    let mut sum = sum.lock().unwrap_or_else(PoisonError::into_inner);
                    let (out, tell) = &mut *sum;
                    out.add(done);
                    tell(out);
                }
            });
        }
    });
    let (mut out, _) = sum.into_inner().unwrap_or_else(PoisonError::into_inner);
    out.sort();
    out
}

fn attack(options: &Options, piece: u64) -> Outcome {
    let mut out = Outcome::default();
    let count = CHANGES_A_SCENE.min(options.hostile - piece * CHANGES_A_SCENE);
    attack_scene(&mut Random::of_piece(options.seed, 2 * piece), count, &mut out);
    out
}

fn work(options: &Options, piece: u64) -> Outcome {
    let mut out = Outcome::default();
    let count = honest::CHANGES_A_DOCUMENT.min(options.honest - piece * honest::CHANGES_A_DOCUMENT);
    honest::work(&mut Random::of_piece(options.seed, 2 * piece + 1), count, &mut out);
    out
}

/// Counts panics from now on instead of printing them. The hook is the process's, so this is for a program that does
/// nothing else.
pub fn count_panics() {
    std::panic::set_hook(Box::new(|panic| {
        PANICS.set(PANICS.get() + 1);
        if let Ok(mut last) = LAST_PANIC.lock() {
            *last = panic.to_string();
        }
    }));
}

/// What the last counted panic said: a campaign that ends by one is itself at fault.
pub fn last_panic() -> String {
    LAST_PANIC.lock().map(|it| it.clone()).unwrap_or_default()
}

fn attack_scene(random: &mut Random, count: u64, out: &mut Outcome) {
    let scene = Scene::make(random);
    let mut victims = scene.victims.clone();
    for _ in 0..count {
        let hostile = hostile::make(random, &scene);
        out.hostile += 1;
        out.bytes += u64::from(hostile.by_bytes);
        let [first, second] = &mut victims;
        let verdicts = [offer(&hostile, first, out), offer(&hostile, second, out)];
        match &verdicts {
            [Verdict::Escaped, _] | [_, Verdict::Escaped] => victims = scene.victims.clone(),
            [one, other] if one.is_refusal() != other.is_refusal() || one.is_refusal() && one != other => {
                out.split.push(format!("{one} against {other}: {}", hostile.hex()));
            }
            _ => {}
        }
        let [verdict, _] = verdicts;
        match verdict {
            Verdict::Taken => {
                out.accepted += 1;
                victims = scene.victims.clone();
            }
            Verdict::Known => victims = scene.victims.clone(),
            Verdict::Refused(why) => *out.refused.entry(why).or_default() += 1,
            Verdict::Held(why) => *out.held.entry(why).or_default() += 1,
            Verdict::Escaped => out.escaped += 1,
        }
    }
    check_left(&scene, &mut victims, out);
}

/// After thousands of refusals the documents must still take what is honest.
fn check_left(scene: &Scene, victims: &mut [Document; 2], out: &mut Outcome) {
    for victim in victims {
        for change in scene.honest.iter().take(1) {
            let incoming = Incoming { actor: scene.mallory, hash: change.hash, bytes: &change.bytes };
            let applied = victim.apply(&[incoming]);
            if !victim.has(&change.hash) {
                out.unsound.push(format!("an honest change after refusals: {applied:?}"));
            }
        }
        if let Err(fault) = sound::check(victim, None) {
            out.unsound.push(format!("after refusals: {fault}"));
        }
    }
}

/// What a document said to a hostile change.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Verdict {
    Taken,
    /// It had the change already: altering it gave an honest one.
    Known,
    Refused(String),
    Held(String),
    Escaped,
}

impl Verdict {
    fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused(_))
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken => f.write_str("taken"),
            Self::Known => f.write_str("known"),
            Self::Refused(why) => write!(f, "refused: {why}"),
            Self::Held(why) => write!(f, "held: {why}"),
            Self::Escaped => f.write_str("a panic"),
        }
    }
}

/// Offers a change, and looks closely at a document that took it, or that should be as it was.
fn offer(hostile: &Hostile, victim: &mut Document, out: &mut Outcome) -> Verdict {
    let heads = victim.heads();
    let known = victim.has(&hostile.hash);
    let panics = PANICS.get();
    let incoming = Incoming { actor: hostile.actor, hash: hostile.hash, bytes: &hostile.bytes };
    let applied = catch_unwind(AssertUnwindSafe(|| victim.apply(&[incoming])));
    out.caught += PANICS.get() - panics;
    let Ok(applied) = applied else {
        out.caught = out.caught.saturating_sub(1);
        return Verdict::Escaped;
    };
    if let Some((_, refusal)) = applied.refused.first() {
        expect_untouched(hostile, victim, &heads, out);
        return Verdict::Refused(key(&format!("{refusal:?}")));
    }
    if let Some((_, hold)) = applied.held.first() {
        expect_untouched(hostile, victim, &heads, out);
        return Verdict::Held(match hold {
            Hold::Scratch(fault) => format!("scratch: {fault:?}"),
            other => key(&format!("{other:?}")),
        });
    }
    if known {
        return Verdict::Known;
    }
    let sound = catch_unwind(AssertUnwindSafe(|| sound::check(victim, Some(hostile))));
    if let Err(fault) = sound.unwrap_or_else(|_| Err("a panic".to_owned())) {
        out.unsound.push(format!("{fault}: {}", hostile.hex()));
    }
    Verdict::Taken
}

fn expect_untouched(
    hostile: &Hostile,
    victim: &Document,
    heads: &[svod_shared::id::ChangeHash],
    out: &mut Outcome,
) {
    if victim.heads() != heads {
        out.unsound.push(format!("a change that was not taken moved the heads: {}", hostile.hex()));
    }
}

/// A reason without its figures, so that reasons can be counted.
fn key(debug: &str) -> String {
    match debug.split_once("fault: ") {
        Some((_, fault)) => format!("Operation: {}", fault.trim_end_matches(" }")),
        None => debug.split([' ', '(', '{']).next().unwrap_or_default().to_owned(),
    }
}

/// The actor of the n-th node.
pub(crate) fn actor(n: u8) -> Actor {
    Actor([n; 16])
}
