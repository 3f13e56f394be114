//! `svod admit`: answers a request that came as a file with a packet that holds everything.

use svod_shared::letter::{LETTER_BYTES_MAX, Letter};
use svod_shared::packet::PACKET_BYTES_MAX;

use super::{CliError, Context, join, packet};
use crate::cli::Admit;
use crate::store::LetterAnswer;

pub(super) fn run(context: &Context, args: &Admit) -> Result<(), CliError> {
    let mut store = context.open()?;
    let bytes = packet::read_file(&args.file, LETTER_BYTES_MAX)?;
    if let LetterAnswer::Refused(refusal) = store.answer_letter(&bytes)? {
        return Err(CliError::key(join::refusal_key(refusal)));
    }
    let letter = Letter::from_bytes(&bytes).map_err(|_| CliError::key("cli-error-letter-unreadable"))?;
    let node = store.roster().node_by_key(&letter.request().node_key);
    let org = node.and_then(|it| store.roster().org(it.org));
    let node = node.map(|it| it.no);
    let org = org.ok_or_else(|| CliError::key("packet-error-no-org"))?.clone();
    let files = store.write_packet(Some(org.no), PACKET_BYTES_MAX / 2)?;
    packet::write_files(context, &args.out, &files)?;
    let words = store.roster_view()?.orgs.into_iter().flat_map(|it| it.computers);
    let newcomer = words.filter(|it| Some(it.no) == node).find_map(|it| it.words);
    if let Some(words) = newcomer {
        context.say("cli-join-words", &[("words", words.into())])?;
    }
    let code = ("code", org.key.short_code().into());
    context.say("cli-admit-done", &[("org", org.name.into()), code])
}
