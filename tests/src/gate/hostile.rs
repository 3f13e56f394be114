//! Changes made to do harm, each signed: the hash always agrees with the bytes.

use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::legacy::{Key, ObjectId, Op, OpId, OpType};
use automerge::{ActorId, Change, ExpandedChange, ObjType, ScalarValue};
use svod_shared::chunk::{body, of_body};
use svod_shared::id::{Actor, ChangeHash, sha256};

use super::random::Random;
use super::scene::Scene;

/// A hostile change and the feed it comes in.
#[derive(Debug, Clone)]
pub struct Hostile {
    /// Its feed's actor.
    pub actor: Actor,
    /// Its hash.
    pub hash: ChangeHash,
    /// Its chunk.
    pub bytes: Vec<u8>,
    /// Whether bytes were altered, not meaning.
    pub by_bytes: bool,
}

impl Hostile {
    /// Its bytes in hexadecimal digits, for telling of it.
    pub fn hex(&self) -> String {
        self.bytes.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

/// Makes one: of an honest change, by its bytes or by its meaning.
pub fn make(random: &mut Random, scene: &Scene) -> Hostile {
    loop {
        let Some(honest) = random.pick(&scene.honest) else { continue };
        let by_bytes = random.one_in(2);
        let bytes = if by_bytes {
            let other = random.pick(&scene.honest).map(|it| it.bytes.as_slice()).unwrap_or_default();
            let (Ok(body), Ok(other)) = (body(&honest.bytes), body(other)) else { continue };
            Some(of_body(&altered(random, body.to_vec(), other)).1)
        } else {
            spoiled(random, scene, &honest.bytes)
        };
        if let Some(bytes) = bytes.filter(|it| *it != honest.bytes) {
            let hash = ChangeHash(sha256(bytes.get(8..).unwrap_or_default()));
            return Hostile { actor: scene.mallory, hash, bytes, by_bytes };
        }
    }
}

/// Alters a few bytes: flips, random values, cuts, insertions, pieces of another change. What lies behind the
/// dependencies is hit more often, since a wrong dependency only waits.
fn altered(random: &mut Random, mut body: Vec<u8>, other: &[u8]) -> Vec<u8> {
    let deps = usize::from(body.first().copied().unwrap_or(0)) * 32 + 1;
    for _ in 0..=random.below(4) {
        let start = if random.one_in(8) { 0 } else { deps.min(body.len()) };
        let at = start + random.below(body.len().saturating_sub(start));
        let byte = match random.below(4) {
            0 => [0, 1, 0x7f, 0x80, 0xff].get(random.below(5)).copied().unwrap_or(0),
            _ => random.byte(),
        };
        match random.below(10) {
            0..=3 => body.get_mut(at).into_iter().for_each(|it| *it ^= 1 << (byte % 8)),
            4..=6 => body.get_mut(at).into_iter().for_each(|it| *it = byte),
            7 => {
                let end = body.len().min(at + 1 + random.below(4));
                body.drain(at.min(end)..end);
            }
            8 => body.insert(at.min(body.len()), byte),
            _ => {
                let piece = other.get(at.min(other.len())..).unwrap_or_default();
                let piece = piece.get(..piece.len().min(1 + random.below(16))).unwrap_or_default();
                for (to, from) in body.iter_mut().skip(at).zip(piece) {
                    *to = *from;
                }
            }
        }
    }
    body
}

/// Decodes, spoils in one to three ways, encodes. `None` if automerge itself does not encode the outcome.
fn spoiled(random: &mut Random, scene: &Scene, bytes: &[u8]) -> Option<Vec<u8>> {
    let mut change = Change::from_bytes(bytes.to_vec()).ok()?.decode();
    for _ in 0..=random.below(3) {
        if random.one_in(3) {
            spoil_head(random, scene, &mut change);
        } else {
            spoil_operation(random, scene, &mut change);
        }
    }
    catch_unwind(AssertUnwindSafe(|| Change::from(change).raw_bytes().to_vec())).ok()
}

fn spoil_head(random: &mut Random, scene: &Scene, change: &mut ExpandedChange) {
    let at = random.below(change.operations.len());
    match random.below(9) {
        0 => change.seq = random.any() >> random.below(64),
        1 => change.seq = 1 + random.below(8) as u64,
        2 => {
            let op = random.any() >> random.below(64);
            change.start_op = op.max(1).try_into().unwrap_or(std::num::NonZeroU64::MIN);
        }
        3 => change.time = random.any().cast_signed() >> random.below(64),
        4 => {
            change.deps.pop();
        }
        5 => {
            let seen = random.pick(&scene.seen).map(|it| automerge::ChangeHash(it.0));
            change.deps.extend(seen);
            change.deps.sort();
        }
        6 => change.operations.truncate(at),
        7 => {
            let again = change.operations.get(at).cloned();
            change.operations.extend(again);
        }
        _ => {
            if let Some(last) = change.operations.len().checked_sub(1) {
                change.operations.swap(at.min(last), last);
            }
        }
    }
}

fn spoil_operation(random: &mut Random, scene: &Scene, change: &mut ExpandedChange) {
    let near = change.start_op.get().saturating_add(change.operations.len() as u64 + 2);
    let id = operation_id(random, scene, near);
    let key = random.pick(&change.operations).map(|it| it.key.clone());
    let at = random.below(change.operations.len());
    let Some(op) = change.operations.get_mut(at) else { return };
    match random.below(14) {
        0 => op.obj = ObjectId::Id(id),
        1 => op.obj = ObjectId::Root,
        2 => op.pred = vec![id].into(),
        3 => op.pred = Vec::new().into(),
        4 => op.pred = op.pred.iter().cloned().chain([id]).collect(),
        5 => {
            let kinds = [ObjType::Map, ObjType::List, ObjType::Text, ObjType::Table];
            op.action = OpType::Make(random.pick(&kinds).copied().unwrap_or(ObjType::Map));
        }
        6 => op.action = OpType::Delete,
        7 => op.action = OpType::Increment(random.any().cast_signed()),
        8 => op.key = Key::Map(random.text().into()),
        9 => op.insert = !op.insert,
        10 => op.action = OpType::Put(value(random)),
        11 => op.key = key.unwrap_or_else(Key::head),
        12 => op.key = Key::head(),
        _ => *op = Op { pred: Vec::new().into(), insert: false, ..op.clone() },
    }
}

/// An operation that exists, is about to, or never will.
fn operation_id(random: &mut Random, scene: &Scene, near: u64) -> OpId {
    let counter = match random.below(5) {
        0 => random.any() >> random.below(64),
        _ => random.any() % near,
    };
    let actor = random.pick(&scene.actors).copied().unwrap_or(scene.mallory);
    OpId::new(counter, &ActorId::from(actor.as_bytes().as_slice()))
}

fn value(random: &mut Random) -> ScalarValue {
    match random.below(9) {
        0 => ScalarValue::Uint(random.any()),
        1 => ScalarValue::Int(random.any().cast_signed()),
        2 => ScalarValue::F64(f64::from_bits(random.any())),
        3 => ScalarValue::counter(random.any().cast_signed()),
        4 => ScalarValue::Timestamp(random.any().cast_signed()),
        5 => ScalarValue::Boolean(random.one_in(2)),
        6 => ScalarValue::Bytes((0..random.below(40)).map(|_| random.byte()).collect()),
        7 => ScalarValue::Unknown { type_code: random.byte() % 16, bytes: vec![random.byte()] },
        _ => ScalarValue::Null,
    }
}
