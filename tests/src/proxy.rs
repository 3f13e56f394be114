//! A line between nodes and a relay that keeps what goes over it.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::network::free_udp_port;

/// A running proxy; it ends with its value.
#[derive(Debug)]
pub struct Proxy {
    front: SocketAddr,
    behind: SocketAddr,
    seen: Arc<Mutex<Vec<u8>>>,
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

/// How long a thread waits for a packet before it looks whether it is to end.
const LOOK: Duration = Duration::from_millis(50);
/// The largest packet of UDP.
const PACKET_BYTES_MAX: usize = 65_536;

impl Proxy {
    /// Listens on `port`; the relay is to listen at [`Proxy::behind`].
    pub fn start(port: u16) -> Self {
        let front = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let behind = SocketAddr::from((Ipv4Addr::LOCALHOST, free_udp_port()));
        let (seen, stop) = (Arc::default(), Arc::default());
        let line = Line { behind, seen: Arc::clone(&seen), stop: Arc::clone(&stop) };
        let socket = UdpSocket::bind(front).expect("the port is free");
        let threads = vec![thread::spawn(move || line.carry(&Arc::new(socket)))];
        Self { front, behind, seen, stop, threads }
    }

    /// Where nodes call.
    pub fn address(&self) -> SocketAddr {
        self.front
    }

    /// Where the relay listens.
    pub fn behind(&self) -> SocketAddr {
        self.behind
    }

    /// Every byte that went over the line so far, in both directions.
    pub fn seen(&self) -> Vec<u8> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            drop(thread.join());
        }
    }
}

struct Line {
    behind: SocketAddr,
    seen: Arc<Mutex<Vec<u8>>>,
    stop: Arc<AtomicBool>,
}

impl Line {
    /// Carries packets of every caller there, each over a socket of its own, and the answers back.
    fn carry(&self, front: &Arc<UdpSocket>) {
        let mut callers: BTreeMap<SocketAddr, Arc<UdpSocket>> = BTreeMap::new();
        thread::scope(|scope| {
            self.packets(front, |from, packet| {
                let socket = callers.entry(from).or_insert_with(|| {
                    let socket = Arc::new(UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free"));
                    let (back, front) = (Arc::clone(&socket), Arc::clone(front));
                    scope.spawn(move || {
                        self.packets(&back, |_, packet| drop(front.send_to(packet, from)));
                    });
                    socket
                });
                // A relay that is down loses packets like any line.
                drop(socket.send_to(packet, self.behind));
            });
        });
    }

    fn packets(&self, socket: &UdpSocket, mut each: impl FnMut(SocketAddr, &[u8])) {
        socket.set_read_timeout(Some(LOOK)).expect("a timeout can be set");
        let mut buffer = vec![0; PACKET_BYTES_MAX];
        while !self.stop.load(Ordering::Relaxed) {
            let Ok((length, from)) = socket.recv_from(&mut buffer) else { continue };
            let packet = buffer.get(..length).unwrap_or_default();
            self.seen.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(packet);
            each(from, packet);
        }
    }
}
