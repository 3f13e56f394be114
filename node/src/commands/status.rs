//! `svod status`: what the node has, for people and for scripts; also while the node is being served.

use std::collections::BTreeMap;

use serde::Serialize;
use svod_shared::id::NodeNo;
use svod_shared::storage::StorageError;

use super::{CliError, Context, print};
use crate::cli::Status as Args;
use crate::store::Store;
use crate::views::{PlanSummary, Status};

/// The state of a node, as `--json` prints it and the demo's summary keeps it.
#[derive(Debug, Serialize)]
pub(super) struct NodeState {
    organisation: String,
    admitted: bool,
    network: String,
    roster_height: u64,
    pub(super) code: String,
    pub(super) plans: Vec<PlanSummary>,
    pub(super) items: usize,
    pub(super) sections: usize,
    pub(super) divergences: usize,
    unconfirmed: u64,
    held: u64,
    last_exchange_ms: Option<u64>,
    /// Heights of the feeds of each node, in the order of their epochs.
    vector: BTreeMap<u16, Vec<u64>>,
}

impl NodeState {
    pub(super) fn of(store: &Store) -> Result<Self, StorageError> {
        let Status { org, code, divergences, unconfirmed, last_exchange, .. } = store.status()?;
        let plans = store.plans()?;
        let mut vector: BTreeMap<u16, Vec<u64>> = BTreeMap::new();
        for head in store.heads()? {
            let NodeNo(node) = head.node;
            vector.entry(node).or_default().push(head.height);
        }
        Ok(Self {
            organisation: org,
            admitted: store.me().is_some(),
            network: store.roster().network().to_string(),
            roster_height: store.roster().height(),
            code,
            items: plans.iter().map(|it| it.items).sum(),
            sections: plans.iter().map(|it| it.sections).sum(),
            plans,
            divergences,
            unconfirmed,
            held: store.held()?,
            last_exchange_ms: last_exchange.map(|it| it.0),
            vector,
        })
    }
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), CliError> {
    let state = NodeState::of(&context.peek()?)?;
    if args.json {
        let text = serde_json::to_string_pretty(&state);
        return print(&text.map_err(|error| CliError::output(error.into()))?);
    }
    if !state.admitted {
        return context.say("cli-status-not-admitted", &[]);
    }
    context.say("cli-status-org", &[("org", state.organisation.clone().into())])?;
    context.say("cli-status-code", &[("code", state.code.clone().into())])?;
    for plan in &state.plans {
        let title = ("title", plan.title.clone().into());
        context.say("cli-status-plan", &[title, ("items", plan.items.into())])?;
    }
    context.say("cli-status-divergences", &[("count", state.divergences.into())])?;
    context.say("cli-status-unconfirmed", &[("count", state.unconfirmed.into())])
}
