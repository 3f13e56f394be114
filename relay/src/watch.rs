//! A small HTTP server for the keeper: `/health`, `/metrics` and `/status`. It reads and changes nothing.
//!
//! It listens on the loopback unless told otherwise, and answers only those who ask for it by an address and not by a
//! name: a web page cannot do that through a name of its own.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use svod_shared::keys::PublicKey;
use svod_shared::storage::StorageError;
use svod_shared::transport::Shutdown;
use tokio::net::TcpListener;

use crate::host::RelayHost;
use crate::room::Level;
use crate::status::{Status, Stored};

/// A store that does not answer for so long is not well.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whoever wants to know how the relay stands asks this.
#[derive(Debug)]
pub(crate) struct Keeper {
    pub(crate) host: Arc<RelayHost>,
    pub(crate) key: PublicKey,
    pub(crate) address: SocketAddr,
    pub(crate) started: Instant,
}

impl Keeper {
    pub(crate) async fn status(&self) -> Result<Status, StorageError> {
        let connected = self.host.peers().keys();
        let (stored, network) = self
            .host
            .store()
            .run(move |db| Ok((Stored::ask(db, &connected)?, db.roster().network())))
            .await?;
        let room = self.host.room();
        Ok(Status {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            network: network.to_string(),
            key: self.key.to_string(),
            address: self.address.to_string(),
            up_seconds: self.started.elapsed().as_secs(),
            connections: self.host.peers().connections() as u64,
            roster_height: stored.roster_height,
            entries: stored.entries,
            letters_waiting: stored.letters_waiting,
            disk: room.level(),
            disk_free_bytes: room.free_bytes(),
            quota_bytes: self.host.quota_bytes(),
            organisations: stored.organisations,
        })
    }
}

/// Answers until told to stop.
pub(crate) async fn serve(
    listener: TcpListener,
    keeper: Arc<Keeper>,
    mut shutdown: Shutdown,
) -> std::io::Result<()> {
    let routes = Router::new()
        .route("/health", get(health))
        .route("/metrics", get(metrics))
        .route("/status", get(status))
        .layer(middleware::from_fn(by_address))
        .with_state(keeper);
    let stopped = async move {
        // A sender that is gone has stopped too.
        let _ = shutdown.wait_for(|stop| *stop).await;
    };
    axum::serve(listener, routes).with_graceful_shutdown(stopped).await
}

async fn by_address(request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    if host.is_some_and(is_address) { next.run(request).await } else { StatusCode::FORBIDDEN.into_response() }
}

fn is_address(host: &str) -> bool {
    host.parse::<SocketAddr>().is_ok()
        || host.parse::<IpAddr>().is_ok()
        || host == "localhost"
        || host.strip_prefix("localhost:").is_some_and(|port| port.parse::<u16>().is_ok())
}

async fn ask(keeper: &Keeper) -> Result<Status, Response> {
    match tokio::time::timeout(PATIENCE, keeper.status()).await {
        Ok(Ok(status)) => Ok(status),
        Ok(Err(error)) => Err((StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response()),
        Err(_) => Err((StatusCode::SERVICE_UNAVAILABLE, "store does not answer\n").into_response()),
    }
}

async fn health(State(keeper): State<Arc<Keeper>>) -> Response {
    match ask(&keeper).await {
        Ok(status) if status.disk == Level::Reserve => {
            (StatusCode::SERVICE_UNAVAILABLE, "disk is full: new entries are not taken\n").into_response()
        }
        Ok(_) => "ok\n".into_response(),
        Err(response) => response,
    }
}

async fn status(State(keeper): State<Arc<Keeper>>) -> Response {
    ask(&keeper).await.map_or_else(|response| response, |status| Json(status).into_response())
}

async fn metrics(State(keeper): State<Arc<Keeper>>) -> Response {
    let text = ask(&keeper).await.map(|status| keeper.host.metrics().text(&status));
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    text.map_or_else(|response| response, |text| ([(header::CONTENT_TYPE, kind)], text).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_address() {
        for host in ["127.0.0.1:9", "[::1]:9", "10.0.0.5", "localhost", "localhost:9"] {
            assert!(is_address(host), "{host}");
        }
        for host in ["relay.example:9", "localhost.evil", "127.0.0.1.evil:9", "localhost:x", ""] {
            assert!(!is_address(host), "{host}");
        }
    }
}
