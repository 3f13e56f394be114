//! A poor line before the relay: a UDP proxy on the loopback that loses, delays, doubles and reorders datagrams, has
//! little room, and goes dark at random moments.
//!
//! Every caller's address is a line of its own, as every centre has its own modem. After every other darkness the way
//! to the relay has another source port, as after a router has forgotten a caller. The dice of a line follow from the
//! seed and its number; what they fall for depends on when datagrams come, so a seed gives the same weather, not the
//! same run.

mod flow;

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::sync::{mpsc, oneshot};

use crate::sim::rng::Rng;
use flow::Flow;

/// How bad a line is.
#[derive(Debug, Clone, Copy)]
pub struct Quality {
    /// Of a hundred datagrams so many are lost, each way.
    pub loss_percent: usize,
    /// The time a datagram takes one way, when nothing stands before it.
    pub one_way: Duration,
    /// Room, each way.
    pub bits_per_second: u64,
    /// Of a hundred datagrams so many come twice.
    pub doubled_percent: usize,
    /// Of a hundred datagrams so many are overtaken by later ones.
    pub late_percent: usize,
    /// How long a line stands between two cuts, in the middle.
    pub cut_every: Duration,
    /// How long a cut lasts at most.
    pub cut_for: Duration,
}

/// A running proxy; ends with its value.
#[derive(Debug)]
pub struct PoorLine {
    address: SocketAddr,
    counts: Arc<Counts>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What has happened on the line so far.
#[derive(Debug, Default)]
struct Counts {
    lines: AtomicU64,
    datagrams: AtomicU64,
    bytes: AtomicU64,
    lost: AtomicU64,
    doubled: AtomicU64,
    late: AtomicU64,
    no_room: AtomicU64,
    dark: AtomicU64,
    cuts: AtomicU64,
    moved: AtomicU64,
}

/// The same at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// Addresses that have called: one for each connection that was tried.
    pub lines: u64,
    /// Datagrams put on the line, both ways.
    pub datagrams: u64,
    /// Their UDP payload.
    pub bytes: u64,
    /// Datagrams lost by the dice.
    pub lost: u64,
    /// Datagrams that came twice.
    pub doubled: u64,
    /// Datagrams held back behind later ones.
    pub late: u64,
    /// Datagrams dropped because too many stood before them.
    pub no_room: u64,
    /// Datagrams that fell into a cut.
    pub dark: u64,
    /// Cuts.
    pub cuts: u64,
    /// Cuts after which the relay saw another address.
    pub moved: u64,
}

impl Quality {
    /// The worst line that has to do: a fifth is lost, a second there and back, 64 kbit/s, cut every five seconds.
    pub fn poor() -> Self {
        Self {
            loss_percent: 20,
            one_way: Duration::from_millis(500),
            bits_per_second: 64_000,
            doubled_percent: 5,
            late_percent: 10,
            cut_every: Duration::from_secs(5),
            cut_for: Duration::from_secs(2),
        }
    }

    /// As unkind in every way, but quicker, for a test that somebody waits for: what is lost costs seconds.
    pub fn poor_but_quick() -> Self {
        Self {
            loss_percent: 8,
            one_way: Duration::from_millis(60),
            bits_per_second: 512_000,
            cut_every: Duration::from_millis(1_500),
            cut_for: Duration::from_millis(400),
            ..Self::poor()
        }
    }
}

impl PoorLine {
    /// A line to the relay at `relay`.
    pub fn start(relay: SocketAddr, quality: Quality, seed: u64) -> Self {
        let counts = Arc::new(Counts::default());
        let (stop, stopped) = oneshot::channel();
        let (tell, told) = std::sync::mpsc::channel();
        let proxy = Proxy { relay, quality, rng: Rng::new(seed), counts: Arc::clone(&counts) };
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime starts").block_on(async {
                let front = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a UDP port is free");
                tell.send(front.local_addr().expect("has an address")).expect("somebody waits");
                tokio::select! {
                    () = proxy.run(front) => {}
                    _ = stopped => {}
                }
            });
        });
        let address = told.recv().expect("the proxy says where it is");
        Self { address, counts, stop: Some(stop), thread: Some(thread) }
    }

    /// Where callers find it.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What has happened so far.
    pub fn figures(&self) -> Figures {
        let read = |it: &AtomicU64| it.load(Ordering::Relaxed);
        let it = &self.counts;
        Figures {
            lines: read(&it.lines),
            datagrams: read(&it.datagrams),
            bytes: read(&it.bytes),
            lost: read(&it.lost),
            doubled: read(&it.doubled),
            late: read(&it.late),
            no_room: read(&it.no_room),
            dark: read(&it.dark),
            cuts: read(&it.cuts),
            moved: read(&it.moved),
        }
    }
}

impl Drop for PoorLine {
    fn drop(&mut self) {
        // A proxy that has failed hears nothing more.
        let _ = self.stop.take().map(|it| it.send(()));
        drop(self.thread.take().map(JoinHandle::join));
    }
}

struct Proxy {
    relay: SocketAddr,
    quality: Quality,
    rng: Rng,
    counts: Arc<Counts>,
}

impl Proxy {
    async fn run(mut self, front: UdpSocket) {
        let front = Arc::new(front);
        let mut lines: HashMap<SocketAddr, mpsc::UnboundedSender<Vec<u8>>> = HashMap::new();
        let mut buffer = [0; flow::DATAGRAM_BYTES_MAX];
        loop {
            // A caller that has gone makes the next read fail; that is its own affair.
            let Ok((length, caller)) = front.recv_from(&mut buffer).await else { continue };
            let line = lines.entry(caller).or_insert_with(|| {
                self.counts.lines.fetch_add(1, Ordering::Relaxed);
                let (send, datagrams) = mpsc::unbounded_channel();
                let counts = Arc::clone(&self.counts);
                let flow = Flow::new(self.relay, self.quality, self.rng.fork(), counts);
                tokio::spawn(flow.run(caller, Arc::clone(&front), datagrams));
                send
            });
            drop(line.send(buffer.get(..length).unwrap_or_default().to_vec()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wait::{holds, wait_until};

    /// A line must be as bad as it says, or what runs over it proves nothing.
    #[test]
    fn a_line_loses_doubles_and_delays_as_it_says() {
        let far = std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        far.set_nonblocking(true).unwrap();
        let quality = Quality {
            cut_every: Duration::from_secs(3600),
            bits_per_second: 100_000_000,
            ..Quality::poor_but_quick()
        };
        let line = PoorLine::start(far.local_addr().unwrap(), quality, 1);
        let near = std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let (mut come, mut buffer) = (Vec::new(), [0; 8]);
        let begun = std::time::Instant::now();
        for no in 0..200u64 {
            near.send_to(&no.to_le_bytes(), line.address()).unwrap();
            // The loopback drops what does not fit into a socket's buffer.
            if no % 50 == 49 {
                let sent = || holds(line.figures().datagrams == no + 1, || format!("{:?}", line.figures()));
                wait_until("the datagrams are on the line", sent);
            }
        }
        let figures = line.figures();
        wait_until("everything has come that was not lost", || {
            while let Ok(8) = far.recv(&mut buffer) {
                come.push(u64::from_le_bytes(buffer));
            }
            holds(come.len() as u64 == 200 - figures.lost + figures.doubled, || format!("{}", come.len()))
        });
        assert!(begun.elapsed() >= quality.one_way);
        assert_eq!((figures.lines, figures.datagrams, figures.bytes), (1, 200, 1600));
        assert!((4..40).contains(&figures.lost) && (1..30).contains(&figures.doubled), "{figures:?}");
        assert!(come.windows(2).any(|pair| pair[0] > pair[1]), "some are late");
    }
}
