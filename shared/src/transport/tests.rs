//! Two endpoints over the loopback interface.

use std::sync::Arc;
use std::time::Duration;

use quinn::Endpoint;
use rustls::client::AlwaysResolvesClientRawPublicKeys;

use super::*;
use crate::keys::{KeyPair, PublicKey};
use crate::transport::identity::Pin;
use crate::transport::quic::{BindError, GreetError};

fn key(n: u8) -> KeyPair {
    KeyPair::from_seed(&[n; 32])
}

fn listen(n: u8) -> (Listener, String) {
    let listener = Listener::bind("127.0.0.1:0".parse().unwrap(), &key(n), Limits::default()).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    (listener, address)
}

async fn call(address: &str, relay: PublicKey) -> Result<Link, DialError> {
    dial(&key(1), &[address.to_owned()], relay).await
}

#[tokio::test]
async fn both_sides_learn_the_other_key_and_frames_pass() {
    let (listener, address) = listen(2);
    let server = tokio::spawn(async move {
        let mut link = listener.accept().await.unwrap().greet().await.unwrap();
        let frame = link.reader.next().await.unwrap().unwrap();
        link.writer.push(&frame);
        let (peer, traffic) = (link.peer(), link.handle().traffic());
        link.close(CloseCode::Done).await;
        (peer, traffic)
    });
    let mut link = call(&address, key(2).public()).await.unwrap();
    link.writer.push(&[5; 100_000]);
    link.writer.flush().await.unwrap();
    assert_eq!(link.peer(), key(2).public());
    assert_eq!(link.reader.next().await.unwrap().unwrap(), [5; 100_000]);
    assert_eq!(link.reader.next().await.unwrap(), None);
    assert!(link.handle().traffic().sent_bytes > 100_000 && link.handle().traffic().received_bytes > 100_000);
    let (peer, traffic) = server.await.unwrap();
    assert_eq!(peer, key(1).public());
    assert!(traffic.received_bytes > 100_000);
}

#[tokio::test]
async fn a_relay_with_another_key_is_told_apart() {
    let (listener, address) = listen(2);
    let server = tokio::spawn(async move { listener.accept().await.unwrap().greet().await });
    let error = call(&address, key(3).public()).await.unwrap_err();
    let DialError::OtherKey { expected, found, .. } = error else { panic!("{error:?}") };
    assert_eq!((expected, found), (key(3).public(), key(2).public()));
    assert!(matches!(server.await.unwrap(), Err(GreetError::Handshake(_))));
}

#[tokio::test]
async fn the_right_relay_is_found_behind_a_wrong_one() {
    let ((wrong, wrong_address), (right, address)) = (listen(2), listen(3));
    tokio::spawn(async move {
        while let Some(caller) = wrong.accept().await {
            drop(caller.greet().await);
        }
    });
    let server = tokio::spawn(async move { right.accept().await.unwrap().greet().await.map(|it| it.peer()) });
    let mut link = dial(&key(1), &[wrong_address, address], key(3).public()).await.unwrap();
    link.writer.push(b"hello");
    link.writer.flush().await.unwrap();
    assert_eq!(server.await.unwrap().unwrap(), key(1).public());
}

/// Addresses are in order of preference: the second one is for when the first does not answer.
#[tokio::test]
async fn the_first_address_that_answers_is_taken() {
    let ((first, first_address), (second, second_address)) = (listen(2), listen(2));
    let expected = first.local_addr().unwrap();
    let greet = |listener: Listener| async move { listener.accept().await.unwrap().greet().await };
    tokio::spawn(greet(first));
    tokio::spawn(greet(second));
    let addresses = ["no port".to_owned(), first_address, second_address];
    let link = dial(&key(1), &addresses, key(2).public()).await.unwrap();
    assert_eq!(link.remote_address(), expected);
}

/// A relay as its own process: when it goes, nothing says goodbye.
fn listen_apart(address: &str) -> (tokio::runtime::Runtime, String) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let listener = {
        let _inside = runtime.enter();
        Listener::bind(address.parse().unwrap(), &key(2), Limits::default()).unwrap()
    };
    let address = listener.local_addr().unwrap().to_string();
    runtime.spawn(async move {
        let mut links = Vec::new();
        while let Some(caller) = listener.accept().await {
            let mut link = caller.greet().await.unwrap();
            link.writer.push(b"welcome");
            link.writer.flush().await.unwrap();
            links.push(link);
        }
    });
    (runtime, address)
}

/// A link whose relay has answered.
async fn welcomed(address: &str) -> Link {
    let mut link = call(address, key(2).public()).await.unwrap();
    link.writer.push(b"hello");
    link.writer.flush().await.unwrap();
    assert_eq!(link.reader.next().await.unwrap().unwrap(), b"welcome");
    link
}

/// Without this a node would learn of a relay's power cut by a silence of two minutes.
#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_was_killed_says_that_it_has_forgotten_the_connection() {
    let (relay, address) = listen_apart("127.0.0.1:0");
    let mut link = welcomed(&address).await;
    tokio::task::spawn_blocking(move || relay.shutdown_timeout(Duration::from_secs(10))).await.unwrap();
    let (again, _) = listen_apart(&address);
    link.writer.push(b"are you there?");
    link.writer.flush().await.unwrap();
    let read = tokio::time::timeout(Duration::from_secs(60), link.reader.next()).await.unwrap();
    assert!(matches!(read, Err(frames::FrameError::Stream(_))), "{read:?}");
    assert_eq!(link.handle().connection.close_reason(), Some(quinn::ConnectionError::Reset));
    again.shutdown_background();
}

#[tokio::test]
async fn nobody_there_and_no_address_are_told_apart() {
    let silent = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let silent_address = silent.local_addr().unwrap().to_string();
    tokio::time::pause();
    let error = call(&silent_address, key(2).public()).await.unwrap_err();
    assert!(matches!(error, DialError::Unreachable { .. }), "{error:?}");
    let error = dial(&key(1), &[], key(2).public()).await.unwrap_err();
    assert!(matches!(error, DialError::NoAddress), "{error:?}");
    let error = call("no port", key(2).public()).await.unwrap_err();
    assert!(matches!(error, DialError::NotFound { .. }), "{error:?}");
}

/// Calls with a client of another make.
async fn call_with(
    address: &str,
    change: impl FnOnce(&mut rustls::ClientConfig),
) -> Option<quinn::ConnectionError> {
    let pin = Arc::new(Pin::new(key(2).public()));
    let mut tls =
        rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .dangerous()
            .with_custom_certificate_verifier(pin)
            .with_client_cert_resolver(Arc::new(AlwaysResolvesClientRawPublicKeys::new(
                identity::certified(&key(1)),
            )));
    tls.alpn_protocols = vec![ALPN.to_vec()];
    change(&mut tls);
    let crypto = quinn::crypto::rustls::QuicClientConfig::try_from(tls).unwrap();
    let endpoint = Endpoint::client("127.0.0.1:0".parse().unwrap()).unwrap();
    let config = quinn::ClientConfig::new(Arc::new(crypto));
    let connecting = endpoint.connect_with(config, address.parse().unwrap(), "svod").unwrap();
    match connecting.await {
        // A client's handshake can succeed before the server has refused it.
        Ok(connection) => {
            let (mut send, _receive) = connection.open_bi().await.ok()?;
            let _ = send.write_all(b"x").await;
            Some(connection.closed().await)
        }
        Err(error) => Some(error),
    }
}

async fn check_refused(change: impl FnOnce(&mut rustls::ClientConfig)) {
    let (listener, address) = listen(2);
    let server =
        tokio::spawn(async move { listener.accept().await.unwrap().greet().await.map(|it| it.peer()) });
    let client = call_with(&address, change).await;
    assert!(client.is_some());
    let greeted = server.await.unwrap();
    assert!(matches!(greeted, Err(GreetError::Handshake(_))), "{greeted:?}");
}

#[tokio::test]
async fn another_protocol_is_refused() {
    check_refused(|tls| tls.alpn_protocols = vec![b"svod/2".to_vec()]).await;
    check_refused(|tls| tls.alpn_protocols = vec![]).await;
}

#[tokio::test]
async fn a_client_without_a_key_is_refused() {
    check_refused(|tls| {
        tls.client_auth_cert_resolver = Arc::new(NoKey);
    })
    .await;
}

/// Shows another's public key and signs with its own.
#[tokio::test]
async fn a_stolen_public_key_is_of_no_use() {
    check_refused(|tls| {
        tls.client_auth_cert_resolver =
            Arc::new(AlwaysResolvesClientRawPublicKeys::new(identity::mismatched(&key(9).public(), &key(1))));
    })
    .await;
}

#[derive(Debug)]
struct NoKey;

impl rustls::client::ResolvesClientCert for NoKey {
    fn resolve(
        &self,
        _hints: &[&[u8]],
        _schemes: &[rustls::SignatureScheme],
    ) -> Option<Arc<rustls::sign::CertifiedKey>> {
        None
    }

    fn only_raw_public_keys(&self) -> bool {
        true
    }

    fn has_certs(&self) -> bool {
        false
    }
}

#[tokio::test]
async fn an_address_takes_no_more_than_its_share() {
    let limits = Limits { connections_per_address: 2, ..Limits::default() };
    let listener = Listener::bind("127.0.0.1:0".parse().unwrap(), &key(2), limits).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (held, mut places) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Some(caller) = listener.accept().await {
            let held = held.clone();
            tokio::spawn(async move { drop(held.send(caller.greet().await.unwrap())) });
        }
    });
    let mut links = Vec::new();
    for _ in 0..2 {
        let mut link = call(&address, key(2).public()).await.unwrap();
        link.writer.push(b"hello");
        link.writer.flush().await.unwrap();
        links.push((link, places.recv().await.unwrap()));
    }
    let error = call(&address, key(2).public()).await.unwrap_err();
    assert!(matches!(error, DialError::Unreachable { .. }), "{error:?}");
    drop(links);
    call(&address, key(2).public()).await.unwrap();
}

#[tokio::test]
async fn a_taken_port_is_reported() {
    let (listener, _) = listen(2);
    let error = Listener::bind(listener.local_addr().unwrap(), &key(2), Limits::default()).unwrap_err();
    let BindError::Socket { source, .. } = error else { panic!("{error:?}") };
    assert_eq!(source.kind(), std::io::ErrorKind::AddrInUse);
}

/// What the peer sends after the handshake is as hostile as what a stranger sends.
#[tokio::test]
async fn an_impossible_frame_is_noticed_before_it_is_stored() {
    let (listener, address) = listen(2);
    let server = tokio::spawn(async move {
        let mut link = listener.accept().await.unwrap().greet().await.unwrap();
        link.reader.next().await
    });
    let mut link = call(&address, key(2).public()).await.unwrap();
    // 2 MiB − 1 as a length.
    tokio::io::AsyncWriteExt::write_all(link.writer.stream_mut(), &[0xff, 0xff, 0x7f]).await.unwrap();
    let read = tokio::time::timeout(Duration::from_secs(10), server).await.unwrap().unwrap();
    assert!(matches!(read, Err(frames::FrameError::Length)), "{read:?}");
}

/// What a line without a relay costs: QUIC's own guess of the round trip would send half as much again.
#[tokio::test]
async fn a_call_that_nobody_answers_costs_few_and_small_datagrams() {
    let silent = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = silent.local_addr().unwrap().to_string();
    tokio::time::pause();
    let error = call(&address, key(2).public()).await.unwrap_err();
    assert!(matches!(error, DialError::Unreachable { .. }), "{error:?}");
    let (mut lengths, mut buffer) = (Vec::new(), [0; 2048]);
    while let Ok(length) = silent.try_recv(&mut buffer) {
        lengths.push(length);
    }
    // Two datagrams at once and after 3, 9 and 21 s.
    assert!((4..=8).contains(&lengths.len()) && lengths.iter().all(|it| *it == 1200), "{lengths:?}");
}

/// Both ends of a connection over which each side has said something.
async fn linked() -> (Link, Link) {
    let (listener, address) = listen(2);
    let server = tokio::spawn(async move { listener.accept().await.unwrap().greet().await.unwrap() });
    let mut near = call(&address, key(2).public()).await.unwrap();
    near.writer.push(&[5; 100_000]);
    near.writer.flush().await.unwrap();
    let mut far = server.await.unwrap();
    assert_eq!(far.reader.next().await.unwrap().unwrap().len(), 100_000);
    (near, far)
}

/// Probes for larger datagrams would cost more than they save.
#[tokio::test]
async fn no_datagram_is_spent_on_finding_larger_ones() {
    let (near, far) = linked().await;
    for link in [near, far] {
        let path = link.handle().connection.stats().path;
        assert_eq!((path.sent_plpmtud_probes, path.current_mtu), (0, 1200));
    }
}

/// Ten minutes in which nobody has anything to say; time is virtual.
#[tokio::test]
async fn a_quiet_connection_is_held_open_by_small_pings() {
    let (mut near, mut far) = linked().await;
    let before = near.handle().traffic();
    tokio::time::pause();
    let quiet = Duration::from_secs(600);
    let (at_near, at_far) = tokio::join!(
        tokio::time::timeout(quiet, near.reader.next()),
        tokio::time::timeout(quiet, far.reader.next())
    );
    assert!(at_near.is_err() && at_far.is_err(), "nothing came and nothing ended: {at_near:?} {at_far:?}");
    let pings = quiet.as_secs() / quic::KEEP_ALIVE.as_secs();
    let cost = near.handle().traffic().sent_bytes - before.sent_bytes;
    assert!((pings / 2 * 20..pings * 2 * 60).contains(&cost), "{cost} B for {pings} pings");
}

/// When nobody says that the other side has gone, silence does; time is virtual.
#[tokio::test]
async fn a_connection_to_nobody_ends_by_silence() {
    let (relay, address) = listen_apart("127.0.0.1:0");
    let mut link = welcomed(&address).await;
    tokio::task::spawn_blocking(move || relay.shutdown_timeout(Duration::from_secs(10))).await.unwrap();
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    let read = link.reader.next().await;
    assert!(matches!(read, Err(frames::FrameError::Stream(_))), "{read:?}");
    assert_eq!(link.handle().connection.close_reason(), Some(quinn::ConnectionError::TimedOut));
    assert!(begun.elapsed() <= quic::IDLE_TIMEOUT + quic::KEEP_ALIVE);
}
