//! `svod demo`: a network of five centres on this machine, a short story in it, the report, and the five nodes to look at.
//!
//! Nothing in it is played: the nodes have folders, keys and databases of their own and exchange over QUIC through a
//! relay on the loopback. Only the calendar is set back, to a day in the plan's window.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;

use super::{CliError, Context, joint, report, serve};
use crate::cli::Demo;
use crate::domain::period::Period;

mod figures;
mod network;
mod story;
mod summary;
mod time;

use network::Network;
use time::StoryTime;

pub(super) async fn run(context: &Context, args: Demo) -> Result<(), CliError> {
    let folder = folder()?;
    let time = StoryTime::starting(args.today)?;
    context.say("demo-begin", &[("folder", folder.display().to_string().into())])?;
    let mut network = Network::found(context, &folder, &time).await?;
    let told = story::tell(context, &mut network, &time).await;
    let written = match told {
        Ok(story) => finish(context, &network, &args, &folder, story).await,
        Err(error) => Err(error),
    };
    if written.is_ok() && !args.once {
        show(context, &network, args.no_browser).await?;
    }
    network.stop().await;
    if args.once {
        // What was asked for is written; five databases and their keys are not worth keeping.
        std::fs::remove_dir_all(&folder).map_err(|error| CliError::file(&folder, error))?;
    }
    written
}

/// Where the nodes live: a new temporary folder.
fn folder() -> Result<PathBuf, CliError> {
    let mut unique = [0; 6];
    getrandom::fill(&mut unique).map_err(|_| CliError::key("cli-error-no-randomness"))?;
    let name = format!("svod-demo-{}", data_encoding::HEXLOWER.encode(&unique));
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&folder).map_err(|error| CliError::file(&folder, error))?;
    Ok(folder)
}

/// Writes the report and the summary.
async fn finish(
    context: &Context,
    network: &Network,
    args: &Demo,
    folder: &Path,
    story: story::Story,
) -> Result<(), CliError> {
    let out = args.out.clone().unwrap_or_else(|| folder.to_owned());
    let period = half_year(args.today)?;
    let plan = story.plan;
    let compiled = network.lead().run(move |store| store.report(&plan, period, None)).await?;
    let compiled = compiled.ok_or_else(|| CliError::key("cli-error-no-plan"))?;
    report::write_report(&compiled, args.today, &out, context.t)?;
    joint::write_files(network.lead(), story.campaign, &out, context.t).await?;
    summary::write_summary(network, story, &out).await?;
    context.say("demo-written", &[("folder", out.display().to_string().into())])
}

fn half_year(day: Date) -> Result<Period, CliError> {
    Period::half_year_of(day).ok_or_else(|| CliError::key("cli-error-period"))
}

/// Serves the five nodes until the user ends it.
async fn show(context: &Context, network: &Network, no_browser: bool) -> Result<(), CliError> {
    let (stop, shutdown) = tokio::sync::watch::channel(false);
    let mut first = None;
    for site in network.sites() {
        let (listener, door) = serve::bind(([127, 0, 0, 1], 0).into()).await?;
        let url = door.opening_url();
        let name = ("org", site.short().to_owned().into());
        context.say("demo-address", &[name, ("url", url.clone().into())])?;
        first.get_or_insert(url);
        let pages =
            serve::pages(listener, door, site.node().clone(), site.clock(), Arc::default(), shutdown.clone());
        tokio::spawn(async move {
            if let Err(error) = pages.await {
                tracing::error!(%error, "pages have ended");
            }
        });
    }
    context.say("demo-end", &[])?;
    if !no_browser {
        first
            .map_or(Ok(()), |url| webbrowser::open(&url))
            .or_else(|_| context.say("cli-open-yourself", &[]))?;
    }
    serve::stopped().await;
    stop.send_replace(true);
    Ok(())
}
