//! Svod's node.

pub mod domain;
pub mod exchange;
pub mod i18n;
pub mod office;
pub mod reports;
pub mod requests;
pub mod views;
pub mod web;
