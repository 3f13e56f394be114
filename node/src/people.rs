//! People who share this computer: posts, not names, each with a PIN or without; who is at it now.
//!
//! They are this computer's own affair and never leave it; what leaves it is the label in the changes they write. As
//! long as nobody is listed, nobody is asked. The list is a file of the data folder; PINs stand in it as argon2id
//! hashes. Whoever was let in is known by 256 random bits that the browser keeps, and is asked again after
//! [`IDLE_MS_MAX`] without a deed. Wrong PINs make everybody wait who tries the same person.
//!
//! This keeps colleagues apart, not thieves: who can read the data folder needs no PIN.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use serde::{Deserialize, Serialize};
use svod_shared::time::Timestamp;

use crate::documents::message::{PERSON_CHARS_MAX, person_label};
use crate::folder::{FolderError, write_private};

/// So many share no computer.
pub const PEOPLE_MAX: usize = 20;
/// A PIN shorter than this is guessed in the waiting times below.
pub const PIN_CHARS_MIN: usize = 4;
const PIN_CHARS_MAX: usize = 64;
/// Long enough for a telephone call, too short for a lunch.
pub const IDLE_MS_MAX: u64 = 15 * 60 * 1000;
/// Browsers that are let in at once; the one unused longest gives way.
const SESSIONS_MAX: usize = 32;
/// Slips that cost nothing.
const SLIPS_FREE: u32 = 4;
/// The first waiting time; it doubles with each further wrong PIN.
const WAIT_MS_MIN: u64 = 30_000;
/// The longest: somebody who was kept out by another one's guesses still works today.
const WAIT_MS_MAX: u64 = 30 * 60 * 1000;
/// With so many doublings the longest is reached.
const WAIT_DOUBLINGS_MAX: u32 = 6;
/// argon2id as recommended for passwords that are typed often: 19 MiB, two passes.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const SALT_BYTES: usize = 16;

/// The list and who is let in.
#[derive(Debug, Default)]
pub struct People {
    file: Option<PathBuf>,
    room: Mutex<Room>,
    /// One hash at a time: each takes memory.
    hashing: Mutex<()>,
}

#[derive(Debug, Default)]
struct Room {
    people: Vec<Person>,
    sessions: BTreeMap<String, Session>,
    slips: BTreeMap<u32, Slips>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Person {
    id: u32,
    label: String,
    pin: Option<PinHash>,
}

#[derive(Clone, Serialize, Deserialize)]
struct PinHash {
    memory_kib: u32,
    passes: u32,
    salt: String,
    hash: String,
}

#[derive(Debug)]
struct Session {
    person: u32,
    last_deed: Timestamp,
}

#[derive(Debug, Default)]
struct Slips {
    count: u32,
    until: Timestamp,
}

/// Somebody as pages show them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonLine {
    /// What forms name them by.
    pub id: u32,
    /// «методист ИМЦ»
    pub label: String,
    /// Whether they have a PIN.
    pub has_pin: bool,
}

/// Why somebody is not added, or not let in.
#[derive(Debug, thiserror::Error)]
pub enum PeopleRefusal {
    /// The label is empty or too long.
    #[error("not a label")]
    Label,
    /// Somebody is called so already.
    #[error("label is taken")]
    Taken,
    /// The PIN is too short or too long.
    #[error("not a PIN")]
    Pin,
    /// There are [`PEOPLE_MAX`] already.
    #[error("too many people")]
    Many,
    /// There is nobody by this number.
    #[error("nobody by this number")]
    Nobody,
    /// The PIN is another one.
    #[error("wrong PIN")]
    Wrong,
    /// Too many wrong PINs: so many seconds are to be waited.
    #[error("too many wrong PINs")]
    Wait(u64),
    /// The system gives no random numbers, or no memory to hash in.
    #[error("the system refuses")]
    System,
    /// The file is not written.
    #[error(transparent)]
    File(#[from] FolderError),
}

impl People {
    /// The people that a file lists; nobody if there is no file.
    pub fn open(file: PathBuf) -> Result<Self, FolderError> {
        let people = match fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|_| FolderError::BadPeople(file.clone()))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(source) => return Err(FolderError::Io { path: file, source }),
        };
        let room = Room { people, ..Room::default() };
        Ok(Self { file: Some(file), room: Mutex::new(room), hashing: Mutex::default() })
    }

    /// Nobody, and no file: who is added is forgotten with the value.
    pub fn nobody() -> Self {
        Self::default()
    }

    /// Whether nobody is listed, so that nobody is asked.
    pub fn is_empty(&self) -> bool {
        self.room().people.is_empty()
    }

    /// Everybody, in the order in which they were added.
    pub fn list(&self) -> Vec<PersonLine> {
        let line = |it: &Person| PersonLine { id: it.id, label: it.label.clone(), has_pin: it.pin.is_some() };
        self.room().people.iter().map(line).collect()
    }

    /// Lists somebody; an empty PIN is none. Gives their number.
    pub fn add(&self, label: &str, pin: &str) -> Result<u32, PeopleRefusal> {
        let label = person_label(label).filter(|_| label.chars().count() <= PERSON_CHARS_MAX);
        let label = label.ok_or(PeopleRefusal::Label)?;
        let length = pin.chars().count();
        if !pin.is_empty() && !(PIN_CHARS_MIN..=PIN_CHARS_MAX).contains(&length) {
            return Err(PeopleRefusal::Pin);
        }
        let pin = if pin.is_empty() { None } else { Some(self.hash(pin)?) };
        let mut room = self.room();
        if room.people.len() >= PEOPLE_MAX {
            return Err(PeopleRefusal::Many);
        }
        if room.people.iter().any(|it| it.label.to_lowercase() == label.to_lowercase()) {
            return Err(PeopleRefusal::Taken);
        }
        let id = room.people.iter().map(|it| it.id).max().unwrap_or(0) + 1;
        let mut people = room.people.clone();
        people.push(Person { id, label, pin });
        self.keep(&mut room, people)?;
        Ok(id)
    }

    /// Takes somebody off the list, and ends their sessions.
    pub fn remove(&self, id: u32) -> Result<(), PeopleRefusal> {
        let mut room = self.room();
        let people: Vec<_> = room.people.iter().filter(|it| it.id != id).cloned().collect();
        if people.len() == room.people.len() {
            return Err(PeopleRefusal::Nobody);
        }
        self.keep(&mut room, people)?;
        room.sessions.retain(|_, it| it.person != id);
        room.slips.remove(&id);
        Ok(())
    }

    /// Lets somebody in who knows their PIN; gives what the browser has to show from now on.
    ///
    /// Takes a tenth of a second, and more on an old computer: not for the threads that serve pages.
    pub fn enter(&self, id: u32, pin: &str, now: Timestamp) -> Result<String, PeopleRefusal> {
        let guard = self.hashing.lock().unwrap_or_else(PoisonError::into_inner);
        let known = {
            let room = self.room();
            let person = room.people.iter().find(|it| it.id == id).ok_or(PeopleRefusal::Nobody)?;
            let until = room.slips.get(&id).map_or(Timestamp(0), |it| it.until);
            if until > now {
                return Err(PeopleRefusal::Wait((until.0 - now.0).div_ceil(1000)));
            }
            person.pin.clone()
        };
        if let Some(known) = known
            && !known.is_of(pin)?
        {
            self.slip(id, now);
            return Err(PeopleRefusal::Wrong);
        }
        drop(guard);
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|_| PeopleRefusal::System)?;
        let session = data_encoding::HEXLOWER.encode(&bytes);
        let mut room = self.room();
        room.slips.remove(&id);
        if room.sessions.len() >= SESSIONS_MAX
            && let Some(oldest) =
                room.sessions.iter().min_by_key(|(_, it)| it.last_deed).map(|it| it.0.clone())
        {
            room.sessions.remove(&oldest);
        }
        room.sessions.insert(session.clone(), Session { person: id, last_deed: now });
        Ok(session)
    }

    /// Who shows this; `None` if nobody is known by it or the last deed is too long ago. A deed counts from now on;
    /// what a page asks by itself is none.
    pub fn who(&self, session: &str, now: Timestamp, is_deed: bool) -> Option<PersonLine> {
        let mut room = self.room();
        let found = room.sessions.get_mut(session)?;
        if now.0.saturating_sub(found.last_deed.0) > IDLE_MS_MAX {
            room.sessions.remove(session);
            return None;
        }
        if is_deed {
            found.last_deed = now;
        }
        let id = found.person;
        let person = room.people.iter().find(|it| it.id == id)?;
        Some(PersonLine { id, label: person.label.clone(), has_pin: person.pin.is_some() })
    }

    /// Forgets a session.
    pub fn leave(&self, session: &str) {
        self.room().sessions.remove(session);
    }

    fn room(&self) -> MutexGuard<'_, Room> {
        self.room.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, room: &mut Room, people: Vec<Person>) -> Result<(), PeopleRefusal> {
        if let Some(file) = &self.file {
            let bytes = serde_json::to_vec_pretty(&people).map_err(|_| PeopleRefusal::System)?;
            write_private(file, &bytes)?;
        }
        room.people = people;
        Ok(())
    }

    fn slip(&self, id: u32, now: Timestamp) {
        let mut room = self.room();
        let slips = room.slips.entry(id).or_default();
        slips.count = slips.count.saturating_add(1);
        if let Some(over) = slips.count.checked_sub(SLIPS_FREE + 1) {
            let wait = (WAIT_MS_MIN << over.min(WAIT_DOUBLINGS_MAX)).min(WAIT_MS_MAX);
            slips.until = Timestamp(now.0.saturating_add(wait));
        }
    }

    fn hash(&self, pin: &str) -> Result<PinHash, PeopleRefusal> {
        let _one_at_a_time = self.hashing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut salt = [0; SALT_BYTES];
        getrandom::fill(&mut salt).map_err(|_| PeopleRefusal::System)?;
        let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
        let hash = digest(pin, &salt, MEMORY_KIB, PASSES)?;
        Ok(PinHash { memory_kib: MEMORY_KIB, passes: PASSES, salt: hex(&salt), hash: hex(&hash) })
    }
}

impl PinHash {
    fn is_of(&self, pin: &str) -> Result<bool, PeopleRefusal> {
        let salt = data_encoding::HEXLOWER.decode(self.salt.as_bytes()).map_err(|_| PeopleRefusal::System)?;
        let found = digest(pin, &salt, self.memory_kib, self.passes)?;
        // Both are hashes: where they part tells nothing of the PIN.
        Ok(data_encoding::HEXLOWER.encode(&found) == self.hash)
    }
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Person").field("id", &self.id).finish_non_exhaustive()
    }
}

fn digest(pin: &str, salt: &[u8], memory_kib: u32, passes: u32) -> Result<[u8; 32], PeopleRefusal> {
    let params = Params::new(memory_kib, passes, 1, Some(32)).map_err(|_| PeopleRefusal::System)?;
    let mut hash = [0; 32];
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    // The crate's own allocation would bring two more packages into the tree.
    let mut memory = vec![Block::new(); argon.params().block_count()];
    argon
        .hash_password_into_with_memory(pin.as_bytes(), salt, &mut hash, &mut memory)
        .map_err(|_| PeopleRefusal::System)?;
    Ok(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_647_510_000_000);

    fn later(ms: u64) -> Timestamp {
        Timestamp(NOW.0 + ms)
    }

    #[test]
    fn whoever_knows_the_pin_is_let_in_and_the_file_does_not_hold_it() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("people.json");
        let id = People::open(file.clone()).unwrap().add("методист ИМЦ", "48151623").unwrap();
        let kept = fs::read_to_string(&file).unwrap();
        assert!(kept.contains("методист ИМЦ") && !kept.contains("48151623"), "{kept}");
        let again = People::open(file).unwrap();
        assert!(matches!(again.enter(id, "48151624", NOW), Err(PeopleRefusal::Wrong)));
        let session = again.enter(id, "48151623", NOW).unwrap();
        assert_eq!(again.who(&session, NOW, true).unwrap().label, "методист ИМЦ");
        assert_eq!(again.who("00", NOW, true), None);
    }

    #[test]
    fn a_session_ends_when_it_idles_and_what_a_page_asks_by_itself_is_no_deed() {
        let people = People::nobody();
        let id = people.add("методист", "").unwrap();
        let session = people.enter(id, "", NOW).unwrap();
        assert!(people.who(&session, later(IDLE_MS_MAX), false).is_some());
        assert!(people.who(&session, later(IDLE_MS_MAX), true).is_some());
        assert!(people.who(&session, later(2 * IDLE_MS_MAX), false).is_some());
        assert!(people.who(&session, later(2 * IDLE_MS_MAX + 1), true).is_none());
        assert!(people.who(&session, NOW, true).is_none(), "what has ended does not come back");
    }

    #[test]
    fn guessing_costs_time_that_grows_and_the_right_pin_waits_too() {
        let people = People::nobody();
        let id = people.add("методист", "2718").unwrap();
        for guess in 0..=SLIPS_FREE {
            assert!(matches!(people.enter(id, "0000", NOW), Err(PeopleRefusal::Wrong)), "{guess}");
        }
        assert!(matches!(people.enter(id, "2718", NOW), Err(PeopleRefusal::Wait(30))));
        assert!(matches!(people.enter(id, "0000", later(WAIT_MS_MIN)), Err(PeopleRefusal::Wrong)));
        let still = people.enter(id, "2718", later(WAIT_MS_MIN + 1));
        assert!(matches!(still, Err(PeopleRefusal::Wait(60))), "{still:?}");
        assert!(people.enter(id, "2718", later(3 * WAIT_MS_MIN)).is_ok());
    }

    #[test]
    fn labels_and_pins_have_bounds_and_nobody_comes_twice() {
        let people = People::nobody();
        assert!(matches!(people.add(" ", ""), Err(PeopleRefusal::Label)));
        assert!(matches!(people.add(&"я".repeat(PERSON_CHARS_MAX + 1), ""), Err(PeopleRefusal::Label)));
        assert!(matches!(people.add("методист", "123"), Err(PeopleRefusal::Pin)));
        let id = people.add("методист", "").unwrap();
        assert!(matches!(people.add("Методист", ""), Err(PeopleRefusal::Taken)));
        let session = people.enter(id, "", NOW).unwrap();
        people.remove(id).unwrap();
        assert!(people.who(&session, NOW, true).is_none() && people.is_empty());
        assert!(matches!(people.enter(id, "", NOW), Err(PeopleRefusal::Nobody)));
        for n in 0..PEOPLE_MAX {
            people.add(&format!("методист {n}"), "").unwrap();
        }
        assert!(matches!(people.add("ещё один", ""), Err(PeopleRefusal::Many)));
    }

    /// Nobody must be let in because the list cannot be read.
    #[test]
    fn a_damaged_list_is_named_and_not_taken_for_an_empty_one() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("people.json");
        fs::write(&file, "[{").unwrap();
        assert!(matches!(People::open(file), Err(FolderError::BadPeople(_))));
    }

    #[test]
    fn neither_hash_nor_label_shows_in_debug() {
        let people = People::nobody();
        people.add("методист", "48151623").unwrap();
        let shown = format!("{people:?}");
        assert!(shown.contains("id: 1") && !shown.contains("методист") && !shown.contains("pin"), "{shown}");
    }
}
