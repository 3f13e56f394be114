//! One field of a shared document: the value shown, and what stands beside it.

use serde::{Deserialize, Serialize};
use svod_shared::id::ChangeHash;

/// Automerge's name of the operation that wrote a value, `counter@actor`. A form carries the names of what it
/// showed, so that a save never supersedes what its author has not seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OpName(pub String);

/// A value somebody wrote, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// The value; an emptied field is an empty text.
    pub value: String,
    /// The operation that wrote it.
    pub op: OpName,
    /// The change that holds the operation.
    pub change: ChangeHash,
    /// The author's clock, seconds since 1970. Shown, never deciding.
    pub time: i64,
}

/// A field: absent, one value, or several that were written without seeing each other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The value that stands now by automerge's rule. `None`: never written.
    pub shown: Option<Variant>,
    /// The concurrent values beside it.
    pub others: Vec<Variant>,
}

impl Field {
    /// The value that stands now; empty if never written.
    pub fn text(&self) -> &str {
        self.shown.as_ref().map_or("", |it| it.value.as_str())
    }

    /// All visible values, the shown one first.
    pub fn variants(&self) -> impl Iterator<Item = &Variant> {
        self.shown.iter().chain(&self.others)
    }

    /// The operations whose values a reader of this field has seen, sorted.
    pub fn ops(&self) -> Vec<OpName> {
        let mut ops: Vec<_> = self.variants().map(|it| it.op.clone()).collect();
        ops.sort();
        ops
    }

    /// Whether two or more *different* values stand side by side.
    pub fn diverges(&self) -> bool {
        self.others.iter().any(|it| it.value != self.text())
    }
}
