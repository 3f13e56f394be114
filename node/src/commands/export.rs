//! `svod export`
use super::{CliError, Context};
use crate::cli::Export;
pub(super) fn run(_: &Context, _: &Export) -> Result<(), CliError> {
    Ok(())
}
