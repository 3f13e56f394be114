//! A ticket: the line of text that lets a newcomer find a network and prove that it was invited.
//!
//! ```text
//! line    = "svod1" ‖ base32, lower case, of (payload ‖ SHA-256("svod/1 ticket" ‖ payload)[..4])
//! payload = version u8 = 1 · network 32 · roster height LEB128 · roster hash 32 · (0x00 | 0x01 ‖ relay) · secret 16 · name
//! relay   = count LEB128 · { length LEB128 · address }… · key 32
//! ```
//!
//! The line survives what mail, messengers and hands do to it: capitals, spaces, line breaks, hyphens and quotes
//! around it mean nothing. The checksum tells a damaged ticket from a wrong one; it protects against accidents only.
//! Whoever holds the line holds the secret: it opens nothing but the letter box, once, under the eyes of the lead.

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE32_NOPAD;

use crate::id::{NetworkId, StatementHash, sha256};
use crate::leb::{ReadError, Reader, Writer};
use crate::roster::text::read_line;
use crate::roster::{NAME_BYTES_MAX, Relay};

/// The longest line that is looked at, bytes: the largest ticket takes less than half.
pub const LINE_BYTES_MAX: usize = 16 * 1024;

const DOMAIN: &str = "svod/1 ticket";
const VERSION: u8 = 1;
const CHECKSUM_BYTES: usize = 4;

/// The one-time secret of an invitation. Never shown in logs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TicketSecret(pub [u8; 16]);

impl fmt::Debug for TicketSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TicketSecret(…)")
    }
}

/// An invitation of one organisation. [`fmt::Display`] and [`FromStr`] are the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// The network to join.
    pub network: NetworkId,
    /// The roster height at issue: a newcomer accepts nothing lower.
    pub roster_height: u64,
    /// The hash of the last statement at that height.
    pub roster_hash: StatementHash,
    /// Where to knock; `None` if the exchange goes by files.
    pub relay: Option<Relay>,
    /// Proves the invitation, once.
    pub secret: TicketSecret,
    /// The name of the invited organisation, as the lead wrote it.
    pub name: String,
}

/// Why a line is no ticket for this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TicketError {
    /// Something else was pasted.
    #[error("text is not a ticket")]
    NotATicket,
    /// A ticket of a later version: the program must be updated.
    #[error("ticket is of a later version")]
    FromFuture,
    /// Characters are missing, added or changed: copy it once more.
    #[error("ticket is damaged")]
    Damaged,
    /// The line is whole, but what it says cannot be.
    #[error("ticket says what cannot be")]
    Malformed(#[source] ReadError),
}

impl Ticket {
    fn to_payload(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.u8(VERSION).raw(self.network.as_bytes());
        writer.leb(self.roster_height).raw(self.roster_hash.as_bytes());
        match &self.relay {
            None => _ = writer.u8(0),
            Some(relay) => relay.write(writer.u8(1)),
        }
        writer.raw(&self.secret.0).text(&self.name);
        writer.into_vec()
    }

    /// Reads what follows the version.
    fn read(reader: &mut Reader<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            network: NetworkId(reader.array()?),
            roster_height: reader.leb()?,
            roster_hash: StatementHash(reader.array()?),
            relay: match reader.u8()? {
                0 => None,
                1 => Some(Relay::read(reader)?),
                _ => return Err(ReadError::Unknown),
            },
            secret: TicketSecret(reader.array()?),
            name: read_line(reader, NAME_BYTES_MAX)?,
        })
    }
}

impl fmt::Display for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = self.to_payload();
        let sum = checksum(&bytes);
        bytes.extend_from_slice(&sum);
        write!(f, "svod{VERSION}{}", BASE32_NOPAD.encode(&bytes).to_ascii_lowercase())
    }
}

impl FromStr for Ticket {
    type Err = TicketError;

    /// Reads a line, checking in this order:
    ///
    /// - it is not too long and begins as a ticket does;
    /// - its version, before or inside the base32, is this one;
    /// - the checksum holds;
    /// - the payload is the one encoding of a ticket.
    fn from_str(line: &str) -> Result<Self, TicketError> {
        if line.len() > LINE_BYTES_MAX {
            return Err(TicketError::NotATicket);
        }
        let line: String = line.chars().filter(|c| !is_filler(*c)).map(|c| c.to_ascii_uppercase()).collect();
        let versioned = line.strip_prefix("SVOD").ok_or(TicketError::NotATicket)?;
        let code = match versioned.strip_prefix('1') {
            Some(code) => code,
            None if versioned.starts_with(|c: char| c.is_ascii_digit()) => {
                return Err(TicketError::FromFuture);
            }
            None => return Err(TicketError::NotATicket),
        };
        let bytes = BASE32_NOPAD.decode(code.as_bytes()).map_err(|_| TicketError::Damaged)?;
        let (payload, sum) = bytes.split_last_chunk::<CHECKSUM_BYTES>().ok_or(TicketError::Damaged)?;
        if checksum(payload) != *sum {
            return Err(TicketError::Damaged);
        }
        let mut reader = Reader::new(payload);
        if reader.u8().map_err(TicketError::Malformed)? != VERSION {
            return Err(TicketError::FromFuture);
        }
        let ticket = Self::read(&mut reader).map_err(TicketError::Malformed)?;
        reader.end().map_err(TicketError::Malformed)?;
        Ok(ticket)
    }
}

fn checksum(payload: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let mut writer = Writer::domain(DOMAIN);
    writer.raw(payload);
    let [a, b, c, d, ..] = sha256(writer.as_slice());
    [a, b, c, d]
}

/// What copying, wrapping and quoting put into or around a line.
fn is_filler(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '-' | '>' | '"' | '\'' | '`' | '*' | '_' | '.' | ',' | ';' | '<')
        || matches!(c, '«' | '»' | '“' | '”' | '„' | '\u{ad}' | '\u{200b}'..='\u{200f}')
        || matches!(c, '\u{2010}'..='\u{2015}' | '\u{2060}' | '\u{feff}')
}
