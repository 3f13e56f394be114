//! Changes made to do harm: each is refused for its own reason and leaves the document as it was.

use automerge::legacy::{Key, ObjectId, Op as RawOp, OpId as RawId, OpType};
use automerge::{ActorId, Change, ExpandedChange, ObjType, ScalarValue};
use proptest::prelude::*;
use svod_shared::id::{Actor, ChangeHash, sha256};
use svod_shared::leb::{ReadError, Writer};

use super::document::{Document, Hold, Place};
use super::edit::NewChange;
use svod_shared::chunk::MAGIC;

use super::genesis::{self, PLAN};
use super::guard::{Fault, Refusal};
use super::testing::{Site, plan_id, put, set, sheet_id};
use super::{execution, roadmap};
use crate::domain::execution::ExecutionField;
use crate::domain::plan::{ItemField, RowId};

const MALLORY: u8 = 66;

/// A victim with a plan, and Mallory, who has the same plan.
fn scene() -> (Site, Site) {
    let victim = Site::with_plan();
    let mallory = victim.peer(MALLORY);
    (victim, mallory)
}

/// An honest change of a field that already has a value: one put with one predecessor.
fn honest(mallory: &mut Site) -> NewChange {
    let row = mallory.row(0);
    mallory.edit(&[set(&row, ItemField::Title, "uno")]).unwrap()
}

/// Makes the header agree with altered bytes, as somebody who signs them would.
fn rehash(mut bytes: Vec<u8>) -> NewChange {
    let hash = sha256(&bytes[8..]);
    bytes[4..8].copy_from_slice(&hash[..4]);
    NewChange { hash: ChangeHash(hash), bytes, rows: vec![] }
}

/// Alters a change as automerge reads it.
fn forge(change: &NewChange, alter: impl FnOnce(&mut ExpandedChange)) -> NewChange {
    let mut expanded = Change::from_bytes(change.bytes.clone()).unwrap().decode();
    alter(&mut expanded);
    let change = Change::from(expanded);
    NewChange { hash: ChangeHash(change.hash().0), bytes: change.raw_bytes().to_vec(), rows: vec![] }
}

/// Writes a change by hand: its dependencies and columns.
fn by_hand(deps: &[ChangeHash], start_op: u64, columns: &[(u64, Vec<u8>)]) -> NewChange {
    let mut body = Writer::new();
    body.leb(deps.len() as u64);
    for dep in deps {
        body.raw(&dep.0);
    }
    body.bytes(&[MALLORY; 16]).leb(1).leb(start_op).u8(0).u8(0).u8(0).leb(columns.len() as u64);
    for (spec, data) in columns {
        body.leb(*spec).leb(data.len() as u64);
    }
    for (_, data) in columns {
        body.raw(data);
    }
    let mut chunk = Writer::new();
    chunk.raw(&MAGIC).raw(&[0; 4]).u8(1).bytes(body.as_slice());
    rehash(chunk.into_vec())
}

/// Offers the change, then checks that nothing moved and that the document is still good for edits.
fn check(victim: &mut Site, change: &NewChange, expected: Refusal) {
    let (heads, plan) = (victim.doc.heads(), victim.plan());
    let applied = victim.take(&[(Actor([MALLORY; 16]), change.clone())]);
    assert_eq!(applied.refused, [(change.hash, expected)]);
    assert_eq!((applied.applied.len(), applied.held.len()), (0, 0));
    assert_eq!((victim.doc.heads(), victim.plan()), (heads, plan));
    check_sound(&mut victim.clone());
}

/// The document saves, loads, and takes an edit.
fn check_sound(site: &mut Site) {
    let loaded = Document::load(site.doc.id(), &site.doc.snapshot()).unwrap();
    assert_eq!(loaded.heads(), site.doc.heads());
    let place = Place::Container(site.doc.kind().containers()[0]);
    assert!(site.edit(&[put(place, "alive", "yes")]).is_some());
}

fn check_forged(expected: Refusal, alter: impl FnOnce(&mut ExpandedChange)) {
    let (mut victim, mut mallory) = scene();
    let change = forge(&honest(&mut mallory), alter);
    check(&mut victim, &change, expected);
}

fn check_op(fault: Fault, alter: impl FnOnce(&mut RawOp)) {
    check_forged(Refusal::Operation { index: 0, fault }, |it| alter(&mut it.operations[0]));
}

fn genesis_object(counter: u64) -> ObjectId {
    ObjectId::Id(raw_id(counter, genesis::actor(&plan_id())))
}

fn raw_id(counter: u64, actor: Actor) -> RawId {
    RawId::new(counter, &ActorId::from(actor.as_bytes().as_slice()))
}

#[test]
fn chunks_that_are_not_plain_changes_are_refused_unopened() {
    let (mut victim, mut mallory) = scene();
    let honest = honest(&mut mallory);
    for found in [0, 2, 3, 4, 255] {
        let mut bytes = honest.bytes.clone();
        bytes[8] = found;
        check(&mut victim, &rehash(bytes), Refusal::Chunk { found });
    }
    let snapshot = rehash(victim.doc.snapshot());
    check(&mut victim, &snapshot, Refusal::Chunk { found: 0 });
}

#[test]
fn bytes_that_are_not_the_signed_ones_are_refused() {
    let (mut victim, mut mallory) = scene();
    let honest = honest(&mut mallory);
    let other = NewChange { hash: ChangeHash([7; 32]), ..honest.clone() };
    check(&mut victim, &other, Refusal::Hash);
    let mut checksum = honest.clone();
    checksum.bytes[4] ^= 1;
    check(&mut victim, &checksum, Refusal::Hash);
    let mut longer = honest.clone();
    longer.bytes.push(0);
    check(&mut victim, &longer, Refusal::Malformed(ReadError::Trailing));
    let mut shorter = honest;
    shorter.bytes.pop();
    check(&mut victim, &shorter, Refusal::Malformed(ReadError::Short));
    let huge = NewChange { hash: ChangeHash([0; 32]), bytes: vec![0; 50_000], rows: vec![] };
    check(&mut victim, &huge, Refusal::TooLarge { bytes: 50_000 });
}

#[test]
fn a_change_under_the_name_of_another_is_refused() {
    let victim_actor = Site::with_plan().actor;
    check_forged(Refusal::Actor, |it| it.actor_id = ActorId::from(victim_actor.as_bytes().as_slice()));
    check_forged(Refusal::Actor, |it| it.actor_id = ActorId::from([MALLORY; 17].as_slice()));
}

#[test]
fn seqs_that_leap_or_repeat_are_refused() {
    for found in [0, 2, 5, u64::MAX] {
        check_forged(Refusal::Seq { expected: 1, found }, |it| it.seq = found);
    }
    let (mut victim, mut mallory) = scene();
    honest(&mut mallory);
    victim.pull(&mallory);
    let row = mallory.row(1);
    let next = mallory.edit(&[set(&row, ItemField::Title, "dos")]).unwrap();
    check(&mut victim, &forge(&next, |it| it.seq = 1), Refusal::Seq { expected: 2, found: 1 });
}

#[test]
fn the_other_branch_of_a_forked_feed_is_held() {
    let (mut victim, mut mallory) = scene();
    let mut twin = mallory.clone();
    let first = honest(&mut mallory);
    let row = twin.row(1);
    let second = twin.edit(&[set(&row, ItemField::Title, "dos")]).unwrap();
    let both = [(mallory.actor, first.clone()), (mallory.actor, second.clone())];
    let applied = victim.take(&both);
    assert_eq!(applied.applied, [first.hash]);
    assert_eq!(applied.held, [(second.hash, Hold::SeqTaken { seq: 1 })]);
    check_sound(&mut victim);
}

#[test]
fn counters_that_do_not_follow_are_refused() {
    let (_, mut mallory) = scene();
    let change = honest(&mut mallory);
    let due = Change::from_bytes(change.bytes).unwrap().start_op().get();
    for found in [1, due - 1, due + 1, (1 << 31) - 1, u64::from(u32::MAX) - 2] {
        check_forged(Refusal::StartOp { expected: due, found }, |it| it.start_op = found.try_into().unwrap());
    }
}

#[test]
fn dependencies_are_bounded_and_never_absent() {
    check_forged(Refusal::Dependencies, |it| it.deps.clear());
    check_forged(Refusal::Dependencies, |it| {
        it.deps = (0..1025u16).map(|n| automerge::ChangeHash(sha256(&n.to_be_bytes()))).collect();
    });
    check_forged(Refusal::Dependencies, |it| it.deps = vec![it.deps[0]; 2]);
}

#[test]
fn times_at_the_ends_of_the_range_are_refused() {
    for seconds in [i64::MIN, -1, i64::MAX] {
        check_forged(Refusal::Time { seconds }, |it| it.time = seconds);
    }
}

#[test]
fn a_change_that_does_nothing_or_carries_more_is_refused() {
    check_forged(Refusal::Empty, |it| it.operations.clear());
    check_forged(Refusal::Malformed(ReadError::Trailing), |it| it.extra_bytes = vec![1, 1, 7]);
}

#[test]
fn a_few_bytes_that_claim_endless_operations_are_refused_at_once() {
    let mut victim = Site::with_plan();
    let deps = victim.doc.heads();
    // 10¹² as signed LEB128, then as unsigned.
    let many = [0x80, 0xa0, 0x94, 0xa5, 0x8d, 0x1d];
    let run = |value: &[u8]| [&many[..], value].concat();
    let bombs = [
        vec![(0x15, run(b"\x01a")), (0x34, many.to_vec()), (0x42, run(&[1]))],
        vec![(0x42, [&[0][..], &many].concat())],
        vec![(0x15, vec![0x7f, 1, b'a']), (0x42, vec![0x7f, 1]), (0x70, [&[0x7f][..], &many].concat())],
        vec![(0x42, vec![0x7f, 1]), (0x70, vec![0xe0, 0xd4, 0x03, 1])],
    ];
    for bomb in bombs {
        check(&mut victim, &by_hand(&deps, 1, &bomb), Refusal::TooManyOps);
    }
    let literal = by_hand(&deps, 1, &[(0x42, vec![0x80, 0x80, 0x80, 0x80, 0x40])]);
    check(&mut victim, &literal, Refusal::TooManyOps);
}

/// What operations cost a node for ever is bounded by what their author sends.
#[test]
fn operations_are_bounded_by_the_bytes_of_their_change() {
    let mut victim = Site::with_plan();
    let deps = victim.doc.heads();
    // Puts of null under one key: columns of key, insertion, action and value, each a single run.
    let puts = |n: u64| {
        let run = |value: &[u8]| {
            let mut run = sleb(n);
            run.extend_from_slice(value);
            run
        };
        let mut falses = Writer::new();
        falses.leb(n);
        [(0x15, run(b"\x01a")), (0x34, falses.into_vec()), (0x42, run(&[1])), (0x56, run(&[0]))]
    };
    check(&mut victim, &by_hand(&deps, 1, &puts(49_000)), Refusal::TooManyOps);
    check(&mut victim, &by_hand(&deps, 1, &puts(1_200)), Refusal::TooManyOps);
    // A thousand are read; what is wrong with these is only that they do not follow.
    let expected = Change::from_bytes(victim.log.last().unwrap().1.bytes.clone()).unwrap();
    let expected = expected.start_op().get() + expected.len() as u64;
    check(&mut victim, &by_hand(&deps, 1, &puts(1_000)), Refusal::StartOp { expected, found: 1 });
}

/// A run of one long key: 42 KiB on the wire, gigabytes once each operation has a key of its own.
#[test]
fn a_long_key_that_is_repeated_is_refused_before_it_is_expanded() {
    let mut victim = Site::with_plan();
    let deps = victim.doc.heads();
    let many = |value: &[u8]| [sleb(40_000), value.to_vec()].concat();
    let mut key = Writer::new();
    key.text(&"k".repeat(42_000));
    let columns = [(0x15, many(key.as_slice())), (0x34, vec![0xc0, 0xb8, 0x02]), (0x42, many(&[1]))];
    let bomb = by_hand(&deps, 1, &columns);
    assert!(bomb.bytes.len() < svod_shared::entry::CHANGE_BYTES_MAX);
    check(&mut victim, &bomb, Refusal::TooManyOps);
}

/// A positive run length.
fn sleb(mut n: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while n > 0x3f {
        bytes.push(u8::try_from(n & 0x7f).unwrap() | 0x80);
        n >>= 7;
    }
    bytes.push(u8::try_from(n).unwrap());
    bytes
}

/// A hostile member may write two changes for one place. If only applying shows that the first is none, every node must
/// come to the second, whether it was offered both at once or one after the other.
#[test]
fn a_change_that_waited_behind_a_refused_one_is_taken_at_once() {
    let (victim, mut mallory) = scene();
    let second = honest(&mut mallory);
    let row = mallory.row(1);
    let third = mallory.edit(&[set(&row, ItemField::Title, "dos")]).unwrap();
    let first = forge(&second, |it| it.operations[0].pred = Vec::new().into());
    let offered: Vec<_> = [&first, &second, &third].map(|it| (mallory.actor, it.clone())).into();
    let (mut at_once, mut apart) = (victim.clone(), victim);
    let applied = at_once.take(&offered);
    assert_eq!(applied.applied, [second.hash, third.hash]);
    assert_eq!((applied.held.len(), applied.refused.len()), (0, 1));
    offered.iter().for_each(|it| drop(apart.take(std::slice::from_ref(it))));
    assert_eq!((at_once.doc.heads(), at_once.plan()), (apart.doc.heads(), apart.plan()));
    check_sound(&mut at_once);
}

/// A dependency that never comes: the change waits outside automerge, however many there are, and holds up nothing.
#[test]
fn orphans_wait_outside_the_document_and_cost_it_nothing() {
    let (mut victim, mut mallory) = scene();
    let change = honest(&mut mallory);
    let orphans: Vec<_> = (0..2_000u16)
        .map(|n| {
            let absent = automerge::ChangeHash(sha256(&n.to_be_bytes()));
            let orphan = forge(&change, |it| {
                it.deps.push(absent);
                it.deps.sort();
            });
            (mallory.actor, orphan)
        })
        .collect();
    let snapshot = victim.doc.snapshot();
    let applied = victim.take(&orphans);
    assert_eq!((applied.applied.len(), applied.held.len(), applied.refused.len()), (0, 2_000, 0));
    assert_eq!(victim.doc.snapshot(), snapshot, "nothing of them is in the document");
    // Somebody else goes on as if they were not there.
    let mut good = victim.peer(3);
    let row = good.row(2);
    good.edit(&[set(&row, ItemField::Title, "tres")]);
    assert_eq!(victim.pull(&good).applied.len(), 1);
    check_sound(&mut victim);
}

/// A change under the victim's name with a dependency that never comes would hold the place of the victim's next one.
#[test]
fn nobody_squats_in_the_place_of_anothers_next_change() {
    let (mut victim, mut mallory) = scene();
    let own = ActorId::from(victim.actor.as_bytes().as_slice());
    let squat = forge(&honest(&mut mallory), |it| {
        (it.actor_id, it.seq) = (own, 2);
        it.deps = vec![automerge::ChangeHash([9; 32])];
    });
    check(&mut victim, &squat, Refusal::Actor);
    let row = victim.row(1);
    let next = victim.edit(&[set(&row, ItemField::Title, "dos")]).unwrap();
    assert_eq!(mallory.take(&[(victim.actor, next.clone())]).applied, [next.hash]);
}

#[test]
fn an_actor_of_another_length_is_refused() {
    for length in [0, 15, 17, 40_000] {
        check_forged(Refusal::Actor, |it| it.actor_id = ActorId::from(vec![MALLORY; length]));
    }
}

/// Sent twice in one batch, or to a document that has it: nothing is told of it and nothing changes.
#[test]
fn a_change_that_comes_twice_changes_nothing() {
    let (mut victim, mut mallory) = scene();
    let change = honest(&mut mallory);
    let both = [(mallory.actor, change.clone()), (mallory.actor, change.clone())];
    assert_eq!(victim.take(&both).applied, [change.hash]);
    let (heads, snapshot) = (victim.doc.heads(), victim.doc.snapshot());
    assert_eq!(victim.take(&both), super::document::Applied::default());
    assert_eq!((victim.doc.heads(), victim.doc.snapshot()), (heads, snapshot));
}

#[test]
fn columns_that_no_scalar_needs_are_refused() {
    let mut victim = Site::with_plan();
    let deps = victim.doc.heads();
    for spec in [0x42 | 8, 0x94, 0xa5, 0x1000] {
        check(&mut victim, &by_hand(&deps, 1, &[(spec, vec![1])]), Refusal::Column { spec });
    }
    let twice = [(0x42, vec![0x7f, 1]), (0x42, vec![0x7f, 1])];
    check(&mut victim, &by_hand(&deps, 1, &twice), Refusal::Column { spec: 0x42 });
}

/// Automerge applies this change, shows its value, and then saves a document that never loads again.
#[test]
fn the_time_bomb_is_refused() {
    let bomb = "856f4a833b2f6c7a014c01cd09eadb190e74f266aa7a63fbbe4a4a81bda7a533dcb6dceff0239a8e30c19e1005050505\
                0505050505050505050505050102000000051503340142025602700201016101010101000100";
    let mut bytes = data_encoding::HEXLOWER.decode(bomb.as_bytes()).unwrap();
    let mut victim = Site::new(sheet_id(), 1);
    // As it was found it depends on another document; made to fit this one, only its encoding is wrong.
    bytes[11..43].copy_from_slice(&victim.doc.heads()[0].0);
    bytes[44..60].copy_from_slice(&[MALLORY; 16]);
    bytes[61] = 3;
    check(&mut victim, &rehash(bytes), Refusal::NotCanonical);
}

#[test]
fn a_change_of_another_document_is_held_for_ever() {
    let (mut victim, _) = scene();
    let mut other = Site::new(roadmap::roadmap_id([6; 13]), MALLORY);
    let change = other.edit(&[put(Place::Container(PLAN), "title", "x")]).unwrap();
    let missing = other.doc.clone();
    let applied = victim.take(&[(other.actor, change.clone())]);
    let missing = vec![genesis::change(&missing.id(), missing.kind()).0];
    assert_eq!(applied.held, [(change.hash, Hold::Dependencies { missing })]);
    check_sound(&mut victim);
}

#[test]
fn objects_are_made_as_own_rows_only() {
    let make = |obj: ObjectId, key: &str, kind: ObjType| {
        let key = Key::Map(key.into());
        move |it: &mut RawOp| {
            *it = RawOp { action: OpType::Make(kind), obj, key, pred: Vec::new().into(), insert: false }
        }
    };
    let (_, mallory) = scene();
    let own = mallory.doc.next_row_id(&mallory.actor, 0).0;
    check_op(Fault::RowId, make(genesis_object(2), "mine", ObjType::Map));
    check_op(Fault::RowId, make(genesis_object(2), &mallory.row(0).0, ObjType::Map));
    check_op(
        Fault::RowId,
        make(genesis_object(2), &mallory.doc.next_row_id(&mallory.actor, 1).0, ObjType::Map),
    );
    for kind in [ObjType::List, ObjType::Text, ObjType::Table] {
        check_op(Fault::Make, make(genesis_object(2), &own, kind));
    }
    check_op(Fault::Make, make(genesis_object(1), "nested", ObjType::Map));
    check_op(Fault::Root, make(ObjectId::Root, "rows", ObjType::Map));
    check_op(Fault::Place, make(genesis_object(3), "nested", ObjType::Map));
    // Deep nesting needs a map in a row, and overflows the stack of whoever renders it.
    check_op(Fault::Make, |it| it.action = OpType::Make(ObjType::Map));
}

#[test]
fn an_object_inside_itself_is_refused() {
    let (_, mut mallory) = scene();
    let due = Change::from_bytes(honest(&mut mallory).bytes).unwrap().start_op().get();
    check_op(Fault::Unseen, |it| {
        it.action = OpType::Make(ObjType::Map);
        it.pred = Vec::new().into();
        it.obj = ObjectId::Id(raw_id(due, Actor([MALLORY; 16])));
    });
}

#[test]
fn objects_are_never_put_over_or_deleted() {
    check_op(Fault::Rows, |it| it.obj = genesis_object(2));
    check_op(Fault::Rows, |it| (it.obj, it.action) = (genesis_object(2), OpType::Delete));
    check_op(Fault::Root, |it| (it.obj, it.key) = (ObjectId::Root, Key::Map("plan".into())));
}

#[test]
fn a_sheet_has_no_objects() {
    let mut victim = Site::new(sheet_id(), 1);
    let mut mallory = Site::new(sheet_id(), MALLORY);
    let row = RowId("row".to_owned());
    let ops = execution::set(&mallory.doc, &plan_id(), &row, ExecutionField::Status, "done");
    let honest = mallory.edit(&ops).unwrap();
    let forged = forge(&honest, |it| it.operations[1].action = OpType::Make(ObjType::Map));
    check(&mut victim, &forged, Refusal::Operation { index: 1, fault: Fault::Make });
}

#[test]
fn only_puts_and_deletions_of_plain_values_are_admitted() {
    check_op(Fault::Action, |it| it.action = OpType::Increment(1));
    check_op(Fault::Action, |it| it.insert = true);
    check_op(Fault::Action, |it| it.key = Key::head());
    check_op(Fault::Value, |it| it.action = OpType::Put(ScalarValue::counter(1)));
    check_op(Fault::Value, |it| it.action = OpType::Put(ScalarValue::F64(f64::NAN)));
    check_op(Fault::Value, |it| {
        it.action = OpType::Put(ScalarValue::Unknown { type_code: 12, bytes: vec![1] });
    });
}

#[test]
fn an_operation_supersedes_exactly_what_its_author_saw() {
    let (victim, mut mallory) = scene();
    let title = forge(&honest(&mut mallory), |_| ());
    let pred = Change::from_bytes(title.bytes).unwrap().decode().operations[0].pred.get(0).unwrap().clone();
    // A divergence that nobody caused.
    check_op(Fault::Supersedes, |it| it.pred = Vec::new().into());
    // A value of another field hidden on the way: a neighbouring operation of the same change.
    let beside = RawId::new(pred.counter() + 1, pred.actor());
    check_op(Fault::Supersedes, |it| it.pred = vec![pred.clone(), beside.clone()].into());
    check_op(Fault::Supersedes, |it| it.pred = vec![beside].into());
    check_op(Fault::Supersedes, |it| (it.action, it.key) = (OpType::Delete, Key::Map("absent".into())));
    check_op(Fault::Unseen, |it| it.pred = vec![RawId::new(pred.counter() + 1_000, pred.actor())].into());
    check_op(Fault::Unseen, |it| it.pred = vec![raw_id(3, Actor([99; 16]))].into());
    // A value that stands at the victim's, but was never seen by Mallory.
    let mut victim = victim;
    let row = victim.row(0);
    let unseen = victim.edit(&[set(&row, ItemField::Title, "eins")]).unwrap();
    let counter = Change::from_bytes(unseen.bytes).unwrap().start_op().get();
    let (_, mut mallory) = scene();
    let own = victim.actor;
    let forged = forge(&honest(&mut mallory), |it| it.operations[0].pred = vec![raw_id(counter, own)].into());
    check(&mut victim, &forged, Refusal::Operation { index: 0, fault: Fault::Unseen });
}

#[test]
fn a_bad_change_does_not_hold_up_the_good_ones_beside_it() {
    let (mut victim, mut mallory) = scene();
    let mut good = victim.peer(3);
    for n in 0..7 {
        let row = good.row(n % 3);
        good.edit(&[set(&row, ItemField::Term, &n.to_string())]);
    }
    let bad = forge(&honest(&mut mallory), |it| it.operations[0].pred = Vec::new().into());
    let mut batch = good.log[1..].to_vec();
    batch.insert(3, (mallory.actor, bad.clone()));
    let applied = victim.take(&batch);
    assert_eq!((applied.applied.len(), applied.held.len()), (7, 0));
    assert_eq!(applied.refused[0].0, bad.hash);
    assert_eq!((victim.doc.heads(), victim.plan()), (good.doc.heads(), good.plan()));
    check_sound(&mut victim);
}

/// One way to spoil a decoded change.
fn spoil(change: &mut ExpandedChange, how: u8, n: u64, at: usize) {
    let at = at % change.operations.len().max(1);
    let others = [Actor([1; 16]), Actor([MALLORY; 16]), genesis::actor(&plan_id())];
    let id = raw_id(n, others[at % 3]);
    let Some(op) = change.operations.get_mut(at) else { return };
    match how % 14 {
        0 => op.obj = ObjectId::Id(id),
        1 => op.obj = ObjectId::Root,
        2 => op.pred = vec![id].into(),
        3 => op.pred = Vec::new().into(),
        4 => op.pred = op.pred.iter().cloned().chain([id]).collect(),
        5 => op.action = OpType::Make([ObjType::Map, ObjType::List, ObjType::Text][at % 3]),
        6 => op.action = OpType::Delete,
        7 => op.action = OpType::Increment(3),
        8 => op.key = Key::Map(format!("k{n}").into()),
        9 => op.insert = !op.insert,
        10 => op.action = OpType::Put(ScalarValue::Uint(n)),
        11 => change.seq = n,
        12 => change.start_op = n.max(1).try_into().unwrap(),
        _ => change.deps = change.deps.drain(..).skip(1).collect(),
    }
}

/// An honest change with several operations: a new row, two puts, and the settling of a divergence.
fn rich() -> (Site, NewChange) {
    let (mut victim, mut mallory) = scene();
    let row = victim.row(0);
    victim.edit(&[set(&row, ItemField::Term, "May")]);
    mallory.edit(&[set(&row, ItemField::Term, "June")]);
    mallory.pull(&victim);
    victim.pull(&mallory);
    let section = mallory.plan().sections[0].clone();
    let mut ops = roadmap::add_item(&section, Some(&row), &[(ItemField::Title, "four".into())], [1; 4]);
    ops.push(set(&row, ItemField::Title, "uno"));
    ops.push(set(&row, ItemField::Term, "June"));
    let change = mallory.edit(&ops).unwrap();
    (victim, change)
}

/// Whatever became of it, the document is sound and the outcome is told.
fn check_survives(victim: &Site, change: &NewChange) -> Result<(), TestCaseError> {
    let mut site = victim.clone();
    let heads = site.doc.heads();
    let applied = site.take(&[(Actor([MALLORY; 16]), change.clone())]);
    prop_assert_eq!(applied.applied.len() + applied.held.len() + applied.refused.len(), 1);
    prop_assert_eq!(applied.applied.is_empty(), site.doc.heads() == heads);
    check_sound(&mut site);
    Ok(())
}

#[test]
fn mutated_changes_never_break_a_document() {
    let (victim, honest) = rich();
    let bytes = (proptest::collection::vec((9..honest.bytes.len(), any::<u8>()), 1..4), any::<bool>());
    let config = ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    runner
        .run(&bytes, |(places, whole)| {
            let mut bytes = honest.bytes.clone();
            for (at, value) in places {
                bytes[at] = if whole { value } else { bytes[at] ^ (1 << (value % 8)) };
            }
            check_survives(&victim, &rehash(bytes))
        })
        .unwrap();
}

#[test]
fn spoiled_changes_never_break_a_document() {
    let (victim, honest) = rich();
    let ways = proptest::collection::vec((any::<u8>(), 0..60u64, any::<usize>()), 1..3);
    let config = ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    runner
        .run(&ways, |ways| {
            let forged = forge(&honest, |it| ways.iter().for_each(|(how, n, at)| spoil(it, *how, *n, *at)));
            check_survives(&victim, &forged)
        })
        .unwrap();
}

/// Nodes that hold what `victim` holds, and different edits beside it that the hostile change has not seen.
fn beside_other_edits(victim: &Site) -> [Site; 3] {
    let mut same_fields = victim.peer(21);
    for n in 0..3 {
        let row = same_fields.row(n);
        same_fields.edit(&[set(&row, ItemField::Title, "eins"), set(&row, ItemField::Term, "Mai")]);
    }
    let mut diverged = victim.peer(22);
    let row = diverged.row(0);
    diverged.edit(&[set(&row, ItemField::Term, "Juni")]);
    diverged.pull(&same_fields);
    let section = diverged.plan().sections[0].clone();
    diverged.edit(&roadmap::add_item(&section, Some(&row), &[(ItemField::Title, "five".into())], [2; 4]));
    diverged.edit(&[roadmap::delete_row(&row, "gone")]);
    [victim.clone(), same_fields, diverged]
}

/// What rules 1 to 5 say does not depend on what else a node holds: nodes could never agree otherwise.
#[test]
fn what_is_refused_is_refused_alike_beside_any_other_edits() {
    let (victim, honest) = rich();
    let sites = beside_other_edits(&victim);
    let ways = proptest::collection::vec((any::<u8>(), 0..60u64, any::<usize>()), 1..3);
    let flips = proptest::collection::vec((9..honest.bytes.len(), any::<u8>()), 0..2);
    let config = ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    runner
        .run(&(ways, flips), |(ways, flips)| {
            let change = if flips.is_empty() {
                forge(&honest, |it| ways.iter().for_each(|(how, n, at)| spoil(it, *how, *n, *at)))
            } else {
                let mut bytes = honest.bytes.clone();
                flips.iter().for_each(|(at, value)| bytes[*at] ^= 1 << (value % 8));
                rehash(bytes)
            };
            let offered = [(Actor([MALLORY; 16]), change)];
            let verdicts = sites.clone().map(|mut it| it.take(&offered));
            for other in &verdicts[1..] {
                prop_assert_eq!(&other.refused, &verdicts[0].refused);
                prop_assert_eq!(&other.held, &verdicts[0].held);
                prop_assert_eq!(&other.applied, &verdicts[0].applied);
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_copy_under_another_name_does_not_hide_the_change_itself() {
    let (mut victim, mut mallory) = scene();
    let change = honest(&mut mallory);
    let copy = (Actor([9; 16]), change.clone());
    let applied = victim.take(&[copy.clone(), (mallory.actor, change.clone())]);
    assert_eq!((applied.applied, applied.refused), (vec![change.hash], vec![]));
    let mut alone = Site::with_plan();
    assert_eq!(alone.take(&[copy]).refused, [(change.hash, Refusal::Actor)]);
}

proptest! {
    /// The first look at a change, before automerge sees it: any bytes at all, and any behind a plausible head.
    #[test]
    fn arbitrary_bytes_are_scanned_without_harm(bytes: Vec<u8>, plain: Vec<u8>) {
        let actor = Actor([MALLORY; 16]);
        let (hash, whole) = svod_shared::chunk::of_body(&plain);
        let mut headed = Writer::new();
        headed.leb(1).raw(&[7; 32]).bytes(&[MALLORY; 16]).leb(1).leb(1).u8(0).u8(0).u8(0).raw(&plain);
        let (headed_hash, headed) = svod_shared::chunk::of_body(headed.as_slice());
        for (hash, bytes) in [(hash, bytes), (hash, whole), (headed_hash, headed)] {
            let mut site = Site::new(plan_id(), 1);
            let change = NewChange { hash, bytes, rows: vec![] };
            let applied = site.take(&[(actor, change)]);
            prop_assert_eq!(applied.applied, vec![]);
        }
    }
}
