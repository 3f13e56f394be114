//! Svod's node.

pub mod documents;
pub mod daemon;
pub mod domain;
pub mod exchange;
pub mod folder;
pub mod i18n;
pub mod node;
pub mod projections;
pub mod requests;
pub mod store;
pub mod i18n;
pub mod office;
pub mod reports;
pub mod requests;
pub mod views;
pub mod web;
