//! `summary.json`: what the story came to, for scripts and tests.

use std::path::Path;

use serde::Serialize;

use super::CliError;
use super::network::Network;
use super::story::{Step, Story};
use crate::commands::status::NodeState;
use crate::commands::write;
use crate::views::Divergence;

#[derive(Debug, Serialize)]
struct Summary {
    plan: String,
    steps: Vec<Step>,
    codes_equal: bool,
    divergences: Vec<Divergence>,
    nodes: Vec<NodeSummary>,
    bytes_exchanged: u64,
}

#[derive(Debug, Serialize)]
struct NodeSummary {
    #[serde(flatten)]
    state: NodeState,
    bytes_sent: u64,
    bytes_received: u64,
}

/// Writes the summary into a folder.
pub(super) async fn write_summary(network: &Network, story: Story, out: &Path) -> Result<(), CliError> {
    let mut nodes = Vec::new();
    for site in network.sites() {
        let (state, traffic) = (site.state().await?, site.traffic());
        nodes.push(NodeSummary {
            state,
            bytes_sent: traffic.sent_bytes,
            bytes_received: traffic.received_bytes,
        });
    }
    let summary = Summary {
        plan: story.plan.to_string(),
        steps: story.steps,
        codes_equal: nodes
            .iter()
            .all(|it| nodes.first().is_some_and(|first| first.state.code == it.state.code)),
        divergences: network.lead().divergences().await?,
        bytes_exchanged: nodes.iter().map(|it| it.bytes_sent + it.bytes_received).sum(),
        nodes,
    };
    let text = serde_json::to_vec_pretty(&summary).map_err(|error| CliError::output(error.into()))?;
    write(&out.join("summary.json"), &text)
}
