//! Svod's core: keys, roster, the signed log, its exchange and its store.
#![warn(missing_docs)]

pub mod chunk;
pub mod entry;
pub mod feed;
pub mod frontier;
pub mod id;
pub mod keys;
pub mod leb;
pub mod letter;
pub mod log;
pub mod pack;
pub mod packet;
pub mod roster;
pub mod storage;
pub mod sync;
pub mod ticket;
pub mod time;
#[cfg(feature = "transport")]
pub mod transport;
pub mod vector;
