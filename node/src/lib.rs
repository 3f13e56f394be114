//! Svod's node.

pub mod domain;
pub mod exchange;
pub mod views;
