//! The writer's side of a feed: opening one, and writing the entry that comes next.

use crate::chunk::{ChunkError, change_hash};
use crate::entry::{Entry, Item, Open, Previous, Record};
use crate::id::{DocId, EntryHash, FeedId, NetworkId, NodeNo, Space};
use crate::keys::KeyPair;
use crate::storage::FeedHead;

/// Where the next entry goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tip {
    /// After the last entry of a feed that is open.
    After(FeedHead),
    /// First in a feed that it opens.
    Opens(FeedId, Open),
}

impl Tip {
    /// The tip of a feed that `node` opens anew. `known` are the node's feeds in that space as far as it knows them:
    /// the new one gets the next epoch and names the last of them.
    pub fn open(
        network: &NetworkId,
        node: NodeNo,
        space: Space,
        known: &[FeedHead],
        random: [u8; 16],
    ) -> Self {
        let last = known.iter().max_by_key(|it| (it.epoch, it.feed));
        let epoch = last.map_or(1, |it| it.epoch.saturating_add(1));
        let previous = last.map(|it| Previous { feed: it.feed, height: it.height, hash: it.hash });
        let feed = FeedId::derive(network, node, space, epoch, &random);
        Self::Opens(feed, Open { node, space, epoch, random, previous })
    }

    /// The feed.
    pub fn feed(&self) -> FeedId {
        match self {
            Self::After(head) => head.feed,
            Self::Opens(feed, _) => *feed,
        }
    }

    /// Writes and signs the next entry: one user action. Only plain change chunks are taken.
    pub fn write(
        self,
        roster: u64,
        changes: Vec<(DocId, Vec<u8>)>,
        node_key: &KeyPair,
    ) -> Result<Record, ChunkError> {
        let (feed, seq, prev, mut items) = match self {
            Self::After(head) => (head.feed, head.height, head.hash, Vec::new()),
            Self::Opens(feed, open) => (feed, 0, EntryHash([0; 32]), vec![Item::Open(open)]),
        };
        for (doc, bytes) in &changes {
            items.push(Item::Change { doc: *doc, hash: change_hash(bytes)? });
        }
        let entry = Entry { feed, seq, prev, roster, items };
        let signature = Some(entry.sign(node_key));
        Ok(Record { entry, signature, changes: changes.into_iter().map(|(_, bytes)| bytes).collect() })
    }
}
