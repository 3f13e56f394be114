//! Words as a search compares them: without case, «ё» as «е», Latin letters that look like Cyrillic ones as those, and
//! without the ending that Russian grammar gives them.

use rust_stemmers::{Algorithm, Stemmer};

/// The stems of the words of a text, in their order. Numbers are words.
pub fn stems(text: &str) -> Vec<String> {
    let stemmer = Stemmer::create(Algorithm::Russian);
    words(text).map(|(_, word)| stem(&stemmer, word)).collect()
}

/// Where in a text words begin and end whose stem begins with one of these.
pub fn places(text: &str, wanted: &[String]) -> Vec<(usize, usize)> {
    let stemmer = Stemmer::create(Algorithm::Russian);
    let is_wanted = |word: &str| {
        let found = stem(&stemmer, word);
        wanted.iter().any(|it| found.starts_with(it.as_str()))
    };
    words(text).filter(|(_, word)| is_wanted(word)).map(|(at, word)| (at, at + word.len())).collect()
}

fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let word = |it: &&str| !it.is_empty();
    text.split(|it: char| !it.is_alphanumeric())
        .filter(word)
        .map(|it| (it.as_ptr() as usize - text.as_ptr() as usize, it))
}

fn stem(stemmer: &Stemmer, word: &str) -> String {
    let folded: String =
        word.chars().flat_map(char::to_lowercase).map(|it| if it == 'ё' { 'е' } else { it }).collect();
    let alike = folded.chars().all(|it| LATIN.contains(it) || !it.is_ascii_alphabetic());
    let word = if alike { folded.chars().map(cyrillic).collect() } else { folded };
    stemmer.stem(&word).into_owned()
}

fn cyrillic(letter: char) -> char {
    let position = LATIN.chars().position(|it| it == letter);
    position.and_then(|it| CYRILLIC.chars().nth(it)).unwrap_or(letter)
}

/// Lower-case letters whose upper-case forms look like Cyrillic ones: «TMC», «B».
const LATIN: &str = "abcehkmoptxy";
const CYRILLIC: &str = "авсенкмортху";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_have_one_stem() {
        for forms in [
            ["конференция", "конференции", "конференцией"],
            ["отчёт", "отчета", "ОТЧЁТЫ"],
            ["вебинар", "вебинаров", "вебинары"],
            ["ТМС", "TMC", "тмс"],
        ] {
            let found = forms.map(|it| stems(it).concat());
            assert_eq!(found, [found[0].as_str(); 3].map(str::to_owned), "{forms:?}");
        }
        assert_ne!(stems("конкурс"), stems("конференция"));
        assert_eq!(stems("п. 4.7, «Поиск»"), ["п", "4", "7", "поиск"]);
    }

    #[test]
    fn places_are_those_of_whole_words() {
        let text = "Проведение конференции и конкурса";
        let found: Vec<_> =
            places(text, &stems("конференция")).into_iter().map(|(a, b)| &text[a..b]).collect();
        assert_eq!(found, ["конференции"]);
        assert_eq!(places(text, &["конк".to_owned()]).len(), 1);
        assert_eq!(places("", &stems("а")), []);
    }
}
