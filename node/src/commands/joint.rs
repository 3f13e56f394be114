//! `svod report freeze`, `sign` and `file`: the joint report; `svod verify`: a report file, with nothing but the file.

use std::path::Path;

use svod_shared::id::DocId;

use super::{CliError, Context, print, write};
use crate::acts::verify::verify;
use crate::cli::{ReportCommand, ReportOf, Verify};
use crate::i18n::Catalog;
use crate::node::Node;
use crate::reports::html;
use crate::reports::joint::{self, Joint};
use crate::store::{FigureError, Store};
use crate::web::verdict_lines;

pub(super) fn run(context: &Context, command: &ReportCommand) -> Result<(), CliError> {
    match command {
        ReportCommand::Freeze { of, preface, out } => {
            let mut store = context.open()?;
            let campaign = campaign(&store, of)?;
            let edition = store.freeze_report(campaign, preface)?;
            if let Some(out) = out {
                write(out, &store.report_file(&campaign, edition)?)?;
            }
            context.say("cli-report-frozen", &[("edition", edition.to_string().into())])
        }
        ReportCommand::Sign { of, edition, opinion } => {
            let mut store = context.open()?;
            let campaign = campaign(&store, of)?;
            let edition = chosen(&store, &campaign, *edition)?;
            store.sign_report(campaign, edition, opinion.as_deref())?;
            context.say("cli-report-signed", &[("edition", edition.to_string().into())])
        }
        ReportCommand::File { of, edition, out } => {
            let store = context.peek()?;
            let campaign = campaign(&store, of)?;
            let edition = chosen(&store, &campaign, *edition)?;
            write(out, &store.report_file(&campaign, edition)?)?;
            context.say("cli-report-file", &[("file", out.display().to_string().into())])
        }
    }
}

/// Writes the newest edition of the joint report into a folder, as a file to verify and in every other format.
pub(super) async fn write_files(
    node: &Node,
    campaign: DocId,
    out: &Path,
    t: &Catalog,
) -> Result<(), CliError> {
    let (view, bytes) = node
        .run(move |store| {
            let edition =
                store.campaign(&campaign)?.and_then(|it| it.campaign.reports.keys().next_back().copied());
            let edition = edition.ok_or(FigureError::NoReport)?;
            Ok::<_, FigureError>((
                store.frozen_report(&campaign, edition)?,
                store.report_file(&campaign, edition)?,
            ))
        })
        .await?;
    write(&out.join("joint.svodreport"), &bytes)?;
    let joint = Joint::frozen(&view);
    let failed =
        |error: &dyn std::error::Error| CliError::key("cli-error-report").arg("reason", error.to_string());
    write(&out.join("joint.docx"), &joint::docx(&joint, t).map_err(|it| failed(&it))?)?;
    write(&out.join("joint.xlsx"), &joint::xlsx::xlsx(&joint, t).map_err(|it| failed(&it))?)?;
    write(&out.join("joint.html"), html::joint_page(&joint, t).as_bytes())?;
    write(&out.join("joint.csv"), &joint::csv(&joint, t))?;
    write(&out.join("joint.json"), joint.report.to_text().as_bytes())
}

/// Prints what the file turned out to be; a file that is not as it was sealed is an error.
pub(super) fn check(context: &Context, args: &Verify) -> Result<(), CliError> {
    let bytes = std::fs::read(&args.file).map_err(|error| CliError::file(&args.file, error))?;
    let verdict = verify(&bytes, args.lead_words.as_deref());
    for line in verdict_lines(context.t, &verdict) {
        print(&line)?;
    }
    if verdict.is_valid() { Ok(()) } else { Err(CliError::key("cli-error-verify")) }
}

/// The campaign about a period; the newest if none is named.
fn campaign(store: &Store, of: &ReportOf) -> Result<DocId, CliError> {
    let campaigns = store.campaigns()?;
    let key = |it: &crate::views::figures::CampaignLine| it.campaign.period.map(|it| it.key());
    let found = campaigns.iter().find(|it| of.period.is_none() || key(it) == of.period);
    found.map(|it| it.campaign.id).ok_or_else(|| CliError::key("error-no-campaign"))
}

/// The edition asked for, or the newest.
fn chosen(store: &Store, campaign: &DocId, wanted: Option<u32>) -> Result<u32, CliError> {
    let newest =
        || store.campaign(campaign).ok().flatten()?.campaign.reports.last_key_value().map(|it| *it.0);
    wanted.or_else(newest).ok_or_else(|| CliError::key("error-no-report"))
}
