//! Who is connected now.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use svod_shared::keys::PublicKey;
use svod_shared::transport::{CloseCode, LinkHandle};

use crate::events::Audience;

/// The most connections of one key. A node that has changed networks leaves its old connection hanging for two
/// minutes; more than a few are a copied folder or an attack, and the oldest gives way.
pub const CONNECTIONS_PER_KEY_MAX: usize = 3;

/// The connections there are, by key.
#[derive(Debug, Default)]
pub struct Peers(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    next: u64,
    links: BTreeMap<PublicKey, VecDeque<(u64, LinkHandle)>>,
    /// Those that have been given all frontiers so far.
    following: BTreeSet<PublicKey>,
}

/// A connection's place; given back when dropped.
#[derive(Debug)]
pub struct Place {
    peers: Arc<Peers>,
    key: PublicKey,
    number: u64,
}

impl Peers {
    /// Enters a connection, closing the key's oldest one if it has too many.
    pub fn enter(self: &Arc<Self>, key: PublicKey, link: LinkHandle) -> Place {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = inner.next;
        inner.next += 1;
        let links = inner.links.entry(key).or_default();
        links.push_back((number, link));
        if links.len() > CONNECTIONS_PER_KEY_MAX
            && let Some((_, oldest)) = links.pop_front()
        {
            oldest.close(CloseCode::Replaced);
        }
        Place { peers: Arc::clone(self), key, number }
    }

    /// Closes all connections of a key.
    pub fn close(&self, key: &PublicKey, code: CloseCode) {
        let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (_, link) in inner.links.get(key).into_iter().flatten() {
            link.close(code);
        }
    }

    /// From now on the key is to be told new frontiers.
    pub fn follow(&self, key: &PublicKey) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.links.contains_key(key) {
            inner.following.insert(*key);
        }
    }

    /// Who is connected and who is to be told new frontiers, in order.
    pub fn audience(&self) -> Audience {
        let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Audience {
            connected: inner.links.keys().copied().collect(),
            following: inner.following.iter().copied().collect(),
        }
    }

    /// How many connections there are.
    pub fn connections(&self) -> usize {
        let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.links.values().map(VecDeque::len).sum()
    }

    /// The keys that are connected, in order.
    pub fn keys(&self) -> Vec<PublicKey> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).links.keys().copied().collect()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut inner = self.peers.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(links) = inner.links.get_mut(&self.key) {
            links.retain(|(number, _)| *number != self.number);
            if links.is_empty() {
                inner.links.remove(&self.key);
                inner.following.remove(&self.key);
            }
        }
    }
}
