//! Who was a member in a period: the days that statements name, beside the heights that rights go by.
//!
//! A later statement may name an earlier day: an order is often written after the fact. It then says how things were
//! from that day on, whatever earlier statements said of those days.

use super::{Org, Roster};
use crate::time::Day;

/// A stretch of days of membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first day.
    pub from: Day,
    /// The first day after it; `None` as long as it lasts.
    pub until: Option<Day>,
}

/// A member of a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member<'r> {
    /// The organisation; its role says how it counts.
    pub org: &'r Org,
    /// Its stretches of membership that touch the period, whole.
    pub spans: Vec<Span>,
}

/// From which days an organisation was in and out, each day later than the one before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Days(Vec<(Day, bool)>);

impl Days {
    /// In from that day on.
    pub(super) fn from(day: Day) -> Self {
        Self(vec![(day, true)])
    }

    /// In or out from that day on.
    pub(super) fn set(&mut self, day: Day, member: bool) {
        self.0.retain(|(from, _)| *from < day);
        if self.0.last().is_none_or(|(_, last)| *last != member) {
            self.0.push((day, member));
        }
    }

    fn spans(&self) -> Vec<Span> {
        let ends = self.0.iter().skip(1).map(|(day, _)| Some(*day)).chain([None]);
        let stretches = self.0.iter().zip(ends).filter(|((_, member), _)| *member);
        stretches.map(|((from, _), until)| Span { from: *from, until }).collect()
    }
}

impl Roster {
    /// Who was a member on at least one day from `first` to `last`, both included, by ordinal. Figures of a period count
    /// these: who has left keeps its place in the reports of its time.
    pub fn membership(&self, first: Day, last: Day) -> Vec<Member<'_>> {
        let touches = |it: &Span| it.from <= last && it.until.is_none_or(|until| until > first);
        let member = |org| {
            let mut spans = Org::spans(org);
            spans.retain(touches);
            Member { org, spans }
        };
        self.orgs().map(member).filter(|it| first <= last && !it.spans.is_empty()).collect()
    }
}

impl Org {
    /// All stretches of days in which it was a member, in order.
    pub fn spans(&self) -> Vec<Span> {
        self.days.spans()
    }
}
