//! What a side holds of a space, in few bytes: the vector and the state digest.
//!
//! ```text
//! vector = nodes LEB128 · { first LEB128 · [more LEB128] · height LEB128… }…
//!          first = (node − previous node − 1) · 4 + min(feeds, 4) − 1      more = feeds − 4, only if feeds ≥ 4
//! digest = SHA-256("svod/1 state" ‖ space ‖ { feed 32 · height LEB128 · head hash 32 }… sorted by feed)[..16]
//! directory tag = SHA-256("svod/1 directory" ‖ feed 32… in the order of the directory)[..8]
//! ```
//!
//! The k-th height of a node belongs to the k-th of its feeds in the reader's own directory, sorted by (epoch,
//! FeedId). Where one side knows a feed that the other does not, this can hit the wrong feed: the vector is a hint
//! for what to send first, and the digest alone decides whether both sides hold the same.
//!
//! The roster height is not part of the digest: wherever a digest travels, the roster's height and hash travel
//! beside it, and a digest that changed with every statement would make both sides exchange vectors for nothing.

use std::collections::BTreeMap;

use crate::id::{EntryHash, FeedId, NodeNo, Space, sha256};
use crate::leb::{ReadError, Reader, Writer};
use crate::storage::FeedHead;

/// The most feeds one vector or directory may name: 500 nodes with 16 feeds each. A directory of so many, 65 to 74
/// bytes each, still fits one frame.
pub const FEEDS_MAX: usize = 8 * 1024;
/// The most feeds of one node in one space: 64 epochs, four times over for copies of a node that opened their own.
pub const NODE_FEEDS_MAX: usize = 256;

/// The heights of all feeds of a space, by node and then by (epoch, FeedId).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vector(BTreeMap<NodeNo, Vec<u64>>);

/// Stands for the exact state of a space: the feeds, their heights and their heads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateDigest(pub [u8; 16]);

impl Vector {
    /// The vector of these feeds, in whatever order they come.
    pub fn of<'a>(heads: impl IntoIterator<Item = &'a FeedHead>) -> Self {
        let mut heights = BTreeMap::<NodeNo, Vec<u64>>::new();
        for head in sorted(heads) {
            heights.entry(head.node).or_default().push(head.height);
        }
        Self(heights)
    }

    /// Nodes with their heights, in order.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeNo, &[u64])> {
        self.0.iter().map(|(node, heights)| (*node, heights.as_slice()))
    }

    /// What the vector says of `feed`, read by this side's directory of the space. A hint: see the module's
    /// description.
    pub fn height<'a>(
        &self,
        directory: impl IntoIterator<Item = &'a FeedHead>,
        feed: &FeedId,
    ) -> Option<u64> {
        let sorted = sorted(directory);
        let node = sorted.iter().find(|head| head.feed == *feed)?.node;
        let place = sorted.iter().filter(|head| head.node == node).position(|head| head.feed == *feed)?;
        self.0.get(&node)?.get(place).copied()
    }

    /// The nodes whose heights are others than in `base`. `None`: a node of `base` is here no more, which an overlay
    /// cannot say.
    pub fn since(&self, base: &Self) -> Option<Self> {
        if base.0.keys().any(|node| !self.0.contains_key(node)) {
            return None;
        }
        let changed = self.0.iter().filter(|(node, heights)| base.0.get(node) != Some(heights));
        Some(Self(changed.map(|(node, heights)| (*node, heights.clone())).collect()))
    }

    /// This vector with the heights of all nodes that `changed` names replaced by those there.
    pub fn overlaid(&self, changed: &Self) -> Self {
        let mut heights = self.0.clone();
        heights.extend(changed.0.clone());
        Self(heights)
    }

    /// How many bytes the vector takes.
    pub fn size(&self) -> usize {
        let mut writer = Writer::new();
        self.write(&mut writer);
        writer.as_slice().len()
    }

    /// Appends the vector's bytes.
    pub fn write(&self, writer: &mut Writer) {
        writer.leb(self.0.len() as u64);
        let mut previous = None;
        for (node, heights) in &self.0 {
            let gap = match previous {
                None => u64::from(node.0),
                Some(NodeNo(previous)) => u64::from(node.0 - previous) - 1,
            };
            let feeds = heights.len() as u64;
            writer.leb(gap * 4 + feeds.clamp(1, 4) - 1);
            if feeds >= 4 {
                writer.leb(feeds - 4);
            }
            for height in heights {
                writer.leb(*height);
            }
            previous = Some(*node);
        }
    }

    /// Takes a vector off `reader`.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, ReadError> {
        let nodes = reader.leb_max(FEEDS_MAX as u64)?;
        let mut heights = BTreeMap::new();
        let mut next = 0u64;
        let mut feeds_in_all = 0;
        for _ in 0..nodes {
            let first = reader.leb()?;
            let node = next.checked_add(first / 4).ok_or(ReadError::Limit)?;
            let node = u16::try_from(node).map_err(|_| ReadError::Limit)?;
            let feeds = match first % 4 {
                3 => 4 + reader.leb_max(NODE_FEEDS_MAX as u64 - 4)?,
                few => few + 1,
            };
            feeds_in_all += feeds;
            if feeds_in_all > FEEDS_MAX as u64 {
                return Err(ReadError::Limit);
            }
            let of_node = (0..feeds).map(|_| reader.leb()).collect::<Result<Vec<_>, _>>()?;
            heights.insert(NodeNo(node), of_node);
            next = u64::from(node) + 1;
        }
        Ok(Self(heights))
    }
}

impl StateDigest {
    /// The digest of these feeds of `space`, in whatever order they come.
    pub fn of<'a>(space: Space, heads: impl IntoIterator<Item = &'a FeedHead>) -> Self {
        let by_feed: BTreeMap<FeedId, (u64, EntryHash)> =
            heads.into_iter().map(|head| (head.feed, (head.height, head.hash))).collect();
        let mut writer = Writer::domain("svod/1 state");
        space.write(&mut writer);
        for (feed, (height, hash)) in &by_feed {
            writer.raw(feed.as_bytes()).leb(*height).raw(hash.as_bytes());
        }
        let hash = sha256(writer.as_slice());
        let mut digest = [0; 16];
        digest.copy_from_slice(hash.split_at(16).0);
        Self(digest)
    }

    /// Takes a digest off `reader`.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, ReadError> {
        Ok(Self(reader.array()?))
    }
}

/// Stands for a directory: which feeds there are, in which order. Two that have the same hold the same feeds.
pub fn directory_tag(feeds: impl IntoIterator<Item = FeedId>) -> [u8; 8] {
    let mut writer = Writer::domain("svod/1 directory");
    for feed in feeds {
        writer.raw(feed.as_bytes());
    }
    let hash = sha256(writer.as_slice());
    hash.first_chunk().copied().unwrap_or_default()
}

/// Heads in the order of the directory: by (node, epoch, feed).
pub fn sorted<'a>(heads: impl IntoIterator<Item = &'a FeedHead>) -> Vec<&'a FeedHead> {
    let mut heads: Vec<_> = heads.into_iter().collect();
    heads.sort_by_key(|head| (head.node, head.epoch, head.feed));
    heads
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn head(node: u16, epoch: u8, height: u64) -> FeedHead {
        let feed = FeedId(sha256(&[node.to_be_bytes().as_slice(), &[epoch]].concat()));
        let hash = EntryHash([epoch; 32]);
        FeedHead { feed, node: NodeNo(node), space: Space::Network, epoch, height, hash, roster: 1 }
    }

    fn bytes(vector: &Vector) -> Vec<u8> {
        let mut writer = Writer::new();
        vector.write(&mut writer);
        writer.into_vec()
    }

    #[test]
    fn fifty_feeds_take_three_bytes_each() {
        let heads: Vec<_> = (1..=50).map(|node| head(node, 1, 200)).collect();
        assert_eq!(bytes(&Vector::of(&heads)).len(), 151);
    }

    #[test]
    fn a_height_is_found_by_the_readers_directory() {
        let heads = [head(7, 2, 20), head(3, 1, 5), head(7, 1, 10)];
        let vector = Vector::of(&heads);
        assert_eq!(vector.height(&heads, &heads[0].feed), Some(20));
        assert_eq!(vector.height(&heads[..1], &heads[0].feed), Some(10), "a hint that misses");
        assert_eq!(vector.height(&heads[..2], &heads[2].feed), None);
    }

    #[test]
    fn the_digest_sees_space_height_and_head_but_not_order() {
        let heads = [head(1, 1, 5), head(2, 1, 6)];
        let digest = StateDigest::of(Space::Network, &heads);
        assert_eq!(digest, StateDigest::of(Space::Network, [&heads[1], &heads[0]]));
        assert_ne!(digest, StateDigest::of(Space::Org(crate::id::OrgNo(1)), &heads));
        let mut other = heads;
        other[0].hash = EntryHash([9; 32]);
        assert_ne!(digest, StateDigest::of(Space::Network, &other));
        other = heads;
        other[1].height += 1;
        assert_ne!(digest, StateDigest::of(Space::Network, &other));
    }

    #[test]
    fn a_claim_of_many_feeds_is_refused() {
        let mut writer = Writer::new();
        writer.leb(FEEDS_MAX as u64 + 1);
        assert_eq!(Vector::read(&mut Reader::new(writer.as_slice())), Err(ReadError::Limit));
    }

    #[test]
    fn an_overlay_gives_back_what_it_was_made_of() {
        let base = Vector::of(&[head(3, 1, 5), head(7, 1, 10)]);
        let now = Vector::of(&[head(3, 1, 5), head(7, 1, 11), head(7, 2, 1), head(9, 1, 1)]);
        let changed = now.since(&base).unwrap();
        assert_eq!(changed.nodes().map(|it| it.0.0).collect::<Vec<_>>(), [7, 9]);
        assert_eq!(base.overlaid(&changed), now);
        assert_eq!(base.since(&now), None, "a node is gone");
    }

    proptest! {
        #[test]
        fn vectors_read_back(feeds in prop::collection::vec((0u16.., 1u8..=64, any::<u64>()), 0..40)) {
            let heads: Vec<_> = feeds.into_iter().map(|(node, epoch, height)| head(node, epoch, height)).collect();
            let vector = Vector::of(&heads);
            let bytes = bytes(&vector);
            let mut reader = Reader::new(&bytes);
            prop_assert_eq!(Vector::read(&mut reader), Ok(vector));
            prop_assert!(reader.is_empty());
        }

        #[test]
        fn whatever_is_read_encodes_to_the_same_bytes(input: Vec<u8>) {
            let mut reader = Reader::new(&input);
            if let Ok(vector) = Vector::read(&mut reader) {
                prop_assert_eq!(bytes(&vector), &input[..input.len() - reader.rest().len()]);
            }
        }
    }
}
