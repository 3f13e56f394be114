//! How much of a server strangers may take: handshakes under way and connections, in total and for each address.
//!
//! Sources of UDP datagrams can be forged, so a count for an address means something only once the address has
//! proved itself. A lone caller is let in at once; with any handshake from its address or more than a few in all
//! under way, it is first asked to prove its address, which costs it one round trip.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// The bounds of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Handshakes under way. Each costs a signature and a check, about 0.2 ms, before anything is known of the caller.
    pub handshakes: usize,
    /// Handshakes under way from one address.
    pub handshakes_per_address: usize,
    /// Connections, handshakes included. One costs about 50 KiB while idle.
    pub connections: usize,
    /// Connections from one address: several centres of a town can share one behind a router.
    pub connections_per_address: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { handshakes: 64, handshakes_per_address: 16, connections: 2048, connections_per_address: 128 }
    }
}

/// From so many handshakes under way, every address must prove itself first.
const TRICKLE: usize = 8;

/// What to do with a caller.
#[derive(Debug)]
pub(super) enum Verdict {
    /// There is room.
    Accept(Slot),
    /// There may be room, once the address has proved itself.
    Retry,
    /// There is no room.
    Refuse,
}

/// Counts callers.
#[derive(Debug)]
pub(super) struct Gate {
    limits: Limits,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    all: Count,
    by_address: BTreeMap<IpAddr, Count>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Count {
    handshakes: usize,
    /// Handshakes included.
    connections: usize,
}

/// A caller's place; given back when dropped.
#[derive(Debug)]
pub(super) struct Slot {
    gate: Arc<Gate>,
    address: IpAddr,
    shaking_hands: bool,
}

impl Gate {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, counts: Mutex::new(Counts::default()) }
    }

    /// Decides about a caller, and counts it if it is let in.
    pub(super) fn admit(self: &Arc<Self>, address: IpAddr, validated: bool) -> Verdict {
        let address = block_of(address);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let one = counts.by_address.get(&address).copied().unwrap_or_default();
        let all = counts.all;
        let limits = &self.limits;
        if all.handshakes >= limits.handshakes || all.connections >= limits.connections {
            return Verdict::Refuse;
        }
        if !validated && (one.handshakes > 0 || all.handshakes >= TRICKLE) {
            return Verdict::Retry;
        }
        if one.handshakes >= limits.handshakes_per_address
            || one.connections >= limits.connections_per_address
        {
            // An unproved address must not be refused for what its namesake does.
            return if validated { Verdict::Refuse } else { Verdict::Retry };
        }
        counts.change(address, |count| {
            count.handshakes += 1;
            count.connections += 1;
        });
        Verdict::Accept(Slot { gate: Arc::clone(self), address, shaking_hands: true })
    }
}

impl Counts {
    fn change(&mut self, address: IpAddr, mut change: impl FnMut(&mut Count)) {
        change(&mut self.all);
        let one = self.by_address.entry(address).or_default();
        change(one);
        if *one == Count::default() {
            self.by_address.remove(&address);
        }
    }
}

impl Slot {
    /// The handshake is over.
    pub(super) fn connected(mut self) -> Self {
        self.end_handshake();
        self
    }

    fn end_handshake(&mut self) {
        if std::mem::take(&mut self.shaking_hands) {
            let mut counts = self.gate.counts.lock().unwrap_or_else(PoisonError::into_inner);
            counts.change(self.address, |count| count.handshakes -= 1);
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.end_handshake();
        let mut counts = self.gate.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.change(self.address, |count| count.connections -= 1);
    }
}

/// The address block that one subscriber holds: an IPv6 subscriber has a /64 of addresses to choose from.
fn block_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits =
        Limits { handshakes: 12, handshakes_per_address: 2, connections: 20, connections_per_address: 3 };

    fn gate() -> Arc<Gate> {
        Arc::new(Gate::new(LIMITS))
    }

    fn host(n: u8) -> IpAddr {
        IpAddr::from([10, 0, 0, n])
    }

    fn accept(gate: &Arc<Gate>, address: IpAddr) -> Slot {
        match gate.admit(address, true) {
            Verdict::Accept(slot) => slot,
            other => panic!("{address}: {other:?}"),
        }
    }

    #[test]
    fn a_lone_caller_is_let_in_at_once_and_a_second_proves_its_address() {
        let gate = gate();
        let Verdict::Accept(_slot) = gate.admit(host(1), false) else { panic!("not let in") };
        assert!(matches!(gate.admit(host(1), false), Verdict::Retry));
        assert!(matches!(gate.admit(host(2), false), Verdict::Accept(_)));
    }

    #[test]
    fn one_address_cannot_take_the_places_of_others() {
        let gate = gate();
        let _held: Vec<Slot> = (0..3).map(|_| accept(&gate, host(1)).connected()).collect();
        assert!(matches!(gate.admit(host(1), true), Verdict::Refuse));
        // Perhaps somebody else's forged datagram: it may prove itself.
        assert!(matches!(gate.admit(host(1), false), Verdict::Retry));
        accept(&gate, host(2));
    }

    #[test]
    fn handshakes_are_bounded_and_unproved_ones_held_off_early() {
        let gate = gate();
        let _held: Vec<Slot> = (0..8).map(|n| accept(&gate, host(n))).collect();
        assert!(matches!(gate.admit(host(50), false), Verdict::Retry));
        let _more: Vec<Slot> = (8..12).map(|n| accept(&gate, host(n))).collect();
        assert!(matches!(gate.admit(host(50), true), Verdict::Refuse));
    }

    #[test]
    fn places_come_back() {
        let gate = gate();
        for _ in 0..100 {
            let half_open = accept(&gate, host(1));
            drop(half_open);
            drop(accept(&gate, host(1)).connected());
        }
        let counts = gate.counts.lock().unwrap();
        assert_eq!(counts.all, Count::default());
        assert!(counts.by_address.is_empty());
    }

    #[test]
    fn neighbours_in_an_ipv6_block_count_as_one() {
        let block = |text: &str| block_of(text.parse().unwrap());
        assert_eq!(block("2001:db8::1"), block("2001:db8::ffff:1:2:3"));
        assert_ne!(block("2001:db8::1"), block("2001:db8:0:1::1"));
        assert_eq!(block("::ffff:10.0.0.1"), block("10.0.0.1"));
    }
}
