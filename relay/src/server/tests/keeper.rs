//! What the relay declines, and what it tells its keeper.

use std::io::{Read, Write};
use std::net::TcpStream;

use super::*;
use crate::ask;
use crate::room::Level;

fn config(world: &World, data: &Path) -> Config {
    Config {
        data: data.to_owned(),
        listen: ([127, 0, 0, 1], 0).into(),
        network: Some(world.network()),
        ..Config::default()
    }
}

/// What a page of the relay's keeper answers, with its head.
async fn page(data: &Path, host: Option<&str>, path: &str) -> String {
    let address = crate::folder::watch_address(data).unwrap();
    let host = host.map_or_else(|| address.to_string(), str::to_owned);
    let request = format!("GET {path} HTTP/1.0\r\nHost: {host}\r\n\r\n");
    let asking = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    });
    asking.await.unwrap()
}

async fn status(data: &Path) -> crate::status::Status {
    let data = data.to_owned();
    tokio::task::spawn_blocking(move || ask::status(&data).unwrap()).await.unwrap()
}

fn closed_with(code: CloseCode) -> impl Fn(&svod_shared::transport::Status) -> bool {
    move |it| matches!(it.phase, Phase::Waiting { trouble: Trouble::Closed(why), .. } if why == code)
}

#[tokio::test]
async fn an_organisation_above_its_quota_is_told_so_and_reads_on() {
    let (world, data) = world();
    let config = Config { quota_bytes: 50 * 1024, ..config(&world, data.path()) };
    let mut relay = Running::of(&config).await;
    relay.give_roster(&world).await;
    let ((a, _a), (b, _b)) = (Site::new(&world), Site::new(&world));
    let feed = world.large(2, None).entry.feed;
    for _ in 0..4 {
        a.write(world.large(2, a.head(&feed)));
    }
    let mut at_a = relay.connect(&a, 2);
    at_a.until("told of its quota", closed_with(CloseCode::OverQuota)).await;
    let stored = relay.head(feed).await.map_or(0, |head| head.height);
    assert!((1..4).contains(&stored), "{stored} entries stored");

    // What another member writes still comes in and goes out to everybody.
    let other = world.honest(3, None);
    let others = other.entry.feed;
    b.write(other);
    let at_b = relay.connect(&b, 3);
    relay.until_height(others, 1).await;
    at_a.stop().await;
    let at_a = relay.connect(&a, 2);
    a.until("the other's entry", |a| a.head(&others).is_some()).await;
    let told = status(data.path()).await;
    let of = |no: u16| told.organisations.iter().find(|it| it.ordinal == no).unwrap();
    assert!(of(2).stored_bytes >= told.quota_bytes && of(3).stored_bytes < told.quota_bytes, "{told:?}");
    at_a.stop().await;
    at_b.stop().await;
    relay.stop().await;
}

#[tokio::test]
async fn a_disk_with_only_its_reserve_takes_nothing_and_serves_on() {
    let (world, data) = world();
    let (a, _a) = Site::new(&world);
    let relay = Running::ready(&world, data.path()).await;
    let first = world.honest(2, None);
    let feed = first.entry.feed;
    relay.store.run(move |db| db.append(vec![first]).map(drop)).await.unwrap();
    relay.stop().await;

    let config = Config { reserve_bytes: u64::MAX, ..config(&world, data.path()) };
    let relay = Running::of(&config).await;
    let own = world.honest(3, None);
    let offered = own.entry.feed;
    a.write(own);
    let mut at_a = relay.connect(&a, 3);
    a.until("what the relay has", |a| a.head(&feed).is_some()).await;
    at_a.until("told that there is no room", closed_with(CloseCode::NoRoom)).await;
    assert!(relay.head(offered).await.is_none(), "nothing is taken");
    assert_eq!(status(data.path()).await.disk, Level::Reserve);
    assert!(page(data.path(), None, "/health").await.starts_with("HTTP/1.0 503"));
    at_a.stop().await;
    relay.stop().await;
}

#[tokio::test]
async fn the_keeper_sees_how_the_relay_stands() {
    let (world, data) = world();
    let mut relay = Running::ready(&world, data.path()).await;
    let (a, _a) = Site::new(&world);
    let mine = world.honest(2, None);
    let feed = mine.entry.feed;
    a.write(mine);
    let mut at_a = relay.connect(&a, 2);
    at_a.until("connected", |it| it.phase == Phase::Connected).await;
    relay.until_height(feed, 1).await;

    let told = status(data.path()).await;
    assert_eq!((told.connections, told.entries), (1, 1));
    assert_eq!((told.roster_height, told.disk), (world.roster.height(), Level::Enough));
    let online: Vec<_> = told.organisations.iter().map(|it| it.nodes_connected).collect();
    assert_eq!(online, [0, 1, 0]);
    assert!(page(data.path(), None, "/health").await.ends_with("ok\n"));
    let metrics = page(data.path(), None, "/metrics").await;
    for line in [
        "svod_relay_entries_total{outcome=\"stored\"} 1",
        "svod_relay_callers_total{outcome=\"connected\"} 1",
        "svod_relay_nodes 1",
        "svod_relay_takes_entries 1",
        "svod_relay_append_seconds_count 1",
    ] {
        assert!(metrics.contains(line), "{line} in\n{metrics}");
    }
    // A web page could reach the port by a name that it has bent to this address.
    assert!(page(data.path(), Some("relay.example"), "/status").await.starts_with("HTTP/1.0 403"));
    at_a.stop().await;
    relay.stop().await;
    let folder = data.path().to_owned();
    let asked = tokio::task::spawn_blocking(move || ask::status(&folder)).await.unwrap();
    assert!(matches!(asked, Err(RelayError::NotRunning)), "{asked:?}");
}
