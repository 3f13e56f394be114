//! The letter box: where newcomers' letters wait for a node of the lead.
//!
//! Anybody who knows the relay's address can drop a letter, so the box is small and keeps one letter a key. The relay
//! knows no ticket, so it cannot tell a good letter from a bad one; it checks what it can: that the letter is for this
//! network and from the key that brought it. An answer stays with its letter, because the newcomer may be away when it
//! comes; an admission needs none, the roster tells it.
//!
//! [`judge`] is the rule, without a database; the rest keeps the table.

use rusqlite::{Connection, OptionalExtension, params};
use svod_shared::id::NetworkId;
use svod_shared::keys::PublicKey;
use svod_shared::letter::{Letter, LetterRefusal, LetterReply};
use svod_shared::storage::StorageError;
use svod_shared::storage::sqlite::migrate::Migrations;
use svod_shared::time::Timestamp;

/// The most letters kept, answered ones included: several times what a large network admits in a month, and half a
/// megabyte.
pub const LETTERS_MAX: usize = 256;

/// A letter that nobody has answered for so long gives its place to a new one.
pub const LETTER_AGE_MAX_MS: u64 = 30 * 24 * 3600 * 1000;

/// The relay's own tables, beside the log's.
pub const MIGRATIONS: Migrations =
    Migrations { component: "relay", steps: &[include_str!("migrations/0001_relay.sql")] };

/// A letter as it waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The key that brought it.
    pub sender: PublicKey,
    /// The letter, as it came.
    pub letter: Vec<u8>,
    /// When.
    pub heard: Timestamp,
    /// The lead's answer.
    pub reply: Option<LetterReply>,
}

/// What becomes of a letter that arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged {
    /// It is new: keep it, in place of the sender's earlier one.
    Keep,
    /// It waits already.
    Waits,
    /// It has been answered.
    Answered(LetterReply),
    /// It is turned away.
    Refused(LetterRefusal),
}

/// What the box looks like to one sender.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The network served.
    pub network: NetworkId,
    /// The sender's earlier letter.
    pub earlier: Option<&'a Waiting>,
    /// How many letters of others wait that may not be thrown away yet.
    pub others: usize,
}

/// Decides about a letter, checking in this order:
///
/// - it reads, and is no larger than a letter may be;
/// - it is for this network;
/// - the key that brought it is the node key it names;
/// - it is not the one that has been answered, or waits, already;
/// - there is room.
pub fn judge(view: View<'_>, sender: &PublicKey, bytes: &[u8]) -> Judged {
    let Ok(letter) = Letter::from_bytes(bytes) else { return Judged::Refused(LetterRefusal::Unreadable) };
    if letter.request().network != view.network {
        return Judged::Refused(LetterRefusal::OtherNetwork);
    }
    if letter.request().node_key != *sender {
        return Judged::Refused(LetterRefusal::Unreadable);
    }
    // The relay has read it: a lead that could not got it spoiled on the way, and is asked again.
    let spoiled = Some(LetterReply::Refused(LetterRefusal::Unreadable));
    match view.earlier {
        Some(earlier) if earlier.letter == bytes && earlier.reply != spoiled => {
            earlier.reply.map_or(Judged::Waits, Judged::Answered)
        }
        None if view.others >= LETTERS_MAX => Judged::Refused(LetterRefusal::BoxFull),
        Some(_) | None => Judged::Keep,
    }
}

/// The box's table, through a connection or an open transaction.
#[derive(Debug)]
pub struct Mailbox<'c> {
    connection: &'c Connection,
}

impl<'c> Mailbox<'c> {
    /// Reads and writes through `connection`.
    pub fn new(connection: &'c Connection) -> Self {
        Self { connection }
    }

    /// Takes a letter in, or says why not.
    pub fn receive(
        &self,
        network: NetworkId,
        sender: &PublicKey,
        letter: &[u8],
        now: Timestamp,
    ) -> Result<Judged, StorageError> {
        let earlier = self.of(sender)?;
        let oldest = to_i64(now.0.saturating_sub(LETTER_AGE_MAX_MS));
        let others: usize = self.connection.query_row(
            "SELECT COUNT(*) FROM letter WHERE sender <> ?1 AND reply IS NULL AND heard >= ?2",
            params![sender.as_bytes(), oldest],
            |row| row.get::<_, u32>(0).map(|count| count as usize),
        )?;
        let judged = judge(View { network, earlier: earlier.as_ref(), others }, sender, letter);
        if judged == Judged::Keep {
            self.make_room(oldest)?;
            self.connection.execute(
                "INSERT INTO letter (sender, letter, heard) VALUES (?1, ?2, ?3)
                 ON CONFLICT (sender) DO UPDATE SET letter = ?2, heard = ?3, reply = NULL",
                params![sender.as_bytes(), letter, to_i64(now.0)],
            )?;
        }
        Ok(judged)
    }

    /// Keeps the lead's answer for the newcomer; says whether its letter is here.
    pub fn answer(&self, sender: &PublicKey, reply: LetterReply) -> Result<bool, StorageError> {
        let changed = self.connection.execute(
            "UPDATE letter SET reply = ?2 WHERE sender = ?1",
            params![sender.as_bytes(), reply.to_bytes()],
        )?;
        Ok(changed > 0)
    }

    /// Throws away the letters of keys that the roster knows by now.
    pub fn forget(&self, admitted: impl Fn(&PublicKey) -> bool) -> Result<(), StorageError> {
        for waiting in self.all()? {
            if admitted(&waiting.sender) {
                self.connection
                    .execute("DELETE FROM letter WHERE sender = ?1", [waiting.sender.as_bytes()])?;
            }
        }
        Ok(())
    }

    /// The letters without an answer, oldest first.
    pub fn unanswered(&self) -> Result<Vec<Vec<u8>>, StorageError> {
        Ok(self.all()?.into_iter().filter(|it| it.reply.is_none()).map(|it| it.letter).collect())
    }

    fn of(&self, sender: &PublicKey) -> Result<Option<Waiting>, StorageError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT sender, letter, heard, reply FROM letter WHERE sender = ?1")?;
        statement.query_row([sender.as_bytes()], columns).optional()?.map(waiting).transpose()
    }

    fn all(&self) -> Result<Vec<Waiting>, StorageError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT sender, letter, heard, reply FROM letter ORDER BY heard, sender")?;
        let rows = statement.query_map([], columns)?;
        rows.map(|row| waiting(row?)).collect()
    }

    /// Leaves a place free: first of what is old, then of what has been answered, the oldest first.
    fn make_room(&self, oldest: i64) -> Result<(), StorageError> {
        self.connection.execute("DELETE FROM letter WHERE reply IS NULL AND heard < ?1", [oldest])?;
        self.connection.execute(
            "DELETE FROM letter WHERE sender IN (
                 SELECT sender FROM letter WHERE reply IS NOT NULL ORDER BY heard
                 LIMIT MAX(0, (SELECT COUNT(*) FROM letter) - ?1))",
            [to_i64(LETTERS_MAX as u64) - 1],
        )?;
        Ok(())
    }
}

type Columns = ([u8; 32], Vec<u8>, i64, Option<Vec<u8>>);

fn columns(row: &rusqlite::Row<'_>) -> rusqlite::Result<Columns> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
}

fn waiting((sender, letter, heard, reply): Columns) -> Result<Waiting, StorageError> {
    let sender = PublicKey::from_bytes(&sender).map_err(|_| StorageError::Damaged("letter's sender"))?;
    let reply = reply.map(|bytes| LetterReply::from_bytes(&bytes));
    let reply = reply.transpose().map_err(|_| StorageError::Damaged("answer to a letter"))?;
    Ok(Waiting { sender, letter, heard: Timestamp(heard.unsigned_abs()), reply })
}

fn to_i64(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
