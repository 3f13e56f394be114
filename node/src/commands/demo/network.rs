//! The demo's network: a relay and five nodes, each with a folder and keys of its own.

use std::path::Path;
use std::time::Duration;

use svod_relay::config::Config;
use svod_relay::server::Relay as RelayServer;
use svod_shared::letter::Names;
use svod_shared::roster::Relay;
use svod_shared::transport::Traffic;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::time::StoryTime;
use super::{CliError, Context};
use crate::commands::status::NodeState;
use crate::daemon::Running;
use crate::folder::Folder;
use crate::node::{Node, NodeError};
use crate::store::{Clock, CommandError, FoundNetwork, Store};

/// The five districts; the first one leads.
const SHORT: [&str; 5] = ["Выселковский", "Динской", "Кореновский", "Крыловской", "Мостовской"];
/// On a loaded machine an exchange of the whole story takes some seconds.
const PATIENCE: Duration = Duration::from_secs(90);
/// How often it is looked whether all nodes agree.
const LOOK_EVERY: Duration = Duration::from_millis(40);

/// A centre with its node.
#[derive(Debug)]
pub(super) struct Site {
    short: &'static str,
    running: Running,
    clock: Clock,
}

/// Relay and nodes.
#[derive(Debug)]
pub(super) struct Network {
    sites: Vec<Site>,
    stop_relay: watch::Sender<bool>,
    relay: JoinHandle<()>,
}

impl Site {
    /// Its short name.
    pub(super) fn short(&self) -> &'static str {
        self.short
    }

    /// Its node.
    pub(super) fn node(&self) -> &Node {
        self.running.node()
    }

    /// Its clock.
    pub(super) fn clock(&self) -> Clock {
        self.clock.clone()
    }

    /// Its line to the relay.
    pub(super) fn line(&mut self) -> &mut Running {
        &mut self.running
    }

    /// What it holds.
    pub(super) async fn state(&self) -> Result<NodeState, NodeError> {
        self.node().run(|store| NodeState::of(store)).await
    }

    /// What its exchange has cost.
    pub(super) fn traffic(&self) -> Traffic {
        self.node().link().borrow().traffic()
    }
}

impl Network {
    /// Founds the network, starts the relay, and lets four members join over it.
    pub(super) async fn found(context: &Context, folder: &Path, time: &StoryTime) -> Result<Self, CliError> {
        let [lead, members @ ..] = SHORT;
        let mut store = found_lead(context, folder, lead, time)?;
        let (relay, address) = start_relay(folder, &store)?;
        store.set_relay(address)?;
        let (stop_relay, shutdown) = watch::channel(false);
        let relay = tokio::spawn(async move {
            if let Err(error) = relay.run(shutdown).await {
                tracing::error!(%error, "relay has ended");
            }
        });
        let lead = Site { short: lead, running: Running::start(store), clock: time.clock() };
        let mut network = Self { sites: vec![lead], stop_relay, relay };
        context.say("demo-relay", &[])?;
        for short in members {
            let site = network.join(context, folder, short, time).await?;
            network.sites.push(site);
            context.say("demo-joined", &[("org", short.into())])?;
        }
        Ok(network)
    }

    async fn join(
        &self,
        context: &Context,
        folder: &Path,
        short: &'static str,
        time: &StoryTime,
    ) -> Result<Site, CliError> {
        let name = full_name(context, short);
        let basis = context.t.text("demo-basis");
        let invited = name.clone();
        let invite = move |store: &mut Store| store.invite(&invited, &basis).map_err(CommandError::from);
        let ticket = self.lead().run(invite).await?;
        let label = context.t.text("cli-label-default");
        let names = Names { name: &name, short, label: &label };
        let store = Store::join(Folder::create(&folder.join(short))?, &ticket, names, None, time.clock())?;
        let site = Site { short, running: Running::start(store), clock: time.clock() };
        let admitted = async {
            while !site.node().run(|store| Ok::<_, NodeError>(store.me().is_some())).await? {
                sleep(LOOK_EVERY).await;
            }
            Ok::<_, NodeError>(())
        };
        timeout(PATIENCE, admitted).await.map_err(|_| CliError::key("demo-error-slow"))??;
        Ok(site)
    }

    /// The lead's node.
    pub(super) fn lead(&self) -> &Node {
        // The lead is founded before there is a network to ask.
        self.sites.first().map(Site::node).expect("a network has a lead")
    }

    /// All centres, the lead first.
    pub(super) fn sites(&self) -> &[Site] {
        &self.sites
    }

    /// The centre of that short name.
    pub(super) fn site(&mut self, short: &str) -> Result<&mut Site, CliError> {
        let found = self.sites.iter_mut().find(|it| it.short == short);
        found.ok_or_else(|| CliError::key("demo-error-no-site"))
    }

    /// Waits until all nodes hold the same, and gives the control code they share.
    pub(super) async fn agree(&self) -> Result<String, CliError> {
        let agreed = async {
            loop {
                let mut codes = Vec::new();
                for site in &self.sites {
                    codes.push(site.state().await?.code);
                }
                codes.dedup();
                if let [code] = codes.as_slice() {
                    return Ok::<_, NodeError>(code.clone());
                }
                sleep(LOOK_EVERY).await;
            }
        };
        Ok(timeout(PATIENCE, agreed).await.map_err(|_| CliError::key("demo-error-slow"))??)
    }

    /// Ends nodes and relay.
    pub(super) async fn stop(self) {
        for site in self.sites {
            site.running.stop().await;
        }
        self.stop_relay.send_replace(true);
        drop(self.relay.await);
    }
}

fn full_name(context: &Context, short: &str) -> String {
    context.t.with("demo-org", &[("district", short.into())])
}

fn found_lead(context: &Context, folder: &Path, short: &str, time: &StoryTime) -> Result<Store, CliError> {
    let terms = FoundNetwork {
        network: context.t.text("demo-network"),
        name: full_name(context, short),
        short: short.to_owned(),
        label: context.t.text("cli-label-default"),
        basis: context.t.text("demo-basis"),
        relay: None,
    };
    let (store, _paper) = Store::found(Folder::create(&folder.join(short))?, &terms, time.clock())?;
    Ok(store)
}

fn start_relay(folder: &Path, lead: &Store) -> Result<(RelayServer, Relay), CliError> {
    let config = Config {
        data: folder.join("relay"),
        listen: ([127, 0, 0, 1], 0).into(),
        network: Some(lead.roster().network()),
        ..Config::default()
    };
    let failed = |error: svod_relay::error::RelayError| {
        CliError::key("demo-error-relay").arg("reason", error.to_string())
    };
    let relay = RelayServer::start(&config).map_err(failed)?;
    let told = Relay { addresses: vec![relay.address().to_string()], key: relay.key() };
    Ok((relay, told))
}
