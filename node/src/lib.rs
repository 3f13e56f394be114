//! Svod's node.

pub mod cli;
pub mod commands;
pub mod daemon;
pub mod documents;
pub mod domain;
pub mod exchange;
pub mod folder;
pub mod i18n;
pub mod node;
pub mod office;
pub mod projections;
pub mod reports;
pub mod requests;
pub mod store;
pub mod views;
pub mod web;
