//! `svod init`: a new node, of the lead or of a member.

use svod_shared::roster::{NAME_BYTES_MAX, SHORT_BYTES_MAX, is_line};

use super::relay::relay_of;
use super::{CliError, Context, print};
use crate::cli::{Init, Names};
use crate::folder::{Folder, MemberNames};
use crate::store::{Clock, FoundNetwork, Store};

pub(super) fn run(context: &Context, args: Init) -> Result<(), CliError> {
    let names = names(context, args.names)?;
    if args.member {
        Folder::create(&context.data)?.keep_names(&names)?;
        return context.say("cli-init-member", &[("folder", context.data.display().to_string().into())]);
    }
    let network = args.network.unwrap_or_default();
    check(&network, NAME_BYTES_MAX)?;
    let relay = args.relay_key.map(|key| relay_of(args.relay, &key)).transpose()?;
    let MemberNames { name, short, label } = names;
    let basis = args.basis.unwrap_or_default();
    let terms = FoundNetwork { network, name, short, label, basis, relay };
    let (store, recovery) = Store::found(Folder::create(&context.data)?, &terms, Clock::system())?;
    context.say("cli-init-lead", &[("folder", context.data.display().to_string().into())])?;
    let code = store.org_key()?.map(|it| it.short_code()).unwrap_or_default();
    context.say("cli-init-key-code", &[("code", code.into())])?;
    let paper = data_encoding::HEXLOWER.encode(recovery.seed());
    context.say("cli-init-recovery", &[("key", in_groups(&paper).into())])?;
    context.say("cli-init-network", &[("network", store.roster().network().to_string().into())])?;
    print(&store.roster().network().to_string())
}

/// The names given, each one line that fits the roster.
pub(super) fn names(context: &Context, given: Names) -> Result<MemberNames, CliError> {
    let name = given.name.ok_or_else(|| CliError::key("cli-error-name-missing"))?;
    let short = given.short.ok_or_else(|| CliError::key("cli-error-name-missing"))?;
    let label = given.label.unwrap_or_else(|| context.t.text("cli-label-default"));
    check(&name, NAME_BYTES_MAX)?;
    check(&short, SHORT_BYTES_MAX)?;
    check(&label, SHORT_BYTES_MAX)?;
    Ok(MemberNames { name, short, label })
}

fn check(text: &str, max: usize) -> Result<(), CliError> {
    let fits = !text.trim().is_empty() && is_line(text, max);
    if fits { Ok(()) } else { Err(CliError::key("cli-error-name")) }
}

/// Digits in groups of four, to be copied onto paper.
pub(super) fn in_groups(digits: &str) -> String {
    let groups: Vec<_> = digits.as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
    groups.join(" ")
}
