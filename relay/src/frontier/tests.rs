use svod_shared::id::{NodeNo, OrgNo, Space};
use svod_shared::vector::{StateDigest, Vector};
use tempfile::TempDir;
use tokio::sync::broadcast;

use super::*;
use crate::world::{World, node, node_key};

struct Place {
    world: World,
    db: Db,
    news: broadcast::Receiver<Update>,
    _folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let (folder, world) = (tempfile::tempdir().unwrap(), World::new());
        let mut db = Db::open(&folder.path().join("db"), Some(world.network())).unwrap();
        db.push_statements(&world.statements()).unwrap().unwrap();
        let news = db.updates().subscribe();
        Self { world, db, news, _folder: folder }
    }

    fn frontier(&self, no: u8, counter: u64, space: Space, signed_by: u8) -> Vec<u8> {
        let frontier = Frontier {
            node: NodeNo(u16::from(no)),
            counter,
            space,
            roster: self.world.roster.height(),
            rules: 1,
            digest: StateDigest([no; 16]),
            vector: Vector::default(),
        };
        frontier.sign(&self.world.network(), &node_key(signed_by))
    }

    fn keep(&self, bytes: &[u8]) -> Vec<Vec<u8>> {
        keep(&self.db, bytes, Timestamp(1)).unwrap().into_iter().map(|it| it.bytes).collect()
    }

    /// What a node that has them up to `cursor` is told.
    fn told(&mut self, to: u8, cursor: u64) -> Vec<(Vec<Vec<u8>>, u64)> {
        tell(&self.db, node(to), &frontiers::after(self.db.connection(), cursor).unwrap());
        let mut told = Vec::new();
        while let Ok(update) = self.news.try_recv() {
            assert_eq!(update.to, Some(node(to)));
            let Updated::Frontiers { frontiers, cursor } = update.what else { panic!("no frontiers") };
            told.push((frontiers.to_vec(), cursor));
        }
        told
    }
}

#[test]
fn the_newest_counts_whatever_the_order() {
    let mut it = Place::new();
    let [old, new] = [1, 2].map(|counter| it.frontier(2, counter, Space::Network, 2));
    assert_eq!(it.keep(&new), std::slice::from_ref(&new));
    assert_eq!(it.keep(&old), Vec::<Vec<u8>>::new());
    assert_eq!(it.keep(&new), Vec::<Vec<u8>>::new());
    assert_eq!(it.told(3, 0), [(vec![new], 1)]);
    assert_eq!(it.told(3, 1), []);
}

#[test]
fn nobody_speaks_for_another_node() {
    let it = Place::new();
    assert!(it.keep(&it.frontier(2, 9, Space::Network, 3)).is_empty());
    assert!(it.keep(&it.frontier(9, 9, Space::Network, 9)).is_empty());
    assert!(it.keep(&it.frontier(2, 9, Space::Org(OrgNo(3)), 2)).is_empty());
    assert!(it.keep(b"frontier").is_empty());
    let good = it.frontier(2, 1, Space::Network, 2);
    assert_eq!(it.keep(&good), std::slice::from_ref(&good));
}

#[test]
fn a_frontier_goes_where_its_space_may_go() {
    let mut it = Place::new();
    let own = it.frontier(2, 1, Space::Org(OrgNo(2)), 2);
    it.keep(&own);
    assert_eq!(it.told(1, 0), [(vec![own], 1)], "to the lead");
    assert_eq!(it.told(3, 0), [], "to another member");
    assert_eq!(it.told(2, 0), [], "back to its author");
    assert_eq!(it.told(9, 0), [], "to a stranger");
}
