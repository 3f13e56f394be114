//! A relay in this process, nodes with real connections.

use std::net::SocketAddr;
use std::path::Path;

use svod_shared::id::{EntryHash, FeedId, NodeNo, OrgNo, Owner, Space};
use svod_shared::keys::KeyPair;
use svod_shared::letter::{LetterRefusal, LetterReply};
use svod_shared::storage::{FeedHead, StorageError};
use svod_shared::sync::{Event, Refusal};
use svod_shared::transport::{CloseCode, Finished, Phase, Trouble, Update, Updated, dial};
use tempfile::TempDir;
use tokio::sync::broadcast;

use super::*;
use crate::folder::FolderError;
use crate::world::site::{Connection, Site};
use crate::world::{World, node, node_key};

struct Running {
    address: SocketAddr,
    key: PublicKey,
    store: Store,
    news: broadcast::Receiver<Update>,
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<Result<(), RelayError>>,
}

impl Running {
    async fn start(world: &World, data: &Path, port: u16) -> Self {
        let config = Config {
            data: data.to_owned(),
            listen: ([127, 0, 0, 1], port).into(),
            network: Some(world.network()),
            ..Config::default()
        };
        Self::of(&config).await
    }

    async fn of(config: &Config) -> Self {
        let relay = Relay::start(config).unwrap();
        let (address, key, store) = (relay.address(), relay.key(), relay.store());
        let news = store.run(|db| Ok(db.updates().subscribe())).await.unwrap();
        let (stop, stopped) = watch::channel(false);
        Self { address, key, store, news, stop, task: tokio::spawn(relay.run(stopped)) }
    }

    /// With the roster in it.
    async fn ready(world: &World, data: &Path) -> Self {
        let it = Self::start(world, data, 0).await;
        it.give_roster(world).await;
        it
    }

    async fn give_roster(&self, world: &World) {
        let statements = world.statements();
        self.store.run(move |db| db.push_statements(&statements)).await.unwrap().unwrap();
    }

    async fn head(&self, feed: FeedId) -> Option<FeedHead> {
        let snapshot = self.store.run(|db| db.snapshot()).await.unwrap();
        snapshot.heads.into_values().flatten().find(|it| it.feed == feed)
    }

    /// Waits until the relay holds so many entries of a feed.
    async fn until_height(&mut self, feed: FeedId, height: u64) {
        let waiting = async {
            while self.head(feed).await.is_none_or(|head| head.height < height) {
                self.news.recv().await.unwrap();
            }
        };
        tokio::time::timeout(Duration::from_secs(20), waiting).await.expect("relay does not get the entry");
    }

    fn connect(&self, site: &Arc<Site>, no: u8) -> Connection {
        let role = Role::Node { node: NodeNo(u16::from(no)) };
        site.connect(node_key(no), role, (self.address, self.key))
    }

    fn connect_newcomer(&self, site: &Arc<Site>, no: u8, letter: Vec<u8>) -> Connection {
        let role = Role::Newcomer { key: node(no), letter };
        site.connect(node_key(no), role, (self.address, self.key))
    }

    async fn stop(self) {
        self.stop.send_replace(true);
        self.task.await.unwrap().unwrap();
    }
}

fn world() -> (World, TempDir) {
    (World::new(), tempfile::tempdir().unwrap())
}

#[tokio::test]
async fn entries_reach_a_node_that_was_away_and_cross_a_restart_of_the_relay() {
    let (world, data) = world();
    let mut relay = Running::start(&world, data.path(), 0).await;
    let ((a, _a), (b, _b)) = (Site::new(&world), Site::newcomer(&world));
    let first = world.honest(2, None);
    let feed = first.entry.feed;
    a.write(first);
    let at_a = relay.connect(&a, 2);
    relay.until_height(feed, 1).await;
    at_a.stop().await;

    let at_b = relay.connect(&b, 3);
    b.until("the first entry", |b| b.head(&feed).is_some()).await;
    assert_eq!(b.roster_height(), world.roster.height());

    let port = relay.address.port();
    let key = relay.key;
    relay.stop().await;
    let relay = Running::start(&world, data.path(), port).await;
    assert_eq!(relay.key, key);
    a.write(world.honest(2, a.head(&feed)));
    let at_a = relay.connect(&a, 2);
    b.until("the second entry", |b| b.head(&feed).is_some_and(|head| head.height == 2)).await;
    at_a.stop().await;
    at_b.stop().await;
    relay.stop().await;
}

#[tokio::test]
async fn a_live_entry_is_pushed_to_those_who_are_connected() {
    let (world, data) = world();
    let relay = Running::ready(&world, data.path()).await;
    let ((a, _a), (b, _b)) = (Site::new(&world), Site::new(&world));
    let (mut at_a, mut at_b) = (relay.connect(&a, 2), relay.connect(&b, 3));
    at_a.until("connected", |it| it.phase == Phase::Connected).await;
    at_b.until("connected", |it| it.phase == Phase::Connected).await;
    for height in 1..=5 {
        let record = world.honest(2, a.head(&world.honest(2, None).entry.feed));
        let feed = record.entry.feed;
        a.write(record);
        b.until("the entry", |b| b.head(&feed).is_some_and(|head| head.height == height)).await;
    }
    let traffic = at_a.until("connected", |it| it.phase == Phase::Connected).await.traffic();
    assert!(traffic.sent_bytes > 1000 && traffic.received_bytes > 1000, "{traffic:?}");
    at_a.stop().await;
    at_b.stop().await;
    relay.stop().await;
}

/// A member's program has been changed so that it offers entries that nobody may write.
#[tokio::test]
async fn what_nobody_may_write_stays_outside_the_relays_log() {
    let (world, data) = world();
    let mut relay = Running::ready(&world, data.path()).await;
    let (a, _a) = Site::new(&world);
    let stranger = KeyPair::from_seed(&[77; 32]);
    let shared = Owner::Shared;
    let smuggled = [
        // Another member's feed, signed by somebody else; a node that is in no roster; a document of another's.
        (3, world.record(3, None, shared, &stranger)),
        (9, world.record(9, None, shared, &node_key(9))),
        (1, world.record(1, None, Owner::Org(OrgNo(3)), &node_key(1))),
    ];
    for (no, record) in &smuggled {
        a.smuggle(record.clone(), head_of(*no, record));
    }
    let honest = world.honest(2, None);
    let feed = honest.entry.feed;
    a.write(honest);
    let at_a = relay.connect(&a, 2);
    relay.until_height(feed, 1).await;
    a.write(world.honest(2, a.head(&feed)));
    relay.until_height(feed, 2).await;
    for (no, record) in &smuggled {
        assert_eq!(relay.head(record.entry.feed).await, None, "feed of node {no}");
    }
    at_a.stop().await;
    relay.stop().await;
}

fn head_of(no: u8, record: &svod_shared::entry::Record) -> FeedHead {
    FeedHead {
        feed: record.entry.feed,
        node: NodeNo(u16::from(no)),
        space: Space::Network,
        epoch: 1,
        height: record.entry.seq + 1,
        hash: EntryHash(record.entry.hash().0),
        roster: record.entry.roster,
    }
}

#[tokio::test]
async fn a_stranger_is_refused_and_told_so() {
    let (world, data) = world();
    let relay = Running::ready(&world, data.path()).await;
    let (site, _events) = Site::new(&world);
    let mut connection = relay.connect(&site, 9);
    let refused = Trouble::Refused(Refusal::NotAdmitted);
    connection
        .until("refused", |it| matches!(it.phase, Phase::Waiting { trouble, .. } if trouble == refused))
        .await;
    connection.stop().await;
    relay.stop().await;
}

#[tokio::test]
async fn a_letter_reaches_the_lead_and_the_answer_comes_back() {
    let (world, data) = world();
    let relay = Running::ready(&world, data.path()).await;
    let (lead, mut lead_events) = Site::new(&world);
    let (newcomer, mut events) = Site::newcomer(&world);
    let letter = world.letter(7, "a");
    // The lead is away when the letter comes.
    let at_newcomer = relay.connect_newcomer(&newcomer, 7, letter.clone());
    let mut waits = false;
    while !waits {
        let letters = relay.store.run(|db| db.mailbox().unanswered()).await.unwrap();
        waits = letters == std::slice::from_ref(&letter);
        tokio::task::yield_now().await;
    }
    let at_lead = relay.connect(&lead, 1);
    let received = lead_events
        .until("the letter", |event| match event {
            Event::Letter { from, letter } => Some((from, letter)),
            _ => None,
        })
        .await;
    assert_eq!(received, (node(7), letter));
    let reply = LetterReply::Refused(LetterRefusal::Declined);
    lead.tell(Updated::LetterReply { to: node(7), reply });
    let answered = events
        .until("the answer", |event| match event {
            Event::LetterReply { to, reply } => Some((to, reply)),
            _ => None,
        })
        .await;
    assert_eq!(answered, (node(7), reply));
    at_newcomer.stop().await;
    at_lead.stop().await;
    relay.stop().await;
}

#[tokio::test]
async fn a_newcomer_that_is_admitted_learns_it_from_the_roster() {
    let (mut world, data) = world();
    let relay = Running::ready(&world, data.path()).await;
    let (lead, mut lead_events) = Site::new(&world);
    let (newcomer, _events) = Site::newcomer(&world);
    let at_lead = relay.connect(&lead, 1);
    let at_newcomer = relay.connect_newcomer(&newcomer, 7, world.letter(7, "a"));
    lead_events.until("the letter", |it| matches!(it, Event::Letter { .. }).then_some(())).await;
    world.admit(7);
    lead.set_roster(&world.roster);
    assert_eq!(at_newcomer.finished().await, Finished::Admitted);
    assert_eq!(newcomer.roster_height(), world.roster.height());
    let letters = relay.store.run(|db| db.mailbox().unanswered()).await.unwrap();
    assert_eq!(letters, Vec::<Vec<u8>>::new());
    at_lead.stop().await;
    relay.stop().await;
}

#[tokio::test]
async fn garbage_ends_its_connection_and_nothing_else() {
    let (world, data) = world();
    let relay = Running::ready(&world, data.path()).await;
    let address = [relay.address.to_string()];
    for garbage in [&b"\xff\xff\xff\xff"[..], b"\x03abc", b"\x01\x7f"] {
        let mut link = dial(&node_key(2), &address, relay.key).await.unwrap();
        link.streams().1.stream_mut().write_all(garbage).await.unwrap();
        assert_eq!(link.closed().await, Some(CloseCode::Protocol), "{garbage:?}");
    }
    let (site, _events) = Site::new(&world);
    let mut connection = relay.connect(&site, 2);
    connection.until("connected", |it| it.phase == Phase::Connected).await;
    connection.stop().await;
    relay.stop().await;
}

#[tokio::test]
async fn a_folder_serves_one_relay_at_a_time() {
    let (world, data) = world();
    let relay = Running::start(&world, data.path(), 0).await;
    let config = Config { data: data.path().to_owned(), ..Config::default() };
    let second = Relay::start(&config);
    assert!(matches!(second, Err(RelayError::Folder(FolderError::InUse { .. }))), "{second:?}");
    relay.stop().await;
    let again = Running::start(&world, data.path(), 0).await;
    again.stop().await;
}

/// Each side has more to send than the other's window holds.
#[tokio::test]
async fn two_full_windows_do_not_wait_for_each_other() {
    let (world, data) = world();
    let mut relay = Running::ready(&world, data.path()).await;
    let ((a, _a), (b, _b)) = (Site::new(&world), Site::new(&world));
    let feeds = [(&a, 2), (&b, 3)].map(|(site, no)| {
        let mut feed = None;
        for _ in 0..LARGE_ENTRIES {
            let record = world.large(no, feed.and_then(|feed| site.head(&feed)));
            feed = Some(record.entry.feed);
            site.write(record);
        }
        feed.unwrap()
    });
    let at_a = relay.connect(&a, 2);
    relay.until_height(feeds[0], LARGE_ENTRIES).await;
    let at_b = relay.connect(&b, 3);
    b.until("all of the other's", |b| b.head(&feeds[0]).is_some_and(|it| it.height == LARGE_ENTRIES)).await;
    a.until("all of the other's", |a| a.head(&feeds[1]).is_some_and(|it| it.height == LARGE_ENTRIES)).await;
    at_a.stop().await;
    at_b.stop().await;
    relay.stop().await;
}

mod keeper;

/// Of 40 KiB each: three windows.
const LARGE_ENTRIES: u64 = 75;

#[tokio::test]
async fn of_too_many_connections_of_one_key_the_oldest_gives_way() {
    let (world, data) = world();
    let relay = Running::ready(&world, data.path()).await;
    let address = [relay.address.to_string()];
    let mut links = Vec::new();
    for _ in 0..=crate::peers::CONNECTIONS_PER_KEY_MAX {
        let mut link = dial(&node_key(2), &address, relay.key).await.unwrap();
        // The beginning of a frame, so that the relay sees the stream and waits for the rest.
        link.streams().1.stream_mut().write_all(&[5]).await.unwrap();
        links.push(link);
    }
    assert_eq!(links[0].closed().await, Some(CloseCode::Replaced));
    assert!(links[1..].iter().all(|link| link.closed_by_peer().is_none()));
    relay.stop().await;
}

#[tokio::test]
async fn damage_that_is_met_while_running_ends_the_relay() {
    let (world, data) = world();
    let relay = Running::ready(&world, data.path()).await;
    let damaged = relay.store.run(|_| Err::<(), _>(StorageError::Damaged("entry"))).await;
    assert!(damaged.is_err());
    let ended = relay.task.await.unwrap();
    assert!(matches!(ended, Err(RelayError::Damaged("entry"))), "{ended:?}");
}
