//! `svod exchange`: one exchange with the relay, now.

use std::time::Duration;

use svod_shared::transport::{Phase, Status, Trouble};
use tokio::sync::watch;
use tokio::time::timeout;

use super::{CliError, Context, join};
use crate::cli::Exchange;
use crate::daemon::Running;
use crate::node::{Node, NodeError};

pub(super) async fn run(context: &Context, args: &Exchange) -> Result<(), CliError> {
    let store = context.open()?;
    if store.roster().relay().is_none() && store.joining()?.is_none_or(|(ticket, _)| ticket.relay.is_none()) {
        return Err(CliError::key("cli-error-no-relay"));
    }
    let before = store.status()?.last_exchange;
    let running = Running::start(store);
    let done = timeout(Duration::from_secs(args.timeout), agreed(running.node(), before)).await;
    let (traffic, phase) = {
        let status = running.node().link().borrow();
        (status.traffic(), status.phase)
    };
    running.stop().await;
    match done {
        Ok(Ok(())) => {
            let figures = [
                ("sent", traffic.sent_bytes.into()),
                ("received", traffic.received_bytes.into()),
                ("sent-frames", traffic.sent_frames_bytes.into()),
                ("received-frames", traffic.received_frames_bytes.into()),
            ];
            context.say("cli-exchange-done", &figures)
        }
        Ok(Err(error)) => Err(error),
        Err(_) => Err(match phase {
            Phase::Waiting { trouble, .. } => trouble_error(&trouble),
            Phase::Dialing | Phase::Connected | Phase::Stopped => CliError::key("cli-error-exchange-timeout"),
        }),
    }
}

/// Waits until both sides agree on a state; a trouble that no waiting mends ends it at once.
async fn agreed(node: &Node, before: Option<svod_shared::time::Timestamp>) -> Result<(), CliError> {
    let mut changed = node.subscribe();
    let mut link = node.link().subscribe();
    loop {
        if node.run(|store| store.status()).await?.last_exchange > before {
            return Ok(());
        }
        lasting_trouble(&mut link)?;
        if let Some(refusal) = *node.join_refused().borrow() {
            return Err(CliError::key(join::refusal_key(refusal)));
        }
        tokio::select! {
            _ = changed.recv() => {}
            gone = link.changed() => gone.map_err(|_| CliError::from(NodeError::Closed))?,
        }
    }
}

fn lasting_trouble(link: &mut watch::Receiver<Status>) -> Result<(), CliError> {
    match link.borrow_and_update().phase {
        Phase::Waiting { trouble, .. } if !matches!(trouble, Trouble::Unreachable | Trouble::Closed(_)) => {
            Err(trouble_error(&trouble))
        }
        _ => Ok(()),
    }
}

fn trouble_error(trouble: &Trouble) -> CliError {
    CliError::key(crate::node::trouble_key(trouble))
}
