//! A cell's one line of text: read with rules that say in words what is wrong, written in one way only.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{Aggregation, Cell, Event, Figure, Passport};
use crate::domain::decimal::Decimal;

/// A cell is a line, or the events of half a year: a year of a busy centre has some three hundred.
pub const CELL_BYTES_MAX: usize = 16 * 1024;

const NO_DATA: &str = "no-data";
const NOT_APPLICABLE: &str = "not-applicable";

/// Why a text is no cell of an indicator. [`Fault::key`] names a sentence for the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Neither a number nor a word that is known here.
    #[error("not a number: {0}")]
    NotANumber(String),
    /// A number below nothing.
    #[error("below zero")]
    Negative,
    /// A share was typed where its two numbers are asked for.
    #[error("a percentage instead of its two numbers")]
    Percentage,
    /// A ratio needs a part and a whole.
    #[error("one number instead of two")]
    OneOfTwo,
    /// A part is greater than its whole.
    #[error("the part is greater than the whole")]
    PartExceedsWhole,
    /// Another number of counts than the indicator has categories.
    #[error("{found} counts for {expected} categories")]
    Counts {
        /// How many categories there are.
        expected: usize,
        /// How many counts were typed.
        found: usize,
    },
    /// A line of events does not begin with a day.
    #[error("no day: {0}")]
    NoDay(String),
    /// An event has no name.
    #[error("an event without a name")]
    NoName,
    /// One event stands twice.
    #[error("an event stands twice: {0}")]
    Twice(String),
    /// Absence needs a reason.
    #[error("no reason is given")]
    NoReason,
    /// Longer than a cell may be.
    #[error("text is too long")]
    TooLong,
}

impl Fault {
    /// The key of its sentence in the catalogue.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::NotANumber(_) => "rule-not-a-number",
            Self::Negative => "rule-negative",
            Self::Percentage => "rule-percentage",
            Self::OneOfTwo => "rule-one-of-two",
            Self::PartExceedsWhole => "rule-part-exceeds-whole",
            Self::Counts { .. } => "rule-counts",
            Self::NoDay(_) => "rule-no-day",
            Self::NoName => "rule-no-name",
            Self::Twice(_) => "rule-twice",
            Self::NoReason => "rule-no-reason",
            Self::TooLong => "rule-too-long",
        }
    }

    /// What its sentence is about.
    pub fn subject(&self) -> &str {
        match self {
            Self::NotANumber(it) | Self::NoDay(it) | Self::Twice(it) => it,
            _ => "",
        }
    }
}

impl Cell {
    /// Reads a text: what a person typed, or what [`Self::to_text`] wrote. An empty text is [`Cell::Empty`].
    pub fn parse(passport: &Passport, text: &str) -> Result<Self, Fault> {
        let text = text.trim();
        if text.len() > CELL_BYTES_MAX {
            return Err(Fault::TooLong);
        }
        if text.is_empty() {
            return Ok(Self::Empty);
        }
        if let Some(reason) = after(text, &[NO_DATA, "no data", "нет данных", "н/д"]) {
            return if reason.is_empty() { Err(Fault::NoReason) } else { Ok(Self::NoData(reason)) };
        }
        if let Some(reason) = after(text, &[NOT_APPLICABLE, "not applicable", "не применимо", "неприменимо"])
        {
            return if reason.is_empty() { Err(Fault::NoReason) } else { Ok(Self::NotApplicable(reason)) };
        }
        let figure = match passport.aggregation {
            Aggregation::Sum | Aggregation::LastStock => Figure::Number(number(text)?),
            Aggregation::RatioOfSums => ratio(text)?,
            Aggregation::DistinctEvents => events(text)?,
            Aggregation::Distribution => counts(text, passport.categories.len())?,
        };
        Ok(Self::Figure(figure))
    }

    /// The one text of this cell; that of what was not submitted is empty too, since nobody signs it.
    pub fn to_text(&self) -> String {
        match self {
            Self::NotSubmitted | Self::Empty => String::new(),
            Self::NoData(reason) => format!("{NO_DATA}: {reason}"),
            Self::NotApplicable(reason) => format!("{NOT_APPLICABLE}: {reason}"),
            Self::Figure(Figure::Number(it)) => it.to_string(),
            Self::Figure(Figure::Ratio { part, whole }) => format!("{part}/{whole}"),
            Self::Figure(Figure::Counts(counts)) => {
                counts.iter().map(Decimal::to_string).collect::<Vec<_>>().join(";")
            }
            Self::Figure(Figure::Events(events)) if events.is_empty() => "0".to_owned(),
            Self::Figure(Figure::Events(events)) => {
                let line = |it: &Event| format!("{} {}", it.date, it.title);
                events.iter().map(line).collect::<Vec<_>>().join("\n")
            }
        }
    }
}

/// What stands behind one of the words, if the text begins with it: one line.
fn after(text: &str, words: &[&str]) -> Option<String> {
    let lower = text.to_lowercase();
    let word = words.iter().find(|it| lower.starts_with(*it))?;
    // Lower case of these words has as many characters as the words themselves.
    let rest: String = text.chars().skip(word.chars().count()).collect();
    let rest = rest.trim_start_matches([':', ',', ';', '-', '—', '–', '(', ' ']);
    Some(rest.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn number(text: &str) -> Result<Decimal, Fault> {
    match Decimal::parse(text) {
        Some(value) if value.is_negative() => Err(Fault::Negative),
        Some(value) => Ok(value),
        None if text.ends_with('%') => Err(Fault::Percentage),
        None => Err(Fault::NotANumber(text.chars().take(40).collect())),
    }
}

fn ratio(text: &str) -> Result<Figure, Fault> {
    let parted = text.split_once(['/', '\t']).or_else(|| text.split_once(" из "));
    let Some((part, whole)) = parted else {
        return Err(if text.ends_with('%') { Fault::Percentage } else { Fault::OneOfTwo });
    };
    if part.trim().is_empty() || whole.trim().is_empty() {
        return Err(Fault::OneOfTwo);
    }
    let (part, whole) = (number(part.trim())?, number(whole.trim())?);
    if part > whole { Err(Fault::PartExceedsWhole) } else { Ok(Figure::Ratio { part, whole }) }
}

fn counts(text: &str, expected: usize) -> Result<Figure, Fault> {
    let parts: Vec<_> = text.split([';', '\t']).map(str::trim).collect();
    if parts.len() != expected {
        return Err(Fault::Counts { expected, found: parts.len() });
    }
    parts
        .into_iter()
        .map(|it| number(if it.is_empty() { "0" } else { it }))
        .collect::<Result<_, _>>()
        .map(Figure::Counts)
}

fn events(text: &str) -> Result<Figure, Fault> {
    if text == "0" {
        return Ok(Figure::Events(Vec::new()));
    }
    let mut events = Vec::new();
    let mut seen = BTreeSet::new();
    for line in text.lines().map(str::trim).filter(|it| !it.is_empty()) {
        let event = event(line)?;
        if !seen.insert(event.key()) {
            return Err(Fault::Twice(event.title));
        }
        events.push(event);
    }
    events.sort();
    Ok(Figure::Events(events))
}

fn event(line: &str) -> Result<Event, Fault> {
    let no_day = || Fault::NoDay(line.chars().take(40).collect());
    let (day, title) = line.split_once([' ', ';', '\t', ',']).unwrap_or((line, ""));
    let date = day.parse().ok().or_else(|| printed_day(day)).ok_or_else(no_day)?;
    let title = title.trim_start_matches([';', ',', '—', '–', '-', ' ']);
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    if fold(&title).is_empty() { Err(Fault::NoName) } else { Ok(Event { date, title }) }
}

/// «17.03.2022»
fn printed_day(text: &str) -> Option<Date> {
    let mut parts = text.split('.');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let is_whole = parts.next().is_none() && year.len() == 4;
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok().filter(|_| is_whole)
}

/// A name as two people may have typed it: letters and digits in lower case, «ё» as «е», one space for all else.
pub fn fold(name: &str) -> String {
    let letters = name.chars().flat_map(char::to_lowercase).map(|it| match it {
        'ё' => 'е',
        it if it.is_alphanumeric() => it,
        _ => ' ',
    });
    letters.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}
