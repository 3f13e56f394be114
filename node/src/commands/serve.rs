//! `svod serve`: the node in exchange, and its pages on the loopback.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use jiff::tz::TimeZone;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::{CliError, Context, print};
use crate::cli::Serve;
use crate::daemon::Running;
use crate::node::Node;
use crate::people::People;
use crate::store::Clock;
use crate::web::{self, Door, WebState};

pub(super) async fn run(context: &Context, args: &Serve) -> Result<(), CliError> {
    if !args.listen.ip().is_loopback() {
        return Err(CliError::key("cli-error-not-loopback"));
    }
    let store = context.open()?;
    let people = Arc::new(People::open(store.folder().people_file())?);
    let (listener, door) = bind(args.listen).await?;
    let running = Running::start(store);
    let url = door.opening_url();
    print(&url)?;
    context.say("cli-serving", &[])?;
    if !args.no_browser && webbrowser::open(&url).is_err() {
        context.say("cli-open-yourself", &[])?;
    }
    let (stop, shutdown) = watch::channel(false);
    tokio::spawn(async move {
        stopped().await;
        stop.send_replace(true);
    });
    let served = pages(listener, door, running.node().clone(), Clock::system(), people, shutdown).await;
    running.stop().await;
    served.map_err(CliError::output)
}

/// Takes a port and makes the secrets of this run.
pub(super) async fn bind(address: SocketAddr) -> Result<(TcpListener, Door), CliError> {
    let listener = TcpListener::bind(address).await.map_err(|error| {
        let key = match error.kind() {
            io::ErrorKind::AddrInUse => "cli-error-port-in-use",
            _ => "cli-error-listen",
        };
        CliError::key(key).arg("address", address.to_string()).arg("reason", error.to_string())
    })?;
    let port = listener.local_addr().map_err(CliError::output)?.port();
    let (mut session, mut token) = ([0; 32], [0; 32]);
    getrandom::fill(&mut session)
        .and_then(|()| getrandom::fill(&mut token))
        .map_err(|_| CliError::key("cli-error-no-randomness"))?;
    Ok((listener, Door::new(port, session, token)))
}

/// Serves the pages of a node until told to stop. Open pages hold their event streams for ever, so connections are not
/// waited for.
pub(super) async fn pages(
    listener: TcpListener,
    door: Door,
    node: Node,
    clock: Clock,
    people: Arc<People>,
    mut shutdown: watch::Receiver<bool>,
) -> io::Result<()> {
    let clock = web::Clock::new(move || clock.now(), TimeZone::system());
    let router = web::router(WebState::new(node, door, clock).with_people(people));
    tokio::select! {
        served = axum::serve(listener, router) => served,
        _ = shutdown.wait_for(|stop| *stop) => Ok(()),
    }
}

/// Waits until the user or the system asks the program to end.
pub(super) async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminated.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    drop(tokio::signal::ctrl_c().await);
}
