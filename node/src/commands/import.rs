//! `svod import`: loads a roadmap, and says what there is to look at.

use super::{CliError, Context, print};
use crate::cli::Import;
use crate::exchange::import::{ImportedPlan, import_all};
use crate::exchange::refusal::refusal;
use crate::store::Store;

pub(super) fn run(context: &Context, args: &Import) -> Result<(), CliError> {
    let mut store = context.open()?;
    let bytes = std::fs::read(&args.file).map_err(|error| CliError::file(&args.file, error))?;
    let tables = import_all(&bytes).map_err(|error| {
        let (file, reason) = (args.file.display().to_string(), refusal(context.t, &error));
        CliError::key("cli-error-import").arg("file", file).arg("reason", reason)
    })?;
    for table in tables {
        load(context, &mut store, args, table)?;
    }
    Ok(())
}

fn load(
    context: &Context,
    store: &mut Store,
    args: &Import,
    mut table: ImportedPlan,
) -> Result<(), CliError> {
    for doubt in &table.doubts {
        print(&format!("  {}  {}", doubt.number, crate::web::doubt(context.t, &doubt.kind)))?;
    }
    if table.title.is_empty()
        && let Some(name) = args.file.file_stem()
        && store.plans()?.is_empty()
    {
        table.title = name.to_string_lossy().into_owned();
    }
    let outcome = store.import(&table.form())?;
    let args = [
        ("added", outcome.added.into()),
        ("updated", outcome.updated.into()),
        ("unchanged", outcome.unchanged.into()),
        ("doubts", table.doubts.len().into()),
        ("lost", table.counts.lost.into()),
    ];
    context.say("cli-import-done", &args)?;
    print(&outcome.plan.to_string())
}
