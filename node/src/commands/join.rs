//! `svod join`: makes the keys and the request of a newcomer, and waits a while for the lead's answer.

use std::time::Duration;

use svod_shared::letter::{LetterRefusal, Names};
use svod_shared::ticket::Ticket;
use tokio::time::timeout;

use super::{CliError, Context, init};
use crate::cli::Join;
use crate::daemon::Running;
use crate::folder::{Folder, read_key};
use crate::node::{Node, NodeError};
use crate::store::{Clock, Store};

/// How long the lead's answer is waited for: its node may be off for days, and the request is kept.
const WAIT: Duration = Duration::from_secs(30);

pub(super) async fn run(context: &Context, args: Join) -> Result<(), CliError> {
    let ticket: Ticket = args.ticket.concat().parse()?;
    let org = args.org_key.as_deref().map(read_key).transpose()?;
    let folder = Folder::create(&context.data)?;
    let names = match folder.names() {
        Some(names) if args.names.name.is_none() => names,
        _ => init::names(context, args.names)?,
    };
    let names = Names { name: &names.name, short: &names.short, label: &names.label };
    let store = Store::join(folder, &ticket, names, org, Clock::system())?;
    let code = store.org_key()?.map(|it| it.short_code()).unwrap_or_default();
    context.say("cli-join-code", &[("code", code.into())])?;
    if let Some(words) = store.joining_words()? {
        context.say("cli-join-words", &[("words", words.into())])?;
    }
    if let Some(file) = &args.out {
        let (_, letter) = store.joining()?.ok_or_else(|| CliError::key("cli-error-no-node"))?;
        super::write(file, &letter)?;
        return context.say("cli-join-written", &[("file", file.display().to_string().into())]);
    }
    if args.no_wait || ticket.relay.is_none() {
        return context.say("cli-join-kept", &[]);
    }
    context.say("cli-join-waiting", &[])?;
    let running = Running::start(store);
    let answer = timeout(WAIT, answer(running.node())).await;
    running.stop().await;
    match answer {
        Ok(Ok(None)) => context.say("cli-join-admitted", &[]),
        Ok(Ok(Some(refusal))) => Err(CliError::key(refusal_key(refusal))),
        Ok(Err(error)) => Err(error.into()),
        Err(_) => context.say("cli-join-kept", &[]),
    }
}

/// Waits until the roster knows this node, or the lead has refused.
async fn answer(node: &Node) -> Result<Option<LetterRefusal>, NodeError> {
    let mut changed = node.subscribe();
    let mut refused = node.join_refused().subscribe();
    loop {
        if node.run(|store| Ok::<_, NodeError>(store.me().is_some())).await? {
            return Ok(None);
        }
        if let Some(refusal) = *refused.borrow_and_update() {
            return Ok(Some(refusal));
        }
        tokio::select! {
            // A missed notice is as good as one: the loop looks again.
            _ = changed.recv() => {}
            _ = refused.changed() => {}
        }
    }
}

/// The sentence that says why the lead does not admit a newcomer.
pub(super) fn refusal_key(refusal: LetterRefusal) -> &'static str {
    match refusal {
        LetterRefusal::Unreadable => "cli-error-letter-unreadable",
        LetterRefusal::OtherNetwork => "cli-error-letter-other-network",
        LetterRefusal::UnknownTicket => "cli-error-letter-unknown-ticket",
        LetterRefusal::AlreadyUsed => "cli-error-letter-already-used",
        LetterRefusal::NameMismatch => "cli-error-letter-name",
        LetterRefusal::KeyInUse => "cli-error-letter-key",
        LetterRefusal::Declined => "cli-error-letter-declined",
        LetterRefusal::BoxFull => "cli-error-letter-box-full",
    }
}
