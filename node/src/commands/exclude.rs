//! `svod exclude`: says in the roster that a change must never be applied.

use svod_shared::id::ChangeHash;

use super::{CliError, Context};
use crate::cli::Exclude;

pub(super) fn run(context: &Context, args: &Exclude) -> Result<(), CliError> {
    let change = ChangeHash::from_hex(args.change.trim());
    let change = change.ok_or_else(|| CliError::key("error-no-change"))?;
    context.open()?.exclude(&change, &args.basis)?;
    context.say("cli-excluded", &[])
}
