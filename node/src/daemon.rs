//! Keeps the node in exchange with the relay for as long as the process lives.
//!
//! A newcomer knocks with its letter; as soon as it is admitted the same loop goes on as a node. Without a relay in
//! roster or ticket there is nothing to call, and the loop waits until there is.

use svod_shared::roster::Relay;
use svod_shared::sync::Role;
use svod_shared::transport::{Client, Finished, Host, Shutdown, Update, Updated, run_client};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};
use tokio::task::JoinHandle;
use tracing::{error, info};

use crate::node::{Node, NodeError};
use crate::store::{FoundError, Store};

/// Exchanges until told to stop.
pub async fn run(node: &Node, mut shutdown: Shutdown) {
    loop {
        let mut updates = node.updates();
        let client = match node.run(|store| Ok::<_, NodeError>(client(store))).await {
            Ok(Ok(client)) => client,
            Ok(Err(error)) => return error!(%error, "cannot exchange"),
            Err(error) => return error!(%error, "cannot exchange"),
        };
        let Some(client) = client else {
            tokio::select! {
                _ = shutdown.wait_for(|stop| *stop) => return,
                _ = updates.recv() => continue,
            }
        };
        info!(addresses = ?client.addresses, "calling the relay");
        tokio::select! {
            finished = run_client(node, &client, node.link(), node.hurry(), &mut shutdown) => {
                if finished == Finished::Shutdown {
                    return;
                }
            }
            () = moved(&mut updates, &client) => info!("the relay has moved"),
        }
    }
}

/// Waits until the roster names another relay than the one that is called.
async fn moved(updates: &mut broadcast::Receiver<Update>, client: &Client) {
    loop {
        match updates.recv().await {
            Ok(Update { what: Updated::Roster(roster), .. }) => {
                let named = roster.relay();
                if named.is_some_and(|it| it.key != client.relay || it.addresses != client.addresses) {
                    return;
                }
            }
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            // The store has stopped, and with it everything else.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

/// Whom to call, as whom; `None` if there is nobody to call.
fn client(store: &Store) -> Result<Option<Client>, FoundError> {
    let key = store.node_key().clone();
    let call = |relay: Relay, role| Some(Client { key, addresses: relay.addresses, relay: relay.key, role });
    if let Some(me) = store.me() {
        let relay = store.roster().relay().cloned();
        return Ok(relay.and_then(|it| call(it, Role::Node { node: me.node })));
    }
    let Some((ticket, letter)) = store.joining()? else { return Ok(None) };
    let role = Role::Newcomer { key: store.node_key().public(), letter };
    Ok(ticket.relay.and_then(|it| call(it, role)))
}

/// A node that exchanges in the background.
#[derive(Debug)]
pub struct Running {
    node: Node,
    exchange: Option<(watch::Sender<bool>, JoinHandle<()>)>,
}

impl Running {
    /// Starts the store's thread and the exchange.
    pub fn start(store: Store) -> Self {
        let mut running = Self { node: Node::start(store), exchange: None };
        running.connect();
        running
    }

    /// The node.
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// Starts the exchange, if it is not going on.
    pub fn connect(&mut self) {
        if self.exchange.is_none() {
            let (stop, shutdown) = watch::channel(false);
            let node = self.node.clone();
            self.exchange = Some((stop, tokio::spawn(async move { run(&node, shutdown).await })));
        }
    }

    /// Ends the exchange and says goodbye to the relay; the node goes on without a line.
    pub async fn disconnect(&mut self) {
        if let Some((stop, task)) = self.exchange.take() {
            stop.send_replace(true);
            drop(task.await);
        }
    }

    /// Ends the exchange; the store closes with the last handle to the node.
    pub async fn stop(mut self) {
        self.disconnect().await;
    }
}
