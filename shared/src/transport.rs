//! QUIC with raw public keys, framing, and the loop that runs a session over it. Feature `transport`.

pub mod dial;
pub mod frames;
mod gate;
mod identity;
pub mod quic;
#[cfg(test)]
mod tests;

pub use dial::{DialError, dial};
pub use gate::Limits;
pub use identity::ALPN;
pub use quic::{Caller, CloseCode, Closer, Link, Listener, Traffic};
