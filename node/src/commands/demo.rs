//! `svod demo`
use super::{CliError, Context};
use crate::cli::Demo;
pub(super) async fn run(_: &Context, _: Demo) -> Result<(), CliError> {
    std::future::ready(()).await;
    Ok(())
}
