//! `svod relay`: says in the roster where the relay is.

use svod_shared::keys::PublicKey;
use svod_shared::roster;

use super::{CliError, Context};
use crate::cli::Relay;
use crate::store::Saying;

pub(super) fn run(context: &Context, args: Relay) -> Result<(), CliError> {
    let relay = relay_of(args.addresses, &args.key)?;
    context.open()?.say(&Saying::MoveRelay(relay), &args.basis, None)?;
    context.say("cli-relay-set", &[])
}

/// A relay by its addresses and its key in hexadecimal digits.
pub(super) fn relay_of(addresses: Vec<String>, key: &str) -> Result<roster::Relay, CliError> {
    let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(key.trim().as_bytes()).ok();
    let bytes: Option<[u8; 32]> = bytes.and_then(|it| it.try_into().ok());
    let key = bytes.and_then(|it| PublicKey::from_bytes(&it).ok());
    let key = key.ok_or_else(|| CliError::key("cli-error-relay-key"))?;
    Ok(roster::Relay { addresses, key })
}
