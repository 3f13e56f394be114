//! Finding the relay: its addresses in turn, the first that answers with the right key.

use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use quinn::{ConnectionError, Endpoint, TransportErrorCode};
use tokio::net::lookup_host;
use tokio::task::JoinSet;

use super::identity::{self, Pin};
use super::quic::{Link, client_transport, connect};
use crate::keys::{KeyPair, PublicKey};

/// The next address is tried when the one before has not answered for so long: a host can have an IPv6 address that
/// leads nowhere. The earlier attempt goes on.
const STAGGER: Duration = Duration::from_secs(4);

/// How long one name may take; systems wait for up to half a minute when there is no network.
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(10);

/// The most socket addresses tried for one call.
const CANDIDATES_MAX: usize = 16;

/// The TLS alert `no_application_protocol` (RFC 7301).
const NO_APPLICATION_PROTOCOL: u8 = 120;

/// QUIC wants a server name; the key decides, not the name.
const SERVER_NAME: &str = "svod";

/// Why there is no link to the relay.
#[derive(Debug, thiserror::Error)]
pub enum DialError {
    /// There is no address to try.
    #[error("relay has no address")]
    NoAddress,
    /// No address could be found for a name: no network, or a wrong name.
    #[error("address {address} is not found")]
    NotFound {
        /// As it stands in the roster or the ticket.
        address: String,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// Nothing answers there, or it has no room.
    #[error("relay at {address} does not answer")]
    Unreachable {
        /// Where.
        address: SocketAddr,
        /// How it failed.
        #[source]
        source: ConnectionError,
    },
    /// Another key answers there: a mistake, a relay set up anew, or somebody in between.
    #[error("relay at {address} has another key")]
    OtherKey {
        /// Where.
        address: SocketAddr,
        /// The key that the roster or the ticket names.
        expected: PublicKey,
        /// The key that answered.
        found: PublicKey,
    },
    /// What answers there speaks another version, or is no relay.
    #[error("relay at {address} speaks another protocol")]
    OtherProtocol {
        /// Where.
        address: SocketAddr,
    },
    /// This machine gives no socket.
    #[error("cannot open a socket")]
    Socket(#[source] io::Error),
    /// The TLS configuration was refused.
    #[error("cannot use the key for TLS")]
    Tls(#[source] rustls::Error),
}

impl DialError {
    /// The more a failure says about the relay, the higher.
    fn weight(&self) -> u8 {
        match self {
            Self::OtherKey { .. } => 3,
            Self::OtherProtocol { .. } => 2,
            Self::Unreachable { .. } => 1,
            Self::NoAddress | Self::NotFound { .. } | Self::Socket(_) | Self::Tls(_) => 0,
        }
    }
}

/// Connects to the relay with key `relay`, trying `addresses` ("host:port") in order. That the relay admits the
/// node, only its Welcome says.
pub async fn dial(key: &KeyPair, addresses: &[String], relay: PublicKey) -> Result<Link, DialError> {
    let (mut candidates, mut failure) = resolve(addresses).await;
    let mut attempts = JoinSet::new();
    loop {
        if let Some(address) = candidates.pop_front() {
            attempts.spawn(attempt(key.clone(), address, relay));
        }
        let finished = if candidates.is_empty() {
            attempts.join_next().await
        } else {
            match tokio::time::timeout(STAGGER, attempts.join_next()).await {
                Ok(finished) => finished,
                Err(_) => continue,
            }
        };
        match finished {
            Some(Ok(Ok(link))) => return Ok(link),
            Some(Ok(Err(error))) if error.weight() >= failure.weight() => failure = error,
            Some(_) => {}
            None if candidates.is_empty() => return Err(failure),
            None => {}
        }
    }
}

/// The socket addresses to try, and what to report if none works. Names are asked for side by side, so that one that
/// nobody answers for holds the others up once.
async fn resolve(addresses: &[String]) -> (VecDeque<SocketAddr>, DialError) {
    let (mut candidates, mut failure) = (VecDeque::new(), DialError::NoAddress);
    let lookups: Vec<_> = addresses.iter().cloned().map(|it| tokio::spawn(lookup(it))).collect();
    for (address, lookup) in addresses.iter().zip(lookups) {
        match lookup.await.unwrap_or_else(|error| Err(io::Error::other(error))) {
            Ok(found) => found.into_iter().for_each(|it| {
                if !candidates.contains(&it) {
                    candidates.push_back(it);
                }
            }),
            Err(source) => failure = DialError::NotFound { address: address.clone(), source },
        }
    }
    candidates.truncate(CANDIDATES_MAX);
    (candidates, failure)
}

async fn lookup(address: String) -> io::Result<Vec<SocketAddr>> {
    match tokio::time::timeout(LOOKUP_TIMEOUT, lookup_host(address.as_str())).await {
        Ok(found) => Ok(found?.collect()),
        Err(_) => Err(io::ErrorKind::TimedOut.into()),
    }
}

async fn attempt(key: KeyPair, address: SocketAddr, relay: PublicKey) -> Result<Link, DialError> {
    let pin = Arc::new(Pin::new(relay));
    let crypto = identity::client_config(&key, Arc::clone(&pin)).map_err(DialError::Tls)?;
    let mut config = quinn::ClientConfig::new(Arc::new(crypto));
    config.transport_config(Arc::new(client_transport()));
    // A socket for each call: the machine may have slept or changed networks since the last one.
    let local: SocketAddr = match address {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let endpoint = Endpoint::client(local).map_err(DialError::Socket)?;
    let connecting = endpoint
        .connect_with(config, address, SERVER_NAME)
        .map_err(|error| DialError::Socket(io::Error::new(io::ErrorKind::AddrNotAvailable, error)))?;
    connect(endpoint, connecting).await.map_err(|source| match pin.other() {
        Some(found) => DialError::OtherKey { address, expected: relay, found },
        None if is_other_protocol(&source) => DialError::OtherProtocol { address },
        None => DialError::Unreachable { address, source },
    })
}

fn is_other_protocol(error: &ConnectionError) -> bool {
    let alert = TransportErrorCode::crypto(NO_APPLICATION_PROTOCOL);
    match error {
        ConnectionError::VersionMismatch => true,
        ConnectionError::TransportError(error) => error.code == alert,
        ConnectionError::ConnectionClosed(close) => close.error_code == alert,
        _ => false,
    }
}
