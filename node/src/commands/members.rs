//! `svod member`, `svod computer`, `svod lead`: who belongs and who may. Each says what it will come to before it does it.

use std::io::{BufRead, IsTerminal};

use jiff::civil::Date;
use svod_shared::id::{NodeNo, OrgNo};
use svod_shared::keys::KeyPair;
use svod_shared::packet::PACKET_BYTES_MAX;
use svod_shared::roster::{Org, Roster};
use svod_shared::time::Day;

use super::init::in_groups;
use super::{CliError, Context, packet, print};
use crate::cli::members::{Act, Computer, Evidence, Lead, Member, OnMember, Replace, ReplaceKey, Transfer};
use crate::i18n::Arg;
use crate::store::{KeyRequest, REQUEST_BYTES_MAX, Saying, Store};

pub(super) fn member(context: &Context, command: Member) -> Result<(), CliError> {
    match command {
        Member::List => list(context),
        Member::Admit(args) => super::invite::run(context, &args),
        Member::Suspend(args) => on_member(context, &args, Saying::Suspend, "confirm-suspend"),
        Member::Remove(args) => on_member(context, &args, Saying::Remove, "confirm-remove"),
        Member::Readmit(args) => on_member(context, &args, Saying::Readmit, "confirm-readmit"),
        Member::Raise(args) => on_member(context, &args, Saying::Raise, "confirm-raise"),
    }
}

pub(super) fn computer(context: &Context, command: Computer) -> Result<(), CliError> {
    match command {
        Computer::Add(args) => {
            super::invite::run(context, &args)?;
            context.say("cli-computer-add", &[])
        }
        Computer::ReplaceKey(args) => replace_key(context, args),
        Computer::Close(args) => {
            let mut store = context.open()?;
            let node = NodeNo(args.computer);
            let label = store.roster().node(node).map(|it| it.label.clone());
            let label = label.ok_or_else(|| CliError::key("cli-error-no-computer"))?;
            confirm(context, args.act.yes, "confirm-close", &[("who", label.into())])?;
            say(context, &mut store, &Saying::Close(node), &args.act)
        }
    }
}

pub(super) fn lead(context: &Context, command: Lead) -> Result<(), CliError> {
    match command {
        Lead::Transfer(args) => transfer(context, args),
        Lead::Replace(args) => replace(context, &args),
        Lead::RecoveryKey => {
            let paper = paper(context)?;
            let stands = context.peek()?.is_recovery_key(&paper);
            context.say(if stands { "cli-paper-stands" } else { "cli-paper-stands-not" }, &[])
        }
    }
}

fn list(context: &Context) -> Result<(), CliError> {
    let view = context.peek()?.roster_view()?;
    for org in &view.orgs {
        let (role, state) = (context.t.text(org.role), context.t.text(org.state.key()));
        print(&format!("{}  {}  {role}  {state}  {}  {}", org.no.0, org.name, org.since, org.basis))?;
        for it in &org.computers {
            let state = context.t.text(it.state());
            print(&format!("    {}  {}  {}  {state}", it.no.0, it.label, it.key_code))?;
            if let Some(words) = &it.words {
                context.say("roster-words", &[("words", words.clone().into())])?;
            }
        }
        if org.late > 0 {
            context.say("roster-late", &[("n", org.late.into())])?;
        }
    }
    if view.forked_at.is_some() { context.say("roster-forked", &[]) } else { Ok(()) }
}

/// `svod evidence`
pub(super) fn evidence(context: &Context, args: &Evidence) -> Result<(), CliError> {
    let bytes = context.peek()?.evidence(|it| context.t.incident(it))?;
    super::write(&args.file, &bytes)?;
    context.say("cli-evidence", &[("file", args.file.display().to_string().into())])
}

fn on_member(
    context: &Context,
    args: &OnMember,
    saying: fn(OrgNo) -> Saying,
    consequence: &str,
) -> Result<(), CliError> {
    let mut store = context.open()?;
    let org = find(store.roster(), &args.member)?.clone();
    confirm(context, args.act.yes, consequence, &[("who", org.name.into())])?;
    say(context, &mut store, &saying(org.no), &args.act)
}

fn say(context: &Context, store: &mut Store, saying: &Saying, act: &Act) -> Result<(), CliError> {
    let from = act.from.map(day).transpose()?;
    store.say(saying, &act.basis, from)?;
    context.say("cli-said", &[("n", store.roster().height().into())])
}

/// An organisation by its number, short or full name.
fn find<'r>(roster: &'r Roster, name: &str) -> Result<&'r Org, CliError> {
    let name = name.trim();
    let by_number = name.parse().ok().and_then(|no| roster.org(OrgNo(no)));
    let by_name = || roster.orgs().find(|it| it.name == name || it.short == name);
    by_number.or_else(by_name).ok_or_else(|| {
        let known: Vec<_> = roster.orgs().map(|it| format!("{}  {}", it.no.0, it.name)).collect();
        CliError::key("cli-error-no-member").arg("members", known.join("\n"))
    })
}

fn day(date: Date) -> Result<Day, CliError> {
    let number = |value: i16| u32::try_from(value).ok();
    let parts = (number(date.year()), number(date.month().into()), number(date.day().into()));
    let day = match parts {
        (Some(year), Some(month), Some(day)) => Day::of(year, month, day),
        _ => None,
    };
    day.ok_or_else(|| CliError::key("cli-error-day"))
}

fn replace_key(context: &Context, args: ReplaceKey) -> Result<(), CliError> {
    let mut store = context.open()?;
    if let Some(file) = args.ask {
        let request = store.request_node_key()?;
        super::write(&file, &request.to_bytes())?;
        return context.say("cli-key-asked", &[("file", file.display().to_string().into())]);
    }
    let (Some(file), Some(out)) = (args.answer, args.out) else { return Ok(()) };
    let bytes = packet::read_file(&file, REQUEST_BYTES_MAX)?;
    let request = KeyRequest::from_bytes(&bytes).map_err(|_| CliError::key("cli-error-not-a-request"))?;
    let node = store.roster().node(request.node).cloned();
    let node = node.ok_or_else(|| CliError::key("cli-error-no-computer"))?;
    confirm(context, args.yes, "confirm-key", &[("who", node.label.into())])?;
    store.say(&Saying::ReplaceKey(request), args.basis.as_deref().unwrap_or_default(), None)?;
    let files = store.write_packet(Some(node.org), PACKET_BYTES_MAX / 2)?;
    packet::write_files(context, &out, &files)?;
    context.say("cli-said", &[("n", store.roster().height().into())])
}

fn transfer(context: &Context, args: Transfer) -> Result<(), CliError> {
    let mut store = context.open()?;
    if let Some(file) = args.offer {
        let from = args.from.map(day).transpose()?;
        let (offer, recovery) = store.offer_to_lead(args.basis.as_deref().unwrap_or_default(), from)?;
        super::write(&file, &offer)?;
        show_paper(context, &recovery)?;
        return context.say("cli-lead-offered", &[("file", file.display().to_string().into())]);
    }
    let Some(file) = args.sign else { return Ok(()) };
    let offer = packet::read_file(&file, REQUEST_BYTES_MAX)?;
    let to = store.offered_lead(&offer)?;
    let name = store.roster().org(to).map(|it| it.name.clone()).unwrap_or_default();
    confirm(context, args.yes, "confirm-transfer", &[("who", name.into())])?;
    store.pass_lead(&offer)?;
    context.say("cli-said", &[("n", store.roster().height().into())])
}

fn replace(context: &Context, args: &Replace) -> Result<(), CliError> {
    let mut store = context.open()?;
    let height = args.after.unwrap_or_else(|| store.roster().height());
    let lost = store.roster().height().saturating_sub(height);
    confirm(context, args.yes, "confirm-replace", &[("n", height.into()), ("lost", lost.into())])?;
    let paper = paper(context)?;
    let recovery = store.rescue_lead(&paper, args.after, &args.basis)?;
    show_paper(context, &recovery)?;
    context.say("cli-said", &[("n", store.roster().height().into())])
}

fn show_paper(context: &Context, recovery: &KeyPair) -> Result<(), CliError> {
    let digits = data_encoding::HEXLOWER.encode(recovery.seed());
    context.say("cli-init-recovery", &[("key", in_groups(&digits).into())])
}

/// The recovery key as somebody types it from the paper; spaces do no harm.
fn paper(context: &Context) -> Result<KeyPair, CliError> {
    let line = ask(context, "cli-paper-ask")?;
    let digits: String = line.chars().filter(|it| !it.is_whitespace()).collect();
    let seed = data_encoding::HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).ok();
    let seed: Option<[u8; 32]> = seed.and_then(|it| it.try_into().ok());
    seed.map(|it| KeyPair::from_seed(&it)).ok_or_else(|| CliError::key("cli-error-paper"))
}

/// Says the consequence and waits for a clear yes.
fn confirm(
    context: &Context,
    yes: bool,
    consequence: &str,
    args: &[(&str, Arg<'_>)],
) -> Result<(), CliError> {
    context.say(consequence, args)?;
    if yes {
        return Ok(());
    }
    let answer = ask(context, "confirm-ask")?.trim().to_lowercase();
    if matches!(answer.as_str(), "да" | "yes" | "y" | "д") {
        Ok(())
    } else {
        Err(CliError::key("cli-error-not-confirmed"))
    }
}

fn ask(context: &Context, question: &str) -> Result<String, CliError> {
    if std::io::stdin().is_terminal() {
        context.say(question, &[])?;
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(CliError::output)?;
    Ok(line)
}
