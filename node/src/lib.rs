//! Svod's node.

pub mod documents;
pub mod domain;
pub mod folder;
pub mod i18n;
pub mod requests;
pub mod exchange;
pub mod views;
