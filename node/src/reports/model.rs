//! The consolidated report of a roadmap's execution, as plain data.
//!
//! Lists by member follow [`Report::members`]. A member who reported nothing has no cells and is in no total. Numbers
//! are counts; a share is always a pair of sums, so that the network's share is Σ/Σ and never a mean of percentages.

use jiff::civil::{Date, DateTime};
use svod_shared::id::{EntryHash, FeedId, OrgNo};

use crate::domain::execution::Status;
use crate::domain::light::Light;
use crate::domain::period::Period;
use crate::domain::plan::RowId;
use crate::views::Place;

/// A report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The network's name.
    pub network: String,
    /// The plan's title.
    pub plan_title: String,
    /// The plan's window as printed.
    pub plan_period: String,
    /// What the report is about.
    pub period: Period,
    /// The day whose state is shown.
    pub today: Date,
    /// The moment of compiling, as printed.
    pub compiled_at: String,
    /// The organisation or post that compiled it.
    pub compiled_by: String,
    /// The network's control code at that moment.
    pub code: String,
    /// The organisations, in the plan's order.
    pub members: Vec<MemberState>,
    /// The plan's sections.
    pub sections: Vec<SectionReport>,
    /// Sums over the sections, by member; `None` for who reported nothing.
    pub totals: Vec<Option<Totals>>,
    /// Sums over members and sections.
    pub total: Totals,
    /// What is overdue: first what was due in the period, then what is carried over from before, both in the plan's
    /// order.
    pub overdue: Vec<OverdueLine>,
    /// Items without a term.
    pub undated: Vec<ItemRef>,
    /// Items that are done when asked for.
    pub on_request: Vec<OnRequestLine>,
    /// Open divergences of the plan and its executions.
    pub divergences: Vec<DivergenceLine>,
    /// Where every status comes from; [`Cell::proof`] counts from 1 in this list.
    pub provenance: Vec<ProvenanceLine>,
}

/// An organisation, and how fresh its data is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberState {
    /// Its number.
    pub no: OrgNo,
    /// «ИМЦ, Кореновский район»
    pub name: String,
    /// «Кореновский»
    pub short: String,
    /// Whether it leads the network.
    pub is_lead: bool,
    /// Whether the report was compiled on one of its nodes.
    pub is_me: bool,
    /// Whether it is in the totals.
    pub presence: Presence,
    /// How many statuses of it are in the report.
    pub statuses: usize,
    /// Its clock at its newest entry.
    pub newest_entry: Option<DateTime>,
    /// When it last said what it has.
    pub last_seen: Option<DateTime>,
}

/// Whether a member is in the totals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Presence {
    /// It reported on this plan.
    Reported,
    /// Entries of it are here, but none says anything of this plan: «не сдано».
    Silent,
    /// Nothing of it has ever arrived: «нет данных».
    Unknown,
}

/// A section with its items and sums.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionReport {
    /// «1»
    pub number: String,
    /// «Организационные мероприятия»
    pub title: String,
    /// Its items.
    pub rows: Vec<RowReport>,
    /// By member; `None` for who reported nothing.
    pub totals: Vec<Option<Totals>>,
    /// Over the members.
    pub total: Totals,
}

/// An item, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemRef {
    /// Its row.
    pub row: RowId,
    /// «1.1»
    pub number: String,
    /// What is done.
    pub title: String,
    /// The term verbatim.
    pub term: String,
}

/// An item and what each member did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowReport {
    /// The item.
    pub item: ItemRef,
    /// Whether one of its terms falls into the period.
    pub is_due: bool,
    /// By member; `None` for who reported nothing at all.
    pub cells: Vec<Option<Cell>>,
}

/// What one member did about one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// How it stands on the report's day.
    pub light: Light,
    /// The line of the provenance, from 1; `None` where nothing was reported.
    pub proof: Option<usize>,
}

/// What became of the occurrences of an item that are due in the period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PeriodState {
    /// Done, all of them, with a result.
    Done,
    /// Done, all of them, and nothing said about the result.
    DoneWithoutEvidence,
    /// Done in part.
    Partially,
    /// One of them was due on this day, which has passed.
    Overdue(Date),
    /// Moved to another day.
    Moved,
    /// Given up.
    Cancelled,
    /// Its condition did not occur.
    NotApplicable,
    /// Neither done nor overdue yet.
    Ahead,
}

/// Counts of pairs (item, member) whose term falls into the period.
///
/// `due` is the sum of `done`, `partially`, `overdue`, `moved`, `cancelled`, `not_applicable` and `ahead`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// A term falls into the period.
    pub due: u32,
    /// Of these, done.
    pub done: u32,
    /// Of the done ones, without a word about the result.
    pub unproven: u32,
    /// Of these, done in part.
    pub partially: u32,
    /// Of these, overdue.
    pub overdue: u32,
    /// Of these, moved.
    pub moved: u32,
    /// Of these, given up.
    pub cancelled: u32,
    /// Of these, not applicable.
    pub not_applicable: u32,
    /// Of these, neither done nor overdue yet.
    pub ahead: u32,
    /// Beside `due`: items on request that were reported on.
    pub on_request: u32,
}

/// An overdue item of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverdueLine {
    /// The item.
    pub item: ItemRef,
    /// The member's place in [`Report::members`].
    pub member: usize,
    /// The day that passed.
    pub due: Date,
    /// Whether that day lies before the period; such lines are in no total.
    pub is_carried: bool,
    /// The member's comment; empty if it gave none.
    pub reason: String,
    /// The line of the provenance, from 1; `None` where nothing was reported.
    pub proof: Option<usize>,
}

/// An item on request, and who did something about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnRequestLine {
    /// The item.
    pub item: ItemRef,
    /// Places in [`Report::members`] of those who reported it done.
    pub done_by: Vec<usize>,
}

/// A divergence that was open when the report was compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DivergenceLine {
    /// Where.
    pub place: Place,
    /// The organisation whose execution it is in, for column heads.
    pub org_short: Option<String>,
    /// The item's printed number.
    pub number: String,
    /// The item's title.
    pub title: String,
    /// The values, the one that stands now first.
    pub values: Vec<DivergentValue>,
}

/// One of the values of a divergence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DivergentValue {
    /// The value; of a deletion, its reason; `None`: an edit that stands against a deletion.
    pub value: Option<String>,
    /// Who wrote it.
    pub org_short: String,
    /// On which node.
    pub node: String,
    /// When, by the author's clock.
    pub when: Option<DateTime>,
}

/// Where one status comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvenanceLine {
    /// The member's place in [`Report::members`].
    pub member: usize,
    /// The item.
    pub item: ItemRef,
    /// What was said.
    pub status: Status,
    /// The day that was said.
    pub date: Option<Date>,
    /// The signed entry; `None` if this node cannot name it, which the report then shows.
    pub record: Option<Record>,
}

/// The signed entry that a status stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The node's label.
    pub node: String,
    /// When, by the author's clock.
    pub when: Option<DateTime>,
    /// The feed.
    pub feed: FeedId,
    /// The entry's place in it.
    pub seq: u64,
    /// The entry's hash.
    pub entry: EntryHash,
}

impl Report {
    /// Who is not in the totals.
    pub fn missing(&self) -> impl Iterator<Item = &MemberState> {
        self.members.iter().filter(|it| it.presence != Presence::Reported)
    }

    /// How many members are in the totals.
    pub fn reported(&self) -> usize {
        self.members.len().saturating_sub(self.missing().count())
    }

    /// The column head of a member by its place.
    pub fn member_short(&self, place: usize) -> &str {
        self.members.get(place).map_or("", |it| it.short.as_str())
    }
}

impl Totals {
    /// Adds what another sum counts.
    pub fn add(&mut self, other: &Self) {
        self.due += other.due;
        self.done += other.done;
        self.unproven += other.unproven;
        self.partially += other.partially;
        self.overdue += other.overdue;
        self.moved += other.moved;
        self.cancelled += other.cancelled;
        self.not_applicable += other.not_applicable;
        self.ahead += other.ahead;
        self.on_request += other.on_request;
    }

    /// Counts one item whose term falls into the period.
    pub fn count_due(&mut self, state: PeriodState) {
        self.due += 1;
        let part = match state {
            PeriodState::Done => &mut self.done,
            PeriodState::DoneWithoutEvidence => {
                self.unproven += 1;
                &mut self.done
            }
            PeriodState::Partially => &mut self.partially,
            PeriodState::Overdue(_) => &mut self.overdue,
            PeriodState::Moved => &mut self.moved,
            PeriodState::Cancelled => &mut self.cancelled,
            PeriodState::NotApplicable => &mut self.not_applicable,
            PeriodState::Ahead => &mut self.ahead,
        };
        *part += 1;
    }

    /// What the share is of: what was due and applicable.
    pub fn expected(&self) -> u32 {
        self.due.saturating_sub(self.not_applicable)
    }

    /// The share of what is done in what was due and applicable, in whole per cent, halves upwards; `None` of 0/0.
    pub fn percent(&self) -> Option<u32> {
        let (done, expected) = (u64::from(self.done), u64::from(self.expected()));
        let percent = (done * 200 + expected).checked_div(expected * 2)?;
        u32::try_from(percent).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn percent(done: u32, due: u32, not_applicable: u32) -> Option<u32> {
        Totals { due, done, not_applicable, ..Totals::default() }.percent()
    }

    #[test]
    fn a_share_is_of_what_was_due_and_applicable() {
        assert_eq!(percent(3, 4, 0), Some(75));
        assert_eq!(percent(3, 4, 1), Some(100));
        assert_eq!(percent(1, 8, 0), Some(13));
        assert_eq!(percent(0, 5, 0), Some(0));
    }

    #[test]
    fn a_share_of_nothing_is_no_number() {
        assert_eq!(percent(0, 0, 0), None);
        assert_eq!(percent(0, 2, 2), None);
    }

    #[test]
    fn parts_add_up_to_what_was_due() {
        let mut totals = Totals::default();
        for state in [
            PeriodState::Done,
            PeriodState::DoneWithoutEvidence,
            PeriodState::Partially,
            PeriodState::Overdue(Date::MIN),
            PeriodState::Moved,
            PeriodState::Cancelled,
            PeriodState::NotApplicable,
            PeriodState::Ahead,
        ] {
            totals.count_due(state);
        }
        let Totals { due, done, partially, overdue, moved, cancelled, not_applicable, ahead, .. } = totals;
        assert_eq!(due, done + partially + overdue + moved + cancelled + not_applicable + ahead);
        assert_eq!((due, done, totals.unproven), (8, 2, 1));
    }
}
