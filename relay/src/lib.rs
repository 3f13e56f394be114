//! Svod's relay: keeps the signed log of one network and passes it on between nodes that are rarely up together.
//!
//! It checks what it stores (signature, chain, rights, hashes) but opens no document, holds no key of any
//! organisation and can forge nothing: at worst it withholds, which frontiers show. [`server::Relay`] is the whole of
//! it: `start`, then `run` until told to stop.

pub mod ask;
pub mod cli;
pub mod config;
pub mod db;
pub mod error;
pub mod events;
pub mod folder;
mod frontier;
pub mod host;
pub mod mailbox;
pub mod metrics;
pub mod peers;
pub mod quota;
mod recent;
pub mod room;
pub mod server;
pub mod status;
pub mod store;
mod usage;
mod watch;
pub mod words;
#[cfg(test)]
mod world;
