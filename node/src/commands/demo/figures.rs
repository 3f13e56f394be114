//! The story's second part: figures of the half-year before, a return and a correction, and the joint report, frozen with
//! one municipality absent and one special opinion.

use jiff::ToSpan;
use svod_shared::id::{DocId, OrgNo};

use super::network::{Network, Site};
use super::time::StoryTime;
use super::{CliError, Context};
use crate::domain::campaign::Remark;
use crate::domain::indicator::{Aggregation, first_edition};
use crate::domain::period::Period;
use crate::store::{OpenCampaign, Typed};

/// Centre, and what it says of each of the indicators: numbers in their order, parts of twenty or more.
type Told = (&'static str, [u32; 13]);

const FIGURES: [Told; 4] = [
    ("Выселковский", [41, 9, 2, 9, 112, 22, 5, 7, 4, 11, 3, 64, 9]),
    ("Динской", [28, 6, 1, 6, 64, 15, 3, 4, 2, 9, 2, 38, 6]),
    ("Кореновский", [25, 5, 1, 4, 58, 13, 3, 3, 1, 8, 1, 31, 5]),
    ("Крыловской", [30, 7, 2, 7, 81, 11, 2, 5, 2, 7, 2, 45, 7]),
];

/// Wholes of the ratios, by code.
const WHOLES: [(&str, u32); 4] = [("1.1", 45), ("1.2", 10), ("5.1", 12), ("6.2", 22)];

/// Tells it; gives the campaign.
pub(super) async fn tell(
    context: &Context,
    network: &mut Network,
    time: &StoryTime,
    note: &mut impl FnMut(&str, Option<String>) -> Result<(), CliError>,
) -> Result<DocId, CliError> {
    let t = context.t;
    time.set(0, 13, 0)?;
    let campaign = network.lead().open_campaign(terms(context, time)?).await?;
    network.agree().await?;
    for (short, figures) in FIGURES {
        let site = network.site(short)?;
        enter(
            site,
            campaign,
            rows(short, &figures),
            Some(t.with("demo-section", &[("district", short.into())])),
            None,
        )
        .await?;
        site.node().submit_figures(campaign).await?;
    }
    note("demo-step-figures", Some(network.agree().await?))?;

    time.set(0, 13, 30)?;
    let korenovsk = org_of(network, "Кореновский").await?;
    let remark = Remark { code: "2.1".to_owned(), text: t.text("demo-remark") };
    network.lead().return_figures(campaign, korenovsk, vec![remark]).await?;
    network.agree().await?;
    let site = network.site("Кореновский")?;
    let corrected = typed(site, campaign, "2.1", "5".to_owned()).await?;
    enter(site, campaign, vec![corrected], None, Some(t.text("demo-correction"))).await?;
    site.node().submit_figures(campaign).await?;
    network.agree().await?;
    for (short, _) in FIGURES {
        let org = org_of(network, short).await?;
        network.lead().accept_figures(campaign, org, time.last_day()).await?;
    }
    note("demo-step-returned", Some(network.agree().await?))?;

    time.set(0, 14, 0)?;
    let edition = network.lead().freeze_report(campaign, t.text("demo-preface")).await?;
    network.agree().await?;
    network.site("Динской")?.node().sign_report(campaign, edition, None).await?;
    let opinion = Some(t.text("demo-opinion"));
    network.site("Кореновский")?.node().sign_report(campaign, edition, opinion).await?;
    note("demo-step-joint", Some(network.agree().await?))?;
    Ok(campaign)
}

/// The half-year before the last day of the story, due that day.
fn terms(context: &Context, time: &StoryTime) -> Result<OpenCampaign, CliError> {
    let period = Period::half_year_of(time.last_day()).and_then(|it| it.previous());
    let period = period.ok_or_else(|| CliError::key("cli-error-period"))?;
    let due = time.last_day().checked_add(1.day()).ok();
    Ok(OpenCampaign { title: context.t.text("figures-default-title"), period, due, joined: Vec::new() })
}

fn rows(short: &str, figures: &[u32; 13]) -> Vec<Typed> {
    let edition = first_edition();
    let rows = edition.passports.iter().zip(figures).map(|(passport, n)| {
        let whole = WHOLES.iter().find(|(code, _)| *code == passport.code).map_or(0, |(_, whole)| *whole);
        let text = match passport.aggregation {
            Aggregation::Sum | Aggregation::LastStock => n.to_string(),
            Aggregation::RatioOfSums => format!("{n}/{}", whole.max(*n)),
            Aggregation::Distribution => format!("{n};{};2;1;1;1;0", n + 1),
            // The network's webinar, which all report, and meetings of their own.
            Aggregation::DistinctEvents => {
                let own = (1..*n).map(|at| format!("2021-1{}-1{at} Семинар, {short}", at % 3));
                let all = ["2021-09-28 Сетевой методический вебинар «Инновационный поиск»".to_owned()];
                all.into_iter().chain(own).collect::<Vec<_>>().join("\n")
            }
        };
        Typed { code: passport.code.clone(), text, note: None, seen: Vec::new() }
    });
    rows.collect()
}

/// A cell with the operations that stand in it now.
async fn typed(site: &Site, campaign: DocId, code: &str, text: String) -> Result<Typed, CliError> {
    let view = site.node().campaign(campaign).await?;
    let sheet = view.and_then(|it| it.own().map(|it| it.sheet.clone()));
    let seen =
        sheet.and_then(|it| it.values.get(code).map(crate::domain::field::Field::ops)).unwrap_or_default();
    Ok(Typed { code: code.to_owned(), text, note: None, seen })
}

async fn enter(
    site: &Site,
    campaign: DocId,
    typed: Vec<Typed>,
    text: Option<String>,
    reason: Option<String>,
) -> Result<(), CliError> {
    site.node().enter_figures(campaign, typed, text, reason).await?;
    Ok(())
}

async fn org_of(network: &mut Network, short: &str) -> Result<OrgNo, CliError> {
    let site = network.site(short)?;
    let me = site.node().run(|store| Ok::<_, crate::node::NodeError>(store.me())).await?;
    me.map(|it| it.org).ok_or_else(|| CliError::key("demo-error-no-site"))
}
