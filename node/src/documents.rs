//! Automerge documents: the only place that imports automerge.
//!
//! A [`Document`] is small, has one owner rule, and grows on a frozen [`genesis`] that every node makes itself. Changes
//! of others come in through [`Document::apply`], behind the [`guard`]; own edits come out of [`Document::edit`] as the
//! bytes that are signed. What stands in a document is read as plain domain values by [`roadmap`], [`execution`] and [`figures`];
//! what happened to it, by [`history`].
//!
//! The loop of a caller: load the newest snapshot (or start with [`Document::new`]), offer every logged change that is
//! not applied, held ones of earlier rounds included, in the order of their feeds; store what was applied together with
//! [`Document::snapshot`]; remember the refused. Nothing here touches a disk, a clock or a source of randomness that
//! decides anything: times and random bytes are arguments.

pub mod document;
pub mod execution;
pub mod figures;
pub mod genesis;
pub mod guard;
pub mod history;
pub mod message;
pub mod order;
pub mod rewrite;
pub mod roadmap;

mod edit;
mod fields;
mod past;
mod scratch;

#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod merge_tests;
#[cfg(test)]
mod testing;

pub use document::{Applied, Document, Hold, Incoming, LoadError, Place, UnknownKind};
pub use edit::{EditError, NewChange, Op};
pub use execution::execution_id;
pub use genesis::Kind;
pub use guard::{Fault, Refusal};
pub use roadmap::{natural_roadmap_id, roadmap_id};
pub use scratch::Fault as ScratchFault;
