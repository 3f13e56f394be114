//! Where operations may stand.
//!
//! - Objects are made in two places only: by the genesis, and as a row in the change whose hash of (actor, seq, n) is
//!   the row's id, so that one change in the world can make it. Two makes of one object would hide one of two subtrees
//!   without any divergence to see.
//! - Everything else is a put of a scalar or a deletion under a key, in a container that holds no rows or in a row.
//! - Objects are therefore never put over, deleted, or nested more than two deep.
//!
//! Key names and the types of scalars are not looked at, with two exceptions that have rules of their own in automerge:
//! counters and types that it does not know.

use std::collections::BTreeMap;

use automerge::legacy::{Key, ObjectId, Op, OpType};
use automerge::{Automerge, ExpandedChange, ObjType, ReadDoc, ScalarValue};
use svod_shared::id::{Actor, sha256};
use svod_shared::leb::Writer;

use super::prescan::Header;
use super::{Checked, Fault, to_automerge};
use crate::documents::genesis::Kind;
use crate::documents::past::{Clock, OpId, Past, actor_of};
use crate::domain::plan::RowId;

/// What a change is checked against.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) kind: Kind,
    pub(crate) genesis: &'a Actor,
    pub(crate) past: &'a Past,
    pub(crate) clock: &'a Clock,
}

/// The id of the n-th row that an actor's change makes.
pub(crate) fn row_id(actor: &Actor, seq: u64, n: u64) -> RowId {
    let mut writer = Writer::domain("svod/1 row");
    writer.raw(actor.as_bytes()).leb(seq).leb(n);
    let mut text = data_encoding::BASE32_NOPAD.encode(&sha256(writer.as_slice())).to_ascii_lowercase();
    text.truncate(ROW_ID_LEN);
    RowId(text)
}

/// 65 bits: by chance two of 10⁶ rows meet once in 10⁷ networks, and the actor's hash stands before every guess.
const ROW_ID_LEN: usize = 13;

/// Checks every operation; returns the rows made, or the first fault with its place.
pub(crate) fn check(
    view: &View<'_>,
    header: &Header,
    change: &ExpandedChange,
) -> Result<BTreeMap<OpId, RowId>, (usize, Fault)> {
    let mut rows = BTreeMap::new();
    for (index, op) in change.operations.iter().enumerate() {
        let id = OpId { counter: header.start_op + index as u64, actor: header.actor };
        let row = check_op(view, header, &id, op, &rows).map_err(|fault| (index, fault))?;
        rows.extend(row.map(|it| (id, it)));
    }
    Ok(rows)
}

fn check_op(
    view: &View<'_>,
    header: &Header,
    id: &OpId,
    op: &Op,
    new_rows: &BTreeMap<OpId, RowId>,
) -> Result<Option<RowId>, Fault> {
    for pred in op.pred.iter() {
        let pred = op_id(pred.counter(), pred.actor())?;
        let own = pred.actor == id.actor && (header.start_op..id.counter).contains(&pred.counter);
        if pred.counter >= id.counter || !(own || view.past.saw(view.clock, &pred)) {
            return Err(Fault::Unseen);
        }
    }
    let Key::Map(key) = &op.key else { return Err(Fault::Action) };
    if op.insert {
        return Err(Fault::Action);
    }
    match object(view, op, new_rows)? {
        Object::Rows => match op.action {
            OpType::Make(ObjType::Map) if op.pred.is_empty() => {
                let row = row_id(&id.actor, header.seq, new_rows.len() as u64);
                if row.0 == key.as_str() { Ok(Some(row)) } else { Err(Fault::RowId) }
            }
            OpType::Make(_) => Err(Fault::Make),
            _ => Err(Fault::Rows),
        },
        Object::Scalars => check_scalar(&op.action).map(|()| None),
    }
}

fn check_scalar(action: &OpType) -> Result<(), Fault> {
    match action {
        OpType::Put(ScalarValue::Counter(_) | ScalarValue::Unknown { .. }) => Err(Fault::Value),
        OpType::Put(ScalarValue::F64(value)) if value.is_nan() => Err(Fault::Value),
        OpType::Put(_) | OpType::Delete => Ok(()),
        OpType::Make(_) => Err(Fault::Make),
        OpType::Increment(_) | OpType::MarkBegin(_) | OpType::MarkEnd(_) => Err(Fault::Action),
    }
}

/// What an operation writes into.
enum Object {
    Rows,
    Scalars,
}

fn object(view: &View<'_>, op: &Op, new_rows: &BTreeMap<OpId, RowId>) -> Result<Object, Fault> {
    let ObjectId::Id(id) = &op.obj else { return Err(Fault::Root) };
    let id = op_id(id.counter(), id.actor())?;
    if id.actor == *view.genesis {
        let index = usize::try_from(id.counter.saturating_sub(1)).map_err(|_| Fault::Place)?;
        let container = view.kind.containers().get(index).filter(|_| id.counter > 0).ok_or(Fault::Place)?;
        let is_rows = view.kind.rows() == Some(*container);
        return Ok(if is_rows { Object::Rows } else { Object::Scalars });
    }
    if new_rows.contains_key(&id) {
        return Ok(Object::Scalars);
    }
    if !view.past.saw(view.clock, &id) {
        return Err(Fault::Unseen);
    }
    if view.past.row(&id).is_some() { Ok(Object::Scalars) } else { Err(Fault::Place) }
}

fn op_id(counter: u64, actor: &automerge::ActorId) -> Result<OpId, Fault> {
    Ok(OpId { counter, actor: actor_of(actor).ok_or(Fault::Unseen)? })
}

/// Checks on a document that holds the change: an operation names as its predecessors exactly the values that stood in
/// its field for its author. Naming fewer would fake a divergence, naming others would hide a value nobody replaced.
pub(crate) fn check_superseded(doc: &Automerge, checked: &Checked) -> Result<(), (usize, Fault)> {
    let deps: Vec<_> = checked.link.deps.iter().map(to_automerge).collect();
    let mut standing: BTreeMap<(OpId, &str), Vec<OpId>> = BTreeMap::new();
    for (index, op) in checked.expanded.operations.iter().enumerate() {
        let fault = |fault| (index, fault);
        let (ObjectId::Id(object), Key::Map(key)) = (&op.obj, &op.key) else {
            return Err(fault(Fault::Place));
        };
        let object = op_id(object.counter(), object.actor()).map_err(fault)?;
        let field = (object, key.as_str());
        let before = match standing.get(&field) {
            Some(before) => before.clone(),
            None if checked.rows.contains_key(&object) => Vec::new(),
            None => visible(doc, &object, key, &deps).ok_or(fault(Fault::Place))?,
        };
        let named: Result<Vec<_>, _> = op.pred.iter().map(|it| op_id(it.counter(), it.actor())).collect();
        if named.map_err(fault)? != before || (op.action == OpType::Delete && before.is_empty()) {
            return Err(fault(Fault::Supersedes));
        }
        let id = OpId { counter: checked.link.start_op + index as u64, actor: checked.link.actor };
        standing.insert(field, if op.action == OpType::Delete { Vec::new() } else { vec![id] });
    }
    Ok(())
}

fn visible(doc: &Automerge, object: &OpId, key: &str, deps: &[automerge::ChangeHash]) -> Option<Vec<OpId>> {
    let values = doc.get_all_at(object.to_object(), key, deps).ok()?;
    let mut ops: Vec<_> = values.iter().map(|(_, id)| OpId::of(id)).collect::<Option<_>>()?;
    ops.sort();
    Some(ops)
}
