//! Svod's node.

pub mod documents;
pub mod domain;
pub mod views;
