//! What a network has to live through, with real processes: a poor line, kills at any moment, a long absence.
//!
//! Each is a function of its terms and gives its figures; it panics when something is lost. The small ones run as
//! tests, the large ones by the command `process-campaign`.

pub mod away;
pub mod kills;
pub mod poor;

mod hand;

use crate::http::Visitor;
use crate::network::Network;
use crate::seed::{ITEMS, roadmap_docx};

/// Where everybody writes.
#[derive(Debug, Clone)]
struct Sheet {
    plan: String,
    rows: Vec<String>,
}

impl Sheet {
    /// The only plan of a node and its rows.
    fn of(visitor: &Visitor) -> Self {
        let mut plans = visitor.links("/plans");
        plans.retain(|it| it.strip_prefix("/plans/").is_some_and(|id| id.len() == 32));
        let plan = plans.first().expect("there is a plan").clone();
        let items = format!("{plan}/items/");
        let links = visitor.links(&plan);
        let rows = links.iter().filter(|it| it.strip_prefix(&items).is_some_and(|row| !row.contains('/')));
        let mut rows: Vec<_> = rows.cloned().collect();
        rows.sort();
        rows.dedup();
        assert!(rows.len() as u64 >= ITEMS, "{} rows on {plan}", rows.len());
        Self { plan, rows }
    }
}

/// Gives the lead the roadmap.
fn import_roadmap(network: &mut Network) {
    let file = roadmap_docx().display().to_string();
    network.lead().svod(&["import", &file]).expect_success("import");
}

/// Everything that the pages of a node tell of its plan, histories included.
fn everything_on(visitor: &Visitor) -> String {
    let sheet = Sheet::of(visitor);
    sheet.rows.iter().map(|row| visitor.page(row)).collect()
}

/// How many entries a node has in all feeds.
fn entries(status: &serde_json::Value) -> u64 {
    let vector = status.get("vector").and_then(|it| it.as_object()).into_iter().flatten();
    vector
        .flat_map(|(_, heights)| heights.as_array().into_iter().flatten())
        .filter_map(|it| it.as_u64())
        .sum()
}
