//! `svod import`
use super::{CliError, Context};
use crate::cli::Import;
pub(super) fn run(_: &Context, _: &Import) -> Result<(), CliError> {
    Ok(())
}
