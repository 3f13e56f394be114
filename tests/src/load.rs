//! What a relay bears: thousands of members that listen, strangers that are slow, a member that floods; and what of it
//! two honest members notice.
//!
//! The crowd has real connections and sessions and keeps no log: it says that it has what it is pushed. So the figures
//! tell of the relay, as far as one machine for both sides allows.

pub mod crowd;
pub mod founding;
pub mod pair;
pub mod strangers;
pub mod writer;

use std::net::SocketAddr;
use std::sync::Arc;

use svod_shared::keys::{KeyPair, PublicKey};
use svod_shared::sync::Role;
use svod_shared::time::Timestamp;
use svod_shared::transport::{Client, Host, Phase, Status, run_client};
use tokio::sync::{Notify, watch};

/// Where the relay is.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its UDP address.
    pub address: SocketAddr,
    /// Its key.
    pub key: PublicKey,
}

/// A client that runs until dropped.
#[derive(Debug)]
pub struct Running {
    status: watch::Receiver<Status>,
    task: tokio::task::JoinHandle<()>,
}

impl Running {
    /// Connects a node and keeps it connected.
    pub fn start<H: Host>(host: Arc<H>, key: KeyPair, node: svod_shared::id::NodeNo, target: Target) -> Self {
        let (status, watched) = watch::channel(Status::new());
        let task = tokio::spawn(async move {
            // Nobody stops it but who drops it.
            let (_stop, mut stopped) = watch::channel(false);
            let client = Client {
                key,
                addresses: vec![target.address.to_string()],
                relay: target.key,
                role: Role::Node { node },
            };
            run_client(&*host, &client, &status, &Notify::new(), &mut stopped).await;
        });
        Self { status: watched, task }
    }

    /// Waits until the relay has accepted it.
    pub async fn connected(&mut self) {
        let connected = self.status.wait_for(|it| it.phase == Phase::Connected).await;
        assert!(connected.is_ok(), "a client has ended");
    }

    /// Whether the relay has accepted it and it has not been cut off since.
    pub fn is_connected(&self) -> bool {
        self.status.borrow().phase == Phase::Connected
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
