//! `svod invite`: a ticket for an organisation, on standard output alone so that it can be piped.

use super::{CliError, Context, print};
use crate::cli::Invite;

pub(super) fn run(context: &Context, args: &Invite) -> Result<(), CliError> {
    let ticket = context.open()?.invite(&args.name, &args.basis)?;
    print(&ticket.to_string())
}
