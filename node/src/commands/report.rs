//! `svod report`: the consolidated report as Word, Excel and a page to print.

use std::path::Path;

use jiff::civil::{Date, DateTime};

use super::{CliError, Context, plan_of, write};
use crate::cli::Report as Args;
use crate::domain::period::{Half, Period};
use crate::i18n::Catalog;
use crate::reports::model::Report;
use crate::reports::{docx, html, xlsx};

pub(super) fn run(context: &Context, args: &Args) -> Result<(), CliError> {
    let store = context.peek()?;
    let plan = plan_of(&store, args.plan.as_deref())?;
    let period = period(args)?;
    let report =
        store.report(&plan, period, args.today)?.ok_or_else(|| CliError::key("cli-error-no-plan"))?;
    let out = args.out.as_deref().ok_or_else(|| CliError::key("cli-error-no-out"))?;
    write_report(&report, args.today.unwrap_or_else(today), out, context.t)?;
    context.say("cli-report-done", &[("folder", out.display().to_string().into())])
}

/// Writes `report.docx`, `report.xlsx` and `report.html` into a folder.
pub(super) fn write_report(report: &Report, day: Date, out: &Path, t: &Catalog) -> Result<(), CliError> {
    std::fs::create_dir_all(out).map_err(|error| CliError::file(out, error))?;
    let created: DateTime = day.at(0, 0, 0, 0);
    let failed =
        |error: &dyn std::error::Error| CliError::key("cli-error-report").arg("reason", error.to_string());
    write(&out.join("report.docx"), &docx::docx(report, created, t).map_err(|it| failed(&it))?)?;
    write(&out.join("report.xlsx"), &xlsx::xlsx(report, created, t).map_err(|it| failed(&it))?)?;
    write(&out.join("report.html"), html::page(report, t).as_bytes())
}

fn period(args: &Args) -> Result<Period, CliError> {
    let wrong = || CliError::key("cli-error-period");
    if let (Some(from), Some(to)) = (args.from, args.to) {
        return Period::custom(from, to).ok_or_else(wrong);
    }
    let Some(half) = &args.half else {
        return Period::half_year_of(args.today.unwrap_or_else(today)).ok_or_else(wrong);
    };
    let (year, half) = half.split_once('-').ok_or_else(wrong)?;
    let half = match half {
        "1" => Half::First,
        "2" => Half::Second,
        _ => return Err(wrong()),
    };
    Period::half_year(year.parse().map_err(|_| wrong())?, half).ok_or_else(wrong)
}

fn today() -> Date {
    jiff::Zoned::now().date()
}
