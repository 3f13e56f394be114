//! One caller's line: what happens to its datagrams on their way.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use super::{Counts, Quality};
use crate::sim::rng::Rng;

/// More than any datagram of ours.
pub(super) const DATAGRAM_BYTES_MAX: usize = 2048;

/// IP and UDP headers take room too.
const HEADER_BYTES: usize = 28;

/// A modem keeps so much and drops the rest.
const QUEUE_MAX: Duration = Duration::from_secs(3);

/// How long a late datagram is held back at most, in times of the way itself.
const LATE_TIMES: u32 = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Up,
    Down,
}

/// A datagram under way.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Due {
    at: Instant,
    no: u64,
    way: Way,
    bytes: Vec<u8>,
}

enum Event {
    Sent(Option<Vec<u8>>),
    Received(usize),
    Failed,
}

pub(super) struct Flow {
    relay: SocketAddr,
    quality: Quality,
    rng: Rng,
    counts: Arc<Counts>,
    under_way: BinaryHeap<Reverse<Due>>,
    no: u64,
    /// When the last datagram of each way will have been sent.
    free: [Instant; 2],
    next_cut: Instant,
    dark_until: Instant,
    cuts: u64,
}

impl Flow {
    pub(super) fn new(relay: SocketAddr, quality: Quality, rng: Rng, counts: Arc<Counts>) -> Self {
        let now = Instant::now();
        let mut flow = Self {
            relay,
            quality,
            rng,
            counts,
            under_way: BinaryHeap::new(),
            no: 0,
            free: [now; 2],
            next_cut: now,
            dark_until: now,
            cuts: 0,
        };
        flow.next_cut = now + flow.up_to(quality.cut_every * 2);
        flow
    }

    /// Carries datagrams until the proxy ends.
    pub(super) async fn run(
        mut self,
        caller: SocketAddr,
        front: Arc<UdpSocket>,
        mut sent: mpsc::UnboundedReceiver<Vec<u8>>,
    ) {
        let mut back = self.connect().await;
        let mut buffer = [0; DATAGRAM_BYTES_MAX];
        loop {
            let due = self.under_way.peek().map_or(self.next_cut, |it| it.0.at.min(self.next_cut));
            let event = timeout_at(due, async {
                tokio::select! {
                    datagram = sent.recv() => Event::Sent(datagram),
                    // Fails when the relay is down: the datagram that was told so is lost.
                    length = back.recv(&mut buffer) => length.map_or(Event::Failed, Event::Received),
                }
            });
            match event.await {
                Ok(Event::Sent(Some(datagram))) => self.put(Way::Up, datagram),
                Ok(Event::Sent(None)) => return,
                Ok(Event::Received(length)) => {
                    self.put(Way::Down, buffer.get(..length).unwrap_or_default().to_vec());
                }
                Ok(Event::Failed) | Err(_) => {}
            }
            let now = Instant::now();
            if now >= self.next_cut && self.cut(now) {
                back = self.connect().await;
            }
            while self.under_way.peek().is_some_and(|it| it.0.at <= now) {
                let Some(Reverse(due)) = self.under_way.pop() else { break };
                drop(match due.way {
                    Way::Up => back.send(&due.bytes).await,
                    Way::Down => front.send_to(&due.bytes, caller).await,
                });
            }
        }
    }

    async fn connect(&self) -> UdpSocket {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a UDP port is free");
        socket.connect(self.relay).await.expect("an address of the loopback can be set");
        socket
    }

    /// Goes dark; tells whether the relay will see another address afterwards.
    fn cut(&mut self, now: Instant) -> bool {
        self.dark_until = now + self.up_to(self.quality.cut_for);
        self.next_cut = self.dark_until + self.up_to(self.quality.cut_every * 2);
        self.under_way.clear();
        self.free = [self.dark_until; 2];
        self.cuts += 1;
        count(&self.counts.cuts);
        let moves = self.cuts.is_multiple_of(2);
        if moves {
            count(&self.counts.moved);
        }
        moves
    }

    fn put(&mut self, way: Way, bytes: Vec<u8>) {
        let now = Instant::now();
        count(&self.counts.datagrams);
        self.counts.bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        if now < self.dark_until {
            return count(&self.counts.dark);
        }
        let bits = u64::try_from((bytes.len() + HEADER_BYTES) * 8).unwrap_or(u64::MAX);
        let takes = Duration::from_micros(bits.saturating_mul(1_000_000) / self.quality.bits_per_second);
        let [up, down] = &mut self.free;
        let free = if way == Way::Up { up } else { down };
        let leaves = now.max(*free) + takes;
        if leaves > now + QUEUE_MAX {
            return count(&self.counts.no_room);
        }
        // What is lost on the way has taken its room all the same.
        *free = leaves;
        if self.is(self.quality.loss_percent) {
            return count(&self.counts.lost);
        }
        let mut at = leaves + self.quality.one_way;
        if self.is(self.quality.late_percent) {
            count(&self.counts.late);
            at += self.up_to(self.quality.one_way * LATE_TIMES);
        }
        if self.is(self.quality.doubled_percent) {
            count(&self.counts.doubled);
            let again = at + self.up_to(self.quality.one_way);
            self.send_at(again, way, bytes.clone());
        }
        self.send_at(at, way, bytes);
    }

    fn send_at(&mut self, at: Instant, way: Way, bytes: Vec<u8>) {
        self.no += 1;
        self.under_way.push(Reverse(Due { at, no: self.no, way, bytes }));
    }

    fn is(&mut self, percent: usize) -> bool {
        self.rng.below(100) < percent
    }

    fn up_to(&mut self, most: Duration) -> Duration {
        Duration::from_millis(self.rng.ms(0, u64::try_from(most.as_millis()).unwrap_or(u64::MAX)))
    }
}

fn count(what: &AtomicU64) {
    what.fetch_add(1, Ordering::Relaxed);
}
