//! The names of months: the only words that both the parser and the screen need.

/// The grammatical case of a month's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// «март 2022»
    Nominative,
    /// «17 марта 2022»
    Genitive,
}

/// The name of a month, 1 to 12, in lower case; empty for any other number.
pub fn month_name(month: i8, case: Case) -> &'static str {
    let names = match case {
        Case::Nominative => &NOMINATIVE,
        Case::Genitive => &GENITIVE,
    };
    usize::try_from(month).ok().and_then(|it| names.get(it.checked_sub(1)?)).copied().unwrap_or("")
}

/// The month that a lower-case word names in any case, or as «сент», «нояб», «дек».
pub(super) fn month_of(word: &str) -> Option<i8> {
    let position = STEMS.iter().position(|(stem, short)| {
        short.contains(&word) || word.strip_prefix(stem).is_some_and(|it| ENDINGS.contains(&it))
    })?;
    i8::try_from(position + 1).ok()
}

const NOMINATIVE: [&str; 12] = [
    "январь",
    "февраль",
    "март",
    "апрель",
    "май",
    "июнь",
    "июль",
    "август",
    "сентябрь",
    "октябрь",
    "ноябрь",
    "декабрь",
];

const GENITIVE: [&str; 12] = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];

/// What does not change in a month's name, and how it is cut short.
const STEMS: [(&str, &[&str]); 12] = [
    ("январ", &["янв"]),
    ("феврал", &["фев", "февр"]),
    ("март", &["мар"]),
    ("апрел", &["апр"]),
    ("ма", &[]),
    ("июн", &[]),
    ("июл", &[]),
    ("август", &["авг"]),
    ("сентябр", &["сен", "сент"]),
    ("октябр", &["окт"]),
    ("ноябр", &["ноя", "нояб"]),
    ("декабр", &["дек"]),
];

/// The singular endings of all twelve. The bare stem stands for «март», «август», «июн».
const ENDINGS: [&str; 11] = ["", "ь", "я", "ю", "е", "ем", "а", "у", "ом", "й", "и"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_of_every_month_is_known() {
        for month in 1..=12 {
            for case in [Case::Nominative, Case::Genitive] {
                assert_eq!(month_of(month_name(month, case)), Some(month));
            }
        }
        for (word, month) in [("марте", 3), ("маю", 5), ("сент", 9), ("нояб", 11), ("декабрем", 12)]
        {
            assert_eq!(month_of(word), Some(month), "{word}");
        }
    }

    #[test]
    fn other_words_are_no_months() {
        for word in ["", "мастер", "мартовский", "майский", "окно", "июнец"] {
            assert_eq!(month_of(word), None, "{word}");
        }
        assert_eq!(month_name(0, Case::Nominative), "");
        assert_eq!(month_name(13, Case::Genitive), "");
    }
}
