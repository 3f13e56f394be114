//! Founding a network, inviting organisations, joining.

use serde::{Deserialize, Serialize};
use svod_shared::keys::{KeyPair, PublicKey};
use svod_shared::letter::{Letter, LetterRefusal, Names, Sender};
use svod_shared::roster::{
    BASIS_BYTES_MAX, Content, Genesis, NAME_BYTES_MAX, NodeAdded, NodeBinding, Relay, Role, Roster,
    RosterError, Terms, is_line,
};
use svod_shared::storage::StorageError;
use svod_shared::ticket::{Ticket, TicketError, TicketSecret};
use svod_shared::time::{Day, Timestamp};

use super::inbox::StatementError;
use super::{Clock, OpenError, Store};
use crate::folder::{Folder, FolderError, KeyRole};
use crate::projections::invites::{self, Invite};
use crate::words;

/// What the lead says to found a network.
#[derive(Debug, Clone)]
pub struct FoundNetwork {
    /// The network's name.
    pub network: String,
    /// The lead organisation's full name.
    pub name: String,
    /// Its short name, for column heads.
    pub short: String,
    /// Which computer this is.
    pub label: String,
    /// The order or agreement behind the network, one line; may be empty.
    pub basis: String,
    /// Where the relay listens, and its key, if there is one yet.
    pub relay: Option<Relay>,
}

/// A newcomer's ticket and letter, kept until it is admitted.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct JoinFile {
    /// The ticket's line.
    pub ticket: String,
    /// The letter, hexadecimal.
    pub letter: String,
}

/// What the lead's node says to a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LetterAnswer {
    /// The statements that admit the newcomer have entered the roster.
    Admitted,
    /// The newcomer is in the roster already.
    Known,
    /// The letter is refused.
    Refused(LetterRefusal),
}

/// Why a network was not founded or a member not invited.
#[derive(Debug, thiserror::Error)]
pub enum FoundError {
    /// The folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The store.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A statement.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// A statement was not issued.
    #[error(transparent)]
    Roster(#[from] RosterError),
    /// The disk.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    NoRandomness,
    /// Only the lead's node, which holds the roster key, can do this.
    #[error("only the lead's node can do this")]
    NotLead,
    /// The ticket is none.
    #[error(transparent)]
    Ticket(#[from] TicketError),
    /// The organisation's key is kept elsewhere, or is not the one that stands.
    #[error("the organisation's key is not on this computer")]
    KeyElsewhere,
    /// The lead has not admitted this node yet.
    #[error("the node is not admitted to the network yet")]
    NotAdmitted,
    /// Nothing that was written after the end of a feed is here.
    #[error("nothing was written after leaving")]
    NothingLate,
    /// A file is no offer to take the lead over.
    #[error("this is no offer to lead")]
    NotAnOffer,
    /// An offer was made on a roster that has gone on since.
    #[error("the roster has gone on since the offer")]
    OfferOutdated,
    /// An earlier statement of the recovery key stands.
    #[error("an earlier statement of the recovery key stands")]
    Outranked,
    /// There is no statement of that number.
    #[error("there is no statement of that number")]
    NoSuchHeight,
    /// A basis is too long, or not one line.
    #[error("the basis does not fit")]
    Basis,
    /// A name is empty, too long, or not one line.
    #[error("the name does not fit")]
    Name,
}

impl FoundError {
    /// The key of a sentence in the catalogue that says what to do.
    pub fn message_key(&self) -> &'static str {
        match self {
            Self::NotLead => "error-not-lead",
            Self::Name => "error-name",
            Self::Basis => "cli-error-basis",
            Self::KeyElsewhere => "error-key-elsewhere",
            Self::NotAdmitted => "error-not-admitted",
            Self::NothingLate => "error-nothing-late",
            Self::NotAnOffer => "error-not-an-offer",
            Self::OfferOutdated => "error-offer-outdated",
            Self::Outranked => "error-outranked",
            Self::NoSuchHeight => "error-no-such-height",
            Self::Roster(error) | Self::Statement(StatementError::Roster(error)) => roster_key(error),
            Self::Storage(StorageError::Full) => "error-disk-full",
            Self::Folder(_)
            | Self::Open(_)
            | Self::Statement(_)
            | Self::Storage(_)
            | Self::NoRandomness
            | Self::Ticket(_) => "error-roster",
        }
    }
}

fn roster_key(error: &RosterError) -> &'static str {
    match error {
        RosterError::Fork { .. } | RosterError::Disputed { .. } => "error-said-fork",
        RosterError::IsLead | RosterError::SecondLead => "error-said-lead",
        RosterError::OrgInactive(_) | RosterError::NotSuspended(_) | RosterError::NodeInactive(_) => {
            "error-said-already"
        }
        RosterError::KeyInUse { .. } | RosterError::BadBinding | RosterError::BadSignature => {
            "error-said-key"
        }
        _ => "error-roster",
    }
}

/// A new key from the system's randomness.
pub fn fresh_key() -> Result<KeyPair, FoundError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|_| FoundError::NoRandomness)?;
    Ok(KeyPair::from_seed(&seed))
}

impl Store {
    /// Founds a network in a new folder; gives the store and the recovery key, which goes on paper and nowhere else.
    pub fn found(folder: Folder, terms: &FoundNetwork, clock: Clock) -> Result<(Self, KeyPair), FoundError> {
        let (org, node, roster_key, recovery) = (fresh_key()?, fresh_key()?, fresh_key()?, fresh_key()?);
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|_| FoundError::NoRandomness)?;
        let genesis = Genesis {
            name: terms.network.clone(),
            lead_name: terms.name.clone(),
            lead_short: terms.short.clone(),
            lead_key: org.public(),
            roster_key: roster_key.public(),
            recovery_key: recovery.public(),
            random,
        };
        let terms_of = |basis: &str| Terms { basis: basis.trim().to_owned(), from: today(clock.now()) };
        let (first, network) = Roster::found_under(&genesis, terms_of(&terms.basis), &org);
        let mut roster = Roster::from_statements(network, std::slice::from_ref(&first))?;
        let binding = NodeBinding {
            network: &network,
            org_key: &org.public(),
            node_key: &node.public(),
            label: &terms.label,
        };
        let added = NodeAdded {
            org: svod_shared::roster::LEAD_NO,
            key: node.public(),
            label: terms.label.clone(),
            binding: binding.sign(&org),
        };
        let mut statements =
            vec![first, roster.issue_under(Content::NodeAdded(added), terms_of(""), &roster_key)?];
        if let Some(relay) = &terms.relay {
            statements.push(roster.issue_under(
                Content::RelaySet(relay.clone()),
                terms_of(""),
                &roster_key,
            )?);
        }
        folder.keep_key(KeyRole::Org, &org)?;
        folder.keep_key(KeyRole::Roster, &roster_key)?;
        folder.keep_key(KeyRole::Node, &node)?;
        let mut store = Self::create(folder, network, clock)?;
        store.receive_statements(&statements)?;
        Ok((store, recovery))
    }

    /// Makes the keys and the letter of a newcomer in a new folder. `org` is the key of an organisation that already has
    /// a node; a new organisation gets a new one.
    pub fn join(
        folder: Folder,
        ticket: &Ticket,
        names: Names<'_>,
        org: Option<KeyPair>,
        clock: Clock,
    ) -> Result<Self, FoundError> {
        let org = org.map_or_else(fresh_key, Ok)?;
        let node = fresh_key()?;
        let sender = Sender { org: &org, node: &node };
        let letter = Letter::write(ticket, sender, names).map_err(|_| FoundError::Name)?;
        folder.keep_key(KeyRole::Org, &org)?;
        folder.keep_key(KeyRole::Node, &node)?;
        let kept = JoinFile {
            ticket: ticket.to_string(),
            letter: data_encoding::HEXLOWER.encode(&letter.to_bytes()),
        };
        let text = serde_json::to_vec_pretty(&kept).map_err(|it| StorageError::Database(Box::new(it)))?;
        folder.write_private(&folder.join_file(), &text)?;
        Ok(Self::create(folder, ticket.network, clock)?)
    }

    /// Says where the relay is, for everybody who has the roster.
    pub fn set_relay(&mut self, relay: Relay) -> Result<(), FoundError> {
        let roster_key = self.folder.key(KeyRole::Roster)?.ok_or(FoundError::NotLead)?;
        let terms = self.terms("", None)?;
        let signed = Roster::clone(&self.roster).issue_under(Content::RelaySet(relay), terms, &roster_key)?;
        Ok(self.receive_statements(&[signed])?)
    }

    /// Invites an organisation: keeps the terms and gives the ticket.
    pub fn invite(&mut self, name: &str, basis: &str) -> Result<Ticket, FoundError> {
        if !self.is_lead() || self.folder.key(KeyRole::Roster)?.is_none() {
            return Err(FoundError::NotLead);
        }
        let name = name.trim();
        if name.is_empty() || !is_line(name, NAME_BYTES_MAX) {
            return Err(FoundError::Name);
        }
        let secret = self.random.bytes().map_err(|_| FoundError::NoRandomness)?;
        let invite = Invite { secret, name: name.to_owned(), basis: basis.trim().to_owned(), used: false };
        invites::put(&self.connection, &invite, self.now())?;
        Ok(Ticket::issue(&self.roster, TicketSecret(secret), name))
    }

    /// Answers a newcomer's letter: admits it if it proves an unused ticket of this node.
    pub fn answer_letter(&mut self, bytes: &[u8]) -> Result<LetterAnswer, FoundError> {
        let Some(roster_key) = self.folder.key(KeyRole::Roster)? else { return Err(FoundError::NotLead) };
        let Ok(letter) = Letter::from_bytes(bytes) else {
            return Ok(LetterAnswer::Refused(LetterRefusal::Unreadable));
        };
        if self.roster.node_by_key(&letter.request().node_key).is_some() {
            return Ok(LetterAnswer::Known);
        }
        let Some(invite) = invites::find(&self.connection, |it| letter.is_for(&TicketSecret(*it)))? else {
            return Ok(LetterAnswer::Refused(LetterRefusal::UnknownTicket));
        };
        if invite.used {
            return Ok(LetterAnswer::Refused(LetterRefusal::AlreadyUsed));
        }
        let Ok(verified) = letter.verify(&TicketSecret(invite.secret)) else {
            return Ok(LetterAnswer::Refused(LetterRefusal::Unreadable));
        };
        let terms = self.terms(&invite.basis, None)?;
        let statements = verified.admit(&self.roster, Role::Member, &terms, &roster_key)?;
        self.receive_statements(&statements)?;
        let request = letter.request();
        let node = self.roster.node_by_key(&request.node_key).map(|it| it.no);
        let words = self.words_of(&invite.secret, &request.org_key, &request.node_key);
        invites::spend(&self.connection, &invite.secret, (node, &words), self.now())?;
        Ok(LetterAnswer::Admitted)
    }

    fn words_of(&self, secret: &[u8; 16], org: &PublicKey, node: &PublicKey) -> String {
        words::of_joining(&self.roster.network(), secret, org, node)
    }

    /// The words that the newcomer's screen shows and the lead's after admission, for comparing by telephone; `None` on a
    /// node that came without a ticket.
    pub fn joining_words(&self) -> Result<Option<String>, FoundError> {
        let Some((ticket, letter)) = self.joined_with()? else { return Ok(None) };
        let letter =
            Letter::from_bytes(&letter).map_err(|_| StorageError::Damaged("join file does not read"))?;
        let request = letter.request();
        Ok(Some(self.words_of(&ticket.secret.0, &request.org_key, &request.node_key)))
    }

    /// The newcomer's ticket and letter, as long as it is not admitted.
    pub fn joining(&self) -> Result<Option<(Ticket, Vec<u8>)>, FoundError> {
        if self.me().is_some() { Ok(None) } else { self.joined_with() }
    }

    fn joined_with(&self) -> Result<Option<(Ticket, Vec<u8>)>, FoundError> {
        let Ok(text) = std::fs::read(self.folder.join_file()) else { return Ok(None) };
        let kept: JoinFile =
            serde_json::from_slice(&text).map_err(|_| StorageError::Damaged("join file does not read"))?;
        let letter = data_encoding::HEXLOWER.decode(kept.letter.as_bytes());
        let letter = letter.map_err(|_| StorageError::Damaged("join file does not read"))?;
        Ok(Some((kept.ticket.parse()?, letter)))
    }

    /// What a statement rests on and from which day it holds, today unless said otherwise.
    pub(super) fn terms(&self, basis: &str, from: Option<Day>) -> Result<Terms, FoundError> {
        let basis = basis.trim();
        if !basis.is_empty() && !is_line(basis, BASIS_BYTES_MAX) {
            return Err(FoundError::Basis);
        }
        Ok(Terms { basis: basis.to_owned(), from: from.unwrap_or_else(|| today(self.now())) })
    }

    /// The public key that stands for this node's organisation, for comparing by telephone.
    pub fn org_key(&self) -> Result<Option<PublicKey>, FolderError> {
        Ok(self.folder.key(KeyRole::Org)?.map(|it| it.public()))
    }
}

/// The day of a moment where this computer stands.
pub(crate) fn today(now: Timestamp) -> Day {
    let moment = i64::try_from(now.0).ok().and_then(|it| jiff::Timestamp::from_millisecond(it).ok());
    let date = moment.map(|it| it.to_zoned(jiff::tz::TimeZone::system()).date());
    let number = |value: i16| u32::try_from(value).ok();
    let day = date.and_then(|it| {
        Day::of(number(it.year())?, number(i16::from(it.month()))?, number(i16::from(it.day()))?)
    });
    day.unwrap_or_default()
}
