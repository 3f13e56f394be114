//! Svod's node.

pub mod domain;
pub mod office;
pub mod views;
