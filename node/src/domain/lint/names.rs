//! Names of organisations, roles and audiences in the spellings people give them.

use std::collections::BTreeMap;

use super::{Finding, LintKind, Subject};
use crate::domain::plan::ItemField;

/// A text for grouping only, never for printing: «(потенциальные участники)» and «Потенциальные участники.» are one.
pub fn group_key(text: &str) -> String {
    words(text.chars().map(cyrillic))
}

fn words(letters: impl Iterator<Item = char>) -> String {
    let letters = letters.flat_map(char::to_lowercase).map(|it| if it == 'ё' { 'е' } else { it });
    let words: String = letters.map(|it| if it.is_alphanumeric() { it } else { ' ' }).collect();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether two names are probably one: the same letters in another alphabet or with other spaces, or abbreviations of
/// which one has a letter more or another letter. A proposal, never applied by itself.
pub fn same_but_for_spelling(a: &str, b: &str) -> bool {
    if a == b {
        return false;
    }
    let solid = |it: &str| group_key(it).replace(' ', "");
    if solid(a) == solid(b) {
        // Case and signs alone are how sentences begin and end.
        return words(a.chars()) != words(b.chars());
    }
    let (last_a, last_b) = (last_word(a), last_word(b));
    let before = |whole: &str, last: &str| group_key(whole.strip_suffix(last).unwrap_or(whole));
    is_abbreviation(last_a)
        && is_abbreviation(last_b)
        && before(a, last_a) == before(b, last_b)
        && is_one_letter_apart(&solid(last_a), &solid(last_b))
}

/// Somebody who is named as responsible: a post, an organisation, a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Party<'a> {
    /// As written.
    pub name: &'a str,
    /// The role in brackets behind it: «специалист ИМЦ (ТМС)».
    pub role: Option<&'a str>,
}

/// The parties of a cell: between commas and semicolons, and where a post begins behind the abbreviation of another
/// post's organisation: «Гл. специалист УО специалист ИМЦ» are two.
pub fn parties(text: &str) -> Vec<Party<'_>> {
    let mut parties = Vec::new();
    let mut depth = 0_usize;
    let between = |sign: char| {
        depth = match sign {
            '(' => depth + 1,
            ')' => depth.saturating_sub(1),
            _ => depth,
        };
        depth == 0 && matches!(sign, ',' | ';' | '\n')
    };
    for piece in text.split(between) {
        for part in posts(piece.trim()) {
            let (name, role) = match part.strip_suffix(')').and_then(|it| it.rsplit_once('(')) {
                Some((name, role)) if !name.trim().is_empty() => (name.trim(), Some(role.trim())),
                _ => (part, None),
            };
            parties.extend((!name.is_empty()).then_some(Party { name, role }));
        }
    }
    parties
}

/// A piece without commas, cut before each post that stands behind an abbreviation.
fn posts(piece: &str) -> Vec<&str> {
    let mut cuts = vec![0];
    let mut before = "";
    for word in piece.split_whitespace() {
        let at = word.as_ptr() as usize - piece.as_ptr() as usize;
        let lower = word.to_lowercase();
        let is_post = POSTS.iter().any(|it| lower.starts_with(it));
        let is_short = before.chars().count() >= 2 && before.chars().all(char::is_uppercase);
        if is_post && is_short {
            cuts.push(at);
        }
        before = word;
    }
    let ends = cuts.iter().skip(1).copied().chain([piece.len()]);
    cuts.iter().zip(ends).filter_map(|(from, to)| piece.get(*from..to)).map(str::trim).collect()
}

const POSTS: &[&str] = &[
    "специалист",
    "методист",
    "директор",
    "начальник",
    "заместител",
    "заведующ",
    "педагог",
    "тьютор",
    "куратор",
    "гл.",
];

/// The names that stand in two spellings: one question each, at the first item with the rarer one.
pub(super) fn spellings(subject: &Subject<'_>) -> Vec<Finding> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, _, name) in names(subject) {
        *counts.entry(name).or_default() += 1;
    }
    let all: Vec<_> = counts.iter().map(|(name, count)| (*name, *count)).take(NAMES_MAX).collect();
    let mut findings = Vec::new();
    for (index, a) in all.iter().enumerate() {
        for b in all.iter().skip(index + 1).filter(|it| same_but_for_spelling(a.0, it.0)) {
            let (rare, usual) = if a.1 <= b.1 { (a.0, b.0) } else { (b.0, a.0) };
            let place = names(subject).find(|it| it.2 == rare);
            findings.extend(
                place.map(|(item, field, _)| item.finding(LintKind::TwoSpellings, field, rare, usual)),
            );
        }
    }
    findings
}

fn names<'a, 'b>(
    subject: &'b Subject<'a>,
) -> impl Iterator<Item = (&'b super::Read<'a>, ItemField, &'a str)> {
    let fields = [ItemField::Responsible, ItemField::Audience];
    subject.items().flat_map(move |item| {
        fields.into_iter().flat_map(move |field| {
            let names = parties(item.text(field)).into_iter().flat_map(|it| [Some(it.name), it.role]);
            names.flatten().map(move |name| (item, field, name))
        })
    })
}

fn last_word(name: &str) -> &str {
    name.rsplit(|it: char| it.is_whitespace()).next().unwrap_or(name)
}

fn is_abbreviation(word: &str) -> bool {
    let upper = word.chars().filter(|it| it.is_uppercase()).count();
    word.chars().all(char::is_alphabetic) && upper >= 3
}

/// One letter more, less, or another one.
fn is_one_letter_apart(a: &str, b: &str) -> bool {
    let (a, b): (Vec<_>, Vec<_>) = (a.chars().collect(), b.chars().collect());
    let same_start = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let same_end = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let longer = a.len().max(b.len());
    // Abbreviations of three letters that differ in one are different words: ИМЦ and ИРЦ.
    let is_longer = a.len() != b.len();
    a.len().abs_diff(b.len()) <= 1 && same_start + same_end >= longer - 1 && (is_longer || longer > 3)
}

/// The Cyrillic letter that looks like a Latin one.
fn cyrillic(letter: char) -> char {
    let position = LATIN.chars().position(|it| it == letter);
    position.and_then(|it| CYRILLIC.chars().nth(it)).unwrap_or(letter)
}

const LATIN: &str = "ABCEHKMOPTXYaceopxy";
const CYRILLIC: &str = "АВСЕНКМОРТХУасеорху";
/// Each is compared with each.
const NAMES_MAX: usize = 400;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_are_proposed_and_other_names_are_not() {
        for (a, b) in [
            ("ТМС", "TMC"),
            ("МКУ ИМЦ", "МКУИМЦ"),
            ("МКУ ИМЦ", "МКУ ИМПЦ"),
            ("Директор МКУ ИМЦ", "Директор МКУ ИМПЦ"),
            ("МОНиМП", "МОИМП"),
        ] {
            assert!(same_but_for_spelling(a, b), "{a} {b}");
            assert!(same_but_for_spelling(b, a), "{b} {a}");
        }
        for (a, b) in [
            ("ТМС", "ТМС"),
            ("УО", "ОУ"),
            ("ИМЦ", "ИРО"),
            ("участники сети", "Участники сети"),
            ("специалист ИМЦ", "Гл. специалист УО"),
            ("тьюторы", "педагоги"),
            ("(потенциальные участники)", "Потенциальные участники."),
        ] {
            assert!(!same_but_for_spelling(a, b), "{a} {b}");
        }
    }

    /// T10 and T11: posts with and without signs between them, a group behind them, a role in brackets.
    #[test]
    fn a_cell_names_as_many_parties_as_people_read_in_it() {
        let read = |text| parties(text).into_iter().map(|it| (it.name, it.role)).collect::<Vec<_>>();
        let two = [("Гл. специалист УО", None), ("специалист ИМЦ", None)];
        assert_eq!(read("Гл. специалист УО специалист ИМЦ"), two);
        assert_eq!(read("Гл. специалист УО, специалист ИМЦ"), two);
        let with_role = [("Гл. специалист УО", None), ("специалист ИМЦ", Some("ТМС"))];
        assert_eq!(read("Гл. специалист УО, специалист ИМЦ (ТМС)"), with_role);
        let group = [two[0], two[1], ("административный корпус ОУ-конкурсанты", None)];
        assert_eq!(read("Гл. специалист УО, специалист ИМЦ, административный корпус ОУ-конкурсанты"), group);
        assert_eq!(read("УО, МКУ ИМЦ"), [("УО", None), ("МКУ ИМЦ", None)]);
        assert_eq!(read("(потенциальные участники)"), [("(потенциальные участники)", None)]);
        assert_eq!(read(" ,; "), []);
    }

    /// T13: three spellings of one audience are one group, and each stays as it is printed.
    #[test]
    fn signs_and_case_do_not_part_a_group() {
        let keys = ["(потенциальные участники)", "Потенциальные участники.", "Потенциальные участники"]
            .map(group_key);
        assert_eq!(keys, ["потенциальные участники"; 3]);
    }
}
