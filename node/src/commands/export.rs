//! `svod export`: a plan as a table in one of the four forms.

use jiff::civil::DateTime;

use super::{CliError, Context, plan_of, write};
use crate::cli::Export;
use crate::exchange::csv::export_csv;
use crate::exchange::form::{Form, FormKind, Header};
use crate::exchange::xlsx_writer::export_xlsx;
use crate::reports::form::docx;

pub(super) fn run(context: &Context, args: &Export) -> Result<(), CliError> {
    let store = context.peek()?;
    let plan = plan_of(&store, args.plan.as_deref())?;
    let view = store.plan(&plan)?.ok_or_else(|| CliError::key("cli-error-no-plan"))?;
    let kind = args.form.unwrap_or_else(|| FormKind::of_plan(&view.plan));
    let form = Form::from_plan(&view.plan, kind, Header::Full);
    let ending = args.out.extension().and_then(|it| it.to_str()).unwrap_or_default().to_lowercase();
    let failed =
        |error: &dyn std::error::Error| CliError::key("cli-error-report").arg("reason", error.to_string());
    let bytes = match ending.as_str() {
        "csv" => export_csv(&form),
        "xlsx" => export_xlsx(&form, context.t).map_err(|error| failed(&error))?,
        "docx" => docx(&form, CREATED, context.t).map_err(|error| failed(&error))?,
        _ => return Err(CliError::key("cli-error-format")),
    };
    write(&args.out, &bytes)?;
    context.say("cli-export-done", &[("file", args.out.display().to_string().into())])
}

/// A fixed moment of making, so that the same plan gives the same bytes.
const CREATED: DateTime = DateTime::constant(2021, 1, 1, 0, 0, 0, 0);
