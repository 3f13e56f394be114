//! A network on this machine: a relay and the nodes of several centres, each a process with a folder of its own.
//!
//! Ports are free ones of the loopback. Nothing runs until it is told to; folders go with the value.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::binaries;
use crate::http::Visitor;
use crate::poor_line::{PoorLine, Quality};
use crate::process::{Ended, Process, command, run};
use crate::wait::{PATIENCE, holds, wait_until, wait_within};

/// The relay and the centres, the lead first.
#[derive(Debug)]
pub struct Network {
    /// The relay.
    pub relay: Relay,
    /// The centres.
    pub sites: Vec<Site>,
    /// What stands between them, if it is poor.
    pub line: Option<PoorLine>,
    /// Dropped last, when nothing runs in it any more.
    folder: TempDir,
}

/// One centre.
#[derive(Debug)]
pub struct Site {
    name: String,
    full_name: String,
    home: PathBuf,
    /// The names of hosts that its node knows, in place of the machine's.
    hosts: Option<PathBuf>,
    served: Option<Served>,
}

#[derive(Debug)]
struct Served {
    process: Process,
    opening: String,
    visitor: Visitor,
}

/// The relay.
#[derive(Debug)]
pub struct Relay {
    home: PathBuf,
    /// Where the roster says that it is.
    addresses: Vec<String>,
    /// Where it is.
    listen: SocketAddr,
    network: String,
    process: Option<Process>,
}

impl Network {
    /// Founds a network: the first name leads, the others have written their letters with a ticket. The relay runs.
    pub fn found(names: &[&str]) -> Self {
        Self::found_by(names, |relay| (vec![relay.to_string()], None))
    }

    /// The same with a poor line between every centre and the relay.
    pub fn found_over(names: &[&str], quality: Quality, seed: u64) -> Self {
        Self::found_by(names, |relay| {
            let line = PoorLine::start(relay, quality, seed);
            (vec![line.address().to_string()], Some(line))
        })
    }

    /// The same with a roster that names the relay as `addresses` says; they are given its true address.
    pub fn found_at(names: &[&str], addresses: impl FnOnce(SocketAddr) -> Vec<String>) -> Self {
        Self::found_by(names, |relay| (addresses(relay), None))
    }

    fn found_by(names: &[&str], way: impl FnOnce(SocketAddr) -> (Vec<String>, Option<PoorLine>)) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let mut relay = Relay::new(folder.path());
        let (addresses, line) = way(relay.listen());
        relay.addresses = addresses;
        let key = relay.key();
        let sites: Vec<_> =
            names.iter().enumerate().map(|(no, name)| Site::new(folder.path(), no, name)).collect();
        let (lead, members) = sites.split_first().expect("a network has a lead");
        relay.network = lead.init_lead(&relay.addresses, &key);
        relay.start();
        for member in members {
            let ticket = lead.invite(&member.full_name);
            member.join(&ticket).expect_success("join");
        }
        Self { relay, sites, line, folder }
    }

    /// The lead's node.
    pub fn lead(&mut self) -> &mut Site {
        self.site(0)
    }

    /// The node number `no`, the lead's being 0.
    pub fn site(&mut self, no: usize) -> &mut Site {
        self.sites.get_mut(no).expect("the network has so many sites")
    }

    /// Another folder for a node of the centre number `no`, still empty; gives its number.
    pub fn another_computer(&mut self, no: usize) -> usize {
        let name = self.site(no).name.clone();
        let site = Site::new(self.folder.path(), self.sites.len(), &name);
        self.sites.push(site);
        self.sites.len() - 1
    }

    /// Serves the pages of every centre that does not serve them.
    pub fn serve_all(&mut self) {
        self.sites.iter_mut().filter(|it| it.served.is_none()).for_each(Site::serve);
    }

    /// Waits until every centre is admitted and all show the same code, and `also` is content with every state.
    pub fn wait_converged(&self, what: &str, also: impl Fn(&Value) -> bool) -> Value {
        self.wait_converged_within(PATIENCE, what, also)
    }

    /// The same with another patience.
    pub fn wait_converged_within(
        &self,
        patience: Duration,
        what: &str,
        also: impl Fn(&Value) -> bool,
    ) -> Value {
        wait_within(patience, &format!("all nodes agree: {what}"), || {
            let states: Vec<_> = self.sites.iter().map(Site::status).collect();
            let first = states.first().cloned().unwrap_or_default();
            let same = |it: &Value, key| it.get(key) == first.get(key);
            let agree = states.iter().all(|it| {
                it.get("admitted") == Some(&Value::Bool(true))
                    && same(it, "code")
                    && same(it, "roster_height")
            });
            holds(agree && states.iter().all(&also), || format!("{states:#?}"))?;
            Ok(first)
        })
    }
}

impl Site {
    /// A centre without a node yet.
    pub fn new(folder: &Path, no: usize, name: &str) -> Self {
        let home = folder.join(format!("site-{no}"));
        fs::create_dir_all(&home).expect("a folder can be made");
        let full_name = format!("Методический центр, {name} район");
        Self { name: name.to_owned(), full_name, home, hosts: None, served: None }
    }

    /// Its data folder.
    pub fn data(&self) -> PathBuf {
        self.home.join("data")
    }

    /// Runs `svod` on its folder.
    pub fn svod(&self, args: &[&str]) -> Ended {
        let data = self.data().display().to_string();
        run(&binaries::svod(), &self.home, ["--data", &data].iter().chain(args))
    }

    /// Founds the network; gives back its id.
    pub fn init_lead(&self, relay: &[String], relay_key: &str) -> String {
        let network = "Сеть методических центров";
        let addresses = relay.iter().flat_map(|it| ["--relay", it]);
        let relay: Vec<_> = addresses.chain(["--relay-key", relay_key]).collect();
        let said =
            self.svod(&[&["init", "--lead", "--network", network][..], &self.names(), &relay].concat());
        let said = said.expect_success("init --lead");
        let id = said.lines().last().unwrap_or_default().to_owned();
        assert_eq!(id.len(), 64, "the last line is the network's id: {said}");
        id
    }

    /// A ticket for an organisation by its full name.
    pub fn invite(&self, name: &str) -> String {
        self.svod(&["invite", name]).expect_success("invite").trim().to_owned()
    }

    /// Writes the letter of a newcomer.
    pub fn join(&self, ticket: &str) -> Ended {
        self.svod(&[&["join", ticket, "--no-wait"][..], &self.names()].concat())
    }

    /// What `svod status` says, also while the node runs.
    pub fn status(&self) -> Value {
        let said = self.svod(&["status", "--json"]).expect_success("status");
        serde_json::from_str(&said).unwrap_or_else(|error| panic!("status is not JSON: {error}\n{said}"))
    }

    /// Starts the node and opens its pages.
    pub fn serve(&mut self) {
        let mut process = self.start();
        let opening = process
            .wait_out("its address", |line| line.starts_with("http://127.0.0.1:").then(|| line.to_owned()));
        self.served = Some(Served { visitor: Visitor::open(&opening), process, opening });
    }

    /// Starts the node and kills it when `moment` is over, whatever it was doing.
    pub fn start_and_kill(&self, moment: impl FnOnce()) {
        let process = self.start();
        moment();
        process.kill();
    }

    fn start(&self) -> Process {
        let mut serve = match &self.hosts {
            None => command(&binaries::svod(), &self.home),
            Some(hosts) => {
                // Its own view of the files of the machine, for this process alone.
                let mut own = command(Path::new("unshare"), &self.home);
                let script = "mount --bind \"$0\" /etc/hosts && exec \"$@\"";
                own.args(["--mount", "sh", "-c", script]).arg(hosts).arg(binaries::svod());
                own
            }
        };
        serve.arg("--data").arg(self.data()).args(["serve", "--no-browser", "--listen", "127.0.0.1:0"]);
        Process::start(&self.name, serve)
    }

    /// Lets its node know the hosts of this file and no others; only Linux and only root can.
    pub fn know_hosts(&mut self, hosts: &Path) {
        self.hosts = Some(hosts.to_owned());
    }

    /// A visitor of its pages.
    pub fn visitor(&self) -> Visitor {
        let served = self.served.as_ref().unwrap_or_else(|| panic!("{} is not running", self.name));
        served.visitor.clone()
    }

    /// The address that lets a browser in.
    pub fn opening(&self) -> &str {
        let served = self.served.as_ref().unwrap_or_else(|| panic!("{} is not running", self.name));
        &served.opening
    }

    /// Ends the node in order.
    #[cfg(unix)]
    pub fn stop(&mut self) {
        let served = self.served.take().unwrap_or_else(|| panic!("{} is not running", self.name));
        served.process.terminate().expect_success("the end of serve");
    }

    /// Whether the node runs.
    pub fn is_running(&self) -> bool {
        self.served.is_some()
    }

    /// Ends the node without a word.
    pub fn kill(&mut self) {
        let served = self.served.take().unwrap_or_else(|| panic!("{} is not running", self.name));
        served.process.kill();
    }

    fn names(&self) -> [&str; 6] {
        ["--name", &self.full_name, "--short", &self.name, "--label", "Рабочий компьютер"]
    }
}

impl Relay {
    /// A relay without a network yet.
    pub fn new(folder: &Path) -> Self {
        let home = folder.join("relay");
        fs::create_dir_all(&home).expect("a folder can be made");
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, free_udp_port()));
        Self { home, addresses: vec![listen.to_string()], listen, network: String::new(), process: None }
    }

    /// Where the roster says that it is.
    pub fn addresses(&self) -> &[String] {
        &self.addresses
    }

    /// Where it is.
    pub fn listen(&self) -> SocketAddr {
        self.listen
    }

    /// Lets it listen elsewhere from its next start on.
    pub fn move_to(&mut self, listen: SocketAddr) {
        self.listen = listen;
    }

    /// Its key.
    pub fn key(&self) -> String {
        let data = self.data();
        let said = run(&binaries::svod_relay(), &self.home, ["key", "--data", &data]);
        said.expect_success("svod-relay key").trim().to_owned()
    }

    /// Starts it and waits until it listens.
    pub fn start(&mut self) {
        let mut serve = command(&binaries::svod_relay(), &self.home);
        serve.args([
            "serve",
            "--data",
            &self.data(),
            "--listen",
            &self.listen.to_string(),
            "--network",
            &self.network,
        ]);
        let mut process = Process::start("relay", serve);
        process.wait_err("that it listens", |line| line.contains("listening").then_some(()));
        self.process = Some(process);
    }

    /// Ends it in order.
    #[cfg(unix)]
    pub fn stop(&mut self) {
        let process = self.process.take().expect("the relay is running");
        process.terminate().expect_success("the end of the relay");
    }

    /// Ends it without a word.
    pub fn kill(&mut self) {
        self.process.take().expect("the relay is running").kill();
    }

    /// Whether it runs.
    pub fn is_running(&self) -> bool {
        self.process.is_some()
    }

    fn data(&self) -> String {
        self.home.join("data").display().to_string()
    }
}

/// A port of the loopback that nobody listens on.
///
/// The roster names the relay's port before the relay can start, so the system cannot choose it then. Ports below
/// 32768 are never given to others by themselves: what is free now is free a moment later.
pub fn free_udp_port() -> u16 {
    const FIRST: u16 = 20_000;
    const COUNT: u16 = 12_000;
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = u16::try_from(std::process::id() % u32::from(COUNT)).expect("is below 12 000");
    wait_until("a UDP port is free", || {
        let port = FIRST + (start + NEXT.fetch_add(1, Ordering::Relaxed) % COUNT) % COUNT;
        UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).map(|_| port).map_err(|error| error.to_string())
    })
}
