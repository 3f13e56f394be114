//! `svod check` and `svod rebuild`: whether the log is whole, and the views again from it.

use super::{CliError, Context};
use crate::cli::Check;
use crate::store::{Damage, Fault, Store};

pub(super) fn run(context: &Context, args: &Check) -> Result<(), CliError> {
    let mut store = if args.dry_run { context.peek()? } else { context.open()? };
    let checked = store.check()?;
    for damage in &checked.damaged {
        tell(context, &store, damage)?;
    }
    if checked.damaged.is_empty() {
        return context.say("cli-check-sound", &[("entries", checked.entries.into())]);
    }
    let dropped = if args.dry_run { Vec::new() } else { store.heal(&checked)? };
    if dropped.len() == checked.damaged.len() {
        return Err(CliError::key("cli-error-check-healed"));
    }
    Err(CliError::key(if args.dry_run { "cli-error-check-damaged" } else { "cli-error-check-own" }))
}

pub(super) fn rebuild(context: &Context) -> Result<(), CliError> {
    let mut store = context.open()?;
    let documents = store.rebuild()?;
    let code = store.control_code()?;
    context.say("cli-rebuilt", &[("documents", documents.into()), ("code", code.into())])
}

fn tell(context: &Context, store: &Store, damage: &Damage) -> Result<(), CliError> {
    let key = match damage.fault {
        Fault::Entry => "cli-check-entry",
        Fault::Chain => "cli-check-chain",
        Fault::Signature => "cli-check-signature",
        Fault::Changes => "cli-check-changes",
    };
    let org = store.roster().node(damage.node).and_then(|it| store.roster().org(it.org));
    let org = org.map_or_else(|| damage.node.0.to_string(), |it| it.short.clone());
    let args = [("org", org.into()), ("seq", damage.seq.into()), ("feed", damage.feed.to_string().into())];
    context.say(key, &args)
}
