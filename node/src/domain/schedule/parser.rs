//! Reads the pieces of a term: phrases, points in time, ranges. Years that a piece lacks are found later, in `resolve`.
//!
//! What no rule knows is passed over word by word and reported, so that «1 этап. Вводный Сентябрь 2021» still gives
//! its month and nothing goes unread in silence.

use super::lexer::{Kind, Token, tokens};
use super::{Demand, Part, TERM_BYTES_MAX};

/// What was read of a term.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) pieces: Vec<Piece>,
    /// Words that no rule knows, as they were written.
    pub(super) strange: Vec<String>,
}

/// A piece of a term.
#[derive(Debug)]
pub(super) struct Piece {
    /// Whether a comma or «и» joins it to the piece before.
    pub(super) joined: bool,
    pub(super) what: What,
    /// As it was written.
    pub(super) text: String,
}

/// What a piece says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// It needs nothing from its neighbours.
    Ready(Part),
    Point(Point),
    Range(Point, Point),
    /// By the point's last day, or by its first («к началу 2024 года»).
    Deadline(Point, Edge),
    Since(Point),
}

/// A point in time with what was written of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Point {
    pub(super) day: Option<i8>,
    pub(super) month: Option<i8>,
    pub(super) year: Option<i16>,
}

/// Which end of a point is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    First,
    Last,
}

/// Reads a term.
pub(super) fn read(raw: &str) -> Read {
    let mut cursor = Cursor::new(raw);
    let mut read = Read::default();
    let mut joined = false;
    let mut strange: Option<(usize, usize)> = None;
    while let Some(token) = cursor.peek(0).cloned() {
        let parts_words = !matches!(token.kind, Kind::Word | Kind::Number { .. } | Kind::Other);
        let start = cursor.at;
        if parts_words || CONNECTIVES.contains(&token.word.as_str()) {
            joined |= matches!(token.kind, Kind::Comma | Kind::Word);
            cursor.at += 1;
        } else if let Some(what) = cursor.attempt(Cursor::what) {
            read.pieces.push(Piece { joined, what, text: cursor.text(start, cursor.at) });
            joined = false;
        } else {
            let from = strange.map_or(start, |(from, _)| from);
            cursor.at += 1;
            strange = Some((from, cursor.at));
            continue;
        }
        read.strange.extend(strange.take().map(|(from, to)| cursor.text(from, to)));
    }
    read.strange.extend(strange.map(|(from, to)| cursor.text(from, to)));
    read
}

/// What a title says in brackets about waiting: «Консультирование в ИРО (по необходимости)».
pub(super) fn demand_in_brackets(title: &str) -> Option<Demand> {
    if title.len() > TERM_BYTES_MAX {
        return None;
    }
    title.match_indices('(').find_map(|(at, _)| {
        let mut cursor = Cursor::new(title.get(at + 1..)?.split(')').next()?);
        let demand = cursor.attempt(Cursor::demand)?;
        cursor.peek(0).is_none().then_some(demand)
    })
}

/// A place among the tokens of a term. Every rule either consumes what it knows or is undone by [`Cursor::attempt`].
pub(super) struct Cursor<'a> {
    raw: &'a str,
    tokens: Vec<Token>,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn new(raw: &'a str) -> Self {
        Self { raw, tokens: tokens(raw), at: 0 }
    }

    /// Runs a rule; a rule that fails consumes nothing.
    pub(super) fn attempt<T>(&mut self, rule: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let start = self.at;
        let result = rule(self);
        if result.is_none() {
            self.at = start;
        }
        result
    }

    /// Consumes a token of this kind.
    pub(super) fn eat(&mut self, kind: Kind) -> Option<()> {
        (self.peek(0)?.kind == kind).then(|| self.at += 1)
    }

    /// Consumes any of these words.
    pub(super) fn eat_word(&mut self, words: &[&str]) -> Option<()> {
        words.contains(&self.peek(0)?.word.as_str()).then(|| self.at += 1)
    }

    /// Consumes a number with so many digits whose value lies between these bounds.
    pub(super) fn eat_number(&mut self, digits_max: usize, low: i16, high: i16) -> Option<i16> {
        match self.peek(0)?.kind {
            Kind::Number { value, digits } if digits <= digits_max && (low..=high).contains(&value) => {
                self.at += 1;
                Some(value)
            }
            _ => None,
        }
    }

    /// Consumes any word and gives what a function makes of it.
    pub(super) fn eat_as<T>(&mut self, meaning: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let result = meaning(self.peek(0)?.word.as_str())?;
        self.at += 1;
        Some(result)
    }

    /// Consumes words one after another; `*` at the end of a word stands for any ending.
    fn phrase(&mut self, pattern: &str) -> Option<()> {
        self.attempt(|it| {
            pattern.split(' ').try_for_each(|expected| {
                it.eat_as(|word| match expected.strip_suffix('*') {
                    Some(stem) => word.starts_with(stem).then_some(()),
                    None => (word == expected).then_some(()),
                })
            })
        })
    }

    pub(super) fn peek(&self, ahead: usize) -> Option<&Token> {
        self.tokens.get(self.at + ahead)
    }

    /// What stands between two tokens.
    fn text(&self, from: usize, to: usize) -> String {
        let start = self.tokens.get(from).map_or(0, |it| it.start);
        let end = to.checked_sub(1).and_then(|it| self.tokens.get(it)).map_or(start, |it| it.end);
        self.raw.get(start..end).unwrap_or("").to_owned()
    }

    fn what(&mut self) -> Option<What> {
        self.attempt(Self::demand)
            .map(Part::OnDemand)
            .or_else(|| self.attempt(Self::relative))
            .or_else(|| self.attempt(Self::recurrence))
            .map(What::Ready)
            .or_else(|| self.attempt(Self::dated))
            .or_else(|| self.attempt(Self::dated_after_preposition))
    }

    fn demand(&mut self) -> Option<Demand> {
        DEMANDS.iter().find_map(|(pattern, demand)| self.phrase(pattern).map(|()| *demand))
    }

    /// «В соответствии с планом проведения»: everything up to the next sign belongs to it.
    fn relative(&mut self) -> Option<Part> {
        RELATIVES.iter().find_map(|it| self.phrase(it))?;
        while self.peek(0).is_some_and(|it| matches!(it.kind, Kind::Word | Kind::Number { .. })) {
            self.at += 1;
        }
        Some(Part::RelativeToPlan)
    }

    fn recurrence(&mut self) -> Option<Part> {
        // «1 раз в месяц»
        if self.peek(1).is_some_and(|it| it.word == "раз") {
            self.eat_number(1, 1, 1)?;
        }
        RECURRENCES.iter().find_map(|(pattern, part)| self.phrase(pattern).map(|()| part()))
    }

    fn dated_after_preposition(&mut self) -> Option<What> {
        self.eat_word(PREPOSITIONS)?;
        while self.eat_word(PREPOSITIONS).is_some() {}
        self.dated()
    }

    fn dated(&mut self) -> Option<What> {
        self.attempt(Self::calendar_part)
            .map(What::Ready)
            .or_else(|| self.attempt(Self::deadline))
            .or_else(|| self.attempt(Self::since))
            .or_else(|| self.attempt(Self::span))
    }

    fn deadline(&mut self) -> Option<What> {
        self.eat_word(&["к", "ко", "до"]).or_else(|| self.phrase("не позднее"))?;
        let edge =
            if self.eat_word(&["началу", "начала"]).is_some() { Edge::First } else { Edge::Last };
        self.eat_word(&["концу", "конца"]);
        Some(What::Deadline(self.point()?, edge))
    }

    fn since(&mut self) -> Option<What> {
        self.eat_word(&["начиная"]);
        self.eat_word(&["с", "со"])?;
        let to = |it: &mut Self| {
            it.eat_word(&["по", "до"]).or_else(|| it.eat(Kind::Dash))?;
            it.point()
        };
        if let Some((day, to)) = self.attempt(|it| Some((it.bare_day()?, to(it)?))) {
            return Some(What::Range(day, to));
        }
        let from = self.point()?;
        Some(self.attempt(to).map_or(What::Since(from), |to| What::Range(from, to)))
    }
}

/// Words that join two pieces.
const CONNECTIVES: &[&str] = &["и", "а", "также", "затем", "далее"];

/// Words before a date that change nothing in it.
const PREPOSITIONS: &[&str] = &["в", "во", "от", "на", "за", "течение", "течении", "период"];

const DEMANDS: &[(&str, Demand)] = &[
    ("по мере запрос*", Demand::OnRequest),
    ("по мере поступления", Demand::OnRequest),
    ("по мере обращени*", Demand::OnRequest),
    ("по запрос*", Demand::OnRequest),
    ("по обращени*", Demand::OnRequest),
    ("по заявк*", Demand::OnRequest),
    ("по требовани*", Demand::OnRequest),
    ("по мере необходимост*", Demand::AsNeeded),
    ("по мере потребност*", Demand::AsNeeded),
    ("по необходимост*", Demand::AsNeeded),
    ("при необходимост*", Demand::AsNeeded),
];

const RELATIVES: &[&str] = &[
    "в соответствии с план*",
    "в соответствии с график*",
    "согласно план*",
    "согласно график*",
    "по план*",
    "по график*",
    "по отдельному план*",
    "по отдельному график*",
    "по мере проведения",
];

/// A part with a list in it cannot be a constant.
type MakePart = fn() -> Part;

/// A half-year is due with its last month.
const RECURRENCES: &[(&str, MakePart)] = &[
    ("ежемесячно", || Part::Monthly),
    ("каждый месяц", || Part::Monthly),
    ("раз в месяц", || Part::Monthly),
    ("ежеквартально", || Part::Quarterly),
    ("каждый квартал", || Part::Quarterly),
    ("раз в квартал", || Part::Quarterly),
    ("раз в полугодие", || Part::Yearly(vec![6, 12])),
    ("раз в полгода", || Part::Yearly(vec![6, 12])),
    ("ежегодно", || Part::Yearly(Vec::new())),
    ("каждый год", || Part::Yearly(Vec::new())),
    ("раз в год", || Part::Yearly(Vec::new())),
    ("постоянно", || Part::Throughout),
    ("весь период", || Part::Throughout),
    ("в течение года", || Part::Throughout),
    ("в течение всего", || Part::Throughout),
    ("в течение учебного года", || Part::Throughout),
    ("в течение проекта", || Part::Throughout),
];
