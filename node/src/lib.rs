//! Svod's node.

pub mod domain;
pub mod exchange;
pub mod office;
pub mod views;
