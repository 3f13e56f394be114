//! Rules 2–5 of the gate: may this change stand in this document?
//!
//! Automerge trusts its input: crafted changes make it panic, hang, exhaust memory, or write a document that never loads
//! again. So a change is checked, in this order, before automerge applies it:
//!
//! 1. `prescan`: a plain change chunk of bounded size with the hash its entry states; the feed's actor; bounded
//!    dependencies and operations, counted without expanding them; nothing beyond the known columns;
//! 2. automerge parses it, and encodes it to the same bytes again;
//! 3. seq and start op follow from what the change has seen;
//! 4. `structure`: every operation stands where the kind's rules allow it and refers only to what the change has seen;
//! 5. every operation supersedes exactly the values that its author saw in the field.
//!
//! All this is a pure function of the change, its causal past and these rules, so that all nodes decide alike. The fifth
//! step asks the scratch copy on which the change was applied for the state at the change's own dependencies.

pub(crate) mod prescan;
pub(crate) mod structure;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::{Automerge, Change, ExpandedChange};
use svod_shared::id::{Actor, ChangeHash};
use svod_shared::leb::ReadError;

use self::prescan::Header;
use super::document::Incoming;
use super::genesis::Kind;
use super::past::{Link, OpId, Past};
use crate::domain::plan::RowId;

/// Counters stay below this: at 2³² every later edit of the document would panic.
pub const COUNTER_MAX: u64 = 1 << 31;

/// Why a change can never stand in the document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Above [`svod_shared::entry::CHANGE_BYTES_MAX`].
    #[error("change has {bytes} bytes")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// Not a plain change: a document, a compressed change, a bundle.
    #[error("chunk type is {found}, not a plain change")]
    Chunk {
        /// The chunk's type.
        found: u8,
    },
    /// The bytes do not follow the format.
    #[error("change is malformed")]
    Malformed(#[source] ReadError),
    /// The bytes are not those that the entry commits to, or carry a wrong checksum.
    #[error("bytes do not have the stated hash")]
    Hash,
    /// Written by another actor than its feed's.
    #[error("actor is not the feed's")]
    Actor,
    /// No dependencies, more than an honest merge has, or not in ascending order.
    #[error("dependencies are absent, too many or out of order")]
    Dependencies,
    /// A column that is compressed, unknown or out of order.
    #[error("column {spec:#x} is not admitted")]
    Column {
        /// Automerge's column specification.
        spec: u64,
    },
    /// More operations than its size allows, or longer keys than those of any honest change.
    #[error("too many operations")]
    TooManyOps,
    /// Nothing is done.
    #[error("change does nothing")]
    Empty,
    /// A time before 1970 or after the year 9999.
    #[error("time {seconds} is out of range")]
    Time {
        /// The stated time.
        seconds: i64,
    },
    /// Automerge does not parse it.
    #[error("change does not parse")]
    Parse,
    /// Automerge would encode it differently.
    #[error("change is not in canonical form")]
    NotCanonical,
    /// Not the actor's next change after those that it has seen.
    #[error("seq is {found} where {expected} is due")]
    Seq {
        /// One above the actor's changes among its dependencies.
        expected: u64,
        /// The stated seq.
        found: u64,
    },
    /// Its operations do not begin right above those that it has seen.
    #[error("start op is {found} where {expected} is due")]
    StartOp {
        /// One above all operations among its dependencies.
        expected: u64,
        /// The stated counter.
        found: u64,
    },
    /// Its counters reach [`COUNTER_MAX`].
    #[error("operation counters are exhausted")]
    Exhausted,
    /// An operation breaks the structure.
    #[error("operation {index} breaks the structure: {fault}")]
    Operation {
        /// Its place in the change.
        index: usize,
        /// What is wrong with it.
        fault: Fault,
    },
}

/// What is wrong with one operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It refers to an operation that the change has not seen, or to itself.
    #[error("refers to what its author had not seen")]
    Unseen,
    /// It stands in something that is neither a container nor a row.
    #[error("stands outside containers and rows")]
    Place,
    /// It writes at the root, where only the genesis does.
    #[error("writes at the root")]
    Root,
    /// It makes an object where none belongs, or one that is not a map.
    #[error("makes an object where none belongs")]
    Make,
    /// It makes a row under an id that is not the change's own.
    #[error("makes a row under a foreign id")]
    RowId,
    /// It writes directly among the rows.
    #[error("writes among the rows")]
    Rows,
    /// It is neither a put nor a deletion under a key: an increment, a mark, an element of a list.
    #[error("is neither a put nor a deletion under a key")]
    Action,
    /// It puts a counter, a value of an unknown type, or not-a-number.
    #[error("puts a value that is not admitted")]
    Value,
    /// It does not supersede exactly the values that stood in its field.
    #[error("does not supersede what its author saw")]
    Supersedes,
}

/// A change that passed all rules but the last, which needs it applied.
#[derive(Debug, Clone)]
pub(crate) struct Checked {
    pub(crate) link: Link,
    pub(crate) rows: BTreeMap<OpId, RowId>,
    pub(crate) change: Change,
    pub(crate) expanded: ExpandedChange,
}

/// Checks everything that the bytes alone can tell.
pub(crate) fn scan(incoming: &Incoming<'_>) -> Result<Header, Refusal> {
    prescan::scan(incoming.bytes, &incoming.hash, &incoming.actor)
}

/// Checks a scanned change against its past; all its dependencies are in `past`.
pub(crate) fn check(
    kind: Kind,
    genesis: &Actor,
    past: &Past,
    header: &Header,
    bytes: &[u8],
) -> Result<Checked, Refusal> {
    let clock = past.clock(&header.deps).ok_or(Refusal::Dependencies)?;
    let seq = past.seen(&clock, &header.actor) + 1;
    if header.seq != seq {
        return Err(Refusal::Seq { expected: seq, found: header.seq });
    }
    let start_op = past.next_op(&header.deps);
    if header.start_op != start_op {
        return Err(Refusal::StartOp { expected: start_op, found: header.start_op });
    }
    if start_op + header.ops >= COUNTER_MAX {
        return Err(Refusal::Exhausted);
    }
    let (change, expanded) = parse(bytes)?;
    if expanded.operations.len() as u64 != header.ops {
        return Err(Refusal::NotCanonical);
    }
    let view = structure::View { kind, genesis, past, clock: &clock };
    let rows = structure::check(&view, header, &expanded)
        .map_err(|(index, fault)| Refusal::Operation { index, fault })?;
    Ok(Checked { link: header.link(), rows, change, expanded })
}

/// Checks the last rule on a document where the change is applied.
pub(crate) fn check_superseded(doc: &Automerge, checked: &Checked) -> Result<(), Refusal> {
    structure::check_superseded(doc, checked).map_err(|(index, fault)| Refusal::Operation { index, fault })
}

/// Parsing itself can panic: a mutated column did after two seconds of fuzzing.
fn parse(bytes: &[u8]) -> Result<(Change, ExpandedChange), Refusal> {
    catch_unwind(AssertUnwindSafe(|| {
        let change = Change::from_bytes(bytes.to_vec()).map_err(|_| Refusal::Parse)?;
        let expanded = change.decode();
        let again = Change::from(expanded.clone());
        if again.raw_bytes() == bytes && again.hash() == change.hash() {
            Ok((change, expanded))
        } else {
            Err(Refusal::NotCanonical)
        }
    }))
    .unwrap_or(Err(Refusal::Parse))
}

impl Header {
    fn link(&self) -> Link {
        Link {
            hash: self.hash,
            actor: self.actor,
            seq: self.seq,
            start_op: self.start_op,
            ops: self.ops,
            time: self.time,
            deps: self.deps.clone(),
        }
    }
}

/// Automerge's form of a change's hash.
pub(crate) fn to_automerge(hash: &ChangeHash) -> automerge::ChangeHash {
    automerge::ChangeHash(hash.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_never_come_near_the_end_of_32_bits() {
        let actor = Actor([1; 16]);
        let ops = COUNTER_MAX - 10;
        let mut past = Past::default();
        let first = ChangeHash([7; 32]);
        let link = Link { hash: first, actor, seq: 1, start_op: 1, ops, time: 0, deps: vec![] };
        past.push(&link).unwrap();
        let header = Header {
            hash: ChangeHash([8; 32]),
            deps: vec![first],
            actor,
            seq: 2,
            start_op: ops + 1,
            time: 0,
            ops: 9,
        };
        let checked = check(Kind::Roadmap, &Actor([2; 16]), &past, &header, &[]);
        assert_eq!(checked.unwrap_err(), Refusal::Exhausted);
        let checked = check(Kind::Roadmap, &Actor([2; 16]), &past, &Header { ops: 8, ..header }, &[]);
        assert_eq!(checked.unwrap_err(), Refusal::Parse);
    }
}
