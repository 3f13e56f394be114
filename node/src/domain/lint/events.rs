//! What texts of a plan say about events: their kinds, their levels, their names in quotation marks.

/// A kind of event, as far as two texts can contradict each other about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum EventKind {
    Webinar,
    Seminar,
    Conference,
    Contest,
}

/// How far an event reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Municipal,
    InterMunicipal,
    Regional,
}

impl EventKind {
    /// The kinds that a text names.
    pub(super) fn all_in(text: &str) -> Vec<Self> {
        let lower = text.to_lowercase();
        STEMS.iter().filter(|(stem, _)| lower.contains(stem)).map(|(_, kind)| *kind).collect()
    }
}

/// The level that a text names, the highest of several.
pub(super) fn level_in(text: &str) -> Option<Level> {
    let lower = text.to_lowercase();
    let municipal = lower.replace("межмуниципальн", "");
    if lower.contains("краев") || lower.contains("региональн") {
        Some(Level::Regional)
    } else if lower.contains("межмуниципальн") || lower.contains("сетев") {
        Some(Level::InterMunicipal)
    } else if municipal.contains("муниципальн") || lower.contains("районн") {
        Some(Level::Municipal)
    } else {
        None
    }
}

/// Whether a text is about preparing an event and not about the event itself.
pub(super) fn prepares(text: &str) -> bool {
    let lower = text.to_lowercase();
    PREPARATIONS.iter().any(|it| lower.contains(it))
}

/// Whether a text is about an order or a regulation.
pub(super) fn is_act(text: &str) -> bool {
    let lower = text.to_lowercase();
    ACTS.iter().any(|it| lower.split(|it: char| !it.is_alphabetic()).any(|word| word.starts_with(it)))
}

/// A name in quotation marks, its year apart: «Инновационный поиск 2023».
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Name<'a> {
    pub(super) name: &'a str,
    pub(super) year: Option<i16>,
}

/// The names in a text.
pub(super) fn names_in(text: &str) -> impl Iterator<Item = Name<'_>> {
    text.split('«').skip(1).filter_map(|rest| {
        let whole = rest.split('»').next()?.trim();
        let (name, year) = match whole.rsplit_once(' ') {
            Some((name, year)) if year.len() == 4 => (name.trim_end(), year.parse().ok()),
            _ => (whole, None),
        };
        let name = if year.is_none() { whole } else { name };
        (!name.is_empty()).then_some(Name { name, year })
    })
}

const STEMS: &[(&str, EventKind)] = &[
    ("вебинар", EventKind::Webinar),
    ("семинар", EventKind::Seminar),
    ("конференц", EventKind::Conference),
    ("конкурс", EventKind::Contest),
];

const PREPARATIONS: &[&str] =
    &["подготовк", "положени", "разработк", "вебинар", "семинар", "кураторств", "консульт", "анализ"];

const ACTS: &[&str] = &["приказ", "положени"];
