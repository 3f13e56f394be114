//! A relay that dies, moves or is not where the first address says: nodes find it.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;

use serde_json::Value;
use svod_tests::network::{Network, free_udp_port};
use svod_tests::say;
use svod_tests::seed::{ITEMS, MEMBERS};

use super::{edit, import_roadmap, plan_id, rows};

/// Everybody has the roadmap.
fn begin(network: &mut Network) {
    import_roadmap(network);
    network.serve_all();
    network.wait_converged("everybody has the roadmap", |it| it["items"] == ITEMS);
}

/// The last node writes `text`, and everybody gets it.
fn check_exchanges(network: &Network, text: &str) {
    let before = network.sites[0].status()["vector"].clone();
    let visitor = network.sites[network.sites.len() - 1].visitor();
    let plan = plan_id(&visitor);
    let row = rows(&visitor, &plan)[0].clone();
    edit(&visitor, &plan, &row, "audience", text);
    network.wait_converged(text, |it: &Value| it["vector"] != before);
    let page = network.sites[0].visitor().page(&format!("/plans/{plan}/items/{row}"));
    assert!(page.contains(text), "{page}");
}

/// Nobody tells the nodes that the relay is gone, and their connections would stand for two minutes: longer than
/// anything here is waited for.
#[test]
fn a_relay_that_was_killed_is_called_again_as_soon_as_it_is_back() {
    let mut network = Network::found(&MEMBERS[..2]);
    begin(&mut network);
    for no in 0..3 {
        network.relay.kill();
        network.relay.start();
        check_exchanges(&network, &format!("После отключения питания {no}"));
    }
}

#[test]
fn the_second_address_is_called_when_nobody_answers_at_the_first() {
    let nobody = SocketAddr::from((Ipv4Addr::LOCALHOST, free_udp_port()));
    let mut network = Network::found_at(&MEMBERS[..2], |relay| {
        vec![nobody.to_string(), "no.such.host.invalid:7443".to_owned(), relay.to_string()]
    });
    begin(&mut network);
    check_exchanges(&network, "По запасному адресу");
}

/// The lead names the new address before the old one; everybody hears of it; then the relay moves.
#[test]
fn a_relay_moves_to_an_address_that_the_roster_has_named_before() {
    let mut network = Network::found(&MEMBERS[..2]);
    begin(&mut network);
    let [old, new] = [network.relay.listen(), SocketAddr::from((Ipv4Addr::LOCALHOST, free_udp_port()))];
    let height = network.lead().status()["roster_height"].as_u64();
    network.lead().stop();
    let args = ["relay", "--key", &network.relay.key(), &new.to_string(), &old.to_string()];
    network.lead().svod(&args).expect_success("relay");
    network.lead().serve();
    network.wait_converged("everybody has heard of it", |it| it["roster_height"].as_u64() > height);
    network.relay.stop();
    network.relay.move_to(new);
    network.relay.start();
    check_exchanges(&network, "По новому адресу");
}

/// A relay at a provider that gives it another address: only what its name stands for changes.
#[test]
fn a_relay_is_found_again_when_its_name_stands_for_another_address() {
    if !Command::new("unshare").args(["--mount", "true"]).status().is_ok_and(|it| it.success()) {
        return say("name of the relay passed over: only root can give a process its own file of hosts");
    }
    const HOST: &str = "relay.svod.test";
    let mut network = Network::found_at(&MEMBERS[..2], |relay| vec![format!("{HOST}:{}", relay.port())]);
    let hosts = network.lead().data().with_file_name("hosts");
    let moved = SocketAddr::from(([127, 0, 0, 2], network.relay.listen().port()));
    fs::write(&hosts, format!("127.0.0.1 {HOST}\n")).expect("writes");
    network.sites.iter_mut().for_each(|it| it.know_hosts(&hosts));
    begin(&mut network);
    fs::write(&hosts, format!("{} {HOST}\n", moved.ip())).expect("writes");
    network.relay.stop();
    network.relay.move_to(moved);
    network.relay.start();
    check_exchanges(&network, "По тому же имени");
}
