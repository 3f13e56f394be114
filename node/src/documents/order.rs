//! Where a row stands among its siblings: fractional keys, so that moving one is the edit of one field.
//!
//! A key is a fraction in base 36 without its leading "0.": digits `0`–`9`, `a`–`z`, compared as text, never ending in
//! `0` (nothing would fit below it). A new key is a midpoint and four random characters, so that two nodes that insert
//! at one place at once get different keys; equal keys are told apart by the row id.

use crate::domain::plan::RowId;

/// The longest key, bytes. Inserting for ever at one place adds about one byte in five times.
pub const KEY_BYTES_MAX: usize = 64;
/// The random characters at the end of a key.
pub const TAIL: usize = 4;

const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// A key between two others, `""` being the very first; `None` if there is no room between them.
pub fn between(before: &str, after: Option<&str>, random: [u8; TAIL]) -> Option<String> {
    let low = digits(before)?;
    let high = match after {
        Some(after) => Some(digits(after)?),
        None => None,
    };
    if high.as_ref().is_some_and(|it| *it <= low || it.last() == Some(&0)) {
        return None;
    }
    let mut key = midpoint(&low, high.as_deref());
    // The tail has no zero, so no key ends in one.
    key.extend(random.iter().map(|it| 1 + it % 35));
    if key.len() > KEY_BYTES_MAX { None } else { text(&key) }
}

/// Keys for `count` rows at once, evenly spread with room between them.
pub fn spread(count: usize) -> Vec<String> {
    let mut width = 2;
    while 36usize.saturating_pow(width) < (count + 1).saturating_mul(36) {
        width += 1;
    }
    let step = 36usize.saturating_pow(width) / (count + 1);
    (1..=count).filter_map(|at| text(&fraction(at * step, width))).collect()
}

/// The key for a new row at `index` among `siblings` (in order), and new keys for those later siblings that must give
/// way: ones with equal keys, or keys without room below them.
pub fn insert(
    siblings: &[(RowId, String)],
    index: usize,
    random: [u8; TAIL],
) -> (String, Vec<(RowId, String)>) {
    let index = index.min(siblings.len());
    let (earlier, later) = siblings.split_at(index);
    let before = earlier.last().map_or("", |it| it.1.as_str());
    for moved in 0..=later.len() {
        let after = later.get(moved).map(|it| it.1.as_str());
        if let Some(mut keys) = between_many(before, after, random, moved + 1) {
            let key = keys.remove(0);
            return (key, later.iter().map(|it| it.0.clone()).zip(keys).collect());
        }
    }
    // The keys before it leave no room even at the end: all of them are spread anew.
    let mut keys = spread(siblings.len() + 1);
    let key = keys.remove(index);
    (key, siblings.iter().map(|it| it.0.clone()).zip(keys).collect())
}

/// `count` ascending keys between two others.
fn between_many(before: &str, after: Option<&str>, random: [u8; TAIL], count: usize) -> Option<Vec<String>> {
    let mut keys = Vec::new();
    let mut low = before.to_owned();
    for _ in 0..count {
        low = between(&low, after, random)?;
        keys.push(low.clone());
    }
    Some(keys)
}

/// A fraction strictly between the two that no fraction at or above `high` begins with.
fn midpoint(low: &[u8], high: Option<&[u8]>) -> Vec<u8> {
    let mut key = Vec::new();
    let mut high = high;
    for at in 0.. {
        let from = low.get(at).copied().unwrap_or(0);
        let to = high.map_or(36, |it| it.get(at).copied().unwrap_or(0));
        if to > from + 1 {
            key.push(from + (to - from) / 2);
            break;
        }
        key.push(from);
        if to > from {
            // Already below `high`, whatever follows.
            high = None;
        }
    }
    key
}

fn fraction(mut value: usize, width: u32) -> Vec<u8> {
    let mut key = Vec::new();
    for _ in 0..width {
        key.push(u8::try_from(value % 36).unwrap_or(0));
        value /= 36;
    }
    key.reverse();
    while key.last() == Some(&0) {
        key.pop();
    }
    key
}

fn digits(key: &str) -> Option<Vec<u8>> {
    key.bytes().map(|it| DIGITS.iter().position(|digit| *digit == it)?.try_into().ok()).collect()
}

fn text(digits: &[u8]) -> Option<String> {
    digits.iter().map(|it| DIGITS.get(usize::from(*it)).map(|digit| char::from(*digit))).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(keys: &[&str]) -> Vec<(RowId, String)> {
        keys.iter().enumerate().map(|(at, it)| (RowId(format!("row{at}")), (*it).to_owned())).collect()
    }

    fn check_insert(mut siblings: Vec<(RowId, String)>, index: usize, moved: usize) {
        let (key, given) = insert(&siblings, index, [9, 9, 9, 9]);
        assert_eq!(given.len(), moved);
        for (row, key) in given {
            siblings.iter_mut().find(|it| it.0 == row).unwrap().1 = key;
        }
        siblings.insert(index, (RowId("new".into()), key));
        assert!(siblings.windows(2).all(|it| it[0].1 <= it[1].1), "{siblings:?}");
        let at = siblings.iter().position(|it| it.0.0 == "new").unwrap();
        assert!(at == 0 || siblings[at - 1].1 < siblings[at].1);
        assert!(siblings.get(at + 1).is_none_or(|it| siblings[at].1 < it.1));
    }

    #[test]
    fn a_row_is_inserted_without_touching_its_siblings() {
        check_insert(rows(&[]), 0, 0);
        check_insert(rows(&["a", "b"]), 0, 0);
        check_insert(rows(&["a", "b"]), 1, 0);
        check_insert(rows(&["a", "b"]), 2, 0);
    }

    #[test]
    fn between_equal_keys_the_later_one_moves_too() {
        check_insert(rows(&["a", "a", "c"]), 1, 1);
        check_insert(rows(&["a", "a", "a", "c"]), 1, 2);
    }

    #[test]
    fn keys_without_any_room_are_spread_anew() {
        let full = "z".repeat(KEY_BYTES_MAX);
        check_insert(rows(&[&full, &full]), 1, 2);
    }

    #[test]
    fn inserting_at_one_place_for_long_keeps_keys_short() {
        let (mut low, high) = ("a".to_owned(), "b");
        for _ in 0..40 {
            low = between(&low, Some(high), [1, 2, 3, 4]).unwrap();
        }
        assert!(low.len() <= KEY_BYTES_MAX);
    }

    proptest! {
        #[test]
        fn a_key_lies_between_its_neighbours(a in "[0-9a-z]{0,9}[1-9a-z]", b in "[0-9a-z]{0,9}[1-9a-z]", random: [u8; 4]) {
            prop_assume!(a != b);
            let (low, high) = if a < b { (a, b) } else { (b, a) };
            let key = between(&low, Some(&high), random).unwrap();
            prop_assert!(low < key && key < high && !key.ends_with('0'));
            let last = between(&high, None, random).unwrap();
            prop_assert!(high < last);
        }

        #[test]
        fn spread_keys_ascend_with_room_between_them(count in 0usize..3000) {
            let keys = spread(count);
            prop_assert_eq!(keys.len(), count);
            prop_assert!(keys.windows(2).all(|it| it[0] < it[1]));
            prop_assert!(keys.iter().all(|it| !it.is_empty()));
        }
    }
}
