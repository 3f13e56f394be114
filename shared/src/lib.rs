//! Svod's core: keys, roster, the signed log, its exchange and its store.
#![warn(missing_docs)]

pub mod entry;
pub mod frontier;
pub mod id;
pub mod keys;
pub mod leb;
pub mod letter;
pub mod pack;
pub mod roster;
pub mod storage;
pub mod sync;
pub mod ticket;
pub mod time;
pub mod vector;
