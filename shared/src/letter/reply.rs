//! The lead's answer to a letter, and why it may be no.
//!
//! ```text
//! reply = kind u8 = 0 (refused) · reason u8
//! ```

use super::LetterError;
use crate::leb::ReadError;

/// What the lead answers a newcomer who is not simply admitted; an admission shows in the roster itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterReply {
    /// The letter is not granted.
    Refused(LetterRefusal),
}

/// Why a letter is not granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LetterRefusal {
    /// The letter could not be read or its signatures do not hold.
    Unreadable,
    /// It is for another network.
    OtherNetwork,
    /// The lead issued no such ticket, or has withdrawn it.
    UnknownTicket,
    /// The ticket has served once.
    AlreadyUsed,
    /// The ticket was issued to an organisation of another name.
    NameMismatch,
    /// One of the keys serves already.
    KeyInUse,
    /// The lead decided so.
    Declined,
    /// The letter box is full: try again later.
    BoxFull,
}

impl LetterReply {
    /// The bytes that travel.
    pub fn to_bytes(self) -> Vec<u8> {
        let Self::Refused(refusal) = self;
        vec![0, refusal.code()]
    }

    /// Reads a reply; a reason of a later version is an error.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ReadError> {
        match bytes {
            [0, code] => Ok(Self::Refused(LetterRefusal::from_code(*code)?)),
            _ => Err(ReadError::Unknown),
        }
    }
}

impl LetterRefusal {
    /// All reasons.
    pub const ALL: [Self; 8] = [
        Self::Unreadable,
        Self::OtherNetwork,
        Self::UnknownTicket,
        Self::AlreadyUsed,
        Self::NameMismatch,
        Self::KeyInUse,
        Self::Declined,
        Self::BoxFull,
    ];

    /// The reason's byte.
    pub fn code(self) -> u8 {
        match self {
            Self::Unreadable => 1,
            Self::OtherNetwork => 2,
            Self::UnknownTicket => 3,
            Self::AlreadyUsed => 4,
            Self::NameMismatch => 5,
            Self::KeyInUse => 6,
            Self::Declined => 7,
            Self::BoxFull => 8,
        }
    }

    /// The reason of a byte.
    pub fn from_code(code: u8) -> Result<Self, ReadError> {
        Self::ALL.into_iter().find(|it| it.code() == code).ok_or(ReadError::Unknown)
    }
}

impl From<LetterError> for LetterRefusal {
    fn from(error: LetterError) -> Self {
        match error {
            LetterError::OtherTicket => Self::UnknownTicket,
            LetterError::NotByOrg | LetterError::NotByNode | LetterError::BadBinding => Self::Unreadable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_read_back_and_their_bytes_are_frozen() {
        for (code, reason) in (1..).zip(LetterRefusal::ALL) {
            let reply = LetterReply::Refused(reason);
            assert_eq!(reply.to_bytes(), [0, code]);
            assert_eq!(LetterReply::from_bytes(&[0, code]), Ok(reply));
        }
        for bytes in [&[][..], &[0], &[0, 0], &[0, 9], &[1, 1], &[0, 1, 0]] {
            assert_eq!(LetterReply::from_bytes(bytes), Err(ReadError::Unknown), "{bytes:?}");
        }
    }
}
