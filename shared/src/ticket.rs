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
use crate::roster::{NAME_BYTES_MAX, Relay, Roster};

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
    /// Invites an organisation to the roster's network as it stands.
    pub fn issue(roster: &Roster, secret: TicketSecret, name: &str) -> Self {
        Self {
            network: roster.network(),
            roster_height: roster.height(),
            roster_hash: roster.hash(),
            relay: roster.relay().cloned(),
            secret,
            name: name.to_owned(),
        }
    }

    /// Whether a roster that the newcomer was given has what was known at issue: nothing lower, no other branch.
    pub fn is_met_by(&self, roster: &Roster) -> bool {
        roster.network() == self.network && roster.hash_at(self.roster_height) == Some(self.roster_hash)
    }

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::KeyPair;
    use crate::roster::tests::founded;
    use proptest::prelude::*;

    const LINE: &str = concat!(
        "svod1aeeqscijbeeqscijbeeqscijbeeqscijbeeqscijbeeqscijbeeqtaibambqgaydambqgaydambqgaydambqgaydamb",
        "qgaydambqgaydambqcaisojswyylzfzsxqylnobwgkorugqztgui4gsq2fs2sdxywxmsgxdpi46mxzyrvy7twwivd25iduje",
        "btxmkaucqkbifaucqkbifaucqkbifaud5bhgquyqdemfni45wu",
    );

    fn relay(addresses: Vec<String>) -> Relay {
        Relay { addresses, key: KeyPair::from_seed(&[22; 32]).public() }
    }

    fn sample() -> Ticket {
        Ticket {
            network: NetworkId([9; 32]),
            roster_height: 129,
            roster_hash: StatementHash([3; 32]),
            relay: Some(relay(vec!["relay.example:4433".into()])),
            secret: TicketSecret([5; 16]),
            name: "МЦ 20".into(),
        }
    }

    /// A line with a right checksum.
    fn line(payload: &[u8]) -> String {
        let bytes = [payload, &checksum(payload)].concat();
        format!("svod1{}", BASE32_NOPAD.encode(&bytes).to_ascii_lowercase())
    }

    #[test]
    fn the_line_is_frozen() {
        assert_eq!(sample().to_string(), LINE);
        assert_eq!(LINE.parse(), Ok(sample()));
    }

    #[test]
    fn a_line_survives_what_copying_does_to_it() {
        let check = |text: String| assert_eq!(text.parse(), Ok(sample()), "{text}");
        let chunks: Vec<String> =
            LINE.as_bytes().chunks(5).map(|it| String::from_utf8_lossy(it).into()).collect();
        check(LINE.to_uppercase());
        check(chunks.join(" "));
        check(chunks.join("-"));
        check(chunks.join("\r\n> "));
        check(chunks.join("\u{ad}\u{200b}"));
        check(format!("\u{feff}  «{LINE}».\n"));
    }

    #[test]
    fn something_else_is_no_ticket() {
        let check = |text: &str| assert_eq!(text.parse::<Ticket>(), Err(TicketError::NotATicket), "{text}");
        check("");
        check("https://svod.example/ticket");
        check("svod");
        check("svodka");
        check("сvod1aaaa");
        check(&"a".repeat(LINE_BYTES_MAX + 1));
        check(&format!("{LINE}{}", " ".repeat(LINE_BYTES_MAX)));
    }

    #[test]
    fn every_changed_missing_or_added_character_is_damage() {
        let damaged = |text: &str| assert_eq!(text.parse::<Ticket>(), Err(TicketError::Damaged), "{text}");
        for at in 5..LINE.len() {
            let (head, tail) = (&LINE[..at], &LINE[at + 1..]);
            let other = if &LINE[at..=at] == "q" { "w" } else { "q" };
            damaged(&format!("{head}{other}{tail}"));
            damaged(&format!("{head}{tail}"));
            damaged(&format!("{head}q{}", &LINE[at..]));
            damaged(head);
        }
        damaged(&format!("{LINE}8"));
        damaged(&format!("{LINE}ж"));
    }

    #[test]
    fn a_later_version_is_told_from_damage() {
        let future = Err(TicketError::FromFuture);
        assert_eq!("svod2abc".parse::<Ticket>(), future);
        let mut payload = sample().to_payload();
        payload[0] = 2;
        assert_eq!(line(&payload).parse::<Ticket>(), future);
    }

    #[test]
    fn a_whole_line_that_says_what_cannot_be_is_malformed() {
        let check = |payload: &[u8], reason: ReadError| {
            assert_eq!(line(payload).parse::<Ticket>(), Err(TicketError::Malformed(reason)));
        };
        check(&[], ReadError::Short);
        check(&[&sample().to_payload()[..], &[0]].concat(), ReadError::Trailing);
        check(&Ticket { name: String::new(), ..sample() }.to_payload(), ReadError::Line);
        check(&Ticket { relay: Some(relay(vec![])), ..sample() }.to_payload(), ReadError::Limit);
    }

    #[test]
    fn the_largest_ticket_fits_half_a_line() {
        let addresses = vec!["a".repeat(crate::roster::ADDRESS_BYTES_MAX); crate::roster::ADDRESSES_MAX];
        let name = "я".repeat(NAME_BYTES_MAX / 2);
        let roster_height = u64::MAX;
        let ticket = Ticket { relay: Some(relay(addresses)), name, roster_height, ..sample() };
        let text = ticket.to_string();
        assert!(text.len() < LINE_BYTES_MAX / 2, "{} bytes", text.len());
        assert_eq!(text.parse(), Ok(ticket));
    }

    #[test]
    fn a_newcomer_accepts_no_roster_below_its_ticket_and_no_other_branch() {
        let (mut ours, mut other) = (founded(), founded());
        let everyday = KeyPair::from_seed(&[2; 32]);
        let rules = |version| crate::roster::Content::RulesVersion { version };
        ours.issue(rules(2), &everyday).unwrap();
        other.issue(rules(3), &everyday).unwrap();
        let ticket = Ticket::issue(&ours, TicketSecret([5; 16]), "МЦ 20");
        assert!(ticket.is_met_by(&ours));
        assert!(!ticket.is_met_by(&founded()), "lower");
        assert!(!ticket.is_met_by(&other), "another branch");
        ours.issue(rules(3), &everyday).unwrap();
        assert!(ticket.is_met_by(&ours), "higher");
        assert!(!Ticket { network: NetworkId([9; 32]), ..ticket }.is_met_by(&ours), "another network");
    }

    #[test]
    fn the_secret_does_not_show() {
        assert!(!format!("{:?}", sample().secret).contains('5'));
    }

    proptest! {
        #[test]
        fn tickets_round_trip(
            roster_height: u64, secret: [u8; 16], with_relay: bool, name in "[а-яА-Я№«»0-9]{1,40}",
        ) {
            let relay = with_relay.then(|| relay(vec!["10.0.0.1:1".into(), "[::1]:2".into()]));
            let ticket = Ticket { roster_height, secret: TicketSecret(secret), relay, name, ..sample() };
            prop_assert_eq!(ticket.to_string().parse(), Ok(ticket));
        }

        #[test]
        fn arbitrary_text_never_panics(text: String, code in "[a-z2-7]{0,80}", payload: Vec<u8>) {
            prop_assert!(text.parse::<Ticket>().is_err());
            prop_assert_eq!(format!("svod1{code}").parse::<Ticket>(), Err(TicketError::Damaged));
            if let Ok(ticket) = line(&[&[VERSION], &payload[..]].concat()).parse::<Ticket>() {
                prop_assert_eq!(ticket.to_payload(), [&[VERSION], &payload[..]].concat());
            }
        }
    }
}
