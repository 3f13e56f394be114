//! QUIC with raw public keys, framing, and the loop that runs a session over it. Feature `transport`.
//!
//! A node keeps one connection through [`run_client`]; a relay accepts callers through [`Listener`]. Both run the same
//! [`drive()`] loop: a [`Session`](crate::sync::Session), which decides, over a [`Link`], which carries, against a
//! [`Host`], which stores.

pub mod client;
pub mod dial;
pub mod drive;
pub mod frames;
mod gate;
pub mod host;
mod identity;
mod pace;
pub mod quic;
mod reset;
#[cfg(test)]
mod tests;

pub use client::{Client, Finished, Phase, Status, Trouble, run_client};
pub use dial::{DialError, dial};
pub use drive::{Ending, Shutdown, drive};
pub use gate::Limits;
pub use host::{Host, HostError, Update, Updated};
pub use identity::ALPN;
pub use quic::{BindError, Caller, CloseCode, GreetError, Link, LinkHandle, Listener, Traffic};
