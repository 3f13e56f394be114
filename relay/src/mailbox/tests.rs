use svod_shared::storage::sqlite::{self, migrate};
use tempfile::TempDir;

use super::*;
use crate::world::{World, node};

const NOW: Timestamp = Timestamp(LETTER_AGE_MAX_MS * 10);
const DECLINED: LetterReply = LetterReply::Refused(LetterRefusal::Declined);

struct Box {
    world: World,
    connection: Connection,
    _folder: TempDir,
}

impl Box {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut connection = sqlite::open(&folder.path().join("db")).unwrap();
        migrate::migrate(&mut connection, &MIGRATIONS).unwrap();
        Self { world: World::new(), connection, _folder: folder }
    }

    fn mailbox(&self) -> Mailbox<'_> {
        Mailbox::new(&self.connection)
    }

    fn receive(&self, from: u8, letter: &[u8], now: Timestamp) -> Judged {
        self.mailbox().receive(self.world.network(), &node(from), letter, now).unwrap()
    }

    /// Fills all but `places` of the box with letters of others.
    fn fill(&self, places: usize, heard: Timestamp) {
        let mut sender = [0u8; 32];
        for number in (0u64..).take(LETTERS_MAX - places) {
            let seed = sha_seed(number);
            sender.copy_from_slice(svod_shared::keys::KeyPair::from_seed(&seed).public().as_bytes());
            self.connection
                .execute(
                    "INSERT INTO letter (sender, letter, heard) VALUES (?1, x'00', ?2)",
                    params![sender, to_i64(heard.0)],
                )
                .unwrap();
        }
    }

    fn count(&self) -> usize {
        self.mailbox().all().unwrap().len()
    }
}

fn sha_seed(number: u64) -> [u8; 32] {
    svod_shared::id::sha256(&number.to_be_bytes())
}

#[test]
fn a_letter_waits_until_it_is_answered_and_the_answer_waits_for_its_sender() {
    let it = Box::new();
    let letter = it.world.letter(7, "a");
    assert_eq!(it.receive(7, &letter, NOW), Judged::Keep);
    assert_eq!(it.receive(7, &letter, NOW), Judged::Waits);
    assert_eq!(it.mailbox().unanswered().unwrap(), vec![letter.clone()]);
    assert!(it.mailbox().answer(&node(7), DECLINED).unwrap());
    assert_eq!(it.mailbox().unanswered().unwrap(), Vec::<Vec<u8>>::new());
    assert_eq!(it.receive(7, &letter, NOW), Judged::Answered(DECLINED));
}

#[test]
fn a_second_letter_takes_the_place_of_the_first() {
    let it = Box::new();
    let (first, second) = (it.world.letter(7, "a"), it.world.letter(7, "b"));
    it.receive(7, &first, NOW);
    it.mailbox().answer(&node(7), DECLINED).unwrap();
    assert_eq!(it.receive(7, &second, NOW), Judged::Keep);
    assert_eq!(it.mailbox().unanswered().unwrap(), vec![second]);
}

/// Found by simulation: a letter that was spoiled between relay and lead kept its sender out for ever.
#[test]
fn a_letter_that_the_lead_could_not_read_is_offered_again() {
    let it = Box::new();
    let letter = it.world.letter(7, "a");
    it.receive(7, &letter, NOW);
    it.mailbox().answer(&node(7), LetterReply::Refused(LetterRefusal::Unreadable)).unwrap();
    assert_eq!(it.receive(7, &letter, NOW), Judged::Keep);
    assert_eq!(it.mailbox().unanswered().unwrap(), vec![letter]);
}

#[test]
fn what_is_not_a_letter_from_its_bearer_to_this_network_is_turned_away() {
    let it = Box::new();
    let check = |from: u8, letter: &[u8], expected: LetterRefusal| {
        assert_eq!(it.receive(from, letter, NOW), Judged::Refused(expected));
    };
    check(7, b"hello", LetterRefusal::Unreadable);
    check(7, &vec![0; svod_shared::letter::LETTER_BYTES_MAX + 1], LetterRefusal::Unreadable);
    check(8, &it.world.letter(7, "a"), LetterRefusal::Unreadable);
    check(7, &World::named("Другая").letter(7, "a"), LetterRefusal::OtherNetwork);
    assert_eq!(it.count(), 0);
}

#[test]
fn a_full_box_turns_strangers_away_but_not_those_inside() {
    let it = Box::new();
    it.fill(1, NOW);
    assert_eq!(it.receive(7, &it.world.letter(7, "a"), NOW), Judged::Keep);
    let refused = Judged::Refused(LetterRefusal::BoxFull);
    assert_eq!(it.receive(8, &it.world.letter(8, "a"), NOW), refused);
    assert_eq!(it.receive(7, &it.world.letter(7, "b"), NOW), Judged::Keep);
    assert_eq!(it.count(), LETTERS_MAX);
}

#[test]
fn old_and_answered_letters_give_way() {
    let it = Box::new();
    it.fill(1, NOW);
    it.receive(7, &it.world.letter(7, "a"), NOW);
    it.mailbox().answer(&node(7), DECLINED).unwrap();
    assert_eq!(it.receive(8, &it.world.letter(8, "a"), NOW), Judged::Keep);
    assert_eq!(it.count(), LETTERS_MAX);
    let later = NOW.plus_ms(LETTER_AGE_MAX_MS + 1);
    assert_eq!(it.receive(9, &it.world.letter(9, "a"), later), Judged::Keep);
    assert_eq!(it.count(), 1);
}

#[test]
fn letters_of_the_admitted_are_forgotten() {
    let it = Box::new();
    for no in [7, 8] {
        it.receive(no, &it.world.letter(no, "a"), NOW);
    }
    it.mailbox().forget(|sender| *sender == node(7)).unwrap();
    assert_eq!(it.mailbox().unanswered().unwrap(), vec![it.world.letter(8, "a")]);
}
