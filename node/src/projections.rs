//! SQL tables derived from documents: what lists and pages read, so that no page opens a document.
//!
//! Written in the transaction that commits the entry, so they never disagree with the log. One file a subject: its
//! rows, its upsert, its queries. `svod rebuild` may empty the caches at any time.

use serde::Serialize;
use serde::de::DeserializeOwned;
use svod_shared::storage::StorageError;
use svod_shared::storage::sqlite::migrate::Migrations;

pub mod authors;
pub mod executions;
pub mod figures;
pub mod freshness;
pub mod held;
pub mod incidents;
pub mod invites;
pub mod meta;
pub mod news;
pub mod plans;
pub mod search;
pub mod snapshots;
pub mod stranded;

/// The node's tables beside the log's.
pub const MIGRATIONS: Migrations = Migrations {
    component: "node",
    steps: &[
        include_str!("projections/migrations/0001_projections.sql"),
        include_str!("projections/migrations/0002_stranded.sql"),
        include_str!("projections/migrations/0003_figures.sql"),
        include_str!("projections/migrations/0004_search.sql"),
        include_str!("projections/migrations/0005_words.sql"),
    ],
};

fn to_json(value: &impl Serialize) -> Result<String, StorageError> {
    serde_json::to_string(value).map_err(|error| StorageError::Database(Box::new(error)))
}

fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, StorageError> {
    serde_json::from_str(text).map_err(|_| StorageError::Damaged("projection does not read"))
}

/// SQLite keeps signed numbers; what is counted here stays far below the difference.
fn to_i64(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
