//! The simulator: real stores, documents, gate and sessions under a seeded scheduler with virtual time.
//!
//! A run is a function of its seed: the same seed, the same trace. Nodes are real [`svod_node::store::Store`]s, the
//! relay is its real database, between them frames of real sessions travel over lines that are slow, dumb, cut and half
//! open. Disks fill up and tear, clocks jump, processes die between any two actions, a member forges and forks, the
//! relay forgets. After every change of a log it is checked again from outside; when everything is mended, all nodes
//! must agree within bounded time, and whatever anybody was told is saved must be seen everywhere.
//!
//! What lies below the stream (loss, order and doubling of datagrams) is QUIC's and is not simulated here.

#![expect(
    clippy::indexing_slicing,
    reason = "sites and lines are numbered by the simulator itself; a wrong number is its bug and must stop it"
)]

mod book;
mod copies;
mod deeds;
mod disk;
mod faults;
mod founding;
mod kinds;
mod line;
mod mutant;
mod relay;
pub(crate) mod rng;
mod run;
mod site;
mod trace;
mod world;

pub use kinds::Profile;
pub use mutant::Mutant;
pub use run::{Failure, Ran, run};
pub use trace::Broken;
pub use world::Terms;
