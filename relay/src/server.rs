//! The relay's life: open, listen, serve, stop.
//!
//! Stopping is orderly: no more callers, every connection ends after what it is storing is stored, the database is
//! closed, the folder let go.

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use svod_shared::keys::PublicKey;
use svod_shared::sync::Role;
use svod_shared::transport::{Caller, Listener, Shutdown, drive};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle as JoinTask, JoinSet};
use tracing::{Instrument, debug, error, info, info_span};

use crate::config::Config;
use crate::db::Db;
use crate::error::RelayError;
use crate::folder::Folder;
use crate::host::RelayHost;
use crate::room::Room;
use crate::store::Store;
use crate::watch::{self as keeper, Keeper};

/// How long connections have to end when the relay stops; each may be storing and saying goodbye.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);

/// A relay that listens.
#[derive(Debug)]
pub struct Relay {
    address: SocketAddr,
    key: PublicKey,
    listener: Listener,
    host: Arc<RelayHost>,
    thread: JoinHandle<()>,
    watch: std::net::TcpListener,
    /// Held until the end.
    folder: Folder,
}

impl Relay {
    /// Opens the folder and the database, and listens. Must be called inside a tokio runtime.
    pub fn start(config: &Config) -> Result<Self, RelayError> {
        let folder = Folder::open(&config.data)?;
        let key = folder.key(random_seed)?;
        let db = Db::open(&folder.database()?, config.network)?;
        let room = Room::new(config.data.clone(), config.reserve_bytes);
        let (host, thread) = RelayHost::start(db, room, config.quota_bytes).map_err(RelayError::System)?;
        let listener = Listener::bind(config.listen, &key, config.limits)?;
        let address = listener.local_addr().map_err(RelayError::System)?;
        let watch = open_watch(config.watch, &folder).map_err(RelayError::System)?;
        Ok(Self { address, key: key.public(), listener, host: Arc::new(host), thread, watch, folder })
    }

    /// Where it listens; tells the port if the system chose it.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its key, which the roster names.
    pub fn key(&self) -> PublicKey {
        self.key
    }

    /// The store, for those who look at it from beside: tests and tools.
    pub fn store(&self) -> Store {
        self.host.store().clone()
    }

    /// Serves until `shutdown`, or until the database turns out to be damaged.
    pub async fn run(self, mut shutdown: Shutdown) -> Result<(), RelayError> {
        info!(addr = %self.address, key = %self.key, "listening");
        let mut damage = self.host.store().damage();
        let stop = watch::Sender::new(false);
        let mut connections = JoinSet::new();
        let watching = self.watch(stop.subscribe())?;
        let result = loop {
            tokio::select! {
                caller = self.listener.accept() => match caller {
                    Some(caller) => {
                        let span = info_span!("connection", from = %caller.remote_address());
                        let served = serve(Arc::clone(&self.host), caller, stop.subscribe());
                        connections.spawn(served.instrument(span));
                    }
                    None => break Ok(()),
                },
                Some(ended) = connections.join_next() => if let Err(error) = ended {
                    error!(%error, "connection failed");
                },
                what = damage.wait_for(Option::is_some) => {
                    let what = what.ok().and_then(|what| *what).unwrap_or("database");
                    break Err(RelayError::Damaged(what));
                }
                _ = shutdown.wait_for(|stop| *stop) => break Ok(()),
            }
        };
        info!("stopping");
        stop.send_replace(true);
        self.end(connections).await;
        if let Ok(Err(error)) = watching.await {
            error!(%error, "keeper's server has failed");
        }
        result
    }

    /// Answers the keeper beside the nodes.
    fn watch(&self, stopped: Shutdown) -> Result<JoinTask<std::io::Result<()>>, RelayError> {
        let listener = self.watch.try_clone().and_then(TcpListener::from_std).map_err(RelayError::System)?;
        let keeper = Keeper {
            host: Arc::clone(&self.host),
            key: self.key,
            address: self.address,
            started: Instant::now(),
        };
        Ok(tokio::spawn(keeper::serve(listener, Arc::new(keeper), stopped)))
    }

    async fn end(self, mut connections: JoinSet<()>) {
        let ended = async { while connections.join_next().await.is_some() {} };
        if tokio::time::timeout(STOP_TIMEOUT, ended).await.is_err() {
            connections.abort_all();
        }
        self.listener.close().await;
        self.host.store().stop().await;
        let thread = self.thread;
        let joined = tokio::task::spawn_blocking(move || thread.join()).await;
        if !matches!(joined, Ok(Ok(()))) {
            error!("store's thread has panicked");
        }
        drop(self.folder);
        info!("stopped");
    }
}

/// One connection, from the handshake to its end.
async fn serve(host: Arc<RelayHost>, caller: Caller, mut shutdown: Shutdown) {
    let link = tokio::select! {
        _ = shutdown.wait_for(|stop| *stop) => return,
        link = caller.greet() => match link {
            Ok(link) => link,
            Err(error) => {
                host.metrics().caller(error.outcome());
                debug!(error = &error as &dyn std::error::Error, "caller did not get through");
                return;
            }
        },
    };
    host.metrics().caller("connected");
    let (peer, handle) = (link.peer(), link.handle());
    let span = info_span!("peer", key = %peer.short_code());
    async {
        let _place = host.peers().enter(peer, handle.clone());
        let ending = drive(&*host, Role::Relay { peer }, link, &mut shutdown, || {}).await;
        host.metrics().ended(ending.outcome());
        let traffic = handle.traffic();
        info!(
            sent_bytes = traffic.sent_bytes,
            received_bytes = traffic.received_bytes,
            ending = &ending as &dyn std::error::Error,
            "connection ended"
        );
    }
    .instrument(span)
    .await;
}

/// Opens the keeper's port and notes it in the folder, for `svod-relay status`.
fn open_watch(address: SocketAddr, folder: &Folder) -> std::io::Result<std::net::TcpListener> {
    let listener = std::net::TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    folder.note_watch(listener.local_addr()?)?;
    Ok(listener)
}

/// 32 bytes of the system's randomness, for a new key.
pub fn random_seed() -> std::io::Result<[u8; 32]> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| std::io::Error::other(error.to_string()))?;
    Ok(seed)
}

#[cfg(test)]
mod tests;
