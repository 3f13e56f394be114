//! A monitoring campaign: who is asked for which figures of which period, what each has submitted, and what follows.
//!
//! Nothing here is a state that somebody sets. The organisation's facts are its values and its acts, numbered from 1; the
//! lead's facts are what it says of an act by its number: returned with remarks, or accepted. The state is computed:
//!
//! ```text
//! no value, no act                          not started
//! values, no act                            being filled in
//! act n, nothing said of n                  n = 1: submitted · n > 1: submitted again
//! act n returned                            returned
//! act n accepted                            accepted
//! ```
//!
//! What was done apart is settled by the same table on every node, with a note where somebody should know:
//!
//! ```text
//! act n returned ∥ accepted (two computers of the lead)          returned: the careful one        ReturnedAndAccepted
//! something said of n ∥ act n+1 that had not seen it             the newer act waits for the lead  SaidOfOlder
//! act n ∥ another act n (two computers of the organisation)      the one that the merge shows      TwoActs
//! ```

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use svod_shared::id::{DocId, OrgNo};
use svod_shared::time::Timestamp;

use super::aggregate::Membership;
use super::field::Field;
use super::period::Period;

/// A campaign, written by the lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Campaign {
    /// Its document.
    pub id: DocId,
    /// «Совместный отчёт»
    pub title: String,
    /// What it is about; `None` if the lead's program named a period that this one does not know.
    pub period: Option<Period>,
    /// The number of the indicators' edition.
    pub indicators: u32,
    /// The last day for submitting.
    pub due: Option<Date>,
    /// The day on which it was closed.
    pub closed: Option<Date>,
    /// Who is asked, with the first day in the network if that lies inside the campaign's time.
    pub members: BTreeMap<OrgNo, Option<Date>>,
    /// What the lead said of acts, by organisation and number.
    pub said: BTreeMap<OrgNo, BTreeMap<u32, Said>>,
    /// Frozen reports, by edition.
    pub reports: BTreeMap<u32, Frozen>,
}

/// What the lead said of one act.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// It was returned, with these remarks.
    pub returned: Option<Vec<Remark>>,
    /// It was accepted.
    pub accepted: bool,
}

/// A remark at a cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// The indicator; empty: of the form as a whole.
    pub code: String,
    /// What is to be looked at again.
    pub text: String,
}

/// A frozen report as the lead keeps it: all else follows from the acts that it names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frozen {
    /// The report's canonical text.
    pub report: String,
    /// The lead's seal, as text.
    pub seal: String,
}

/// One organisation's sheet in a campaign, written by that organisation alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// Its document.
    pub id: DocId,
    /// The campaign.
    pub campaign: DocId,
    /// The organisation.
    pub org: OrgNo,
    /// The canonical texts of cells, by code.
    pub values: BTreeMap<String, Field>,
    /// Remarks, by code.
    pub notes: BTreeMap<String, Field>,
    /// The organisation's section of the report.
    pub text: Field,
    /// Acts by number: as a rule one, several if two computers submitted at once; the one that stands first.
    pub acts: BTreeMap<u32, Vec<SheetAct>>,
    /// Signatures under frozen reports, by edition, as texts; the one that stands first.
    pub signatures: BTreeMap<u32, Vec<String>>,
}

/// An act in a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetAct {
    /// The signed act, as text.
    pub text: String,
    /// Whether its author had seen what the lead said of the act before.
    pub answers: bool,
    /// The author's clock.
    pub time: Timestamp,
    /// Who submitted, by post.
    pub person: String,
}

/// How far an organisation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum State {
    /// «Не начато»
    NotStarted,
    /// «Заполняется»
    Filling,
    /// «Сдано»
    Submitted,
    /// «Возвращено с замечаниями»
    Returned,
    /// «Сдано повторно»
    Resubmitted,
    /// «Принято»
    Accepted,
}

/// What somebody should know of how the state came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Note {
    /// The lead's computers returned and accepted one act; it counts as returned.
    ReturnedAndAccepted,
    /// The lead spoke of an act while the next one was already submitted; the next one waits.
    SaidOfOlder,
    /// Two computers of the organisation submitted at once; one act counts, the other is kept.
    TwoActs,
}

/// Where an organisation stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The state.
    pub state: State,
    /// The number of the newest act.
    pub act: Option<u32>,
    /// The lead's remarks, if it is returned.
    pub remarks: Vec<Remark>,
    /// What somebody should know.
    pub notes: Vec<Note>,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::NotStarted, Self::Filling, Self::Submitted, Self::Returned, Self::Resubmitted, Self::Accepted];

    /// The key of its word.
    pub const fn key(self) -> &'static str {
        match self {
            Self::NotStarted => "state-not-started",
            Self::Filling => "state-filling",
            Self::Submitted => "state-submitted",
            Self::Returned => "state-returned",
            Self::Resubmitted => "state-resubmitted",
            Self::Accepted => "state-accepted",
        }
    }

    /// Whether the newest act waits for the lead.
    pub const fn waits_for_lead(self) -> bool {
        matches!(self, Self::Submitted | Self::Resubmitted)
    }

    /// Whether an act stands that a report may take.
    pub const fn is_submitted(self) -> bool {
        matches!(self, Self::Submitted | Self::Resubmitted | Self::Accepted)
    }
}

impl Note {
    /// The key of its sentence.
    pub const fn key(self) -> &'static str {
        match self {
            Self::ReturnedAndAccepted => "state-note-returned-and-accepted",
            Self::SaidOfOlder => "state-note-said-of-older",
            Self::TwoActs => "state-note-two-acts",
        }
    }
}

impl Campaign {
    /// Who belongs to the network in the campaign's period, by number.
    pub fn members_in_period(&self) -> Vec<OrgNo> {
        let is_in = |org: OrgNo, since: Option<Date>| {
            let membership = Membership { org, since, until: None };
            self.period.as_ref().is_none_or(|it| membership.is_in(it))
        };
        self.members.iter().filter(|(org, since)| is_in(**org, **since)).map(|(org, _)| *org).collect()
    }

    /// Where an organisation stands, by the table above.
    pub fn standing(&self, org: OrgNo, sheet: Option<&Sheet>) -> Standing {
        let acts = sheet.map(|it| &it.acts);
        let Some((number, newest)) = acts.and_then(|it| it.last_key_value()) else {
            let is_begun = sheet.is_some_and(Sheet::is_begun);
            let state = if is_begun { State::Filling } else { State::NotStarted };
            return Standing { state, act: None, remarks: Vec::new(), notes: Vec::new() };
        };
        let said = self.said.get(&org);
        let of = |number: u32| said.and_then(|it| it.get(&number)).filter(|it| it.is_something());
        let mut notes = Vec::new();
        if newest.len() > 1 {
            notes.push(Note::TwoActs);
        }
        let answers = newest.first().is_some_and(|it| it.answers);
        if *number > 1 && of(number.saturating_sub(1)).is_some() && !answers {
            notes.push(Note::SaidOfOlder);
        }
        let (state, remarks) = match of(*number) {
            None if *number == 1 => (State::Submitted, Vec::new()),
            None => (State::Resubmitted, Vec::new()),
            Some(Said { returned: Some(remarks), accepted }) => {
                if *accepted {
                    notes.push(Note::ReturnedAndAccepted);
                }
                (State::Returned, remarks.clone())
            }
            Some(Said { returned: None, .. }) => (State::Accepted, Vec::new()),
        };
        Standing { state, act: Some(*number), remarks, notes }
    }
}

impl Said {
    fn is_something(&self) -> bool {
        self.accepted || self.returned.is_some()
    }
}

impl Sheet {
    /// A sheet in which nothing stands yet.
    pub fn empty(id: DocId, campaign: DocId, org: OrgNo) -> Self {
        Self {
            id,
            campaign,
            org,
            values: BTreeMap::new(),
            notes: BTreeMap::new(),
            text: Field::default(),
            acts: BTreeMap::new(),
            signatures: BTreeMap::new(),
        }
    }

    fn is_begun(&self) -> bool {
        let said = self.values.values().chain(self.notes.values()).chain([&self.text]);
        said.into_iter().any(|it| !it.text().is_empty())
    }

    /// Codes in which two computers of the organisation wrote different things, and nobody has chosen yet.
    pub fn divergent(&self) -> impl Iterator<Item = &str> {
        self.values.iter().filter(|(_, it)| it.diverges()).map(|(code, _)| code.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORG: OrgNo = OrgNo(2);

    fn campaign(said: &[(u32, Said)]) -> Campaign {
        let mut of_org = BTreeMap::new();
        for (number, said) in said {
            of_org.insert(*number, said.clone());
        }
        Campaign {
            id: DocId([4; 16]),
            title: String::new(),
            period: Period::of_key("2022-H1"),
            indicators: 1,
            due: None,
            closed: None,
            members: BTreeMap::new(),
            said: BTreeMap::from([(ORG, of_org)]),
            reports: BTreeMap::new(),
        }
    }

    fn sheet(acts: &[(u32, bool, usize)]) -> Sheet {
        let mut sheet = Sheet::empty(DocId([5; 16]), DocId([4; 16]), ORG);
        for (number, answers, count) in acts {
            let act = SheetAct {
                text: String::new(),
                answers: *answers,
                time: Timestamp(1),
                person: String::new(),
            };
            sheet.acts.insert(*number, vec![act; *count]);
        }
        sheet
    }

    fn returned() -> Said {
        Said {
            returned: Some(vec![Remark { code: "2.1".into(), text: "проверьте".into() }]),
            accepted: false,
        }
    }

    fn accepted() -> Said {
        Said { returned: None, accepted: true }
    }

    fn both() -> Said {
        Said { accepted: true, ..returned() }
    }

    fn check(acts: &[(u32, bool, usize)], said: &[(u32, Said)], state: State, notes: &[Note]) {
        let found = campaign(said).standing(ORG, Some(&sheet(acts)));
        assert_eq!((found.state, found.notes.as_slice()), (state, notes), "{acts:?} {said:?}");
    }

    #[test]
    fn the_state_follows_from_acts_and_from_what_was_said_of_them() {
        check(&[], &[], State::NotStarted, &[]);
        check(&[(1, false, 1)], &[], State::Submitted, &[]);
        check(&[(1, false, 1)], &[(1, returned())], State::Returned, &[]);
        check(&[(1, false, 1), (2, true, 1)], &[(1, returned())], State::Resubmitted, &[]);
        check(&[(1, false, 1), (2, true, 1)], &[(1, returned()), (2, accepted())], State::Accepted, &[]);
        // A correction of what was accepted waits for the lead again.
        check(&[(1, false, 1), (2, true, 1)], &[(1, accepted())], State::Resubmitted, &[]);
    }

    #[test]
    fn what_was_done_apart_is_settled_and_noted() {
        check(&[(1, false, 1)], &[(1, both())], State::Returned, &[Note::ReturnedAndAccepted]);
        check(&[(1, false, 1), (2, false, 1)], &[(1, returned())], State::Resubmitted, &[Note::SaidOfOlder]);
        check(&[(1, false, 1), (2, false, 1)], &[(1, accepted())], State::Resubmitted, &[Note::SaidOfOlder]);
        check(&[(1, false, 2)], &[], State::Submitted, &[Note::TwoActs]);
        check(&[(1, false, 2)], &[(1, accepted())], State::Accepted, &[Note::TwoActs]);
    }

    #[test]
    fn remarks_are_those_of_the_newest_act() {
        let found = campaign(&[(1, returned())]).standing(ORG, Some(&sheet(&[(1, false, 1)])));
        assert_eq!(found.remarks.len(), 1);
        let found = campaign(&[(1, returned())]).standing(ORG, Some(&sheet(&[(1, false, 1), (2, true, 1)])));
        assert_eq!(found.remarks, []);
    }

    #[test]
    fn who_joins_after_the_period_is_not_asked() {
        let mut campaign = campaign(&[]);
        campaign.members = BTreeMap::from([
            (OrgNo(1), None),
            (OrgNo(2), "2022-03-01".parse().ok()),
            (OrgNo(3), "2022-07-01".parse().ok()),
        ]);
        assert_eq!(campaign.members_in_period(), [OrgNo(1), OrgNo(2)]);
    }
}
