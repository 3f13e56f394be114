//! QUIC as Svod uses it: one connection with one bidirectional stream, held open for hours on a poor line.
//!
//! The settings were measured on an emulated 9.6 kbit/s line with 300 ms one way and 10 % loss. A [`Link`] is an
//! authenticated connection with its stream; that the relay *admits* the node only its Welcome says: a client's
//! handshake succeeds before the server has refused it.
//!
//! The server's side bounds what strangers can cost: half-open handshakes and connections, in total and for each
//! address, and it makes an address prove itself (QUIC's Retry) as soon as there is more than a trickle.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::ops::Add;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use quinn::{
    Connection, ConnectionError, Endpoint, IdleTimeout, RecvStream, SendStream, TransportConfig, VarInt,
};
use tokio::time::timeout;

use super::frames::{FrameReader, FrameWriter};
use super::gate::{Gate, Limits, Slot, Verdict};
use super::identity;
use super::reset;
use crate::keys::{KeyPair, PublicKey};

/// The first guess of the round trip. QUIC's 333 ms makes a slow line repeat its 1 200-byte first datagrams before
/// the first answer can come: 10.4 KB for a handshake in place of 4.5 KB.
pub const INITIAL_RTT: Duration = Duration::from_secs(1);

/// How often an idle client sends a ping, about 60 bytes each way: home and mobile routers forget a UDP mapping after
/// 30 s. The answer keeps the server's timer alive too, so the server sends none.
pub const KEEP_ALIVE: Duration = Duration::from_secs(25);

/// Silence after which a connection counts as lost. A new handshake costs 4 KB, so a line that is away for a minute
/// must not cost one; two minutes still show a dead line soon enough to be believed.
pub const IDLE_TIMEOUT: Duration = Duration::from_secs(120);

/// How long a handshake with its first bytes may take. On the measured line nine in ten took up to 14 s.
pub const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(30);

/// What one side may send before the other has read it: a few seconds of a good line and one frame of the largest
/// size, and what a peer that never reads can cost the other at most.
pub const WINDOW_BYTES: u32 = 1024 * 1024;

/// How long a closing side waits for its last frame, a refusal's reason, to be acknowledged.
pub const CLOSE_TIMEOUT: Duration = Duration::from_secs(3);

/// Why a connection was closed, as QUIC carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloseCode {
    /// Nothing more to do.
    Done,
    /// The process ends.
    Shutdown,
    /// The same key has connected again, too often.
    Replaced,
    /// This side has fallen behind its own log and starts anew from a snapshot.
    Lagged,
    /// The peer broke the protocol.
    Protocol,
    /// The peer is not admitted; the frame before says why.
    Refused,
    /// The closing side's disk or database failed.
    Trouble,
    /// The relay's disk has no room for new entries; what is there is served.
    NoRoom,
    /// The peer's organisation has stored as much as it may.
    OverQuota,
    /// The peer was slower than any line.
    TooSlow,
    /// A code of a later version.
    Unknown(u32),
}

impl CloseCode {
    /// The number on the wire.
    pub fn code(self) -> u32 {
        match self {
            Self::Done => 0,
            Self::Shutdown => 1,
            Self::Replaced => 2,
            Self::Lagged => 3,
            Self::Protocol => 4,
            Self::Refused => 5,
            Self::Trouble => 6,
            Self::NoRoom => 7,
            Self::OverQuota => 8,
            Self::TooSlow => 9,
            Self::Unknown(code) => code,
        }
    }

    fn from_wire(code: VarInt) -> Self {
        match code.into_inner() {
            0 => Self::Done,
            1 => Self::Shutdown,
            2 => Self::Replaced,
            3 => Self::Lagged,
            4 => Self::Protocol,
            5 => Self::Refused,
            6 => Self::Trouble,
            7 => Self::NoRoom,
            8 => Self::OverQuota,
            9 => Self::TooSlow,
            code => Self::Unknown(u32::try_from(code).unwrap_or(u32::MAX)),
        }
    }
}

/// What a connection has cost so far.
///
/// UDP payload is what a metered line counts, handshake and repetitions included, but for 28 bytes of IP and UDP
/// headers for each datagram. The frames are what the sessions said to each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// UDP payload sent.
    pub sent_bytes: u64,
    /// UDP payload received.
    pub received_bytes: u64,
    /// Bytes of the frames handed to the connection; not all of them have arrived.
    pub sent_frames_bytes: u64,
    /// Bytes of the frames received.
    pub received_frames_bytes: u64,
}

impl Add for Traffic {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            sent_bytes: self.sent_bytes + other.sent_bytes,
            received_bytes: self.received_bytes + other.received_bytes,
            sent_frames_bytes: self.sent_frames_bytes + other.sent_frames_bytes,
            received_frames_bytes: self.received_frames_bytes + other.received_frames_bytes,
        }
    }
}

/// Bytes of frames, as the loop that runs the session counts them.
#[derive(Debug, Default)]
pub(super) struct FrameCounts {
    sent: AtomicU64,
    received: AtomicU64,
}

impl FrameCounts {
    pub(super) fn sent(&self, frame: &[u8]) {
        self.sent.fetch_add(frame.len() as u64, Ordering::Relaxed);
    }

    pub(super) fn received(&self, frame: &[u8]) {
        self.received.fetch_add(frame.len() as u64, Ordering::Relaxed);
    }
}

/// An authenticated connection with its one stream.
pub struct Link {
    pub(super) reader: FrameReader<RecvStream>,
    pub(super) writer: FrameWriter<SendStream>,
    pub(super) counts: Arc<FrameCounts>,
    connection: Connection,
    peer: PublicKey,
    /// A client's endpoint lives as long as its one connection.
    endpoint: Option<Endpoint>,
    /// A server's place for this connection.
    slot: Option<Slot>,
}

/// Looks at a link, and closes it, while [`drive`](super::drive()) has it.
#[derive(Debug, Clone)]
pub struct LinkHandle {
    pub(super) connection: Connection,
    counts: Arc<FrameCounts>,
}

impl LinkHandle {
    /// What the connection has cost so far.
    pub fn traffic(&self) -> Traffic {
        let stats = self.connection.stats();
        Traffic {
            sent_bytes: stats.udp_tx.bytes,
            received_bytes: stats.udp_rx.bytes,
            sent_frames_bytes: self.counts.sent.load(Ordering::Relaxed),
            received_frames_bytes: self.counts.received.load(Ordering::Relaxed),
        }
    }

    /// Closes the connection at once; what is queued is lost.
    pub fn close(&self, code: CloseCode) {
        self.connection.close(VarInt::from_u32(code.code()), b"");
    }
}

impl Link {
    /// The key that the peer has proved to hold.
    pub fn peer(&self) -> PublicKey {
        self.peer
    }

    /// Where the peer is.
    pub fn remote_address(&self) -> SocketAddr {
        self.connection.remote_address()
    }

    /// A handle that outlives the link.
    pub fn handle(&self) -> LinkHandle {
        LinkHandle { connection: self.connection.clone(), counts: Arc::clone(&self.counts) }
    }

    /// Both directions of the stream, for tools that run no session.
    pub fn streams(&mut self) -> (&mut FrameReader<RecvStream>, &mut FrameWriter<SendStream>) {
        (&mut self.reader, &mut self.writer)
    }

    /// Waits until the connection has been closed or lost; tells how the peer ended it, if it did.
    pub async fn closed(&self) -> Option<CloseCode> {
        self.connection.closed().await;
        self.closed_by_peer()
    }

    /// How the peer ended the connection, if it did.
    pub fn closed_by_peer(&self) -> Option<CloseCode> {
        match self.connection.close_reason()? {
            ConnectionError::ApplicationClosed(frame) => Some(CloseCode::from_wire(frame.error_code)),
            _ => None,
        }
    }

    /// Sends what is queued, waits a moment for it to arrive, closes.
    pub async fn close(mut self, code: CloseCode) {
        let last = async {
            if self.writer.flush().await.is_ok() && self.writer.stream_mut().finish().is_ok() {
                let _ = self.writer.stream_mut().stopped().await;
            }
        };
        // A peer that does not take its last frame loses it.
        let _ = timeout(CLOSE_TIMEOUT, last).await;
        self.handle().close(code);
        if let Some(endpoint) = self.endpoint.take() {
            let _ = timeout(CLOSE_TIMEOUT, endpoint.wait_idle()).await;
        }
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Link");
        out.field("peer", &self.peer).field("address", &self.remote_address());
        out.field("counted", &self.slot.is_some()).finish_non_exhaustive()
    }
}

/// Why a server cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// The address is taken, not this machine's, or not permitted.
    #[error("cannot listen on {address}")]
    Socket {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// The TLS configuration was refused.
    #[error("cannot use the key for TLS")]
    Tls(#[source] rustls::Error),
}

/// Why a caller did not become a [`Link`].
#[derive(Debug, thiserror::Error)]
pub enum GreetError {
    /// The handshake failed.
    #[error("handshake failed")]
    Handshake(#[source] ConnectionError),
    /// The handshake or the first bytes took too long.
    #[error("handshake took too long")]
    Slow,
    /// The client showed no key.
    #[error("client showed no key")]
    NoKey,
}

impl GreetError {
    /// One word for who counts them.
    pub fn outcome(&self) -> &'static str {
        match self {
            Self::Handshake(_) => "failed",
            Self::Slow => "slow",
            Self::NoKey => "no_key",
        }
    }
}

/// A server's socket.
#[derive(Debug)]
pub struct Listener {
    endpoint: Endpoint,
    gate: Arc<Gate>,
}

impl Listener {
    /// Listens on a UDP address with the relay's key. Must be called inside a tokio runtime.
    pub fn bind(address: SocketAddr, key: &KeyPair, limits: Limits) -> Result<Self, BindError> {
        let crypto = identity::server_config(key).map_err(BindError::Tls)?;
        let mut config = quinn::ServerConfig::with_crypto(Arc::new(crypto));
        config.transport_config(Arc::new(server_transport()));
        let endpoint = open(address, reset::endpoint_config(key), config)
            .map_err(|source| BindError::Socket { address, source })?;
        Ok(Self { endpoint, gate: Arc::new(Gate::new(limits)) })
    }

    /// The address it listens on; tells the port if the system chose it.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.endpoint.local_addr()
    }

    /// The next caller that the limits let in; `None` once closed. Dropping the future loses no caller.
    pub async fn accept(&self) -> Option<Caller> {
        loop {
            let incoming = self.endpoint.accept().await?;
            let validated = incoming.remote_address_validated() || !incoming.may_retry();
            match self.gate.admit(incoming.remote_address().ip(), validated) {
                Verdict::Accept(slot) => return Some(Caller { incoming, slot }),
                // `may_retry` was asked above, so this cannot fail; a failure would only drop the caller.
                Verdict::Retry => drop(incoming.retry()),
                Verdict::Refuse => incoming.refuse(),
            }
        }
    }

    /// Stops listening and waits a moment for connections that are being closed.
    pub async fn close(&self) {
        self.endpoint.close(VarInt::from_u32(CloseCode::Shutdown.code()), b"");
        let _ = timeout(CLOSE_TIMEOUT, self.endpoint.wait_idle()).await;
    }
}

/// Somebody who has knocked and for whom there is room.
#[derive(Debug)]
pub struct Caller {
    incoming: quinn::Incoming,
    slot: Slot,
}

impl Caller {
    /// Where the caller is.
    pub fn remote_address(&self) -> SocketAddr {
        self.incoming.remote_address()
    }

    /// Completes the handshake and waits for the caller's stream, which opens with its first bytes.
    pub async fn greet(self) -> Result<Link, GreetError> {
        let greeting = async {
            let connection = self.incoming.await?;
            let (send, receive) = connection.accept_bi().await?;
            Ok((connection, send, receive))
        };
        let (connection, send, receive) = timeout(HANDSHAKE_TIMEOUT, greeting)
            .await
            .map_err(|_| GreetError::Slow)?
            .map_err(GreetError::Handshake)?;
        let peer = identity::peer_key(&connection).ok_or(GreetError::NoKey)?;
        let (reader, writer) = (FrameReader::new(receive), FrameWriter::new(send));
        let (counts, slot) = (Arc::default(), Some(self.slot.connected()));
        Ok(Link { reader, writer, counts, connection, peer, endpoint: None, slot })
    }
}

fn open(
    address: SocketAddr,
    config: quinn::EndpointConfig,
    server: quinn::ServerConfig,
) -> io::Result<Endpoint> {
    let socket = std::net::UdpSocket::bind(address)?;
    Endpoint::new(config, Some(server), socket, Arc::new(quinn::TokioRuntime))
}

/// A client's connection with its stream opened; [`super::dial()`] finds the address.
pub(super) async fn connect(
    endpoint: Endpoint,
    connecting: quinn::Connecting,
) -> Result<Link, ConnectionError> {
    let connection = match timeout(HANDSHAKE_TIMEOUT, connecting).await {
        Ok(result) => result?,
        Err(_) => return Err(ConnectionError::TimedOut),
    };
    // The verifier has already pinned the key, so it is there.
    let peer = identity::peer_key(&connection).ok_or(ConnectionError::Reset)?;
    let (send, receive) = connection.open_bi().await?;
    let (reader, writer) = (FrameReader::new(receive), FrameWriter::new(send));
    let counts = Arc::default();
    Ok(Link { reader, writer, counts, connection, peer, endpoint: Some(endpoint), slot: None })
}

pub(super) fn client_transport() -> TransportConfig {
    let mut config = common_transport();
    config.keep_alive_interval(Some(KEEP_ALIVE)).max_concurrent_bidi_streams(VarInt::from_u32(0));
    config
}

fn server_transport() -> TransportConfig {
    let mut config = common_transport();
    config.max_concurrent_bidi_streams(VarInt::from_u32(1));
    config
}

fn common_transport() -> TransportConfig {
    let idle_ms = u32::try_from(IDLE_TIMEOUT.as_millis()).unwrap_or(u32::MAX);
    let mut config = TransportConfig::default();
    config
        .initial_rtt(INITIAL_RTT)
        .max_idle_timeout(Some(IdleTimeout::from(VarInt::from_u32(idle_ms))))
        // Probes for larger datagrams cost more on a metered line than they save at our sizes.
        .mtu_discovery_config(None)
        .max_concurrent_uni_streams(VarInt::from_u32(0))
        .datagram_receive_buffer_size(None)
        .stream_receive_window(VarInt::from_u32(WINDOW_BYTES))
        .receive_window(VarInt::from_u32(WINDOW_BYTES))
        .send_window(u64::from(WINDOW_BYTES));
    config
}
