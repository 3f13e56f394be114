//! Svod's node.

pub mod domain;
pub mod i18n;
pub mod requests;
pub mod exchange;
pub mod views;
