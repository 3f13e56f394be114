//! What pages and the command line ask of the node and what it answers: plain data.
//!
//! An edit carries the names of the operations that its author saw. The node writes a field only if they are still the
//! ones that stand there; otherwise it writes nothing of that field and gives back what stands now beside what was
//! typed.

use svod_shared::id::DocId;

use crate::domain::field::{Field, OpName};

/// The change of one field, as typed by somebody who saw `seen`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit<F> {
    /// The field.
    pub field: F,
    /// What it shall hold; empty clears it.
    pub value: String,
    /// The operations whose values the author saw, sorted.
    pub seen: Vec<OpName>,
}

/// What became of edits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edited {
    /// All of them are written, durably.
    Saved,
    /// Fields that moved since they were shown; the others are written.
    Conflict(Vec<EditConflict>),
}

/// A field that moved since it was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditConflict {
    /// The field's key.
    pub field: String,
    /// What stands in it now.
    pub now: Field,
    /// What was typed.
    pub typed: String,
}

/// What loading a table did to the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportOutcome {
    /// The plan it went into.
    pub plan: DocId,
    /// Rows that are new.
    pub added: usize,
    /// Rows that stood there just so.
    pub unchanged: usize,
    /// Rows that were brought up to date.
    pub updated: usize,
}
