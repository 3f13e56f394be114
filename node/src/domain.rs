//! The domain as plain values: no I/O, no automerge, no SQL, no HTML.

pub mod aggregate;
pub mod campaign;
pub mod decimal;
pub mod divergence;
pub mod execution;
pub mod field;
pub mod form;
pub mod indicator;
pub mod light;
pub mod lint;
pub mod member;
pub mod period;
pub mod plan;
pub mod schedule;
pub mod stem;
