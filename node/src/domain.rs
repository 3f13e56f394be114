//! The domain as plain values: no I/O, no automerge, no SQL, no HTML.

pub mod divergence;
pub mod execution;
pub mod field;
pub mod light;
pub mod member;
pub mod plan;
pub mod schedule;
