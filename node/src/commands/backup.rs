//! `svod backup` and `svod restore`: the node in one file, and back.

use super::{CliError, Context};
use crate::cli::{Backup, Restore};
use crate::store::{Clock, Store};

pub(super) fn run(context: &Context, args: &Backup) -> Result<(), CliError> {
    context.peek()?.backup(&args.out, args.with_keys)?;
    let key = if args.with_keys { "cli-backup-with-keys" } else { "cli-backup-without-keys" };
    context.say(key, &[("file", args.out.display().to_string().into())])
}

pub(super) fn restore(context: &Context, args: &Restore) -> Result<(), CliError> {
    Store::restore(&args.file, &context.data, args.keys.as_deref(), Clock::system().now())?;
    context.say("cli-restored", &[("folder", context.data.display().to_string().into())])
}
