//! Changes of a few bytes that would cost whoever opens them gigabytes or hours. What they may cost is the caller's
//! to measure, in a process of its own: memory that was needed once shows for ever in a process's peak.

use automerge::Change;
use svod_node::documents::Incoming;
use svod_shared::chunk::{MAGIC, of_body};
use svod_shared::id::{ChangeHash, sha256};
use svod_shared::leb::Writer;

use super::random::Random;
use super::scene::Scene;

/// A name and the chunk.
pub type Bomb = (&'static str, Vec<u8>);

/// More operations than any machine holds, as signed and unsigned LEB128.
const MANY: [u8; 6] = [0x80, 0xa0, 0x94, 0xa5, 0x8d, 0x1d];
/// 40 000 as both.
const THOUSANDS: [u8; 3] = [0xc0, 0xb8, 0x02];

/// Offers every bomb to a document; the names of those that it took, or that moved it.
pub fn explode() -> Vec<&'static str> {
    let scene = Scene::make(&mut Random::new(1));
    let [mut victim, _] = scene.victims.clone();
    let heads = victim.heads();
    let mut taken = Vec::new();
    for (name, bytes) in bombs(&scene) {
        let hash = ChangeHash(sha256(bytes.get(8..).unwrap_or_default()));
        let applied = victim.apply(&[Incoming { actor: scene.mallory, hash, bytes: &bytes }]);
        if applied.refused.len() + applied.held.len() != 1 || victim.heads() != heads {
            taken.push(name);
        }
    }
    taken
}

/// Every bomb, fitted to a scene so that nothing but its size speaks against it.
pub fn bombs(scene: &Scene) -> Vec<Bomb> {
    let run = |count: &[u8], value: &[u8]| [count, value].concat();
    let mut long_key = Writer::new();
    long_key.raw(&THOUSANDS).text(&"k".repeat(42_000));
    let endless = [
        (0x15, run(&MANY, b"\x01a")),
        (0x34, MANY.to_vec()),
        (0x42, run(&MANY, &[1])),
        (0x56, run(&MANY, &[0])),
    ];
    let repeated = [
        (0x15, run(&THOUSANDS, b"\x01a")),
        (0x34, THOUSANDS.to_vec()),
        (0x42, run(&THOUSANDS, &[1])),
        (0x56, run(&THOUSANDS, &[0])),
    ];
    let keys = [
        (0x15, long_key.into_vec()),
        (0x34, THOUSANDS.to_vec()),
        (0x42, run(&THOUSANDS, &[1])),
        (0x56, run(&THOUSANDS, &[0])),
    ];
    let nulls = [(0x42, [&[0][..], &MANY].concat())];
    let group = [(0x15, vec![0x7f, 1, b'a']), (0x42, vec![0x7f, 1]), (0x70, run(&[0x7f], &MANY))];
    vec![
        ("a compressed change that inflates without end", compressed()),
        ("operations beyond number", by_hand(scene, &endless)),
        ("tens of thousands of operations in a hundred bytes", by_hand(scene, &repeated)),
        ("a long key for each of as many operations", by_hand(scene, &keys)),
        ("absent operations beyond number", by_hand(scene, &nulls)),
        ("predecessors beyond number", by_hand(scene, &group)),
        (
            "an actor of ten megabytes",
            of_body(&[&[0, 0x80, 0xad, 0xe2, 0x04][..], &vec![7; 10_000_000]].concat()).1,
        ),
        ("dependencies beyond number", of_body(&[&MANY[..], &[7; 40_000]].concat()).1),
        ("a length beyond number", [&MAGIC[..], &[0; 4], &[1], &MANY].concat()),
    ]
}

/// A chunk of type 2: 48 KiB of DEFLATE that stand for seven megabytes of zeros.
fn compressed() -> Vec<u8> {
    let mut bits = Vec::new();
    // The last block, with fixed codes: a zero, then again and again 258 bytes from one byte back.
    bits.extend([true, true, false]);
    bits.extend([false, false, true, true, false, false, false, false]);
    for _ in 0..29_000 {
        bits.extend([true, true, false, false, false, true, false, true, false, false, false, false, false]);
    }
    bits.extend([false; 7]);
    let byte = |bits: &[bool]| bits.iter().rev().fold(0u8, |byte, bit| byte << 1 | u8::from(*bit));
    let mut chunk = Writer::new();
    let body: Vec<u8> = bits.chunks(8).map(byte).collect();
    chunk.raw(&MAGIC).raw(&[0; 4]).u8(2).bytes(&body);
    chunk.into_vec()
}

/// A change with the head of an honest one and columns of our own.
fn by_hand(scene: &Scene, columns: &[(u64, Vec<u8>)]) -> Vec<u8> {
    let honest = scene.honest.first().and_then(|it| Change::from_bytes(it.bytes.clone()).ok());
    let honest = honest.expect("a scene has an honest change");
    let mut body = Writer::new();
    body.leb(honest.deps().len() as u64);
    honest.deps().iter().for_each(|it| _ = body.raw(&it.0));
    body.bytes(scene.mallory.as_bytes()).leb(honest.seq()).leb(honest.start_op().get());
    body.u8(0).u8(0).u8(0).leb(columns.len() as u64);
    columns.iter().for_each(|(spec, data)| _ = body.leb(*spec).leb(data.len() as u64));
    columns.iter().for_each(|(_, data)| _ = body.raw(data));
    of_body(body.as_slice()).1
}
