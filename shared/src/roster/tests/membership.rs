//! Who was a member when.

use super::*;
use crate::time::Day;

fn on(day: u32) -> Terms {
    Terms { basis: format!("приказ № {day}"), from: Day(day) }
}

fn say(roster: &mut Roster, content: Content, day: u32, seed: u8) {
    roster.issue_under(content, on(day), &key(seed)).unwrap();
}

/// From and until.
type Stretches = Vec<(u32, Option<u32>)>;

/// The ordinals of a period's members and their stretches.
fn members(roster: &Roster, first: u32, last: u32) -> Vec<(u16, Stretches)> {
    let spans = |it: Vec<Span>| it.iter().map(|it| (it.from.0, it.until.map(|it| it.0))).collect();
    let found = roster.membership(Day(first), Day(last));
    found.into_iter().map(|it| (it.org.no.0, spans(it.spans))).collect()
}

#[test]
fn a_period_counts_those_who_were_members_in_it() {
    let mut roster = founded();
    say(&mut roster, admission(11, Role::Member), 100, EVERYDAY);
    say(&mut roster, admission(12, Role::Member), 200, EVERYDAY);
    let org = OrgNo(2);
    say(&mut roster, Content::OrgSuspended { org, closed: ends(&[]) }, 150, LEAD);
    say(&mut roster, Content::OrgRestored { org }, 160, LEAD);
    say(&mut roster, Content::OrgRemoved { org, closed: ends(&[]) }, 300, LEAD);
    assert_eq!(roster.org(org).unwrap().admitted, on(100));

    let lead = (1, vec![(0, None)]);
    assert_eq!(members(&roster, 0, 99), std::slice::from_ref(&lead));
    assert_eq!(members(&roster, 0, 100), [lead.clone(), (2, vec![(100, Some(150))])]);
    assert_eq!(members(&roster, 150, 159), std::slice::from_ref(&lead), "suspended all the time");
    let both = (2, vec![(100, Some(150)), (160, Some(300))]);
    assert_eq!(members(&roster, 140, 250), [lead.clone(), both, (3, vec![(200, None)])]);
    assert_eq!(
        members(&roster, 299, 400),
        [lead.clone(), (2, vec![(160, Some(300))]), (3, vec![(200, None)])]
    );
    assert_eq!(members(&roster, 300, 400), [lead, (3, vec![(200, None)])], "what is past stays past");
    assert_eq!(members(&roster, 5, 4), []);
}

#[test]
fn a_later_statement_may_say_how_things_were_earlier() {
    let mut roster = founded();
    say(&mut roster, admission(11, Role::Member), 100, EVERYDAY);
    let org = OrgNo(2);
    say(&mut roster, Content::OrgRemoved { org, closed: ends(&[]) }, 300, LEAD);
    say(&mut roster, Content::OrgRestored { org }, 50, LEAD);
    assert_eq!(members(&roster, 310, 320), [(1, vec![(0, None)]), (2, vec![(50, None)])]);
    say(&mut roster, Content::OrgRemoved { org, closed: ends(&[]) }, 50, LEAD);
    assert_eq!(members(&roster, 0, 400), [(1, vec![(0, None)])], "it never was one");
}
