//! Svod's node.

pub mod domain;
pub mod views;
